package safetext

import (
	"maps"
	"slices"
	"strings"
)

const (
	// maxVariable and maxVariables bound custom properties: a value that
	// refers to others can grow without end.
	maxVariable  = 1 << 10
	maxVariables = 200

	// maxReferences bounds the var() in one value.
	maxReferences = 16

	// notKnown is in the value of what depends on more than the mail.
	notKnown = "\x02"
)

// variables works out the custom properties an element sets, for itself and
// what is in it (CSS Variables §2): each is resolved once, where it is set.
func (l *look) variables(d declarations) {
	names := d.names(func(name string, _ value) bool { return strings.HasPrefix(name, "--") })
	if len(names) == 0 || len(l.vars) >= maxVariables {
		return
	}
	names = names[:min(len(names), maxVariables-len(l.vars))]
	r := resolver{set: map[string]string{}, vars: maps.Clone(l.vars), begun: map[string]bool{}}
	if r.vars == nil {
		r.vars = map[string]string{}
	}
	for _, name := range names {
		switch v := d[name]; {
		case l.isRegistered(name):
			r.set[name] = notKnown + v.text
		case v.unknown:
			r.set[name] = notKnown + v.text
		case v.text == "initial":
			r.set[name] = "var(--)" // never set, so never valid
		case !cssWide[v.text]:
			r.set[name] = v.text
		}
	}
	for _, name := range names {
		r.variable(name)
	}
	l.vars = r.vars
}

func (l *look) isRegistered(name string) bool {
	_, ok := l.registered[name]
	return ok
}

// resolver works out the custom properties of one element.
type resolver struct {
	set, vars map[string]string
	begun     map[string]bool
}

// variable is the value of a custom property; none if it refers to itself.
func (r *resolver) variable(name string) (string, bool) {
	text, ok := r.set[name]
	if !ok || r.begun[name] {
		v, known := r.vars[name]
		return v, known
	}
	r.begun[name] = true
	delete(r.vars, name) // so that a cycle finds nothing
	if text, ok = substitute(text, r.variable); ok {
		r.vars[name] = text
	}
	return text, ok
}

// names are those of the chosen declarations, in order; none in most mail.
func (d declarations) names(chosen func(string, value) bool) []string {
	var list []string
	for name, v := range d {
		if chosen(name, v) {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// resolve puts the values of custom properties in place. A value that is then
// not valid counts as not given (CSS Variables §3.1).
func (l *look) resolve(d declarations, quirks bool) {
	for _, property := range d.names(func(name string, v value) bool {
		return !strings.HasPrefix(name, "--") && strings.Contains(v.text, "var(")
	}) {
		v := d[property]
		delete(d, property)
		text, ok := substitute(v.text, func(name string) (string, bool) {
			v, ok := l.vars[name]
			if first, registered := l.registered[name]; !ok && registered {
				return notKnown + first, true
			}
			return v, ok
		})
		if !ok {
			continue
		}
		if strings.Contains(text, notKnown) {
			text, v.unknown = strings.ReplaceAll(text, notKnown, ""), true
		}
		list := (declaration{property: property, text: strings.ToLower(strings.TrimSpace(text))}).longhands(quirks)
		if len(list) == 0 && v.unknown {
			d[property] = value{important: v.important, weight: v.weight, unknown: true}
		}
		for _, one := range list {
			resolved := value{text: one.text, important: v.important, weight: v.weight, unknown: v.unknown || one.unknown}
			if old, ok := d[one.property]; !ok || !old.beats(resolved) {
				d[one.property] = resolved
			}
		}
	}
}

// substitute puts values for var(); ok is false where one is missing.
func substitute(s string, variable func(string) (string, bool)) (text string, ok bool) {
	for range maxReferences {
		at := strings.Index(s, "var(")
		if at < 0 {
			return s, true
		}
		inside, after := cutOutside(s[at+len("var("):], ')')
		name, fallback, hasFallback := strings.Cut(inside, ",")
		v, ok := variable(strings.TrimSpace(name))
		if !ok {
			if v, ok = fallback, hasFallback; !ok {
				return "", false
			}
		}
		if s = s[:at] + v + after; len(s) > maxVariable {
			return "", false
		}
	}
	return "", false
}

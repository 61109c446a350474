package safetext

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// rule is one selector with its declarations.
type rule struct {
	tag, id string
	classes []string
	weight  int
	// unsure rules have more conditions than are evaluated here. What they
	// set is not known, so it hides nothing and undoes what is hidden.
	unsure bool
	sets   declarations
}

// sheet is the style sheets of a message, by the rarest thing a selector names.
type sheet struct {
	byID, byClass, byTag map[string][]*rule
	rules                int
	matches              int // work done so far
	cache                map[string]declarations
}

const (
	// maxMatches bounds the selectors tried in one message. After that style
	// sheets hide nothing more; style attributes still do.
	maxMatches = 2_000_000

	// maxClasses of one element are looked up.
	maxClasses = 40

	// maxStyleCache is how many different elements' declarations are kept.
	maxStyleCache = 10_000
)

func newSheet() *sheet {
	return &sheet{byID: map[string][]*rule{}, byClass: map[string][]*rule{}, byTag: map[string][]*rule{}, cache: map[string]declarations{}}
}

// parse adds the text of one style element.
func (s *sheet) parse(css string) {
	css = plainCSS(clip(css, maxSheet))
	css = strings.NewReplacer("<!--", " ", "-->", " ").Replace(css)
	s.rulesOf(css, 0)
}

// rulesOf reads rules; at-rules count only if they hold for every reader.
func (s *sheet) rulesOf(css string, depth int) {
	for css != "" && s.rules < maxRules {
		open := strings.IndexByte(css, '{')
		if open < 0 {
			return
		}
		selector := strings.TrimSpace(css[:open])
		if semi := strings.LastIndexByte(selector, ';'); semi >= 0 {
			selector = strings.TrimSpace(selector[semi+1:]) // after @import …;
		}
		end := blockEnd(css, open)
		block := css[open+1 : max(end, open+1)]
		css = css[min(end+1, len(css)):]
		if strings.HasPrefix(selector, "@") {
			query := strings.ToLower(strings.TrimPrefix(selector, "@media"))
			query = strings.TrimSpace(strings.Replace(query, "only ", "", 1))
			if depth < 3 && (query == "screen" || query == "all" || query == "") {
				s.rulesOf(block, depth+1)
			}
			continue
		}
		sets := declarations{}
		if sets.declare(block, 0, false); len(sets) == 0 {
			continue
		}
		for one := range strings.SplitSeq(selector, ",") {
			s.add(one, sets)
		}
	}
}

// blockEnd is where the block that opens at open is closed.
func blockEnd(css string, open int) int {
	depth := 0
	for i := open; i < len(css); i++ {
		switch css[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(css)
}

// add keeps one selector with what it sets.
func (s *sheet) add(selector string, sets declarations) {
	if s.rules >= maxRules {
		return
	}
	compounds := strings.FieldsFunc(selector, func(r rune) bool { return strings.ContainsRune(" \t\n\r>+~", r) })
	if len(compounds) == 0 {
		return
	}
	last := compounds[len(compounds)-1]
	r := &rule{unsure: len(compounds) > 1, sets: sets}
	if colon := strings.IndexByte(last, ':'); colon >= 0 {
		if !strings.HasPrefix(last[colon:], ":not") && !strings.HasPrefix(last[colon:], ":is") && !strings.Contains(last[colon:], "child") {
			return // :hover, ::before and their kind say nothing of the text at rest
		}
		last, r.unsure = last[:colon], true
	}
	if bracket := strings.IndexByte(last, '['); bracket >= 0 {
		last, r.unsure = last[:bracket], true
	}
	r.name(last)
	s.rules++
	r.weight = r.specificity()<<16 + s.rules
	switch {
	case r.id != "":
		s.byID[r.id] = append(s.byID[r.id], r)
	case len(r.classes) > 0:
		s.byClass[r.classes[0]] = append(s.byClass[r.classes[0]], r)
	default:
		s.byTag[r.tag] = append(s.byTag[r.tag], r)
	}
}

// name takes a compound such as "td.a#b" apart.
func (r *rule) name(compound string) {
	for compound != "" {
		end := 1 + strings.IndexAny(compound[1:], ".#")
		if end == 0 {
			end = len(compound)
		}
		part := compound[:end]
		compound = compound[end:]
		switch {
		case part[0] == '.':
			r.classes = append(r.classes, strings.ToLower(part[1:]))
		case part[0] == '#':
			r.id = strings.ToLower(part[1:])
		case part != "*":
			r.tag = strings.ToLower(part)
		}
	}
}

// specificity is that of Selectors §17, with room for 255 classes.
func (r *rule) specificity() int {
	n := min(len(r.classes), 255) << 4
	if r.id != "" {
		n += 1 << 12
	}
	if r.tag != "" {
		n++
	}
	return n
}

// styleOf returns what sheets and the style attribute declare for an element.
func (s *sheet) styleOf(n *html.Node) declarations {
	tag, id, class, inline := n.Data, "", "", ""
	for _, a := range n.Attr {
		switch a.Key {
		case "id":
			id = strings.ToLower(a.Val)
		case "class":
			class = strings.ToLower(a.Val)
		case "style":
			inline = a.Val
		}
	}
	if s.rules == 0 && inline == "" {
		return nil
	}
	key := strings.Join([]string{tag, id, class, inline}, "\x00")
	if d, ok := s.cache[key]; ok {
		return d
	}
	d := declarations{}
	classes := strings.Fields(class)
	classes = classes[:min(len(classes), maxClasses)]
	s.match(d, s.byTag[""], tag, id, classes)
	s.match(d, s.byTag[tag], tag, id, classes)
	for _, c := range classes {
		s.match(d, s.byClass[c], tag, id, classes)
	}
	if id != "" {
		s.match(d, s.byID[id], tag, id, classes)
	}
	const inlineWeight = 1 << 40
	d.declare(plainCSS(inline), inlineWeight, false)
	if len(s.cache) < maxStyleCache {
		s.cache[key] = d
	}
	return d
}

func (s *sheet) match(d declarations, rules []*rule, tag, id string, classes []string) {
	for _, r := range rules {
		if s.matches++; s.matches > maxMatches {
			return
		}
		if (r.tag != "" && r.tag != tag) || (r.id != "" && r.id != id) {
			continue
		}
		if !slices.ContainsFunc(r.classes, func(c string) bool { return !slices.Contains(classes, c) }) {
			for property, v := range r.sets {
				v.weight, v.unknown = r.weight, r.unsure
				d.set(property, v)
			}
		}
	}
}

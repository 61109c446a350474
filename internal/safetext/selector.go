package safetext

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

const (
	// maxCompounds and maxConditions bound one selector; real ones have fewer
	// than 8.
	maxCompounds  = 16
	maxConditions = 24

	// maxNesting is how deep :not() and :is() may stand in each other.
	maxNesting = 3
)

// verdict is whether a selector matches: for sure, not, or depending on what is
// not in the mail (a pointer over it, a reader's choice).
type verdict int

const (
	no verdict = iota
	maybe
	yes
)

// compound is a selector without combinators, such as td.a#b[c]:first-child.
type compound struct {
	tag        string // "" matches any
	id         string
	classes    []string
	attributes []attribute
	pseudos    []pseudo
	combinator byte // to the compound on its left: ' ', '>', '+', '~'
}

type attribute struct {
	name, value string
	op          byte // 0: exists; '=', '~', '|', '^', '$', '*'
	fold        bool
}

type pseudo struct {
	name   string
	a, b   int        // of nth-child(an+b)
	inside []selector // of not, is, where, has
	arg    string     // of lang, dir
}

// selector is compounds from left to right.
type selector struct {
	compounds []compound
	element   string // pseudo-element: "before"; "" for the element itself
}

// parseSelectors reads a selector list. A browser drops the whole rule if any of
// it is not valid (Selectors §3.9); sure is false where that is not known,
// because some of it is not understood. That part matches whatever the rest of
// it may match, for some readers.
func parseSelectors(s string, depth int) (list []selector, sure bool) {
	s = strings.ReplaceAll(s, commentMark, "")
	sure = true
	for s != "" || len(list) == 0 {
		var one string
		one, s = cutOutside(s, ',')
		parsed, valid := parseSelector(strings.TrimSpace(one), depth)
		if !valid || len(list) >= maxRules {
			sure = false
			parsed.doubtful()
		}
		if list = append(list, parsed); len(list) > maxRules {
			return list, false
		}
	}
	return list, sure
}

// doubtful makes the part of a selector that was not understood match anything.
func (sel *selector) doubtful() {
	sel.element = ""
	sel.compounds = append(sel.compounds, compound{combinator: ' ', pseudos: []pseudo{{name: anyPseudo}}})
	if len(sel.compounds) > 1 {
		// It may stand for the element on its left, too.
		sel.compounds = []compound{{pseudos: []pseudo{{name: anyPseudo, inside: []selector{
			{compounds: sel.compounds}, {compounds: sel.compounds[:len(sel.compounds)-1]},
		}}}}}
	}
}

// anyPseudo is the pseudo-class that stands for what is not understood.
const anyPseudo = "\x03"

func parseSelector(s string, depth int) (sel selector, ok bool) {
	combinator := byte(0)
	for s != "" {
		if len(sel.compounds) >= maxCompounds || sel.element != "" {
			return sel, false
		}
		c := compound{combinator: combinator}
		rest, element, ok := c.parse(s, depth)
		if !ok {
			if c.tag != "" || c.id != "" || len(c.classes)+len(c.attributes)+len(c.pseudos) > 0 {
				sel.compounds = append(sel.compounds, c) // as far as it is understood
			}
			return sel, false
		}
		sel.compounds, sel.element = append(sel.compounds, c), element
		trimmed := strings.TrimLeft(rest, " \t\r\n\f")
		combinator = 0
		if trimmed != "" {
			combinator = ' '
			if strings.IndexByte(">+~", trimmed[0]) >= 0 {
				combinator = trimmed[0]
				trimmed = strings.TrimLeft(trimmed[1:], " \t\r\n\f")
				if trimmed == "" {
					return sel, false
				}
			} else if len(trimmed) == len(rest) {
				return sel, false // nothing a selector goes on with
			}
		}
		s = trimmed
	}
	return sel, len(sel.compounds) > 0
}

// isNameByte is a byte of an identifier (CSS Syntax §4.3.11).
func isNameByte(c byte) bool {
	return c == '-' || c == '_' || c >= 0x80 || (c >= '0' && c <= '9') || (c|0x20 >= 'a' && c|0x20 <= 'z')
}

func cutName(s string) (name, rest string) {
	end := 0
	for end < len(s) && isNameByte(s[end]) {
		end++
	}
	return s[:end], s[end:]
}

// parse reads one compound.
func (c *compound) parse(s string, depth int) (rest, element string, ok bool) {
	start := s
	if s[0] == '*' {
		s = s[1:]
	} else {
		c.tag, s = cutName(s)
		c.tag = strings.ToLower(unescaped(c.tag))
	}
	if strings.HasPrefix(s, "|") && !strings.HasPrefix(s, "||") { // a namespace
		c.pseudos = append(c.pseudos, pseudo{name: anyPseudo})
		c.tag = ""
		if s = s[1:]; strings.HasPrefix(s, "*") {
			s = s[1:]
		} else {
			c.tag, s = cutName(s)
			c.tag = strings.ToLower(unescaped(c.tag))
		}
	}
	for n := 0; s != "" && n < maxConditions; n++ {
		switch s[0] {
		case '.', '#':
			name, after := cutName(s[1:])
			if name = unescaped(name); name == "" {
				return s, "", false
			}
			if s[0] == '.' {
				c.classes = append(c.classes, name)
			} else if c.id != "" && c.id != name {
				c.id = "\x00" // two ids: no element has both
			} else {
				c.id = name
			}
			s = after
		case '[':
			inside, after := cutOutside(s[1:], ']')
			a, ok := parseAttribute(inside)
			if !ok {
				return s, "", false
			}
			c.attributes, s = append(c.attributes, a), after
		case ':':
			if s, element, ok = c.parsePseudo(s[1:], depth); !ok {
				return s, "", false
			}
			if element != "" {
				return s, element, true
			}
		default:
			return s, "", len(s) < len(start)
		}
	}
	return s, "", len(s) < len(start)
}

func parseAttribute(s string) (a attribute, ok bool) {
	s = strings.TrimSpace(s)
	if _, name, ok := strings.Cut(cutAt(s, "=\"'"), "|"); ok && name != "" && !strings.HasSuffix(cutAt(s, "="), "|") {
		s = s[strings.IndexByte(s, '|')+1:] // a namespace, which attributes in HTML have none of
	}
	a.name, s = cutName(s)
	a.name, s = strings.ToLower(unescaped(a.name)), strings.TrimSpace(s)
	if s == "" || a.name == "" {
		return a, a.name != ""
	}
	if a.op = s[0]; a.op != '=' {
		if strings.IndexByte("~|^$*", a.op) < 0 || len(s) < 2 || s[1] != '=' {
			return a, false
		}
		s = s[1:]
	}
	s = strings.TrimSpace(s[1:])
	if s == "" {
		return a, false
	}
	if quote := s[0]; quote == '"' || quote == '\'' {
		end := strings.IndexByte(s[1:], quote)
		if end < 0 {
			return a, false
		}
		a.value, s = s[1:1+end], s[2+end:]
	} else {
		a.value, s = cutName(s)
	}
	s = strings.ToLower(strings.TrimSpace(s))
	a.value = unescaped(a.value)
	a.fold = s == "i"
	return a, s == "" || s == "i" || s == "s"
}

// pseudoElements stand for something beside the element itself.
var pseudoElements = []string{"before", "after", "first-line", "first-letter", "selection", "placeholder", "marker", "backdrop", "cue", "file-selector-button", "part", "slotted", "target-text", "spelling-error", "grammar-error"}

// dynamic pseudo-classes depend on the reader.
var dynamic = []string{
	"enabled", "disabled", "valid", "invalid", "required", "optional", "default", "placeholder-shown", "read-only",
	"read-write", "in-range", "out-of-range", "indeterminate", anyPseudo,
}

// resting pseudo-classes do not hold for a mail that is only looked at.
var resting = []string{
	"visited", "autofill", "host", "user-valid", "user-invalid", "-webkit-autofill", "picture-in-picture", "hover", "focus", "focus-within", "focus-visible", "active", "target", "target-within", "fullscreen", "modal", "popover-open", "current", "playing", "paused",
}

// structural pseudo-classes are decided by the tree.
var structural = []string{
	"first-child", "last-child", "only-child", "first-of-type", "last-of-type", "only-of-type", "nth-child", "nth-of-type", "nth-last-child",
	"nth-last-of-type", "root", "scope", "empty", "link", "any-link", "defined", "checked", "open", "lang", "dir", "has",
}

func (c *compound) parsePseudo(s string, depth int) (rest, element string, ok bool) {
	double := strings.HasPrefix(s, ":")
	name, rest := cutName(strings.TrimPrefix(s, ":"))
	name = strings.ToLower(name)
	argument := ""
	if strings.HasPrefix(rest, "(") {
		argument, rest = cutOutside(rest[1:], ')')
	}
	p := pseudo{name: name, arg: strings.ToLower(strings.Trim(strings.TrimSpace(argument), `"'`))}
	switch {
	case double || slices.Contains(pseudoElements[:4], name):
		return rest, name, slices.Contains(pseudoElements, name) || strings.HasPrefix(name, "-webkit-")
	case name == "not" || name == "is" || name == "where" || name == "matches" || name == "-webkit-any":
		if depth >= maxNesting {
			p.name = anyPseudo
			break
		}
		if p.inside, ok = parseSelectors(argument, depth+1); !ok {
			p.inside = append(p.inside, selector{compounds: []compound{{pseudos: []pseudo{{name: anyPseudo}}}}})
		}
	case name == "has":
		if p.inside, ok = parseRelative(argument, depth); !ok {
			p.name, p.inside = anyPseudo, nil
		}
	case strings.HasPrefix(name, "nth-") && strings.Contains(p.arg, " of "):
		p.name = anyPseudo // not decided
	case strings.HasPrefix(name, "nth-") && slices.Contains(structural, name):
		if p.a, p.b, ok = parseNth(argument); !ok {
			return rest, "", false
		}
	case slices.Contains(structural, name), slices.Contains(dynamic, name), slices.Contains(resting, name):
	default:
		p.name = anyPseudo
	}
	c.pseudos = append(c.pseudos, p)
	return rest, "", true
}

// parseRelative reads the selectors of :has(), each from the element it is about.
func parseRelative(s string, depth int) (list []selector, ok bool) {
	if depth >= maxNesting {
		return nil, false
	}
	for s != "" || len(list) == 0 {
		var one string
		one, s = cutOutside(s, ',')
		one = strings.TrimSpace(one)
		combinator := byte(' ')
		if one != "" && strings.IndexByte(">+~", one[0]) >= 0 {
			combinator, one = one[0], strings.TrimSpace(one[1:])
		}
		sel, valid := parseSelector(one, depth+1)
		if !valid || len(list) >= maxCompounds {
			return nil, false
		}
		sel.compounds[0].combinator = combinator
		list = append(list, sel)
	}
	return list, true
}

// parseNth reads an+b (CSS Syntax §6).
func parseNth(s string) (a, b int, ok bool) {
	s = strings.ToLower(strings.ReplaceAll(strings.TrimSpace(s), " ", ""))
	switch s {
	case "odd":
		return 2, 1, true
	case "even":
		return 2, 0, true
	}
	step, rest, found := strings.Cut(s, "n")
	if !found {
		b, err := strconv.Atoi(s)
		return 0, b, err == nil
	}
	switch step {
	case "", "+":
		a = 1
	case "-":
		a = -1
	default:
		var err error
		if a, err = strconv.Atoi(step); err != nil {
			return 0, 0, false
		}
	}
	if rest == "" {
		return a, 0, true
	}
	b, err := strconv.Atoi(rest)
	return a, b, err == nil
}

// specificity is that of Selectors §17, with room for 255 of each kind.
func (sel selector) specificity() int {
	n := 0
	for _, c := range sel.compounds {
		if c.id != "" {
			n += 1 << 16
		}
		n += min(len(c.classes)+len(c.attributes), 255) << 8
		if c.tag != "" {
			n++
		}
		for _, p := range c.pseudos {
			switch p.name {
			case "where":
			case "not", "is", "has", "matches", "-webkit-any":
				most := 0
				for _, in := range p.inside {
					most = max(most, in.specificity())
				}
				n += most
			default:
				n += 1 << 8
			}
		}
	}
	return n
}

// attr returns an attribute of an element and whether it has it.
func attr(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

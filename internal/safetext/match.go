package safetext

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// matcher tries selectors on elements. When the meter is used up everything may
// match.
type matcher struct {
	quirks  bool // ids and classes ignore case
	meter   *meter
	classes map[*html.Node][]string
}

// classesOf are the classes of an element, taken apart once.
func (m *matcher) classesOf(n *html.Node) []string {
	if list, ok := m.classes[n]; ok {
		return list
	}
	class, _ := attr(n, "class")
	list := strings.Fields(clip(class, maxClassBytes))
	m.meter.spend(1 + len(class)/16)
	m.classes[n] = list
	return list
}

// matches tries a whole selector, from the right to the left.
func (m *matcher) matches(sel selector, n *html.Node) verdict {
	return m.from(sel.compounds, len(sel.compounds)-1, n)
}

func (m *matcher) from(list []compound, i int, n *html.Node) verdict {
	if !m.meter.spend(1) {
		return maybe
	}
	found := m.compound(&list[i], n)
	if found == no || i == 0 {
		return found
	}
	best := no
	switch list[i].combinator {
	case '>':
		if p := parent(n); p != nil {
			best = m.from(list, i-1, p)
		}
	case '+':
		if s := previous(n); s != nil {
			best = m.from(list, i-1, s)
		}
	case '~':
		for s := previous(n); s != nil && best != yes && !m.meter.empty(); s = previous(s) {
			best = max(best, m.from(list, i-1, s))
		}
	default:
		for p := parent(n); p != nil && best != yes && !m.meter.empty(); p = parent(p) {
			best = max(best, m.from(list, i-1, p))
		}
	}
	return min(found, best)
}

func parent(n *html.Node) *html.Node {
	if n.Parent == nil || n.Parent.Type != html.ElementNode {
		return nil
	}
	return n.Parent
}

func previous(n *html.Node) *html.Node {
	for s := n.PrevSibling; s != nil; s = s.PrevSibling {
		if s.Type == html.ElementNode {
			return s
		}
	}
	return nil
}

func (m *matcher) same(a, b string) bool {
	return a == b || m.quirks && strings.EqualFold(a, b)
}

func (m *matcher) compound(c *compound, n *html.Node) verdict {
	if c.tag != "" && c.tag != n.Data {
		return no
	}
	if c.id != "" {
		if id, _ := attr(n, "id"); !m.same(c.id, id) {
			return no
		}
	}
	if len(c.classes) > 0 {
		have := m.classesOf(n)
		for _, want := range c.classes {
			if m.meter.spend(1 + len(have)/4); !slices.ContainsFunc(have, func(s string) bool { return m.same(want, s) }) {
				return no
			}
		}
	}
	for _, a := range c.attributes {
		if m.meter.spend(m.cost(a, n)); !a.matches(n) {
			return no
		}
	}
	found := yes
	for _, p := range c.pseudos {
		found = min(found, m.pseudo(p, n))
	}
	return found
}

// cost is what comparing an attribute takes.
func (m *matcher) cost(a attribute, n *html.Node) int {
	text, _ := attr(n, a.name)
	return 1 + min(len(text), maxClassBytes)/16 + len(n.Attr)/4
}

func (a attribute) matches(n *html.Node) bool {
	have, ok := attr(n, a.name)
	if !ok || a.op == 0 {
		return ok
	}
	have, want := clip(have, maxClassBytes), a.value
	if a.fold || foldedAttributes[a.name] {
		have, want = strings.ToLower(have), strings.ToLower(want)
	}
	switch a.op {
	case '=':
		return have == want
	case '~':
		return slices.Contains(strings.Fields(have), want)
	case '|':
		return have == want || strings.HasPrefix(have, want+"-")
	case '^':
		return want != "" && strings.HasPrefix(have, want)
	case '$':
		return want != "" && strings.HasSuffix(have, want)
	}
	return want != "" && strings.Contains(have, want)
}

// foldedAttributes have values whose case does not matter in HTML (HTML §4.16.2,
// those that occur in mail).
var foldedAttributes = map[string]bool{
	"align": true, "alink": true, "bgcolor": true, "color": true, "dir": true, "face": true, "lang": true, "link": true, "media": true,
	"target": true, "text": true, "type": true, "valign": true, "vlink": true, "nowrap": true, "hidden": false,
}

func (m *matcher) pseudo(p pseudo, n *html.Node) verdict {
	sure := func(b bool) verdict {
		if b {
			return yes
		}
		return no
	}
	switch p.name {
	case "not":
		return yes - m.any(p.inside, n)
	case "is", "where", "matches", "-webkit-any":
		return m.any(p.inside, n)
	case "root":
		return sure(parent(n) == nil)
	case "scope":
		return sure(parent(n) == nil)
	case "first-child":
		return sure(previous(n) == nil)
	case "last-child":
		return sure(following(n) == nil)
	case "only-child":
		return sure(previous(n) == nil && following(n) == nil)
	case "empty":
		return sure(isEmpty(n))
	case "link", "any-link":
		_, ok := attr(n, "href")
		return sure(ok && n.Data == "a")
	case anyPseudo:
		if len(p.inside) == 0 {
			return maybe
		}
		return min(maybe, m.any(p.inside, n))
	case "checked":
		return sure(hasAttr(n, "checked") || hasAttr(n, "selected"))
	case "open":
		return sure(hasAttr(n, "open"))
	case "defined":
		return sure(!strings.Contains(n.Data, "-"))
	case "lang":
		if strings.ContainsAny(unescaped(p.arg), "*,") {
			return maybe
		}
		lang := strings.ToLower(nearest(n, "lang"))
		return sure(lang == p.arg || strings.HasPrefix(lang, p.arg+"-"))
	case "dir":
		return sure((p.arg == "rtl") == strings.EqualFold(nearest(n, "dir"), "rtl"))
	case "first-of-type":
		return sure(m.place(n, previous, true) == 1)
	case "last-of-type":
		return sure(m.place(n, following, true) == 1)
	case "only-of-type":
		return sure(m.place(n, previous, true) == 1 && m.place(n, following, true) == 1)
	case "nth-child":
		return sure(p.hits(m.place(n, previous, false)))
	case "nth-of-type":
		return sure(p.hits(m.place(n, previous, true)))
	case "nth-last-child":
		return sure(p.hits(m.place(n, following, false)))
	case "nth-last-of-type":
		return sure(p.hits(m.place(n, following, true)))
	case "has":
		return m.has(p.inside, n)
	}
	if slices.Contains(resting, p.name) {
		return no
	}
	return maybe
}

func (m *matcher) any(list []selector, n *html.Node) verdict {
	best := no
	for _, sel := range list {
		m.meter.spend(3)
		best = max(best, m.matches(sel, n))
	}
	return best
}

func following(n *html.Node) *html.Node {
	for s := n.NextSibling; s != nil; s = s.NextSibling {
		if s.Type == html.ElementNode {
			return s
		}
	}
	return nil
}

// isEmpty reports an element without elements or text (Selectors §13.2).
func isEmpty(n *html.Node) bool {
	for c := range n.ChildNodes() {
		if c.Type != html.CommentNode {
			return false
		}
	}
	return true
}

// nearest is an attribute of the closest element that has it.
func nearest(n *html.Node, key string) string {
	for ; n != nil; n = parent(n) {
		if text, ok := attr(n, key); ok {
			return text
		}
	}
	return ""
}

// has tries selectors on what is in or after an element.
func (m *matcher) has(list []selector, n *html.Node) verdict {
	best := no
	for _, sel := range list {
		last := len(sel.compounds) - 1
		switch combinator := sel.compounds[0].combinator; combinator {
		case '+', '~':
			for s := following(n); s != nil && best != yes && !m.meter.empty(); s = following(s) {
				if best = max(best, m.from(sel.compounds, last, s)); combinator == '+' {
					break
				}
			}
		default:
			for c := range n.Descendants() {
				if c.Type != html.ElementNode || combinator == '>' && last == 0 && c.Parent != n {
					m.meter.spend(1)
				} else {
					best = max(best, m.from(sel.compounds, last, c))
				}
				if best == yes || m.meter.empty() {
					break
				}
			}
		}
	}
	return best
}

// place is the number of an element among its siblings, or those of its type,
// counted from one end.
func (m *matcher) place(n *html.Node, next func(*html.Node) *html.Node, ofType bool) int {
	at := 1
	for s := next(n); s != nil && !m.meter.empty(); s = next(s) {
		m.meter.spend(1)
		if !ofType || s.Data == n.Data {
			at++
		}
	}
	return at
}

func (p pseudo) hits(at int) bool {
	if p.a == 0 {
		return at == p.b
	}
	return (at-p.b)%p.a == 0 && (at-p.b)/p.a >= 0
}

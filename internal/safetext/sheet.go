package safetext

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

const (
	// maxSheet is how much of all style sheets is read: large newsletters
	// bring 60 kB.
	maxSheet = 512 << 10

	// maxRules bounds the selectors that are kept.
	maxRules = 5000

	// maxClasses of one element are looked up, in so many bytes.
	maxClasses    = 40
	maxClassBytes = 2 << 10

	// maxStyleCache is how many different style attributes are kept parsed.
	maxStyleCache = 10_000

	// maxBlocks is how deep conditional groups may stand in each other.
	maxBlocks = 4

	// maxOuter is the longest selector that rules may be nested in, as it is
	// repeated in each.
	maxOuter = 256
)

// rule is one selector with its declarations.
type rule struct {
	selector selector
	weight   int
	layer    int
	// unsure rules hold for some readers only: what they set is not known, so
	// it hides nothing and undoes what is hidden.
	unsure bool
	sets   []declaration
}

// sheet is the style sheets of a message, by the rarest thing a selector names.
type sheet struct {
	byID, byClass, byTag map[string][]*rule
	rules                int
	read                 int // bytes
	match                matcher
	inline               map[string][]declaration
	layers               map[string]int
	layer                int               // the one that is read, noLayer outside of any
	places               bool              // some rule positions or shifts
	names                map[string]bool   // unknown properties, and whether they are misspelt
	unread               bool              // some rules were left out, which may hide anything
	namespaces           bool              // selectors may be about another namespace
	keyframes            map[string]bool   // animations, and whether they may hide
	fonts                map[string]bool   // families that are not what they say
	registered           map[string]string // custom properties that are not as they are set (@property), with their first values
}

func newSheet(quirks bool, m *meter) *sheet {
	return &sheet{
		byID: map[string][]*rule{}, byClass: map[string][]*rule{}, byTag: map[string][]*rule{}, inline: map[string][]declaration{},
		layers: map[string]int{}, layer: noLayer, keyframes: map[string]bool{}, names: map[string]bool{}, registered: map[string]string{}, fonts: map[string]bool{},
		match: matcher{quirks: quirks, meter: m, classes: map[*html.Node][]string{}},
	}
}

// parse adds the text of one style element; one that is unsure may be chosen by
// the reader, or not.
func (s *sheet) parse(css, media string, unsure bool) {
	s.unread = s.unread || len(css) > max(maxSheet-s.read, 0)
	css = clip(css, max(maxSheet-s.read, 0))
	s.imports(css)
	s.read += len(css)
	css = strings.NewReplacer("<!--", " ", "-->", " ").Replace(plainCSS(css)) // CDO and CDC
	if holds := mediaHolds(media); holds != no {
		s.rulesOf(css, 0, unsure || holds == maybe)
	}
}

// rulesOf reads rules (CSS Syntax §5.4.1).
func (s *sheet) rulesOf(css string, depth int, unsure bool) {
	for css != "" && s.rules < maxRules {
		open := openingBrace(css)
		if open < 0 {
			return
		}
		prelude := strings.Trim(css[:open], " \t\r\n\f"+commentMark)
		for strings.HasPrefix(prelude, "@") {
			statement, after, ended := strings.Cut(prelude, ";") // @import …;
			if !ended {
				break
			}
			s.namespaces = s.namespaces || strings.HasPrefix(strings.ToLower(statement), "@namespace")
			if names, ok := strings.CutPrefix(strings.Join(strings.Fields(statement), " "), "@layer "); ok {
				for name := range strings.SplitSeq(names, ",") {
					s.layerOf(name)
				}
			}
			prelude = strings.TrimSpace(after)
		}
		end := blockEnd(css, open)
		block := css[open+1 : max(end, open+1)]
		css = css[min(end+1, len(css)):]
		if strings.HasPrefix(prelude, "@") {
			if scope, ok := strings.CutPrefix(prelude, "@scope"); ok {
				_, scope, _ = strings.Cut(scope, "(")
				root, limit := cutOutside(scope, ')')
				s.style(root, strings.ReplaceAll(block, ":scope", "&"), depth+1, unsure || strings.Contains(limit, "to"))
			} else if s.definition(prelude, block) {
				continue
			} else if holds := groupHolds(prelude); holds != no && depth >= maxBlocks {
				s.unread = true
			} else if holds != no {
				around := s.layer
				if name, ok := strings.CutPrefix(prelude, "@layer"); ok && around == noLayer {
					s.layer = s.layerOf(name)
				}
				s.rulesOf(block, depth+1, unsure || holds == maybe)
				s.layer = around
			}
			continue
		}
		s.style(prelude, block, depth, unsure)
	}
}

// blockEnd is where the block that opens at open is closed.
func blockEnd(css string, open int) int {
	depth, quote := 0, byte(0)
	for i := open; i < len(css); i++ {
		switch c := css[i]; {
		case quote != 0:
			if c == quote || c == '\n' {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(css)
}

// noLayer is the rank of rules outside of cascade layers, which beat those in
// them (CSS Cascade §6.4.2); it stands in the bits of the weight from layerShift.
const (
	noLayer    = 255
	layerShift = 42
)

// layerOf is the rank of a layer: that of its first mention.
func (s *sheet) layerOf(name string) int {
	name, _, _ = strings.Cut(strings.TrimSpace(name), ".")
	rank, ok := s.layers[name]
	if !ok || name == "" {
		rank = min(len(s.layers), noLayer-1)
		if name == "" {
			name = commentMark + strconv.Itoa(rank)
		}
		s.layers[name] = rank
	}
	return rank
}

// add keeps the selectors of one rule with what it sets.
func (s *sheet) add(prelude, block string, unsure bool) {
	sets := s.understood(parseDeclarations(block, s.match.quirks))
	if len(sets) == 0 && !strings.Contains(block, "content") {
		return
	}
	if cutAt(prelude, "};<!?$@") != prelude && !strings.Contains(prelude, "[") {
		return // what no selector has, so that browsers drop the rule (CSS Syntax §5.4.4)
	}
	list, sure := parseSelectors(prelude, 0)
	unsure = unsure || !sure || s.namespaces
	s.match.meter.spend(len(prelude) + len(block)/4)
	for _, sel := range list {
		if s.rules >= maxRules {
			s.unread = true
			return
		}
		sets := sets
		if sel.element != "" {
			if sets = generated(sel.element, sets); len(sets) == 0 {
				continue
			}
		}
		s.rules++
		s.places = s.places || slices.ContainsFunc(sets, func(d declaration) bool { return placing[d.property] })
		s.index(&rule{selector: sel, sets: sets, unsure: unsure, layer: s.layer, weight: min(sel.specificity(), 1<<21-1)<<20 + s.rules})
	}
}

// placing are the properties by which an element leaves the place it is in.
var placing = map[string]bool{
	"position": true, "left": true, "top": true, "right": true, "bottom": true, "margin-left": true, "margin-top": true, "transform": true, "translate": true,
}

func (s *sheet) index(r *rule) {
	last := r.selector.compounds[len(r.selector.compounds)-1]
	switch {
	case last.id != "":
		key := strings.ToLower(last.id)
		s.byID[key] = append(s.byID[key], r)
	case len(last.classes) > 0:
		key := strings.ToLower(last.classes[0])
		s.byClass[key] = append(s.byClass[key], r)
	default:
		s.byTag[last.tag] = append(s.byTag[last.tag], r)
	}
}

// styleOf returns what sheets and the style attribute declare for an element.
func (s *sheet) styleOf(n *html.Node) declarations {
	style, styled := attr(n, "style")
	if s.rules == 0 && !styled && !s.unread {
		return nil
	}
	d := declarations{}
	if s.rules > 0 && !s.match.meter.empty() {
		s.try(d, s.byTag[""], n)
		s.try(d, s.byTag[n.Data], n)
		if class, ok := attr(n, "class"); ok {
			classes := strings.Fields(strings.ToLower(clip(class, maxClassBytes)))
			if len(classes) > maxClasses || len(class) > maxClassBytes {
				d.set(notUnderstood, value{text: "class", unknown: true})
			}
			for i, c := range classes[:min(len(classes), maxClasses)] {
				if !slices.Contains(classes[:i], c) {
					s.try(d, s.byClass[c], n)
				}
			}
		}
		if id, ok := attr(n, "id"); ok {
			s.try(d, s.byID[strings.ToLower(clip(id, maxClassBytes))], n)
		}
	}
	if s.unread || s.match.meter.empty() {
		d.set(notUnderstood, value{text: "limit", unknown: true})
	}
	const inlineWeight = 1 << 52
	for i, one := range s.inlineOf(style) {
		d.set(one.property, value{text: one.text, important: one.important, weight: inlineWeight + i, unknown: one.unknown})
	}
	d.settle()
	return d
}

// inlineOf parses a style attribute; the same one occurs many times in a mail.
func (s *sheet) inlineOf(style string) []declaration {
	if style == "" {
		return nil
	}
	if list, ok := s.inline[style]; ok {
		return list
	}
	s.match.meter.spend(len(style) / 4)
	list := s.understood(parseDeclarations(plainCSS(style), s.match.quirks))
	if len(s.inline) < maxStyleCache {
		s.inline[style] = list
	}
	return list
}

// try applies the rules that match.
func (s *sheet) try(d declarations, rules []*rule, n *html.Node) {
	for _, r := range rules {
		if s.match.meter.empty() {
			return
		}
		holds := s.match.matches(r.selector, n)
		if holds == no {
			continue
		}
		s.match.meter.spend(6 * len(r.sets))
		for _, one := range r.sets {
			layer := r.layer
			if one.important {
				layer = noLayer - layer // what is important counts the other way round
			}
			d.set(one.property, value{text: one.text, important: one.important, weight: layer<<layerShift + r.weight, unknown: one.unknown || r.unsure || holds == maybe})
		}
	}
}

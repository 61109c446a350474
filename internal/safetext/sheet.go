package safetext

import (
	"strings"

	"golang.org/x/net/html"
)

const (
	// maxSheet is how much of all style sheets is read: large newsletters
	// bring 60 kB.
	maxSheet = 512 << 10

	// maxRules bounds the selectors that are kept.
	maxRules = 5000

	// maxMatches bounds the steps of matching selectors in one message. After
	// that style sheets hide nothing more; style attributes still do. A
	// newsletter of 100 kB takes some 50,000.
	maxMatches = 3_000_000

	// maxClasses of one element are looked up, in so many bytes.
	maxClasses    = 40
	maxClassBytes = 2 << 10

	// maxStyleCache is how many different style attributes are kept parsed.
	maxStyleCache = 10_000

	// maxBlocks is how deep conditional groups may stand in each other.
	maxBlocks = 4
)

// rule is one selector with its declarations.
type rule struct {
	selector selector
	weight   int
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
	generates            bool // text that is in no element (::before)
}

func newSheet(quirks bool) *sheet {
	return &sheet{
		byID: map[string][]*rule{}, byClass: map[string][]*rule{}, byTag: map[string][]*rule{}, inline: map[string][]declaration{},
		match: matcher{quirks: quirks, budget: maxMatches},
	}
}

// parse adds the text of one style element.
func (s *sheet) parse(css, media string) {
	css = clip(css, max(maxSheet-s.read, 0))
	s.read += len(css)
	css = strings.NewReplacer("<!--", " ", "-->", " ").Replace(plainCSS(css))
	if holds := mediaHolds(media); holds != no {
		s.rulesOf(css, 0, holds == maybe)
	}
}

// rulesOf reads rules (CSS Syntax §5.4.1).
func (s *sheet) rulesOf(css string, depth int, unsure bool) {
	for css != "" && s.rules < maxRules {
		open := strings.IndexByte(css, '{')
		if open < 0 {
			return
		}
		prelude := strings.TrimSpace(css[:open])
		for strings.HasPrefix(prelude, "@") {
			_, after, ended := strings.Cut(prelude, ";") // @import …;
			if !ended {
				break
			}
			prelude = strings.TrimSpace(after)
		}
		end := blockEnd(css, open)
		block := css[open+1 : max(end, open+1)]
		css = css[min(end+1, len(css)):]
		if strings.HasPrefix(prelude, "@") {
			if holds := groupHolds(prelude); holds != no && depth < maxBlocks {
				s.rulesOf(block, depth+1, unsure || holds == maybe)
			}
			continue
		}
		s.add(prelude, block, unsure)
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

// groupHolds says whether what stands in a group of rules counts.
func groupHolds(prelude string) verdict {
	name, condition := cutName(strings.ToLower(prelude[1:]))
	switch name {
	case "media":
		return mediaHolds(condition)
	case "layer", "scope", "starting-style":
		return yes
	case "supports", "container", "document", "-moz-document":
		return maybe
	}
	return no // @font-face, @keyframes, @page and what is not known
}

// mediaHolds evaluates a media query list for a desktop window.
func mediaHolds(list string) verdict {
	list = strings.ToLower(strings.TrimSpace(list))
	if list == "" {
		return yes
	}
	best := no
	for query := range strings.SplitSeq(list, ",") {
		best = max(best, queryHolds(strings.TrimSpace(query)))
	}
	return best
}

func queryHolds(query string) verdict {
	query = strings.TrimPrefix(query, "only ")
	negated := strings.HasPrefix(query, "not ")
	query = strings.TrimPrefix(query, "not ")
	holds := yes
	for part := range strings.SplitSeq(query, " and ") {
		holds = min(holds, featureHolds(strings.TrimSpace(part)))
	}
	if negated {
		return yes - holds
	}
	return holds
}

func featureHolds(part string) verdict {
	switch part {
	case "all", "screen", "":
		return yes
	case "print", "speech", "tty", "tv", "projection", "handheld", "braille", "embossed", "aural":
		return no
	}
	name, text, ok := strings.Cut(strings.Trim(part, "()"), ":")
	px, isLength := pixels(strings.TrimSpace(text))
	if !ok || !isLength {
		return maybe
	}
	limit := map[string]float64{"min-width": windowWidth, "max-width": windowWidth, "min-device-width": windowWidth, "max-device-width": windowWidth}
	width, known := limit[strings.TrimSpace(name)]
	switch {
	case !known:
		return maybe
	case strings.HasPrefix(strings.TrimSpace(name), "min") == (px <= width) || px == width:
		return yes
	}
	return no
}

// add keeps the selectors of one rule with what it sets.
func (s *sheet) add(prelude, block string, unsure bool) {
	sets := parseDeclarations(block, s.match.quirks)
	if len(sets) == 0 && !strings.Contains(block, "content") {
		return
	}
	list, ok := parseSelectors(prelude, 0)
	if !ok {
		return
	}
	for _, sel := range list {
		if s.rules >= maxRules {
			return
		}
		if sel.element != "" {
			s.generates = s.generates || strings.Contains(block, "content")
			continue
		}
		s.rules++
		s.index(&rule{selector: sel, sets: sets, unsure: unsure, weight: sel.specificity()<<20 + s.rules})
	}
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
	if s.rules == 0 && !styled {
		return nil
	}
	d := declarations{}
	if s.rules > 0 && !s.exhausted() {
		s.try(d, s.byTag[""], n)
		s.try(d, s.byTag[n.Data], n)
		if class, ok := attr(n, "class"); ok {
			classes := strings.Fields(strings.ToLower(clip(class, maxClassBytes)))
			for i, c := range classes[:min(len(classes), maxClasses)] {
				if !contains(classes[:i], c) {
					s.try(d, s.byClass[c], n)
				}
			}
		}
		if id, ok := attr(n, "id"); ok {
			s.try(d, s.byID[strings.ToLower(clip(id, maxClassBytes))], n)
		}
	}
	if s.match.budget <= 0 {
		clear(d) // a rule that shows it again may be among those left untried
	}
	const inlineWeight = 1 << 50
	for i, one := range s.inlineOf(style) {
		d.set(one.property, value{text: one.text, important: one.important, weight: inlineWeight + i})
	}
	return d
}

func contains(list []string, s string) bool {
	for _, one := range list {
		if one == s {
			return true
		}
	}
	return false
}

// inlineOf parses a style attribute; the same one occurs many times in a mail.
func (s *sheet) inlineOf(style string) []declaration {
	if style == "" {
		return nil
	}
	if list, ok := s.inline[style]; ok {
		return list
	}
	list := parseDeclarations(plainCSS(style), s.match.quirks)
	if len(s.inline) < maxStyleCache {
		s.inline[style] = list
	}
	return list
}

// try applies the rules that match.
func (s *sheet) try(d declarations, rules []*rule, n *html.Node) {
	for _, r := range rules {
		if s.match.budget <= 0 {
			return
		}
		holds := s.match.matches(r.selector, n)
		if holds == no {
			continue
		}
		for _, one := range r.sets {
			d.set(one.property, value{text: one.text, important: one.important, weight: r.weight, unknown: r.unsure || holds == maybe})
		}
	}
}

// exhausted reports that selectors were left untried.
func (s *sheet) exhausted() bool {
	return s.match.budget <= 0 || s.rules >= maxRules || s.read >= maxSheet
}

package safetext

import "strings"

// definition reads at-rules that define something rules refer to: fonts,
// animations, custom properties.
func (s *sheet) definition(prelude, block string) bool {
	name, rest := cutName(strings.ToLower(strings.ReplaceAll(prelude[1:], commentMark, " ")))
	switch name {
	case "font-face":
		if strangeFont(block) {
			for declared := range strings.SplitSeq(block, ";") {
				if property, family, ok := strings.Cut(declared, ":"); ok && strings.EqualFold(strings.TrimSpace(property), "font-family") {
					s.fonts[familyName(family)] = true
				}
			}
		}
		return true
	case "keyframes", "-webkit-keyframes":
		s.keyframes[familyName(rest)] = hidingFrames(block, s.match.quirks)
		return true
	case "property":
		_, first, _ := strings.Cut(strings.ToLower(block), "initial-value")
		_, first, _ = strings.Cut(cutAt(first, ";"), ":")
		if at := strings.Index(prelude, "--"); at >= 0 {
			s.registered[strings.TrimSpace(prelude[at:])] = strings.TrimSpace(first)
		}
		return true
	}
	return false
}

func familyName(s string) string {
	return strings.ToLower(strings.Trim(strings.TrimSpace(unescaped(s)), "\"'"))
}

// strangeFont reports a font that the mail brings along, or that is not drawn
// as it is: its letters may look like others, or like nothing.
func strangeFont(block string) bool {
	for declared := range strings.SplitSeq(strings.ToLower(block), ";") {
		property, text, _ := strings.Cut(declared, ":")
		switch property = strings.TrimSpace(strings.Trim(property, commentMark)); property {
		case "font-family", "font-style", "font-weight", "font-stretch", "font-display", "unicode-range", "panose-1", "font-variant", "":
		case "src":
			if strings.Contains(unescaped(text), "data:") || strings.Contains(unescaped(text), "cid:") {
				return true
			}
		default:
			if !strings.HasPrefix(property, "mso-") {
				return true
			}
		}
	}
	return false
}

// hidingFrames reports an animation that sets anything but what is harmless.
func hidingFrames(block string, quirks bool) bool {
	for rest := block; rest != ""; {
		open := strings.IndexByte(rest, '{')
		if open < 0 {
			return false
		}
		end := blockEnd(rest, open)
		for _, d := range parseDeclarations(rest[open+1:max(end, open+1)], quirks) {
			if d.unknown || !harmlessValue(d.property, d.text) {
				return true
			}
		}
		rest = rest[min(end+1, len(rest)):]
	}
	return false
}

// generated are the declarations of a pseudo-element that concern the text of
// its element: boxes before and after it may be drawn over it, and its first
// letter and line are part of it.
func generated(element string, sets []declaration) []declaration {
	unsure := []declaration{{property: generates, text: "before", unknown: true}}
	switch element {
	case "before", "after":
		painted, moved := false, false
		for _, d := range sets {
			switch d.property {
			case "background-color", "background-image", "box-shadow", "border-top-width", "border-bottom-width", "border-left-width", "content":
				painted = painted || d.property != "content" && d.text != "none" && d.text != "transparent" && d.text != "0" || strings.Contains(d.text, "(") && !strings.HasPrefix(d.text, "counter")
			case "position", "margin-top", "margin-left", "margin-right", "margin-bottom", "transform", "translate", "left", "top", "scale", notUnderstood:
				moved = true
			case "font-size", "letter-spacing", "width", "height", "padding-top", "padding-left", "float":
				moved = moved || painted
			}
		}
		if painted && moved {
			return unsure
		}
	case "first-letter": // one letter is no text, but may push the rest away
		for _, d := range sets {
			if px, ok := pixels(d.text); d.unknown || pushing[d.property] && (!ok || px > 100) && !harmlessValue(d.property, d.text) {
				return unsure
			}
		}
	case "first-line":
		for _, d := range sets {
			if !harmlessValue(d.property, d.text) {
				return unsure
			}
		}
	}
	return nil
}

// pushing are the properties by which a letter takes room.
var pushing = wordSet("margin-left margin-right margin-top margin-bottom padding-left padding-right padding-top padding-bottom letter-spacing font-size width height")

// generates is the property that stands for what is drawn beside an element.
const generates = "\x04"

// openingBrace is where the first block in css begins; -1 where there is none.
func openingBrace(css string) int {
	quote := byte(0)
	for i := 0; i < len(css); i++ {
		switch c := css[i]; {
		case quote != 0:
			if c == quote || c == '\n' {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '{':
			return i
		}
	}
	return -1
}

// imports notes style sheets that a sheet brings along in itself: they are not
// read.
func (s *sheet) imports(css string) {
	lower := strings.ToLower(plainCSS(css))
	if at := strings.Index(lower, "@import"); at >= 0 && strings.Contains(unescaped(css), "data:") {
		s.unread = true
	}
}

// strange reports a list of font families with one that the mail brings along.
func (s *sheet) strange(families string) bool {
	if len(s.fonts) == 0 {
		return false
	}
	for family := range strings.SplitSeq(families, ",") {
		if s.fonts[familyName(family)] {
			return true
		}
	}
	return false
}

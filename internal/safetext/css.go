package safetext

import "strings"

const (
	// maxDeclarations bounds one style attribute or rule; real ones have
	// fewer than 60.
	maxDeclarations = 200

	// maxValue is the longest value that is looked at: colours, lengths and
	// transforms are short.
	maxValue = 1 << 10
)

// declaration is one property with its value, as written: lower-case, comments
// and escapes resolved.
type declaration struct {
	property, text string
	important      bool
	// unknown: the property, or a part of the value, is not understood.
	unknown bool
}

// value is what the cascade chose for a property.
type value struct {
	text      string
	important bool
	weight    int // specificity, then order
	// unknown: a weightier value applies for some readers only. The text is then
	// the one that applies for sure, "" for none.
	unknown bool
}

// declarations are the values of the properties that can hide something.
type declarations map[string]value

// unsurePrefix keeps values that hold for some readers apart until all are set.
const unsurePrefix = "?"

// set takes a value if nothing weightier is there (CSS Cascade §6).
func (d declarations) set(property string, v value) {
	if v.unknown {
		if harmlessValue(property, v.text) {
			return
		}
		property = unsurePrefix + property
	}
	if old, ok := d[property]; !ok || !old.beats(v) {
		d[property] = v
	}
}

func (v value) beats(other value) bool {
	return v.important && !other.important || v.important == other.important && v.weight > other.weight
}

// settle marks the values that a weightier one replaces for some readers.
func (d declarations) settle() {
	for _, name := range d.names(func(name string, _ value) bool { return strings.HasPrefix(name, unsurePrefix) }) {
		unsure, property := d[name], strings.TrimPrefix(name, unsurePrefix)
		if sure, ok := d[property]; !ok || !sure.beats(unsure) {
			sure.unknown = true
			d[property] = sure
		}
		delete(d, name)
	}
}

// get returns the value that a property has for sure, "" when there is none.
func (d declarations) get(property string) string { return d[property].text }

// conditional reports a box that is another one for some readers.
func (d declarations) conditional() bool {
	for property, v := range d {
		if v.unknown && !ofText[property] && !strings.HasPrefix(property, "--") {
			return true
		}
	}
	return false
}

// ofText are the properties that are followed from element to element.
var ofText = map[string]bool{"color": true, "background-color": true, "background-image": true, "visibility": true, "font-size": true, "font-family": true}

// aliases are older names of properties.
var aliases = map[string]string{
	"-webkit-transform": "transform", "-webkit-clip-path": "clip-path", "-webkit-opacity": "opacity", "-webkit-filter": "filter",
	"-webkit-mask": "mask", "-webkit-mask-image": "mask", "mask-image": "mask", "word-wrap": "overflow-wrap",
	"-webkit-background-clip": "background-clip", "-webkit-box-shadow": "box-shadow", "animation-name": "animation", "-webkit-animation": "animation",
	"background-position-x": "background-position", "background-position-y": "background-position", "background-repeat-x": "background-repeat",
	"background-repeat-y": "background-repeat", "-webkit-background-size": "background-size", "-moz-background-size": "background-size",
	"text-wrap-mode": "text-wrap", "flex-flow": "flex-direction", "-webkit-transform-origin": "transform-origin", "justify-self": "justify-items",
	"-webkit-justify-content": "justify-content", "-webkit-flex-direction": "flex-direction", "place-content": "justify-content", "place-items": "justify-items", "place-self": "justify-items",
	"-webkit-animation-name": "animation", "-webkit-column-count": "columns", "-webkit-columns": "columns", "column-count": "columns", "column-width": "columns",
	"-webkit-mix-blend-mode": "mix-blend-mode", "-webkit-mask-box-image": "mask-border", "-webkit-mask-box-image-source": "mask-border", "mask-border-source": "mask-border",
	"-webkit-text-stroke-width": "-webkit-text-stroke", "overflow-block": "overflow-y", "overflow-inline": "overflow-x", "-webkit-perspective": "perspective",
	"-webkit-backface-visibility": "backface-visibility", "-webkit-backdrop-filter": "backdrop-filter", "-webkit-shape-outside": "shape-outside",
	"-webkit-box-reflect": "box-reflect", "-webkit-line-clamp": "line-clamp", "inset-inline-end": "right", "inset-block-end": "bottom",
	"margin-inline-end": "margin-right", "margin-block-end": "margin-bottom", "min-block-size": "min-height", "min-inline-size": "min-width",
	"padding-inline-start": "padding-left", "padding-inline-end": "padding-right", "padding-block-start": "padding-top", "padding-block-end": "padding-bottom",
	"border-block-start-width": "border-top-width", "grid-row": "grid-area", "grid-column": "grid-area", "grid-row-start": "grid-area", "grid-column-start": "grid-area",
	"grid-row-end": "grid-area", "grid-column-end": "grid-area",
	"grid-auto-rows": "grid-template-rows", "grid-auto-columns": "grid-template-columns", "-webkit-font-feature-settings": "font-feature-settings",
	"inset-inline-start": "left", "inset-block-start": "top", "block-size": "height", "inline-size": "width",
	"max-block-size": "max-height", "max-inline-size": "max-width", "margin-inline-start": "margin-left", "margin-block-start": "margin-top",
}

// parseDeclarations reads a declaration block (CSS Syntax §5.4.5) and keeps the
// valid declarations of properties that can hide something, shorthands taken
// apart. What is not valid counts as not written.
func parseDeclarations(block string, quirks bool) []declaration {
	var list []declaration
	block = strings.ReplaceAll(block, commentMark, " ")
	for n := 0; block != "" && n < maxDeclarations; n++ {
		var one string
		one, block = cutOutside(block, ';')
		property, text, ok := strings.Cut(one, ":")
		property = strings.TrimSpace(property)
		if !strings.HasPrefix(property, "--") { // the case of custom properties counts
			property = strings.ToLower(property)
		}
		if !ok {
			if strings.HasPrefix(property, "@") {
				list = append(list, declaration{property: notUnderstood, text: property, unknown: true})
			}
			continue
		}
		if alias := aliases[property]; alias != "" {
			property = alias
		}
		if strings.HasPrefix(property, "--") && len(text) > maxValue || !strings.HasPrefix(property, "--") && (len(text) > maxValue || !tracked(property)) {
			if !harmlessProperty(property) && !longImage(property, text) {
				list = append(list, declaration{property: notUnderstood, text: property, unknown: true})
			}
			if len(text) <= maxValue || !tracked(property) {
				continue
			}
			text = withoutData(text)
		}
		if lower := strings.ToLower(text); strings.Contains(lower, "var(") {
			text = varCalls(text)
		} else if !strings.HasPrefix(property, "--") {
			text = lower
		}
		d := declaration{property: property, text: strings.TrimSpace(text)}
		if bang := strings.LastIndexByte(d.text, '!'); bang >= 0 {
			if strings.ToLower(strings.TrimSpace(d.text[bang+1:])) != "important" {
				continue
			}
			d.important, d.text = true, strings.TrimSpace(d.text[:bang])
		}
		list = append(list, d.longhands(quirks)...)
	}
	if block != "" && strings.TrimSpace(block) != "" {
		list = append(list, declaration{property: notUnderstood, text: "more", unknown: true})
	}
	return list
}

// notUnderstood is the property that stands for all that are not understood.
const notUnderstood = "\x03"

// longhands takes a shorthand apart; none for what is not valid or cannot hide
// anything. Values with var() are only known once it is resolved.
func (d declaration) longhands(quirks bool) []declaration {
	if strings.HasPrefix(d.property, "--") {
		return []declaration{d}
	}
	as := func(property, text string) declaration { return declaration{property, text, d.important, false} }
	pending := strings.Contains(d.text, "var(")
	switch {
	case d.property == "all":
		if !cssWide[d.text] {
			return nil
		}
		list := make([]declaration, 0, len(validators))
		for _, property := range relevant {
			list = append(list, as(property, d.text))
		}
		return list
	case pending && (validators[d.property] != nil || shorthands[d.property] != nil):
		return []declaration{d}
	case d.property == "background" && strangePaint(d.text):
		return []declaration{{"background-color", d.text, d.important, true}, {"background-image", d.text, d.important, true}}
	case shorthands[d.property] != nil:
		var list []declaration
		for _, part := range shorthands[d.property](d.text) {
			if valid(part.property, part.text, quirks) {
				list = append(list, as(part.property, part.text))
			} else if strange(part.text) {
				list = append(list, declaration{part.property, part.text, d.important, true})
			}
		}
		if len(list) == 0 && strange(d.text) {
			return []declaration{{notUnderstood, d.property, d.important, true}}
		}
		return list
	case valid(d.property, d.text, quirks):
		return []declaration{d}
	case strange(d.text):
		d.unknown = true
		return []declaration{d}
	}
	return nil
}

// mistypedUnit are units that senders write and no browser knows.
var mistypedUnit = wordSet("x p xp pxx pxpx pxp pxt ppx pixel ptx ep important pxi")

// shorthands are the ones that set properties of ours.
var shorthands = map[string]func(string) []declaration{
	"background": expandBackground,
	"font":       expandFont,
	"overflow":   expandOverflow,
	"inset":      func(s string) []declaration { return expandBox(s, "top", "right", "bottom", "left") },
	"margin": func(s string) []declaration {
		return expandBox(s, "margin-top", "margin-right", "margin-bottom", "margin-left")
	},
	"margin-inline":  func(s string) []declaration { return expandPair(s, "margin-left", "margin-right") },
	"margin-block":   func(s string) []declaration { return expandPair(s, "margin-top", "margin-bottom") },
	"inset-inline":   func(s string) []declaration { return expandPair(s, "left", "right") },
	"inset-block":    func(s string) []declaration { return expandPair(s, "top", "bottom") },
	"padding-inline": func(s string) []declaration { return expandPair(s, "padding-left", "padding-right") },
	"padding-block":  func(s string) []declaration { return expandPair(s, "padding-top", "padding-bottom") },
	"border": func(s string) []declaration {
		return expandBorder(s, "border-top-width", "border-bottom-width", "border-left-width")
	},
	"border-top":    func(s string) []declaration { return expandBorder(s, "border-top-width") },
	"border-bottom": func(s string) []declaration { return expandBorder(s, "border-bottom-width") },
	"border-left":   func(s string) []declaration { return expandBorder(s, "border-left-width") },
	"border-right":  func(s string) []declaration { return expandBorder(s, "border-right-width") },
	"outline":       func(s string) []declaration { return expandBorder(s, "outline-width") },
	"border-width": func(s string) []declaration {
		return expandBox(s, "border-top-width", "", "border-bottom-width", "border-left-width")
	},
	"padding": func(s string) []declaration {
		return expandBox(s, "padding-top", "padding-right", "padding-bottom", "padding-left")
	},
	"white-space": func(s string) []declaration {
		return []declaration{{property: "white-space", text: s}}
	},
}

func expandBackground(s string) []declaration {
	if cssWide[s] {
		return []declaration{{property: "background-color", text: s}, {property: "background-image", text: "none"}}
	}
	if !strings.Contains(s, "var(") && !isPaint(s) {
		return nil
	}
	image := "none"
	if strings.Contains(s, "url(") || strings.Contains(s, "gradient(") || strings.Contains(s, "image(") || strings.Contains(s, "image-set(") {
		image = "url()"
		if _, flat := flatGradient(s); flat {
			return []declaration{{property: "background-color", text: "transparent"}, {property: "background-image", text: s}}
		}
	}
	col := "transparent"
	var list []declaration
	if _, ok := parseColor(s); ok {
		return []declaration{{property: "background-color", text: s}, {property: "background-image", text: image}}
	}
	if strings.Contains(s, "gradient(") || strings.Contains(s, "data:") {
		image = s
	}
	for rest := s; rest != ""; {
		var field string
		if field, rest = cutOutside(rest, ' '); field == "" {
			continue
		}
		if _, ok := parseColor(field); ok {
			col = field
		} else if field == "text" {
			list = append(list, declaration{property: "background-clip", text: field})
		}
	}
	return append(list, declaration{property: "background-color", text: col}, declaration{property: "background-image", text: image})
}

// expandFont finds the size in a font shorthand: the first length.
func expandFont(s string) []declaration {
	if cssWide[s] {
		return []declaration{{property: "font-size", text: s}}
	}
	fields := strings.Fields(s)
	for _, field := range fields[:max(len(fields)-1, 0)] { // the last is the family, which must be there
		size, height, slashed := strings.Cut(field, "/")
		if _, unit, ok := number(size); (ok && (unit != "" || size == "0")) || sizeWords[size] > 0 {
			if slashed && !valid("line-height", height, false) {
				return nil
			}
			_, family, _ := strings.Cut(s, field)
			list := []declaration{{property: "font-size", text: size}, {property: "font-family", text: strings.TrimSpace(family)}}
			if slashed {
				list = append(list, declaration{property: "line-height", text: height})
			}
			return list
		}
		if _, _, ok := number(field); !fontWords[field] && !ok {
			return nil
		}
	}
	return nil
}

func expandOverflow(s string) []declaration {
	fields := strings.Fields(s)
	if len(fields) == 1 {
		fields = append(fields, fields[0])
	}
	if len(fields) != 2 {
		return nil
	}
	return []declaration{{property: "overflow-x", text: fields[0]}, {property: "overflow-y", text: fields[1]}}
}

// expandBox gives the sides of a box their values, clockwise from the top; an
// empty name is a side that is of no interest.
func expandBox(s string, sides ...string) []declaration {
	fields := strings.Fields(s)
	from := map[int][]int{1: {0, 0, 0, 0}, 2: {0, 1, 0, 1}, 3: {0, 1, 2, 1}, 4: {0, 1, 2, 3}}[len(fields)]
	var list []declaration
	for i, side := range sides {
		if from != nil && side != "" {
			list = append(list, declaration{property: side, text: fields[from[i]]})
		}
	}
	return list
}

// expandPair gives two sides their values.
func expandPair(s, first, second string) []declaration {
	a, b := cutOutside(s, ' ')
	if b = strings.TrimSpace(b); b == "" {
		b = a
	}
	return []declaration{{property: first, text: a}, {property: second, text: b}}
}

// expandBorder finds the width in the shorthand of a border.
func expandBorder(s string, sides ...string) []declaration {
	width := "0"
	for rest := s; rest != ""; {
		var field string
		field, rest = cutOutside(rest, ' ')
		switch _, unit, ok := number(field); {
		case ok && (unit != "" || field == "0"):
			width = field
		case field == "solid" || field == "dashed" || field == "double" || field == "thick" || field == "medium":
			if width == "0" {
				width = "3px"
			}
		}
	}
	var list []declaration
	for _, side := range sides {
		list = append(list, declaration{property: side, text: width})
	}
	return list
}

// cutOutside cuts s at the first sep outside quotes and brackets.
func cutOutside(s string, sep byte) (before, after string) {
	depth, quote := 0, byte(0)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == quote || c == '\n' { // a string ends with its line (CSS Syntax §4.3.5)
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '(' || c == '[' || c == '{':
			depth++
		case (c == ')' || c == ']' || c == '}') && depth > 0:
			depth--
		case c == sep && depth == 0:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

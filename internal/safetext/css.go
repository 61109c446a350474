package safetext

import (
	"strconv"
	"strings"
)

const (
	// maxDeclarations bounds one style attribute or rule; real ones have
	// fewer than 60.
	maxDeclarations = 200

	// maxSheet is how much of all style sheets is read: large newsletters
	// bring 60 kB.
	maxSheet = 512 << 10

	// maxRules bounds the selectors that are kept.
	maxRules = 5000
)

// value is a declared CSS value.
type value struct {
	text      string // lower-case, comments and escapes resolved
	important bool
	weight    int // specificity, then order
	unknown   bool
}

// declarations are the values of the properties that can hide something.
type declarations map[string]value

// set takes a value if nothing weightier is there (CSS Cascade §6).
func (d declarations) set(property string, v value) {
	if old, ok := d[property]; ok && (old.important && !v.important || old.important == v.important && old.weight > v.weight) {
		return
	}
	d[property] = v
}

// get returns a property's value, "" when absent or not to be decided.
func (d declarations) get(property string) string {
	if v := d[property]; !v.unknown {
		return v.text
	}
	return ""
}

// relevant are the properties that decide whether text can be seen.
var relevant = map[string]bool{
	"display": true, "visibility": true, "opacity": true, "font-size": true, "font": true, "color": true,
	"background": true, "background-color": true, "background-image": true, "height": true, "max-height": true,
	"width": true, "max-width": true, "overflow": true, "overflow-x": true, "overflow-y": true, "position": true,
	"left": true, "top": true, "right": true, "bottom": true, "text-indent": true, "clip": true, "clip-path": true,
	"transform": true, "margin-left": true, "margin-top": true, "-webkit-text-fill-color": true, "text-shadow": true,
}

// declare reads a declaration block into d.
func (d declarations) declare(block string, weight int, unknown bool) {
	n := 0
	for block != "" && n < maxDeclarations {
		var decl string
		decl, block = cutOutside(block, ';')
		n++
		property, text, ok := strings.Cut(decl, ":")
		property = strings.ToLower(strings.TrimSpace(property))
		if !ok || !relevant[property] {
			continue
		}
		text = strings.ToLower(strings.TrimSpace(text))
		v := value{weight: weight, unknown: unknown}
		if bang := strings.LastIndexByte(text, '!'); bang >= 0 {
			v.important = strings.TrimSpace(text[bang+1:]) == "important"
			text = strings.TrimSpace(text[:bang])
		}
		if v.text = text; property == "background" && text != "" {
			d.set("background-color", v)
		}
		if property == "font" {
			property, v.text = "font-size", fontShorthandSize(text)
			if v.text == "" {
				continue
			}
		}
		d.set(property, v)
	}
}

// fontShorthandSize finds the size in a font shorthand: the first length.
func fontShorthandSize(s string) string {
	for field := range strings.FieldsSeq(s) {
		size, _, _ := strings.Cut(field, "/")
		if _, unit, ok := number(size); ok && (unit != "" || size == "0") {
			return size
		}
	}
	return ""
}

// cutOutside cuts s at the first sep outside quotes and parentheses.
func cutOutside(s string, sep byte) (before, after string) {
	depth, quote := 0, byte(0)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case c == sep && depth == 0:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// plainCSS removes comments and resolves escapes (CSS Syntax §4.3.7), the two
// ways to write "display:none" so that a search for it fails.
func plainCSS(s string) string {
	if !strings.Contains(s, "/*") && !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case strings.HasPrefix(s[i:], "/*"):
			end := strings.Index(s[i+2:], "*/")
			if end < 0 {
				return b.String()
			}
			i += end + 3
		case s[i] == '\\' && i+1 < len(s):
			j := i + 1
			for j < len(s) && j-i <= 6 && strings.IndexByte("0123456789abcdefABCDEF", s[j]) >= 0 {
				j++
			}
			if j == i+1 {
				continue // an escaped character stands for itself
			}
			if code, err := strconv.ParseUint(s[i+1:j], 16, 32); err == nil && code > 0 && code < 0x110000 {
				b.WriteRune(rune(code))
			}
			if i = j - 1; j < len(s) && (s[j] == ' ' || s[j] == '\n' || s[j] == '\t') {
				i = j
			}
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// number splits "12.5px" into 12.5 and "px".
func number(s string) (n float64, unit string, ok bool) {
	s = strings.TrimSpace(s)
	end := 0
	for end < len(s) && end < 24 && (s[end] >= '0' && s[end] <= '9' || s[end] == '.' || (end == 0 && (s[end] == '-' || s[end] == '+'))) {
		end++
	}
	n, err := strconv.ParseFloat(s[:end], 64)
	return n, strings.TrimSpace(s[end:]), err == nil
}

// pixels turns a length into pixels; ok is false for what depends on layout.
func pixels(s string) (px float64, ok bool) {
	n, unit, ok := number(s)
	if !ok {
		return 0, false
	}
	if n == 0 {
		return 0, true
	}
	switch unit {
	case "px", "":
		return n, true
	case "pt":
		return n * 4 / 3, true
	case "em", "rem":
		return n * defaultFontPixels, true
	case "in":
		return n * 96, true
	case "cm":
		return n * 96 / 2.54, true
	case "mm":
		return n * 96 / 25.4, true
	case "vw", "vh":
		return n * 10, true
	}
	return 0, false
}

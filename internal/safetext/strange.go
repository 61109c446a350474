package safetext

import (
	"strings"
)

// strange reports a value that some browser may understand and we do not: one
// with a function or a unit, other than a word or number out of place.
func strange(text string) bool {
	if strings.Contains(text, "(") {
		return true
	}
	for field := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ' ' || r == ',' || r == '/' }) {
		if _, unit, ok := number(field); ok && unit != "" && unit != "%" && unitPixels[unit] == 0 && unitFonts[unit] == 0 && len(unit) <= 5 && isWord(unit) && !mistypedUnit[unit] {
			return true
		}
	}
	return false
}

// strangePaint reports a background with a function that is not followed.
func strangePaint(text string) bool {
	for name := range calls(text) {
		name = name[strings.LastIndexAny(name, " ,/)")+1:]
		switch {
		case strings.HasSuffix(name, "gradient"), name == "url", name == "image-set", name == "-webkit-image-set", name == "calc", name == "light-dark", name == "color-mix", name == "color", name == "":
		default:
			if _, ok := functionColor(name, "0 0 0"); !ok {
				return true
			}
		}
	}
	return false
}

func isWord(s string) bool {
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") == ""
}

// longImage reports a value that is long because an image is in it.
func longImage(property, text string) bool {
	return strings.HasPrefix(property, "background") && len(withoutData(text)) <= maxValue
}

// withoutData is a value without what stands in strings, which may be images.
func withoutData(text string) string {
	before, rest, ok := strings.Cut(text, "\"")
	if !ok {
		return clip(text, maxValue)
	}
	_, after, _ := strings.Cut(rest, "\"")
	return clip(before, maxValue/2) + "\"data:\"" + clip(after, maxValue/2)
}

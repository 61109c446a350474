package safetext

import (
	"math"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// textWidth is how much room a text takes on one line, and its longest part
// that cannot be wrapped.
func textWidth(s string, l look) (advance, longest float64) {
	if strings.TrimSpace(s) == "" {
		return 0, 0
	}
	letter := l.font * letterShare
	for word := range strings.FieldsSeq(s) {
		runes := utf8.RuneCountInString(word)
		width := float64(runes) * letter
		if len(word) > 2*runes { // a script of wide letters, which wraps anywhere
			width = float64(runes) * l.font * wideShare
			longest = max(longest, l.font)
		} else {
			longest = max(longest, width)
		}
		advance += width + letter
	}
	if l.nowrap {
		longest = advance - letter
	}
	return advance, longest
}

// wordsIn is the number of words in a text at most: where lines may end.
func wordsIn(s string) int {
	n := 0
	for word := range strings.FieldsSeq(s) {
		n++
		if len(word) > 2*utf8.RuneCountInString(word) {
			n += len(word)
		}
	}
	return n
}

// floats reports a box that others flow around.
func floats(n *html.Node, d declarations) bool {
	if f := d.get("float"); f != "" {
		return f != "none" && !cssWide[f]
	}
	align := attrOf(n, "align")
	return (n.Data == "table" || n.Data == "img") && (strings.EqualFold(align, "left") || strings.EqualFold(align, "right"))
}

// moved reports a box that is drawn elsewhere than it would be in the flow.
func moved(d declarations) bool {
	if position := d.get("position"); position == "absolute" || position == "fixed" {
		return true
	} else if position == "relative" || position == "sticky" {
		for _, property := range []string{"left", "top", "right", "bottom"} {
			if px, ok := acrossWindow(d.get(property), look{font: defaultFontPixels}); d.get(property) != "" && d.get(property) != "auto" && (!ok || math.Abs(px) > slightShift) {
				return true
			}
		}
	}
	for _, property := range []string{"margin-top", "margin-left", "margin-right", "margin-bottom"} {
		if px, ok := acrossWindow(d.get(property), look{font: defaultFontPixels}); d.get(property) != "" && ok && px < -slightShift {
			return true
		}
	}
	return d.get("translate") != "" && d.get("translate") != "none" || strings.Contains(d.get("transform"), "translate") || strings.Contains(d.get("transform"), "matrix")
}

// slightShadow reports a shadow that stays near its box.
func slightShadow(shadow string) bool {
	return shadowReach(shadow) <= 60 && !strings.Contains(shadow, "inset") && !strings.Contains(shadow, "calc")
}

// shadowReach is the longest length in a shadow.
func shadowReach(shadow string) float64 {
	reach := 0.0
	for field := range strings.FieldsFuncSeq(shadow, func(r rune) bool { return r == ' ' || r == ',' }) {
		if px, ok := pixels(strings.TrimRight(strings.TrimPrefix(field, "drop-shadow("), ")")); ok && !strings.HasPrefix(field, "#") {
			reach = max(reach, math.Abs(px))
		}
	}
	return reach
}

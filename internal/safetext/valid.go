package safetext

import (
	"maps"
	"slices"
	"strings"
)

// cssWide are the values every property knows (CSS Cascade §7.3).
var cssWide = map[string]bool{"inherit": true, "initial": true, "unset": true, "revert": true, "revert-layer": true}

func words(list string) func(string, bool) bool {
	known := map[string]bool{}
	for word := range strings.FieldsSeq(list) {
		known[word] = true
	}
	return func(s string, _ bool) bool { return known[s] }
}

func length(also string) func(string, bool) bool {
	word := words(also)
	return func(s string, quirks bool) bool {
		return word(s, quirks) || isLength(s, quirks) || strings.HasPrefix(s, "fit-content(") || strings.HasPrefix(s, "anchor(")
	}
}

// sized is a length that may not be negative.
func sized(also string) func(string, bool) bool {
	any := length(also)
	return func(s string, quirks bool) bool { return any(s, quirks) && !strings.HasPrefix(s, "-") }
}

func anything(s string, _ bool) bool { return s != "" }

func isColor(s string, _ bool) bool { _, ok := parseColor(s); return ok }

func isNumber(s string, _ bool) bool {
	_, unit, ok := number(s)
	return ok && (unit == "" || unit == "%") && !strings.Contains(s, " ") || strings.HasPrefix(s, "calc(") && strings.HasSuffix(s, ")")
}

// validators say what is a value of each property that can hide something. A
// declaration with another value does not count (CSS Syntax §2.2), so that
// "display:none;display:bogus" hides.
var validators = withGuarded(map[string]func(string, bool) bool{
	"display": displays("none block inline inline-block flow-root contents list-item table inline-table table-row table-cell table-row-group table-header-group " +
		"table-footer-group table-column table-column-group table-caption flex inline-flex grid inline-grid run-in ruby -webkit-box -webkit-inline-box " +
		"-webkit-flex -webkit-inline-flex math"),
	"visibility":              words("visible hidden collapse"),
	"content-visibility":      words("visible hidden auto"),
	"opacity":                 isNumber,
	"font-size":               sized("xx-small x-small small medium large x-large xx-large xxx-large smaller larger math"),
	"line-height":             func(s string, q bool) bool { return s == "normal" || isNumber(s, q) || sized("")(s, q) },
	"color":                   isColor,
	"-webkit-text-fill-color": isColor,
	"text-shadow":             anything,
	"-webkit-text-stroke":     anything,
	"background-color":        isColor,
	"background-image":        anything,
	"backface-visibility":     words("visible hidden"),
	"font-size-adjust":        func(s string, q bool) bool { return s == "none" || isNumber(s, q) },
	"height":                  sized("auto min-content max-content fit-content stretch"),
	"width":                   sized("auto min-content max-content fit-content stretch"),
	"max-height":              sized("none min-content max-content fit-content stretch"),
	"max-width":               sized("none min-content max-content fit-content stretch"),
	"min-height":              sized("auto min-content max-content fit-content stretch"),
	"min-width":               sized("auto min-content max-content fit-content stretch"),
	"overflow-x":              words("visible hidden clip scroll auto overlay"),
	"overflow-y":              words("visible hidden clip scroll auto overlay"),
	"position":                words("static relative absolute fixed sticky"),
	"float":                   words("none left right inline-start inline-end"),
	"left":                    length("auto"),
	"top":                     length("auto"),
	"right":                   length("auto"),
	"bottom":                  length("auto"),
	"margin-left":             length("auto"),
	"margin-right":            length("auto"),
	"margin-bottom":           length("auto"),
	"border-top-width":        sized("thin medium thick"),
	"border-bottom-width":     sized("thin medium thick"),
	"border-left-width":       sized("thin medium thick"),
	"word-spacing":            length("normal"),
	"outline-width":           sized("thin medium thick"),
	"font-family":             anything,
	"grid-template-rows":      anything,
	"grid-template-columns":   anything,
	"grid-area":               anything,
	"columns":                 anything,
	"box-sizing":              words("border-box content-box padding-box"),
	"object-fit":              anything,
	"direction":               words("ltr rtl"),
	"mask-size":               anything,
	"mask-position":           anything,
	"mask-repeat":             anything,
	"mask-clip":               anything,
	"mask-mode":               anything,
	"mask-origin":             anything,
	"margin-top":              length("auto"),
	"padding-top":             sized(""),
	"padding-right":           sized(""),
	"padding-bottom":          sized(""),
	"text-indent":             length(""),
	"letter-spacing":          length("normal"),
	"white-space":             anything,
	"padding-left":            sized(""),
	"z-index":                 isNumber,
	"content":                 anything,
	"contain":                 anything,
	"animation":               anything,
	"box-shadow":              anything,
	"background-clip":         anything,
	"-webkit-text-security":   words("none circle disc square"),
	"clip":                    anything,
	"clip-path":               anything,
	"transform":               isTransform,
	"scale":                   anything,
	"translate":               anything,
	"rotate":                  anything,
	"zoom":                    func(s string, q bool) bool { return s == "normal" || isNumber(s, q) },
	"filter":                  anything,
	"mask":                    anything,
	"mix-blend-mode": words("normal multiply screen overlay darken lighten color-dodge color-burn hard-light soft-light difference exclusion hue saturation " +
		"color luminosity plus-lighter plus-darker"),
})

// withGuarded adds the guarded properties, which are followed too.
func withGuarded(known map[string]func(string, bool) bool) map[string]func(string, bool) bool {
	for property := range guarded {
		if known[property] == nil {
			known[property] = anything
		}
	}
	return known
}

// displays are the words of display, and its pairs such as "inline flow-root".
func displays(single string) func(string, bool) bool {
	one, outside, inside := words(single), words("block inline run-in list-item"), words("flow flow-root table flex grid ruby list-item")
	return func(s string, quirks bool) bool {
		a, b, two := strings.Cut(s, " ")
		return one(s, quirks) || two && (outside(a, quirks) && inside(strings.TrimSpace(b), quirks) || inside(a, quirks) && outside(strings.TrimSpace(b), quirks))
	}
}

// relevant are the names of those properties, in order.
var relevant = slices.Sorted(maps.Keys(validators))

func valid(property, text string, quirks bool) bool {
	check := validators[property]
	return check != nil && (cssWide[text] || check(text, quirks))
}

// isTransform reports a list of functions whose arguments commas part.
func isTransform(s string, _ bool) bool {
	if s == "none" {
		return true
	}
	for _, list := range calls(s) {
		for _, args := range list {
			for arg := range strings.SplitSeq(args, ",") {
				if arg = strings.TrimSpace(arg); strings.Contains(arg, " ") && !strings.Contains(arg, "(") {
					return false
				}
			}
		}
	}
	return strings.Contains(s, "(")
}

// isPaint reports a background that browsers take: known words, one colour, and
// at most four lengths in each layer.
func isPaint(s string) bool {
	for rest := s; rest != ""; {
		var layer string
		layer, rest = cutOutside(rest, ',')
		colors, lengths := 0, 0
		for layer != "" {
			var field string
			if field, layer = cutOutside(layer, ' '); field == "" || field == "/" {
				continue
			}
			if _, ok := parseColor(field); ok {
				colors++
				continue
			}
			if strings.Contains(field, "(") || paintWords[field] {
				continue
			}
			for part := range strings.SplitSeq(field, "/") {
				if lengths++; part != "" && !paintWords[part] && !isLength(part, true) {
					return false
				}
			}
		}
		if colors > 1 || lengths > 4 {
			return false
		}
	}
	return true
}

var paintWords = wordSet("none repeat no-repeat repeat-x repeat-y space round scroll fixed local left right top bottom center cover contain auto border-box padding-box content-box text")

// fontWords stand before the size in the shorthand of a font.
var fontWords = wordSet("normal italic oblique bold bolder lighter small-caps ultra-condensed extra-condensed condensed semi-condensed semi-expanded expanded extra-expanded ultra-expanded " +
	"100 200 300 400 500 600 700 800 900")

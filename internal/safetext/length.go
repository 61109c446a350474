package safetext

import (
	"math"
	"strconv"
	"strings"
)

// The window that lengths relative to it are taken against, in pixels: what a
// mail is given on a desktop.
const (
	windowWidth  = 1000
	windowHeight = 800
)

// sizeWords are the font sizes with a name, in pixels.
var sizeWords = map[string]float64{
	"xx-small": 9, "x-small": 10, "small": 13, "medium": 16, "large": 18, "x-large": 24, "xx-large": 32, "xxx-large": 48,
}

// number splits "12.5px" into 12.5 and "px".
func number(s string) (n float64, unit string, ok bool) {
	s = strings.TrimSpace(s)
	end := 0
	for end < len(s) && end < 24 && (s[end] >= '0' && s[end] <= '9' || s[end] == '.' || (end == 0 && (s[end] == '-' || s[end] == '+'))) {
		end++
	}
	if end == 0 {
		return 0, "", false
	}
	// An exponent, but not the beginning of "em".
	if end > 0 && end+1 < len(s) && (s[end] == 'e' || s[end] == 'E') {
		at := end + 1
		if s[at] == '-' || s[at] == '+' {
			at++
		}
		digits := at
		for digits < len(s) && digits < at+4 && s[digits] >= '0' && s[digits] <= '9' {
			digits++
		}
		if digits > at {
			end = digits
		}
	}
	n, err := strconv.ParseFloat(s[:end], 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
		return 0, "", false
	}
	return n, strings.TrimSpace(s[end:]), true
}

// unitPixels are the units of length with a fixed size.
var unitPixels = map[string]float64{
	"px": 1, "pt": 4. / 3, "pc": 16, "in": 96, "cm": 96 / 2.54, "mm": 96 / 25.4, "q": 96 / 101.6,
	"vw": windowWidth / 100., "vh": windowHeight / 100., "vmin": windowHeight / 100., "vmax": windowWidth / 100.,
	"dvw": windowWidth / 100., "dvh": windowHeight / 100., "svw": windowWidth / 100., "svh": windowHeight / 100., "lvw": windowWidth / 100., "lvh": windowHeight / 100.,
}

// unitFonts are the units of length relative to the font, in ems.
var unitFonts = map[string]float64{"em": 1, "rem": 1, "ex": 0.5, "ch": 0.5, "lh": 1.2, "rlh": 1.2, "ic": 1, "cap": 0.7}

// pixels turns a length into pixels; ok is false for what depends on layout. A
// number without unit counts as pixels, as browsers have it in attributes.
func pixels(s string) (px float64, ok bool) { return pixelsAt(s, defaultFontPixels) }

// pixelsAt is pixels where the font has a size of its own.
func pixelsAt(s string, font float64) (px float64, ok bool) {
	if strings.Contains(s, "(") {
		return calc(s, font)
	}
	return lengthAt(s, font)
}

// lengthAt is a single length or number; never a calculation, whose terms are
// read with it.
func lengthAt(s string, font float64) (px float64, ok bool) {
	n, unit, ok := number(s)
	switch {
	case !ok:
		return 0, false
	case n == 0 && unit != "%":
		return 0, true
	case unit == "":
		return n, true
	case unit == "rem" || unit == "rlh":
		return n * defaultFontPixels * unitFonts[unit], true
	case unitFonts[unit] > 0:
		return n * font * unitFonts[unit], true
	case unitPixels[unit] > 0:
		return n * unitPixels[unit], true
	}
	return 0, false
}

// isLength reports whether s is written as a length or a percentage.
func isLength(s string, quirks bool) bool {
	if strings.HasPrefix(s, "calc(") || strings.HasPrefix(s, "min(") || strings.HasPrefix(s, "max(") || strings.HasPrefix(s, "clamp(") {
		return strings.HasSuffix(s, ")")
	}
	n, unit, ok := number(s)
	if !ok || strings.ContainsAny(s, " \t\n") {
		return false
	}
	if unit == "" {
		return n == 0 || quirks // a bare number is a length in quirks mode only
	}
	return unit == "%" || unitPixels[unit] > 0 || unitFonts[unit] > 0
}

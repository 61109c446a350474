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
	if px, ok := calc(s, font); ok {
		return px, true
	}
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

// calc does sums and products of lengths, as in calc(0px + 1px); max() and min()
// and clamp() of lengths too. Whatever is more than that is not decided.
func calc(s string, font float64) (px float64, ok bool) {
	name, args, found := strings.Cut(s, "(")
	if !found || !strings.HasSuffix(args, ")") {
		return 0, false
	}
	args = strings.TrimSuffix(args, ")")
	switch strings.TrimSpace(name) {
	case "calc":
		if strings.ContainsAny(args, "()") {
			return 0, false
		}
		fields := strings.Fields(strings.NewReplacer("*", " * ", "/", " / ").Replace(args))
		if len(fields)%2 == 0 || len(fields) > 9 {
			return 0, false
		}
		if px, ok = pixelsAt(fields[0], font); !ok {
			return 0, false
		}
		for i := 1; i < len(fields); i += 2 {
			n, ok := pixelsAt(fields[i+1], font)
			if !ok {
				return 0, false
			}
			switch fields[i] {
			case "+":
				px += n
			case "-":
				px -= n
			case "*":
				px *= n
			case "/":
				if n == 0 {
					return 0, false
				}
				px /= n
			default:
				return 0, false
			}
		}
		return px, true
	case "max", "min", "clamp":
		var list []float64
		for arg := range strings.SplitSeq(args, ",") {
			n, ok := pixelsAt(strings.TrimSpace(arg), font)
			if !ok {
				return 0, false
			}
			list = append(list, n)
		}
		return extreme(name, list)
	}
	return 0, false
}

func extreme(name string, list []float64) (float64, bool) {
	if name == "clamp" && len(list) == 3 {
		return max(list[0], min(list[1], list[2])), true
	}
	if len(list) == 0 || name == "clamp" {
		return 0, false
	}
	best := list[0]
	for _, n := range list[1:] {
		if name == "max" {
			best = max(best, n)
		} else {
			best = min(best, n)
		}
	}
	return best, true
}

// isLength reports whether s is written as a length or a percentage.
func isLength(s string, quirks bool) bool {
	if strings.HasPrefix(s, "calc(") || strings.HasPrefix(s, "min(") || strings.HasPrefix(s, "max(") || strings.HasPrefix(s, "clamp(") {
		return strings.HasSuffix(s, ")")
	}
	n, unit, ok := number(s)
	if !ok {
		return false
	}
	if unit == "" {
		return n == 0 || quirks // a bare number is a length in quirks mode only
	}
	return unit == "%" || unitPixels[unit] > 0 || unitFonts[unit] > 0
}

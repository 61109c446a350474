package safetext

import "strings"

// groupHolds says whether what stands in a group of rules counts.
func groupHolds(prelude string) verdict {
	name, condition := cutName(strings.ToLower(strings.ReplaceAll(prelude[1:], commentMark, " ")))
	switch name {
	case "media":
		return mediaHolds(condition)
	case "layer":
		return yes
	case "supports":
		return supportsHolds(strings.TrimSpace(condition))
	case "font-face", "page", "keyframes", "-webkit-keyframes", "charset", "counter-style", "font-feature-values", "viewport", "color-profile", "font-palette-values",
		"property", "view-transition", "position-try", "list", "swash", "styleset", "character-variant":
		return no // not groups of rules for elements
	case "document", "-moz-document":
		return no // in no browser's pages any more
	}
	if strings.HasPrefix(name, "-ms-") || strings.HasPrefix(name, "-o-") || strings.HasPrefix(name, "-moz-") {
		return no
	}
	return maybe
}

// supportsHolds says whether browsers know a declaration, or several: those that
// are followed here are known to all of them.
func supportsHolds(condition string) verdict {
	if rest, negated := strings.CutPrefix(condition, "not "); negated {
		return yes - supportsHolds(strings.TrimSpace(rest))
	}
	holds := yes
	for part := range strings.SplitSeq(condition, " and ") {
		property, text, ok := strings.Cut(strings.Trim(strings.TrimSpace(part), "()"), ":")
		property, text = strings.TrimSpace(property), strings.TrimSpace(text)
		switch {
		case !ok || validators[property] == nil || strings.ContainsAny(part, " ") && strings.Contains(part, " or "):
			holds = min(holds, maybe)
		case !valid(property, text, false):
			holds = no
		}
	}
	return holds
}

// mediaHolds evaluates a media query list for a desktop window.
func mediaHolds(list string) verdict {
	list = strings.ToLower(strings.Join(strings.Fields(list), " "))
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
	if strings.Contains(query, " or ") || strings.Contains(query, "((") || strings.Contains(query, "(not ") || strings.Contains(query, " not ") {
		return maybe
	}
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
	if !strings.HasPrefix(part, "(") {
		return no // a kind of device no browser knows
	}
	inside := strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(part, "("), ")"))
	if holds, ok := readerHas(inside); ok {
		return holds
	}
	if name, text, ok := strings.Cut(inside, ":"); ok {
		bound, name, ok := strings.Cut(strings.TrimSpace(name), "-")
		if ok && bound == "min" {
			return compare(text, "<=", name)
		} else if ok && bound == "max" {
			return compare(name, "<=", text)
		}
		return maybe
	}
	// The range syntax: width >= 300px, or 300px <= width <= 900px.
	var sides, signs []string
	for rest := inside; ; {
		at := strings.IndexAny(rest, "<>=")
		if at < 0 || len(sides) > 2 {
			sides = append(sides, rest)
			break
		}
		sign := rest[at : at+1]
		if strings.HasPrefix(rest[at+1:], "=") {
			sign += "="
		}
		sides, signs = append(sides, rest[:at]), append(signs, sign)
		rest = rest[at+len(sign):]
	}
	if len(signs) == 0 || len(signs) > 2 {
		return maybe
	}
	holds := yes
	for i, sign := range signs {
		holds = min(holds, compare(sides[i], sign, sides[i+1]))
	}
	return holds
}

// readerHas decides the features that a desktop window in light colours has for
// sure, or has not.
func readerHas(feature string) (holds verdict, ok bool) {
	name, text, has := strings.Cut(feature, ":")
	name, text = strings.TrimSpace(name), strings.TrimSpace(text)
	switch name {
	case "prefers-color-scheme":
		if text == "dark" {
			return no, true
		}
		return yes, text == "light" || text == "no-preference"
	case "prefers-reduced-motion", "prefers-contrast", "prefers-reduced-data", "prefers-reduced-transparency", "inverted-colors", "forced-colors":
		return map[bool]verdict{true: yes, false: no}[text == "no-preference" || text == "none"], true
	case "hover", "any-hover":
		return map[bool]verdict{true: no, false: yes}[text == "none"], text == "" || text == "hover" || text == "none"
	case "pointer", "any-pointer":
		return map[bool]verdict{true: yes, false: no}[text == "" || text == "fine"], true
	case "orientation":
		return map[bool]verdict{true: yes, false: no}[text == "landscape"], text == "landscape" || text == "portrait"
	case "color":
		return yes, !has
	case "monochrome", "grid":
		return no, !has || text == "1"
	case "-ms-high-contrast", "-ms-high-contrast-adjust", "-moz-touch-enabled", "-moz-images-in-menus", "-moz-mac-graphite-theme":
		return no, true
	case "-webkit-transform-3d", "transform-3d", "-webkit-transform-2d", "-webkit-animation", "-webkit-transition":
		return maybe, true
	case "-webkit-min-device-pixel-ratio", "min--moz-device-pixel-ratio", "-o-min-device-pixel-ratio", "min-device-pixel-ratio", "min-resolution":
		return ratio(text), true
	}
	return no, false
}

// ratio compares a number of pixels a point with what screens have: 1 to 3.
func ratio(text string) verdict {
	n, unit, ok := number(cutAt(text, "/"))
	switch unit {
	case "dpi":
		n /= 96
	case "dpcm":
		n /= 96 / 2.54
	}
	switch {
	case !ok || n > 1 && n <= 4:
		return maybe
	case n <= 1:
		return yes
	}
	return no
}

// The widths, in pixels, that the window of a desktop reader has.
const leastWindow, mostWindow = 800, 1920

// compare two lengths, or one with the width of the window.
func compare(left, sign, right string) verdict {
	size := func(s string) (least, most float64, ok bool) {
		switch s = strings.TrimSpace(s); s {
		case "width", "device-width":
			return leastWindow, mostWindow, true
		case "height", "device-height":
			return 500, 1200, true
		}
		px, ok := pixels(s)
		return px, px, ok
	}
	a, aMost, known := size(left)
	b, bMost, also := size(right)
	if !known || !also {
		return maybe
	}
	holds := func(a, b float64) bool {
		return sign == "<=" && a <= b || sign == "<" && a < b || sign == ">=" && a >= b || sign == ">" && a > b || sign == "=" && a == b
	}
	switch one, other := holds(a, bMost), holds(aMost, b); {
	case one && other && (sign != "=" || a == aMost && b == bMost):
		return yes
	case !one && !other && sign != "=":
		return no
	}
	return maybe
}

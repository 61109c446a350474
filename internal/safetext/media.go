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
	case "starting-style", "container", "document", "-moz-document":
		return maybe
	}
	return no // @font-face, @keyframes, @page and what is not known
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
	inside := strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(part, "("), ")"))
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

// compare two lengths, or one with the width of the window.
func compare(left, sign, right string) verdict {
	size := func(s string) (float64, bool) {
		if s = strings.TrimSpace(s); s == "width" || s == "device-width" {
			return windowWidth, true
		}
		return pixels(s)
	}
	a, known := size(left)
	b, also := size(right)
	if !known || !also {
		return maybe
	}
	if sign == "<=" && a <= b || sign == "<" && a < b || sign == ">=" && a >= b || sign == ">" && a > b || sign == "=" && a == b {
		return yes
	}
	return no
}

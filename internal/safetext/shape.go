package safetext

import "strings"

// emptyShape reports a clip that leaves at most a pixel.
func emptyShape(d declarations) bool {
	position := d.get("position")
	if clip := d.get("clip"); strings.HasPrefix(clip, "rect(") && (position == "absolute" || position == "fixed") && emptyRect(clip) {
		return true
	}
	name, args, _ := strings.Cut(d.get("clip-path"), "(")
	args, _, _ = strings.Cut(args, ")")
	args, _, _ = strings.Cut(args, " round ")
	fields := strings.Fields(args)
	switch name {
	case "inset":
		var size [4]float64
		for i, side := range expandBox(args, "top", "right", "bottom", "left") {
			n, unit, _ := number(side.text)
			if size[i] = n; unit != "%" {
				n, _ = pixels(side.text)
				size[i] = n * 100 / windowWidth // of a box as wide as the window
			}
		}
		return size[0]+size[2] >= 100 || size[1]+size[3] >= 100
	case "circle", "ellipse":
		if len(fields) == 0 {
			return false
		}
		px, ok := pixels(strings.TrimSuffix(fields[0], "%"))
		return ok && px <= tinyPixels
	case "xywh":
		for _, field := range fields[min(2, len(fields)):min(4, len(fields))] {
			if px, ok := pixels(strings.TrimSuffix(field, "%")); ok && px <= tinyPixels {
				return true
			}
		}
	case "polygon":
		return args != "" && emptyPolygon(args)
	}
	return false
}

// cutAt is what of s stands before any of the letters of stop.
func cutAt(s, stop string) string {
	if i := strings.IndexAny(s, stop); i >= 0 {
		return s[:i]
	}
	return s
}

// emptyPolygon reports corners that all lie on a line across or down.
func emptyPolygon(s string) bool {
	var firstX, firstY string
	sameX, sameY := true, true
	for corner := range strings.SplitSeq(s, ",") {
		x, y, _ := strings.Cut(strings.TrimSpace(corner), " ")
		if y = strings.TrimSpace(y); firstX == "" {
			firstX, firstY = x, y
		}
		sameX, sameY = sameX && x == firstX, sameY && y == firstY
	}
	return sameX || sameY
}

// emptyRect reports a clip rectangle of at most one pixel either way.
func emptyRect(clip string) bool {
	var edge [4]float64
	fields := strings.FieldsFunc(strings.TrimPrefix(clip, "rect("), func(r rune) bool { return strings.ContainsRune(" ,)", r) })
	if len(fields) < 4 {
		return false
	}
	for i := range edge {
		px, ok := pixels(fields[i])
		if !ok {
			return false
		}
		edge[i] = px
	}
	return edge[2]-edge[0] <= 1 || edge[1]-edge[3] <= 1
}

// scaledAway reports a transform that leaves nothing to be seen.
func scaledAway(d declarations) bool {
	away := d.get("backface-visibility") == "hidden"
	for name, args := range transforms(d) {
		for _, call := range args {
			list := numbers(call)
			if angle := strings.TrimSpace(call); away && (name == "rotatex" || name == "rotatey") && (angle == "180deg" || angle == "-180deg" || angle == "0.5turn") {
				return true // its back is shown
			}
			switch name {
			case "scale", "scale3d":
				for _, n := range list[:min(len(list), 2)] {
					if n > -smallScale && n < smallScale {
						return true
					}
				}
			case "scalex", "scaley":
				if len(list) == 1 && list[0] > -smallScale && list[0] < smallScale {
					return true
				}
			case "rotatex", "rotatey":
				angle := strings.TrimSpace(call)
				if angle == "90deg" || angle == "270deg" || angle == "-90deg" || angle == "0.25turn" || angle == "100grad" {
					return true
				}
			case "matrix":
				if len(list) == 6 && list[0]*list[3]-list[1]*list[2] < smallScale*smallScale && list[0]*list[3]-list[1]*list[2] > -smallScale*smallScale {
					return true
				}
			}
		}
	}
	return false
}

// scaleOf is how much smaller a transform draws what is in an element, the same
// in both directions; 1 for all else.
func scaleOf(d declarations) float64 {
	share := 1.0
	for _, call := range transforms(d)["scale"] {
		list := numbers(call)
		if len(list) > 0 && list[0] > 0 && (len(list) == 1 || list[1] == list[0]) {
			share *= min(list[0], 1)
		}
	}
	return share
}

// calls are the functions in a value, with their arguments, by name.
func calls(text string) map[string][]string {
	list := map[string][]string{}
	for rest := text; rest != ""; {
		name, args, ok := strings.Cut(rest, "(")
		if !ok {
			break
		}
		args, rest = cutOutside(args, ')')
		name = strings.TrimSpace(name)
		list[name] = append(list[name], args)
	}
	return list
}

// transforms are the calls in transform and in its single properties, by name.
func transforms(d declarations) map[string][]string {
	calls := calls(d.get("transform"))
	if axis, angle, ok := strings.Cut(d.get("rotate"), " "); ok && (axis == "x" || axis == "y") {
		calls["rotate"+axis] = append(calls["rotate"+axis], angle)
	}
	for _, property := range []string{"scale", "translate"} {
		if v := d.get(property); v != "" && v != "none" && !cssWide[v] {
			calls[property] = append(calls[property], strings.Join(strings.Fields(v), ","))
		}
	}
	return calls
}

func numbers(args string) []float64 {
	var list []float64
	for field := range strings.SplitSeq(args, ",") {
		n, unit, ok := number(field)
		if !ok {
			return nil
		}
		if unit == "%" {
			n /= 100
		}
		list = append(list, n)
	}
	return list
}

// wideShape reports a clip-path that shows most of a box: all of its middle.
func wideShape(v string, font float64) bool {
	name, args, _ := strings.Cut(v, "(")
	args, after, ok := strings.Cut(args, ")")
	if !ok || strings.TrimSpace(after) != "" {
		return false
	}
	args, _, _ = strings.Cut(args, " round ")
	share := func(field string) (float64, bool) {
		n, unit, ok := number(field)
		return n, ok && (unit == "%" || n == 0)
	}
	switch name {
	case "inset":
		for _, field := range strings.Fields(args) {
			n, ok := share(field)
			if px, known := pixelsAt(field, font); known && px <= font/4 {
				n, ok = 0, true
			}
			if !ok || n > 15 {
				return false
			}
		}
		return true
	case "circle", "ellipse":
		radius, at, _ := strings.Cut(args, " at ")
		for _, field := range strings.Fields(radius) {
			if n, ok := share(field); !ok || n < 60 {
				return false
			}
		}
		return strings.TrimSpace(radius) != "" && (at == "" || at == "center" || at == "50% 50%")
	case "polygon":
		return roundPolygon(args)
	}
	return false
}

// roundPolygon reports corners that lie near the edges of a box, all around it.
func roundPolygon(args string) bool {
	var corners [4]bool
	var list [][2]float64
	for corner := range strings.SplitSeq(args, ",") {
		fields := strings.Fields(corner)
		if len(fields) != 2 {
			return false
		}
		var at [2]float64
		for i, field := range fields {
			n, unit, ok := number(field)
			if !ok || unit != "%" && n != 0 {
				return false
			}
			at[i] = n
		}
		list = append(list, at)
		left, right, top, bottom := at[0] <= 20, at[0] >= 80, at[1] <= 25, at[1] >= 75
		if !left && !right && !top && !bottom {
			return false
		}
		for i, there := range []bool{left && top, right && top, right && bottom, left && bottom} {
			corners[i] = corners[i] || there
		}
	}
	for _, x := range []float64{25, 50, 75} {
		for _, y := range []float64{25, 50, 72} {
			if !inPolygon(list, x, y) {
				return false
			}
		}
	}
	return corners[0] && corners[1] && corners[2] && corners[3] && strings.Count(args, ",") <= 7
}

// inPolygon reports a point in a polygon, by the even-odd rule.
func inPolygon(list [][2]float64, x, y float64) bool {
	in := false
	for i, a := range list {
		b := list[(i+len(list)-1)%len(list)]
		if (a[1] > y) != (b[1] > y) && x < (b[0]-a[0])*(y-a[1])/(b[1]-a[1])+a[0] {
			in = !in
		}
	}
	return in
}

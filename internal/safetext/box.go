package safetext

import (
	"strings"

	"golang.org/x/net/html"
)

const (
	// offScreenPixels: nothing is set this far outside for its looks.
	offScreenPixels = -400

	// farAway is beyond any window, to the right or below.
	farAway = 3000

	// glyphShare is how wide a letter is at most, as a share of the font's size;
	// text that could reach back into the window is not taken for hidden.
	glyphShare = 0.7

	// blurPixels makes text illegible.
	blurPixels = 8

	// smallScale is a scale at which no text can be read.
	smallScale = 0.05
)

// boxHiding names why an element with all that is in it is not seen; doubt is
// why that could not be decided.
func (h *hider) boxHiding(n *html.Node, d declarations, l look) (kind, doubt string) {
	if kind, doubt := displayHiding(n, d); kind != "" || doubt != "" {
		return kind, doubt
	}
	if l.opacity <= invisibleOpacity {
		return kindInvisible, ""
	}
	if v := d["content-visibility"]; v.text == "hidden" && !v.unknown {
		return kindHidden, ""
	}
	if _, blur, ok := strings.Cut(d.get("filter"), "blur("); ok {
		blur, _, _ = strings.Cut(blur, ")")
		if px, ok := pixelsAt(blur, l.font); ok && px >= blurPixels {
			return kindInvisible, ""
		}
	}
	if v := d.get("mask"); v != "" && v != "none" && !cssWide[v] {
		doubt = doubtMasked
	}
	if kind, unsure := h.sizeHiding(n, d, l); kind != "" {
		return kind, ""
	} else if unsure != "" {
		doubt = unsure
	}
	kind, shifted := h.placeHiding(n, d, l)
	if kind == "" && shifted != "" {
		doubt = shifted
	}
	return kind, doubt
}

// displayHiding follows display and what browsers give it by default.
func displayHiding(n *html.Node, d declarations) (kind, doubt string) {
	v, declared := d["display"]
	byDefault := hasAttr(n, "hidden") || n.Data == "dialog" && !hasAttr(n, "open") ||
		n.Data == "input" && strings.EqualFold(attrOf(n, "type"), "hidden") || n.Data == "area" || n.Data == "param" || n.Data == "rp"
	switch {
	case declared && v.unknown:
		return "", doubtConditional
	case declared && v.text == "none":
		return kindHidden, ""
	case declared && v.text != "revert" && v.text != "revert-layer":
		return "", ""
	case byDefault:
		return kindHidden, ""
	}
	return "", ""
}

// blockTags by default are boxes with a size of their own; a span is none.
func isBox(n *html.Node, d declarations) bool {
	switch p := d.get("position"); p {
	case "absolute", "fixed":
		return true
	}
	if f := d.get("float"); f != "" && f != "none" && !cssWide[f] {
		return true
	}
	switch display := d.get("display"); display {
	case "":
		return blockTags[n.Data] && !isTablePart(n.Data) && n.Data != "br" || n.Data == "img" || n.Data == "button" || n.Data == "select" || n.Data == "textarea" || n.Data == "marquee"
	case "inline", "contents", "ruby":
		return false
	default:
		return !strings.HasPrefix(display, "table") && display != "inline-table"
	}
}

// isTablePart names the elements that grow with what is in them, whatever their
// height says.
func isTablePart(tag string) bool {
	switch tag {
	case "table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "col", "colgroup":
		return true
	}
	return false
}

// sizeHiding finds boxes that clip what is in them to nothing.
func (h *hider) sizeHiding(n *html.Node, d declarations, l look) (kind, doubt string) {
	if shape := emptyShape(d); shape {
		return kindZeroSize, ""
	}
	if scaledAway(d) {
		return kindZeroSize, ""
	}
	if !isBox(n, d) {
		return "", ""
	}
	clipsX, clipsY := clips(d.get("overflow-x")), clips(d.get("overflow-y"))
	small := func(size, most, least string) bool {
		if px, ok := pixelsAt(d.get(least), l.font); ok && px > tinyPixels {
			return false
		}
		for _, property := range []string{size, most} {
			text := d.get(property)
			if strings.HasSuffix(text, "%") && property == size && size == "height" {
				continue // of a height that is not known
			}
			if px, ok := pixelsAt(strings.TrimSuffix(text, "%"), l.font); ok && px <= tinyPixels {
				return true
			}
		}
		return false
	}
	switch {
	case (clipsX || clipsY) && (small("height", "max-height", "min-height") || small("width", "max-width", "min-width")):
		if h.escapes(n) {
			return "", doubtClipped
		}
		return kindZeroSize, ""
	case clipsX || clipsY:
		if px, ok := pixelsAt(d.get("line-height"), l.font); ok && d.get("line-height") != "" && px <= tinyPixels {
			return "", doubtClipped
		}
		if px, ok := pixelsAt(d.get("text-indent"), l.font); ok && px >= windowWidth {
			return kindOffScreen, ""
		}
	}
	return "", ""
}

func clips(overflow string) bool {
	switch overflow {
	case "hidden", "clip", "auto", "scroll", "overlay":
		return true
	}
	return false
}

// escapes reports a descendant that is positioned by the window: clipping and
// shifting the element around it may not reach it.
func (h *hider) escapes(n *html.Node) bool {
	for c := range n.Descendants() {
		if h.scans--; h.scans < 0 {
			return false
		}
		if c.Type == html.ElementNode && strings.Contains(strings.ToLower(attrOf(c, "style")), "position") {
			if p := h.sheet.styleOf(c).get("position"); p == "fixed" || p == "absolute" {
				return true
			}
		}
	}
	return false
}

// emptyShape reports a clip that leaves at most a pixel.
func emptyShape(d declarations) bool {
	position := d.get("position")
	if clip := d.get("clip"); strings.HasPrefix(clip, "rect(") && (position == "absolute" || position == "fixed") && emptyRect(clip) {
		return true
	}
	path := strings.ReplaceAll(d.get("clip-path"), " ", "")
	switch {
	case strings.HasPrefix(path, "inset("):
		fields := strings.Fields(strings.TrimSuffix(strings.TrimPrefix(d.get("clip-path"), "inset("), ")"))
		from := map[int][]int{1: {0, 0, 0, 0}, 2: {0, 1, 0, 1}, 3: {0, 1, 2, 1}, 4: {0, 1, 2, 3}}[len(fields)]
		if from == nil {
			return false
		}
		share := func(i int) float64 {
			if v, unit, ok := number(fields[from[i]]); ok && unit == "%" {
				return v
			}
			return 0
		}
		return share(0)+share(2) >= 100 || share(1)+share(3) >= 100
	case strings.HasPrefix(path, "circle("), strings.HasPrefix(path, "ellipse("):
		_, radius, _ := strings.Cut(path, "(")
		px, ok := pixels(strings.TrimSuffix(cutAt(radius, ")at "), "%"))
		return ok && px <= tinyPixels
	case strings.HasPrefix(path, "polygon("):
		return emptyPolygon(strings.TrimSuffix(strings.TrimPrefix(d.get("clip-path"), "polygon("), ")"))
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

// emptyPolygon reports corners that all lie in one place.
func emptyPolygon(s string) bool {
	first := ""
	for corner := range strings.SplitSeq(s, ",") {
		corner = strings.Join(strings.Fields(corner), " ")
		if first == "" {
			first = corner
		}
		if corner != first {
			return false
		}
	}
	return first != ""
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
	for name, args := range transforms(d) {
		for _, call := range args {
			list := numbers(call)
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

// transforms are the calls in transform and in its single properties, by name.
func transforms(d declarations) map[string][]string {
	calls := map[string][]string{}
	for rest := d.get("transform"); rest != ""; {
		name, args, ok := strings.Cut(rest, "(")
		if !ok {
			break
		}
		args, rest, _ = strings.Cut(args, ")")
		name = strings.TrimSpace(name)
		calls[name] = append(calls[name], args)
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

// placeHiding finds boxes that are set outside of what can be scrolled to.
func (h *hider) placeHiding(n *html.Node, d declarations, l look) (kind, doubt string) {
	shift, away := displacement(d, l)
	if away {
		if h.escapes(n) {
			return "", doubtShifted
		}
		return kindOffScreen, ""
	}
	if shift > offScreenPixels {
		return "", ""
	}
	// Text so long that it reaches back into the window is seen in part.
	reach := float64(h.textLength(n, int(-shift)+1)) * l.font * glyphShare
	if position := d.get("position"); position == "relative" || position == "sticky" {
		reach = min(reach, windowWidth)
	}
	if px, ok := pixelsAt(d.get("width"), l.font); ok && d.get("width") != "" {
		reach = min(reach, px)
	}
	if reach+shift > 0 || h.escapes(n) {
		return "", doubtShifted
	}
	return kindOffScreen, ""
}

// displacement is how far to the left, in pixels below zero, a box is set; away
// is one that is set out of the window whatever its size.
func displacement(d declarations, l look) (shift float64, away bool) {
	at := func(property string) (float64, bool) {
		text := d.get(property)
		if text == "" {
			return 0, false
		}
		if share, isShare := strings.CutSuffix(text, "%"); isShare {
			n, _, ok := number(share)
			return n * windowWidth / 100, ok
		}
		return pixelsAt(text, l.font)
	}
	left := func(property string) {
		if px, ok := at(property); ok {
			shift = min(shift, px)
		}
	}
	left("text-indent")
	left("margin-left")
	if px, ok := at("margin-top"); ok && px <= offScreenPixels {
		away = true
	}
	for name, calls := range transforms(d) {
		if !strings.HasPrefix(name, "translate") {
			continue
		}
		for _, call := range calls {
			x, y, _ := strings.Cut(call, ",")
			if name == "translatey" {
				x, y = "", x
			}
			if px, ok := pixelsAt(x, l.font); ok {
				shift = min(shift, px)
				away = away || px >= farAway
			}
			if px, ok := pixelsAt(cutAt(y, ","), l.font); ok && (px <= offScreenPixels || px >= farAway) {
				away = true
			}
		}
	}
	switch p := d.get("position"); p {
	case "absolute", "fixed", "relative", "sticky":
		left("left")
		if px, ok := at("left"); ok && px >= farAway {
			away = true
		}
		if px, ok := at("top"); ok && (px <= offScreenPixels || px >= farAway) {
			away = true
		}
		if p == "absolute" || p == "fixed" {
			for _, side := range []string{"right", "bottom"} {
				if px, ok := at(side); ok && (px <= offScreenPixels || px >= farAway) && d.get(opposite[side]) == "" {
					away = true
				}
			}
		}
	}
	return shift, away
}

var opposite = map[string]string{"right": "left", "bottom": "top"}

package safetext

import (
	"math"
	"strings"

	"golang.org/x/net/html"
)

const (
	// leastReadable is the font size, in pixels, from which text can be read.
	leastReadable = 5

	// farShift is how far to the right boxes are set for their looks.
	farShift = 0.7 * windowWidth
)

// frame is what stands around an element: what it may be painted on, and how
// far from the edges.
type frame struct {
	ground  ground
	x       float64 // from the left edge of the window, at least
	above   float64 // height of what stands before it, at least
	clipped bool    // something around it clips what leaves it
	covered bool
	loose   bool // floats may stand out of the box that is painted behind them
}

// unproven says why it is not sure that a box is seen, "" if it is; what is in
// it is judged on its own.
func (h *hider) unproven(n *html.Node, b *box, f frame) string {
	d := b.d
	switch {
	case d[notUnderstood].unknown:
		return doubtUnknown
	case d[generates].unknown:
		return doubtGenerated
	case d.conditional():
		return doubtConditional
	}
	if reason := elementDoubt(n); reason != "" {
		return reason
	}
	if reason := h.guardedDoubt(n, b); reason != "" {
		return reason
	}
	if d.get("display") == "contents" {
		return ""
	}
	for _, check := range []func(*html.Node, *box, frame) string{h.paintDoubt, h.placeDoubt, h.clipDoubt} {
		if reason := check(n, b, f); reason != "" {
			return reason
		}
	}
	return ""
}

// lengths are the properties whose values must be worked out.
var lengths = []string{
	"height", "width", "max-height", "max-width", "min-height", "min-width", "left", "top", "right", "bottom", "margin-left", "margin-top", "margin-right",
	"margin-bottom", "padding-top", "padding-right", "padding-bottom", "padding-left", "text-indent", "letter-spacing", "word-spacing", "line-height", "font-size",
}

// guardedDoubt finds values that are not worked out.
func (h *hider) guardedDoubt(n *html.Node, b *box) string {
	for property, v := range b.d {
		if v.text == "revert-layer" {
			return doubtUnknown
		}
		if property == "font-size-adjust" && v.text != "none" && !cssWide[v.text] {
			if n, _, ok := number(v.text); !ok || n < 0.35 {
				return doubtSmall
			}
		}
		if safe, ok := guarded[property]; ok && safe != nil && !safe[v.text] && !cssWide[v.text] {
			if property == "container-type" || property == "aspect-ratio" || property == "line-clamp" {
				if !clipsAny(b.d) && property != "container-type" {
					continue
				}
				if lines, _, ok := number(v.text); property == "line-clamp" && ok && lines >= 1 && b.content <= lines*b.look.font*lineShare {
					continue
				}
				return doubtClipped
			}
			switch property {
			case "unicode-bidi":
				return doubtReordered
			case "font-feature-settings", "font-variation-settings":
				if !strings.Contains(v.text, "(") {
					continue
				}
			case "object-view-box", "mask-composite", "perspective", "position-anchor", "grid-template":
				if property != "grid-template" || !emptyTracks(v.text) {
					continue
				}
			case "text-orientation", "paint-order", "initial-letter", "shape-outside", "font-palette":
				continue
			}
			return doubtUnknown
		}
	}
	for _, property := range lengths {
		text := b.d.get(property)
		if b.look.root < 8 && strings.Contains(text, "rem") {
			return doubtUnknown
		}
		if !strings.Contains(text, "(") {
			continue
		}
		if _, ok := pixelsAt(text, b.look.font); ok {
			continue
		}
		if (property == "width" || strings.HasSuffix(property, "-width")) && calcWithShare(text) && !clipsAny(b.d) {
			continue // of the box around it
		}
		return doubtUnknown
	}
	if text := b.d.get("opacity"); strings.Contains(text, "(") {
		if _, ok := calc(text, defaultFontPixels); !ok {
			return doubtUnknown
		}
	}
	if emptyTracks(b.d.get("grid-template-rows")) || emptyTracks(b.d.get("grid-template-columns")) {
		return doubtClipped
	}
	return ""
}

// calcWithShare reports a calculation of lengths and shares, such as calc(100% - 20px).
func calcWithShare(text string) bool {
	px, ok := pixelsAt(strings.ReplaceAll(text, "%", "px"), defaultFontPixels)
	return ok && strings.Contains(text, "%") && px > slitPixels
}

// emptyTracks reports rows or columns of a grid without size.
func emptyTracks(text string) bool {
	for field := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(" ,()/", r) }) {
		if n, unit, ok := number(field); ok && n < 0.3 && unit != "" || ok && n == 0 || strings.HasSuffix(field, "px") && n < 12 && ok {
			return true
		}
	}
	return strings.Contains(text, "calc")
}

func clipsAny(d declarations) bool { return clips(d.get("overflow-x")) || clips(d.get("overflow-y")) }

// odd elements show other than what is in them.
var odd = wordSet("fencedframe portal permission geolocation usermedia model selectedcontent controlledframe webview mprescripts mspace none mglyph malignmark " +
	"maction menclose mpadded mlongdiv mstack mscarries annotation annotation-xml frame noframes applet bgsound keygen isindex slot dir-rtl selectlist")

// oddMath are attributes that change how formulas look.
var oddMath = wordSet("mathcolor mathsize mathbackground scriptlevel fontsize color background displaystyle scriptsizemultiplier scriptminsize mathvariant voffset lspace depth height width")

// elementDoubt finds elements that may not show what is in them.
func elementDoubt(n *html.Node) string {
	if odd[n.Data] {
		return doubtElement
	}
	if n.Namespace == "math" {
		for _, a := range n.Attr {
			if oddMath[a.Key] {
				return doubtElement
			}
		}
	}
	if n.Data == "marquee" {
		for _, side := range []string{"width", "height"} {
			if px, unit, ok := number(attrOf(n, side)); ok && (px < 100 && side == "width" && unit != "%" || px < 16) {
				return doubtClipped
			}
		}
	}
	if n.Data == "bdo" && !strings.EqualFold(attrOf(n, "dir"), "ltr") {
		return doubtReordered
	}
	if strings.EqualFold(attrOf(n, "hidden"), "until-found") {
		return doubtCollapsed
	}
	if p := n.Parent; p != nil && p.Data == "select" && n.Data != "option" && n.Data != "optgroup" {
		return doubtCollapsed
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Data == "template" && hasAttr(c, "shadowrootmode") {
			return doubtElement
		}
	}
	return ""
}

// paintDoubt finds what is done to all that is in a box once it is drawn.
func (h *hider) paintDoubt(n *html.Node, b *box, _ frame) string {
	d, l := b.d, b.look
	if v := d.get("mix-blend-mode"); v != "" && v != "normal" && !cssWide[v] {
		return doubtBlended
	}
	for name, list := range calls(d.get("filter")) {
		if n.Data == "img" && name != "opacity" {
			continue
		}
		for _, args := range list {
			if !plainFilter(name, args, l.font) {
				return doubtBlended
			}
		}
	}
	if v := d.get("mask"); v != "" && v != "none" && !cssWide[v] && !faintMask(d) {
		return doubtMasked
	}
	if px, ok := pixels(d.get("outline-width")); ok && px >= slightShift {
		return doubtCovered
	}
	if v := d.get("clip-path"); v != "" && v != "none" && !cssWide[v] && !wideShape(v, l.font) {
		return doubtClipped
	}
	if v := d.get("clip"); v != "" && !strings.HasPrefix(v, "auto") && !cssWide[v] && (d.get("position") == "absolute" || d.get("position") == "fixed") &&
		strings.Trim(strings.ReplaceAll(v, "auto", ""), "rect(), ") != "" {
		return doubtClipped
	}
	if v := d.get("content"); v != "" && v != "normal" && v != "none" && !cssWide[v] {
		return doubtGenerated
	}
	if v := d.get("contain"); strings.Contains(v, "size") || strings.Contains(v, "strict") {
		return doubtClipped
	}
	if isTransformable(n, d, l) {
		if reason := transformDoubt(d, l); reason != "" {
			return reason
		}
	}
	for field := range strings.FieldsFuncSeq(d.get("animation"), func(r rune) bool { return r == ' ' || r == ',' }) {
		if h.sheet.keyframes[familyName(field)] {
			return doubtAnimated
		}
	}
	return ""
}

// plainFilter reports a filter that leaves text legible.
func plainFilter(name, args string, font float64) bool {
	n, unit, ok := number(args)
	if unit == "%" {
		n /= 100
	}
	switch name = strings.TrimSpace(name); name {
	case "drop-shadow":
		return shadowReach(args) <= 60
	case "opacity":
		return ok || args == ""
	case "blur":
		px, ok := pixelsAt(args, font)
		return args == "" || ok && px <= 1
	case "brightness", "contrast":
		return args == "" || ok && n >= 0.8 && n <= 1.2
	case "invert":
		return ok && n == 0
	}
	return false
}

// faintMask reports a mask that lets all of a box be seen, if fainter.
func faintMask(d declarations) bool {
	for _, property := range []string{"mask-size", "mask-position", "mask-repeat", "mask-clip", "mask-mode", "mask-origin", "mask-composite"} {
		if d.get(property) != "" {
			return false
		}
	}
	v := d.get("mask")
	if strings.Count(v, "gradient(") != 1 || strings.Contains(v, "repeating") || !strings.HasSuffix(v, ")") || strings.Contains(v, "url(") {
		return false
	}
	stops := colorsIn(v)
	for _, c := range stops {
		if !c.known || c.alpha < 0.3 {
			return false
		}
	}
	return len(stops) > 1 && strings.HasPrefix(v, "linear-gradient(")
}

// transformDoubt finds transforms that may take text out of sight.
func transformDoubt(d declarations, l look) string {
	if v := d.get("rotate"); v != "" && v != "none" && !cssWide[v] && len(strings.Fields(v)) > 1 {
		return doubtShifted
	}
	if v := d.get("rotate"); v != "" && v != "none" && !cssWide[v] && !plainTransform("rotate", v, l) {
		return doubtShifted
	}
	turns := d.get("transform") != "" && d.get("transform") != "none" || d.get("rotate") != "" || d.get("scale") != ""
	if origin := d.get("transform-origin"); turns && strings.ContainsAny(origin, "0123456789(") || turns && origin != "" && strings.Contains(d.get("transform")+d.get("rotate"), "80") {
		return doubtShifted
	}
	for name, list := range transforms(d) {
		for _, args := range list {
			if !plainTransform(name, args, l) {
				return doubtShifted
			}
		}
	}
	return ""
}

func plainTransform(name, args string, l look) bool {
	list := numbers(args)
	angle := func(most float64) bool {
		degrees, ok := degrees(args)
		return ok && math.Abs(degrees) <= most
	}
	switch name {
	case "none", "scalez":
		return true
	case "translatez":
		return strings.Trim(args, "0px ") == ""
	case "rotate", "rotatez":
		turned, ok := degrees(args)
		turned = math.Mod(math.Abs(turned), 360)
		return ok && (turned <= 30 || turned >= 330 || turned >= 150 && turned <= 210)
	case "rotatex", "rotatey", "skewx", "skewy", "skew":
		return angle(30)
	case "scale", "scalex", "scaley", "scale3d":
		if len(list) == 0 {
			return false
		}
		for _, n := range list[:min(len(list), 2)] {
			if n < 0.5 && n*l.font < leastReadable*1.6 || n < 0.3 || n > 1.5 {
				return false
			}
		}
		return true
	case "matrix":
		return len(list) == 6 && list[0] >= 0.5 && list[3] >= 0.5 && math.Abs(list[1]) < 0.5 && math.Abs(list[2]) < 0.5 && math.Abs(list[4]) < 40 && math.Abs(list[5]) < 40
	case "translate", "translatex", "translatey", "translate3d":
		for field := range strings.SplitSeq(args, ",") {
			field = strings.TrimSpace(field)
			if share, ok := strings.CutSuffix(field, "%"); ok {
				if n, _, ok := number(share); !ok || math.Abs(n) > 50 {
					return false
				}
			} else if px, ok := pixelsAt(field, l.font); !ok || px < -40 || px > 200 {
				return false
			}
		}
		return true
	}
	return false
}

// degrees reads an angle.
func degrees(s string) (float64, bool) {
	n, unit, ok := number(s)
	switch unit {
	case "deg":
	case "turn":
		n *= 360
	case "rad":
		n *= 180 / math.Pi
	case "grad":
		n *= 0.9
	case "":
		ok = ok && n == 0
	default:
		ok = false
	}
	return n, ok
}

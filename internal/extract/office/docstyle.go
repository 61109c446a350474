package office

import (
	"strconv"
	"strings"
)

// docStyle is what matters of a style or of a run's own properties.
type docStyle struct {
	vanish     bool
	color      string
	halfPoints int // 0 when not said
	shaded     bool
	heading    int // 1 to 9, 0 for none
	listed     bool
}

const (
	// maxStyles of a document; Word's own are about 400.
	maxStyles = 5000

	// maxBasedOn is how far styles lean on others; a circle ends here too.
	maxBasedOn = 20
)

// docStyles reads styles.xml. The style "" is the document's default.
func (p *pack) docStyles(name string) map[string]docStyle {
	styles := map[string]docStyle{}
	x, err := p.xml(name)
	if err != nil {
		return styles
	}
	defer x.close()
	defined := map[string]styleDefinition{}
	var base docStyle
	standard := ""
	for x.next() && len(defined) < maxStyles {
		switch x.start {
		case "rPrDefault":
			base = (&scan{x: x}).runProperties(base)
		case "style":
			id := x.attr("styleId")
			if kind := x.attr("type"); kind == "paragraph" && (x.attr("default") == "1" || x.attr("default") == "true") {
				standard = id
			}
			defined[id] = defineStyle(x)
		}
	}
	for id := range defined {
		var chain []styleDefinition
		for at := id; len(chain) < maxBasedOn; {
			d, ok := defined[at]
			if !ok {
				break
			}
			chain = append(chain, d)
			at = d.basedOn
		}
		style := base
		for i := len(chain) - 1; i >= 0; i-- {
			style = chain[i].on(style)
		}
		styles[id] = style
	}
	if style, ok := styles[standard]; ok && standard != "" {
		base = style
	}
	styles[""] = base
	return styles
}

// styleDefinition is what a style says itself.
type styleDefinition struct {
	docStyle
	basedOn    string
	saysVanish bool
	saysColor  bool
}

// defineStyle reads a style element.
func defineStyle(x *xmlReader) (d styleDefinition) {
	for outside := x.depth - 1; x.depth > outside && x.next(); {
		switch x.start {
		case "name":
			d.heading, d.listed = headingOf(x.attr("val")), strings.HasPrefix(strings.ToLower(x.attr("val")), "list ")
		case "basedOn":
			d.basedOn = x.attr("val")
		case "numPr":
			d.listed = true
		case "outlineLvl":
			if n, err := strconv.Atoi(x.attr("val")); err == nil && n >= 0 && n < 9 {
				d.heading = n + 1
			}
		case "shd":
			d.shaded = shades(x.attr("fill"))
		case "vanish":
			d.vanish, d.saysVanish = x.on(), true
		case "color":
			d.color, d.saysColor = x.attr("val"), true
		case "sz":
			d.halfPoints, _ = strconv.Atoi(x.attr("val")) // 0: not said
		}
	}
	return d
}

// on puts a definition on top of what it is based on.
func (d styleDefinition) on(below docStyle) docStyle {
	if d.heading > 0 {
		below.heading = d.heading
	}
	below.listed = below.listed || d.listed
	below.shaded = below.shaded || d.shaded
	if d.saysVanish {
		below.vanish = d.vanish
	}
	if d.saysColor {
		below.color = d.color
	}
	if d.halfPoints > 0 {
		below.halfPoints = d.halfPoints
	}
	return below
}

// headingOf reads the name of a built-in style, which is English in every
// language's Word: "heading 2", "Title".
func headingOf(name string) int {
	name = strings.ToLower(name)
	if name == "title" {
		return 1
	}
	if rest, ok := strings.CutPrefix(name, "heading "); ok {
		if n, err := strconv.Atoi(rest); err == nil && n > 0 && n < 10 {
			return n
		}
	}
	return 0
}

// runProperties reads rPr on top of what is inherited.
func (s *scan) runProperties(style docStyle) docStyle {
	x := s.x
	for outside := x.depth - 1; x.depth > outside && x.next(); {
		switch x.start {
		case "rPrChange":
			x.skip() // how it was before
		case "rStyle":
			if s.docReader == nil {
				continue
			}
			if named, ok := s.styles[x.attr("val")]; ok {
				style.vanish = style.vanish || named.vanish
				style.shaded = style.shaded || named.shaded
				if named.color != "" {
					style.color = named.color
				}
				if named.halfPoints > 0 {
					style.halfPoints = named.halfPoints
				}
			}
		case "vanish":
			style.vanish = x.on()
		case "color":
			style.color = x.attr("val")
		case "sz":
			if n, err := strconv.Atoi(x.attr("val")); err == nil {
				style.halfPoints = n
			}
		case "shd":
			style.shaded = shades(x.attr("fill"))
		case "highlight":
			style.shaded = x.on() && !strings.EqualFold(x.attr("val"), "white")
		}
	}
	return style
}

// isWhite reports a colour that nobody sees on paper.
func isWhite(rgb string) bool {
	rgb = strings.ToLower(strings.TrimPrefix(rgb, "#"))
	if len(rgb) == 8 {
		rgb = rgb[2:] // the alpha of spreadsheets
	}
	if len(rgb) != 6 {
		return rgb == "white"
	}
	for i := 0; i < 6; i += 2 {
		if n, err := strconv.ParseUint(rgb[i:i+2], 16, 8); err != nil || n < 0xF8 {
			return false
		}
	}
	return true
}

// shades reports a fill that white text can be seen on.
func shades(fill string) bool {
	fill = strings.ToLower(fill)
	return fill != "" && fill != "auto" && fill != "none" && fill != "transparent" && !isWhite(fill)
}

package office

import (
	"strconv"
	"strings"
)

// docStyle is what matters of a style or of a run's own properties.
type docStyle struct {
	vanish     bool
	color      string
	fill       string // what a run itself stands on, "" when not said
	halfPoints int    // 0 when not said
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
			d.color, d.saysColor = colorOf(x), true
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
			style.color = colorOf(x)
		case "sz":
			if n, err := strconv.Atoi(x.attr("val")); err == nil {
				style.halfPoints = n
			}
		case "shd":
			style.shaded, style.fill = shades(x.attr("fill")), x.attr("fill")
		case "highlight":
			style.fill = highlights[strings.ToLower(x.attr("val"))]
			style.shaded = x.on() && !strings.EqualFold(x.attr("val"), "white")
		}
	}
	return style
}

// colorOf is the colour an element names. A colour of the theme counts before
// the one beside it (ISO 29500-1 §17.3.2.6); of those, the page's own is white.
func colorOf(x *xmlReader) string {
	switch theme := strings.ToLower(x.attr("themeColor")); {
	case (theme == "background1" || theme == "light1") && x.attr("themeShade") == "":
		return "FFFFFF"
	case theme == "background1" || theme == "light1" || theme == "text1" || theme == "dark1":
		return "auto" // some grey, or black
	}
	return x.attr("val")
}

// highlights are the colours of a highlighter (ISO 29500-1 §17.18.40).
var highlights = map[string]string{
	"black": "000000", "blue": "0000FF", "cyan": "00FFFF", "green": "00FF00", "magenta": "FF00FF", "red": "FF0000", "yellow": "FFFF00",
	"white": "FFFFFF", "darkblue": "000080", "darkcyan": "008080", "darkgreen": "008000", "darkmagenta": "800080", "darkred": "800000",
	"darkyellow": "808000", "darkgray": "808080", "lightgray": "C0C0C0",
}

// onItself reports a run in the very colour it stands on.
func (d docStyle) onItself() bool {
	return len(d.color) == len("FFFFFF") && strings.EqualFold(d.color, d.fill)
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

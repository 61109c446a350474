package pdf

import "math"

// A glyph is one character where it stands on the page, y upwards.
type glyph struct {
	text   string
	x, y   float64 // start of the baseline
	ex, ey float64 // where its advance ends, without character spacing
	em     float64 // the font size as drawn, in points
	box    box     // about what it covers
	hidden string  // the kind of Document.Removed it belongs to, "" when visible
	order  int     // among everything painted on the page
	ocr    bool    // drawn with rendering mode 3, as the text behind a scan is
}

// An area is something painted that text may stand on, or vanish under.
type area struct {
	box   box
	color color
	solid bool // it fills the box, and nothing shines through
	order int
}

// A color is known when it is a plain gray, RGB or CMYK value.
type color struct {
	r, g, b float64
	known   bool
}

var (
	black = color{known: true}
	white = color{1, 1, 1, true}
)

// same reports whether two colours cannot be told apart on paper or screen: a
// step of 0.05 is the faintest gray (#f2f2f2) some displays show on white.
func (c color) same(d color) bool {
	const step = 0.05
	return c.known && d.known && math.Abs(c.r-d.r) < step && math.Abs(c.g-d.g) < step && math.Abs(c.b-d.b) < step
}

// A state is the graphics state (ISO 32000-1 §8.4) as far as text depends on it.
type state struct {
	ctm          matrix
	clip         box
	fill, stroke paint
	blended      bool // by a blend mode or a soft mask: nothing is known of what shows
	masked       bool // the clip is no plain rectangle: what is painted has holes
	text         textState
}

// A paint is the current colour of filling or stroking.
type paint struct {
	space object // as named by cs, resolved
	color color
	alpha float64
}

type textState struct {
	font                *font
	size, spacing, word float64
	stretch             float64 // Tz / 100
	leading, rise       float64
	mode                int
}

// A canvas collects what a page paints.
type canvas struct {
	file     *file
	fonts    map[ref]*font
	layers   map[ref]bool // optional content groups that are off
	page     page
	view     box
	glyphs   []glyph
	areas    []area
	order    int
	pictures int
	covered  float64      // area of the view under pictures
	clipping []int        // glyphs of rendering mode 7, shown once something is painted through them
	drawing  map[ref]bool // forms being drawn
}

// next makes the canvas of a page out of the one before, whose memory it takes.
func (c *canvas) next(p page) *canvas {
	return &canvas{
		file: c.file, fonts: c.fonts, layers: c.layers, page: p, drawing: map[ref]bool{},
		glyphs: c.glyphs[:0], areas: c.areas[:0],
	}
}

// draw interprets the page's content and its annotations' appearances.
func (c *canvas) draw() {
	turned := map[int]matrix{
		0: identity, 90: {0, -1, 1, 0, 0, 0}, 180: {-1, 0, 0, -1, 0, 0}, 270: {0, 1, -1, 0, 0, 0},
	}[c.page.rotate]
	if unit, ok := c.file.number(c.page.dict["UserUnit"]); ok && unit > 0 {
		turned = turned.times(matrix{unit, 0, 0, unit, 0, 0})
	}
	c.view = c.page.view.through(turned)
	s := state{ctm: turned, clip: c.view}
	s.fill, s.stroke = paint{color: black, alpha: 1}, paint{color: black, alpha: 1}
	s.text.stretch = 1
	in := &interpreter{canvas: c, state: s, resources: c.page.resources}
	in.run(c.file.content(c.page.dict))
	for _, o := range c.file.array(c.page.dict["Annots"]) {
		if c.file.budget.step(1) {
			c.annotation(c.file.dict(o), s)
		}
	}
}

// annotation draws what a viewer shows of an annotation: the value of a form
// field, a typed note (§12.5.5).
func (c *canvas) annotation(d dict, s state) {
	const hidden, noView = 1 << 1, 1 << 5
	if flags := c.file.intOr(d["F"], 0); flags&(hidden|noView) != 0 || c.file.name(d["Subtype"]) == "Popup" || c.off(d["OC"]) {
		return
	}
	o := c.file.dict(d["AP"])["N"]
	if states, ok := c.file.resolve(o).(dict); ok {
		o = states[c.file.name(d["AS"])]
	}
	form := c.file.stream(o)
	rect, ok := c.file.box(d["Rect"])
	if form == nil || !ok {
		return
	}
	bounds, _ := c.file.box(form.dict["BBox"])
	m := identity
	if v := c.file.numbers(form.dict["Matrix"], 6); v != nil {
		m = matrix(v)
	}
	b := bounds.through(m)
	if b.area() <= 0 {
		return
	}
	sx, sy := (rect.x1-rect.x0)/(b.x1-b.x0), (rect.y1-rect.y0)/(b.y1-b.y0)
	s.ctm = matrix{sx, 0, 0, sy, rect.x0 - b.x0*sx, rect.y0 - b.y0*sy}.times(s.ctm)
	in := &interpreter{canvas: c, state: s, resources: c.page.resources}
	in.form(o)
}

// off reports whether optional content is switched off (§8.11.2).
func (c *canvas) off(o object) bool {
	if r, ok := o.(ref); ok && c.layers[r] {
		return true
	}
	d := c.file.dict(o)
	if d == nil || c.file.name(d["Type"]) != "OCMD" {
		return false
	}
	groups, single := d["OCGs"].(ref)
	if list := c.file.array(d["OCGs"]); list != nil {
		for _, g := range list {
			if r, ok := g.(ref); !ok || !c.layers[r] {
				return false
			}
		}
		return len(list) > 0
	}
	return single && c.layers[groups]
}

// painted notes an area, and that what clips to text has now been seen.
func (c *canvas) painted(b box, col color, solid bool) {
	for _, i := range c.clipping {
		c.glyphs[i].hidden = ""
	}
	c.clipping = c.clipping[:0]
	if b = b.intersect(c.view); b.area() <= 0 {
		return
	}
	c.order++
	if len(c.areas) == maxRectangles {
		copy(c.areas, c.areas[1:])
		c.areas = c.areas[:maxRectangles-1]
	}
	c.areas = append(c.areas, area{b, col, solid, c.order})
}

func (c *canvas) picture(b box) {
	c.pictures++
	c.painted(b, color{}, false)
	c.covered += b.intersect(c.view).area()
}

// vanishes reports whether text of a colour cannot be seen where b is: it has
// the colour of everything it may stand on, down to the paper.
func (c *canvas) vanishes(col color, b box) bool {
	x, y := (b.x0+b.x1)/2, (b.y0+b.y1)/2
	c.file.budget.step(len(c.areas) / 16)
	for i := len(c.areas) - 1; i >= 0; i-- {
		a := &c.areas[i]
		if !a.box.contains(x, y) {
			continue
		}
		if !a.color.same(col) {
			return false
		}
		if a.solid {
			return true
		}
	}
	return col.same(white)
}

// visible returns the glyphs a person sees, and counts the others.
func (c *canvas) visible(removed map[string]int) []glyph {
	var solid []area
	for _, a := range c.areas {
		if a.solid {
			solid = append(solid, a)
		}
	}
	scanned := c.scanned()
	seen := c.glyphs[:0]
	for _, g := range c.glyphs {
		if g.ocr && g.hidden == "" && !scanned {
			g.hidden = "invisible_text"
		}
		if g.hidden == "" && !g.ocr && c.buried(g, solid) {
			g.hidden = "invisible_text"
		}
		if g.hidden == "" {
			seen = append(seen, g)
		} else if g.text != " " {
			removed[g.hidden]++
		}
	}
	return seen
}

// buried reports whether a glyph lies under something painted later.
func (c *canvas) buried(g glyph, solid []area) bool {
	c.file.budget.step(len(solid) / 16)
	for i := len(solid) - 1; i >= 0 && solid[i].order > g.order; i-- {
		b := solid[i].box
		if b.contains(g.box.x0, g.box.y0) && b.contains(g.box.x1, g.box.y1) {
			return true
		}
	}
	return false
}

// scanned reports whether the page is a picture with recognised text behind it:
// then that text is what a person sees. A letter on a full-page background has
// more visible text than invisible.
func (c *canvas) scanned() bool {
	if c.covered < 0.8*c.view.area() {
		return false
	}
	ocr, drawn := 0, 0
	for _, g := range c.glyphs {
		switch {
		case g.ocr:
			ocr++
		case g.hidden == "":
			drawn++
		}
	}
	return ocr > drawn
}

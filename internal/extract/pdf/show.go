package pdf

import (
	"math"
	"strings"
)

// texts runs the text operators (ISO 32000-1 §9.3, §9.4).
func (in *interpreter) texts(word op) {
	t := &in.state.text
	switch word {
	case "BT":
		in.tm, in.line = identity, identity
	case "Tf":
		t.font = nil
		if o := in.resource("Font", in.arg(0)); o != nil {
			t.font = in.canvas.file.font(o, in.canvas.fonts)
		}
		t.size = in.num(1)
	case "Tc":
		t.spacing = in.num(0)
	case "Tw":
		t.word = in.num(0)
	case "Tz":
		t.stretch = in.num(0) / 100
	case "TL":
		t.leading = in.num(0)
	case "Ts":
		t.rise = in.num(0)
	case "Tr":
		t.mode = int(in.num(0))
	case "Td":
		in.move(in.num(0), in.num(1))
	case "TD":
		t.leading = -in.num(1)
		in.move(in.num(0), in.num(1))
	case "Tm":
		if m := in.matrix(); m.finite() {
			in.tm, in.line = m, m
		}
	case "T*":
		in.move(0, -t.leading)
	case "Tj":
		in.show(in.arg(0))
	case "'":
		in.move(0, -t.leading)
		in.show(in.arg(0))
	case "\"":
		t.word, t.spacing = in.num(0), in.num(1)
		in.move(0, -t.leading)
		in.show(in.arg(2))
	case "TJ":
		a, _ := in.arg(0).(array)
		for _, o := range a {
			if v, ok := number(o); ok {
				in.advance(-v / 1000 * t.size)
			} else {
				in.show(o)
			}
		}
	}
}

// move starts a new line offset from the start of the current one.
func (in *interpreter) move(x, y float64) {
	if m := (matrix{1, 0, 0, 1, x, y}).times(in.line); m.finite() {
		in.line, in.tm = m, m
	}
}

// advance moves along the writing direction, by a distance in text space.
func (in *interpreter) advance(d float64) {
	t := &in.state.text
	shift := matrix{1, 0, 0, 1, d * t.stretch, 0}
	if t.font != nil && t.font.composite.vertical {
		shift = matrix{1, 0, 0, 1, 0, d}
	}
	if m := shift.times(in.tm); m.finite() {
		in.tm = m
	}
}

func (in *interpreter) show(o object) {
	v, ok := o.(str)
	t := &in.state.text
	if !ok || t.font == nil {
		return
	}
	s := string(v)
	for len(s) > 0 && len(in.canvas.glyphs) < maxPageGlyphs && in.canvas.file.budget.step(glyphSteps) {
		ch, n := t.font.char(s)
		s = s[n:]
		in.place(ch)
		d := ch.width*t.size + t.spacing
		if t.font.composite.vertical {
			d = -t.size + t.spacing // the default of §9.7.4.3, DW2 [880 -1000]
		}
		if ch.space {
			d += t.word
		}
		in.advance(d)
	}
}

// place puts a character on the canvas and says whether it can be seen.
func (in *interpreter) place(ch char) {
	t := &in.state.text
	text := cleaned(ch.text)
	if text == "" {
		return
	}
	m := matrix{t.size * t.stretch, 0, 0, t.size, 0, t.rise}.times(in.tm).times(in.state.ctm)
	if !m.finite() {
		return
	}
	em, wide := math.Hypot(m[2], m[3]), math.Hypot(m[0], m[1])
	if h := t.font.height; t.font.type3 && h > 0 {
		em, wide = em*h, wide*h
	}
	g := glyph{text: text, em: em, order: in.canvas.order}
	g.x, g.y = m.apply(0, 0)
	g.ex, g.ey = m.apply(ch.width, 0)
	body := box{0, -0.2, ch.width, 0.7}
	if t.font.type3 {
		body.y0, body.y1 = body.y0*t.font.height, body.y1*t.font.height
	}
	if t.font.composite.vertical { // written downwards from the top middle
		g.ex, g.ey = m.apply(0, -1)
		body = box{-0.5, -1, 0.5, 0}
	}
	g.box = body.through(m)
	in.judge(&g, min(em, wide))
	in.state.masked = in.state.masked || t.mode >= 4
	if t.mode == 7 && g.hidden == "" {
		g.hidden = "invisible_text"
		in.canvas.clipping = append(in.canvas.clipping, len(in.canvas.glyphs))
	}
	in.canvas.glyphs = append(in.canvas.glyphs, g)
}

// tinySize is the height in points, after all matrices, up to which text is a
// speck of dust.
const tinySize = 1

// judge decides what hides a glyph at the moment it is drawn.
func (in *interpreter) judge(g *glyph, size float64) {
	t, s := &in.state.text, &in.state
	shown := s.fill
	if t.mode == 1 || t.mode == 5 {
		shown = s.stroke
	}
	g.ocr = t.mode == 3
	switch {
	case in.off():
		g.hidden = "invisible_text"
	case size <= tinySize:
		g.hidden = "tiny_text"
	case !g.box.touches(s.clip):
		g.hidden = "off_screen_text"
	case g.ocr || t.mode == 7:
	case shown.alpha < minAlpha && !((t.mode == 2 || t.mode == 6) && s.stroke.alpha >= minAlpha):
		g.hidden = "invisible_text"
	case s.blended:
	case t.mode == 2 || t.mode == 6:
		if in.canvas.vanishes(s.fill.color, g.box) && in.canvas.vanishes(s.stroke.color, g.box) {
			g.hidden = "same_color_text"
		}
	case in.canvas.vanishes(shown.color, g.box):
		g.hidden = "same_color_text"
	}
}

// cleaned makes printable text of what a font maps to: white space is a blank,
// a soft hyphen that is drawn is a hyphen, a bullet of the Symbol fonts' private
// area is a bullet, ligatures and presentation forms are their letters.
func cleaned(s string) string {
	if len(s) == 1 && s[0] > ' ' && s[0] < 0x7f {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r' || r == 0xa0 || r >= 0x2000 && r <= 0x200a || r == 0x202f || r == 0x3000:
			return ' '
		case r < ' ' || r >= 0x7f && r < 0xa0 || r == 0xfffd:
			return -1
		case r == 0xad:
			return '\u2010'
		case r == 0xf0b7 || r == 0xf0a7:
			return '•'
		}
		return r
	}, letters(s))
}

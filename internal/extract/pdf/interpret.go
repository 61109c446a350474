package pdf

import "bytes"

// An interpreter runs a content stream (ISO 32000-1 §7.8.2, Annex A).
type interpreter struct {
	canvas    *canvas
	resources dict
	state     state
	stack     []state
	args      []object
	depth     int // of forms
	path      path
	tm, line  matrix // the text and text line matrices
	hidden    []bool // for each open marked-content sequence: it begins hidden content
}

// maxOperands is more than any operator takes; DeviceN has 32 colours.
const maxOperands = 64

func (in *interpreter) run(data []byte) {
	l := &lexer{data: data, budget: in.canvas.file.budget}
	in.tm, in.line = identity, identity
	for len(in.canvas.glyphs) < maxPageGlyphs {
		o := l.next()
		if e, ok := o.(end); ok {
			if e.closing == 0 {
				return
			}
			continue
		}
		word, ok := o.(op)
		if !ok {
			if len(in.args) < maxOperands {
				in.args = append(in.args, o)
			}
			continue
		}
		if word == "BI" {
			in.inlineImage(l)
		} else if !in.graphics(word) && !in.paths(word) && !in.colors(word) {
			in.texts(word)
		}
		in.args = in.args[:0]
	}
	in.canvas.file.budget.cut = true
}

// num is the i-th operand as a number, or 0.
func (in *interpreter) num(i int) float64 {
	if i < 0 || i >= len(in.args) {
		return 0
	}
	v, _ := number(in.args[i])
	return v
}

func (in *interpreter) arg(i int) object {
	if i < 0 || i >= len(in.args) {
		return nil
	}
	return in.args[i]
}

// resource looks a name up in a category of the resources.
func (in *interpreter) resource(category name, o object) object {
	n, ok := o.(name)
	if !ok {
		return nil
	}
	return in.canvas.file.dict(in.resources[category])[n]
}

func (in *interpreter) matrix() matrix {
	return matrix{in.num(0), in.num(1), in.num(2), in.num(3), in.num(4), in.num(5)}
}

// graphics runs the operators of the general state, XObjects and marked content.
func (in *interpreter) graphics(word op) bool {
	switch word {
	case "q":
		if len(in.stack) < maxStateDepth {
			in.stack = append(in.stack, in.state)
		}
	case "Q":
		if n := len(in.stack); n > 0 {
			in.state, in.stack = in.stack[n-1], in.stack[:n-1]
			in.canvas.clipping = in.canvas.clipping[:0]
		}
	case "cm":
		if m := in.matrix().times(in.state.ctm); m.finite() {
			in.state.ctm = m
		}
	case "gs":
		in.extended(in.canvas.file.dict(in.resource("ExtGState", in.arg(0))))
	case "Do":
		in.external(in.resource("XObject", in.arg(0)))
	case "sh":
		in.canvas.painted(in.state.clip, color{}, false)
	case "BMC":
		in.begin(false)
	case "BDC":
		o := in.arg(1)
		if _, named := o.(name); named {
			o = in.resource("Properties", o)
		}
		in.begin(in.arg(0) == name("OC") && in.canvas.off(o))
	case "EMC":
		if n := len(in.hidden); n > 0 {
			in.hidden = in.hidden[:n-1]
		}
	default:
		return false
	}
	return true
}

func (in *interpreter) begin(off bool) {
	if len(in.hidden) < maxStateDepth {
		if n := len(in.hidden); n > 0 && in.hidden[n-1] {
			off = true
		}
		in.hidden = append(in.hidden, off)
	}
}

func (in *interpreter) off() bool {
	n := len(in.hidden)
	return n > 0 && in.hidden[n-1]
}

// extended takes a graphics state parameter dictionary (§8.4.5).
func (in *interpreter) extended(d dict) {
	f := in.canvas.file
	if v, ok := f.number(d["ca"]); ok {
		in.state.fill.alpha = v
	}
	if v, ok := f.number(d["CA"]); ok {
		in.state.stroke.alpha = v
	}
	if o := f.resolve(d["BM"]); o != nil {
		n, _ := o.(name)
		in.state.blended = n != "Normal" && n != "Compatible"
	}
	if o := f.resolve(d["SMask"]); o != nil && o != name("None") {
		in.state.blended = true
	}
	if a := f.array(d["Font"]); len(a) == 2 {
		in.state.text.font = f.font(a[0], in.canvas.fonts)
		in.state.text.size, _ = f.number(a[1])
	}
}

var unitSquare = box{0, 0, 1, 1}

// external draws an image or a form XObject.
func (in *interpreter) external(o object) {
	s := in.canvas.file.stream(o)
	if s == nil || in.off() || in.canvas.off(s.dict["OC"]) {
		return
	}
	switch in.canvas.file.name(s.dict["Subtype"]) {
	case "Image":
		in.canvas.picture(unitSquare.through(in.state.ctm).intersect(in.state.clip))
	case "Form":
		in.form(o)
	}
}

// form runs a form XObject (§8.10.1), never inside itself.
func (in *interpreter) form(o object) {
	f := in.canvas.file
	r, _ := o.(ref)
	s := f.stream(o)
	f.budget.forms--
	if s == nil || in.depth >= maxFormDepth || in.canvas.drawing[r] || f.budget.spent() {
		return
	}
	in.canvas.drawing[r] = true
	defer delete(in.canvas.drawing, r)
	inner := &interpreter{canvas: in.canvas, state: in.state, resources: in.resources, depth: in.depth + 1}
	if d := f.dict(s.dict["Resources"]); d != nil {
		inner.resources = d
	}
	if v := f.numbers(s.dict["Matrix"], 6); v != nil {
		if m := matrix(v).times(in.state.ctm); m.finite() {
			inner.state.ctm = m
		}
	}
	if b, ok := f.box(s.dict["BBox"]); ok {
		inner.state.clip = inner.state.clip.intersect(b.through(inner.state.ctm))
	}
	if in.off() {
		inner.hidden = []bool{true}
	}
	inner.run(f.decode(s))
}

// inlineImage skips "BI … ID bytes EI" (§8.9.7).
func (in *interpreter) inlineImage(l *lexer) {
	for {
		o := l.next()
		if e, ok := o.(end); ok && e.closing == 0 {
			return
		}
		if o == op("ID") {
			break
		}
	}
	for {
		i := bytes.Index(l.data[l.pos:], []byte("EI"))
		if i < 0 {
			l.pos = len(l.data)
			break
		}
		at := l.pos + i
		l.pos = at + 2
		if at > 0 && isSpace(l.data[at-1]) && (l.pos >= len(l.data) || isSpace(l.data[l.pos])) {
			break
		}
	}
	if !in.off() {
		in.canvas.picture(unitSquare.through(in.state.ctm).intersect(in.state.clip))
	}
}

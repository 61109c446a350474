package pdf

import "strings"

// A font turns the bytes of a string shown into characters with their advance.
type font struct {
	toUnicode *cmap
	simple    *encoding // nil for a composite font
	widths    map[uint32]float64
	missing   float64 // width of codes not in widths; negative: the standard font's
	standard  string
	scale     float64 // glyph space to text space: 1/1000 but for Type 3
	type3     bool
	height    float64 // of a Type 3 font's line in text space, or 0
	composite composite
}

// A char is one character code as shown.
type char struct {
	text  string
	width float64 // in text space, for size 1
	space bool    // the single-byte code 32, to which Tw applies (§9.3.3)
}

// font reads the font of a resource; each once in a document.
func (f *file) font(o object, known map[ref]*font) *font {
	r, shared := o.(ref)
	if shared {
		if v, ok := known[r]; ok {
			return v
		}
	}
	v := f.readFont(f.dict(o))
	if shared {
		known[r] = v
	}
	return v
}

func (f *file) readFont(d dict) *font {
	t := &font{scale: 0.001, missing: -1, widths: map[uint32]float64{}}
	if s := f.stream(d["ToUnicode"]); s != nil {
		t.toUnicode = f.cmap(s)
	}
	base := string(f.name(d["BaseFont"]))
	t.standard = standardFont(base)
	if f.name(d["Subtype"]) == "Type0" {
		f.readComposite(t, d)
		return t
	}
	descriptor := f.dict(d["FontDescriptor"])
	f.readEncoding(t, d, descriptor, base)
	if a := f.array(d["Widths"]); a != nil {
		t.missing, _ = f.number(descriptor["MissingWidth"])
		first := f.intOr(d["FirstChar"], 0)
		for i, o := range a[:min(len(a), 256)] {
			if w, ok := f.number(o); ok && first+i >= 0 && first+i < 256 {
				t.widths[uint32(first+i)] = w
			}
		}
	}
	if f.name(d["Subtype"]) == "Type3" {
		t.type3 = true
		if m := f.numbers(d["FontMatrix"], 6); m != nil {
			t.scale = max(m[0], -m[0])
		}
		// The size of such a font says nothing, and the box may be [0 0 0 0]
		// (§9.6.5); the widest letter is about as wide as a line is high.
		b, _ := f.box(d["FontBBox"])
		t.height = b.y1 - b.y0
		for _, w := range t.widths {
			t.height = max(t.height, w)
		}
		t.height *= t.scale
		t.missing = 0
	}
	return t
}

// readEncoding finds the text of a simple font's codes: by its base encoding,
// then what the font program says, then /Differences (§9.6.6).
func (f *file) readEncoding(t *font, d, descriptor dict, base string) {
	var e *encoding
	var baseName name
	var differences array
	switch v := f.resolve(d["Encoding"]).(type) {
	case name:
		baseName = v
	case dict:
		baseName = f.name(v["BaseEncoding"])
		differences = f.array(v["Differences"])
	}
	lower := strings.ToLower(base)
	switch {
	case baseName != "":
		e = encodingOf(baseName)
	case strings.Contains(lower, "symbol") && descriptor["FontFile2"] == nil:
		e = encodingOf("Symbol")
	case strings.Contains(lower, "zapfdingbats"):
		e = encodingOf("ZapfDingbats")
	case f.name(d["Subtype"]) == "TrueType":
		e = encodingOf("WinAnsiEncoding")
	default:
		e = encodingOf("StandardEncoding")
		if s := f.stream(descriptor["FontFile"]); s != nil {
			f.builtIn(e, s)
		}
	}
	at := 0
	for _, o := range differences {
		switch v := f.resolve(o).(type) {
		case int:
			at = v
		case name:
			if at >= 0 && at < 256 {
				e[at] = glyphText(string(v))
				if n := numberedGlyph(string(v)); e[at] == "" && n == at {
					e[at] = encodingOf("WinAnsiEncoding")[n]
				}
			}
			at++
		}
	}
	t.simple = e
}

// builtIn reads the encoding in the clear part of a Type 1 font program:
// "dup 65 /A put".
func (f *file) builtIn(e *encoding, s *stream) {
	data := f.decode(s)
	if n := f.intOr(s.dict["Length1"], 0); n > 0 && n < len(data) {
		data = data[:n]
	}
	l := &lexer{data: data[:min(len(data), 64<<10)], budget: f.budget}
	var last [2]object
	for {
		o := l.next()
		if v, ok := o.(end); ok && v.closing == 0 {
			return
		}
		if o == op("put") {
			at, ok1 := last[0].(int)
			glyph, ok2 := last[1].(name)
			if ok1 && ok2 && at >= 0 && at < 256 {
				e[at] = glyphText(string(glyph))
			}
		}
		last[0], last[1] = last[1], o
	}
}

// char reads the next character of s and how many bytes it takes.
func (t *font) char(s string) (char, int) {
	if t.simple == nil {
		return t.cid(s)
	}
	c := uint32(s[0])
	ch := char{space: c == ' ', text: t.simple[c]}
	if t.toUnicode != nil {
		if text, ok := t.toUnicode.lookup(c); ok && text != "" && text != "\x00" && text != "\uFFFD" {
			ch.text = text
		}
	}
	w, ok := t.widths[c]
	switch {
	case ok:
	case t.missing >= 0:
		w = t.missing
	default:
		w = standardWidth(t.standard, t.simple[c])
	}
	ch.width = w * t.scale
	return ch, 1
}

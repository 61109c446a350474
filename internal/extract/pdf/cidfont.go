package pdf

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	xencoding "golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// composite is what a Type 0 font has beside a simple one (ISO 32000-1 §9.7).
type composite struct {
	vertical bool
	encoding *cmap              // an embedded one, or nil
	unicode  int                // bytes of a code that is Unicode itself (2: UTF-16), or 0
	legacy   xencoding.Encoding // codes are those of an old charset, or nil
}

func (f *file) readComposite(t *font, d dict) {
	var descendant dict
	if a := f.array(d["DescendantFonts"]); len(a) > 0 {
		descendant = f.dict(a[0])
	}
	t.missing = 1000
	if w, ok := f.number(descendant["DW"]); ok {
		t.missing = w
	}
	f.readCIDWidths(t, f.array(descendant["W"]))
	if s := f.stream(d["Encoding"]); s != nil {
		t.composite.encoding = f.cmap(s)
		t.composite.vertical = f.intOr(s.dict["WMode"], 0) == 1
		return
	}
	n := string(f.name(d["Encoding"]))
	t.composite.vertical = strings.HasSuffix(n, "-V")
	// The predefined CMaps (§9.7.5.2) lead from charsets to CIDs. We want
	// Unicode, and get there from the charset without tables.
	switch {
	case strings.HasPrefix(n, "Uni") && (strings.Contains(n, "UCS2") || strings.Contains(n, "UTF16")):
		t.composite.unicode = 2
	case strings.HasPrefix(n, "Uni") && strings.Contains(n, "UTF32"):
		t.composite.unicode = 4
	case strings.Contains(n, "RKSJ"):
		t.composite.legacy = japanese.ShiftJIS
	case strings.HasPrefix(n, "EUC-"):
		t.composite.legacy = japanese.EUCJP
	case strings.HasPrefix(n, "GB"):
		t.composite.legacy = simplifiedchinese.GBK
	case strings.HasPrefix(n, "ETen") || strings.Contains(n, "B5"):
		t.composite.legacy = traditionalchinese.Big5
	case strings.HasPrefix(n, "KSC"):
		t.composite.legacy = korean.EUCKR
	}
}

// readCIDWidths reads "c [w1 w2 …]" and "first last w" (§9.7.4.3).
func (f *file) readCIDWidths(t *font, a array) {
	for len(a) >= 2 {
		first, ok := f.resolve(a[0]).(int)
		if !ok {
			a = a[1:]
			continue
		}
		if list, ok := f.resolve(a[1]).(array); ok {
			for i, o := range list {
				if w, ok := f.number(o); ok && first+i >= 0 && first+i < 1<<16 {
					t.widths[uint32(first+i)] = w
				}
			}
			a = a[2:]
			continue
		}
		if len(a) < 3 {
			return
		}
		last := f.intOr(a[1], 0)
		w, _ := f.number(a[2])
		for c := max(0, first); c <= min(last, 1<<16-1) && f.budget.step(1); c++ {
			t.widths[uint32(c)] = w
		}
		a = a[3:]
	}
}

// cid reads the next character of a composite font.
func (t *font) cid(s string) (char, int) {
	c, n := t.nextCode(s)
	id := c
	if m := t.composite.encoding; m != nil {
		id = m.cid(c)
	}
	w, ok := t.widths[id]
	if !ok {
		w = t.missing
		if t.composite.legacy != nil && n == 1 {
			w = t.missing / 2 // half-width Latin, whose CIDs we do not know
		}
	}
	ch := char{width: w * t.scale, space: n == 1 && c == ' '}
	if t.toUnicode != nil {
		if text, ok := t.toUnicode.lookup(c); ok && text != "\x00" && text != "\uFFFD" {
			ch.text = text
			return ch, n
		}
	}
	ch.text = t.composite.text(s[:n])
	return ch, n
}

// nextCode cuts the next code off by the code spaces of the encoding.
func (t *font) nextCode(s string) (uint32, int) {
	k := t.composite
	if k.legacy != nil {
		n := 1
		if c := s[0]; c >= 0x81 && !(k.legacy == japanese.ShiftJIS && c >= 0xa0 && c < 0xe0) {
			n = min(2, len(s))
		}
		return code(str(s[:n])), n
	}
	if k.encoding != nil {
		for n := 1; n <= min(4, len(s)); n++ {
			c := code(str(s[:n]))
			for _, space := range k.encoding.spaces {
				if space.bytes == n && c >= space.low && c <= space.high {
					return c, n
				}
			}
		}
	}
	n := 2
	if k.unicode == 4 {
		n = 4
	}
	if k.unicode == 2 && len(s) >= 4 && s[0] >= 0xd8 && s[0] < 0xdc {
		n = 4
	}
	n = min(n, len(s))
	return code(str(s[:n])), n
}

// text is what a code of a predefined CMap stands for.
func (k composite) text(code string) string {
	switch {
	case k.unicode == 4 && len(code) == 4:
		if r := rune(binary.BigEndian.Uint32([]byte(code))); utf8.ValidRune(r) {
			return string(r)
		}
	case k.unicode == 2 && len(code) >= 2:
		var units []uint16
		for i := 0; i+1 < len(code); i += 2 {
			units = append(units, binary.BigEndian.Uint16([]byte(code[i:])))
		}
		return string(utf16.Decode(units))
	case k.legacy != nil:
		if text, err := k.legacy.NewDecoder().String(code); err == nil && !strings.ContainsRune(text, utf8.RuneError) {
			return text
		}
	}
	return ""
}

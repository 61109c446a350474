package office

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// maxDepth of elements within each other; text boxes in tables in text boxes
// come to about 60.
const maxDepth = 1000

// xmlReader steps through the tokens of a part. Prefixes and namespaces do not
// matter: the strict and transitional ones differ, local names do not.
// Entities other than XML's own five are not expanded.
type xmlReader struct {
	d     *xml.Decoder
	c     io.Closer
	depth int
	err   error  // why the part ended early, nil at its end
	start string // local name, of a start tag
	end   string // local name, of an end tag
	text  string // of character data
	attrs []xml.Attr
}

func (p *pack) xml(name string) (*xmlReader, error) {
	r, err := p.reader(name)
	if err != nil {
		return nil, err
	}
	b := bufio.NewReaderSize(r, 64<<10)
	var in io.Reader = b
	if mark, err := b.Peek(2); err == nil && (string(mark) == "\xFF\xFE" || string(mark) == "\xFE\xFF") {
		in = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(b)
	}
	d := xml.NewDecoder(in)
	d.Strict = false
	d.CharsetReader = func(charset string, in io.Reader) (io.Reader, error) {
		e, err := htmlindex.Get(charset)
		if err != nil || e == encoding.Replacement || strings.HasPrefix(strings.ToLower(charset), "utf-16") {
			return in, nil //nolint:nilerr // read as UTF-8 rather than not at all
		}
		return e.NewDecoder().Reader(in), nil
	}
	return &xmlReader{d: d, c: r}, nil
}

func (x *xmlReader) close() {
	_ = x.c.Close() // only says that the checksum was not reached
}

// next moves to the next start tag, end tag or text.
func (x *xmlReader) next() bool {
	x.start, x.end, x.text, x.attrs = "", "", "", nil
	for {
		t, err := x.d.RawToken()
		if err != nil {
			if !errors.Is(err, io.EOF) || x.depth > 0 {
				x.err = err
			}
			return false
		}
		switch t := t.(type) {
		case xml.StartElement:
			if x.depth++; x.depth > maxDepth {
				x.err = fmt.Errorf("%w: elements %d deep", ErrTooLarge, maxDepth)
				return false
			}
			x.start, x.attrs = t.Name.Local, t.Attr
			return true
		case xml.EndElement:
			x.depth--
			x.end = t.Name.Local
			return true
		case xml.CharData:
			x.text = string(t)
			return true
		}
	}
}

// skip moves behind the end of the element that was just begun.
func (x *xmlReader) skip() {
	for outside := x.depth - 1; x.depth > outside && x.next(); {
	}
}

// attr returns an attribute by its local name.
func (x *xmlReader) attr(name string) string {
	for _, a := range x.attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// on reads an on/off property (ECMA-376-1 §17.17.4): there is on, unless it says
// otherwise.
func (x *xmlReader) on() bool {
	switch strings.ToLower(x.attr("val")) {
	case "0", "false", "off", "none":
		return false
	}
	return true
}

// failure is the error of a part that ended early.
func (x *xmlReader) failure() error {
	switch {
	case x.err == nil:
		return nil
	case errors.Is(x.err, ErrTooLarge):
		return ErrTooLarge
	}
	return fmt.Errorf("%w: %w", ErrDamaged, x.err)
}

// content returns the text of the element that was just begun, cut at a number
// of bytes, and moves behind its end.
func (x *xmlReader) content(limit int) string {
	var text strings.Builder
	for outside := x.depth - 1; x.depth > outside && x.next(); {
		if text.Len() <= limit {
			text.WriteString(x.text)
		}
	}
	return text.String()
}

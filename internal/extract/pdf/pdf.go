// Package pdf reads the text of PDF files (ISO 32000-1) as a person sees it on
// the pages: words rebuilt from where glyphs stand, lines in reading order,
// and without what is invisible.
//
// The file reader, the page walk, the interpreter of content streams and the
// decoding of fonts are ours. github.com/ledongthuc/pdf, which we set out to
// use, cannot be bounded from outside: opening a file follows a /Prev cycle for
// ever and allocates the table that /Size asks for, both before its first
// return; it unpacks an object stream again for each object in it; it refuses
// LZW, PNG predictors other than Up, AES-256 and any file whose table is
// damaged; and it does not say where a glyph stands relative to its Tc, Tw and
// rendering mode, without which neither words nor visibility can be told.
package pdf

import (
	"errors"
	"fmt"
	"strings"
)

// A Document is what was read of a PDF.
type Document struct {
	// Text has LF line ends, a blank line between paragraphs and pages, and two
	// blanks where a line has a wide gap, as between the columns of a table.
	Text      string
	Pages     int  // in the file, counted up to 250,000 nodes of the page tree
	PagesRead int  // whose content was looked at
	Truncated bool // there is more text: behind maxChars, or behind a limit
	// Removed counts the characters left out of Text because a person does not
	// see them, by kind: "invisible_text", "same_color_text", "tiny_text",
	// "off_screen_text". It is never nil.
	Removed map[string]int
}

// The ways in which there is no text. Text's errors wrap them; the Document
// returned beside an error says what is known all the same.
var (
	ErrEncrypted = errors.New("a password is needed")
	ErrNoText    = errors.New("scanned image only")
	ErrDamaged   = errors.New("not a readable PDF")
)

// Text reads the text of the PDF in data, up to maxChars characters. It does
// not change data. A damaged file gives the pages that could be read; the error
// is ErrDamaged only when there were none. A file that opens with the empty
// password is read like any other. Work and memory are bounded whatever the
// file says; when a limit ends the reading, Truncated says so.
func Text(data []byte, maxChars int) (doc Document, err error) {
	doc.Removed = map[string]int{}
	out := &output{left: max(0, maxChars)}
	defer func() {
		// The parsers are written and fuzzed not to panic. Should one still,
		// on a file never seen, then the pages before it are worth having.
		if p := recover(); p != nil {
			doc.Truncated = true
			if out.text.Len() == 0 {
				err = fmt.Errorf("pdf: %w: %v", ErrDamaged, p)
			}
		}
		doc.Text = strings.TrimRight(out.text.String(), "\n ")
	}()
	if err := read(data, out, &doc); err != nil {
		return doc, fmt.Errorf("pdf: %w", err)
	}
	return doc, nil
}

// read does Text's work; it fills in doc as it goes, all but Text.
func read(data []byte, out *output, doc *Document) error {
	f := newFile(data)
	if err := f.load(); err != nil {
		return err
	}
	pages, total := f.pages()
	doc.Pages = total
	if total == 0 {
		return fmt.Errorf("%w: no pages", ErrDamaged)
	}
	c := &canvas{file: f, fonts: map[ref]*font{}, layers: f.hiddenLayers()}
	pictures := false
	for _, p := range pages {
		if out.full || f.budget.spent() {
			break
		}
		c = c.next(p)
		c.draw()
		doc.PagesRead++
		pictures = pictures || c.pictures > 0
		out.page(arrange(c.visible(doc.Removed)))
	}
	stopped := f.budget.cut || f.budget.spent()
	doc.Truncated = out.full || doc.PagesRead < doc.Pages || stopped
	switch {
	case out.full || out.text.Len() > 0:
		return nil
	case pictures:
		return ErrNoText
	case stopped:
		return fmt.Errorf("%w: it unpacks to too much", ErrDamaged)
	}
	return nil
}

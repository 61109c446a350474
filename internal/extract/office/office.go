// Package office reads the text of word processing, spreadsheet and
// presentation files: Office Open XML (ECMA-376, transitional and strict) and
// OpenDocument. It shows what a person who opens the file sees, in Markdown,
// and counts what the file hides.
package office

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// What can be wrong with a file. Returned errors wrap one of these.
var (
	ErrEncrypted   = errors.New("office: a password is needed")
	ErrDamaged     = errors.New("office: the file could not be read")
	ErrTooLarge    = errors.New("office: the file unpacks to too much")
	ErrUnsupported = errors.New("office: not a kind of file that is read")
)

// The kinds of what is hidden, as they are counted in Document.Removed.
const (
	hiddenElements = "hidden_elements" // marked hidden: text, rows, columns, sheets, slides
	sameColor      = "same_color_text" // white on no shading
	tinyText       = "tiny_text"       // of one point or less
)

// Document is what was read.
type Document struct {
	Text      string         // at most maxChars characters
	Truncated bool           // there was more text
	Removed   map[string]int // pieces of hidden text by kind; never nil
}

// Text reads a DOCX, XLSX, PPTX, ODT, ODS or ODP file. A file that breaks off
// gives the text before the break. Errors are the Err values above.
func Text(data []byte, maxChars int) (Document, error) {
	w := &writer{max: max(maxChars, 0), removed: map[string]int{}}
	err := read(data, w, maxUnpacked)
	if w.truncated {
		err = nil // all that was asked for is there
	}
	if err != nil && (w.n == 0 || !errors.Is(err, ErrDamaged)) {
		return Document{Removed: map[string]int{}}, err
	}
	return Document{Text: strings.TrimRight(w.b.String(), "\n"), Truncated: w.truncated, Removed: w.removed}, nil
}

// read unpacks at most limit bytes of all parts together.
func read(data []byte, w *writer, limit int) error {
	if bytes.HasPrefix(data, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")) {
		return compoundFile(data)
	}
	p, err := open(data, limit)
	if err != nil {
		return err
	}
	main := p.mainPart()
	switch {
	case strings.HasSuffix(main, ".bin"):
		return fmt.Errorf("%w: a binary workbook (.xlsb)", ErrUnsupported)
	case main == "" && p.has("content.xml"):
		return p.odf(w)
	case main == "":
		return ErrUnsupported
	}
	// Its name may be document2.xml; what it is, its first element says.
	x, err := p.xml(main)
	if err != nil {
		return err
	}
	defer x.close()
	for x.next() {
		switch x.start {
		case "":
			continue
		case "document":
			return p.docx(main, w)
		case "workbook":
			return p.xlsx(main, w)
		case "presentation":
			return p.pptx(main, w)
		}
		return fmt.Errorf("%w: %q", ErrUnsupported, cut(x.start, 50))
	}
	if err := x.failure(); err != nil {
		return err
	}
	return ErrDamaged
}

// compoundFile says what an OLE2 file is: the envelope of an encrypted document
// (MS-OFFCRYPTO §2.3), or a format of before 2007.
func compoundFile(data []byte) error {
	if bytes.Contains(data, wide("EncryptionInfo")) || bytes.Contains(data, wide("EncryptedPackage")) {
		return ErrEncrypted
	}
	return errors.Join(ErrUnsupported, errors.New("a file of Office before 2007 (.doc, .xls, .ppt)"))
}

// wide is s as UTF-16LE, as the directory of an OLE2 file has names.
func wide(s string) []byte {
	var b []byte
	for i := range len(s) {
		b = append(b, s[i], 0)
	}
	return b
}

// writer collects paragraphs up to a number of characters.
type writer struct {
	b         strings.Builder
	n, max    int
	truncated bool
	removed   map[string]int
}

// write adds text, cut where the bound is reached.
func (w *writer) write(s string) {
	for i := range s {
		if w.n == w.max {
			w.b.WriteString(s[:i])
			w.truncated = true
			return
		}
		w.n++
	}
	w.b.WriteString(s)
}

// line adds a line; block one with a blank line after it.
func (w *writer) line(s string) {
	if !w.truncated && strings.TrimSpace(s) != "" {
		w.write(strings.TrimRight(s, " \n") + "\n")
	}
}

func (w *writer) block(s string) {
	if !w.truncated && strings.TrimSpace(s) != "" {
		w.line(s)
		w.blank()
	}
}

func (w *writer) blank() {
	if s := w.b.String(); !w.truncated && s != "" && !strings.HasSuffix(s, "\n\n") {
		w.write("\n")
	}
}

// cut keeps the first n characters.
func cut(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i]
		}
	}
	return s
}

// single is s on one line.
func single(s string) string { return strings.Join(strings.Fields(s), " ") }

// maxListDepth and maxHeading bound the marks that a document's own numbers make.
const (
	maxListDepth = 8
	maxHeading   = 6
)

// item writes a line of a list, at a depth from 0.
func (w *writer) item(depth int, text string) {
	w.line(strings.Repeat("  ", min(depth, maxListDepth)) + "- " + text)
}

// heading writes a heading, at a level from 1.
func (w *writer) heading(level int, text string) {
	w.blank()
	w.block(strings.Repeat("#", min(level, maxHeading)) + " " + single(text))
}

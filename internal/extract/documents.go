package extract

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"mail-imap-mcp/internal/extract/calendar"
	"mail-imap-mcp/internal/extract/contact"
	"mail-imap-mcp/internal/extract/office"
	"mail-imap-mcp/internal/extract/pdf"
	"mail-imap-mcp/internal/extract/rtf"
	"mail-imap-mcp/internal/safetext"
)

// isPDF knows a PDF where readers look for its mark, the first 1,024 bytes (ISO
// 32000-1, implementation note 13); in a text only at the very beginning, for a
// text may speak of PDFs.
func isPDF(j *job) bool {
	const within = 1024
	mark := []byte("%PDF-")
	if bytes.HasPrefix(j.data, mark) {
		return true
	}
	at := bytes.Index(j.data[:min(len(j.data), within)], mark)
	return at > 0 && (j.mediaType == "application/pdf" || j.extension == "pdf")
}

func readPDF(j *job) document {
	d, err := pdf.Text(j.data, j.max)
	switch {
	case errors.Is(err, pdf.ErrEncrypted):
		return without(Encrypted, "the PDF is encrypted; it needs a password to be read")
	case errors.Is(err, pdf.ErrNoText):
		return without(ScannedOnly, "its pages are pictures (scanned image only); there is no text in it")
	case err != nil:
		return without(Damaged, "the PDF is damaged and cannot be read")
	}
	return document{status: OK, text: d.Text, more: d.Truncated, removed: d.Removed}
}

// isOffice knows a document by what is in its archive: the list of types (ECMA
// 376-2 §10.1.2) or OpenDocument's content.
func isOffice(j *job) bool {
	if !bytes.HasPrefix(j.data, []byte("PK")) {
		return false
	}
	r, err := zip.NewReader(bytes.NewReader(j.data), int64(len(j.data)))
	if err != nil {
		return false
	}
	found := map[string]bool{}
	for _, f := range r.File {
		switch f.Name {
		case "[Content_Types].xml", "mimetype", "content.xml":
			found[f.Name] = true
		}
	}
	return found["[Content_Types].xml"] || (found["mimetype"] && found["content.xml"])
}

func readOffice(j *job) document {
	d, err := office.Text(j.data, j.max)
	switch {
	case errors.Is(err, office.ErrEncrypted):
		return without(Encrypted, "the document is encrypted; it needs a password to be read")
	case errors.Is(err, office.ErrTooLarge):
		return without(TooLarge, "the document unpacks to more than is read")
	case errors.Is(err, office.ErrUnsupported):
		return without(Unsupported, "it is a document of a kind that is not read; the sender could save it as PDF")
	case err != nil:
		return without(Damaged, "the document is damaged and cannot be read")
	}
	return document{status: OK, text: d.Text, more: d.Truncated, removed: d.Removed}
}

func readRTF(j *job) document {
	text, err := rtf.Text(j.data, j.max)
	return simple(j, text, err, "the RTF document")
}

func readCalendar(j *job) document {
	removed, missing := map[string]int{}, ""
	page := func(html string) string {
		safe := safetext.HTML(html)
		for kind, n := range safe.Removed {
			removed[kind] += n
		}
		missing = leftOut(safe)
		return safe.Text
	}
	text, err := calendar.TextWith(page, j.data, j.zone, j.max)
	d := simple(j, text, err, "the calendar file")
	d.removed, d.note = removed, sentence(d.note, missing)
	return d
}

func readContact(j *job) document {
	text, err := contact.Text(j.data, j.max)
	return simple(j, text, err, "the contact card")
}

// simple is the document of a format that can only be damaged.
func simple(j *job, text string, err error, what string) document {
	if err != nil {
		return without(Damaged, fmt.Sprintf("%s is damaged and cannot be read", what))
	}
	return document{status: OK, text: text, more: utf8.RuneCountInString(text) >= j.max}
}

package extract

import (
	"fmt"
	"maps"
	"strings"
	"time"
	"unicode/utf8"

	"mail-imap-mcp/internal/safetext"
)

const (
	// maxText is how far into an attachment's text one can read, in
	// characters: some 1,000 pages. Every piece is read from the beginning.
	maxText = 2_000_000

	// maxTextBytes is the same in bytes, which is what safetext bounds.
	maxTextBytes = 2 << 20

	// slack is what is read beyond the piece that was asked for, so that its
	// end can be chosen well, and for what safetext takes out.
	slack = 4_000

	// growth is by how much more is asked for if that was not enough.
	growth = 8
)

// job is one attachment as the formats see it.
type job struct {
	mediaType string
	extension string // lower-case, without dot
	charset   string
	data      []byte
	max       int            // characters of text that are wanted, from the beginning
	zone      *time.Location // the reader's
	depth     int            // how many messages it is in
}

// document is what a format made of a job.
type document struct {
	status  Status // OK when there may be text
	note    string
	text    string // not yet safe
	more    bool   // it goes on after text
	removed map[string]int
}

// without is a document that has no text to give.
func without(s Status, note string) document { return document{status: s, note: note} }

// read reads one attachment in this process, which should be a child.
func read(h header, data []byte) Result {
	if len(data) == 0 {
		return failure(Empty, "the attachment is empty: it has 0 bytes")
	}
	j := &job{
		mediaType: strings.ToLower(strings.TrimSpace(h.MediaType)), extension: extensionOf(h.Filename), charset: h.Charset,
		data: data, zone: zoneOf(h.Zone),
	}
	offset := min(max(h.Offset, 0), maxText)
	wanted := offset + min(max(h.MaxChars, 0), maxPiece)
	f, note := identify(j)
	d, safe := readEnough(f, j, wanted)
	switch d.status {
	case OK:
	case Encrypted: // the password is put around the document, which looks like another format
		return failure(Encrypted, sentence(d.note))
	default:
		return failure(d.status, sentence(note, d.note))
	}

	res := Result{Status: OK, Removed: d.removed}
	if safe == "" {
		return emptied(res, sentence(note, d.note))
	}
	piece, next, truncated := safetext.Cut(safe, offset, wanted-offset)
	res.Text, res.Truncated = piece, truncated
	if d.more && !truncated {
		d.note = sentence(d.note, fmt.Sprintf("it goes on, but only its first %d characters can be read", next))
	}
	res.Note = sentence(note, d.note)
	return res
}

// readEnough reads with f until there are wanted characters of safe text, or no
// more. d.more is then text that no larger bound would bring.
func readEnough(f format, j *job, wanted int) (d document, safe string) {
	before := -1
	for j.max = min(wanted+slack, maxText); ; j.max = min(j.max*growth, maxText) {
		d = f.read(j)
		if d.status != OK {
			return d, ""
		}
		text, cut := clipText(d.text, maxText, maxTextBytes)
		clean := safetext.Plain(text)
		removed := map[string]int{}
		for _, m := range []map[string]int{d.removed, clean.Removed} {
			for kind, n := range m {
				removed[kind] += n
			}
		}
		safe, d.removed, d.more = clean.Text, removed, d.more || cut
		chars := utf8.RuneCountInString(safe)
		if !d.more || chars > wanted || chars <= before || j.max >= maxText {
			return d, safe
		}
		before = chars
	}
}

// emptied is a Result without text though the attachment was read.
func emptied(res Result, note string) Result {
	res.Status = Empty
	n := 0
	for count := range maps.Values(res.Removed) {
		n += count
	}
	if n > 0 {
		res.Note = sentence("all of its text is hidden from people and was left out", note)
	} else {
		res.Note = sentence("there is no text in it", note)
	}
	return res
}

// sentence joins notes; each is safe to show afterwards.
func sentence(notes ...string) string {
	var all []string
	for _, n := range notes {
		if n != "" {
			all = append(all, n)
		}
	}
	text, _ := clipText(safetext.Line(strings.Join(all, "; ")), maxNote/utf8.UTFMax, maxNote)
	return text
}

// clipText cuts s to at most chars characters and at most bytes bytes.
func clipText(s string, chars, bytes int) (clipped string, cut bool) {
	if len(s) <= chars && len(s) <= bytes {
		return s, false
	}
	n := 0
	for i := range s {
		if n == chars || i > bytes-utf8.UTFMax {
			return s[:i], true
		}
		n++
	}
	return s, false
}

// extensionOf is the end of a file name after its last dot, lower-case.
func extensionOf(name string) string {
	name = strings.TrimRight(name, " .")
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return ""
	}
	return strings.ToLower(name[i+1:])
}

// zoneOf is the zone of that name: the parent's, which it cannot pass in the
// environment.
func zoneOf(name string) *time.Location {
	if zone, err := time.LoadLocation(name); err == nil && name != "" && name != "Local" {
		return zone
	}
	return time.Local
}

package extract

import (
	"fmt"
	"maps"
	"strings"
	"unicode/utf8"

	"mail-imap-mcp/internal/extract/rtf"
	"mail-imap-mcp/internal/message"
	"mail-imap-mcp/internal/safetext"
)

// maxTNEFRead is how many of the files in a winmail.dat are read; the others
// are listed.
const maxTNEFRead = 10

// readTNEF shows what Outlook wrapped in a winmail.dat: the message's text, the
// names of the files in it, and the text of those that have some.
func readTNEF(j *job) document {
	t, ok := message.ParseTNEF(j.data)
	if !ok {
		return without(Damaged, "it is no winmail.dat, or damaged at its beginning")
	}
	w := &tnefWriter{job: j, removed: map[string]int{}}
	w.body(t)
	w.list(t.Files)
	for i, f := range t.Files[:min(len(t.Files), maxTNEFRead)] {
		if w.more = w.more || w.room() <= 0; w.more {
			break
		}
		w.file(i, f)
	}
	return document{status: OK, text: w.b.String(), note: sentence(w.notes...), more: w.more, removed: w.removed}
}

// tnefWriter writes a winmail.dat as text.
type tnefWriter struct {
	*job
	b       strings.Builder
	notes   []string
	removed map[string]int
	more    bool // it goes on beyond what was asked for
}

// room is how many characters are still wanted.
func (w *tnefWriter) room() int { return w.max - utf8.RuneCountInString(w.b.String()) }

func (w *tnefWriter) body(t message.TNEF) {
	switch {
	case t.Text != "":
		w.b.WriteString(t.Text + "\n\n")
	case t.HTML != "":
		safe := safetext.HTML(t.HTML)
		w.count(safe.Removed)
		if missing := leftOut(safe); missing != "" {
			w.notes = append(w.notes, missing)
		}
		w.b.WriteString(safe.Text + "\n\n")
	case len(t.RTF) > 0:
		text, err := rtf.Text(decompressRTF(t.RTF), w.max)
		if err != nil {
			w.notes = append(w.notes, "the message's own text is in it as RTF that cannot be read")
			return
		}
		w.more = w.more || utf8.RuneCountInString(text) >= w.max
		w.b.WriteString(text + "\n\n")
	}
}

func (w *tnefWriter) list(files []message.TNEFFile) {
	if len(files) == 0 {
		return
	}
	l := newListing("winmail.dat of Outlook")
	for _, f := range files {
		l.add(entry{name: tnefName(f), size: uint64(len(f.Data))})
	}
	d := l.document()
	w.count(d.removed)
	w.b.WriteString(strings.Replace(d.text, " unpacked as it says", "", 1))
}

// file writes the text of a file, if it has any; what is too deep is only
// listed.
func (w *tnefWriter) file(i int, f message.TNEFFile) {
	inner := &job{mediaType: f.ContentType, extension: extensionOf(f.Name), data: f.Data, max: w.room(), zone: w.zone, depth: w.depth + 1}
	if len(f.Data) == 0 || inner.depth >= maxNesting {
		return
	}
	format, _ := identify(inner)
	d := format.read(inner)
	switch d.status {
	case OK:
		w.count(d.removed)
		w.more = w.more || d.more
		fmt.Fprintf(&w.b, "\n----- File %d: %s -----\n%s\n", i+1, tnefName(f), d.text)
	case Unsupported:
		return
	}
	if d.note != "" {
		w.notes = append(w.notes, fmt.Sprintf("file %d: %s", i+1, d.note))
	}
}

func (w *tnefWriter) count(removed map[string]int) {
	for kind, n := range maps.All(removed) {
		w.removed[kind] += n
	}
}

// tnefName is a file's name, or that it has none.
func tnefName(f message.TNEFFile) string {
	if f.Name == "" {
		return "without a name"
	}
	return f.Name
}

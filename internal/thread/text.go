package thread

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/message"
	"mail-imap-mcp/internal/safetext"
)

// textWant is a text to be fetched: a body part, or, where the structure is
// not known, the beginning of the whole source.
type textWant struct {
	mail *threadMail
	part *message.Part
}

// textStops fetches the texts that are to be shown and were not asked for yet,
// in each mailbox those with the same section together.
func (t *thread) textStops(c *imapconn.Conn) []*stop {
	shown := t.arrange.shown()
	share := int64(threadFetchBytes / max(len(shown), 1))
	share = min(max(share, threadFloorBytes), threadPartBytes)
	wants := map[*threadBox][]textWant{}
	for _, j := range shown {
		m := j.best
		if m.read || m.box.failed || t.pool.Account().Lockdown && !m.judged {
			continue
		}
		if m.Withheld != "" {
			m.read = true
			continue
		}
		part, ok := mailbox.BodyPart(m.Part)
		if !ok && m.Part != nil {
			m.read = true // it has no text
			m.files = message.Attachments(m.Part)
			continue
		}
		wants[m.box] = append(wants[m.box], textWant{m, part})
	}
	var stops []*stop
	for _, b := range t.boxes {
		if len(wants[b]) > 0 {
			stops = append(stops, textStop(c, b, wants[b], share))
		}
	}
	return stops
}

// textStop fetches texts of one mailbox.
func textStop(c *imapconn.Conn, b *threadBox, wants []textWant, share int64) *stop {
	groups := map[string][]uint32{}
	var order []string
	for _, w := range wants {
		id := w.section()
		if groups[id] == nil {
			order = append(order, id)
		}
		groups[id] = append(groups[id], w.mail.ID.UID)
	}
	cmds := make([]*imap.Fetch, len(order))
	return &stop{
		box: b, stage: "body",
		send: func() {
			for i, id := range order {
				cmds[i] = c.Fetch(groups[id], &imap.FetchOptions{
					BodySection: []*imap.BodySection{imapconn.Part(imapconn.PartPath(id), imap.PartSpecifierNone, 0, share)},
				})
			}
		},
		use: func() error {
			got := map[uint32]*imap.Message{}
			var failed error
			for _, cmd := range cmds {
				rows, err := cmd.Wait()
				failed = errors.Join(failed, err)
				for _, m := range rows {
					if len(m.Sections) > 0 {
						got[m.UID] = m
					}
				}
			}
			for _, w := range wants {
				m := got[w.mail.ID.UID]
				if m == nil {
					continue
				}
				data, ok := m.Section(imapconn.PartPath(w.section()), imap.PartSpecifierNone)
				if !ok || len(data) == 0 && (w.part == nil || w.part.Size > 2) {
					continue // NIL where there is a text; a line end may well come as nothing
				}
				cut := int64(len(data)) >= share
				w.mail.read = true
				w.mail.short = m.Short && !cut && w.part != nil && int64(len(data)) < w.part.Size/2
				w.mail.take(w.part, data, cut || w.mail.short)
			}
			return failed
		},
	}
}

func (w textWant) section() string {
	if w.part == nil {
		return ""
	}
	return w.part.ID
}

// take turns the source of a text into what its writer wrote.
func (m *threadMail) take(part *message.Part, source []byte, cut bool) {
	if part == nil {
		root, _, sections := message.Parse(source)
		m.Part = root
		m.notes = append(m.notes, "the structure of this message could not be read; its text is from the beginning of its source")
		n := len(message.Attachments(root))
		m.AttachmentCount = &n
		var ok bool
		if part, ok = mailbox.BodyPart(root); ok {
			source = sections[part.ID]
		}
	}
	m.files = message.Attachments(m.Part)
	if part == nil {
		return
	}
	result, note := mailbox.Render(part, source)
	if text := note.String(); text != "" {
		m.notes = append(m.notes, text)
	}
	maps.Copy(m.removed, result.Removed)
	m.uncertain = result.Uncertain
	text := result.Text
	if cut {
		text = mailbox.TrimRagged(text)
	}
	own := strings.TrimSpace(safetext.Own(text))
	if own == "" {
		m.quoted = strings.TrimSpace(text)
	}
	m.text, m.cut = &own, cut
}

// quoteAlone shows what a message quotes where it says nothing else and what it
// answers is not there to be read: forwarded without a word, say.
func (m *threadMail) quoteAlone(present map[string]bool) {
	if m.quoted != "" && !slices.ContainsFunc(m.parents, func(id string) bool { return present[id] }) {
		m.text = &m.quoted
	}
}

// budget shares total characters among the messages: none has more than
// maxThreadTextChars, and what short ones leave goes to the others.
func budget(mails []joined, total int) []int {
	lengths := make([]int, len(mails))
	for i, j := range mails {
		if j.best.text != nil {
			lengths[i] = min(utf8.RuneCountInString(*j.best.text), maxThreadTextChars)
		}
	}
	left, most := total, maxThreadTextChars
	for i, n := range slices.Sorted(slices.Values(lengths)) {
		if most = left / (len(lengths) - i); n > most {
			break
		}
		left -= n
		most = maxThreadTextChars
	}
	for i, n := range lengths {
		lengths[i] = min(n, most)
	}
	return lengths
}

// cutOwn cuts a text at a boundary a person would choose.
func cutOwn(text string, chars int) (piece string, truncated bool) {
	piece, _, truncated = safetext.Cut(text, 0, chars)
	return strings.TrimRight(piece, " \n"), truncated
}

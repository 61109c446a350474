package mailbox

import (
	"context"
	"fmt"
	"time"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/extract"
	"mail-imap-mcp/internal/message"
	"mail-imap-mcp/internal/safety"
)

// leastText is the fewest characters an attachment is read for: of less nothing
// can be understood.
const leastText = 500

// extractFor is how long a call goes on to the next attachment. One may take the
// extractor's 10 s, and clients give up after a minute.
const extractFor = 20 * time.Second

// StatusSkipped is the status of an attachment that was not read because the
// call had read as much as it may.
const StatusSkipped extract.Status = "skipped"

// extract makes text of an attachment's bytes.
func (s *Service) extract(ctx context.Context, in extract.Input) (extract.Result, error) {
	if s.extractor == nil {
		return extract.Result{Status: extract.Unsupported, Note: "this server reads no attachments", Removed: map[string]int{}}, nil
	}
	return s.extractor.Text(ctx, in)
}

// inputOf describes a part to the extractor.
func inputOf(p *message.Part, data []byte, offset, max int) extract.Input {
	return extract.Input{
		MediaType: p.MediaType, Filename: p.Filename, Charset: p.Params["charset"],
		Data: data, Offset: offset, MaxChars: max,
	}
}

// readFiles puts the text of each attachment beside it. All texts together have
// at most contract.MaxAttachmentTextChars characters, and extractFor.
func (s *Service) readFiles(ctx context.Context, q GetQuery, w *Content, m *Message) {
	if q.AttachmentText == 0 {
		return
	}
	fetched := map[string]*filePart{}
	for i := range w.files {
		fetched[w.files[i].part.ID] = &w.files[i]
	}
	room, until := contract.MaxAttachmentTextChars, s.now().Add(extractFor)
	for i := range m.Attachments {
		a := &m.Attachments[i]
		f := fetched[a.PartID]
		if f == nil || (len(f.data) == 0 && f.part.Size > 0) || room < leastText || s.now().After(until) {
			a.Text = notRead(a.Attachment)
			continue
		}
		r, err := s.read(ctx, f.part, f.data, f.cut, 0, min(q.AttachmentText, room))
		if err != nil {
			m.Issues = append(m.Issues, contract.Issue{
				Code: contract.Unavailable, Stage: "extract", Retryable: true,
				Message: "the text of part " + a.PartID + " could not be read; try imap_get_attachment for it alone",
			})
			continue
		}
		room -= min(room, len([]rune(r.Text)))
		a.Text = &r
	}
}

// notRead is the result for an attachment that was not fetched.
func notRead(a message.Attachment) *extract.Result {
	r := &extract.Result{Removed: map[string]int{}}
	if extract.Supported(a.ContentType, a.Filename) {
		r.Status, r.Note = StatusSkipped, "not read here, for the message has more, larger or slower attachments than one call reads; imap_get_attachment reads it"
	} else {
		r.Status, r.Note = extract.Unsupported, "no text can be made of this type"
	}
	return r
}

// read makes text of a part that was fetched.
func (s *Service) read(ctx context.Context, p *message.Part, data []byte, cut bool, offset, max int) (extract.Result, error) {
	if cut {
		r := extract.Result{Status: extract.TooLarge, Removed: map[string]int{}}
		r.Note = fmt.Sprintf("larger than %d MB, which is as much as is read", extract.MaxInput>>20)
		if len(data) < extract.MaxInput {
			r.Note = "only its beginning could be got from the mail server"
		}
		return r, nil
	}
	r, err := s.extract(ctx, inputOf(p, data, offset, max))
	if err != nil {
		s.log.WarnContext(ctx, "attachment not read", "error", err)
	}
	return r, err
}

// fileSignals are what is to be noticed in the texts of attachments.
func (m *Message) fileSignals() []Signal {
	var list []Signal
	for _, a := range m.Attachments {
		if a.Text != nil {
			list = append(list, textSignals(a.PartID, a.Text.Text)...)
		}
	}
	return list
}

// textSignals are those of one attachment's text.
func textSignals(partID, text string) []Signal {
	var list []Signal
	if text == "" {
		return nil
	}
	for _, one := range safety.Signals(safety.Facts{Text: text}) {
		list = append(list, Signal{one, partID})
	}
	return list
}

// ofMessage are signals about the message itself.
func ofMessage(signals []safety.Signal) []Signal {
	list := make([]Signal, 0, len(signals))
	for _, one := range signals {
		list = append(list, Signal{Signal: one})
	}
	return list
}

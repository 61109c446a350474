package mailbox

import (
	"errors"
	"fmt"
	"slices"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/extract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/message"
	"mail-imap-mcp/internal/safetext"
)

// Content is what was fetched of a message to be shown.
type Content struct {
	forms            []formSource
	calendar, report *sourcePart
	files            []filePart
}

// formSource is one piece of the body in the forms it was fetched in.
// compared is the beginning of the HTML form where only the text is shown, to
// see whether the two say the same.
type formSource struct{ text, html, compared *sourcePart }

// sourcePart is a body part's source as far as it was fetched.
type sourcePart struct {
	part  *message.Part
	asked int64 // bytes
	data  []byte
	cut   bool // there is more on the server
	short bool // less came than was announced

	rendered *rendered // once it was needed
}

// rendered is a body part as safe text, and what was wrong with it.
type rendered struct {
	safetext.Result
	note message.Note
}

// render makes safe text of what was fetched, once.
func (sp *sourcePart) render() *rendered {
	if sp.rendered == nil {
		sp.rendered = &rendered{}
		sp.rendered.Result, sp.rendered.note = Render(sp.part, sp.data)
	}
	return sp.rendered
}

// filePart is an attachment whose text is wanted, decoded.
type filePart struct {
	part *message.Part
	data []byte
	cut  bool
}

// Load fetches, in one flight, the parts that will be shown.
func Load(c *imapconn.Conn, q GetQuery, o *Opened) (*Content, error) {
	if o.Part == nil {
		return &Content{}, nil
	}
	w := choose(q, o.Part)
	if o.Encoded != nil {
		for _, sp := range w.sources() {
			sp.data = o.Encoded[sp.part.ID]
			sp.cut = o.CutsOff(sp.part)
		}
		for i := range w.files {
			f := &w.files[i]
			f.data, f.cut = Decoded(f.part, o.Encoded[f.part.ID]), o.CutsOff(f.part)
		}
		return w, nil
	}
	return w, w.fetch(c, q.ID.UID, o.ahead)
}

// choose says which parts are shown. A text part that is small
// comes together with its HTML, so that the choice between them costs
// no further flight.
func choose(q GetQuery, root *message.Part) *Content {
	body := message.ChooseBody(root)
	w := &Content{}
	end := int64(q.BodyOffset + q.BodyMax)
	if q.Find != "" {
		end = maxBodyFetch
	}
	for i, form := range body.Forms {
		most := int64(maxBodyFetch)
		if i > 0 {
			most = moreBodyFetch
		}
		var f formSource
		if form.Text != nil && q.Mode != ModeHTML {
			f.text = &sourcePart{part: form.Text, asked: min(max(minTextFetch, end*textBytesPerChar), most)}
		}
		if form.HTML != nil && (q.Mode != ModeText || f.text == nil || standIn(form.Text, form.HTML)) {
			f.html = &sourcePart{part: form.HTML, asked: min(max(minHTMLFetch, end*htmlBytesPerChar), most)}
		}
		if i == 0 && f.text != nil && f.html == nil && form.HTML != nil && q.BodyOffset == 0 {
			f.compared = &sourcePart{part: form.HTML, asked: minHTMLFetch}
		}
		if f.text != nil || f.html != nil {
			w.forms = append(w.forms, f)
		}
	}
	if body.Calendar != nil && q.Mode != ModeHTML {
		w.calendar = &sourcePart{part: body.Calendar, asked: calendarFetch}
	}
	if body.Report != nil && q.Mode != ModeHTML {
		w.report = &sourcePart{part: body.Report, asked: reportFetch}
	}
	if q.AttachmentText > 0 {
		w.files = extractable(root)
	}
	return w
}

// extractable are the attachments whose text is worth fetching, in order, as
// many as fit.
func extractable(root *message.Part) []filePart {
	var files []filePart
	room := int64(MaxPartFetch)
	for _, a := range message.Attachments(root) {
		part := root.Find(a.PartID)
		if part == nil || len(files) >= maxExtracted || part.Size > room || !extract.Supported(a.ContentType, a.Filename) {
			continue
		}
		room -= part.Size
		files = append(files, filePart{part: part})
	}
	return files
}

// sources are the body parts of all kinds.
func (w *Content) sources() []*sourcePart {
	var list []*sourcePart
	add := func(sp *sourcePart) {
		if sp != nil {
			list = append(list, sp)
		}
	}
	for _, f := range w.forms {
		add(f.text)
		add(f.html)
		add(f.compared)
	}
	add(w.calendar)
	add(w.report)
	return list
}

// fetch gets everything that did not come ahead in one flight: the body parts in
// one FETCH, and behind it the attachments in pieces. What was read before an
// error stays.
func (w *Content) fetch(c *imapconn.Conn, uid uint32, ahead map[string]*sourcePart) error {
	opts := &imap.FetchOptions{}
	var wanted []*sourcePart
	for _, sp := range w.sources() {
		if early := ahead[sp.part.ID]; early != nil && (early.asked >= sp.asked || !early.cut) {
			sp.data, sp.cut, sp.short = early.data, early.cut, early.short
			continue
		}
		wanted = append(wanted, sp)
		opts.BodySection = append(opts.BodySection, sp.section())
	}
	size := int64(0)
	for _, sp := range wanted {
		size += compressible(sp.part, sp.asked)
	}
	for _, f := range w.files {
		size += compressible(f.part, MaxPartFetch)
	}
	if err := compress(c, size); err != nil {
		return fmt.Errorf("COMPRESS: %w", err)
	}
	var body *imap.Fetch
	if len(wanted) > 0 {
		body = c.Fetch([]uint32{uid}, opts)
	}
	files := NewParts(c, uid)
	streams := make([]*PartStream, len(w.files))
	for i, f := range w.files {
		streams[i] = files.Ask(f.part, MaxPartFetch)
	}
	var failed error
	if body != nil {
		rows, err := body.Wait()
		if err != nil {
			failed = fmt.Errorf("FETCH body: %w", err)
		}
		for _, sp := range wanted {
			if !slices.ContainsFunc(rows, sp.take) && err == nil && sp.part.Size > 2 {
				failed = errors.Join(failed, errBodyMissing)
			}
		}
	}
	for _, sp := range w.sources() {
		if sp.short {
			failed = errors.Join(failed, errBodyShort)
			break
		}
	}
	var missing error
	for i := range w.files {
		f := &w.files[i]
		var err error
		f.data, f.cut, err = streams[i].read(f.part, extract.MaxInput)
		missing = errors.Join(missing, err)
	}
	if broken := errors.Join(failed, files.Finish()); broken != nil {
		return broken
	}
	return missing
}

// errBodyMissing is a body part that was announced and did not come.
var errBodyMissing = &contract.Fault{
	Code: contract.Unavailable, Stage: "body", Retryable: true,
	Message: "the mail server did not deliver the text of this message; try again, or read its source with imap_get_message_raw",
}

// errBodyShort is a body part of which less came than was announced.
var errBodyShort = &contract.Fault{
	Code: contract.Unavailable, Stage: "body",
	Message: "the mail server delivered less of the text of this message than it announced, so its end may be missing; imap_get_message_raw has the source",
}

// standIn reports whether a text part is small enough to be a mere stand-in for
// the HTML, so that the two must be compared.
func standIn(text, html *message.Part) bool {
	return text.Size <= message.MaxStub && html.Size > text.Size
}

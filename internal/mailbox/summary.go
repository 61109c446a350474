package mailbox

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/message"
	"mail-imap-mcp/internal/people"
)

// summaryFields are the header fields a list shows. They are asked for as a
// header section, not as ENVELOPE: that keeps servers' own parsing of broken
// headers out of the way.
var summaryFields = []string{"Date", "From", "To", "Subject", "Content-Type"}

// Found is a message of a page: its summary, and what the snippet needs.
type Found struct {
	Summary
	Part   *message.Part // nil when the structure is unknown
	Header message.Header
	// HeaderCut: of the fields lockdown decides by, there are more.
	HeaderCut bool
	garbled   bool // the server's structure cannot be understood
	preview   *string
}

// Withhold takes out of messages what lockdown keeps back of their senders'
// words.
func Withhold(ctx context.Context, who *people.Service, pool *imapconn.Pool, list []*Found) {
	senders := make([]people.Sender, len(list))
	for i, f := range list {
		senders[i] = people.Sender{From: f.From, Header: f.Header, HeaderCut: f.HeaderCut, Encloses: encloses(f.Part)}
	}
	for i, v := range who.Withhold(ctx, pool, senders) {
		f := list[i]
		if f.Withheld = v.Reason; v.Reason != "" {
			f.From, f.To, f.Subject = v.Mask(f.From), v.Mask(f.To), ""
			f.Attached = nil
		}
	}
}

// encloses reports a message among the parts. Where the structure is not known
// there may be one.
func encloses(root *message.Part) bool {
	return root == nil || slices.ContainsFunc(message.Attachments(root), func(a message.Attachment) bool {
		return strings.HasPrefix(a.ContentType, "message/") && a.ContentType != "message/delivery-status"
	})
}

// SummaryBytes is how much is asked of a message's summary fields.
func SummaryBytes(lockdown bool) int64 {
	if lockdown {
		return people.LockdownHeaderBytes
	}
	return summaryHeaderBytes
}

// SummaryOptions asks for everything a summary shows, beside it the fields that
// lockdown decides by, where it does, and those named.
func SummaryOptions(lockdown, structure bool, fields ...string) *imap.FetchOptions {
	header := imapconn.Part(nil, imap.PartSpecifierHeader, 0, SummaryBytes(lockdown))
	header.HeaderFields = slices.Concat(summaryFields, fields)
	if lockdown {
		header.HeaderFields = append(header.HeaderFields, people.LockdownFields...)
	}
	return &imap.FetchOptions{
		Flags:         true,
		InternalDate:  true,
		RFC822Size:    true,
		BodyStructure: structure,
		BodySection:   []*imap.BodySection{header},
	}
}

// page gathers the summaries of one page.
type page struct {
	account, mailbox string
	uidValidity      uint32
	fields           []string // header fields wanted beside the summary's
	lockdown         bool     // the account's: fields are fetched to decide by
	previews         bool     // the server's previews are wanted
	got              map[uint32]*Found
	gone             []uint32 // found, and expunged before they were fetched
	issues           []contract.Issue
	alone            []Alone
}

// options asks for what a page shows of each message.
func (p *page) options(c *imapconn.Conn, structure bool) *imap.FetchOptions {
	o := SummaryOptions(p.lockdown, structure, p.fields...)
	o.Preview = p.previews && structure && c.Has(imap.CapPreview)
	return o
}

// accept keeps a row that has what a summary needs. An unsolicited FETCH
// (another client changed a flag meanwhile) lacks the header.
func (p *page) accept(m *imap.Message) {
	header, ok := m.Section(nil, imap.PartSpecifierHeader)
	if !ok || m.UID == 0 {
		return
	}
	if p.got[m.UID] == nil {
		f := Summarize(p.account, p.mailbox, p.uidValidity, m, message.ParseHeader(header))
		f.HeaderCut = int64(len(header)) >= SummaryBytes(p.lockdown)
		f.garbled, f.preview = m.Structure == nil, m.Preview
		p.got[m.UID] = f
	}
}

func (p *page) acceptAll(c *imapconn.Conn, rows []*imap.Message) {
	for _, m := range rows {
		p.accept(m)
		c.NoteUID(m.UID)
	}
}

// Summarize turns a row into a summary.
func Summarize(account, mailbox string, uidValidity uint32, r *imap.Message, h message.Header) *Found {
	f := &Found{Header: h, Summary: Summary{
		ID:      contract.MessageID{Account: account, Mailbox: mailbox, UIDValidity: uidValidity, UID: r.UID},
		Date:    r.InternalDate,
		From:    h.Addresses("From"),
		To:      h.Addresses("To"),
		Subject: h.Text("Subject"),
		Flags:   imapconn.ShownFlags(r.Flags),
		Size:    r.RFC822Size,
	}}
	if f.Flags == nil {
		f.Flags = []string{}
	}
	if sent, ok := message.ParseDate(h.Get("Date")); ok {
		f.Date = sent
	}
	if r.Structure != nil {
		if part, err := message.FromBodyStructure(r.Structure); err == nil {
			f.structured(part)
		}
	}
	return f
}

// structured notes the parts of a message, and what of them is attached.
func (f *Found) structured(part *message.Part) {
	attached := message.Attachments(part)
	n := len(attached)
	f.Part, f.AttachmentCount, f.Attached = part, &n, attached[:min(n, MaxNamed)]
}

// fetch gets the summaries of uids on an open connection: one flight, a second
// only for messages that did not come. What does not come then either, and what
// the server refuses, is said with its reason.
func (p *page) fetch(c *imapconn.Conn, uids []uint32) error {
	asked, structure := uids, true
	refused := map[uint32]error{}
	for try := 0; try < 3 && len(uids) > 0; try++ {
		rows, no, err := p.fetchRows(c, uids, structure)
		p.acceptAll(c, rows)
		if err != nil {
			return fmt.Errorf("FETCH summaries: %w", err)
		}
		for uid, err := range no {
			refused[uid] = err
		}
		uids = p.missing(uids)
		if try > 0 && (len(no) == 0 || !structure) {
			break
		}
		// It may be refused, or not understood, for that alone.
		structure = structure && len(no) == 0 && len(c.Client().Problems()) == 0
	}
	p.garbled(asked)
	if len(uids) > len(refused) {
		if err := p.expunged(c, uids, refused); err != nil {
			return err
		}
	}
	p.unanswered(uids, refused)
	return nil
}

// expunged finds out which messages that did not come are there no longer.
func (p *page) expunged(c *imapconn.Conn, uids []uint32, refused map[uint32]error) error {
	if err := c.Client().Noop().Wait(); err != nil {
		return fmt.Errorf("NOOP: %w", err)
	}
	there, err := c.Client().UIDSearch(&imap.SearchCriteria{UID: []imap.UIDSet{imap.UIDSetNum(uids...)}}, nil).Wait()
	if imapconn.IsRefusal(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("SEARCH: %w", err)
	}
	for _, uid := range uids {
		if _, no := refused[uid]; !no && !there.All.Contains(uid) {
			p.gone = append(p.gone, uid)
		}
	}
	return nil
}

// fetchRows is one flight, more where the server refuses something. The previews are
// given up first, before the set is split to find the message that is refused.
func (p *page) fetchRows(c *imapconn.Conn, uids []uint32, structure bool) (rows []*imap.Message, refused map[uint32]error, err error) {
	options := p.options(c, structure)
	if options.Preview {
		rows, err := c.Fetch(uids, options).Wait()
		if !imapconn.IsRefusal(err) {
			return rows, nil, err
		}
		c.Learn(imapconn.NoPreview)
		options.Preview = false
	}
	return c.FetchEach(uids, options)
}

// unanswered notes messages that the server refuses or does not deliver.
func (p *page) unanswered(uids []uint32, refused map[uint32]error) {
	silent := 0
	for _, uid := range uids {
		err, no := refused[uid]
		switch {
		case slices.Contains(p.gone, uid):
			continue
		case !no:
			silent++
			continue
		}
		p.issues = append(p.issues, contract.Issue{
			Code: contract.Unavailable, Stage: "fetch", UID: uid,
			Message: fmt.Sprintf("the mail server refuses to deliver the message with UID %d%s; the others are shown", uid, imapconn.Said(err)),
		})
	}
	if silent > 0 {
		p.issues = append(p.issues, contract.Issue{
			Code: contract.Unavailable, Stage: "fetch", Retryable: true,
			Message: contract.Plural(silent, "message") + " found but not delivered by the mail server; search again to see whether it was for the moment",
		})
	}
}

// garbled notes messages whose structure could not be understood.
func (p *page) garbled(uids []uint32) {
	n := 0
	for _, uid := range uids {
		if f := p.got[uid]; f != nil && f.garbled {
			n++
		}
	}
	if n > 0 {
		p.issues = append(p.issues, contract.Issue{
			Code: contract.Internal, Stage: "structure",
			Message: fmt.Sprintf("the server described the structure of %d message(s) in a way that cannot be read; attachments are not counted there", n),
		})
	}
}

// missing lists those of uids that have no summary yet, ascending, as servers
// answer.
func (p *page) missing(uids []uint32) []uint32 {
	var left []uint32
	for _, uid := range uids {
		if p.got[uid] == nil {
			left = append(left, uid)
		}
	}
	slices.Sort(left)
	return left
}

// sameMailbox refuses to go on when the mailbox was replaced meanwhile.
func (p *page) sameMailbox(c *imapconn.Conn) error {
	if c.Selected().UIDValidity != p.uidValidity {
		return contract.ErrSnapshotChanged()
	}
	return nil
}

// newestFirst returns the summaries, newest arrival first.
func (p *page) newestFirst() []*Found {
	list := make([]*Found, 0, len(p.got))
	for _, f := range p.got {
		list = append(list, f)
	}
	slices.SortFunc(list, func(a, b *Found) int {
		switch {
		case a.ID.UID > b.ID.UID:
			return -1
		case a.ID.UID < b.ID.UID:
			return 1
		}
		return 0
	})
	return list
}

package mailbox

import (
	"context"
	"fmt"
	"slices"

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
}

// Withhold takes out of the messages of a mailbox what lockdown keeps back of
// their senders' words.
func Withhold(ctx context.Context, who *people.Service, pool *imapconn.Pool, mailbox string, list []*Found) {
	senders := make([]people.Sender, len(list))
	for i, f := range list {
		senders[i] = people.Sender{From: f.From, Header: f.Header, HeaderCut: f.HeaderCut}
	}
	for i, reason := range who.Withhold(ctx, pool, mailbox, senders) {
		f := list[i]
		if f.Withheld = reason; reason != "" {
			f.From, f.To, f.Subject = people.Bare(f.From), people.Bare(f.To), ""
		}
	}
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
	opts := &imap.FetchOptions{
		UID:          true,
		Flags:        true,
		InternalDate: true,
		RFC822Size:   true,
		BodySection:  []*imap.BodySection{header},
	}
	if structure {
		opts.BodyStructure = true
	}
	return opts
}

// page gathers the summaries of one page over as many tries as it takes.
type page struct {
	account, mailbox string
	uidValidity      uint32
	fields           []string // header fields wanted beside the summary's
	lockdown         bool     // the account's: fields are fetched to decide by
	got              map[uint32]*Found
	issues           []contract.Issue
	headless         int // messages that were answered without what was asked
}

// unanswered notes messages that came without their header time and again.
func (p *page) unanswered(n int) {
	p.headless += n
	p.issues = append(p.issues, contract.Issue{
		Code: contract.Unavailable, Stage: "fetch", Retryable: true,
		Message: contract.Plural(n, "message") + " could not be read: the server sent something else in the answer's place; search again to see them",
	})
}

// accept keeps a row that has what a summary needs. An unsolicited FETCH
// (another client changed a flag meanwhile) can take the place of the answer;
// such a row lacks the header and is asked for again.
func (p *page) accept(r *imap.Message) bool {
	header, ok := r.Section(nil, imap.PartSpecifierHeader)
	if !ok || r.UID == 0 {
		return false
	}
	if p.got[r.UID] == nil {
		p.got[r.UID] = Summarize(p.account, p.mailbox, p.uidValidity, r, message.ParseHeader(header))
		p.got[r.UID].HeaderCut = int64(len(header)) >= SummaryBytes(p.lockdown)
	}
	return true
}

// Summarize turns a row into a summary.
func Summarize(account, mailbox string, uidValidity uint32, r *imap.Message, h message.Header) *Found {
	f := &Found{Header: h, Summary: Summary{
		ID:      contract.MessageID{Account: account, Mailbox: mailbox, UIDValidity: uidValidity, UID: r.UID},
		Date:    r.InternalDate,
		From:    h.Addresses("From"),
		To:      h.Addresses("To"),
		Subject: h.Text("Subject"),
		Flags:   r.Flags,
		Size:    r.Size,
	}}
	if f.Flags == nil {
		f.Flags = []string{}
	}
	if sent, ok := message.ParseDate(h.Get("Date")); ok {
		f.Date = sent
	}
	if r.Structure != nil {
		if part, err := message.FromBodyStructure(r.Structure); err == nil {
			n := len(message.Attachments(part))
			f.Part, f.AttachmentCount = part, &n
		}
	}
	return f
}

// fetch gets the summaries of uids on an open connection: one flight, a second
// only for rows that came without what was asked.
func (p *page) fetch(c *imapconn.Conn, uids []uint32, structure bool) error {
	incomplete := []uint32{}
	for range 2 {
		if len(uids) == 0 {
			return nil
		}
		rows, err := c.Fetch(uids.Wait()
		for _, r := range rows {
			if !p.accept(r) && r.UID != 0 && slices.Contains(uids, r.UID) {
				incomplete = append(incomplete, r.UID)
			}
			c.NoteUID(r.UID)
		}
		if err != nil {
			return fmt.Errorf("FETCH summaries: %w", err)
		}
		uids, incomplete = incomplete, nil
	}
	if len(uids) > 0 {
		p.unanswered(len(uids))
	}
	return nil
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

// rescue goes on after a FETCH of summaries broke the connection. The likely
// cause is one message whose BODYSTRUCTURE cannot be parsed: servers answer in
// ascending order, so it is the first that is missing. That one is asked for
// without its structure, the others with; if this breaks too, all without.
func (p *page) rescue(ctx context.Context, pool *imapconn.Pool, uids []uint32) error {
	left := p.missing(uids)
	if len(left) == 0 {
		return nil
	}
	garbled := len(left)
	err := pool.Do(ctx, p.mailbox, func(_ context.Context, c *imapconn.Conn) error {
		if err := p.sameMailbox(c); err != nil {
			return err
		}
		if err := p.fetch(c, left[:1], false); err != nil {
			return err
		}
		return p.fetch(c, left[1:], true)
	})
	if err == nil {
		garbled = 1
	} else if ctx.Err() == nil {
		err = pool.Do(ctx, p.mailbox, func(_ context.Context, c *imapconn.Conn) error {
			if err := p.sameMailbox(c); err != nil {
				return err
			}
			return p.fetch(c, p.missing(uids), false)
		})
	}
	if err != nil {
		return err
	}
	p.issues = append(p.issues, contract.Issue{
		Code:    contract.Internal,
		Stage:   "structure",
		Message: fmt.Sprintf("the server described the structure of %d message(s) in a way that cannot be read; attachments are not counted there", garbled),
	})
	return nil
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

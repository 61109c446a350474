package thread

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/message"
	"mail-imap-mcp/internal/people"
)

// stop is what one flight does in one mailbox.
type stop struct {
	box   *threadBox
	stage string
	send  func()       // begins commands
	use   func() error // waits for them and takes over what came
}

// flight visits mailboxes in one flight, the one that is open first. What goes
// wrong in one mailbox is noted there; the error is what ends the connection,
// or a conflict in the message's own mailbox.
func (t *thread) flight(c *imapconn.Conn, stops []*stop) error {
	if len(stops) == 0 {
		return nil
	}
	names, at := byMailbox(stops, c.Selected().Name)
	opened := c.Tour(names, func(i int) {
		for _, s := range at[i] {
			s.send()
		}
	})
	var broken error
	for i, there := range opened() {
		broken = errors.Join(broken, t.arrive(at[i][0].box, there))
		for _, s := range at[i] {
			if there.Err == nil && !s.box.failed {
				broken = errors.Join(broken, t.finish(s))
			}
		}
	}
	return broken
}

// finish takes over what a stop brought. A refusal is the mailbox's; what else
// goes wrong is the connection's.
func (t *thread) finish(s *stop) error {
	switch err := s.use(); {
	case err == nil:
		return nil
	case !imapconn.IsRefusal(err):
		return fmt.Errorf("%s: %w", s.stage, err)
	case s.stage == "search":
		// What is known of it can still be read, and it may be browsed.
		s.box.unsearchable, s.box.refusal = true, err
	default:
		t.fail(s.box, s.stage, err)
	}
	return nil
}

// byMailbox groups stops by their mailbox, that which is open first.
func byMailbox(stops []*stop, open string) (names []string, at [][]*stop) {
	slices.SortStableFunc(stops, func(a, b *stop) int {
		return rank(a.box.name != open) - rank(b.box.name != open)
	})
	for _, s := range stops {
		i := slices.Index(names, s.box.name)
		if i < 0 {
			i, names, at = len(names), append(names, s.box.name), append(at, nil)
		}
		at[i] = append(at[i], s)
	}
	return names, at
}

func rank(later bool) int {
	if later {
		return 1
	}
	return 0
}

// arrive checks a mailbox that was visited. An error is one of the connection,
// or a conflict in the mailbox of the message asked about.
func (t *thread) arrive(b *threadBox, there imapconn.Stop) error {
	var refused *contract.Error
	var fault *contract.Fault
	if there.Err == nil {
		b.next, b.exists = there.Selected.UIDNext, there.Selected.NumMessages
	}
	switch {
	case there.Err == nil && b.uidValidity == 0:
		b.uidValidity = there.Selected.UIDValidity
	case there.Err == nil && b.uidValidity == there.Selected.UIDValidity:
	case there.Err == nil && b.name == t.id.Mailbox:
		return contract.ErrStale(there.Selected.UIDValidity, t.id.UIDValidity)
	case there.Err == nil:
		b.got, b.searched = map[uint32]*threadMail{}, false
		t.fail(b, "select", contract.ErrSnapshotChanged())
	case errors.As(there.Err, &refused), errors.As(there.Err, &fault), imapconn.IsRefusal(there.Err):
		t.fail(b, "select", there.Err)
	default:
		return there.Err
	}
	return nil
}

// fail leaves a mailbox out from now on. That a usual mailbox does not exist is
// no news; a named one's absence is.
func (t *thread) fail(b *threadBox, stage string, err error) {
	b.failed, b.pending = true, nil
	if b.other {
		return // result names it
	}
	var refused *contract.Error
	if errors.As(err, &refused) && refused.Code == contract.NotFound && !b.asked {
		b.absent = true
		return
	}
	t.note(b, stage, err)
}

// note says what went wrong in a mailbox.
func (t *thread) note(b *threadBox, stage string, err error) {
	issue := imapconn.AsIssue(stage, err)
	issue.Message = fmt.Sprintf("mailbox %q could not be looked into completely: %s", b.name, issue.Message)
	t.issues = append(t.issues, issue)
}

// open opens the message's own mailbox and fetches the message asked about, and
// with it the names of the usual mailboxes, in one flight. As in mailbox/opened.go,
// a second try is for servers that put the NOOP off, and for an unsolicited FETCH
// in the answer's place.
func (t *thread) open(c *imapconn.Conn) error {
	own := t.boxes[0]
	for try := 0; t.seed == nil && try < 2; try++ {
		t.bare = try > 0 && len(c.Client().Problems()) > 0 // its structure is what cannot be read
		if err := t.openOnce(c, own); err != nil {
			return err
		}
	}
	own.pending, t.bare = nil, false
	if t.seed != nil {
		return nil
	}
	there, err := c.Client().UIDSearch(&imap.SearchCriteria{UID: []imap.UIDSet{imap.UIDSetNum(t.id.UID)}}, nil).Wait()
	if err == nil && there.All.Contains(t.id.UID) {
		return mailbox.NotDelivered(t.id, nil)
	}
	if err != nil && !imapconn.IsRefusal(err) {
		return fmt.Errorf("SEARCH: %w", err)
	}
	return contract.ErrGone(t.id)
}

func (t *thread) openOnce(c *imapconn.Conn, own *threadBox) error {
	own.pending = []uint32{t.id.UID}
	s := t.summaryStop(c, own, seedReferencesBytes)
	opts := &imap.ListOptions{ReturnSpecialUse: c.Has(imap.CapSpecialUse) && c.Has(imap.CapListExtended)}
	var list *imapconn.ListCommand
	opened := c.Tour([]string{own.name}, func(int) {
		c.Client().Noop()
		s.send()
		if !t.placed {
			list = c.Client().List("", "*", opts)
		}
	})
	there := opened()[0]
	if there.Err != nil {
		return there.Err
	}
	own.next, own.exists = there.Selected.UIDNext, there.Selected.NumMessages
	if err := c.CheckValidity(t.id); err != nil {
		return err
	}
	if err := s.use(); err != nil {
		return fmt.Errorf("FETCH message: %w", err)
	}
	t.seed = own.got[t.id.UID]
	if list == nil {
		return nil
	}
	rows, err := list.Wait()
	switch {
	case imapconn.IsRefusal(err):
		t.issues = append(t.issues, imapconn.AsIssue("list", err))
	case err != nil:
		return fmt.Errorf("LIST: %w", err)
	}
	t.listed = rows
	t.addPlaces(findPlaces(rows))
	return nil
}

func (t *thread) anyPending() bool {
	return slices.ContainsFunc(t.boxes, func(b *threadBox) bool { return len(b.pending) > 0 })
}

// fetchSummaries gets what was found, in one flight.
func (t *thread) fetchSummaries(c *imapconn.Conn) error {
	var stops []*stop
	for _, b := range t.boxes {
		if len(b.pending) > 0 {
			stops = append(stops, t.summaryStop(c, b, threadReferencesBytes))
		}
	}
	if err := t.flight(c, stops); err != nil {
		return err
	}
	for _, s := range stops {
		s.box.settle()
	}
	return nil
}

// settle drops what is still pending after an answered FETCH: it is expunged,
// unless something else came in its place, which is asked for once more.
func (b *threadBox) settle() {
	b.pending = slices.DeleteFunc(b.pending, func(uid uint32) bool {
		again, was := b.retried[uid]
		b.retried[uid] = false
		return !was || !again
	})
}

// summaryStop fetches the summaries of a mailbox's pending messages.
func (t *thread) summaryStop(c *imapconn.Conn, b *threadBox, references int64) *stop {
	var cmd *imap.Fetch
	return &stop{
		box: b, stage: "fetch",
		send: func() { cmd = c.Fetch(b.pending, t.options(c, references)) },
		use: func() error {
			rows, err := cmd.Wait()
			for _, m := range rows {
				b.accept(t.id.Account, m)
			}
			return err
		},
	}
}

// options asks for a summary and the fields that join conversations, in
// sections of their own: 20 kB of References must not crowd out the sender.
func (t *thread) options(c *imapconn.Conn, references int64) *imap.FetchOptions {
	opts := mailbox.SummaryOptions(t.pool.Account().Lockdown, !t.bare)
	opts.GmailThrID, opts.GmailMsgID = c.Has(imap.CapGmail), c.Has(imap.CapGmail)
	opts.ThreadID = c.Has(imap.CapObjectID)
	identity := imapconn.Part(nil, imap.PartSpecifierHeader, 0, threadIdentityBytes)
	identity.HeaderFields = identityFields
	ancestors := imapconn.Part(nil, imap.PartSpecifierHeader, 0, references)
	ancestors.HeaderFields = referencesFields
	opts.BodySection = append(opts.BodySection, identity, ancestors)
	return opts
}

// accept keeps a row that has all that was asked for. An unsolicited FETCH can
// take the answer's place; its message is asked for again.
func (b *threadBox) accept(account string, r *imap.Message) {
	i := slices.Index(b.pending, r.UID)
	if i < 0 {
		return
	}
	var headers []message.Header
	cut := false
	for _, s := range r.Sections {
		if s.Specifier == imap.PartSpecifierHeader && len(s.Part) == 0 {
			h := message.ParseHeader(s.Data)
			headers = append(headers, h)
			cut = cut || len(s.Data) >= people.LockdownHeaderBytes && h.Count("References") == 0
		}
	}
	if len(headers) < 3 {
		if _, was := b.retried[r.UID]; !was {
			b.retried[r.UID] = true
		}
		return
	}
	b.pending = slices.Delete(b.pending, i, i+1)
	b.got[r.UID] = &threadMail{
		Found:   *mailbox.Summarize(account, b.name, b.uidValidity, r, joinHeaders(headers)),
		lineage: readLineage(headers),
		server:  serverIDs{r.GmailMsgID, r.GmailThrID, r.ThreadID},
		box:     b,
		arrived: r.InternalDate,
		removed: map[string]int{},
	}
	b.got[r.UID].HeaderCut = cut
}

// joinHeaders makes one header of several sections.
func joinHeaders(headers []message.Header) message.Header {
	var b bytes.Buffer
	for _, h := range headers {
		for _, f := range h.Fields() {
			b.WriteString(f.Name + ": " + f.Value + "\r\n")
		}
	}
	return message.ParseHeader(b.Bytes())
}

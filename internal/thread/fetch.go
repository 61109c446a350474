package thread

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"sync"

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
	send  func()       // sends commands
	wait  func() error // awaits them; runs beside the other stops' wait
	use   func()       // takes over what came, also before an error
}

// flight visits mailboxes in one flight, the one that is open first. What goes
// wrong in one mailbox is noted there; the error is what ends the connection,
// or a conflict in the message's own mailbox.
func (t *thread) flight(c *imapconn.Conn, stops []*stop) error {
	if len(stops) == 0 {
		return nil
	}
	names, at := byMailbox(stops, c.Selected().Name)
	errs := make(map[*stop]error, len(stops))
	var mu sync.Mutex
	var waits sync.WaitGroup
	opened := c.Tour(names, func(i int) {
		for _, s := range at[i] {
			s.send()
		}
		if i < len(names)-1 {
			return
		}
		// All are awaited at once, and before they leave: go-imap reads no
		// further until a row is taken, and a server that cannot get rid of its
		// answers does not read the commands behind.
		for _, s := range stops {
			waits.Go(func() {
				err := s.wait()
				mu.Lock()
				defer mu.Unlock()
				errs[s] = err
			})
		}
	})
	waits.Wait()
	var broken error
	for i, there := range opened() {
		broken = errors.Join(broken, t.arrive(at[i][0].box, there))
		for _, s := range at[i] {
			if there.Err == nil && !s.box.failed {
				broken = errors.Join(broken, t.finish(s, errs[s]))
			}
		}
	}
	return broken
}

// finish takes over what a stop brought. A refusal is the mailbox's; what else
// goes wrong is the connection's.
func (t *thread) finish(s *stop, err error) error {
	s.use()
	switch {
	case err == nil:
		return nil
	case !imapconn.IsRefusal(err):
		return fmt.Errorf("%s: %w", s.stage, err)
	case s.stage == "search":
		// What is known of it can still be read.
		s.box.unsearchable = true
		t.note(s.box, s.stage, err)
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
// with it the names of the usual mailboxes, in one flight. As in mailbox/get.go, a
// second try is for servers that put the NOOP off, and for an unsolicited FETCH
// in the answer's place.
func (t *thread) open(c *imapconn.Conn) error {
	own := t.boxes[0]
	t.fetching = []*threadBox{own}
	for try := 0; t.seed == nil && try < 2; try++ {
		if err := t.openOnce(c, own); err != nil {
			return err
		}
	}
	t.fetching, own.pending = nil, nil
	if t.seed == nil {
		return contract.ErrGone(t.id)
	}
	return nil
}

func (t *thread) openOnce(c *imapconn.Conn, own *threadBox) error {
	own.pending = []uint32{t.id.UID}
	s := t.summaryStop(c, own, seedReferencesBytes)
	opts := &imap.ListOptions{ReturnSpecialUse: c.Has(imap.CapSpecialUse) && c.Has(imap.CapListExtended)}
	var noop *imap.Command
	var list *imapconn.ListCommand
	var places map[place]string
	var listed sync.WaitGroup
	opened := c.Tour([]string{own.name}, func(int) {
		noop = c.Client().Noop()
		s.send()
		if !t.placed {
			list = c.Client().List("", "*", opts)
			listed.Go(func() { places = findPlaces(list) })
		}
	})
	err := s.wait()
	listed.Wait()
	if noop != nil { // nil: the name cannot be sent
		err = errors.Join(err, noop.Wait())
	}
	if there := opened()[0]; there.Err != nil {
		return there.Err
	}
	if err := c.CheckValidity(t.id); err != nil {
		return err
	}
	s.use()
	t.seed = own.got[t.id.UID]
	if list != nil {
		listErr := list.Close()
		switch {
		case listErr == nil:
		case imapconn.IsRefusal(listErr):
			t.issues = append(t.issues, imapconn.AsIssue("list", listErr))
		default:
			err = errors.Join(err, listErr)
		}
	}
	if err != nil {
		return fmt.Errorf("FETCH message: %w", err)
	}
	if list != nil {
		t.addPlaces(places)
	}
	return nil
}

func (t *thread) anyPending() bool {
	return slices.ContainsFunc(t.boxes, func(b *threadBox) bool { return len(b.pending) > 0 })
}

// fetchSummaries gets what was found, in one flight.
func (t *thread) fetchSummaries(c *imapconn.Conn) error {
	var stops []*stop
	t.fetching = nil
	for _, b := range t.boxes {
		if len(b.pending) > 0 {
			stops = append(stops, t.summaryStop(c, b, threadReferencesBytes))
			t.fetching = append(t.fetching, b)
		}
	}
	if err := t.flight(c, stops); err != nil {
		return err
	}
	t.fetching = nil
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
	groups := map[bool][]uint32{}
	for _, uid := range b.pending {
		structured := !t.bareAll && !b.bare[uid]
		groups[structured] = append(groups[structured], uid)
	}
	var cmds []*imap.Fetch
	var mu sync.Mutex
	var rows []*imap.Message
	return &stop{
		box: b, stage: "fetch",
		send: func() {
			for _, structured := range []bool{true, false} {
				if len(groups[structured]) > 0 {
					cmds = append(cmds, c.Fetch(groups[structured], t.options(structured, references)))
				}
			}
		},
		wait: func() error {
			return drainAll(c, cmds, len(b.pending)+1, max(references, mailbox.SummaryBytes(t.pool.Account().Lockdown)), func(r *imap.Message) {
				mu.Lock()
				defer mu.Unlock()
				rows = append(rows, r)
			})
		},
		use: func() {
			for _, r := range rows {
				b.accept(t.id.Account, r)
			}
		},
	}
}

// drainAll drains FETCHes at once, in whatever order the server answers them.
func drainAll(c *imapconn.Conn, cmds []*imap.Fetch, maxRows int, maxSection int64, use func(*imap.Message)) error {
	errs := make([]error, len(cmds))
	var drains sync.WaitGroup
	for i, cmd := range cmds {
		drains.Go(func() { errs[i] = imapconn.FetchRows(c, cmd, maxRows, maxSection, use) })
	}
	drains.Wait()
	return errors.Join(errs...)
}

// options asks for a summary and the fields that join conversations, in
// sections of their own: 20 kB of References must not crowd out the sender.
func (t *thread) options(structure bool, references int64) *imap.FetchOptions {
	opts := mailbox.SummaryOptions(t.pool.Account().Lockdown, structure)
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

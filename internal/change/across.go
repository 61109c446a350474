package change

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
)

// letter is a message on its way to another account.
type letter struct {
	source []byte
	flags  []string
	date   time.Time
}

// header is the beginning of the source that is compared.
func (l *letter) header() []byte {
	end := len(l.source)
	if i := bytes.Index(l.source, []byte("\r\n\r\n")); i >= 0 {
		end = i + 4
	}
	return l.source[:min(end, letterHeaderBytes)]
}

func (l *letter) write(w io.Writer) error {
	_, err := w.Write(l.source)
	return err
}

func (l *letter) tail() []byte { return l.source[max(0, len(l.source)-tailBytes):] }

// applyAcross copies one message to another account, looks at the copy, and for
// a move only then removes the original.
func (s *Service) applyAcross(ctx context.Context, from *imapconn.Pool, a *attempt) {
	to, err := s.accounts.Find(a.change.ToAccount)
	if err != nil {
		a.refuse(err)
		return
	}
	a.neverExpunge = from.Account().NeverExpunge
	select {
	case s.letters <- struct{}{}:
		defer func() { <-s.letters }()
	case <-ctx.Done():
		a.refuse(imapconn.Classify("read", ctx.Err()))
		return
	}
	l, err := a.collect(ctx, from)
	if err != nil {
		a.refuse(imapconn.Classify("read", err))
		return
	}
	if l == nil {
		return // gone
	}
	uid := a.batch.UIDs[0]
	copied, err := a.deliver(ctx, to, l)
	switch {
	case err != nil && !a.sent:
		a.refuse(imapconn.Classify("append", err))
		return
	case err != nil:
		a.afterLost(ctx, s, from, imapconn.Classify("append", err))
		return
	case copied == nil:
		a.fail(uid, contract.Unavailable, "its copy in %q of account %q could not be verified; the original is untouched", a.batch.To, a.change.ToAccount)
		return
	}
	a.verified = map[uint32]*contract.MessageID{uid: copied}
	a.settle(uid, Outcome{Status: Done, NewID: copied})
	if a.change.Kind == Move {
		a.settle(uid, Outcome{Status: Failed, Code: contract.Unavailable, NewID: copied, Message: inBoth(a.batch)})
		a.removeOriginal(ctx, s, from, copied)
	}
}

// afterLost settles a message whose APPEND failed: refused, or lost.
func (a *attempt) afterLost(ctx context.Context, s *Service, from *imapconn.Pool, err error) {
	if imapconn.IsRefusal(err) || !imapconn.IsFault(err) {
		a.failRest(err)
		return
	}
	s.lookUntil(ctx, a, reconcileLooks, imapconn.AsIssue("append", err).Message, func() error { return s.findAcross(ctx, from, a) })
	a.leaveOpen(err)
}

// collect reads the message whole. nil: it is gone, and settled.
func (a *attempt) collect(ctx context.Context, from *imapconn.Pool) (l *letter, err error) {
	uid := a.batch.UIDs[0]
	err = from.Do(ctx, "", func(_ context.Context, c *imapconn.Conn) error {
		l = nil
		a.evidence = Evidence{Batch: a.number}
		look, err := a.visit(c, lookOptions(a.change.Kind), nil)
		if err != nil {
			return err
		}
		rows, err := look.read(c)
		if err != nil {
			return err
		}
		r := rows[uid]
		switch {
		case !a.delivered(uid, r):
			return nil
		case r.InternalDate.IsZero():
			return contract.Errorf(contract.Unavailable, "the mail server did not say of when it is, so it is left as it is; try again")
		}
		l = &letter{flags: imapconn.ShownFlags(r.Flags), date: r.InternalDate}
		a.evidence.Present = []Present{presentOf(r, a.change.Kind)}
		size := r.RFC822Size
		if size > maxAcross {
			return contract.Errorf(contract.InvalidInput, "it has %d MB; at most %d MB are copied to another account", size>>20, maxAcross>>20)
		}
		l.source = make([]byte, 0, size)
		if err := l.read(c, uid); err != nil {
			return err
		}
		if have := int64(len(l.source)); have+have/8+sizeSlack < size {
			return contract.Errorf(contract.Unavailable, "the mail server gave only %d of its %d bytes, so it is left as it is", have, size)
		}
		// The copy is recognised by what is sent.
		a.evidence.Present[0].Print = fingerprint(&imap.Message{
			RFC822Size: int64(len(l.source)), InternalDate: l.date,
			Sections: []imap.Section{{Specifier: imap.PartSpecifierHeader, Data: l.header()}},
		})
		return nil
	})
	return l, err
}

// read fetches the source piece by piece, until nothing comes any more: what a
// server says of the size is not always true (Exchange).
func (l *letter) read(c *imapconn.Conn, uid uint32) error {
	for len(l.source) <= maxAcross {
		before, told := len(l.source), false
		section := imapconn.Part(nil, imap.PartSpecifierNone, int64(before), letterPieceBytes)
		fetch := c.Fetch([]uint32{uid}, &imap.FetchOptions{BodySection: []*imap.BodySection{section}})
		rows, err := fetch.Wait()
		for _, r := range rows {
			if data, ok := r.Section(nil, imap.PartSpecifierNone); ok && r.UID == uid {
				l.source, told = append(l.source[:before], data...), true
			}
		}
		switch {
		case err != nil:
			return fmt.Errorf("FETCH source: %w", err)
		case !told: // not the end: it was removed while it was read
			return contract.Errorf(contract.NotFound, "the mail server does not give it any more")
		}
		if len(l.source) == before {
			if before == 0 {
				return contract.Errorf(contract.NotFound, "the mail server has nothing of it to copy")
			}
			return nil
		}
	}
	return contract.Errorf(contract.InvalidInput, "it has more than %d MB; so much is not copied to another account", maxAcross>>20)
}

// deliver looks at the destination, records the evidence, appends the message,
// with its flags and its date, and looks at the copy. nil: it could not be
// verified.
func (a *attempt) deliver(ctx context.Context, to *imapconn.Pool, l *letter) (copied *contract.MessageID, err error) {
	err = to.Do(ctx, "", func(_ context.Context, c *imapconn.Conn) error {
		if a.sent {
			return errNotRepeated
		}
		if err := c.Client().Permitted(a.batch.To); err != nil {
			return err
		}
		status, err := c.Client().Status(a.batch.To, &imap.StatusOptions{UIDNext: true, UIDValidity: true}).Wait()
		if err != nil {
			return notDestination(a.batch.To, err)
		}
		a.evidence.ToUIDValidity, a.evidence.ToUIDNext = status.UIDValidity, status.UIDNext
		if err := a.begin(); err != nil {
			return err
		}
		data, err := c.Append(a.batch.To, int64(len(l.source)), l.write, &imap.AppendOptions{Flags: appendFlags(l.flags), Time: l.date})
		if err != nil {
			return fmt.Errorf("APPEND: %w", err)
		}
		copied, err = a.verify(c, l, data.UID)
		if err != nil && (imapconn.IsRefusal(err) || !imapconn.IsFault(err)) {
			return nil // it has it, and does not let us look
		}
		return err
	})
	return copied, err
}

// appendFlags are the flags a copy gets: those that can be sent.
func appendFlags(flags []string) []imap.Flag {
	var list []imap.Flag
	for _, f := range flags {
		if !isRecent(f) && contract.CheckFlag("flag", f) == nil {
			list = append(list, imap.Flag(f))
		}
	}
	return list
}

// verify compares the copy with what was sent: its header, its last bytes, and
// that nothing follows them. uid is 0 where the server did not name it
// (APPENDUID, RFC 4315 §3); then it is looked for among what is new.
func (a *attempt) verify(c *imapconn.Conn, l *letter, uid uint32) (*contract.MessageID, error) {
	set := imap.UIDSet{{Start: uid, Stop: uid}}
	if uid == 0 {
		if a.evidence.ToUIDNext == 0 {
			return nil, nil // it could be anywhere
		}
		set = imap.UIDSet{{Start: a.evidence.ToUIDNext, Stop: 0}}
	}
	c.Refresh()
	var fetch *imap.Fetch
	tail := max(0, int64(len(l.source)-tailBytes))
	wait := c.Tour([]string{a.batch.To}, func(int) {
		fetch = c.Client().UIDFetch(set, &imap.FetchOptions{BodySection: []*imap.BodySection{
			imapconn.Part(nil, imap.PartSpecifierHeader, 0, letterHeaderBytes),
			imapconn.Part(nil, imap.PartSpecifierNone, tail, 2*tailBytes),
		}})
	})
	stop := wait()[0]
	if stop.Err != nil {
		return nil, stop.Err
	}
	rows, err := fetch.Wait()
	if err != nil && !imapconn.IsRefusal(err) {
		return nil, fmt.Errorf("FETCH copy: %w", err)
	}
	var found uint32
	for _, r := range rows {
		header, _ := r.Section(nil, imap.PartSpecifierHeader)
		end, _ := r.Section(nil, imap.PartSpecifierNone)
		if r.UID >= a.evidence.ToUIDNext && sameHeader(header, l.header()) && bytes.Equal(end, l.tail()) {
			found = max(found, r.UID)
		}
	}
	if found == 0 || stop.Selected.UIDValidity != a.evidence.ToUIDValidity {
		return nil, nil
	}
	return a.newID(stop.Selected.UIDValidity, found), nil
}

// sameHeader compares headers without the blank line at their end, which
// GreenMail leaves out of BODY[HEADER].
func sameHeader(a, b []byte) bool {
	return bytes.Equal(bytes.TrimRight(a, "\r\n"), bytes.TrimRight(b, "\r\n"))
}

// removeOriginal removes the original of a move, whose copy was verified.
func (a *attempt) removeOriginal(ctx context.Context, s *Service, from *imapconn.Pool, copied *contract.MessageID) {
	uid := a.batch.UIDs[0]
	removing := false
	err := from.Do(ctx, "", func(_ context.Context, c *imapconn.Conn) error {
		if removing {
			return errNotRepeated
		}
		open, err := c.OpenToChange(a.batch.Mailbox, func() {})()
		if err != nil {
			return err
		}
		if open.UIDValidity != a.batch.UIDValidity {
			return contract.ErrStale(open.UIDValidity, a.batch.UIDValidity)
		}
		removing = true
		left, err := a.markAndExpunge(c, a.present())
		if err != nil {
			return err
		}
		o := a.removed(left, a.evidence.Present[0], copied, c.Has(imap.CapUIDPlus))
		if o.Status == Done && c.Has(imap.CapGmail) {
			o.Message = fmt.Sprintf("Gmail takes only the label %q off the original and keeps it in All Mail, unless that is Trash or Spam", a.batch.Mailbox)
		}
		a.settle(uid, o)
		return nil
	})
	if err == nil || !removing {
		return // settled, or both are there and said to be
	}
	found := s.lookUntil(ctx, a, reconcileLooks, "", func() error { return s.findAcross(ctx, from, a) })
	a.leaveOpen(err)
	if !found {
		a.settle(uid, Outcome{
			Status: Unknown, Code: contract.Unavailable, NewID: copied,
			Message: fmt.Sprintf("it was copied to %q; whether the original in %q was removed could not be found out", a.batch.To, a.batch.Mailbox),
		})
	}
}

// findAcross looks where a message of a move or copy between accounts is.
func (s *Service) findAcross(ctx context.Context, from *imapconn.Pool, a *attempt) error {
	to, err := s.accounts.Find(a.change.ToAccount)
	if err != nil {
		return err
	}
	var copies map[uint32]*contract.MessageID
	err = to.Do(ctx, "", func(_ context.Context, c *imapconn.Conn) error {
		arrived, validity, err := a.lookForCopies(c)
		copies = a.recognise(validity, arrived, nil)
		return err
	})
	if err != nil {
		return err
	}
	var left map[uint32][]string
	err = from.Do(ctx, "", func(_ context.Context, c *imapconn.Conn) error {
		look, err := a.visit(c, &imap.FetchOptions{Flags: true}, nil)
		if err == nil {
			left, err = look.flags(c)
		}
		return err
	})
	if err != nil {
		return err
	}
	a.settleSeen(left, copies)
	return nil
}

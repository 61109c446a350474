package change

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
)

// move moves the messages: with MOVE (RFC 6851), which a server does as one
// step for each message, or by copying, looking that the copies are there, and
// only then removing the originals.
func (a *attempt) move(c *imapconn.Conn) error {
	if !c.Has(imap.CapMove) {
		return a.moveByCopy(c)
	}
	if err := a.begin(); err != nil {
		return err
	}
	a.inOneStep = true
	cmd, err := c.Client().UIDMove(imap.UIDSetNum(a.present()...), a.batch.To)
	if err != nil {
		return err
	}
	data, err := cmd.Wait()
	switch {
	case err == nil:
		return a.settleNamed(c, pairs(data), data.UIDValidity)
	case hasNoMove(err):
		return a.moveAfterAll(c, err)
	}
	return fmt.Errorf("MOVE: %w", err)
}

// hasNoMove reports whether a refusal is of MOVE itself, which some servers offer
// and do not have (Postal: "BAD command not permitted with UID").
func hasNoMove(err error) bool {
	var refusal *imap.Error
	if !errors.As(err, &refusal) || refusal.Type == imap.StatusResponseTypeBye {
		return false
	}
	text := strings.ToLower(refusal.Text)
	return refusal.Type == imap.StatusResponseTypeBad || refusal.Code == "" && slices.ContainsFunc(
		[]string{"unknown command", "unrecogni", "not supported", "unsupported", "not implemented", "not permitted", "not allowed", "invalid command"},
		func(words string) bool { return strings.Contains(text, words) })
}

// moveAfterAll is for a MOVE that was refused as such: where it is seen that
// nothing moved the messages are copied, and if that can be done, so it will be
// from now on.
func (a *attempt) moveAfterAll(c *imapconn.Conn, refused error) error {
	if err := a.find(c); err != nil {
		return err
	}
	for _, p := range a.evidence.Present {
		if o := a.outcomes[a.index[p.UID]]; o.Status != Failed || o.NewID != nil {
			return fmt.Errorf("MOVE: %w", refused)
		}
	}
	open, err := a.reopen(c)
	if err != nil {
		return err
	}
	a.permanent = open.PermanentFlags
	err = a.moveByCopy(c)
	if a.confirmed {
		c.Learn(imapconn.NoMove)
	}
	return err
}

// reopen opens the batch's mailbox to change it, behind a look elsewhere.
func (a *attempt) reopen(c *imapconn.Conn) (imapconn.Changeable, error) {
	open, err := c.OpenToChange(a.batch.Mailbox, func() {})()
	if err == nil && open.UIDValidity != a.batch.UIDValidity {
		err = contract.ErrStale(open.UIDValidity, a.batch.UIDValidity)
	}
	return open, err
}

// settleNamed is for what the server named the new UIDs of (RFC 4315 §3). Where
// it did not, it looks where the messages went.
func (a *attempt) settleNamed(c *imapconn.Conn, pairs map[uint32]uint32, validity uint32) error {
	if a.named(pairs, validity) == len(a.evidence.Present) {
		return nil
	}
	err := a.find(c)
	a.named(pairs, validity)
	return err
}

// named settles the messages whose new UIDs the server named, and counts them.
func (a *attempt) named(pairs map[uint32]uint32, validity uint32) (n int) {
	for _, p := range a.evidence.Present {
		if uid, ok := pairs[p.UID]; ok && validity != 0 {
			a.settle(p.UID, Outcome{Status: Done, NewID: a.newID(validity, uid)})
			n++
		}
	}
	return n
}

// copyOnly copies the messages.
func (a *attempt) copyOnly(c *imapconn.Conn) error {
	if err := a.begin(); err != nil {
		return err
	}
	named, validity, err := a.copyAll(c)
	if err != nil {
		return err
	}
	return a.settleNamed(c, named, validity)
}

// copyAll sends COPY, which takes all of the messages or none (RFC 9051
// §6.4.7). named is nil where the server does not name the new UIDs.
func (a *attempt) copyAll(c *imapconn.Conn) (named map[uint32]uint32, validity uint32, err error) {
	cmd, err := c.Client().UIDCopy(imap.UIDSetNum(a.present()...), a.batch.To)
	if err != nil {
		return nil, 0, err
	}
	data, err := cmd.Wait()
	if err != nil {
		return nil, 0, fmt.Errorf("COPY: %w", err)
	}
	a.confirmed = true
	return pairs(data), data.UIDValidity, nil
}

// moveByCopy is for a server without MOVE. An original is marked \Deleted only
// when its copy was seen in the destination, and removed only where that can be
// done for it alone.
func (a *attempt) moveByCopy(c *imapconn.Conn) error {
	if !a.keeps(`\Deleted`) {
		return contract.Errorf(contract.PermissionDenied, "the mail server lets no message be taken out of %q: it is read-only; copy can be done", a.batch.Mailbox)
	}
	a.inOneStep = false
	if err := a.begin(); err != nil {
		return err
	}
	if err := a.tryWrite(c); err != nil {
		return err
	}
	named, _, err := a.copyAll(c)
	if err != nil {
		return err
	}
	copies, err := a.copies(c, named)
	if err != nil {
		return err
	}
	a.verified = copies
	var verified []uint32
	for _, p := range a.evidence.Present {
		if id := copies[p.UID]; id != nil {
			verified = append(verified, p.UID)
			a.settle(p.UID, Outcome{Status: Failed, Code: contract.Unavailable, NewID: id, Message: inBoth(a.batch)})
			continue
		}
		a.fail(p.UID, contract.Unavailable, "its copy was not found in %q, so the message was left in %q", a.batch.To, a.batch.Mailbox)
	}
	if len(verified) == 0 {
		return nil
	}
	left, err := a.markAndExpunge(c, verified)
	if err != nil {
		return err
	}
	for _, p := range a.evidence.Present {
		if id := copies[p.UID]; id != nil {
			a.settle(p.UID, a.removed(left, p, id, c.Has(imap.CapUIDPlus)))
		}
	}
	return nil
}

// tryWrite takes \Deleted off a message that has not got it, where the server
// did not say which flags can be changed: a mailbox that is read-only refuses
// before there is a copy that would be one too many.
func (a *attempt) tryWrite(c *imapconn.Conn) error {
	if a.permanent != nil {
		return nil
	}
	op := imap.StoreFlagsDel
	p := a.evidence.Present[0]
	if hasFlag(p.Flags, `\Deleted`) {
		op = imap.StoreFlagsAdd
	}
	store := &imap.StoreFlags{Op: op, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}
	if _, err := c.Client().UIDStore(imap.UIDSetNum(p.UID), store).Wait(); err != nil {
		return fmt.Errorf("STORE: %w", err)
	}
	return nil
}

// removed is what became of an original whose copy is in the destination.
func (a *attempt) removed(left map[uint32][]string, p Present, id *contract.MessageID, canExpunge bool) Outcome {
	flags, there := left[p.UID]
	o := Outcome{Status: Done, NewID: id}
	switch {
	case !there:
	case hasFlag(flags, `\Deleted`) && (!canExpunge || a.neverExpunge):
		o.LeftFlagged = true
		o.Message = fmt.Sprintf(`the original stays in %q, marked \Deleted: `, a.batch.Mailbox)
		if a.neverExpunge {
			o.Message += "nothing is removed from this account (NEVER_EXPUNGE)"
		} else {
			o.Message += "the mail server cannot remove single messages (no UIDPLUS)"
		}
	default:
		o.Status, o.Code, o.Message = Failed, contract.Unavailable, inBoth(a.batch)
		o.LeftFlagged = hasFlag(flags, `\Deleted`) && !hasFlag(p.Flags, `\Deleted`)
	}
	return o
}

// pairs are the new UIDs that the server named (RFC 4315 §3), by the old ones.
// nil: it named none, two messages as one, or more than any batch has.
func pairs(data imap.CopyData) map[uint32]uint32 {
	to, from := map[uint32]uint32{}, map[uint32]bool{}
	for i, uid := range data.Source {
		to[uid], from[data.Dest[i]] = data.Dest[i], true
	}
	if n := len(data.Source); n > contract.MaxMessageIDs || len(to) < n || len(from) < n {
		return nil
	}
	return to
}

// copies finds what arrived in the destination, and opens the source again
// behind it. It returns, for each message of the batch whose copy is certainly
// there, the copy's id: one that the server named, or one of as many of the
// same print as there are messages of it.
func (a *attempt) copies(c *imapconn.Conn, named map[uint32]uint32) (map[uint32]*contract.MessageID, error) {
	arrived, validity, err := a.lookForCopies(c)
	if err != nil {
		return nil, err
	}
	if _, err := a.reopen(c); err != nil {
		return nil, err
	}
	return a.certain(a.recognise(validity, arrived, nil), arrived, named), nil
}

// certain leaves out copies that may be of another message: those the server
// named otherwise, and those of which fewer came than there are messages that
// look alike.
func (a *attempt) certain(found map[uint32]*contract.MessageID, arrived arrivals, pairs map[uint32]uint32) map[uint32]*contract.MessageID {
	balance := map[string]int{}
	prints := map[uint32]string{}
	for _, p := range arrived {
		balance[p.Print]++
		prints[p.UID] = p.Print
	}
	for _, p := range a.evidence.Present {
		balance[p.Print]--
	}
	for _, p := range a.evidence.Present {
		id := found[p.UID]
		switch uid, named := pairs[p.UID]; {
		case id == nil:
		case named && prints[uid] == p.Print:
			id.UID = uid
		case named || balance[p.Print] < 0:
			delete(found, p.UID)
		}
	}
	return found
}

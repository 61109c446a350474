package change

import (
	"fmt"

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
	cmd, err := c.Client().UIDMove(a.present(), a.batch.To)
	if err != nil {
		return err
	}
	data, err := cmd.Wait()
	if err != nil {
		return fmt.Errorf("MOVE: %w", err)
	}
	source, _ := data.SourceUIDs.(imap.UIDSet)
	dest, _ := data.DestUIDs.(imap.UIDSet)
	return a.settleNamed(c, pairUIDs(c, source, dest), data.UIDValidity)
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
	pairs, validity, err := a.copyAll(c)
	if err != nil {
		return err
	}
	return a.settleNamed(c, pairs, validity)
}

// copyAll sends COPY, which takes all of the messages or none (RFC 9051
// §6.4.7). pairs is nil where the server does not name the new UIDs.
func (a *attempt) copyAll(c *imapconn.Conn) (pairs map[uint32]uint32, validity uint32, err error) {
	cmd, err := c.Client().UIDCopy(a.present(), a.batch.To)
	if err != nil {
		return nil, 0, err
	}
	data, err := cmd.Wait()
	if err != nil {
		return nil, 0, fmt.Errorf("COPY: %w", err)
	}
	a.confirmed = true
	if data.UIDValidity == 0 {
		return nil, 0, nil
	}
	return pairUIDs(c, data.SourceUIDs, data.DestUIDs), data.UIDValidity, nil
}

// moveByCopy is for a server without MOVE. An original is marked \Deleted only
// when its copy was seen in the destination, and removed only where that can be
// done for it alone.
func (a *attempt) moveByCopy(c *imapconn.Conn) error {
	if !a.keeps(`\Deleted`) {
		return contract.Errorf(contract.PermissionDenied, "the mail server lets no message be taken out of %q: it is read-only; copy can be done", a.batch.Mailbox)
	}
	if err := a.begin(); err != nil {
		return err
	}
	if err := a.tryWrite(c); err != nil {
		return err
	}
	pairs, _, err := a.copyAll(c)
	if err != nil {
		return err
	}
	copies, err := a.copies(c, pairs)
	if err != nil {
		return err
	}
	a.verified = copies
	var verified imap.UIDSet
	for _, p := range a.evidence.Present {
		if id := copies[p.UID]; id != nil {
			verified.AddNum(imap.UID(p.UID))
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
	set := imap.UIDSetNum(imap.UID(p.UID))
	if err := c.Client().UIDStore(set, &imap.StoreFlags{Op: op, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}).Close(); err != nil {
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

// pairUIDs pairs the two sets of COPYUID, which are in the same order (RFC 4315
// §3). nil: they do not fit each other, or are larger than any batch.
func pairUIDs(c *imapconn.Conn, source, dest imap.UIDSet) map[uint32]uint32 {
	from, to := expand(source), expand(dest)
	if !c.PairsCopies() || len(from) == 0 || len(from) != len(to) {
		return nil
	}
	pairs := map[uint32]uint32{}
	for i := range from {
		pairs[from[i]] = to[i]
	}
	return pairs
}

// expand lists the UIDs of a set; nil if it has more than a batch can have.
func expand(set imap.UIDSet) []uint32 {
	var list []uint32
	for _, r := range set {
		if r.Start == 0 || r.Stop < r.Start || int(r.Stop-r.Start)+len(list) >= contract.MaxMessageIDs {
			return nil
		}
		for n := range uint32(r.Stop-r.Start) + 1 {
			list = append(list, uint32(r.Start)+n)
		}
	}
	return list
}

// copies finds what arrived in the destination, and opens the source again
// behind it. It returns, for each message of the batch whose copy is certainly
// there, the copy's id: one that the server named, or one of as many of the
// same print as there are messages of it.
func (a *attempt) copies(c *imapconn.Conn, pairs map[uint32]uint32) (map[uint32]*contract.MessageID, error) {
	c.Refresh()
	var arrived arrivals
	var fetch *imap.Fetch
	wait := c.Tour([]string{a.batch.To}, func(int) { fetch = a.fetchArrivals(c) })
	if fetch != nil {
		if err := arrived.read(c, fetch, a.evidence.ToUIDNext); err != nil {
			return nil, err
		}
	}
	stop := wait()[0]
	if stop.Err != nil {
		return nil, stop.Err
	}
	reopen, err := c.OpenToChange(a.batch.Mailbox, func() {})()
	if err != nil {
		return nil, err
	}
	if reopen.UIDValidity != a.batch.UIDValidity {
		return nil, contract.ErrStale(reopen.UIDValidity, a.batch.UIDValidity)
	}
	return a.certain(a.recognise(stop.Selected.UIDValidity, arrived, nil), arrived, pairs), nil
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

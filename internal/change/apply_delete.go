package change

import (
	"fmt"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
)

// expunge removes messages for good: it marks them \Deleted, removes exactly
// these with UID EXPUNGE (RFC 4315
// §2.1) and looks which are left. A plain EXPUNGE is never sent: it would remove
// what others have marked.
func (a *attempt) expunge(c *imapconn.Conn) error {
	if a.neverExpunge {
		return contract.Errorf(contract.PermissionDenied, "nothing is removed for good from this account (NEVER_EXPUNGE); delete without permanent moves to Trash")
	}
	if !a.keeps(`\Deleted`) {
		return contract.Errorf(contract.PermissionDenied, "the mail server lets no message be removed from %q: it is read-only", a.batch.Mailbox)
	}
	if err := a.notForGood(); err != nil {
		return err
	}
	if err := a.begin(); err != nil {
		return err
	}
	left, err := a.markAndExpunge(c, a.present())
	if err != nil {
		return err
	}
	for _, p := range a.evidence.Present {
		a.settle(p.UID, expunged(left, p.UID, c.Has(imap.CapUIDPlus)))
	}
	return nil
}

// expunged is what became of a message that was to be removed for good.
func expunged(left map[uint32][]string, uid uint32, canExpunge bool) Outcome {
	flags, there := left[uid]
	if !there {
		return Outcome{Status: Done}
	}
	o := Outcome{Status: Failed, Code: contract.Unavailable, LeftFlagged: hasFlag(flags, `\Deleted`), Message: "the mail server did not remove it"}
	if o.LeftFlagged && !canExpunge {
		o.Message = `it is marked \Deleted and still there: the mail server cannot remove single messages (no UIDPLUS); the "expunge" or "compact" of a mail program removes it`
	} else if o.LeftFlagged {
		o.Message = `it is marked \Deleted and still there; the mail server did not remove it`
	}
	return o
}

// markAndExpunge marks messages \Deleted and, where that can be done for them
// alone, removes them, in one flight; in a second one it looks which are left.
// It returns those, with their flags.
func (a *attempt) markAndExpunge(c *imapconn.Conn, uids []uint32) (map[uint32][]string, error) {
	set := imap.UIDSetNum(uids...)
	remove := c.Has(imap.CapUIDPlus) && !a.neverExpunge
	store := c.Client().UIDStore(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}})
	waits := []func() error{store.Command.Wait}
	if remove {
		waits = append(waits, c.Client().UIDExpunge(set).Wait)
	}
	for _, wait := range waits {
		if err := wait(); err != nil {
			return nil, fmt.Errorf("mark and remove: %w", err)
		}
	}
	// Not in the same flight: Dovecot shows a session what it removed until the
	// command is over.
	return see(c, uids, &imap.FetchOptions{Flags: true}).ask(c, uids).flags(c)
}

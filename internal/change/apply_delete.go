package change

import (
	"cmp"
	"fmt"
	"sync"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
)

// expunge removes messages for good: it marks them \Deleted, removes exactly
// these with UID EXPUNGE (RFC 4315 §2.1) and looks which are left. A plain EXPUNGE is never sent: it would remove what others have
// marked.
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
		o := expunged(left, p.UID, c.Has(imap.CapUIDPlus))
		if o.Status == Failed && a.refusal != "" {
			o.Message = a.refusal + "; " + o.Message
		}
		a.settle(p.UID, o)
	}
	return nil
}

// expunged is what became of a message that was to be removed for good.
func expunged(left map[uint32][]string, uid uint32, canExpunge bool) Outcome {
	flags, there := left[uid]
	switch {
	case !there:
		return Outcome{Status: Done}
	case hasFlag(flags, `\Deleted`) && !canExpunge:
		return Outcome{
			Status: Failed, Code: contract.Unavailable, LeftFlagged: true,
			Message: `it is marked \Deleted and still there: the mail server cannot remove single messages (no UIDPLUS); the "expunge" or "compact" of a mail program removes it`,
		}
	case hasFlag(flags, `\Deleted`):
		return Outcome{Status: Failed, Code: contract.Unavailable, LeftFlagged: true, Message: `it is marked \Deleted and still there; the mail server did not remove it`}
	}
	return Outcome{Status: Failed, Code: contract.Unavailable, Message: "the mail server did not remove it"}
}

// markAndExpunge marks messages \Deleted and, where that can be done for them
// alone, removes them, in one flight; in a second one it looks which are left.
// It returns those, with their flags.
func (a *attempt) markAndExpunge(c *imapconn.Conn, set imap.UIDSet) (map[uint32][]string, error) {
	var store *imap.Fetch
	var expunge *imap.Command
	remove := c.Has(imap.CapUIDPlus) && !a.neverExpunge
	store = c.Client().UIDStore(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}})
	if remove {
		expunge = c.Client().UIDExpunge(set)
	}
	// Both at once: Dovecot answers the STORE behind what the EXPUNGE brings.
	var expungeErr error
	var wg sync.WaitGroup
	if expunge != nil {
		wg.Go(func() { expungeErr = expunge.Close() })
	}
	storeErr := store.Close()
	wg.Wait()
	for _, err := range []error{storeErr, expungeErr} {
		if err == nil {
			continue
		}
		if !imapconn.IsRefusal(err) {
			return nil, fmt.Errorf("mark and remove: %w", err)
		}
		// A refusal shows in what is left.
		a.refusal = cmp.Or(a.refusal, imapconn.AsIssue("change", err).Message)
	}
	// Not in the same flight: Dovecot shows a session what it removed until the
	// command is over.
	return flagsOf(c, c.Client().UIDFetch(set, &imap.FetchOptions{Flags: true}))
}

package guard

import (
	"context"

	"mail-imap-mcp/internal/contract"
)

// denied refuses a place that the caller may not know of, in the words of a
// mailbox that is not there.
func (g *Guard) denied(ctx context.Context, call Call, places []contract.Place) *contract.Error {
	for _, p := range places {
		if a, known := g.account(p.Account); known && p.Mailbox != "" && !a.Permits(p.Mailbox) {
			g.event(ctx, EventDeniedMailbox, call.Caller, p.Account)
			return contract.ErrNoMailbox(p.Mailbox, "")
		}
	}
	return nil
}

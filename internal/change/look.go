package change

import (
	"context"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
)

// Look finds out what happened to batch i of a change of which only the
// evidence is left, as after a crash. It only reads. The error is that of the
// connection; then nothing new is known.
func (s *Service) Look(ctx context.Context, ch *Change, i int, evidence Evidence) ([]Outcome, error) {
	a := newAttempt(ch, i, nil)
	a.evidence = evidence
	known := map[uint32]bool{}
	for _, p := range evidence.Present {
		known[p.UID] = true
	}
	for _, uid := range a.batch.UIDs {
		if !known[uid] {
			a.fail(uid, contract.NotFound, "it was not there any more")
		}
	}
	pool, err := s.accounts.Find(ch.Account)
	if err != nil {
		return nil, err
	}
	if ch.ToAccount != "" && ch.ToAccount != ch.Account {
		err = s.findAcross(ctx, pool, a)
	} else {
		err = pool.Do(ctx, "", func(_ context.Context, c *imapconn.Conn) error {
			a.inOneStep = ch.Kind == Move && c.Has(imap.CapMove)
			return a.find(c)
		})
	}
	if err != nil {
		return nil, imapconn.Classify("look", err)
	}
	return a.outcomes, nil
}

package mailbox

import (
	"context"

	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/message"
)

// Get reads one message in two flights: header and structure, then only what is
// shown: the body parts, and the attachments whose text is wanted. Where an earlier
// answer told its structure, or that it is small, one flight does. Where an
// account is locked down, more may be needed in between, to look for its sender
// among those the mailbox has written to (see people.Service.Withhold).
func (s *Service) Get(ctx context.Context, q GetQuery) (*Message, error) {
	pool, err := s.accounts.Find(q.ID.Account)
	if err != nil {
		return nil, err
	}
	ahead := func(root *message.Part) []*sourcePart { return choose(q, root).sources() }
	o, content, err := s.openAhead(ctx, pool, q.ID, ahead, func(c *imapconn.Conn, o *Opened) (*Content, error) {
		return Load(c, q, o)
	})
	if o == nil {
		return nil, imapconn.Classify("read", err)
	}
	if err != nil && !imapconn.IsFault(err) {
		return nil, err
	}
	m := s.present(ctx, q, o, content)
	if err != nil {
		issue := imapconn.AsIssue("body", err)
		m.Issues = append(m.Issues, issue)
		m.BodySpan.AtLeast = m.BodySpan.AtLeast || issue.Stage == "body"
	}
	return m, nil
}

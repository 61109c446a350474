package draft

import (
	"context"
	"slices"
	"strings"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/mailbox"
)

// checkReplaced refuses to replace a message that is no draft: one that neither
// lies in Drafts nor has the flag \Draft (RFC 9051 §2.3.2), which only the
// owner's programs set. It costs one flight.
func (s *Service) checkReplaced(ctx context.Context, pool *imapconn.Pool, id contract.MessageID, drafts string) error {
	o, _, err := s.mail.Open(ctx, pool, id, func(*imapconn.Conn, *mailbox.Opened) (*mailbox.Content, error) { return nil, nil })
	if err != nil {
		return imapconn.Classify(stageDraft, err)
	}
	isDraft := func(flag string) bool { return strings.EqualFold(flag, string(imap.FlagDraft)) }
	if contract.CanonicalMailbox(id.Mailbox) == contract.CanonicalMailbox(drafts) || slices.ContainsFunc(o.Flags, isDraft) {
		return nil
	}
	return contract.Errorf(contract.InvalidInput, "replaces_message_id names a message that is no draft: it does not lie in %q and has no flag \\Draft; leave it out to save a new draft beside it", drafts)
}

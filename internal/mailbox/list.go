package mailbox

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/people"
)

// List names an account's mailboxes with what they are for and how much is in
// them: one round trip where the server has LIST-STATUS (RFC 5819), two where
// each STATUS must be asked for. INBOX comes first, the rest by name.
func (s *Service) List(ctx context.Context, q ListQuery) (*ListResult, error) {
	pool, err := s.accounts.Section(q.Account)
	if err != nil {
		return nil, err
	}
	pattern := q.Pattern
	if pattern == "" {
		pattern = "*"
	} else if err := contract.CheckMailbox("pattern", pattern); err != nil {
		return nil, err
	}
	result := &ListResult{Account: pool.Account().ID}
	err = pool.Do(ctx, "", func(_ context.Context, c *imapconn.Conn) error {
		result.Mailboxes, result.Truncated, result.Issues, result.unusable = nil, false, nil, 0
		withStatus := c.Has(imap.CapListStatus)
		opts := &imap.ListOptions{ReturnSpecialUse: c.Has(imap.CapSpecialUse) && c.Has(imap.CapListExtended)}
		if withStatus {
			opts.ReturnStatus = &imap.StatusOptions{NumMessages: true, NumUnseen: true}
		}
		cmd := c.Client().List("", pattern, opts)
		result.collect(cmd)
		if err := cmd.Close(); err != nil {
			return fmt.Errorf("LIST: %w", err)
		}
		if !withStatus {
			return result.askStatus(c)
		}
		return nil
	})
	if err != nil {
		return nil, imapconn.Classify("list", err)
	}
	if result.unusable > 0 {
		result.Issues = append(result.Issues, contract.Issue{
			Code:    contract.InvalidInput,
			Stage:   "list",
			Message: fmt.Sprintf("%s left out: the name is longer than %d characters or has control characters", contract.Plural(result.unusable, "mailbox"), contract.MaxMailboxChars),
		})
	}
	if result.Truncated {
		result.Issues = append(result.Issues, contract.Issue{
			Code:    contract.InvalidInput,
			Stage:   "list",
			Message: fmt.Sprintf("there are more than %d mailboxes; only the first %d are shown: narrow the list with pattern, for example \"Projects*\"", contract.MaxMailboxes, contract.MaxMailboxes),
		})
	}
	slices.SortStableFunc(result.Mailboxes, byName)
	return result, nil
}

// collect reads the rows of a LIST, keeping at most contract.MaxMailboxes.
func (r *ListResult) collect(cmd *imapconn.ListCommand) {
	for data := cmd.Next(); data != nil; data = cmd.Next() {
		if contract.CheckMailbox("mailbox", data.Mailbox) != nil {
			r.unusable++
			continue
		}
		info := Info{Name: contract.CanonicalMailbox(data.Mailbox), Selectable: true}
		if data.Delim != 0 {
			info.Delimiter = string(data.Delim)
		}
		for _, attr := range data.Attrs {
			switch {
			case people.SameAttr(attr, imap.MailboxAttrNoSelect), people.SameAttr(attr, imap.MailboxAttrNonExistent):
				info.Selectable = false
			default:
				for known, use := range people.SpecialUses {
					if people.SameAttr(attr, known) {
						info.SpecialUse = use
					}
				}
			}
		}
		if data.Status != nil {
			info.Total, info.Unread = data.Status.NumMessages, data.Status.NumUnseen
		}
		r.keep(info)
	}
}

// keep adds a mailbox while there is room; INBOX and those with a special use
// take the place of an ordinary one.
func (r *ListResult) keep(info Info) {
	if len(r.Mailboxes) < contract.MaxMailboxes {
		r.Mailboxes = append(r.Mailboxes, info)
		return
	}
	r.Truncated = true
	if ordinary(info) {
		return
	}
	for i := len(r.Mailboxes) - 1; i >= 0; i-- {
		if ordinary(r.Mailboxes[i]) {
			r.Mailboxes[i] = info
			return
		}
	}
}

func ordinary(info Info) bool { return info.Name != contract.Inbox && info.SpecialUse == "" }

// askStatus asks the counts of all mailboxes in one flight. A mailbox whose
// STATUS is refused is listed without counts.
func (r *ListResult) askStatus(c *imapconn.Conn) error {
	cmds := make([]*imap.Query[*imap.StatusData], len(r.Mailboxes))
	for i, info := range r.Mailboxes {
		if info.Selectable {
			cmds[i] = c.Client().Status(info.Name, &imap.StatusOptions{NumMessages: true, NumUnseen: true})
		}
	}
	refused := 0
	for i, cmd := range cmds {
		if cmd == nil {
			continue
		}
		data, err := cmd.Wait()
		if err != nil {
			if !imapconn.IsRefusal(err) {
				return fmt.Errorf("STATUS: %w", err)
			}
			refused++
			continue
		}
		r.Mailboxes[i].Total, r.Mailboxes[i].Unread = data.NumMessages, data.NumUnseen
	}
	if refused > 0 {
		r.Issues = append(r.Issues, contract.Issue{
			Code:    contract.Internal,
			Stage:   "status",
			Message: fmt.Sprintf("the server refused the counts of %d mailboxes; they are listed without", refused),
		})
	}
	return nil
}

// byName orders INBOX first (its name is case-insensitive, RFC 9051 §5.1).
func byName(a, b Info) int {
	ai, bi := a.Name == contract.Inbox, b.Name == contract.Inbox
	switch {
	case ai && !bi:
		return -1
	case bi && !ai:
		return 1
	}
	return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
}

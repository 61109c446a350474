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
	pool, err := s.accounts.Find(q.Account)
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
		result.Mailboxes, result.Truncated, result.Issues, result.unusable, result.problems = nil, false, nil, 0, nil
		withStatus := c.Has(imap.CapListStatus)
		opts := &imap.ListOptions{ReturnSpecialUse: c.Has(imap.CapSpecialUse) && c.Has(imap.CapListExtended)}
		if withStatus {
			opts.ReturnStatus = &imap.StatusOptions{NumMessages: true, NumUnseen: true}
		}
		cmd := c.Client().List("", pattern, opts)
		rows, err := cmd.Wait()
		if imapconn.IsRefusal(err) && opts.Extended() {
			// Offered and refused: asked in the plain way from now on.
			c.Learn(imapconn.NoListStatus)
			withStatus = false
			rows, err = c.Client().List("", pattern, nil).Wait()
		}
		if err != nil {
			return fmt.Errorf("LIST: %w", err)
		}
		result.collect(rows)
		result.problems = c.Client().Problems()
		return result.askStatus(c, withStatus)
	})
	if err != nil {
		return nil, imapconn.Classify("list", err)
	}
	if n := len(result.problems); n > 0 {
		result.Issues = append(result.Issues, contract.Issue{
			Code: contract.Internal, Stage: "list",
			Message: fmt.Sprintf("of the server's answer %s could not be understood (%s); the list may lack a mailbox", contract.Plural(n, "part"), strings.Join(slices.Compact(result.problems), ", ")),
		})
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
func (r *ListResult) collect(rows []*imap.ListData) {
	seen := map[string]bool{}
	for _, data := range rows {
		name := contract.CanonicalMailbox(data.Mailbox)
		if seen[name] {
			continue
		}
		seen[name] = true
		if contract.CheckMailbox("mailbox", data.Mailbox) != nil {
			r.unusable++
			continue
		}
		info := Info{Name: name, Selectable: true}
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

// askStatus asks the counts of all mailboxes that have none, in one flight. A
// mailbox whose STATUS is refused is listed without counts. told: LIST was asked
// for them, and of those that it told nothing of some are enough to know.
func (r *ListResult) askStatus(c *imapconn.Conn, told bool) error {
	cmds := make([]*imap.Query[*imap.StatusData], len(r.Mailboxes))
	if told && !slices.ContainsFunc(r.Mailboxes, func(info Info) bool { return info.Total != nil || info.Unread != nil }) {
		c.Learn(imapconn.NoListStatus)
	}
	for i, info := range r.Mailboxes {
		if info.Selectable && info.Total == nil && info.Unread == nil {
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

package draft

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"time"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
)

// plainID is a message id in which there is no room for a sentence.
var plainID = regexp.MustCompile(`^\s*<[A-Za-z0-9._+=$/-]{1,100}@[A-Za-z0-9.-]{1,100}>\s*$`)

// errTried keeps a draft from being appended twice: the pool runs an operation
// again when a cached connection turns out dead.
var errTried = &contract.Error{Code: contract.Unavailable, Message: "the connection to the mail server was lost"}

// Save appends a draft to its mailbox, flagged \Draft and \Seen. It is
// appended at most once: when the connection is lost before the answer, Drafts
// is looked into for its Message-ID, which nothing else has, and what is found
// there is the answer. A fault that is not retryable and tells to look there says
// that this could not be found out: it may have been saved.
func (s *Service) Save(ctx context.Context, p *Prepared) (*Saved, error) {
	pool, err := s.accounts.Find(p.Account)
	if err != nil {
		return nil, err
	}
	saved := &Saved{Issues: []contract.Issue{}}
	tried := false
	var data imap.AppendData
	err = pool.Do(ctx, "", func(_ context.Context, c *imapconn.Conn) error {
		if tried {
			return errTried
		}
		var err error
		data, err = p.append(c, &tried)
		return err
	})
	switch {
	case err == nil && data.UID != 0 && data.UIDValidity != 0:
		saved.ID = &contract.MessageID{Account: p.Account, Mailbox: p.Mailbox, UIDValidity: data.UIDValidity, UID: data.UID}
		return saved, nil
	case imapconn.IsRefusal(err):
		s.people.ForgetPlaces(pool) // Drafts may be elsewhere now
		return nil, draftRefused(p.Mailbox, err)
	case err != nil && !tried:
		return nil, imapconn.Classify(stageDraft, err) // nothing was sent
	}
	id, looked := s.lookForDraft(ctx, pool, p, err != nil)
	switch {
	case id != nil:
		saved.ID = id
	case err == nil:
		saved.Issues = append(saved.Issues, contract.Issue{
			Code: contract.NotFound, Stage: stageDraft,
			Message: "the draft is saved, but the mail server does not say as which message; look for it in " + p.Mailbox,
		})
	default:
		return nil, notSaved(p.Mailbox, err, looked)
	}
	return saved, nil
}

// notSaved is the answer when the connection was lost and the draft was not
// found. A server that merely did not answer in time may still store it.
func notSaved(mailbox string, err, looked error) error {
	f := &contract.Fault{Code: contract.Unavailable, Stage: stageDraft, Cause: errors.Join(err, looked)}
	var lost *contract.Fault
	switch {
	case looked != nil:
		f.Message = "the connection was lost while the draft was being saved, and it could not be found out whether it was: look into " + mailbox + " before saving it again"
	case errors.As(err, &lost) && lost.Code == contract.Timeout:
		f.Code = contract.Timeout
		f.Message = "the mail server did not answer in time; the draft is not in " + mailbox + " yet: look there before saving it again"
	default:
		f.Retryable = true
		f.Message = "the connection was lost while the draft was being saved, and it is not in " + mailbox + ": nothing was saved; try again"
	}
	return f
}

// append sends the APPEND (RFC 9051 §6.3.12), on a connection that was just seen
// to be alive: one that died while it was idle can still be replaced.
func (p *Prepared) append(c *imapconn.Conn, tried *bool) (imap.AppendData, error) {
	if err := c.Client().Noop().Wait(); err != nil {
		return imap.AppendData{}, fmt.Errorf("NOOP: %w", err)
	}
	write := func(w io.Writer) error {
		_, err := p.message.WriteTo(w)
		return err
	}
	if err := c.Client().Permitted(p.Mailbox); err != nil {
		return imap.AppendData{}, err
	}
	*tried = true
	data, err := c.Append(p.Mailbox, p.Size, write, &imap.AppendOptions{Flags: []imap.Flag{imap.FlagDraft, imap.FlagSeen}})
	if err != nil {
		return data, fmt.Errorf("APPEND: %w", err)
	}
	return data, nil
}

// draftRefused is the server's NO: nothing was saved. RFC 9051 §6.3.12 has
// TRYCREATE for a mailbox that is not there, RFC 5530 §3 OVERQUOTA.
func draftRefused(mailbox string, err error) error {
	var refusal *imap.Error
	if errors.As(err, &refusal) && (refusal.Code == imap.ResponseCodeTryCreate || refusal.Code == imap.ResponseCodeNonExistent) {
		return contract.Errorf(contract.NotFound, "mailbox %q does not exist any more; imap_manage_mailbox can create it (action create)", mailbox)
	}
	return imapconn.Classify(stageDraft, err)
}

// lookForDraft finds a draft in its mailbox by its Message-ID. again: it may
// still be on its way, so that it is looked for twice. The caller's end does not
// end the search: what happened has to be known.
func (s *Service) lookForDraft(ctx context.Context, pool *imapconn.Pool, p *Prepared, again bool) (id *contract.MessageID, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookWithin)
	defer cancel()
	for try := range 2 {
		if try > 0 {
			if !again {
				break
			}
			select {
			case <-time.After(lookAgainAfter):
			case <-ctx.Done():
			}
		}
		err = pool.Do(ctx, p.Mailbox, func(_ context.Context, c *imapconn.Conn) error {
			var err error
			id, err = findByMessageID(c, p)
			return err
		})
		if id != nil || err != nil {
			break
		}
	}
	return id, err
}

// findByMessageID asks the open mailbox for a draft. NOOP comes first, and is
// waited for: Dovecot tells of new mail only with its answer.
func findByMessageID(c *imapconn.Conn, p *Prepared) (*contract.MessageID, error) {
	if err := c.Client().Noop().Wait(); err != nil {
		return nil, fmt.Errorf("NOOP: %w", err)
	}
	criteria := &imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "Message-Id", Value: p.MessageIDHeader}}}
	options := &imap.SearchOptions{ReturnMax: true}
	if !c.Has(imap.CapESearch) {
		options = nil
	}
	found, err := c.Client().UIDSearch(criteria, options).Wait()
	if err != nil {
		return nil, fmt.Errorf("SEARCH Message-ID: %w", err)
	}
	uid := found.Max
	if options == nil {
		if list := imapconn.Newest(found.All, 1, 0); len(list) > 0 {
			uid = list[0]
		}
	}
	if uid == 0 {
		return nil, nil
	}
	return &contract.MessageID{Account: p.Account, Mailbox: p.Mailbox, UIDValidity: c.Selected().UIDValidity, UID: uid}, nil
}

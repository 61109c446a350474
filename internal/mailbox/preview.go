package mailbox

import (
	"context"
	"fmt"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/message"
)

// Preview is what a change would do, message by message.
type Preview struct {
	// Outcomes are not_attempted, with what would happen, or failed.
	Outcomes []Outcome
	// Subjects are of the first few messages, in their senders' words, made
	// safe to show to the person.
	Subjects []string
}

// maxPreviewSubjects and maxPreviewSubject: a question shows a few subjects, a
// line each.
const (
	maxPreviewSubjects = 5
	maxPreviewSubject  = 70 // characters
)

// Preview looks, without changing anything (EXAMINE), at what a plan would do.
// It takes one flight for each mailbox.
func (s *Service) Preview(ctx context.Context, p *Plan) (*Preview, error) {
	pool, err := s.pool(p.Change.Account)
	if err != nil {
		return nil, err
	}
	if p.Change.ToAccount != "" {
		if err := s.checkDestination(ctx, p.Change.ToAccount, p.Destination); err != nil {
			return nil, err
		}
	}
	v := &Preview{}
	for i := range p.Change.Batches {
		a := newAttempt(p.Change, i, nil)
		err := pool.Do(ctx, "", func(_ context.Context, c *imapconn.Conn) error {
			return v.look(c, a)
		})
		if err != nil {
			a.refuse(imapconn.Classify("preview", err))
		}
		v.Outcomes = append(v.Outcomes, a.outcomes...)
	}
	v.Outcomes = append(v.Outcomes, p.Refused...)
	return v, nil
}

// look reads what is there of one batch.
func (v *Preview) look(c *imapconn.Conn, a *attempt) error {
	across := a.change.ToAccount != ""
	if a.batch.To != "" && !across {
		if err := c.Client().Permitted(a.batch.To); err != nil {
			return err
		}
	}
	var set, titled imap.UIDSet
	for i, uid := range a.batch.UIDs {
		set.AddNum(imap.UID(uid))
		if i < maxPreviewSubjects-len(v.Subjects) {
			titled.AddNum(imap.UID(uid))
		}
	}
	c.Refresh()
	var fetch, titles *imapclient.FetchCommand
	var status *imapclient.StatusCommand
	wait := c.Tour([]string{a.batch.Mailbox}, func(int) {
		fetch = c.Client().Fetch(set, &imap.FetchOptions{UID: true, Flags: true})
		if a.batch.To != "" && !across {
			status = c.Client().Status(a.batch.To, &imap.StatusOptions{UIDValidity: true})
		}
	})
	left, err := flagsOf(c, fetch)
	stop := wait()[0]
	if stop.Err != nil {
		return stop.Err
	}
	if err != nil {
		return err
	}
	if stop.Selected.UIDValidity != a.batch.UIDValidity {
		return errStale(stop.Selected.UIDValidity, a.batch.UIDValidity)
	}
	if status != nil {
		if _, err := status.Wait(); err != nil {
			return notDestination(a.batch.To, err)
		}
	}
	for _, uid := range a.batch.UIDs {
		flags, there := left[uid]
		if !there {
			a.fail(uid, contract.NotFound, "%s", errGone(a.outcomes[a.index[uid]].ID).Error())
			continue
		}
		a.settle(uid, Outcome{Status: NotAttempted, Message: a.would(flags)})
	}
	if len(titled) == 0 {
		return nil
	}
	titles = c.Client().Fetch(titled, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{{
		Specifier: imap.PartSpecifierHeader, HeaderFields: []string{"Subject"}, Peek: true,
		Partial: &imap.SectionPartial{Offset: 0, Size: summaryHeaderBytes},
	}}})
	return fetchRows(c, titles, maxChangeRows, summaryHeaderBytes, func(r row) {
		if header := r.sections; len(header) > 0 && len(v.Subjects) < maxPreviewSubjects {
			v.Subjects = append(v.Subjects, previewSubject(header[0].data))
		}
	})
}

func previewSubject(header []byte) string {
	subject := []rune(message.ParseHeader(header).Text("Subject"))
	if len(subject) > maxPreviewSubject {
		return string(subject[:maxPreviewSubject]) + "…"
	}
	return string(subject)
}

// would says what would happen to a message with these flags.
func (a *attempt) would(flags []string) string {
	where := fmt.Sprintf("%q", a.batch.To)
	if a.change.ToAccount != "" {
		where += fmt.Sprintf(" of account %q", a.change.ToAccount)
	}
	switch a.change.Kind {
	case ChangeMove:
		return "would be moved to " + where
	case ChangeCopy:
		return "would be copied to " + where
	case ChangeDelete:
		return "would be removed for good"
	}
	add, remove := missing(a.batch.Add, flags), common(flags, a.batch.Remove)
	if a.batch.Replace {
		remove = missing(flags, a.batch.Add)
	}
	var what []string
	if len(add) > 0 {
		what = append(what, "would get "+strings.Join(add, " "))
	}
	if len(remove) > 0 {
		what = append(what, "would lose "+strings.Join(remove, " "))
	}
	if len(what) == 0 {
		return "has these flags already"
	}
	return strings.Join(what, " and ")
}

// checkDestination looks whether a mailbox of another account is there.
func (s *Service) checkDestination(ctx context.Context, account, mailbox string) error {
	pool, err := s.pool(account)
	if err != nil {
		return err
	}
	err = pool.Do(ctx, "", func(_ context.Context, c *imapconn.Conn) error {
		if err := c.Client().Permitted(mailbox); err != nil {
			return err
		}
		if _, err := c.Client().Status(mailbox, &imap.StatusOptions{UIDValidity: true}).Wait(); err != nil {
			return notDestination(mailbox, err)
		}
		return nil
	})
	return imapconn.Classify("destination", err)
}

package change

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/message"
)

// Preview is what a change would do, message by message.
type Preview struct {
	// Outcomes are not_attempted, with what would happen, or failed.
	Outcomes []Outcome
	// Samples are the first few messages, in their senders' words.
	Samples []Sample
	// Oldest and Newest are when the messages arrived that would be changed; zero
	// where the server says of none.
	Oldest, Newest time.Time
}

// Sample is a message as a person knows it again, made safe to show.
type Sample struct {
	Subject string
	From    []message.Address
}

// Preview looks, without changing anything (EXAMINE), at what a plan would do.
// It takes a flight for each mailbox, ParallelBatches of them at once.
func (s *Service) Preview(ctx context.Context, p *Plan) (*Preview, error) {
	pool, err := s.accounts.Find(p.Change.Account)
	if err != nil {
		return nil, err
	}
	if p.Change.ToAccount != "" {
		if err := s.checkDestination(ctx, p.Change.ToAccount, p.Destination); err != nil {
			return nil, err
		}
	}
	looks := make([]*glance, len(p.Change.Batches))
	var wg sync.WaitGroup
	slots := make(chan struct{}, ParallelBatches)
	for i := range looks {
		looks[i] = &glance{attempt: newAttempt(p.Change, i, nil)}
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			err := pool.Do(ctx, "", func(_ context.Context, c *imapconn.Conn) error { return looks[i].look(c) })
			if err != nil {
				looks[i].refuse(imapconn.Classify("preview", err))
				looks[i].clear()
			}
		})
	}
	wg.Wait()
	v := &Preview{}
	for _, a := range looks {
		v.Outcomes = append(v.Outcomes, a.outcomes...)
		v.Samples = append(v.Samples, a.samples...)
		for _, at := range a.arrived {
			if v.Oldest.IsZero() || at.Before(v.Oldest) {
				v.Oldest = at
			}
			if at.After(v.Newest) {
				v.Newest = at
			}
		}
	}
	v.Samples = v.Samples[:min(len(v.Samples), maxSamples)]
	v.Outcomes = append(v.Outcomes, p.Refused...)
	return v, nil
}

// glance is the preview of one batch.
type glance struct {
	*attempt
	samples []Sample
	arrived []time.Time
}

func (a *glance) clear() { a.samples, a.arrived = nil, nil }

// look reads what is there of the batch.
func (a *glance) look(c *imapconn.Conn) error {
	a.clear()
	across := a.change.ToAccount != ""
	if a.batch.To != "" && !across {
		if err := c.Client().Permitted(a.batch.To); err != nil {
			return err
		}
	}
	shown := a.batch.UIDs[:min(len(a.batch.UIDs), maxSamples)]
	var headers *imap.Fetch
	var status *imap.Query[*imap.StatusData]
	var labels *imapconn.ListCommand
	look, err := a.visit(c, &imap.FetchOptions{Flags: true, InternalDate: true}, func() {
		if a.number < maxSamples {
			headers = c.Fetch(shown, &imap.FetchOptions{BodySection: []*imap.BodySection{{
				Specifier: imap.PartSpecifierHeader, HeaderFields: []string{"Subject", "From"}, Size: previewHeaderBytes,
			}}})
		}
		if a.batch.To != "" && !across {
			status = c.Client().Status(a.batch.To, &imap.StatusOptions{UIDValidity: true})
		}
		labels = a.askGmail(c)
	})
	if err != nil {
		return err
	}
	rows, err := look.read(c)
	if err != nil {
		return err
	}
	if err := a.readGmail(labels); err != nil {
		return err
	}
	if err := a.notForGood(); err != nil {
		return err
	}
	if status != nil {
		if _, err := status.Wait(); err != nil {
			return notDestination(a.batch.To, err)
		}
	}
	for _, uid := range a.batch.UIDs {
		if r := rows[uid]; a.delivered(uid, r) {
			a.settle(uid, Outcome{Status: NotAttempted, Message: a.would(imapconn.ShownFlags(r.Flags))})
			if !r.InternalDate.IsZero() {
				a.arrived = append(a.arrived, r.InternalDate)
			}
		}
	}
	if headers == nil {
		return nil
	}
	list, err := headers.Wait()
	for _, r := range list {
		if header, ok := r.Section(nil, imap.PartSpecifierHeader); ok {
			a.samples = append(a.samples, newSample(message.ParseHeader(header)))
		}
	}
	return err
}

func newSample(h message.Header) Sample {
	subject := []rune(h.Text("Subject"))
	if len(subject) > maxSampleSubject {
		subject = append(subject[:maxSampleSubject], '…')
	}
	return Sample{Subject: string(subject), From: h.Addresses("From")}
}

// would says what would happen to a message with these flags.
func (a *attempt) would(flags []string) string {
	where := fmt.Sprintf("%q", a.batch.To)
	if a.change.ToAccount != "" {
		where += fmt.Sprintf(" of account %q", a.change.ToAccount)
	}
	switch a.change.Kind {
	case Move:
		if a.keptInAll() {
			return fmt.Sprintf("would be in %s too, and stay in %q, where Gmail keeps every mail", where, a.batch.Mailbox)
		}
		return "would be moved to " + where
	case Copy:
		return "would be copied to " + where
	case Delete:
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
	pool, err := s.accounts.Find(account)
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

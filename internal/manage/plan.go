package manage

import (
	"context"
	"slices"

	"mail-imap-mcp/internal/imapconn"
)

// Plan is what Manage would do. Lists have at most maxPlanNames names.
type Plan struct {
	Account string
	Action  Action
	Mailbox string
	To      string

	Create      []string // missing parents, the highest first, then the mailbox
	Below       []string // what is below, by its old name, and is renamed along
	BelowCount  int
	Messages    int // of a rename: how many messages it moves along
	Subscribe   []string
	Unsubscribe []string
	Notes       []string // what else a person should know
}

// Plan checks everything that Manage checks and changes nothing. Its
// errors are those that Manage would answer.
func (s *Service) Plan(ctx context.Context, q Query) (*Plan, error) {
	m, err := s.manage(q)
	if err != nil {
		return nil, err
	}
	messages := 0
	err = m.pool.Do(ctx, "", func(_ context.Context, c *imapconn.Conn) error {
		err := m.prepare(c)
		if err == nil && m.q.Action == Rename {
			messages, err = m.contents(m.q.Mailbox)
		}
		return err
	})
	if err != nil {
		return nil, m.explain(err)
	}
	p := m.plan()
	p.Messages = messages
	return p, nil
}

func (m *managing) plan() *Plan {
	p := &Plan{Account: m.result.Account, Action: m.q.Action, Mailbox: m.q.Mailbox, To: m.q.To, Notes: m.notes()}
	switch m.q.Action {
	case Create:
		p.Create = append(m.tree.missingParents(m.q.Mailbox), m.q.Mailbox)
		p.Subscribe = []string{m.q.Mailbox}
	case Rename:
		v := m.tree.movesOf(m.q.Mailbox, m.renamed)
		p.Create = m.tree.missingParents(m.q.To)
		p.Below, p.BelowCount = v.names, v.below
		p.Subscribe, p.Unsubscribe = v.subscribe, v.unsubscribe
	case Delete:
		p.Unsubscribe = m.tree.movesOf(m.q.Mailbox, m.renamed).unsubscribe
	case Subscribe:
		p.Subscribe = []string{m.q.Mailbox}
	case Unsubscribe:
		p.Unsubscribe = []string{m.q.Mailbox}
	}
	for _, list := range []*[]string{&p.Create, &p.Below, &p.Subscribe, &p.Unsubscribe} {
		*list = slices.Clip((*list)[:min(len(*list), maxPlanNames)])
	}
	return p
}

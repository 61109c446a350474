package imapconn

import (
	"context"
	"errors"
	"testing"

	"mail-imap-mcp/internal/contract"
)

// tour visits mailboxes with a NOOP in each.
func tour(c *Conn, mailboxes ...string) []Stop {
	return c.Tour(mailboxes, func(int) { c.Client().Noop() })()
}

func selected(name string, validity, next, messages uint32) Selected {
	return Selected{Name: name, UIDValidity: validity, UIDNext: next, NumMessages: messages}
}

func TestTour_OpensEachMailboxInOneFlightAndLeavesTheLastOpen(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.handle = func(s *session, tag, cmd string) bool {
		if cmd == `EXAMINE "B"` {
			s.say("* 4 EXISTS\r\n* OK [UIDVALIDITY 8] x\r\n* OK [UIDNEXT 20] x\r\n%s OK [READ-ONLY] done\r\n", tag)
			return true
		}
		return false
	}
	p := f.start().pool()
	err := p.Do(t.Context(), "INBOX", func(ctx context.Context, c *Conn) error {
		before := p.Stats()
		stops := tour(c, "inbox", "A", "B")
		if after := p.Stats(); after.Flights != before.Flights+1 {
			t.Errorf("before %+v, after %+v", before, after)
		}
		for i, want := range []Selected{selected("INBOX", 7, 10, 3), selected("A", 7, 10, 3), selected("B", 8, 20, 4)} {
			if stops[i].Selected != want || stops[i].Err != nil {
				t.Errorf("stop %d: %+v, want %+v", i, stops[i], want)
			}
		}
		if c.Selected() != selected("B", 8, 20, 4) {
			t.Errorf("%+v is open", c.Selected())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	// The next lease knows what is open.
	for mailbox, flights := range map[string]int{"B": 1, "INBOX": 2} {
		before := p.Stats()
		if err := p.Do(t.Context(), mailbox, noop); err != nil || p.Stats().Flights != before.Flights+flights {
			t.Errorf("%s: %v, %d flights", mailbox, err, p.Stats().Flights-before.Flights)
		}
		if err := p.Do(t.Context(), "", func(_ context.Context, c *Conn) error { tour(c, "A", "B"); return nil }); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTour_AMailboxThatCannotBeOpenedIsSaidSoAndTheOthersAreOpened(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.handle = func(s *session, tag, cmd string) bool {
		switch cmd {
		case `EXAMINE "Gone"`:
			s.say("%s NO [NONEXISTENT] no such\r\n", tag)
		case `EXAMINE "Passing"`:
			s.say("* 1 EXISTS\r\n%s OK [READ-ONLY] no lasting numbers\r\n", tag)
		default:
			return false
		}
		return true
	}
	p := f.start().pool()
	err := p.Do(t.Context(), "INBOX", func(_ context.Context, c *Conn) error {
		stops := tour(c, "Gone", "Passing", "a\r\nT9 DELETE x", "A", "Gone")
		var refused *contract.Error
		if !errors.As(stops[0].Err, &refused) || refused.Code != contract.NotFound {
			t.Errorf("Gone: %v", stops[0].Err)
		}
		if !stops[1].Selected.Volatile || stops[1].Selected.UIDValidity == 0 {
			t.Errorf("Passing: %+v", stops[1])
		}
		if !errors.As(stops[2].Err, &refused) || refused.Code != contract.InvalidInput || f.count("DELETE") != 0 {
			t.Errorf("with a line end: %v", stops[2].Err)
		}
		if stops[3].Err != nil || stops[3].Selected.Name != "A" {
			t.Errorf("A: %+v", stops[3])
		}
		if c.Selected() != (Selected{}) {
			t.Errorf("after a failed EXAMINE %+v is open", c.Selected())
		}
		return nil
	})
	if err != nil || f.connections() != 1 {
		t.Errorf("%v, %d connections", err, f.connections())
	}
}

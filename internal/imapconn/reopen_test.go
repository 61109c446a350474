package imapconn

import (
	"context"
	"strings"
	"testing"
)

// Two connections have INBOX open, one of them leased when names change.
func TestReopen_EveryConnectionOpensItsMailboxAnew(t *testing.T) {
	t.Parallel()
	f := newFake(t).start()
	p := f.pool()
	err := p.Do(t.Context(), "INBOX", func(ctx context.Context, c *Conn) error {
		if err := p.Do(ctx, "INBOX", noop); err != nil {
			return err
		}
		p.Reopen()
		return noop(ctx, c)
	})
	if err != nil {
		t.Fatal(err)
	}
	both := func(ctx context.Context, c *Conn) error {
		if err := noop(ctx, c); err != nil {
			return err
		}
		return p.Do(ctx, "INBOX", noop)
	}
	for range 2 {
		if err := p.Do(t.Context(), "INBOX", both); err != nil {
			t.Fatal(err)
		}
	}
	if n := f.count("EXAMINE"); n != 4 {
		t.Errorf("EXAMINE was sent %d times, not twice on each of two connections: %q", n, f.lines())
	}
}

func TestLeave_ClosesTheOpenMailboxWithoutWaiting(t *testing.T) {
	t.Parallel()
	f := newFake(t).start()
	p := f.pool()
	err := p.Do(t.Context(), "INBOX", func(ctx context.Context, c *Conn) error {
		c.Leave()
		if c.Selected() != (Selected{}) {
			t.Errorf("still open: %+v", c.Selected())
		}
		return noop(ctx, c)
	})
	if err != nil {
		t.Fatal(err)
	}
	if said := strings.Join(f.lines(), "\n"); strings.Contains(said, "CLOSE") || f.count("UNSELECT")+f.count("EXAMINE") != 2 {
		t.Errorf("said %s", said)
	}
}

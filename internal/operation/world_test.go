package operation

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// letter is a message of the world: where it is changes, its name does not.
type letter struct {
	name  string
	flags map[string]bool
}

// world is a small model of mailboxes. It makes batches as a server would.
type world struct {
	mu      sync.Mutex
	letters map[contract.MessageID]*letter
	next    uint32
	// fate decides of each message; nil: all are done.
	fate   func(contract.MessageID) change.OutcomeStatus
	leaves bool // a move leaves the original marked, as without UIDPLUS
}

func id(account, box string, uid uint32) contract.MessageID {
	return contract.MessageID{Account: account, Mailbox: box, UIDValidity: 7, UID: uid}
}

func newWorld(n uint32, flags ...string) *world {
	w := &world{letters: map[contract.MessageID]*letter{}, next: 1000}
	for uid := uint32(1); uid <= n; uid++ {
		l := &letter{name: fmt.Sprint("letter ", uid), flags: map[string]bool{}}
		for _, f := range flags {
			l.flags[f] = true
		}
		w.letters[id("home", "INBOX", uid)] = l
	}
	return w
}

// picture is where each letter is and with which flags.
func (w *world) picture() map[string][]string {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := map[string][]string{}
	for id, l := range w.letters {
		all[l.name] = append(all[l.name], fmt.Sprint(id.Account, "/", id.Mailbox, " ", slices.Sorted(maps.Keys(l.flags))))
		slices.Sort(all[l.name])
	}
	return all
}

// run makes a batch of c.
func (w *world) run(c *change.Change) func(context.Context, int, change.Witness) []change.Outcome {
	return func(_ context.Context, i int, witness change.Witness) []change.Outcome {
		b := c.Batches[i]
		var e change.Evidence
		for _, uid := range b.UIDs {
			e.Present = append(e.Present, change.Present{UID: uid})
		}
		if err := witness(e); err != nil {
			return failures(c, i, err)
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		var list []change.Outcome
		for _, uid := range b.UIDs {
			list = append(list, w.change(c, b, contract.MessageID{Account: c.Account, Mailbox: b.Mailbox, UIDValidity: b.UIDValidity, UID: uid}))
		}
		return list
	}
}

func failures(c *change.Change, i int, err error) []change.Outcome {
	w := Work{Change: c}
	return statusMessage(w.ids(i), change.Failed, contract.Unavailable, err.Error())
}

func (w *world) change(c *change.Change, b change.Batch, id contract.MessageID) change.Outcome {
	o := change.Outcome{ID: id, Status: change.Done}
	l := w.letters[id]
	if l == nil {
		return change.Outcome{ID: id, Status: change.Failed, Code: contract.NotFound}
	}
	if w.fate != nil {
		if o.Status = w.fate(id); o.Status != change.Done {
			return o
		}
	}
	if c.Kind == change.Flags {
		w.flag(l, b, &o)
		return o
	}
	w.next++
	to := contract.MessageID{Account: c.Account, Mailbox: b.To, UIDValidity: 7, UID: w.next}
	if c.ToAccount != "" {
		to.Account = c.ToAccount
	}
	o.NewID = &to
	w.letters[to] = &letter{name: l.name, flags: maps.Clone(l.flags)}
	switch {
	case w.leaves:
		l.flags[deleted], o.LeftFlagged = true, true
	case c.Kind == change.Move:
		delete(w.letters, id)
	}
	return o
}

func (w *world) flag(l *letter, b change.Batch, o *change.Outcome) {
	want := maps.Clone(l.flags)
	if b.Replace {
		clear(want)
	}
	for _, f := range b.Add {
		want[f] = true
	}
	for _, f := range b.Remove {
		delete(want, f)
	}
	for f := range want {
		if !l.flags[f] {
			o.Added = append(o.Added, f)
		}
	}
	for f := range l.flags {
		if !want[f] {
			o.Removed = append(o.Removed, f)
		}
	}
	l.flags = want
}

// clock is a time that the test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func registry(t testing.TB, o Options) *Registry {
	t.Helper()
	if o.UndoWindow == 0 {
		o.UndoWindow = time.Hour
	}
	r, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = r.Close(ctx) // a test that cares closes itself
	})
	return r
}

func (w *world) work(c *change.Change) Work {
	return Work{Caller: "local", Tool: "imap_apply_to_messages", Kind: string(c.Kind), Account: c.Account, Change: c, Run: w.run(c)}
}

// finish starts the work and waits for its end.
func finish(t interface {
	Helper()
	Fatal(args ...any)
}, r *Registry, w Work,
) (*Operation, Snapshot) {
	t.Helper()
	o, err := r.Start(w)
	if err != nil {
		t.Fatal(err)
	}
	if !o.Wait(context.Background(), 20*time.Second) {
		t.Fatal("the operation does not end")
	}
	return o, o.Snapshot(true)
}

// moveEach moves messages 1 to n, each in a batch of its own.
func moveEach(n uint32) *change.Change {
	c := &change.Change{Kind: change.Move, Account: "home"}
	for uid := uint32(1); uid <= n; uid++ {
		c.Batches = append(c.Batches, change.Batch{Mailbox: "INBOX", UIDValidity: 7, UIDs: []uint32{uid}, To: "Archive"})
	}
	return c
}

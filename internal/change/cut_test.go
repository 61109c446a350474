package change_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
	"mail-imap-mcp/internal/operation"
)

// cutCount is how many messages a change is about that is cut off.
const cutCount = 2

// cutJob is a change whose dialogue is cut at every byte.
type cutJob struct {
	name     string
	plan     change.TransferQuery // of the messages in "From"
	to       string               // where they go; empty: nowhere
	atSource bool                 // between accounts: the source's dialogue is cut
	across   bool
	undo     bool // what is cut is taking the change back
}

var cutJobs = []cutJob{
	{name: "move", plan: change.TransferQuery{Action: change.ActionMove, Destination: "To"}, to: "To"},
	{name: "delete to Trash", plan: change.TransferQuery{Action: change.ActionTrash}, to: "Trash"},
	{name: "copy", plan: change.TransferQuery{Action: change.ActionCopy, Destination: "To"}, to: "To"},
	{name: "delete for good", plan: change.TransferQuery{Action: change.ActionDelete}},
	{name: "move to another account, cut there", plan: change.TransferQuery{Action: change.ActionMove, Destination: "To", ToAccount: "other"}, to: "To", across: true},
	{name: "move to another account, cut here", plan: change.TransferQuery{Action: change.ActionMove, Destination: "To", ToAccount: "other"}, to: "To", across: true, atSource: true},
	{name: "undo of a move", plan: change.TransferQuery{Action: change.ActionMove, Destination: "To"}, to: "To", undo: true},
}

// TestCut_NoMessageIsLostWhereverTheConnectionEnds cuts the connection at every
// byte of each change's dialogue (in the short form at some), in both
// directions, and looks what became of each message and what was said of it.
func TestCut_NoMessageIsLostWhereverTheConnectionEnds(t *testing.T) {
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		if os.Getenv("MAIL_IMAP_TEST_CUTS") == "" && k.Moves != k.UIDPlus {
			t.Skip("in the long form only")
		}
		t.Parallel()
		for _, job := range cutJobs {
			t.Run(job.name, func(t *testing.T) { newCutRun(t, k, job).run() })
		}
	})
}

// cutRun is a job on a server.
type cutRun struct {
	t             *testing.T
	job           cutJob
	k             rig.Kind
	here, there   mailtest.Server // what is really in the mailboxes
	cut           *mailtest.Cutter
	mail          *service
	operations    *operation.Registry
	tried, lost   int
	both, unknown int
}

func newCutRun(t *testing.T, k rig.Kind, job cutJob) *cutRun {
	c := &cutRun{t: t, k: k, job: job, here: k.Server, there: k.Server}
	if job.across {
		c.there = another(t, k)
	}
	for _, name := range []string{"From", "To"} {
		for _, srv := range []mailtest.Server{c.here, c.there} {
			if !slices.Contains(srv.Mailboxes(t), name) {
				srv.Create(t, name)
			}
		}
	}
	source, dest := c.here, c.there
	switch {
	case !job.across || job.atSource:
		c.cut = mailtest.Cut(t, source)
		source = c.cut
	default:
		c.cut = mailtest.Cut(t, dest)
		dest = c.cut
	}
	c.mail = pair(t, source, dest, job.across)
	var err error
	if c.operations, err = operation.New(operation.Options{UndoWindow: time.Hour}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.operations.Close(context.Background()) })
	c.mail.SetPause(func(context.Context) bool {
		c.cut.Settle(t)
		return true
	})
	return c
}

// another is a second account of the same kind.
func another(t *testing.T, k rig.Kind) mailtest.Server {
	t.Helper()
	if d, ok := k.Server.(*mailtest.Dovecot); ok {
		return d.NewUser(t)
	}
	return k.Fresh(t)
}

func (c *cutRun) run() {
	c.t.Helper()
	c.begin()() // warm, and the special mailboxes known
	act := c.begin()
	c.cut.Mark()
	outcomes := act()
	if c.k.Moves && c.k.UIDPlus {
		wantDone(c.t, outcomes, cutCount)
	}
	total := map[mailtest.Direction]int{mailtest.ToServer: c.cut.Passed(mailtest.ToServer), mailtest.ToClient: c.cut.Passed(mailtest.ToClient)}
	for _, way := range []mailtest.Direction{mailtest.ToServer, mailtest.ToClient} {
		for n := 0; n <= total[way]; n += c.stride(total[way]) {
			c.at(way, n)
			if c.t.Failed() {
				return
			}
		}
	}
	c.t.Logf("%d cuts (%d bytes to the server, %d to the client), messages lost: %d; in both places and said so: %d; unknown: %d",
		c.tried, total[mailtest.ToServer], total[mailtest.ToClient], c.lost, c.both, c.unknown)
}

// stride is how many bytes lie between the cuts that are tried. In the long form
// every byte is tried against Dovecot, the in-process server that has everything
// and the one that lacks most; else every seventh.
func (c *cutRun) stride(total int) int {
	_, memory := c.k.Server.(*mailtest.Memory)
	switch {
	case os.Getenv("MAIL_IMAP_TEST_CUTS") == "":
		return max(1, total/3)
	case c.k.Moves == c.k.UIDPlus && memory, c.k.Moves && c.k.UIDPlus:
		return 1
	}
	return 7
}

// begin puts messages where the change finds them and has live connections; what
// it returns makes the change.
func (c *cutRun) begin() (act func() []change.Outcome) {
	c.t.Helper()
	ids := c.fill()
	q := c.job.plan
	q.IDs = ids
	if !c.job.undo {
		c.warm()
		return func() []change.Outcome { return transfer(c.t, c.mail, q) }
	}
	p, err := c.mail.PlanTransfer(c.t.Context(), q)
	if err != nil {
		c.t.Fatalf("plan: %v", err)
	}
	done := c.operate(operation.Work{Change: p.Change})
	u, err := c.operations.Undo("", done.ID)
	if err != nil || len(u.Changes) != 1 {
		c.t.Fatalf("plan the undo: %v, %+v", err, u)
	}
	c.warm()
	return func() []change.Outcome {
		return c.operate(operation.Work{Change: u.Changes[0], Undoes: done.ID, InOrder: u.InOrder}).Messages
	}
}

// operate runs a change as an operation.
func (c *cutRun) operate(w operation.Work) operation.Snapshot {
	c.t.Helper()
	w.Run = func(ctx context.Context, i int, witness change.Witness) []change.Outcome {
		return c.mail.Apply(ctx, w.Change, i, witness)
	}
	op, err := c.operations.Start(w)
	if err != nil || !op.Wait(c.t.Context(), time.Minute) {
		c.t.Fatalf("operation: %v", err)
	}
	return op.Snapshot(true)
}

// fill has cutCount messages in "From" and none where they go.
func (c *cutRun) fill() []contract.MessageID {
	c.t.Helper()
	empty := func(srv mailtest.Server, name string) {
		var uids []uint32
		for _, m := range srv.Messages(c.t, name) {
			uids = append(uids, m.UID)
		}
		if len(uids) > 0 {
			srv.Expunge(c.t, name, uids...)
		}
	}
	empty(c.here, "From")
	if c.job.to != "" {
		empty(c.there, c.job.to)
	}
	return fill(c.t, c.here, "From", cutCount)
}

// warm has a connection of each account that is alive.
func (c *cutRun) warm() {
	c.t.Helper()
	for _, a := range c.mail.Accounts.List() {
		if _, err := c.mail.Mail.List(c.t.Context(), mailbox.ListQuery{Account: a.ID}); err != nil {
			c.t.Fatalf("warm up: %v", err)
		}
	}
}

// at cuts at one byte and looks.
func (c *cutRun) at(way mailtest.Direction, n int) {
	c.t.Helper()
	act := c.begin()
	c.cut.Arm(way, n)
	outcomes := act()
	c.cut.Settle(c.t)
	c.cut.Disarm()
	c.tried++
	if c.job.undo && !c.k.Expunges() {
		c.checkUnmarked(fmt.Sprintf("cut %s at %d", way, n))
		return
	}
	here, there := titles(c.t, c.here, "From"), []string{}
	if c.job.to != "" {
		there = titles(c.t, c.there, c.job.to)
	}
	if c.job.undo {
		here, there = there, here
	}
	for i, o := range outcomes {
		c.check(fmt.Sprintf("cut %s at %d: number %d", way, n, i), o, fmt.Sprintf("number %d", i), here, there)
	}
}

// checkUnmarked is for the undo of a move that left the originals, marked
// \Deleted: the undo unmarks them, then marks the copies. Never are both marked:
// somebody's EXPUNGE would take both.
func (c *cutRun) checkUnmarked(name string) {
	c.t.Helper()
	from, to := c.here.Messages(c.t, "From"), c.here.Messages(c.t, "To")
	if len(from) != cutCount || len(to) != cutCount {
		c.lost++
		c.t.Errorf("%s: %d originals and %d copies are left", name, len(from), len(to))
		return
	}
	for i := range from {
		if slices.Contains(from[i].Flags, `\Deleted`) && slices.Contains(to[i].Flags, `\Deleted`) {
			c.t.Errorf("%s: original and copy of number %d are both marked", name, i)
		}
	}
}

// check compares what was said of a message with where it is.
func (c *cutRun) check(name string, o change.Outcome, title string, here, there []string) {
	c.t.Helper()
	inFrom, inTo := slices.Contains(here, title), slices.Contains(there, title)
	forGood := c.job.plan.Action == change.ActionDelete
	copying := c.job.plan.Action == change.ActionCopy
	said := fmt.Sprintf("%s %s new %v left %t: %s", o.Status, o.Code, o.NewID, o.LeftFlagged, o.Message)
	if o.Status == change.Unknown {
		c.unknown++
	}
	twice := 0
	for _, have := range there {
		if have == title {
			twice++
		}
	}
	switch {
	case twice > 1:
		c.t.Errorf("%s was made %d times; said %s", name, twice, said)
	case !inFrom && !inTo && !forGood, copying && !inFrom:
		c.lost++
		c.t.Errorf("%s is lost; said %s", name, said)
	case forGood && !inFrom && o.Status != change.Done && o.Status != change.Unknown:
		c.t.Errorf("%s is gone; said %s", name, said)
	case forGood && inFrom && o.Status == change.Done:
		c.t.Errorf("%s is still there; said %s", name, said)
	case forGood:
	case inFrom && inTo && !copying:
		c.both++
		if o.Status == change.Done && !o.LeftFlagged || o.NewID == nil && o.Status != change.Unknown {
			c.t.Errorf("%s is in both; said %s", name, said)
		}
	case inTo && o.Status != change.Done && o.Status != change.Unknown:
		c.t.Errorf("%s went over; said %s", name, said)
	case !inTo && (o.Status == change.Done || o.NewID != nil):
		c.t.Errorf("%s did not go over; said %s", name, said)
	}
}

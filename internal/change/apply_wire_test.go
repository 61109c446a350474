package change_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
)

// everything makes every kind of change once.
func everything(t *testing.T, srv mailtest.Server, s *service) {
	t.Helper()
	for _, q := range []change.TransferQuery{
		{Action: change.ActionMove, Destination: "Archive"},
		{Action: change.ActionCopy, Destination: "Archive"},
		{Action: change.ActionArchive},
		{Action: change.ActionJunk},
		{Action: change.ActionTrash},
		{Action: change.ActionDelete},
	} {
		q.IDs = fill(t, srv, "INBOX", 2)
		p, err := s.PlanTransfer(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Preview(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		apply(s, p.Change)
	}
	changeFlags(t, s, change.FlagsQuery{IDs: fill(t, srv, "INBOX", 1), Add: []string{`\Deleted`}})
}

func TestApplyWire_OnlyWhatTheServerHasIsUsedAndNothingRemovesWhatOthersMarked(t *testing.T) {
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		f := mailtest.NewFaulty(t, k.Server)
		everything(t, k.Server, connect(t, f))
		for _, c := range f.Commands() {
			verb, _, _ := strings.Cut(c, " ")
			switch {
			case verb == "EXPUNGE", verb == "CLOSE", verb == "MOVE", verb == "CREATE":
				t.Errorf("sent %s", c)
			case !k.Moves && strings.Contains(c, "UID MOVE"),
				!k.UIDPlus && strings.Contains(c, "UID EXPUNGE"),
				!k.Moves && !k.UIDPlus && strings.Contains(c, "SPECIAL-USE"):
				t.Errorf("sent %s, which the server does not have", c)
			}
		}
		if k.Moves && sent(f, "UID COPY") != 1 {
			t.Error("moves are copies")
		}
	})
}

func TestApplyWire_NeverExpungeIsKept(t *testing.T) {
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		f := mailtest.NewFaulty(t, k.Server)
		a := f.Account(rig.Account)
		a.NeverExpunge = true
		s := connectAs(t, a, f)
		everything(t, k.Server, s)
		if n := sent(f, "EXPUNGE", "UID EXPUNGE", "CLOSE"); n > 0 {
			t.Errorf("%d commands that expunge:\n%s", n, strings.Join(f.Commands(), "\n"))
		}
		ids := fill(t, k.Server, "Sent", 1)
		wantFailed(t, transfer(t, s, change.TransferQuery{IDs: ids, Action: change.ActionDelete}), contract.PermissionDenied, "NEVER_EXPUNGE")
		wantTitles(t, k.Server, "Sent", numbers(0, 1))
	})
}

func TestApplyWire_PreviewOnlyReads(t *testing.T) {
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		f := mailtest.NewFaulty(t, k.Server)
		s := connect(t, f)
		k.Server.Create(t, "box")
		ids := append(fill(t, k.Server, "INBOX", 3), fill(t, k.Server, "box", 3)...)
		gone := ids[1]
		k.Server.Expunge(t, "INBOX", gone.UID)
		p, err := s.PlanTransfer(t.Context(), change.TransferQuery{IDs: ids, Action: change.ActionMove, Destination: "Archive"})
		if err != nil {
			t.Fatal(err)
		}
		v, err := s.Preview(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		if len(v.Outcomes) != 6 {
			t.Fatalf("%d outcomes, want 6", len(v.Outcomes))
		}
		for i, o := range v.Outcomes {
			want, words := change.NotAttempted, `would be moved to "Archive"`
			if ids[i] == gone {
				want, words = change.Failed, "does not exist any more"
			}
			if o.ID != ids[i] || o.Status != want || !strings.Contains(o.Message, words) {
				t.Errorf("%d is %+v, want %s %q", i, o, want, words)
			}
		}
		var subjects []string
		for _, m := range v.Samples {
			subjects = append(subjects, m.Subject)
		}
		if !slices.Equal(subjects, []string{"number 0", "number 2", "number 0", "number 1", "number 2"}) {
			t.Errorf("subjects are %q", subjects)
		}
		for _, c := range f.Commands() {
			verb, rest, _ := strings.Cut(c, " ")
			if verb == "UID" {
				verb, _, _ = strings.Cut(rest, " ")
			}
			if !slices.Contains([]string{"CAPABILITY", "LOGIN", "AUTHENTICATE", "ID", "ENABLE", "EXAMINE", "FETCH", "SEARCH", "STATUS", "NOOP", "LIST"}, verb) {
				t.Errorf("sent %s", c)
			}
			if strings.Contains(c, "BODY[") {
				t.Errorf("marks as read: %s", c)
			}
		}
	})
}

// inParallel makes a change as an operation does.
func inParallel(t testing.TB, s *service, ch *change.Change) []change.Outcome {
	t.Helper()
	each := make([][]change.Outcome, len(ch.Batches))
	slots := make(chan struct{}, change.ParallelBatches)
	var wg sync.WaitGroup
	for i := range ch.Batches {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			each[i] = s.Apply(t.Context(), ch, i, witnessed)
		})
	}
	wg.Wait()
	return slices.Concat(each...)
}

func TestApplyWire_TwelveMailboxesTakeOneCommandEach(t *testing.T) {
	t.Parallel()
	rig.OnEveryKind(t, func(t *testing.T, k rig.Kind) {
		var ids []contract.MessageID
		for i := range 12 {
			name := fmt.Sprintf("box %d", i)
			k.Server.Create(t, name)
			ids = append(ids, fill(t, k.Server, name, 250/12+1)...)
		}
		ids = append(ids[:250], ids[7], ids[99]) // and two of them twice
		f := mailtest.NewFaulty(t, k.Server)
		s := connect(t, f)
		p, err := s.PlanTransfer(t.Context(), change.TransferQuery{IDs: ids, Action: change.ActionMove, Destination: "Archive"})
		if err != nil {
			t.Fatal(err)
		}
		wantDone(t, inParallel(t, s, p.Change), 250)
		if n := len(titles(t, k.Server, "Archive")); n != 250 {
			t.Errorf("%d in Archive, want 250", n)
		}
		if n := sent(f, "UID MOVE", "UID COPY"); n != 12 {
			t.Errorf("%d commands, want 12", n)
		}
		compressed := regexp.MustCompile(`^UID (MOVE|COPY) 1:(21|19) `)
		for _, c := range f.Commands() {
			if strings.HasPrefix(c, "UID MOVE") || strings.HasPrefix(c, "UID COPY") {
				if !compressed.MatchString(c) {
					t.Errorf("set is not compressed: %s", c)
				}
			}
		}
		if n := f.Connections(); n > change.ParallelBatches {
			t.Errorf("%d connections", n)
		}
	})
}

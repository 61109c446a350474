package manage_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
	"mail-imap-mcp/internal/manage"
)

// cut is where a connection is lost: at the n-th command of a kind, before the
// server sees it or after it has done it.
type cut struct {
	verb  string
	nth   int32
	after bool
}

func (c cut) String() string {
	when := "before"
	if c.after {
		when = "after"
	}
	return fmt.Sprintf("%s %s %d", when, c.verb, c.nth)
}

// cutting puts a server behind a connection that is lost once.
func cutting(t *testing.T, srv mailtest.Server, c cut) *mailtest.Faulty {
	t.Helper()
	var faulty *mailtest.Faulty
	var seen atomic.Int32
	faulty = mailtest.NewFaulty(t, srv, mailtest.FaultAt(c.verb, func(x *mailtest.Exchange) {
		if seen.Add(1) != c.nth {
			return
		}
		if !c.after {
			x.HangUp()
			return
		}
		x.Rewrite(func(unit []byte) []byte {
			if bytes.HasPrefix(unit, []byte(x.Tag)) {
				faulty.Drop()
			}
			return nil
		})
	}))
	return faulty
}

// lossy does an action over a connection that is lost, and reports whether the
// answer calls it done; every answer but done must be a fault in words.
func lossy(t *testing.T, srv mailtest.Server, c cut, q manage.Query) (done bool) {
	t.Helper()
	faulty := cutting(t, srv, c)
	r, err := connect(t, faulty).Manage(t.Context(), q)
	times := map[string]int{}
	for _, command := range faulty.Commands() {
		times[command]++
	}
	for command, n := range times {
		verb, _, _ := strings.Cut(command, " ")
		if n > 1 && slices.Contains([]string{"CREATE", "RENAME", "DELETE"}, verb) && c.after {
			t.Errorf("%s was sent %d times", command, n)
		}
	}
	if err != nil {
		var fault *contract.Fault
		if !errors.As(err, &fault) || fault.Message == "" {
			t.Errorf("error %v", err)
		}
		return false
	}
	if r.Status == manage.Unknown {
		t.Errorf("unknown: %+v", r)
	}
	return r.Status == manage.Done
}

func cuts(verbs map[string]int32) []cut {
	var list []cut
	for verb, most := range verbs {
		for n := range most {
			list = append(list, cut{verb, n + 1, false}, cut{verb, n + 1, true})
		}
	}
	return list
}

func TestManage_ALostConnectionIsLookedAfterAndReportedAsItIs(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		n := 0
		for _, c := range cuts(map[string]int32{"NAMESPACE": 1, "LIST": 2, "CREATE": 2, "SUBSCRIBE": 1}) {
			t.Run("create "+c.String(), func(t *testing.T) {
				n++
				name := fmt.Sprintf("New %d/Below", n)
				done := lossy(t, srv, c, manage.Query{Action: manage.Create, Mailbox: name})
				now := there(t, srv)
				if is := slices.Contains(now, name+"+"); is != done {
					t.Errorf("done %t, but there are %q", done, now)
				}
			})
		}
		for _, c := range cuts(map[string]int32{"NAMESPACE": 1, "LIST": 1, "RENAME": 1, "SUBSCRIBE": 1, "UNSUBSCRIBE": 1}) {
			t.Run("rename "+c.String(), func(t *testing.T) {
				n++
				old, name := fmt.Sprintf("Old %d", n), fmt.Sprintf("Renamed %d", n)
				mustManage(t, connect(t, srv), manage.Query{Action: manage.Create, Mailbox: old})
				srv.Append(t, old, rig.Numbered(n))
				done := lossy(t, srv, c, manage.Query{Action: manage.Rename, Mailbox: old, To: name})
				now := there(t, srv)
				if slices.Contains(now, name+"+") != done || slices.Contains(now, old+"+") == done {
					t.Errorf("done %t, but there are %q", done, now)
				}
				where := old
				if done {
					where = name
				}
				if got := rig.Subjects(rig.Search(t, connect(t, srv).Mail, mailbox.SearchQuery{Mailbox: where})); len(got) != 1 {
					t.Errorf("in %s is %q", where, got)
				}
			})
		}
		for _, c := range cuts(map[string]int32{"NAMESPACE": 2, "LIST": 2, "STATUS": 2, "RENAME": 1, "DELETE": 1, "UNSUBSCRIBE": 1}) {
			t.Run("delete "+c.String(), func(t *testing.T) {
				n++
				name := fmt.Sprintf("Empty %d", n)
				mustManage(t, connect(t, srv), manage.Query{Action: manage.Create, Mailbox: name})
				done := lossy(t, srv, c, manage.Query{Action: manage.Delete, Mailbox: name})
				now := there(t, srv)
				if slices.Contains(now, name+"+") == done || strings.Contains(strings.Join(now, "\n"), "deleting") {
					t.Errorf("done %t, but there are %q", done, now)
				}
			})
		}
		for _, c := range cuts(map[string]int32{"LIST": 1, "UNSUBSCRIBE": 1}) {
			t.Run("unsubscribe "+c.String(), func(t *testing.T) {
				n++
				name := fmt.Sprintf("Shown %d", n)
				mustManage(t, connect(t, srv), manage.Query{Action: manage.Create, Mailbox: name})
				done := lossy(t, srv, c, manage.Query{Action: manage.Unsubscribe, Mailbox: name})
				if now := there(t, srv); slices.Contains(now, name+"+") == done {
					t.Errorf("done %t, but there are %q", done, now)
				}
			})
		}
	})
}

// holding finds the mailbox that a name, or the one it has while it is deleted,
// belongs to.
func holding(t *testing.T, srv mailtest.Server, name string) string {
	t.Helper()
	for _, other := range there(t, srv) {
		if other = strings.TrimSuffix(other, "+"); strings.HasPrefix(other, name) {
			return other
		}
	}
	t.Fatalf("%q is gone", name)
	return ""
}

func TestManage_MailThatArrivesWhileAMailboxIsDeletedIsKept(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		n := 0
		for _, tt := range []struct {
			name    string
			verb    string // mail arrives before the nth of these
			nth     int32
			refuses string // a command the server refuses
			lost    bool   // the connection is lost at the second count
		}{
			{"before the new name", "RENAME", 1, "", false},
			{"before the second count", "STATUS", 2, "", false},
			{"before the second count, new names refused", "STATUS", 2, "RENAME", false},
			{"before the new name, and the connection is lost", "RENAME", 1, "", true},
		} {
			t.Run(tt.name, func(t *testing.T) {
				n++
				name := fmt.Sprintf("Quiet %d", n)
				mustManage(t, connect(t, srv), manage.Query{Action: manage.Create, Mailbox: name})
				var seen atomic.Int32
				faults := []mailtest.Fault{mailtest.FaultAt(tt.verb, func(*mailtest.Exchange) {
					if seen.Add(1) == tt.nth {
						srv.Append(t, holding(t, srv, name), rig.Numbered(n))
					}
				})}
				if tt.refuses != "" {
					faults = append(faults, mailtest.FaultNO(tt.refuses, "no"))
				}
				if tt.lost {
					var counts atomic.Int32
					faults = append(faults, mailtest.FaultAt("STATUS", func(x *mailtest.Exchange) {
						if counts.Add(1) == 2 {
							x.HangUp()
						}
					}))
				}
				r, err := connect(t, mailtest.NewFaulty(t, srv, faults...)).Manage(t.Context(), manage.Query{Action: manage.Delete, Mailbox: name})
				var refused *contract.Error
				if !tt.lost && (!errors.As(err, &refused) || refused.Code != contract.Conflict || !strings.Contains(refused.Message, "1 message")) {
					t.Errorf("%+v, %v", r, err)
				}
				if err == nil {
					t.Errorf("called done: %+v", r)
				}
				if got := rig.Subjects(rig.Search(t, connect(t, srv).Mail, mailbox.SearchQuery{Mailbox: name})); len(got) != 1 {
					t.Errorf("in %q is %q", name, got)
				}
				if now := there(t, srv); !slices.Contains(now, name+"+") {
					t.Errorf("there are %q", now)
				}
			})
		}
	})
}

func TestManage_SaysWhatAMailboxIsCalledThatCannotHaveItsNameBack(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		mustManage(t, connect(t, srv), manage.Query{Action: manage.Create, Mailbox: "Quiet"})
		// Mail arrives first; afterwards somebody makes the mailbox anew.
		arrive := mailtest.FaultAt("RENAME", func(*mailtest.Exchange) { srv.Append(t, "Quiet", rig.Numbered(1)) }).Times(1)
		anew := mailtest.FaultAt("STATUS", func(x *mailtest.Exchange) {
			if strings.Contains(x.Line, "deleting") {
				srv.Create(t, "Quiet")
			}
		})
		service := connect(t, mailtest.NewFaulty(t, srv, arrive, anew))
		r, err := service.Manage(t.Context(), manage.Query{Action: manage.Delete, Mailbox: "Quiet"})
		if err != nil || r.Status != manage.Failed || r.LeftAs == "" || len(r.Issues) < 2 || !strings.Contains(r.Issues[0].Message, r.LeftAs) {
			t.Fatalf("%+v, %v", r, err)
		}
		if got := rig.Subjects(rig.Search(t, connect(t, srv).Mail, mailbox.SearchQuery{Mailbox: r.LeftAs})); len(got) != 1 {
			t.Errorf("in %q is %q", r.LeftAs, got)
		}
	})
}

func TestManage_CallsUnknownWhatCannotBeFoundOut(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	var down atomic.Bool
	hangUp := func(x *mailtest.Exchange) {
		if down.Load() {
			x.HangUp()
		}
	}
	faulty := mailtest.NewFaulty(t, srv,
		mailtest.FaultAt("CREATE", func(x *mailtest.Exchange) { down.Store(true); x.HangUp() }),
		mailtest.FaultAt("*", hangUp))
	r, err := connect(t, faulty).Manage(t.Context(), manage.Query{Action: manage.Create, Mailbox: "New"})
	if err != nil || r.Status != manage.Unknown || len(r.Issues) == 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestManage_CallerWhoGoesAwayLeavesNothingHalfDone(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		mustManage(t, connect(t, srv), manage.Query{Action: manage.Create, Mailbox: "Old"})
		for _, verb := range []string{"LIST", "STATUS", "RENAME", "DELETE"} {
			ctx, cancel := context.WithCancel(t.Context())
			service := connect(t, mailtest.NewFaulty(t, srv, mailtest.FaultAt(verb, func(*mailtest.Exchange) { cancel() })))
			_, err := service.Manage(ctx, manage.Query{Action: manage.Delete, Mailbox: "Old"})
			now := there(t, srv)
			if (err == nil) != (len(now) == 0) || strings.Contains(strings.Join(now, ""), "deleting") {
				t.Errorf("gone at %s: %v, there are %q", verb, err, now)
			}
			if len(now) == 0 {
				srv.Create(t, "Old")
			}
			cancel()
		}
	})
}

func TestManage_AServerThatFallsSilentIsLookedAfterToo(t *testing.T) {
	t.Parallel()
	for _, verb := range []string{"CREATE", "RENAME", "DELETE"} {
		t.Run(verb, func(t *testing.T) {
			srv := mailtest.NewMemory(t)
			srv.Create(t, "Old")
			q := map[string]manage.Query{
				"CREATE": {Action: manage.Create, Mailbox: "New"},
				"RENAME": {Action: manage.Rename, Mailbox: "Old", To: "New"},
				"DELETE": {Action: manage.Delete, Mailbox: "Old"},
			}[verb]
			r, err := hasty(t, mailtest.NewFaulty(t, srv, mailtest.FaultHang(verb).Times(1))).Manage(t.Context(), q)
			var fault *contract.Fault
			if !errors.As(err, &fault) || fault.Code != contract.Timeout || !strings.Contains(fault.Message, "looked") {
				t.Errorf("%+v, %v", r, err)
			}
			expectThere(t, srv, "Old")
		})
	}
}

func TestManage_AServerThatUnsubscribesOnlyWhatIsSubscribedIsNoTrouble(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		refuses := func(without ...string) *service {
			return connect(t, mailtest.NewFaulty(t, srv, mailtest.FaultNO("UNSUBSCRIBE", "not subscribed"), mailtest.Without(without...)))
		}
		srv.Create(t, "Plans")
		r := mustManage(t, refuses("LIST-EXTENDED", "IMAP4rev2"), manage.Query{Action: manage.Delete, Mailbox: "Plans"})
		if len(r.Unsubscribed) > 0 {
			t.Errorf("unsubscribed %q", r.Unsubscribed)
		}
		// Where it is known to be subscribed, or that was all that was asked for, it is said.
		mustManage(t, connect(t, srv), manage.Query{Action: manage.Create, Mailbox: "Plans"})
		_, err := refuses().Manage(t.Context(), manage.Query{Action: manage.Unsubscribe, Mailbox: "Plans"})
		if err == nil || !strings.Contains(err.Error(), "not subscribed") {
			t.Errorf("unsubscribe: %v", err)
		}
		r, err = refuses().Manage(t.Context(), manage.Query{Action: manage.Delete, Mailbox: "Plans"})
		if err != nil || r.Status != manage.Done || len(r.Issues) > 0 || len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "subscribed") {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

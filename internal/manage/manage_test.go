package manage_test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
	"mail-imap-mcp/internal/manage"
)

// otherProgram signs in as another mail program does.
func otherProgram(t *testing.T, srv mailtest.Server) *imapclient.Client {
	t.Helper()
	a := srv.Account(rig.Account)
	conn, err := tls.Dial("tcp", net.JoinHostPort(a.Host, strconv.Itoa(a.Port)), &tls.Config{RootCAs: srv.RootCAs()})
	if err != nil {
		t.Fatal(err)
	}
	c := imapclient.New(conn, nil)
	t.Cleanup(func() { _ = c.Close() })
	if err := c.Login(a.User, a.Password.Reveal()).Wait(); err != nil {
		t.Fatal(err)
	}
	return c
}

// there lists the mailboxes another program sees beside the usual ones, the
// subscribed with a plus.
func there(t *testing.T, srv mailtest.Server) []string {
	t.Helper()
	c := otherProgram(t, srv)
	options := &imap.ListOptions{ReturnSubscribed: true}
	var subscribed []string // where the rows do not say it
	if e, ok := srv.(*mailtest.Elsewhere); ok && !e.Has(imap.CapListExtended) {
		options, subscribed = nil, e.Subscribed(t)
	}
	rows, err := c.List("", "*", options).Collect()
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, row := range rows {
		if slices.Contains([]string{"INBOX", "Sent", "Drafts", "Trash", "Junk", "Archive"}, row.Mailbox) {
			continue
		}
		name := row.Mailbox
		if slices.Contains(row.Attrs, imap.MailboxAttrSubscribed) || slices.Contains(subscribed, name) {
			name += "+"
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func expectThere(t *testing.T, srv mailtest.Server, want ...string) {
	t.Helper()
	slices.Sort(want)
	if got := there(t, srv); !slices.Equal(got, want) {
		t.Errorf("there are now %q, not %q", got, want)
	}
}

func mustManage(t *testing.T, s *service, q manage.Query) *manage.Managed {
	t.Helper()
	r, err := s.Manage(t.Context(), q)
	if err != nil {
		t.Fatalf("%s %q: %v", q.Action, q.Mailbox, err)
	}
	if r.Status != manage.Done || len(r.Issues) > 0 {
		t.Errorf("%s %q: %+v", q.Action, q.Mailbox, r)
	}
	return r
}

func refusedManage(t *testing.T, s *service, q manage.Query, code contract.Code, word string) {
	t.Helper()
	for what, do := range map[string]func() error{
		"plan": func() error { _, err := s.Plan(t.Context(), q); return err },
		"act":  func() error { _, err := s.Manage(t.Context(), q); return err },
	} {
		var refused *contract.Error
		if err := do(); !errors.As(err, &refused) || refused.Code != code || !strings.Contains(refused.Message, word) {
			t.Errorf("%s: %s %q %q answers %v, not %s with %q", what, q.Action, q.Mailbox, q.To, err, code, word)
		}
	}
}

func TestManage_CreatesMissingParentsAndSubscribes(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		service := connect(t, srv)
		q := manage.Query{Action: manage.Create, Mailbox: "Projects/2026/Été"}
		plan, err := service.Plan(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"Projects", "Projects/2026", "Projects/2026/Été"}
		if !slices.Equal(plan.Create, want) || !slices.Equal(plan.Subscribe, want[2:]) {
			t.Errorf("plan: %+v", plan)
		}
		expectThere(t, srv)
		r := mustManage(t, service, q)
		if !slices.Equal(r.Created, want) {
			t.Errorf("created %q", r.Created)
		}
		got := there(t, srv)
		if len(got) != 3 || got[2] != "Projects/2026/Été+" {
			t.Errorf("there are %q", got)
		}
		refusedManage(t, service, q, contract.Conflict, "exists already")
		if r := mustManage(t, service, manage.Query{Action: manage.Create, Mailbox: "Projects/2027"}); !slices.Equal(r.Created, []string{"Projects/2027"}) {
			t.Errorf("created %q", r.Created)
		}
	})
}

func TestManage_UnusualNamesGoThroughEveryAction(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		service := connect(t, srv)
		for name, mailboxName := range map[string]string{
			"star": "all * of it", "percent": "100%", "quotes": `the "good" ones`, "backslash": `a\b`, "ampersand": "R&D &-&",
			"plane 1": "📁 filed", "arabic": "مشاريع", "combining": "e\u0301te\u0301", "colon": "a:b:c", "spaces": " spaced  out ",
			"brackets": "(x) {3} [y]", "of 200 characters": strings.Repeat("n", 200),
			// Here Dovecot refuses the longer name that a mailbox has while it is
			// deleted: a level has at most 255 bytes.
			"of 250 characters":           strings.Repeat("n", 250),
			"beginning like another name": "Trash can", "mUTF-7 itself": "&AOk-",
		} {
			t.Run(name, func(t *testing.T) {
				mustManage(t, service, manage.Query{Action: manage.Create, Mailbox: mailboxName})
				expectThere(t, srv, mailboxName+"+")
				mustManage(t, service, manage.Query{Action: manage.Unsubscribe, Mailbox: mailboxName})
				expectThere(t, srv, mailboxName)
				mustManage(t, service, manage.Query{Action: manage.Subscribe, Mailbox: mailboxName})
				mustManage(t, service, manage.Query{Action: manage.Rename, Mailbox: mailboxName, To: mailboxName + "2"})
				expectThere(t, srv, mailboxName+"2+")
				mustManage(t, service, manage.Query{Action: manage.Delete, Mailbox: mailboxName + "2"})
				expectThere(t, srv)
			})
		}
	})
}

func TestManage_RefusesNamesThatCannotBe(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		service := connect(t, srv)
		srv.Create(t, "Work")
		for _, name := range []string{"Work/", "/Work", "Work//Old", "/", "//"} {
			refusedManage(t, service, manage.Query{Action: manage.Create, Mailbox: name}, contract.InvalidInput, "empty level")
			refusedManage(t, service, manage.Query{Action: manage.Rename, Mailbox: "Work", To: name}, contract.InvalidInput, "empty level")
		}
		for _, name := range []string{"", strings.Repeat("n", 257), "a\nb", "a\x00b", "\xff"} {
			refusedManage(t, service, manage.Query{Action: manage.Create, Mailbox: name}, contract.InvalidInput, "mailbox")
			refusedManage(t, service, manage.Query{Action: manage.Rename, Mailbox: "Work", To: name}, contract.InvalidInput, "destination_mailbox")
		}
		refusedManage(t, service, manage.Query{Action: manage.Create, Mailbox: "inbox"}, contract.Conflict, "INBOX")
		refusedManage(t, service, manage.Query{Action: manage.Create, Mailbox: "New", To: "Other"}, contract.InvalidInput, "destination_mailbox")
		refusedManage(t, service, manage.Query{Action: "empty", Mailbox: "Work"}, contract.InvalidInput, "action")
		expectThere(t, srv, there(t, srv)...)
		// A name of 256 characters is for the server to take or refuse.
		_, err := service.Manage(t.Context(), manage.Query{Action: manage.Create, Mailbox: strings.Repeat("n", 256)})
		var refused *contract.Error
		if err != nil && (!errors.As(err, &refused) || refused.Code != contract.InvalidInput) {
			t.Errorf("256 characters: %v", err)
		}
	})
}

func TestManage_RenameTakesChildrenMailAndSubscriptionsAlong(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		service := connect(t, srv)
		for _, name := range []string{"Old", "Old/One", "Old/Two", "Older"} {
			mustManage(t, service, manage.Query{Action: manage.Create, Mailbox: name})
		}
		mustManage(t, service, manage.Query{Action: manage.Unsubscribe, Mailbox: "Old/Two"})
		srv.Append(t, "Old", rig.Numbered(1))
		srv.Append(t, "Old/One", rig.Numbered(2))
		rig.Search(t, service.Mail, mailbox.SearchQuery{Mailbox: "Old"}) // an idle connection has it open
		q := manage.Query{Action: manage.Rename, Mailbox: "Old", To: "Filed/New"}
		plan, err := service.Plan(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(plan.Create, []string{"Filed"}) || plan.BelowCount != 2 || !slices.Equal(plan.Unsubscribe, []string{"Old", "Old/One"}) {
			t.Errorf("plan: %+v", plan)
		}
		r := mustManage(t, service, q)
		if r.Below != 2 || !slices.Equal(r.Created, []string{"Filed"}) || !slices.Equal(r.Subscribed[len(r.Subscribed)-2:], []string{"Filed/New", "Filed/New/One"}) {
			t.Errorf("%+v", r)
		}
		if got := there(t, srv); !slices.Equal(got[1:], []string{"Filed/New+", "Filed/New/One+", "Filed/New/Two", "Older+"}) {
			t.Errorf("there are %q", got)
		}
		for name, want := range map[string]string{"Filed/New": "number 1", "Filed/New/One": "number 2"} {
			if got := rig.Subjects(rig.Search(t, service.Mail, mailbox.SearchQuery{Mailbox: name})); !slices.Equal(got, []string{want}) {
				t.Errorf("%s has %q", name, got)
			}
		}
		var refused *contract.Error
		if _, err := service.Mail.Search(t.Context(), mailbox.SearchQuery{Mailbox: "Old"}); !errors.As(err, &refused) || refused.Code != contract.NotFound {
			t.Errorf("the old name answers %v", err)
		}
	})
}

func TestManage_RenameRefuses(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		service := connect(t, srv)
		srv.Create(t, "Work")
		srv.Create(t, "Work/Kept")
		srv.Create(t, "Home")
		for _, tt := range []struct {
			from, to string
			code     contract.Code
			word     string
		}{
			{"INBOX", "Old", contract.InvalidInput, "INBOX"},
			{"inBox", "Old", contract.InvalidInput, "INBOX"},
			{"Work", "Home", contract.Conflict, "exists already"},
			{"Work", "Work", contract.Conflict, "already"},
			{"Work", "INBOX", contract.Conflict, "INBOX"},
			{"Work", "Work/Kept/Deeper", contract.InvalidInput, "below itself"},
			{"Nowhere", "Home2", contract.NotFound, "does not exist"},
			{"Wor*", "Home2", contract.NotFound, "does not exist"},
			{"W%", "Home2", contract.NotFound, "does not exist"},
		} {
			refusedManage(t, service, manage.Query{Action: manage.Rename, Mailbox: tt.from, To: tt.to}, tt.code, tt.word)
		}
		expectThere(t, srv, there(t, srv)...)
	})
}

func TestManage_DeleteRefusesWhateverHoldsOrMayHoldMail(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		service := connect(t, srv)
		for _, name := range []string{"Full", "Parent", "Parent/Child", "Empty", "Deleted"} {
			srv.Create(t, name)
		}
		srv.Append(t, "Full", rig.Numbered(1))
		srv.Append(t, "Deleted", mailtest.Message{Raw: rig.Numbered(2).Raw, Flags: []string{`\Deleted`}})
		before := there(t, srv)
		for name, want := range map[string]struct {
			code contract.Code
			word string
		}{
			"INBOX":   {contract.InvalidInput, "INBOX"},
			"Inbox":   {contract.InvalidInput, "INBOX"},
			"Full":    {contract.Conflict, "1 message"},
			"Deleted": {contract.Conflict, "1 message"},
			"Parent":  {contract.Conflict, "below it"},
			"Trash":   {contract.InvalidInput, "trash"},
			"Sent":    {contract.InvalidInput, "sent"},
			"Drafts":  {contract.InvalidInput, "drafts"},
			"Junk":    {contract.InvalidInput, "junk"},
			"Archive": {contract.InvalidInput, "archive"},
			"Nowhere": {contract.NotFound, "does not exist"},
			"*":       {contract.NotFound, "does not exist"},
			"Emp%":    {contract.NotFound, "does not exist"},
		} {
			refusedManage(t, service, manage.Query{Action: manage.Delete, Mailbox: name}, want.code, want.word)
		}
		expectThere(t, srv, before...)
		never := srv.Account(rig.Account)
		never.NeverExpunge = true
		refusedManage(t, connectAs(t, never, srv), manage.Query{Action: manage.Delete, Mailbox: "Empty"}, contract.PermissionDenied, "remove nothing")
		expectThere(t, srv, before...)
	})
}

func TestManage_DeletesWhatAnIdleConnectionHasOpen(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		service := connect(t, srv)
		for i := range 3 {
			name := fmt.Sprintf("INBOX/Round %d", i)
			mustManage(t, service, manage.Query{Action: manage.Create, Mailbox: name})
			rig.Search(t, service.Mail, mailbox.SearchQuery{Mailbox: name})
			r := mustManage(t, service, manage.Query{Action: manage.Delete, Mailbox: name})
			if !slices.Equal(r.Unsubscribed, []string{name}) {
				t.Errorf("%+v", r)
			}
			var refused *contract.Error
			if _, err := service.Mail.Search(t.Context(), mailbox.SearchQuery{Mailbox: name}); !errors.As(err, &refused) || refused.Code != contract.NotFound {
				t.Errorf("after deleting: %v", err)
			}
		}
		rig.Search(t, service.Mail, mailbox.SearchQuery{})
		expectThere(t, srv)
	})
}

package manage_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
	"mail-imap-mcp/internal/manage"
)

// without hides capabilities.
func without(names ...string) mailtest.Fault {
	hide := func(unit []byte) []byte {
		for _, name := range names {
			unit = bytes.ReplaceAll(unit, []byte(" "+name+" "), []byte(" "))
			unit = bytes.ReplaceAll(unit, []byte(" "+name+"]"), []byte("]"))
			unit = bytes.ReplaceAll(unit, []byte(" "+name+"\r"), []byte("\r"))
		}
		return unit
	}
	return mailtest.FaultAt("*", func(x *mailtest.Exchange) {
		if x.Verb == "LOGIN" || x.Verb == "AUTHENTICATE" || x.Verb == "CAPABILITY" {
			x.Rewrite(hide)
		}
	})
}

func TestManage_WithoutExtensionsTheSameHappens(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		faulty := mailtest.NewFaulty(t, srv, without("LIST-EXTENDED", "SPECIAL-USE", "NAMESPACE", "UNSELECT", "IMAP4rev2"))
		service := connect(t, faulty)
		mustManage(t, service, manage.Query{Action: manage.Create, Mailbox: "A/B"})
		rig.Search(t, service.Mail, mailbox.SearchQuery{Mailbox: "A/B"})
		mustManage(t, service, manage.Query{Action: manage.Rename, Mailbox: "A/B", To: "C/B"})
		if now := there(t, srv); !slices.Contains(now, "C/B+") || slices.Contains(now, "A/B") || slices.Contains(now, "A/B+") {
			t.Errorf("there are %q", now)
		}
		rig.Search(t, service.Mail, mailbox.SearchQuery{Mailbox: "C/B"})
		refusedManage(t, service, manage.Query{Action: manage.Delete, Mailbox: "C"}, contract.Conflict, "below it")
		refusedManage(t, service, manage.Query{Action: manage.Delete, Mailbox: "Trash"}, contract.InvalidInput, "trash")
		mustManage(t, service, manage.Query{Action: manage.Delete, Mailbox: "C/B"})
		if now := there(t, srv); strings.Contains(strings.Join(now, " "), "C/B") {
			t.Errorf("there are %q", now)
		}
		for _, command := range faulty.Commands() {
			if strings.Contains(command, "RETURN") || strings.HasPrefix(command, "NAMESPACE") || strings.HasPrefix(command, "UNSELECT") {
				t.Errorf("sent %q", command)
			}
		}
	})
}

func TestManage_SaysTheNameThatAServerWithAPrefixWants(t *testing.T) {
	t.Parallel()
	list := mailtest.FaultReply("LIST", "* LIST () \".\" INBOX\r\n* LIST () \".\" INBOX.Work\r\n%T OK\r\n")
	space := mailtest.FaultReply("NAMESPACE", "* NAMESPACE ((\"INBOX.\" \".\")) NIL NIL\r\n%T OK\r\n")
	for _, refusal := range []string{"[CANNOT] Invalid mailbox name", "[NONEXISTENT] Client tried to access nonexistent namespace.", "Permission denied"} {
		service := connect(t, mailtest.NewFaulty(t, mailtest.NewMemory(t), list, space, mailtest.FaultNO("CREATE", refusal), mailtest.FaultNO("RENAME", refusal)))
		for q, want := range map[manage.Query]string{
			{Action: manage.Create, Mailbox: "Projects/2026"}:                 `"INBOX.Projects.2026"`,
			{Action: manage.Create, Mailbox: "Projects.2026"}:                 `"INBOX.Projects.2026"`,
			{Action: manage.Rename, Mailbox: "INBOX.Work", To: "Filed"}:       `"INBOX.Filed"`,
			{Action: manage.Rename, Mailbox: "INBOX.Work", To: "INBOX/Filed"}: `"INBOX.Filed"`,
		} {
			_, err := service.Manage(t.Context(), q)
			var refused *contract.Error
			if !errors.As(err, &refused) || !strings.Contains(refused.Message, want) {
				t.Errorf("%s %q after %q: %v", q.Action, q.Mailbox, refusal, err)
			}
		}
		plan, err := service.Plan(t.Context(), manage.Query{Action: manage.Create, Mailbox: "INBOX.Work.New.er"})
		if err != nil || !slices.Equal(plan.Create, []string{"INBOX.Work.New", "INBOX.Work.New.er"}) || len(plan.Notes) > 0 {
			t.Errorf("plan %+v, %v", plan, err)
		}
	}
}

func TestManage_MakesParentsFirstWhereTheServerWantsThem(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	made := map[string]bool{}
	strict := mailtest.FaultAt("CREATE", func(x *mailtest.Exchange) {
		name := strings.Trim(strings.TrimPrefix(x.Line, x.Tag+" CREATE "), `"`)
		if i := strings.LastIndex(name, "/"); i >= 0 && !made[name[:i]] {
			x.Reply("%T NO no such parent\r\n")
			return
		}
		made[name] = true
	})
	r := mustManage(t, connect(t, mailtest.NewFaulty(t, srv, strict)), manage.Query{Action: manage.Create, Mailbox: "A/B/C"})
	if !slices.Equal(r.Created, []string{"A", "A/B", "A/B/C"}) {
		t.Errorf("created %q", r.Created)
	}
	expectThere(t, srv, "A+", "A/B+", "A/B/C+")
	full := mailtest.FaultAt("CREATE", func(x *mailtest.Exchange) {
		if strings.Contains(x.Line, "/") {
			x.Reply("%T NO no more levels\r\n")
		}
	})
	r, err := connect(t, mailtest.NewFaulty(t, srv, full)).Manage(t.Context(), manage.Query{Action: manage.Create, Mailbox: "X/Y"})
	if err != nil || r.Status != manage.Failed || !slices.Equal(r.Created, []string{"X"}) || len(r.Issues) == 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestManage_KeepsToWhatTheOwnerPermits(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		for _, name := range []string{"Work", "Work/Private", "Other", "Hidden"} {
			srv.Create(t, name)
		}
		before := there(t, srv)
		denying := srv.Account(rig.Account)
		denying.DenyMailboxes = []string{"*/Private", "Hidden", "Never", "Sealed/Below"}
		service := connectAs(t, denying, srv)
		const absent = "does not exist"
		for _, q := range []manage.Query{
			{Action: manage.Create, Mailbox: "Hidden"},
			{Action: manage.Create, Mailbox: "Never/Below"},
			{Action: manage.Rename, Mailbox: "Hidden", To: "Shown"},
			{Action: manage.Rename, Mailbox: "Other", To: "Never"},
			{Action: manage.Delete, Mailbox: "Hidden"},
			{Action: manage.Subscribe, Mailbox: "Hidden"},
			{Action: manage.Unsubscribe, Mailbox: "Hidden"},
		} {
			refusedManage(t, service, q, contract.NotFound, absent)
		}
		// It would show what is kept from us under another name.
		refusedManage(t, service, manage.Query{Action: manage.Rename, Mailbox: "Work", To: "Shown"}, contract.PermissionDenied, "settings")
		expectThere(t, srv, before...)

		allowing := srv.Account(rig.Account)
		allowing.AllowMailboxes = []string{"Other", "Deep/Down"}
		service = connectAs(t, allowing, srv)
		refusedManage(t, service, manage.Query{Action: manage.Create, Mailbox: "Deep/Down"}, contract.NotFound, absent)
		mustManage(t, service, manage.Query{Action: manage.Delete, Mailbox: "Other"})
		if now := there(t, srv); slices.Contains(now, "Other") || slices.Contains(now, "Other+") {
			t.Errorf("there are %q", now)
		}
	})
}

func TestManage_RefusalsOfTheServerAreToldInItsWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]contract.Code{
		"[ALREADYEXISTS] taken":  contract.Conflict,
		"[NOPERM] read only":     contract.PermissionDenied,
		"[CANNOT] never":         contract.InvalidInput,
		"[OVERQUOTA] full":       contract.Unavailable,
		"[LIMIT] too many":       contract.Unavailable,
		"[INUSE] busy":           contract.Unavailable,
		"something \x1b[2J else": contract.Unavailable,
	} {
		srv := mailtest.NewMemory(t)
		service := connect(t, mailtest.NewFaulty(t, srv, mailtest.FaultNO("CREATE", text)))
		r, err := service.Manage(t.Context(), manage.Query{Action: manage.Create, Mailbox: "New/Below"})
		var refused *contract.Error
		var fault *contract.Fault
		var code contract.Code
		if errors.As(err, &refused) {
			code = refused.Code
		} else if errors.As(err, &fault) {
			code = fault.Code
			if forNow := !strings.Contains(text, "OVERQUOTA"); fault.Retryable != forNow {
				t.Errorf("%q: retryable %t", text, fault.Retryable)
			}
		}
		if code != want || strings.Contains(err.Error(), "\x1b") {
			t.Errorf("%q: %+v, %v", text, r, err)
		}
		expectThere(t, srv)
	}
}

func TestManage_LongNamesOfManyLevels(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		service := connect(t, srv)
		name := strings.Join([]string{strings.Repeat("a", 85), strings.Repeat("ö", 84), strings.Repeat("c", 85)}, "/")
		if n := len([]rune(name)); n != contract.MaxMailboxChars {
			t.Fatalf("%d characters", n)
		}
		mustManage(t, service, manage.Query{Action: manage.Create, Mailbox: name})
		mustManage(t, service, manage.Query{Action: manage.Delete, Mailbox: name})
		for _, left := range there(t, srv) {
			if strings.HasPrefix(left, name) {
				t.Errorf("left: %q", left)
			}
		}
	})
}

package draft_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/draft"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
)

func prepare(t *testing.T, s *service, q draft.Query) *draft.Prepared {
	t.Helper()
	p, err := s.Prepare(t.Context(), q)
	if err != nil {
		t.Fatalf("prepare: %v", err)
	}
	return p
}

// save prepares and saves a draft and reads it back.
func save(t *testing.T, s *service, q draft.Query) (*draft.Prepared, *mailbox.Message) {
	t.Helper()
	p := prepare(t, s, q)
	saved, err := s.Save(t.Context(), p)
	if err != nil || saved.ID == nil {
		t.Fatalf("save: %+v, %v", saved, err)
	}
	m := rig.Get(t, s.Mail, mailbox.GetQuery{ID: *saved.ID, BodyMax: 5000, Attachments: true, Mode: mailbox.ModeBoth, Headers: true, AllHeaders: true})
	if m.Size != p.Size || m.MessageIDHeader != "<"+p.MessageIDHeader+">" || saved.ID.Mailbox != p.Mailbox {
		t.Errorf("saved %+v, read back %+v", p, m.Summary)
	}
	for _, flag := range []string{"\\Draft", "\\Seen"} {
		if !slices.ContainsFunc(m.Flags, func(f string) bool { return strings.EqualFold(f, flag) }) {
			t.Errorf("flags %v, want %s", m.Flags, flag)
		}
	}
	return p, m
}

func header(m *mailbox.Message, name string) string {
	for _, f := range m.Headers {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

func list(addresses []netmail.Address) string {
	var out []string
	for _, a := range addresses {
		out = append(out, a.Address)
	}
	return strings.Join(out, " ")
}

// question is what is answered and forwarded; it was sent to srv's user, too.
func question(srv mailtest.Server) []byte {
	return rig.Mail(`From: Ada <ada@example.net>
To: `+strings.ToUpper(srv.Account(rig.Account).User)+`, Bob <bob@example.net>
Cc: list@lists.example.net
Subject: =?utf-8?q?AW:_=C3=96l?=
Date: Mon, 02 Nov 2026 10:00:00 +0100
Message-ID: <q2@example.net>
References: <q1@example.net>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b`, `--b
Content-Type: text/html; charset=utf-8

<p>Is the <b>oil</b> there?</p><p style="display:none">secret words</p>
--b
Content-Type: text/csv; charset=iso-8859-1; name="prices.csv"
Content-Disposition: attachment; filename="prices.csv"
Content-Transfer-Encoding: base64

`+rig.Wrapped([]byte("item,price\n\xf6l,12\n"))+`--b
Content-Type: message/rfc822
Content-Disposition: attachment

From: inner@example.net
Subject: inner

The inner mail.

--b--
`)
}

func TestDraft_NewReplyAndForwardOnEveryServer(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		id := rig.Put(t, srv, "INBOX", question(srv))
		service := connect(t, srv)

		p, m := save(t, service, draft.Query{To: []string{"Jürgen <j@example.net>"}, Bcc: []string{"b@example.net"}, Subject: "Grüße", Body: "Hi\n\n- *one*\n"})
		if m.Subject != "Grüße" || !strings.Contains(*m.BodyText, "- *one*") || !strings.Contains(*m.BodyHTML, "<em>one</em>") || header(m, "Bcc") != "<b@example.net>" || p.Quoted {
			t.Errorf("new: %+v", m)
		}

		p, m = save(t, service, draft.Query{ReplyTo: &id, ReplyAll: true, Cc: []string{"also@example.net"}, Body: "Yes."})
		if list(p.To) != "ada@example.net" || list(p.Cc) != "bob@example.net list@lists.example.net also@example.net" || p.From.Address != srv.Account(rig.Account).User || m.Subject != "Re: Öl" {
			t.Errorf("reply-all goes to %s, cc %s, subject %q", list(p.To), list(p.Cc), m.Subject)
		}
		if header(m, "In-Reply-To") != "<q2@example.net>" || header(m, "References") != "<q1@example.net> <q2@example.net>" {
			t.Errorf("thread: %v", m.Headers)
		}
		whole := rig.Get(t, service.Mail, mailbox.GetQuery{ID: m.ID, BodyMax: 5000, Mode: mailbox.ModeText})
		raw, err := service.Mail.Raw(t.Context(), mailbox.RawQuery{ID: m.ID, MaxBytes: 60_000})
		if err != nil || !strings.Contains(string(raw.Data), "On Mon, 2 Nov 2026 at 10:00, Ada <ada@example.net> wrote:\r\n> Is the") || strings.Contains(string(raw.Data), "secret words") || len(m.Attachments) != 0 {
			t.Errorf("reply: %q\n%s", *whole.BodyText, raw.Data)
		}

		p, m = save(t, service, draft.Query{Forward: &id, To: []string{"bob@example.net"}, Body: "See below."})
		if m.Subject != "Fwd: AW: Öl" || len(m.Attachments) != 2 || len(p.Attachments) != 2 || !strings.Contains(*m.BodyText, "Forwarded message") || header(m, "In-Reply-To") != "" {
			t.Errorf("forward: %+v", m)
		}
		a, err := service.Mail.AttachmentBytes(t.Context(), mailbox.AttachmentQuery{ID: m.ID, PartID: m.Attachments[0].PartID, Max: 1000})
		if err != nil || string(a.Data) != "item,price\n\xf6l,12\n" || a.Filename != "prices.csv" {
			t.Errorf("its table: %+v, %v", a, err)
		}
		a, err = service.Mail.AttachmentBytes(t.Context(), mailbox.AttachmentQuery{ID: m.ID, PartID: m.Attachments[1].PartID, Max: 1000})
		if err != nil || !strings.Contains(string(a.Data), "The inner mail.") || a.ContentType != "message/rfc822" {
			t.Errorf("its mail: %+v, %v", a, err)
		}

		_, m = save(t, service, draft.Query{Attach: []draft.PartRef{{ID: id, PartID: "3"}, {ID: id, PartID: "2"}, {ID: id, PartID: "2"}}, Body: "Both."})
		if len(m.Attachments) != 2 || m.Attachments[1].Filename != "prices.csv" {
			t.Errorf("attached: %+v", m.Attachments)
		}
	})
}

func TestDraft_PartThatIsNotThereSavesNothing(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		id := rig.Put(t, srv, "INBOX", question(srv))
		service := connect(t, srv)
		for part, want := range map[string]contract.Code{"9": contract.NotFound, "2.4": contract.NotFound, "a\nb": contract.InvalidInput} {
			_, err := service.Prepare(t.Context(), draft.Query{Attach: []draft.PartRef{{ID: id, PartID: part}}})
			var refused *contract.Error
			if !errors.As(err, &refused) || refused.Code != want {
				t.Errorf("part %s: %v, want %s", part, err, want)
			}
		}
		gone := id
		gone.UID += 99
		if _, err := service.Prepare(t.Context(), draft.Query{ReplyTo: &gone}); err == nil {
			t.Error("answered a message that is not there")
		}
		prepare(t, service, draft.Query{Forward: &id}) // and is not saved
		if n := len(rig.Search(t, service.Mail, mailbox.SearchQuery{Mailbox: "Drafts", Limit: 10}).Messages); n != 0 {
			t.Errorf("%d drafts", n)
		}
	})
}

func TestDraft_IsFoundAgainWithoutUIDPLUS(t *testing.T) {
	t.Parallel()
	for name, without := range map[string][]imap.Cap{"UIDPLUS": {imap.CapUIDPlus}, "and ESEARCH": {imap.CapUIDPlus, imap.CapESearch}} {
		t.Run(name, func(t *testing.T) {
			service := connect(t, mailtest.NewMemoryWith(t, mailtest.MemoryOptions{Without: append(without, imap.CapIMAP4rev2)}))
			save(t, service, draft.Query{Body: "one"})
			if _, m := save(t, service, draft.Query{Body: "two"}); *m.BodyText != "two" {
				t.Errorf("found %q", *m.BodyText)
			}
		})
	}
}

func TestDraft_WrongArgumentsAreRefusedBeforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	wire := mailtest.Record(t, srv)
	service := connect(t, wire)
	id := contract.MessageID{Account: rig.Account, Mailbox: "INBOX", UIDValidity: 1, UID: 1}
	for name, q := range map[string]draft.Query{
		"reply and forward":       {ReplyTo: &id, Forward: &id},
		"reply_all without reply": {ReplyAll: true},
		"101 recipients":          {To: slices.Repeat([]string{"a@example.net"}, contract.MaxRecipients+1)},
		"no address":              {Cc: []string{"nobody"}},
		"two in one":              {Cc: []string{"a@example.net, b@example.net"}},
		"line end in an address":  {Bcc: []string{"a@example.net\r\nBcc: b@example.net"}},
		"line end in a name":      {To: []string{"\"A\nB\" <a@example.net>"}},
		"NUL in an address":       {To: []string{"a\x00@example.net"}},
		"long address":            {To: []string{strings.Repeat("a", contract.MaxAddressBytes) + "@example.net"}},
		"one byte too long":       {To: []string{"n" + strings.Repeat("n", contract.MaxAddressBytes-len(" <a@example.net>")) + " <a@example.net>"}},
		"local part beyond ASCII": {To: []string{"ü@example.net"}},
		"line end in the subject": {Subject: "a\r\nBcc: b@example.net"},
		"long subject":            {Subject: strings.Repeat("ü", contract.MaxSubjectChars+1)},
		"long body":               {Body: strings.Repeat("ü", contract.MaxDraftBodyChars+1)},
		"NUL in the body":         {Body: "a\x00b"},
		"21 parts":                {Attach: slices.Repeat([]draft.PartRef{{ID: id, PartID: "2"}}, contract.MaxDraftAttachments+1)},
	} {
		_, err := service.Prepare(t.Context(), q)
		var refused *contract.Error
		if !errors.As(err, &refused) || refused.Code != contract.InvalidInput {
			t.Errorf("%s: %v", name, err)
		}
	}
	if sent := wire.ClientBytes(); len(sent) > 0 {
		t.Errorf("sent %q", sent)
	}
	id = rig.Put(t, srv, "INBOX", question(srv))
	long := " <a@example.net>"
	long = strings.Repeat("n", contract.MaxAddressBytes-len(long)) + long
	q := draft.Query{
		To: slices.Repeat([]string{"a@example.net"}, contract.MaxRecipients), Cc: []string{long}, Attach: slices.Repeat([]draft.PartRef{{ID: id, PartID: "2"}}, contract.MaxDraftAttachments), Subject: strings.Repeat("ü", contract.MaxSubjectChars),
		Body: strings.Repeat("ü", contract.MaxDraftBodyChars),
	}
	if p, m := save(t, service, q); len(p.To) != 1 || list(p.Cc) != "" || len(p.Attachments) != 1 || m.Subject != q.Subject {
		t.Errorf("at the bounds: %+v", p)
	}
}

func TestDraft_TakesPartsFromAnotherAccount(t *testing.T) {
	t.Parallel()
	here, there := mailtest.NewMemory(t), mailtest.NewMemory(t)
	id := rig.Put(t, there, "INBOX", question(there))
	id.Account = "other"
	service := connectTwo(t, here, there)
	p, m := save(t, service, draft.Query{Account: rig.Account, Attach: []draft.PartRef{{ID: id, PartID: "2"}}, ReplyTo: &id})
	if len(m.Attachments) != 1 || list(p.To) != "ada@example.net" || m.ID.Account != rig.Account {
		t.Errorf("%+v", m)
	}
}

func TestDraft_LockdownPassesNothingOn(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		id := rig.Put(t, srv, "INBOX", question(srv))
		service := locked(t, srv)
		for name, q := range map[string]draft.Query{"forward": {Forward: &id}, "attach": {Attach: []draft.PartRef{{ID: id, PartID: "2"}}}, "reply with a part": {ReplyTo: &id, Attach: []draft.PartRef{{ID: id, PartID: "2"}}}} {
			_, err := service.Prepare(t.Context(), q)
			var refused *contract.Error
			if !errors.As(err, &refused) || refused.Code != contract.PermissionDenied {
				t.Errorf("%s: %v", name, err)
			}
		}
		p := prepare(t, service, draft.Query{ReplyTo: &id, Body: "Who are you?"})
		saved, err := service.Save(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := service.Mail.Raw(t.Context(), mailbox.RawQuery{ID: *saved.ID, MaxBytes: 60_000})
		if err != nil {
			t.Fatal(err)
		}
		if raw.Withheld == "" {
			t.Error("a draft that answers a stranger is shown")
		}
		open := rig.Connect(t, srv)
		if raw, err = open.Mail.Raw(t.Context(), mailbox.RawQuery{ID: *saved.ID, MaxBytes: 60_000}); err != nil {
			t.Fatal(err)
		}
		for _, words := range []string{"oil", "=C3=96l", base64.StdEncoding.EncodeToString([]byte("Öl")), "Ada"} {
			if bytes.Contains(raw.Data, []byte(words)) {
				t.Errorf("%q got into the draft:\n%s", words, raw.Data)
			}
		}
		if p.Quoted || len(p.Issues) == 0 || list(p.To) != "ada@example.net" || !bytes.Contains(raw.Data, []byte("In-Reply-To: <q2@example.net>")) {
			t.Errorf("%+v\n%s", p, raw.Data)
		}
	})
}

// Warm, with INBOX open and Drafts known: the message, its text, its
// attachments, a NOOP that shows the connection to be alive, and the draft.
func TestDraft_RoundTripsAreFew(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		id := rig.Put(t, srv, "INBOX", question(srv))
		wire := mailtest.Record(t, srv)
		service := connect(t, wire)
		prepare(t, service, draft.Query{ReplyTo: &id})
		for name, tt := range map[string]struct {
			q    draft.Query
			most int
		}{
			"new":     {draft.Query{Body: "Hi."}, 2},
			"reply":   {draft.Query{ReplyTo: &id, Body: "Yes."}, 4},
			"forward": {draft.Query{Forward: &id, Body: "See."}, 5},
		} {
			wire.Reset()
			p := prepare(t, service, tt.q)
			if _, err := service.Save(t.Context(), p); err != nil {
				t.Fatal(err)
			}
			t.Logf("%s: %d flights", name, wire.Flights())
			if wire.Flights() > tt.most {
				t.Errorf("%s: %d flights, want at most %d\n%s", name, wire.Flights(), tt.most, wire.Transcript())
			}
		}
	})
}

func TestDraft_IsSavedWithoutExtensions(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewDovecot(t)
	id := rig.Put(t, srv, "INBOX", question(srv))
	faulty := mailtest.NewFaulty(t, srv, mailtest.Without("LITERAL+", "LITERAL-", "UIDPLUS", "SPECIAL-USE", "ESEARCH", "LIST-EXTENDED", "IMAP4rev2"))
	_, m := save(t, connect(t, faulty), draft.Query{Forward: &id, Body: strings.Repeat("A line of it.\n", 1000)})
	if m.ID.Mailbox != "Drafts" || len(m.Attachments) != 2 {
		t.Errorf("%+v", m)
	}
}

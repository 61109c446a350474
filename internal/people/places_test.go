package people

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/mailtest"
)

// placesOf makes a service whose server lists these mailboxes: attributes, a
// delimiter and a name, as LIST has them.
func placesOf(t *testing.T, rows ...string) (*Service, *imapconn.Pool, *mailtest.Faulty) {
	t.Helper()
	answer := ""
	for _, row := range rows {
		answer += "* LIST " + row + "\r\n"
	}
	srv := mailtest.NewFaulty(t, mailtest.NewMemory(t), mailtest.FaultReply("LIST", answer+"%T OK\r\n"))
	service, pool := serviceOn(t, srv.Account("work"), srv)
	return service, pool, srv
}

func serviceOn(t *testing.T, a config.Account, srv mailtest.Server) (*Service, *imapconn.Pool) {
	t.Helper()
	pool := imapconn.NewPool(a, imapconn.Options{
		ConnectTimeout: 10 * time.Second, GreetingTimeout: 10 * time.Second, SocketTimeout: time.Minute,
		IdleTTL: time.Minute, MaxIdle: 4, RootCAs: srv.RootCAs(),
	})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = pool.Close(ctx)
	})
	return New(Options{}), pool
}

func TestSpecialBox_FindsThePlacesOfRealServers(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		rows                         []string
		trash, archive, junk, drafts string
	}{
		"marked, whatever the name": {
			[]string{`(\Trash) "/" Oubliette`, `() "/" Trash`, `(\Junk) "/" Other`, `() "/" Junk`, `(\Archive) "/" Kept`, `() "/" Archive`, `(\Drafts) "/" Later`},
			"Oubliette", "Kept", "Other", "Later",
		},
		"a plain LIST that marks": {
			[]string{`(\HasNoChildren \trash) "/" X`}, "X", "", "", "",
		},
		"Gmail": {
			[]string{`(\Noselect \HasChildren) "/" "[Gmail]"`, `(\All) "/" "[Gmail]/Alle Nachrichten"`, `(\Trash) "/" "[Gmail]/Papierkorb"`, `(\Junk) "/" "[Gmail]/Spam"`, `(\Drafts) "/" "[Gmail]/Entw&APw-rfe"`},
			"[Gmail]/Papierkorb", "[Gmail]/Alle Nachrichten", "[Gmail]/Spam", "[Gmail]/Entwürfe",
		},
		"Gmail that marks nothing": {
			[]string{`(\Noselect) "/" "[Gmail]"`, `() "/" "[Gmail]/Tous les messages"`, `() "/" "[Gmail]/Corbeille"`, `() "/" "[Gmail]/Brouillons"`},
			"[Gmail]/Corbeille", "[Gmail]/Tous les messages", "", "[Gmail]/Brouillons",
		},
		"a view of everything is no archive": {
			[]string{`(\All) "/" "Virtual/All"`, `() "/" Trash`}, "Trash", "", "", "",
		},
		"Exchange": {
			[]string{`() "/" "Deleted Items"`, `() "/" "Junk Email"`, `() "/" Drafts`, `() "/" Archive`},
			"Deleted Items", "Archive", "Junk Email", "Drafts",
		},
		"Exchange in German": {
			[]string{`() "/" "Gel&APY-schte Elemente"`, `() "/" "Junk-E-Mail"`, `() "/" "Entw&APw-rfe"`, `() "/" Archiv`},
			"Gelöschte Elemente", "Archiv", "Junk-E-Mail", "Entwürfe",
		},
		"iCloud": {
			[]string{`() "/" "Deleted Messages"`, `() "/" Junk`, `() "/" Archive`}, "Deleted Messages", "Archive", "Junk", "",
		},
		"Yahoo": {
			[]string{`() "/" "Bulk Mail"`, `() "/" Draft`, `() "/" Trash`}, "Trash", "", "Bulk Mail", "Draft",
		},
		"a German provider": {
			[]string{`() "/" Spamverdacht`, `() "/" "Gel&APY-scht"`, `() "/" "Entw&APw-rfe"`}, "Gelöscht", "", "Spamverdacht", "Entwürfe",
		},
		"below INBOX": {
			[]string{`() "." INBOX`, `() "." INBOX.Trash`, `() "." INBOX.spam`, `() "." INBOX.Drafts`, `() "." INBOX.Archive`},
			"INBOX.Trash", "INBOX.Archive", "INBOX.spam", "INBOX.Drafts",
		},
		"only in a project": {
			[]string{`() "/" Projects`, `() "/" Projects/Trash`, `() "/" Projects/Archive`, `() "/" a/b/Spam`}, "", "", "", "",
		},
		"the commoner and higher": {
			[]string{`() "/" INBOX/Trash`, `() "/" "Deleted Items"`, `() "/" Trash`, `(\Noselect) "/" Junk`, `() "/" Spam`}, "Trash", "", "Spam", "",
		},
		"the owner's own before a shared one": {
			[]string{`(\Trash) "/" "shared/bob/Trash"`, `(\Trash) "/" "Trash"`}, "Trash", "", "", "",
		},
		"marked for something else": {
			[]string{`(\Archive) "/" Trash`}, "", "Trash", "", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			service, pool, _ := placesOf(t, append([]string{`() "/" INBOX`}, tt.rows...)...)
			for use, want := range map[SpecialUse]string{UseTrash: tt.trash, UseArchive: tt.archive, UseJunk: tt.junk, UseDrafts: tt.drafts} {
				got, err := service.SpecialBox(t.Context(), pool, use)
				var refused *contract.Error
				if want == "" && (!errors.As(err, &refused) || refused.Code != contract.NotFound || !strings.Contains(refused.Message, "imap_manage_mailbox")) {
					t.Errorf("%s: %q, %v", use, got, err)
				}
				if got != want || (want != "" && err != nil) {
					t.Errorf("%s is %q, not %q (%v)", use, got, want, err)
				}
			}
		})
	}
}

func TestSpecialBox_IsFoundAmongThousandsOfMailboxesInOneRoundTrip(t *testing.T) {
	t.Parallel()
	var rows []string
	for i := range 5000 {
		rows = append(rows, fmt.Sprintf(`() "/" "Project %d/Trash"`, i))
	}
	service, pool, srv := placesOf(t, append(rows, `() "/" Spam`, `(\Trash) "/" Bin`)...)
	for range 3 {
		for _, use := range []SpecialUse{UseTrash, UseJunk} {
			_, _ = service.SpecialBox(t.Context(), pool, use)
		}
		if got, err := service.SpecialBox(t.Context(), pool, UseTrash); got != "Bin" {
			t.Errorf("%q, %v", got, err)
		}
		if _, err := service.sentBoxes(t.Context(), pool); err != nil {
			t.Error(err)
		}
	}
	if n := lists(srv); n != 1 {
		t.Errorf("LIST was sent %d times", n)
	}
	// One that is missing is looked for again: the person may have made it.
	_, _ = service.SpecialBox(t.Context(), pool, UseDrafts)
	if n := lists(srv); n != 2 {
		t.Errorf("for a missing one LIST was sent %d times", n)
	}
	service.ForgetPlaces(pool)
	_, _ = service.SpecialBox(t.Context(), pool, UseTrash)
	if n := lists(srv); n != 3 {
		t.Errorf("after forgetting LIST was sent %d times", n)
	}
}

func lists(srv *mailtest.Faulty) int {
	n := 0
	for _, command := range srv.Commands() {
		if strings.HasPrefix(command, "LIST") {
			n++
		}
	}
	return n
}

func TestSpecialBox_DeniedMailboxIsNone(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	a := srv.Account("work")
	a.DenyMailboxes = []string{"Trash"}
	service, pool := serviceOn(t, a, srv)
	if name, err := service.SpecialBox(t.Context(), pool, UseTrash); err == nil {
		t.Errorf("Trash is %q", name)
	}
	if name, err := service.SpecialBox(t.Context(), pool, UseJunk); name != "Junk" {
		t.Errorf("Junk is %q, %v", name, err)
	}
}

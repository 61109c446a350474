package mailtest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"mail-imap-mcp/internal/mailtest"
)

// nameInEnvironment has the environment name a Memory that the test started,
// with its one user in the pool.
func nameInEnvironment(t *testing.T) *mailtest.Memory {
	t.Helper()
	m := mailtest.NewMemory(t)
	a := m.Account("default")
	users := t.TempDir()
	if err := os.WriteFile(filepath.Join(users, a.User), []byte(a.Password.Reveal()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("MAIL_IMAP_TEST_SERVER", "other")
	t.Setenv("MAIL_IMAP_TEST_SERVER_ADDR", fmt.Sprintf("%s:%d", a.Host, a.Port))
	t.Setenv("MAIL_IMAP_TEST_SERVER_CA", m.CAPath())
	t.Setenv("MAIL_IMAP_TEST_SERVER_USERS", users)
	t.Setenv("MAIL_IMAP_TEST_SERVER_ROOT", "")
	t.Setenv("MAIL_IMAP_TEST_SERVER_SEPARATOR", "")
	return m
}

func TestElsewhere_IsAServerLikeTheOthers(t *testing.T) {
	nameInEnvironment(t)
	e := mailtest.NewElsewhere(t)
	if e.Name() != "other" {
		t.Errorf("its name is %q", e.Name())
	}
	e.Create(t, "Projects/2026")
	uids := e.Append(t, "Projects/2026", mailtest.Message{Raw: []byte("Subject: one\r\n\r\nx\r\n"), Flags: []string{"\\Seen"}})
	stored := e.Messages(t, "Projects/2026")
	if len(stored) != 1 || len(uids) != 1 || stored[0].UID != uids[0] || !slices.Equal(stored[0].Flags, []string{"\\Seen"}) {
		t.Errorf("appended as %v, stored is %+v", uids, stored)
	}
	if _, err := mailtest.OpenElsewhere(); err == nil {
		t.Error("a second test got the same user")
	}
}

func TestElsewhere_NamesAreShownAsTheTestsSayThem(t *testing.T) {
	m := nameInEnvironment(t)
	t.Setenv("MAIL_IMAP_TEST_SERVER_ROOT", "Below/")
	t.Setenv("MAIL_IMAP_TEST_SERVER_SEPARATOR", "/")
	if err := m.CreateMailbox("Below"); err != nil {
		t.Fatal(err)
	}
	e := mailtest.NewElsewhere(t)
	e.Create(t, `a "b" c`)
	e.Create(t, "Entwürfe & mehr")
	if got := e.Subscribed(t); !slices.Contains(got, "Archive") {
		t.Errorf("subscribed to %q, not to Archive", got)
	}
	e.Append(t, `a "b" c`, mailtest.Message{Raw: []byte("Subject: one\r\n\r\nx\r\n")})
	if got := len(m.Messages(t, `Below/a "b" c`)); got != 1 {
		t.Errorf("%d messages where the server has it", got)
	}
	if validity := e.UIDValidity(t, `a "b" c`); validity != m.UIDValidity(t, `Below/a "b" c`) {
		t.Errorf("STATUS is of another mailbox: UIDVALIDITY %d", validity)
	}
	shown := e.Mailboxes(t)
	for _, name := range []string{"INBOX", "Archive", `a "b" c`, "Entwürfe & mehr"} {
		if !slices.Contains(shown, name) {
			t.Errorf("%q is not among %q", name, shown)
		}
	}
}

func TestElsewhere_OnlyALoopbackServerIsTaken(t *testing.T) {
	nameInEnvironment(t)
	t.Setenv("MAIL_IMAP_TEST_SERVER_ADDR", "192.0.2.1:993")
	if _, err := mailtest.OpenElsewhere(); err == nil {
		t.Error("a server on another machine was taken")
	}
}

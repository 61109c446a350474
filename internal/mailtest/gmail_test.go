package mailtest

import (
	"strings"
	"testing"
)

func TestGmail_MailboxesAreLabels(t *testing.T) {
	t.Parallel()
	for _, step := range []struct {
		name, mailbox, line    string
		inbox, all, trash, box int // how many there are afterwards, of one in INBOX
	}{
		{"copy adds a label", "INBOX", "UID COPY 1 Box", 1, 1, 0, 1},
		{"move changes the label", "INBOX", "UID MOVE 1 Box", 0, 1, 0, 1},
		{"move to All Mail archives", "INBOX", `UID MOVE 1 "[Gmail]/All Mail"`, 0, 1, 0, 0},
		{"move to Trash takes every label off", "INBOX", "UID MOVE 1 [Gmail]/Trash", 0, 0, 1, 0},
		{"move out of All Mail leaves it there", `"[Gmail]/All Mail"`, "UID MOVE 1 Box", 1, 1, 0, 1},
		{"expunge takes a label off", "INBOX", "UID STORE 1 +FLAGS.SILENT (\\Deleted)\r\nz UID EXPUNGE 1", 0, 1, 0, 0},
	} {
		t.Run(step.name, func(t *testing.T) {
			m := NewMemoryWith(t, MemoryOptions{Gmail: true})
			m.Create(t, "Box")
			m.Append(t, "INBOX", Message{Raw: sampleMail("one")})
			c := opened(t, m)
			if said := c.say("c CAPABILITY", "c OK"); !strings.Contains(said, "X-GM-EXT-1") {
				t.Errorf("it advertises %q", said)
			}
			c.say("s SELECT "+step.mailbox, "s OK")
			if said := c.say("z "+step.line+"\r\ne NOOP", "e OK"); !strings.Contains(said, "z OK") {
				t.Errorf("%s is answered %q", step.line, said)
			}
			for mailbox, want := range map[string]int{"INBOX": step.inbox, gmailAll: step.all, gmailTrash: step.trash, "Box": step.box} {
				if got := len(m.Messages(t, mailbox)); got != want {
					t.Errorf("%s has %d messages, want %d", mailbox, got, want)
				}
			}
		})
	}
}

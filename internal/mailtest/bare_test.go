package mailtest

import (
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

var bareOf = []imap.Cap{imap.CapMove, imap.CapUIDPlus, imap.CapSpecialUse}

func TestBareServers_AdvertiseNeitherBeforeNorAfterSignIn(t *testing.T) {
	t.Parallel()
	for _, s := range []Server{
		NewMemoryWith(t, MemoryOptions{Without: bareOf}),
		NewDovecotWith(t, DovecotOptions{Without: bareOf}),
	} {
		t.Run(s.Name(), func(t *testing.T) {
			c := dialRaw(t, s)
			acc := s.Account("default")
			said := c.say("", "\n") + c.say("a CAPABILITY", "a OK") +
				c.say("b LOGIN "+acc.User+" "+acc.Password.Reveal(), "b OK") + c.say("c CAPABILITY", "c OK") +
				c.say(`d LIST "" *`, "d OK")
			words := strings.FieldsFunc(said, func(r rune) bool { return strings.ContainsRune(" []()\"\r\n", r) })
			for _, hidden := range append(bareOf, "\\Trash", "\\Sent", "\\Archive") {
				if slices.Contains(words, string(hidden)) {
					t.Errorf("%s is advertised: %s", hidden, said)
				}
			}
			for _, kept := range []string{"IMAP4rev1", "NAMESPACE", "ESEARCH", "Trash", "Archive"} {
				if !slices.Contains(words, kept) {
					t.Errorf("%s is missing: %s", kept, said)
				}
			}
		})
	}
}

func TestBareDovecot_RestartsBareAndServesMail(t *testing.T) {
	t.Parallel()
	d := NewDovecotWith(t, DovecotOptions{Without: bareOf, Private: true})
	d.Append(t, "INBOX", Message{Raw: sampleMail("kept")})
	d.Restart(t)
	signIn(t, d.NewUser(t), func(c *imapclient.Client) {
		if caps := c.Caps(); caps.Has(imap.CapMove) || !caps.Has("CONDSTORE") {
			t.Errorf("it advertises %v", caps)
		}
	})
	signIn(t, d, func(c *imapclient.Client) {
		if data, err := c.Select("INBOX", nil).Wait(); err != nil || data.NumMessages != 1 {
			t.Errorf("INBOX: %+v %v", data, err)
		}
	})
}

func TestBareMemory_HasNothingOfMoveAndUIDPlus(t *testing.T) {
	t.Parallel()
	m := NewMemoryWith(t, MemoryOptions{Without: bareOf})
	m.Append(t, "INBOX", Message{Raw: sampleMail("one")}, Message{Raw: sampleMail("two")})
	c := dialRaw(t, m)
	acc := m.Account("default")
	c.say("", "\n")
	c.say("l LOGIN "+acc.User+" "+acc.Password.Reveal(), "l OK")
	c.say("s SELECT INBOX", "s OK")
	for line, want := range map[string]string{
		"a UID MOVE 1 Archive":           "a BAD ",
		"b MOVE 1 Archive":               "b BAD ",
		"c UID EXPUNGE 1":                "c BAD ",
		"d UID COPY 1:2 Archive":         "d OK COPY",
		"e APPEND Archive {3+}\r\nx\r\n": "e OK APPEND",
	} {
		if said := c.say(line, line[:1]+" "); !strings.Contains(said, want) || strings.Contains(said, "UID ") {
			t.Errorf("%s is answered %q, want %q", line, said, want)
		}
	}
}

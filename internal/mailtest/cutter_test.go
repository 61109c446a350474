package mailtest

import (
	"fmt"
	"io"
	"maps"
	"strings"
	"testing"
	"time"
)

// opened is a connection with INBOX selected.
func opened(t *testing.T, s Server) rawClient {
	t.Helper()
	c := dialRaw(t, s)
	acc := s.Account("default")
	c.say("", "\n")
	c.say("l LOGIN "+acc.User+" "+acc.Password.Reveal(), "l OK")
	c.say("s SELECT INBOX", "s OK")
	return c
}

// moveAll moves every message between two mailboxes and reads to the end of
// the answer or of the connection.
func moveAll(c rawClient) string {
	_, _ = io.WriteString(c, "m UID MOVE 1:* Archive\r\n")
	return c.say("", "m OK")
}

func TestCutter_CutsAtExactlyTheByteAndTheServerActsOnWhatItGot(t *testing.T) {
	eachServer(t, func(t *testing.T, s Server) {
		const messages = 2
		cut := Cut(t, s)
		fill := func() {
			s.Recreate(t, "Archive")
			for range messages - len(s.Messages(t, "INBOX")) {
				s.Append(t, "INBOX", Message{Raw: sampleMail("one")})
			}
		}
		fill()
		c := opened(t, cut)
		cut.Mark()
		answer := moveAll(c)
		asked, answered := cut.Passed(ToServer), cut.Passed(ToClient)
		if want := len("m UID MOVE 1:* Archive\r\n"); asked != want || answered != len(answer) {
			t.Fatalf("%d and %d bytes passed, want %d and %d", asked, answered, want, len(answer))
		}
		_ = c.Close()
		moved := map[int]bool{}
		began := time.Now()
		for n := range asked + 1 {
			fill()
			c := opened(t, cut)
			cut.Arm(ToServer, n)
			said := moveAll(c)
			cut.Settle(t)
			_ = c.Close()
			if cut.Cuts() != n+1 {
				t.Fatalf("%d cuts after the %dth", cut.Cuts(), n+1)
			}
			if got := cut.Passed(ToServer); got != n {
				t.Errorf("%d bytes reached the server, want %d", got, n)
			}
			if strings.Contains(said, "m OK") {
				t.Errorf("cut at %d the client read %q", n, said)
			}
			here, there := len(s.Messages(t, "INBOX")), len(s.Messages(t, "Archive"))
			moved[n] = there == messages
			if here+there != messages || there != 0 && here != 0 {
				t.Errorf("cut at %d there are %d and %d messages", n, here, there)
			}
		}
		if !moved[asked] {
			t.Error("the server has the whole command and did not act on it")
		}
		for n := range asked - len("\r\n") {
			if moved[n] {
				t.Errorf("the server acted on %d of %d bytes", n, asked)
			}
		}
		t.Logf("without LF acted on: %v, without CRLF: %v", moved[asked-1], moved[asked-2])
		t.Logf("%v a cut to the server, with filling and looking", (time.Since(began) / time.Duration(asked+1)).Round(10*time.Microsecond))
		for n := 0; n <= answered-4; n += 3 {
			fill()
			c := opened(t, cut)
			cut.Arm(ToClient, n)
			said, _, _ := strings.Cut(moveAll(c), " [")
			cut.Settle(t)
			_ = c.Close()
			if n < len("* OK ") && len(said) != n || len(said) > n {
				t.Errorf("cut at %d the client read %d bytes: %q", n, len(said), said)
			}
			if len(s.Messages(t, "Archive")) != messages {
				t.Errorf("cut at %d of the answer the server did not do all of it", n)
			}
		}
	})
}

func TestCutter_MuchWorkIsDoneOnceSettled(t *testing.T) {
	t.Parallel()
	eachServer(t, func(t *testing.T, s Server) {
		const messages = 300
		cut := Cut(t, s)
		var batch []Message
		for i := range messages {
			batch = append(batch, Message{Raw: sampleMail(fmt.Sprint(i))})
		}
		s.Append(t, "INBOX", batch...)
		c := opened(t, cut)
		// Four commands in one flight, and the line is cut behind the last byte.
		flight := "1 UID COPY 1:* Archive\r\n2 UID COPY 1:* Junk\r\n3 UID COPY 1:* Trash\r\n4 UID MOVE 1:* Sent\r\n"
		cut.Arm(ToServer, len(flight))
		c.say(strings.TrimSuffix(flight, "\r\n"), "4 OK")
		cut.Settle(t)
		look := func() map[string]int {
			found := map[string]int{}
			for _, mailbox := range []string{"Sent", "Archive", "Junk", "Trash", "INBOX"} {
				found[mailbox] = len(s.Messages(t, mailbox))
			}
			return found
		}
		found := look()
		want := map[string]int{"INBOX": 0, "Archive": messages, "Junk": messages, "Trash": messages, "Sent": messages}
		if s.Name() == "dovecot" {
			// One command of some that wait may be left out when Dovecot notices
			// that the client has gone, on a busy machine (1 run of 45).
			for mailbox, n := range found {
				if n == 0 {
					want[mailbox] = 0
				}
			}
			want["INBOX"] = messages - want["Sent"]
		}
		if !maps.Equal(found, want) {
			t.Errorf("there are %v, want %v", found, want)
		}
		if later := look(); !maps.Equal(found, later) {
			t.Errorf("it had not settled: %v, and then %v", found, later)
		}
	})
}

func TestCutter_GoneServerIsRefusedUntilDisarmed(t *testing.T) {
	t.Parallel()
	m := NewMemory(t)
	cut := Cut(t, m)
	first, second := opened(t, cut), opened(t, cut)
	cut.ArmGone(ToServer, 3)
	for _, said := range []string{first.say("n NOOP", "n OK"), second.say("n NOOP", "n OK"), dialRaw(t, cut).say("", "\n")} {
		if strings.Contains(said, "OK") {
			t.Errorf("the lost server says %q", said)
		}
	}
	cut.Disarm()
	if said := opened(t, cut).say("n NOOP", "n OK"); !strings.Contains(said, "n OK") {
		t.Errorf("after Disarm it says %q", said)
	}
	cut.Arm(ToServer, 1<<20)
	cut.Disarm()
	cut.Settle(t) // nothing was cut since: at once
}

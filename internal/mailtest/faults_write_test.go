package mailtest

import (
	"strconv"
	"strings"
	"testing"
)

func TestWriteFaults_AnswerAsNamed(t *testing.T) {
	t.Parallel()
	eachServer(t, func(t *testing.T, s Server) {
		for _, c := range []struct {
			fault           Fault
			line            string
			want, never     string
			inbox, archived int // afterwards, of three
		}{
			{FaultNO("UID COPY", "[OVERQUOTA] full"), "a UID COPY 1:3 Archive", "a NO [OVERQUOTA] full", "a OK", 3, 0},
			{FaultReadOnly(), "a UID MOVE 1:3 Archive", "a NO", "a OK", 3, 0},
			{FaultNoCopyUID(), "a UID MOVE 1:3 Archive", "a OK", "COPYUID", 0, 3},
			{FaultShortCopyUID(), "a UID COPY 1:3 Archive", " 1:2 1:2]", " 1:3", 3, 3},
			{FaultNoAppendUID(), "a APPEND Archive {3+}\r\nx\r\n", "a OK", "APPENDUID", 3, 1},
			{FaultLies("APPEND"), "a APPEND Archive {3+}\r\nx\r\n", "a OK done", "APPENDUID", 3, 0},
			{FaultLiesWith("UID MOVE", "OK [COPYUID 7 1 9] done"), "a UID MOVE 1 Archive", "a OK [COPYUID 7 1 9]", "EXPUNGE", 3, 0},
			{FaultWrongSize(1000), "a UID FETCH 1 (RFC822.SIZE)", "RFC822.SIZE 10", "a BAD", 3, 0},
		} {
			t.Run(c.fault.Name, func(t *testing.T) {
				s.Recreate(t, "Archive")
				for _, m := range s.Messages(t, "INBOX") {
					s.Expunge(t, "INBOX", m.UID)
				}
				first := s.Append(t, "INBOX", threeOf50()...)[0]
				line := c.line
				if first != 1 {
					line = strings.Replace(strings.Replace(line, " 1:3 ", " %:* ", 1), " 1 ", " % ", 1)
					line = strings.ReplaceAll(line, "%", utoa(first))
				}
				cl := opened(t, NewFaulty(t, s, c.fault))
				said := cl.say(line, "a ")
				want, never := c.want, c.never
				if c.fault.Name == "short COPYUID" {
					want, never = " "+utoa(first)+":"+utoa(first+1)+" 1:2]", " 1:3]"
				}
				if !strings.Contains(said, want) || strings.Contains(said, never) {
					t.Errorf("%s is answered %q, want %q and not %q", line, said, want, never)
				}
				if here, there := len(s.Messages(t, "INBOX")), len(s.Messages(t, "Archive")); here != c.inbox || there != c.archived {
					t.Errorf("then there are %d and %d messages, want %d and %d", here, there, c.inbox, c.archived)
				}
			})
		}
	})
}

// threeOf50 are three messages of 50 bytes each.
func threeOf50() []Message {
	raw := []byte("Subject: fifty\r\n\r\n" + strings.Repeat("x", 30) + "\r\n")
	return []Message{{Raw: raw}, {Raw: raw}, {Raw: raw}}
}

func utoa(n uint32) string { return strconv.FormatUint(uint64(n), 10) }

func TestFaults_TheThirdAloneAndBetweenTwoCommands(t *testing.T) {
	t.Parallel()
	eachServer(t, func(t *testing.T, s Server) {
		s.Append(t, "INBOX", threeOf50()...)
		s.Create(t, "Box") // not Archive, which our Dovecot makes anew when it is needed
		third := FaultNO("UID COPY", "[OVERQUOTA] full").After(2).Times(1)
		vanish := FaultAt("UID MOVE", func(*Exchange) { s.Remove(t, "Box") }).Times(1)
		anew := FaultAt("STATUS", func(*Exchange) { s.Recreate(t, "Junk") })
		before := s.UIDValidity(t, "Junk")
		c := opened(t, NewFaulty(t, s, third, vanish, anew))
		for i, want := range []string{"a OK", "a OK", "a NO [OVERQUOTA]", "a OK"} {
			if said := c.say("a UID COPY 1:3 Archive", "a "); !strings.Contains(said, want) {
				t.Errorf("copy %d is answered %q, want %s", i+1, said, want)
			}
		}
		if said := c.say("b UID MOVE 1:3 Box", "b "); !strings.Contains(said, "b NO [TRYCREATE]") {
			t.Errorf("a move to what was deleted meanwhile is answered %q", said)
		}
		if said := c.say("d STATUS Junk (UIDVALIDITY)", "d OK"); strings.Contains(said, utoa(before)) {
			t.Errorf("UIDVALIDITY is still %q", said)
		}
	})
}

func TestFaultReadOnly_SaysSoAtSelect(t *testing.T) {
	t.Parallel()
	eachServer(t, func(t *testing.T, s Server) {
		f := NewFaulty(t, s, FaultReadOnly())
		c, acc := dialRaw(t, f), f.Account("default")
		c.say("", "\n")
		c.say("l LOGIN "+acc.User+" "+acc.Password.Reveal(), "l OK")
		said := c.say("s SELECT INBOX", "s OK [READ-ONLY]")
		if !strings.Contains(said, "[PERMANENTFLAGS ()]") || !strings.Contains(said, "s OK [READ-ONLY]") {
			t.Errorf("SELECT is answered %q", said)
		}
	})
}

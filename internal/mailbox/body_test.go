package mailbox_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
)

// corpusMail is one of the mails that internal/message is tested with.
func corpusMail(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "message", "testdata", "mail", name+".eml"))
	if err != nil {
		t.Fatal(err)
	}
	return []byte(strings.ReplaceAll(strings.ReplaceAll(string(b), "\r\n", "\n"), "\n", "\r\n"))
}

func TestGet_SaysInWordsWhatAMailIs(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		service := connect(t, srv)
		for _, tt := range []struct{ mail, body, note string }{
			{"report-bounce", "Not delivered to nobody@example.com: no such mailbox (5.1.1)", ""},
			{"report-receipt", "The message was displayed by bob@example.net", ""},
			{"report-without-human-part", "Not delivered", ""},
			{"encrypted-pgp", "", "encrypted (PGP/MIME)"},
			{"encrypted-smime", "", "encrypted (S/MIME)"},
			{"encrypted-inline", "Hello,", "encrypted (inline PGP)"},
			{"signed-pgp", "Signed words.", "signature (PGP/MIME); it was not verified"},
			{"signed-smime", "Signed words.", "signature (S/MIME)"},
			{"uuencode", "", ""},
			{"mixed-text-pdf-text", "", ""},
		} {
			m := rig.Get(t, service, mailbox.GetQuery{ID: rig.Put(t, srv, "INBOX", corpusMail(t, tt.mail)), Attachments: true})
			notes := strings.Join(m.Notes, "; ")
			if m.BodyText == nil && tt.body != "" || m.BodyText != nil && !strings.Contains(*m.BodyText, tt.body) {
				t.Errorf("%s: body %q lacks %q", tt.mail, *m.BodyText, tt.body)
			}
			if !strings.Contains(notes, tt.note) {
				t.Errorf("%s: notes %q lack %q", tt.mail, notes, tt.note)
			}
		}
	})
}

func TestGet_AnInvitationIsPutInWords(t *testing.T) {
	t.Parallel()
	const event = "BEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:1@example.org\nDTSTAMP:20261101T080000Z\n" +
		"DTSTART:20261105T090000Z\nDTEND:20261105T100000Z\nSUMMARY:Harbour plan\nLOCATION:Room 4\n" +
		"ORGANIZER;CN=Ada:mailto:ada@example.org\nATTENDEE;CN=Bob;PARTSTAT=ACCEPTED:mailto:bob@example.net\nSTATUS:CONFIRMED\nEND:VEVENT\nEND:VCALENDAR\n"
	head := "From: Ada <ada@example.org>\nTo: bob@example.net\nSubject: invitation\nMIME-Version: 1.0\nContent-Type: "
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		wire := mailtest.Record(t, srv)
		service := connect(t, wire)
		for name, source := range map[string][]byte{
			"an alternative": rig.Mail(head+"multipart/alternative; boundary=b", "--b\nContent-Type: text/plain\n\nYou are invited.\n--b\nContent-Type: text/calendar; method=REQUEST\nContent-Transfer-Encoding: base64\n\n"+rig.Wrapped([]byte(event))+"--b--\n"),
			"alone":          rig.Mail(head+"text/calendar; method=REQUEST; charset=utf-8", event),
		} {
			id := rig.Put(t, srv, "INBOX", source)
			rig.Search(t, service, mailbox.SearchQuery{})
			wire.Reset()
			m := rig.Get(t, service, mailbox.GetQuery{ID: id})
			if m.BodyText == nil {
				t.Fatalf("%s: no body: %+v", name, m)
			}
			for _, want := range []string{"Harbour plan", "Room 4", "2026-11-05", "Ada", "Bob"} {
				if !strings.Contains(*m.BodyText, want) {
					t.Errorf("%s lacks %q:\n%s", name, want, *m.BodyText)
				}
			}
			if strings.Contains(*m.BodyText, "BEGIN:") || wire.Flights() > 2 {
				t.Errorf("%s: %d round trips, body:\n%s", name, wire.Flights(), *m.BodyText)
			}
		}
	})
}

// readOn reads a body by the next offsets and returns what it is made of.
func readOn(t *testing.T, service *mailbox.Service, q mailbox.GetQuery) string {
	t.Helper()
	var whole strings.Builder
	for range 2000 {
		m := rig.Get(t, service, q)
		if n := len([]rune(*m.BodyText)); n > q.BodyMax {
			t.Fatalf("%d characters, asked for %d", n, q.BodyMax)
		}
		whole.WriteString(*m.BodyText)
		if !m.BodyTruncated {
			return whole.String()
		}
		if m.BodyNextOffset <= q.BodyOffset {
			t.Fatalf("at %d it goes on at %d; notes %v", q.BodyOffset, m.BodyNextOffset, m.Notes)
		}
		q.BodyOffset = m.BodyNextOffset
	}
	t.Fatal("the body has no end")
	return ""
}

func TestGet_SeveralPiecesAreReadRightThrough(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		var parts []string
		var want strings.Builder
		for n, rows := range []int{900, 6000, 40} { // what is first fetched ends within the second
			var text strings.Builder
			for i := range rows {
				fmt.Fprintf(&text, "Piece %d row %d über alles.\n", n, i)
			}
			want.WriteString(text.String())
			if n == 1 {
				parts = append(parts, "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n<p>"+strings.ReplaceAll(text.String(), "\n", "</p>\n<p>")+"</p>")
				continue
			}
			parts = append(parts, "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"+text.String())
		}
		id := rig.Put(t, srv, "INBOX", mixed(parts...))
		service := connect(t, srv)
		words := func(s string) string { return strings.Join(strings.Fields(s), " ") }
		if got := readOn(t, service, mailbox.GetQuery{ID: id, BodyMax: 15_001}); words(got) != words(want.String()) {
			t.Errorf("%d characters, want %d; %s", len(words(got)), len(words(want.String())), firstDifference(words(got), words(want.String())))
		}
	})
}

// firstDifference shows where two texts part.
func firstDifference(got, want string) string {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return fmt.Sprintf("at %d: got %.60q, want %.60q", i, got[i:], want[i:])
		}
	}
	return "one is longer"
}

func TestGet_FoldedHistoryIsReadByItsOffset(t *testing.T) {
	t.Parallel()
	var quoted strings.Builder
	for n := range 214 {
		fmt.Fprintf(&quoted, "> Old line number %d.\n", n)
	}
	text := "Agreed, see you on Thursday.\n\nOn Mon, 2 Nov 2026, Ada wrote:\n" + quoted.String()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		id := rig.Put(t, srv, "INBOX", rig.Mail("From: a@example.org\nSubject: Re: x\nContent-Type: text/plain; charset=utf-8", text))
		service := connect(t, srv)
		m := rig.Get(t, service, mailbox.GetQuery{ID: id, BodyMax: 16_000})
		if !strings.HasPrefix(*m.BodyText, "Agreed, see you on Thursday.") || strings.Contains(*m.BodyText, "number 100") || len(*m.BodyText) > 300 {
			t.Fatalf("not folded: %q", *m.BodyText)
		}
		at := regexp.MustCompile(`body_offset_chars=(\d+)`).FindStringSubmatch(*m.BodyText)
		if at == nil {
			t.Fatalf("the note has no offset: %q", *m.BodyText)
		}
		offset, err := strconv.Atoi(at[1])
		if err != nil {
			t.Fatal(err)
		}
		unfolded := readOn(t, service, mailbox.GetQuery{ID: id, BodyMax: 1000, BodyOffset: offset})
		for n := range 214 {
			if !strings.Contains(unfolded, fmt.Sprintf("> Old line number %d.\n", n)) && n < 213 {
				t.Errorf("line %d is missing by the note's offset", n)
				break
			}
		}
	})
}

func TestGet_APieceTooLongForOneReadingEndsWithAWord(t *testing.T) {
	t.Parallel()
	var long strings.Builder
	for i := range 15_000 {
		fmt.Fprintf(&long, "Row %d of a very long piece.\n", i)
	}
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		id := rig.Put(t, srv, "INBOX", mixed("Content-Type: text/plain\n\nFirst.", "Content-Type: text/plain\n\n"+long.String(), "Content-Type: text/plain\n\nLast."))
		service := connect(t, srv)
		var whole strings.Builder
		for offset, reading := 0, true; reading; {
			m := rig.Get(t, service, mailbox.GetQuery{ID: id, BodyMax: 16_000, BodyOffset: offset})
			whole.WriteString(*m.BodyText)
			if !m.BodyTruncated {
				t.Fatal("the end is not said to be missing")
			}
			if reading = m.BodyNextOffset > offset; !reading && !strings.Contains(strings.Join(m.Notes, " "), "goes on beyond") {
				t.Errorf("it ends at %d without a word: %q", offset, m.Notes)
			}
			offset = m.BodyNextOffset
		}
		if got := strings.TrimSpace(whole.String()); len(got) < 200_000 || !strings.HasPrefix("First.\n\n"+long.String(), got) {
			t.Errorf("%d bytes that are not the beginning: %s", len(got), firstDifference(got, "First.\n\n"+long.String()))
		}
	})
}

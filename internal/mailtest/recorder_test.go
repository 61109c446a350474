package mailtest

import (
	"bytes"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

func TestRecorder_CountsPipelinedCommandsAsOneFlightAndHidesThePassword(t *testing.T) {
	t.Parallel()
	eachServer(t, func(t *testing.T, s Server) {
		s.Append(t, "INBOX", Message{Raw: sampleMail("one")}, Message{Raw: sampleMail("two")})
		rec := Record(t, s)
		signIn(t, rec, func(c *imapclient.Client) {
			if _, err := c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
				t.Fatal(err)
			}
			rec.Reset()
			noop, search := c.Noop(), c.UIDSearch(&imap.SearchCriteria{}, &imap.SearchOptions{ReturnCount: true, ReturnAll: true})
			if err := noop.Wait(); err != nil {
				t.Fatal(err)
			}
			if _, err := search.Wait(); err != nil {
				t.Fatal(err)
			}
			if got := rec.Flights(); got != 1 {
				t.Errorf("two pipelined commands are %d flights", got)
			}
			if got := rec.Commands(); got != 2 {
				t.Errorf("%d commands were counted", got)
			}
			if _, err := c.Fetch(imap.UIDSetNum(1), &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{{Peek: true}}}).Collect(); err != nil {
				t.Fatal(err)
			}
			if got := rec.Flights(); got != 2 {
				t.Errorf("a command more makes %d flights", got)
			}
			text := rec.Transcript()
			for _, want := range []string{"RETURN (ALL COUNT)", "C: T1 NOOP\n", `(TAG "T2") UID`, " bytes}", "S: T3 OK ..."} {
				if !strings.Contains(text, want) {
					t.Errorf("%q is not in the transcript:\n%s", want, text)
				}
			}
			if rec.BytesFromServer() < len(sampleMail("one")) || rec.BytesFromClient() != len(rec.ClientBytes()) {
				t.Errorf("bytes: %d from the server, %d from the client", rec.BytesFromServer(), rec.BytesFromClient())
			}
		})
	})
}

func TestRecorder_TranscriptHidesSignInAndClientBytesShowIt(t *testing.T) {
	t.Parallel()
	rec := Record(t, NewMemory(t))
	signIn(t, rec, func(*imapclient.Client) {})
	secret := rec.Account("default").Password.Reveal()
	if !bytes.Contains(rec.ClientBytes(), []byte(secret)) {
		t.Error("the raw bytes lack the LOGIN")
	}
	if text := rec.Transcript(); strings.Contains(text, secret) || !strings.Contains(text, "LOGIN [redacted]") {
		t.Errorf("transcript:\n%s", text)
	}
}

func TestTranscript_LiteralsOfBothSidesAreElided(t *testing.T) {
	t.Parallel()
	var s script
	s.clientSaid([]byte("a1 LOGIN {4}\r\n"))
	s.serverSaid([]byte("+ go\r\n"))
	s.clientSaid([]byte("u\r\nr {3+}\r\np w\r\n"))
	s.serverSaid([]byte("a1 OK hello\r\n* 1 FETCH (BODY[] {5}\r\nA"))
	s.serverSaid([]byte("\r\nBC UID 3 INTERNALDATE \"01-Jan-2026 00:00:00 +0000\")\r\n"))
	want := "S: + ...\nC: T1 LOGIN [redacted]\nS: T1 OK ...\nS: * 1 FETCH (BODY[] {5 bytes} UID 3 INTERNALDATE \"{date}\")"
	if got := strings.Join(s.lines, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

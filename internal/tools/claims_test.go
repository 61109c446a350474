package tools_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mail-imap-mcp/internal/mailtest"
)

// claimServers are the servers on which claims are held against what was read.
func claimServers(t *testing.T) []mailtest.Server {
	return []mailtest.Server{mailtest.NewMemory(t), mailtest.NewDovecot(t)}
}

func TestGet_SaysWhichCharactersOfHowMany(t *testing.T) {
	t.Parallel()
	for _, srv := range claimServers(t) {
		t.Run(srv.Name(), func(t *testing.T) {
			t.Parallel()
			var body strings.Builder
			for i := range 900 {
				fmt.Fprintf(&body, "Line %03d of the minutes, where the caterer was named.\r\n", i)
			}
			body.WriteString("The Café opens at noon.\r\n\r\nSee https://track.example.org/c/eyJhbGciOiJIUzI1NiJ9/long?utm_source=x\r\n")
			srv.Append(t, "INBOX", mailtest.Message{Date: time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC), Raw: []byte("From: a@example.org\r\nSubject: Minutes\r\nMessage-ID: <m@example.org>\r\n\r\n" + body.String())})
			session := connectWith(t, srv, setup{text: true})
			id := quote(shortIDs.FindString(say(t, session, "imap_search_messages", `{"mailbox":"INBOX"}`)))
			total := len([]rune(strings.ReplaceAll(strings.TrimSpace(body.String()), "\r", "")))
			count := fmt.Sprintf("%d,%03d", total/1000, total%1000)
			for what, tt := range map[string]struct {
				arguments  string
				first, has []string
			}{
				"the beginning": {``, []string{"characters 1 to ", " of more than "}, []string{"more: body_offset_chars=", " body_max_chars=16000"}},
				"the end":       {`,"body_offset_chars":40000,"body_max_chars":16000`, []string{"characters 40,001 to " + count + " of " + count}, []string{"Café"}},
				"beyond it":     {`,"body_offset_chars":90000`, []string{"nothing from there on: its body has " + count + " characters"}, nil},
				"find":          {`,"find":"cafe OPENS"`, []string{"the phrase found 1 time in " + count + " characters"}, []string{"At character ", "Café opens"}},
				"find many":     {`,"find":"caterer"`, []string{"found 900 times", "10 places shown"}, []string{"At character "}},
				"find nothing":  {`,"find":"tent"`, []string{"found 0 times in " + count}, nil},
				"short links":   {`,"body_offset_chars":40000,"body_max_chars":16000,"links":"short"`, []string{"characters 40,001"}, []string{"See https://track.example.org/…"}},
				"no links":      {`,"body_offset_chars":40000,"body_max_chars":16000,"links":"none"`, []string{"characters 40,001"}, []string{"See (link)"}},
			} {
				said := say(t, session, "imap_get_message", `{"message_id":`+id+tt.arguments+`}`)
				line, _, _ := strings.Cut(said, "\n")
				for _, s := range tt.first {
					if !strings.Contains(line, s) {
						t.Errorf("%s: %q is not in the first line: %s", what, s, line)
					}
				}
				for _, s := range tt.has {
					if !strings.Contains(said, s) {
						t.Errorf("%s: %q is not in %.600s", what, s, said)
					}
				}
				if strings.Contains(line, "whole") {
					t.Errorf("%s: %s", what, line)
				}
				pageIsSound(t, what, said)
			}
		})
	}
}

package tools_test

import (
	"encoding/json"
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

func TestSearch_SaysWhatEachCriterionFindsAlone(t *testing.T) {
	t.Parallel()
	for _, srv := range claimServers(t) {
		t.Run(srv.Name(), func(t *testing.T) {
			t.Parallel()
			letters(t, srv, "INBOX", 30)
			session := connectWith(t, srv, setup{text: true})
			said := say(t, session, "imap_search_messages", `{"mailbox":"INBOX","from":"rota@club.example","subject":"invoice","unread_only":true,"start_date":"2020-01-01","body":"elephant"}`)
			if !strings.Contains(said, "alone: from 6, subject 5, body 0, unread_only 10, dates 30") {
				t.Error(said)
			}
			if n := tokens(t, said); n > 75 { // five criteria; 60 are for two
				t.Errorf("%d tokens: %s", n, said)
			}
			for _, arguments := range []string{`{"mailbox":"INBOX","from":"elephant"}`, `{"mailbox":"Drafts","from":"a","subject":"b"}`, `{"mailbox":"INBOX","from":"rota","subject":"rota"}`} {
				if said := say(t, session, "imap_search_messages", arguments); strings.Contains(said, "alone:") {
					t.Errorf("%s: %s", arguments, said)
				}
			}
			data := call(t, connectWith(t, srv, setup{}), "imap_search_messages", `{"mailbox":"INBOX","from":"rota","has_attachment":true}`).data(t)
			if got := fmt.Sprint(data["alone"]); got != "[map[count:6 criterion:from]]" {
				t.Errorf("%s", got)
			}
		})
	}
}

// A next action that is the call that led to it would have a model go round in a
// circle.
func TestNextAction_NeverRepeatsTheCallThatLedToIt(t *testing.T) {
	t.Parallel()
	srv, id := withLetter(t)
	letters(t, srv, "INBOX", 30)
	srv.Append(t, "INBOX", mailtest.Message{Raw: []byte("From: a@example.org\r\nSubject: Long\r\nMessage-ID: <long@x>\r\nContent-Type: text/html\r\n\r\n<p>" + strings.Repeat("A long story. ", 5000) + "</p>\r\n")})
	for i := range 8 {
		srv.Append(t, "Archive", mailtest.Message{Raw: fmt.Appendf(nil, "From: a@example.org\r\nSubject: Talk\r\nMessage-ID: <n%d@x>\r\nReferences: <n0@x>\r\n\r\n%s\r\n", i, strings.Repeat("Yes, so it is. ", 400))})
	}
	session := connectWith(t, srv, setup{writes: true})
	newest := func(mailbox string) string {
		messages := call(t, session, "imap_search_messages", `{"mailbox":"`+mailbox+`","limit":1}`).data(t)["messages"].([]any)
		return quote(messages[0].(map[string]any)["message_id"].(string))
	}
	long, talk := newest("INBOX"), newest("Archive")
	calls := everyCall(id)
	calls = append(calls, []struct{ tool, arguments string }{
		{"imap_list_mailboxes", `{"pattern":"nothing*"}`},
		{"imap_search_messages", `{"mailbox":"INBOX","limit":4}`},
		{"imap_search_messages", `{"mailbox":"INBOX","from":"nobody","subject":"rota"}`},
		{"imap_get_message", `{"message_id":` + long + `}`},
		{"imap_get_message", `{"message_id":` + long + `,"body_max_chars":16000}`},
		{"imap_get_message", `{"message_id":` + long + `,"body_max_chars":16000,"body_offset_chars":16000,"links":"short"}`},
		{"imap_get_message", `{"message_id":` + long + `,"body_offset_chars":900000}`},
		{"imap_get_message", `{"message_id":` + long + `,"body_mode":"html"}`},
		{"imap_get_message", `{"message_id":` + long + `,"body_mode":"both","body_max_chars":16000}`},
		{"imap_get_message", `{"message_id":` + long + `,"find":"story"}`},
		{"imap_get_message", `{"message_id":` + long + `,"find":"elephant"}`},
		{"imap_get_message", `{"message_id":` + long + `,"find":"elephant","body_max_chars":16000}`},
		{"imap_get_thread", `{"message_id":` + talk + `}`},
		{"imap_get_thread", `{"message_id":` + talk + `,"limit":2}`},
		{"imap_get_thread", `{"message_id":` + talk + `,"limit":2,"position":1}`},
		{"imap_get_thread", `{"message_id":` + talk + `,"limit":100,"position":8}`},
		{"imap_get_thread", `{"message_id":` + talk + `,"position":900,"max_chars":1000}`},
		{"imap_get_message_raw", `{"message_id":` + long + `}`},
		{"imap_get_message_raw", `{"message_id":` + long + `,"offset_bytes":70000,"max_bytes":64000}`},
		{"imap_get_attachment", `{"message_id":` + quote(id) + `,"part_id":"1","max_chars":3}`},
	}...)
	for _, c := range append(calls, everyWrite(id)...) {
		tool, arguments := c.tool, sorted(t, c.arguments)
		for step := 0; tool != "" && step < 12; step++ {
			data, ok := call(t, session, tool, arguments).structured["data"].(map[string]any)
			if !ok {
				if step > 0 {
					t.Errorf("%s leads to %s %s, which is refused", c.tool, tool, arguments)
				}
				break
			}
			next := data["next_action"].(map[string]any)
			to, _ := next["tool"].(string)
			with := sorted(t, toJSON(next["arguments"]))
			if to == tool && with == arguments {
				t.Errorf("%s %s leads to itself: %s", tool, arguments, next["instruction"])
				break
			}
			tool, arguments = to, with
		}
	}
}

// sorted is a JSON object with its members in order.
func sorted(t *testing.T, object string) string {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(object), &v); err != nil {
		t.Fatal(err)
	}
	return toJSON(v)
}

func TestGet_ABodyThatCouldNotBeFetchedStandsInTheFirstLine(t *testing.T) {
	t.Parallel()
	memory := mailtest.NewMemory(t)
	memory.Append(t, "INBOX", mailtest.Message{Raw: []byte("From: a@example.org\r\nSubject: Minutes\r\nMessage-ID: <m@x>\r\nContent-Type: text/plain\r\n\r\n" + strings.Repeat("The caterer was named. ", 4000) + "\r\n")})
	// Its structure is not known beforehand, so that the body is asked for alone.
	id := quote(shortIDs.FindString(say(t, connectWith(t, memory, setup{text: true}), "imap_search_messages", `{"mailbox":"INBOX"}`)))
	for name, fetched := range map[string]string{
		"refused":             "%T NO [SERVERBUG] cannot read it\r\n",
		"NIL":                 "* 1 FETCH (UID 1 BODY[1]<0> NIL)\r\n%T OK done\r\n",
		"empty":               "* 1 FETCH (UID 1 BODY[1]<0> \"\")\r\n%T OK done\r\n",
		"no row":              "%T OK done\r\n",
		"a truncated literal": "* 1 FETCH (UID 1 BODY[1]<0> {9000}\r\nThe caterer)\r\n%T OK done\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := mailtest.NewFaulty(t, memory, mailtest.FaultAt("UID FETCH", func(x *mailtest.Exchange) {
				if strings.Contains(x.Line, "BODY.PEEK[1]") {
					x.Reply(fetched)
				}
			}))
			for tool, want := range map[string]string{"imap_get_message": "its body could not be read", "imap_get_thread": "the text of 1 message could not be read"} {
				said := say(t, connectWith(t, srv, setup{text: true}), tool, `{"message_id":`+id+`}`)
				line, _, _ := strings.Cut(said, "\n")
				if !strings.Contains(line, want) || strings.Contains(line, "whole") || strings.Contains(said, "The caterer\n") && tool == "imap_get_message" && !strings.Contains(line, "1 to 11 of more than 11") || !strings.Contains(said, "\nissue: ") {
					t.Errorf("%s: %s", tool, said)
				}
			}
		})
	}
}

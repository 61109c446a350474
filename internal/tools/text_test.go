package tools_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/tiktoken-go/tokenizer"

	"mail-imap-mcp/internal/mailtest"
)

// say calls a tool of a server that answers in texts, and returns the text.
func say(t *testing.T, session *mcp.ClientSession, tool, arguments string) string {
	t.Helper()
	result, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: tool, Arguments: json.RawMessage(arguments)})
	if err != nil {
		t.Fatalf("%s %s: %v", tool, arguments, err)
	}
	text, ok := result.Content[0].(*mcp.TextContent)
	if !ok || result.StructuredContent != nil {
		t.Fatalf("%s answers with %T and structured content %v", tool, result.Content[0], result.StructuredContent)
	}
	return text.Text
}

// tokens counts as OpenAI's newer models do (o200k).
func tokens(t *testing.T, s string) int {
	t.Helper()
	codec, err := tokenizer.Get(tokenizer.O200kBase)
	if err != nil {
		t.Fatal(err)
	}
	n, err := codec.Count(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

var shortIDs = regexp.MustCompile(`(?m)^(\S+/\d+~[a-z]{4})\b`)

// letters puts mail like a person's in a mailbox, a letter an hour up to the end of
// November.
func letters(t *testing.T, srv mailtest.Server, mailbox string, n int) {
	t.Helper()
	people := []string{"Anna Berger <anna.berger@example.org>", "Rota <rota@club.example>", "Bert Maier <bert@maier.example>", "Zoë Quinn <zoe.quinn@mail.example>", "billing@shop.example"}
	subjects := []string{"Rota for Wednesday", "Re: kitchen quote, second version", "Your invoice 2026-1187", "Party tent deposit", "Minutes of the meeting on 12 November", "Lunch?"}
	end := time.Date(2026, 11, 30, 21, 18, 0, 0, time.UTC)
	for i := range n {
		m := mailtest.Message{Date: end.Add(time.Duration(i-n) * time.Hour), Raw: fmt.Appendf(nil,
			"From: %s\r\nTo: Me <me@example.org>\r\nSubject: %s\r\nMessage-ID: <%d.%s@example.org>\r\n\r\nHello, this is letter %d.\r\n",
			people[i%len(people)], subjects[i%len(subjects)], i, strings.ToLower(mailbox), i)}
		if i%3 > 0 {
			m.Flags = []string{"\\Seen"}
		}
		srv.Append(t, mailbox, m)
	}
}

// What answers may cost a model, in tokens. MAIL_IMAP_TEST_TOKENS=1
// prints the table.
func TestTokens_AnswersAreWithinTheirBudgets(t *testing.T) {
	t.Parallel()
	for _, srv := range []mailtest.Server{mailtest.NewMemory(t), mailtest.NewDovecot(t)} {
		t.Run(srv.Name(), func(t *testing.T) {
			t.Parallel()
			letters(t, srv, "INBOX", 260)
			for i := range 15 {
				srv.Create(t, fmt.Sprintf("Clients/%s", []string{"Acme", "Berger", "Club", "Dorn", "Eichmann", "Feld", "Gross", "Huber", "Iris", "Jung", "Kern", "Lange", "Maier", "Noll", "Otto"}[i]))
			}
			texts := conversation(t, srv)
			session := connectWith(t, srv, setup{text: true, writes: true})
			within := func(what string, most int, text string) {
				t.Helper()
				n := tokens(t, text)
				if os.Getenv("MAIL_IMAP_TEST_TOKENS") != "" {
					t.Logf("%-45s %5d of %5d", what, n, most)
				}
				if n > most {
					t.Errorf("%s: %d tokens, at most %d are allowed:\n%s", what, n, most, text)
				}
			}
			hits := say(t, session, "imap_search_messages", `{"mailbox":"INBOX","last_days":365}`)
			within("10 hits", 450, hits)
			cursor := regexp.MustCompile(`cursor=(\S+)`).FindStringSubmatch(hits)
			if cursor == nil {
				t.Fatalf("no cursor: %s", hits)
			}
			within("a cursor", 60, cursor[1])
			all := say(t, session, "imap_search_messages", `{"mailbox":"INBOX","limit":100}`)
			within("100 hits", 4_000, all)
			within("no hits", 60, say(t, session, "imap_search_messages", `{"mailbox":"INBOX","from":"nobody","subject":"rota"}`))
			id := shortIDs.FindString(hits)
			within("a message", tokens(t, "Hello, this is letter 259.")+160, say(t, session, "imap_get_message", `{"message_id":`+quote(id)+`}`))
			within("20 mailboxes", 350, say(t, session, "imap_list_mailboxes", `{}`))

			tree := say(t, session, "imap_search_messages", `{"mailbox":"Archive","limit":1}`)
			within("a conversation of 60", tokens(t, texts)+60*20+150, say(t, session, "imap_get_thread", `{"message_id":`+quote(shortIDs.FindString(tree))+`,"limit":60}`))

			ids := ids250(t, session)
			move := `{"message_ids":` + ids + `,"action":"move","destination_mailbox":"Archive"`
			dry := say(t, session, "imap_apply_to_messages", move+`,"dry_run":true}`)
			within("a dry run of 250", 400, dry)
			within("250 flags", 120, finished(t, session, say(t, session, "imap_update_message_flags", `{"message_ids":`+ids+`,"operation":"add","flags":["\\Flagged"]}`)))
			token := regexp.MustCompile(`confirm_token: (\S+)`).FindStringSubmatch(dry)
			if token == nil {
				t.Fatalf("the dry run gives no token: %s", dry)
			}
			moved := finished(t, session, say(t, session, "imap_apply_to_messages", move+`,"confirm_token":`+quote(token[1])+`}`))
			if within("250 moves", 120, moved); !strings.Contains(moved, "Moved 250 messages") {
				t.Errorf("moving says %s", moved)
			}
		})
	}
}

// finished waits for a change that goes on after its answer.
func finished(t *testing.T, session *mcp.ClientSession, said string) string {
	t.Helper()
	for strings.Contains(said, "imap_get_operation") {
		said = say(t, session, "imap_get_operation", `{"operation_id":`+quote(regexp.MustCompile(`op_\w+`).FindString(said))+`}`)
	}
	return said
}

// ids250 are the ids of the newest 250 messages of INBOX, as a JSON list.
func ids250(t *testing.T, session *mcp.ClientSession) string {
	t.Helper()
	var ids []string
	arguments := `{"mailbox":"INBOX","limit":100}`
	for len(ids) < 250 {
		page := say(t, session, "imap_search_messages", arguments)
		ids = append(ids, shortIDs.FindAllString(page, -1)...)
		cursor := regexp.MustCompile(`cursor=(\S+)`).FindStringSubmatch(page)
		if cursor == nil {
			break
		}
		arguments = `{"limit":100,"cursor":` + quote(cursor[1]) + `}`
	}
	return toJSON(ids[:min(250, len(ids))])
}

// conversation puts one of 60 short messages in Archive and returns their texts.
func conversation(t *testing.T, srv mailtest.Server) string {
	t.Helper()
	who := []string{"Anna Berger <anna.berger@example.org>", "Me <me@example.org>", "Bert Maier <bert@maier.example>"}
	var texts strings.Builder
	begin := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	for i := range 60 {
		text := fmt.Sprintf("Point %d is fine with me; I shall ask the caterer about the tent and tell you on Friday.", i)
		texts.WriteString(text + "\n")
		references := ""
		if i > 0 {
			references = fmt.Sprintf("In-Reply-To: <t%d@example.org>\r\nReferences: <t0@example.org> <t%d@example.org>\r\n", i-1, i-1)
		}
		at := begin.Add(time.Duration(i) * 3 * time.Hour)
		srv.Append(t, "Archive", mailtest.Message{Date: at, Flags: []string{"\\Seen"}, Raw: fmt.Appendf(nil,
			"From: %s\r\nTo: Club <club@example.org>\r\nDate: %s\r\nSubject: Re: Summer party\r\nMessage-ID: <t%d@example.org>\r\n%s\r\n%s\r\n",
			who[i%len(who)], at.Format(time.RFC1123Z), i, references, text)})
	}
	return texts.String()
}

// Each tool's answer as a model reads it: testdata/answers, for a reviewer.
func TestText_EachToolAnswersAsItsFileShows(t *testing.T) {
	t.Parallel()
	srv, id := withLetter(t)
	now := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	session := connectWith(t, srv, setup{text: true, writes: true, now: func() time.Time { return now }})
	operation := ""
	for _, c := range append(everyCall(id), everyWrite(id)...) {
		said := say(t, session, c.tool, strings.ReplaceAll(c.arguments, operationHere, operation))
		if op := regexp.MustCompile(`op_\w+`).FindString(said); op != "" {
			operation = op
		}
		sameAnswer(t, c.tool, said)
	}
}

// sameAnswer compares an answer with its file, less what differs in each run.
func sameAnswer(t *testing.T, tool, said string) {
	t.Helper()
	for _, mask := range []struct{ pattern, with string }{
		{`\[untrusted mail text [0-9a-f]+ `, "[untrusted mail text NONCE "},
		{`~[a-z]{4}\b`, "~abcd"},
		{`\buser-\w+@`, "user@"},
		{`\bop_\w+`, "op_ABCD"},
		{`127\.0\.0\.1:\d+`, "HOST"},
		{`(?m)until .*$`, "until WHEN)"},
		{`(?m)\d+ ms a round trip`, "N ms a round trip"},
		{`(?m)certificate until [^,]+`, "certificate until WHEN"},
		{`, \d+ bytes`, ", N bytes"},
	} {
		said = regexp.MustCompile(mask.pattern).ReplaceAllString(said, mask.with)
	}
	path := filepath.Join("testdata", "answers", tool+".txt")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(said+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if said+"\n" != string(want) {
		t.Errorf("%s answers otherwise than %s:\n%s", tool, path, said)
	}
}

// Texts have no output schema, for there is no structured content.
func TestText_NoToolPromisesStructuredContent(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	list, err := connectWith(t, srv, setup{text: true, writes: true}).ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, tool := range list.Tools {
		if tool.OutputSchema != nil && !reflect.ValueOf(tool.OutputSchema).IsZero() {
			t.Errorf("%s has an output schema", tool.Name)
		}
	}
}

// What a model is shown of the tools before anything is asked: names,
// descriptions, arguments, and the instructions.
func TestTokens_OfTheToolsThemselves(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	for name, tt := range map[string]struct {
		with setup
		most int
	}{
		"reading":       {setup{text: true}, 1_900},
		"everything on": {setup{text: true, writes: true, downloads: t.TempDir(), files: attachFolder(t)}, 3_800},
	} {
		session := connectWith(t, srv, tt.with)
		list, err := session.ListTools(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		var shown strings.Builder
		shown.WriteString(session.InitializeResult().Instructions)
		for _, tool := range list.Tools {
			shown.WriteString("\n" + tool.Name + "\n" + tool.Description + "\n" + toJSON(tool.InputSchema))
		}
		n := tokens(t, shown.String())
		if os.Getenv("MAIL_IMAP_TEST_TOKENS") != "" {
			t.Logf("%-45s %5d of %5d", name, n, tt.most)
		}
		if n > tt.most {
			t.Errorf("%s: %d tokens, at most %d are allowed", name, n, tt.most)
		}
	}
}

// A stranger's words stand between one pair of markers and nowhere else, in every
// way of reading as a text.
func TestText_HostileMailStaysBetweenTheMarkers(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	session := connectWith(t, srv, setup{text: true})
	for _, tt := range hostileMails() {
		id := put(t, srv, tt.raw)
		for tool, arguments := range map[string]string{
			"imap_get_message":     `{"message_id":` + quote(id) + `,"body_mode":"both","attachment_mode":"extract_text","body_max_chars":16000}`,
			"imap_search_messages": `{"mailbox":"INBOX","snippet_max_chars":500,"limit":1}`,
			"imap_get_thread":      `{"message_id":` + quote(id) + `}`,
		} {
			said := say(t, session, tool, arguments)
			for _, s := range tt.mustNot {
				if strings.Contains(strings.ToLower(said), strings.ToLower(s)) {
					t.Errorf("%s, %s: %q is in %s", tt.name, tool, s, said)
				}
			}
			pageIsSound(t, tt.name+", "+tool, said)
		}
	}
}

// pageIsSound checks the rules of a text that hold whatever a mail says.
func pageIsSound(t *testing.T, what, said string) {
	t.Helper()
	marks := genuine.FindAllStringSubmatchIndex(said, -1)
	if len(marks) == 0 {
		if strings.Contains(said, keep) {
			t.Errorf("%s: mail text without markers: %s", what, said)
		}
		return
	}
	if len(marks) != 2 || said[marks[0][2]:marks[0][3]] != said[marks[1][2]:marks[1][3]] || unseen.MatchString(said) || active.MatchString(said) || otherSpeaker.MatchString(said) {
		t.Errorf("%s is not as it should be: %q", what, said)
		return
	}
	outside := said[:marks[0][0]] + said[marks[1][1]:]
	if strings.Contains(outside, keep) || strings.Contains(outside, ghost) {
		t.Errorf("%s: mail text outside of the markers: %s", what, said)
	}
	for line := range strings.Lines(said[marks[1][1]:]) {
		if line = strings.TrimSpace(line); line != "" && !regexp.MustCompile(`^[a-z_ ]+: `).MatchString(line) {
			t.Errorf("%s: a line that is not this server's: %q", what, line)
		}
	}
}

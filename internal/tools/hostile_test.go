package tools_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// hostile is a whole mail with one trick, and what a model may make of it.
type hostile struct {
	name string
	raw  string
	// must appear in what imap_get_message says, mustNot in what anything says;
	// both in the text and in the structured content, in any case.
	must, mustNot []string
	// defused must not be in the text content of imap_get_message, where
	// structured content has what the sender wrote.
	defused  []string
	signals  []string // kinds
	part     string   // a part_id that is read alone, too
	partMust []string
}

// Marks of the tables: GHOST is what no person sees, KEEP what one does.
const ghost, keep = "GHOST", "KEEP"

func TestHostile_NobodySpeaksToTheModelBehindThePersonsBack(t *testing.T) {
	t.Parallel()
	cases := hostileMails()
	if len(cases) < 60 {
		t.Errorf("%d hostile mails, want at least 60", len(cases))
	}
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv, _ := withLetter(t)
			id := put(t, srv, tt.raw)
			session := connect(t, srv)
			get := call(t, session, "imap_get_message", `{"message_id":`+quote(id)+`,"body_mode":"both","attachment_mode":"extract_text","body_max_chars":16000}`)
			tt.check(t, "imap_get_message", get, tt.must)
			for _, s := range tt.defused {
				if strings.Contains(words(get.text), s) {
					t.Errorf("%q is in %s", s, words(get.text))
				}
			}
			for _, kind := range tt.signals {
				if !strings.Contains(get.text, `"kind":"`+kind+`"`) {
					t.Errorf("no signal %s: %s", kind, get.text)
				}
			}
			for tool, arguments := range map[string]string{
				"imap_search_messages": `{"mailbox":"INBOX","snippet_max_chars":500,"limit":1}`,
				"imap_get_thread":      `{"message_id":` + quote(id) + `}`,
			} {
				tt.check(t, tool, call(t, session, tool, arguments), nil)
			}
			if tt.part != "" {
				tt.check(t, "imap_get_attachment", call(t, session, "imap_get_attachment", `{"message_id":`+quote(id)+`,"part_id":`+quote(tt.part)+`}`), tt.partMust)
			}
			all := call(t, session, "imap_get_message", `{"message_id":`+quote(id)+`,"include_all_headers":true,"include_removed":true}`)
			checkFences(t, "include_removed", all)
			tt.checkResource(t, session, get)
		})
	}
}

func (h hostile) check(t *testing.T, tool string, r reply, must []string) {
	t.Helper()
	if r.result.IsError {
		t.Fatalf("%s: %s", tool, r.text)
	}
	for form, said := range map[string]string{"text": words(r.text), "structured": words(toJSON(r.structured))} {
		for _, s := range must {
			if !strings.Contains(strings.ToLower(said), strings.ToLower(s)) {
				t.Errorf("%s: %q is missing in the %s content: %s", tool, s, form, said)
			}
		}
		for _, s := range h.mustNot {
			if strings.Contains(strings.ToLower(said), strings.ToLower(s)) {
				t.Errorf("%s: %q is in the %s content: %s", tool, s, form, said)
			}
		}
		if found := unseen.FindString(said); found != "" {
			t.Errorf("%s: the invisible %U is in the %s content: %s", tool, []rune(found), form, said)
		}
	}
	// A subject in structured content is a string, and nothing draws it.
	for form, said := range map[string]string{"text": words(r.text), "structured": bodies(toJSON(r.structured))} {
		if found := active.FindString(said); found != "" {
			t.Errorf("%s: %q is in the %s content: %s", tool, found, form, said)
		}
	}
	checkFences(t, tool, r)
}

// words are all strings of a JSON text, unescaped, a line each.
func words(text string) string {
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return text
	}
	var b strings.Builder
	eachString("", v, func(_, s string) { b.WriteString(s + "\n") })
	return b.String()
}

// bodies are the longer strings of a JSON text.
func bodies(text string) string {
	var v any
	var b strings.Builder
	if json.Unmarshal([]byte(text), &v) == nil {
		eachString("", v, func(path, s string) {
			if longText.MatchString(path) {
				b.WriteString(s + "\n")
			}
		})
	}
	return b.String()
}

// eachString calls f for every string of a JSON value, keys too.
func eachString(path string, v any, f func(path, s string)) {
	switch v := v.(type) {
	case string:
		f(path, v)
	case []any:
		for _, one := range v {
			eachString(path+"[]", one, f)
		}
	case map[string]any:
		for k, one := range v {
			eachString(path+"."+k, one, f)
		}
	}
}

var (
	// unseen are characters no script and no emoji needs.
	unseen = regexp.MustCompile(`[\x00-\x08\x0b-\x1f\x7f-\x{84}\x{86}-\x{9f}\x{ad}\x{61c}\x{180e}\x{200b}\x{200e}\x{200f}\x{2028}-\x{202e}\x{2060}-\x{206f}\x{feff}\x{e0000}-\x{e0fff}]`)
	// active is what a reader of Markdown or HTML would load, run or follow.
	active = regexp.MustCompile(`(?i)!\[[^\]]*\]\(|\]\(\s*<?(?:javascript|data|vbscript|file|blob):|(?:href|src)\s*=\s*["']?\s*(?:javascript|data|vbscript):|<(?:script|img|iframe|object|embed|link|meta|base|form|svg|style)\b|<[a-z][^<>]*\son\w+\s*=`)

	genuine = regexp.MustCompile(`\[untrusted mail text ([0-9a-f]{8,16}) (begins|ends)\]`)
	// whole is a string between its fences, the author before them.
	whole = regexp.MustCompile(`(?s)^(?:\[by [A-Za-z0-9._+=-]{1,64}@[A-Za-z0-9.-]{1,190}\] )?\[untrusted mail text [0-9a-f]{8,16} begins\]\n(.*)\n\[untrusted mail text [0-9a-f]{8,16} ends\]$`)
	// longText are the fields that hold more than a header line.
	longText = regexp.MustCompile(`\.(?:body_text|body_html|snippet|extracted_text|evidence)$|\.removed_text\[\]\.text$`)
	// otherSpeaker is what a model could take for one, or for a tool call.
	otherSpeaker = regexp.MustCompile(`(?i)<\|?(?:im_start|im_end|start_header_id|start_of_turn|tool_call|function_calls|invoke|system)\b|\[/?INST\]|\[TOOL_CALLS\]|<｜|<<SYS>>`)
)

func checkFences(t *testing.T, tool string, r reply) {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(r.text), &v); err != nil {
		t.Fatalf("%s: %v", tool, err)
	}
	nonces := map[string]bool{}
	eachString("", v, func(path, s string) {
		inside := whole.FindStringSubmatch(s)
		marks := genuine.FindAllStringSubmatch(s, -1)
		switch {
		case inside == nil && len(marks) > 0:
			t.Errorf("%s: %s has a marker in the wrong place: %q", tool, path, s)
		case inside == nil && longText.MatchString(path):
			t.Errorf("%s: %s is not between fences: %q", tool, path, s)
		case inside == nil && (utf8.RuneCountInString(s) > 998 || strings.Contains(s, "\n")):
			t.Errorf("%s: %s is longer than a header line and not between fences: %q", tool, path, s)
		case inside != nil && len(marks) != 2:
			t.Errorf("%s: %s has %d markers: %q", tool, path, len(marks), s)
		}
		for _, m := range marks {
			nonces[m[1]] = true
		}
		if found := otherSpeaker.FindString(s); found != "" {
			t.Errorf("%s: %s has %q: %q", tool, path, found, s)
		}
	})
	if len(nonces) > 1 {
		t.Errorf("%s: markers of %d nonces: %s", tool, len(nonces), r.text)
	}
}

func (h hostile) checkResource(t *testing.T, session *mcp.ClientSession, get reply) {
	t.Helper()
	data, _ := get.structured["data"].(map[string]any)
	m, _ := data["message"].(map[string]any)
	uri, _ := m["message_uri"].(string)
	r, err := session.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: uri})
	if err != nil {
		t.Fatal(err)
	}
	text := r.Contents[0].Text
	for _, s := range h.mustNot {
		if strings.Contains(strings.ToLower(text), strings.ToLower(s)) {
			t.Errorf("%q is in the resource: %s", s, text)
		}
	}
	marks := genuine.FindAllStringIndex(text, -1)
	if len(marks) != 2 || unseen.MatchString(text) || active.MatchString(text) || otherSpeaker.MatchString(text) {
		t.Errorf("the resource is not as it should be: %q", text)
		return
	}
	outside := text[:marks[0][0]] + text[marks[1][1]:]
	if strings.Contains(outside, keep) {
		t.Errorf("mail text stands outside of the fences: %s", text)
	}
}

// The mails of the tables.

const envelope = "From: Eve <eve@evil.example>\r\nTo: me@example.org\r\nDate: Mon, 02 Nov 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n"

// inPlain is a mail with a text/plain body, and inHTML one with an HTML body.
func inPlain(body string) string {
	return envelope + "Subject: s\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + body + "\r\n"
}

func inHTML(body string) string {
	return envelope + "Subject: s\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body + "\r\n"
}

// inHeader is a mail with a header of its own.
func inHeader(lines ...string) string {
	return strings.Join(lines, "\r\n") + "\r\nDate: Mon, 02 Nov 2026 10:00:00 +0100\r\n\r\n" + keep + "\r\n"
}

// entity is a part of a multipart.
func entity(header, body string) string { return header + "\r\n\r\n" + body }

// inParts is a mail with parts.
func inParts(kind string, parts ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%sSubject: s\r\nContent-Type: multipart/%s; boundary=bnd\r\n\r\n", envelope, kind)
	for _, p := range parts {
		b.WriteString("--bnd\r\n" + p + "\r\n")
	}
	return b.String() + "--bnd--\r\n"
}

const (
	asText = "Content-Type: text/plain; charset=utf-8"
	asHTML = "Content-Type: text/html; charset=utf-8"
)

func hostileMails() []hostile {
	var all []hostile
	for _, list := range [][]hostile{hostileHeaders(), hostileTexts(), hostilePages(), hostileParts(), hostileFiles()} {
		all = append(all, list...)
	}
	return all
}

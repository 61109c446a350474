package tools_test

import (
	"regexp"
	"strings"
	"testing"

	"mail-imap-mcp/internal/mailtest"
)

// Text that may be hidden is left out, said to be, and shown as such when asked
// for, in every way of reading.
func TestUncertain_IsLeftOutAndSaid(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	const page = "<p>Come to tea.</p><style>@keyframes k{to{opacity:0}}.x{animation:k 0s forwards}</style><p class=x>PERHAPSWORD</p>"
	id := put(t, srv, inHTML(page))
	inFile := put(t, srv, inParts("mixed", entity(asText, "See."), entity("Content-Type: text/html; name=page.html\r\nContent-Disposition: attachment", page)))
	session, inText := connect(t, srv), connectWith(t, srv, setup{text: true})
	for name, c := range map[string]struct{ tool, arguments, says string }{
		"message":      {"imap_get_message", `{"message_id":` + quote(id) + `}`, "\nuncertain: 1 pieces"},
		"conversation": {"imap_get_thread", `{"message_id":` + quote(id) + `}`, "\nuncertain: 1 pieces"},
		"attachment":   {"imap_get_attachment", `{"message_id":` + quote(inFile) + `,"part_id":"2"}`, "1 pieces of text that a person may not see were left out"},
		"attached":     {"imap_get_message", `{"message_id":` + quote(inFile) + `,"attachment_mode":"extract_text"}`, "1 pieces of text that a person may not see were left out"},
		"snippet":      {"imap_search_messages", `{"mailbox":"INBOX","snippet_max_chars":200}`, ""},
	} {
		said := say(t, inText, c.tool, c.arguments)
		if strings.Contains(said, "PERHAPSWORD") || !strings.Contains(said, c.says) {
			t.Errorf("%s: %s", name, said)
		}
		if r := call(t, session, c.tool, c.arguments); strings.Contains(r.text, "PERHAPSWORD") {
			t.Errorf("%s: %s", name, r.text)
		}
	}
	asked := `{"message_id":` + quote(id) + `,"include_uncertain":true}`
	if said := say(t, inText, "imap_get_message", asked); !regexp.MustCompile(`Perhaps hidden from a reader \(\w+\):\nPERHAPSWORD\n\[untrusted`).MatchString(said) {
		t.Errorf("when asked for: %s", said)
	}
	message, _ := call(t, session, "imap_get_message", asked).data(t)["message"].(map[string]any)
	if data := toJSON(message["safety"]); !strings.Contains(data, `"uncertain_text":[{"kind":`) || !strings.Contains(data, "PERHAPSWORD") {
		t.Errorf("when asked for, as JSON: %s", data)
	}
}

package tools_test

import (
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/mailtest"
)

// A sender is called authenticated where the receiving server says that DMARC
// passed for the one From address, and nowhere else.
func TestLabels_OriginIsWhatTheReceivingServerSays(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	session := connectWith(t, srv, setup{authserv: "mx.example.org"})
	const pass = "Authentication-Results: mx.example.org; dmarc=pass header.from=example.net\r\n"
	const received = "Received: from outside by mx.example.org; Mon, 02 Nov 2026 10:00:00 +0100\r\n"
	for name, tt := range map[string]struct{ header, want string }{
		"passed":                    {pass + received + "From: ada@example.net", "authenticated-sender"},
		"failed":                    {"Authentication-Results: mx.example.org; dmarc=fail\r\n" + received + "From: ada@example.net", "unauthenticated-sender"},
		"nothing said":              {received + "From: ada@example.net", "unauthenticated-sender"},
		"another server":            {"Authentication-Results: mx.evil.example; dmarc=pass\r\n" + received + "From: ada@example.net", "unauthenticated-sender"},
		"below the author's":        {received + "From: ada@example.net\r\n" + pass + "X: y", "unauthenticated-sender"},
		"two From fields":           {pass + received + "From: ada@example.net\r\nFrom: eve@evil.example", "unauthenticated-sender"},
		"two From addresses":        {pass + received + "From: ada@example.net, eve@evil.example", "unauthenticated-sender"},
		"another domain":            {pass + received + "From: ada@example.com", "unauthenticated-sender"},
		"in a comment":              {"Authentication-Results: mx.example.org (dmarc=pass); spf=pass smtp.mailfrom=\"x; dmarc=pass\"\r\n" + received + "From: ada@example.net", "unauthenticated-sender"},
		"no From":                   {pass + received + "X-From: ada@example.net", "unauthenticated-sender"},
		"a domain that looks alike": {pass + received + "From: ada@ехаmple.net", "unauthenticated-sender"},
	} {
		id := put(t, srv, tt.header+"\r\nSubject: s\r\n\r\nhi\r\n")
		r := call(t, session, "imap_get_message", `{"message_id":`+quote(id)+`}`)
		if got := r.result.Meta["mail-imap-mcp/origin"]; got != tt.want {
			t.Errorf("%s: origin %v, want %s: %s", name, got, tt.want, r.text)
		}
		m := r.data(t)["message"].(map[string]any)
		resource, err := session.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: m["message_uri"].(string)})
		if err != nil {
			t.Fatal(err)
		}
		if got := resource.Contents[0].Meta["mail-imap-mcp/origin"]; got != tt.want {
			t.Errorf("%s: the resource's origin %v, want %s", name, got, tt.want)
		}
	}
	// A list has many senders, and is called after the least of them.
	if got := call(t, session, "imap_search_messages", `{"mailbox":"INBOX"}`).result.Meta["mail-imap-mcp/origin"]; got != "unauthenticated-sender" {
		t.Errorf("origin of a search: %v", got)
	}
}

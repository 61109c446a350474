package tools_test

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/mailtest"
)

func TestAttachment_AsResourceInPieces(t *testing.T) {
	t.Parallel()
	srv, id := withLetter(t)
	session := connect(t, srv)
	var got []byte
	offset := `0`
	for range 4 {
		r := call(t, session, "imap_get_attachment", `{"message_id":`+quote(id)+`,"part_id":"2","mode":"resource","max_bytes":3,"offset":`+offset+`}`)
		data := r.data(t)
		embedded, ok := r.result.Content[1].(*mcp.EmbeddedResource)
		if !ok || embedded.Resource.MIMEType != "application/pdf" {
			t.Fatalf("contents %v", r.result.Content)
		}
		got = append(got, embedded.Resource.Blob...)
		if data["truncated"] != true {
			break
		}
		offset = toJSON(data["next_offset"])
	}
	if string(got) != "%PDF" {
		t.Errorf("the pieces are %q", got)
	}
}

func TestAttachment_SavedUnderASafeName(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	content := strings.Repeat("spreadsheet ", 400_000) // 4.8 MB: three pieces
	encoded := base64.StdEncoding.EncodeToString([]byte(content))
	var body strings.Builder
	for len(encoded) > 76 {
		body.WriteString(encoded[:76] + "\r\n")
		encoded = encoded[76:]
	}
	raw := "From: x@example.org\r\nSubject: s\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhi\r\n" +
		"--b\r\nContent-Type: application/octet-stream; name=\"../../.bashrc\"\r\nContent-Disposition: attachment; filename=\"../../.bashrc\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
		body.String() + encoded + "\r\n--b--\r\n"
	id := put(t, srv, raw)
	dir := t.TempDir()
	session := connectWith(t, srv, setup{downloads: dir})
	for _, want := range []string{"bashrc", "bashrc (2)"} {
		data := call(t, session, "imap_get_attachment", `{"message_id":`+quote(id)+`,"part_id":"2","mode":"file"}`).data(t)
		if data["saved_as"] != filepath.Join(dir, want) || data["saved_bytes"] != float64(len(content)) {
			t.Errorf("saved as %v, %v bytes", data["saved_as"], data["saved_bytes"])
		}
		if got, err := os.ReadFile(filepath.Join(dir, want)); err != nil || string(got) != content {
			t.Errorf("%s holds %d bytes, want %d (%v)", want, len(got), len(content), err)
		}
	}
	tools, err := session.ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, tool := range tools.Tools {
		if saves := tool.Name == "imap_get_attachment" || tool.Name == "imap_get_message_raw"; tool.Annotations.ReadOnlyHint == saves {
			t.Errorf("%s: read-only is %t", tool.Name, tool.Annotations.ReadOnlyHint)
		}
	}
}

func TestAttachment_AFileThatCannotBeSavedLeavesNothing(t *testing.T) {
	t.Parallel()
	srv, id := withLetter(t)
	dir := filepath.Join(t.TempDir(), "gone")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	session := connectWith(t, srv, setup{downloads: dir})
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	code, message := call(t, session, "imap_get_attachment", `{"message_id":`+quote(id)+`,"part_id":"2","mode":"file"}`).refused(t)
	if code != "unavailable" || !strings.Contains(message, "MAIL_IMAP_DOWNLOAD_DIR") {
		t.Errorf("%s: %s", code, message)
	}
}

func toJSON(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

func TestAttachment_AFileThatBrokeOffIsTakenAway(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	content := strings.Repeat("row of a table\n", 400_000) // 6 MB: five pieces
	var body strings.Builder
	for encoded := base64.StdEncoding.EncodeToString([]byte(content)); encoded != ""; {
		line := encoded[:min(76, len(encoded))]
		body.WriteString(line + "\r\n")
		encoded = encoded[len(line):]
	}
	id := put(t, srv, "From: x@example.org\r\nSubject: s\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream; name=table.txt\r\nContent-Transfer-Encoding: base64\r\n\r\n"+body.String())
	dir := t.TempDir()
	var broken atomic.Bool
	session := connectWith(t, mailtest.NewFaulty(t, srv, mailtest.FaultAt("UID FETCH", func(x *mailtest.Exchange) {
		if strings.Contains(x.Line, "[1]<4194304.") && broken.CompareAndSwap(false, true) {
			x.HangUp()
		}
	})), setup{downloads: dir})
	arguments := `{"message_id":` + quote(id) + `,"part_id":"1","mode":"file"}`
	if answer := toJSON(call(t, session, "imap_get_attachment", arguments).result.StructuredContent); !strings.Contains(answer, `"status":"failed"`) || strings.Contains(answer, "saved_as") {
		t.Errorf("cut off, it answers %s", answer)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}
	data := call(t, session, "imap_get_attachment", arguments).data(t)
	if got, err := os.ReadFile(filepath.Join(dir, "table.txt")); err != nil || string(got) != content {
		t.Errorf("the next holds %d bytes, want %d (%v): %v", len(got), len(content), err, data)
	}
}

package process_test

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/mailtest"
)

// withPDF is a mail with a PDF that is 2 of its parts, and the PDF.
func withPDF(t *testing.T) (mail mailtest.Message, pdf []byte) {
	t.Helper()
	pdf, err := os.ReadFile("../../internal/extract/pdf/testdata/invoice-reportlab.pdf")
	if err != nil {
		t.Fatal(err)
	}
	var encoded strings.Builder
	for rest := base64.StdEncoding.EncodeToString(pdf); rest != ""; {
		line := rest[:min(76, len(rest))]
		encoded.WriteString(line + "\r\n")
		rest = rest[len(line):]
	}
	return mailtest.Message{Raw: []byte("From: ada@example.org\r\nTo: bob@example.org\r\nSubject: invoice\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nThe invoice.\r\n" +
		"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"../../invoice.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
		encoded.String() + "--b--\r\n")}, pdf
}

// The binary starts itself as the child that reads attachments; no more than its
// parent may that write a byte to disk.
func TestProcess_ReadsAPDFInAChildOfItself(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemoryWith(t, mailtest.MemoryOptions{Dir: t.TempDir()})
	mail, _ := withPDF(t)
	srv.Append(t, "INBOX", mail)
	p := start(t, srv)
	id := ids(p.call(t, "imap_search_messages", map[string]any{"mailbox": "INBOX"}))[0]
	alone := p.call(t, "imap_get_attachment", map[string]any{"message_id": id, "part_id": "2"})
	attachment, _ := alone["attachment"].(map[string]any)
	if text, _ := attachment["extracted_text"].(string); !strings.Contains(text, "Harbour Furniture") {
		t.Errorf("the attachment is %v\n%s", alone, p.stderr())
	}
	message, _ := p.call(t, "imap_get_message", map[string]any{"message_id": id, "attachment_mode": "extract_text"})["message"].(map[string]any)
	list, _ := message["attachments"].([]any)
	if len(list) != 1 {
		t.Fatalf("the message is %v", message)
	}
	first, _ := list[0].(map[string]any)
	if text, _ := first["extracted_text"].(string); !strings.Contains(text, "Harbour Furniture") {
		t.Errorf("with its message the attachment is %v", first)
	}
	if err := p.session.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	if left, err := os.ReadDir(p.home); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}
	if strings.Contains(p.stderr(), "Harbour") {
		t.Errorf("the attachment is in the log:\n%s", p.stderr())
	}
}

func TestProcess_SavesAttachmentsOnlyBelowTheDirectoryThatIsSet(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemoryWith(t, mailtest.MemoryOptions{Dir: t.TempDir()})
	mail, pdf := withPDF(t)
	srv.Append(t, "INBOX", mail)
	outer := t.TempDir()
	dir := filepath.Join(outer, "a", "b")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	p := startWith(t, srv, []string{binary}, "MAIL_IMAP_DOWNLOAD_DIR="+dir)
	id := ids(p.call(t, "imap_search_messages", map[string]any{"mailbox": "INBOX"}))[0]
	arguments := map[string]any{"message_id": id, "part_id": "2", "mode": "file"}
	data := p.call(t, "imap_get_attachment", arguments)
	path := filepath.Join(dir, "invoice.pdf")
	if data["saved_as"] != path || data["saved_bytes"] != float64(len(pdf)) {
		t.Errorf("saved as %v, %v bytes", data["saved_as"], data["saved_bytes"])
	}
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, pdf) {
		t.Errorf("the file has %d bytes, want %d: %v", len(got), len(pdf), err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info, err)
	}
	if above, err := os.ReadDir(outer); err != nil || len(above) != 1 {
		t.Errorf("above the directory there is %v, %v", above, err)
	}

	without := start(t, srv)
	r, err := without.session.CallTool(t.Context(), &mcp.CallToolParams{Name: "imap_get_attachment", Arguments: arguments})
	if err != nil {
		t.Fatal(err)
	}
	if !r.IsError {
		t.Errorf("a file was saved where no directory is set: %v", r.StructuredContent)
	}
}

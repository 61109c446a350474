package tools_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/mailtest"
)

// attachFolder is a directory with a file that may be attached, and one beside it
// that may not.
func attachFolder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "attach")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"offer.pdf": "%PDF-offer", "../secret.pdf": "%PDF-secret"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestAttachFile_OfTheOwnersFolderBesideAPartOfAMessage(t *testing.T) {
	t.Parallel()
	for _, srv := range []mailtest.Server{mailtest.NewMemory(t), mailtest.NewDovecot(t)} {
		_, id := withDraft(t, srv)
		session := connectWith(t, srv, setup{writes: true, files: attachFolder(t)})
		d := call(t, session, "imap_save_draft", `{"body":"x","attach":[{"file":"offer.pdf"},{"message_id":`+quote(id)+`,"part_id":"1"},{"file":"offer.pdf"}]}`).data(t)
		files := d["draft"].(map[string]any)["attachments"].([]any)
		if len(files) != 2 {
			t.Fatalf("attached %v", files)
		}
		if f := files[1].(map[string]any); f["filename"] != "offer.pdf" || f["content_type"] != "application/pdf" || f["size_bytes"] != 10.0 {
			t.Errorf("attached %v", f)
		}
		if raw := srv.Messages(t, "Drafts")[1].Raw; !bytes.Contains(raw, []byte(base64.StdEncoding.EncodeToString([]byte("%PDF-offer")))) {
			t.Errorf("saved %s", raw)
		}
	}
}

func TestAttachFile_NothingElseOfTheMachineAndNothingIsSaved(t *testing.T) {
	t.Parallel()
	srv, id := withLetter(t)
	dir := attachFolder(t)
	with, without := connectWith(t, srv, setup{writes: true, files: dir}), connectWriting(t, srv)
	for name, tt := range map[string]struct {
		session              *mcp.ClientSession
		entry, code, message string
	}{
		"outside":             {with, `{"file":"../secret.pdf"}`, "invalid_input", "none outside"},
		"whole path":          {with, `{"file":` + quote(filepath.Join(dir, "offer.pdf")) + `}`, "invalid_input", "none outside"},
		"not there":           {with, `{"file":"offers.pdf"}`, "not_found", "exact name"},
		"a file and a part":   {with, `{"file":"offer.pdf","message_id":` + quote(id) + `,"part_id":"1"}`, "invalid_input", "entry of its own"},
		"nothing":             {with, `{}`, "invalid_input", "message_id"},
		"no folder to attach": {without, `{"file":"offer.pdf"}`, "permission_denied", "MAIL_IMAP_ATTACH_DIR"},
	} {
		code, message := call(t, tt.session, "imap_save_draft", `{"body":"x","attach":[`+tt.entry+`]}`).refused(t)
		if code != tt.code || !strings.Contains(message, tt.message) || strings.Contains(message, filepath.Dir(dir)+"/secret") {
			t.Errorf("%s: %s: %s", name, code, message)
		}
	}
	if n := len(contents(t, srv)["Drafts"]); n != 0 {
		t.Errorf("%d drafts", n)
	}
}

func TestAttachFile_IsOfferedOnlyWhereTheOwnerAllowsIt(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	for files, want := range map[string]bool{"": false, attachFolder(t): true} {
		list, err := connectWith(t, srv, setup{writes: true, files: files}).ListTools(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, tool := range list.Tools {
			if tool.Name == "imap_save_draft" {
				if schema, _ := json.Marshal(tool.InputSchema); bytes.Contains(schema, []byte(`"file":`)) != want {
					t.Errorf("with %q: %s", files, schema)
				}
			}
		}
	}
}

func TestAttachFile_ThePersonIsToldItsName(t *testing.T) {
	t.Parallel()
	asked := ""
	session := connectWith(t, mailtest.NewMemory(t), setup{
		writes: true, files: attachFolder(t), writing: config.Writing{Confirm: config.ConfirmAlways},
		elicit: func(_ context.Context, r *mcp.ElicitRequest) (*mcp.ElicitResult, error) {
			asked = r.Params.Message
			return &mcp.ElicitResult{Action: "accept", Content: map[string]any{}}, nil
		},
	})
	call(t, session, "imap_save_draft", `{"body":"x","attach":[{"file":"offer.pdf"}]}`).data(t)
	if !strings.Contains(asked, "Your file: “offer.pdf”") {
		t.Errorf("asked %q", asked)
	}
}

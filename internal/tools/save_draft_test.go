package tools

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
)

// drafting is a server with one account, "default", and a mail in its INBOX.
func drafting(t *testing.T) (s *server, id string) {
	t.Helper()
	srv := mailtest.NewMemory(t)
	uids := srv.Append(t, "INBOX", mailtest.Message{Raw: mailtest.Mail{
		From: "Ada <ada@example.net>", To: "me@example.org", Subject: "Oil", Text: "Is it there?",
		Attachments: []mailtest.Attachment{{Name: "prices.csv", ContentType: "text/csv", Content: []byte("a,b\n")}},
	}.Bytes()})
	s = writing(t, srv)
	return s, contract.MessageID{Account: "default", Mailbox: "INBOX", UIDValidity: srv.UIDValidity(t, "INBOX"), UID: uids[0]}.String()
}

func callSaveDraft(t *testing.T, s *server, arguments map[string]any) (saveDraftData, string, error) {
	t.Helper()
	raw, err := json.Marshal(arguments)
	if err != nil {
		t.Fatal(err)
	}
	a, err := s.invoke(t.Context(), saveDraft(false), raw)
	if err != nil {
		return saveDraftData{}, "", err
	}
	return a.data.(saveDraftData), a.summary, nil
}

func TestSaveDraft_DryRunSaysWhatIsSavedThen(t *testing.T) {
	t.Parallel()
	s, id := drafting(t)
	arguments := map[string]any{
		"reply_to_message_id": id, "cc": []string{"Bob <bob@example.net>"}, "body": "Yes, *all* of it.",
		"attach": []map[string]string{{"message_id": id, "part_id": "2"}}, "dry_run": true,
	}
	dry, summary, err := callSaveDraft(t, s, arguments)
	if err != nil || dry.Saved || !dry.DryRun || dry.MessageID != "" || dry.Status != contract.StatusOK || !strings.HasPrefix(summary, "Would save") {
		t.Fatalf("%+v, %q, %v", dry, summary, err)
	}
	delete(arguments, "dry_run")
	saved, summary, err := callSaveDraft(t, s, arguments)
	if err != nil || !saved.Saved || saved.MessageID == "" || saved.Mailbox != "Drafts" || !strings.Contains(summary, "not sent") {
		t.Fatalf("%+v, %q, %v", saved, summary, err)
	}
	for _, d := range []saveDraftData{dry, saved} {
		if strings.Join(d.Draft.To, ",") != "Ada <ada@example.net>" || d.Draft.Cc[len(d.Draft.Cc)-1] != "Bob <bob@example.net>" || d.Draft.Subject != "Re: Oil" ||
			len(d.Draft.Attachments) != 1 || d.Draft.Attachments[0] != (draftFileData{"prices.csv", "text/csv", 4}) || !d.Draft.Quoted || !d.Draft.HTML || d.Draft.SizeBytes != saved.Draft.SizeBytes {
			t.Errorf("%+v", d)
		}
	}
	found, err := s.Mail.Search(t.Context(), mailbox.SearchQuery{Mailbox: "Drafts", Limit: 10})
	if err != nil || len(found.Messages) != 1 || found.Messages[0].ID.String() != saved.MessageID {
		t.Errorf("in Drafts: %+v, %v", found, err)
	}
}

func TestSaveDraft_RefusesWrongArguments(t *testing.T) {
	t.Parallel()
	s, id := drafting(t)
	for name, arguments := range map[string]map[string]any{
		"reply and forward":       {"reply_to_message_id": id, "forward_message_id": id},
		"reply_all alone":         {"reply_all": true},
		"unknown argument":        {"send": true},
		"unknown in a part":       {"attach": []any{map[string]any{"message_id": id, "part": "2"}}},
		"part without its number": {"attach": []any{map[string]any{"message_id": id}}},
		"part that is a string":   {"attach": []any{"2"}},
		"attach that is no list":  {"attach": "2"},
		"id that is none":         {"forward_message_id": "42"},
		"address that is none":    {"to": []string{"nobody"}},
		"header injection":        {"subject": "x\nBcc: y@example.net"},
	} {
		_, _, err := callSaveDraft(t, s, arguments)
		var refused *contract.Error
		if !errors.As(err, &refused) || refused.Code != contract.InvalidInput {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSaveDraft_CostsAModelLittle(t *testing.T) {
	t.Parallel()
	tool := saveDraft(true).Tool()
	schema, err := json.Marshal(tool.InputSchema)
	if err != nil {
		t.Fatal(err)
	}
	const budget = 4 * 420 // bytes
	n := len(tool.Name) + len(tool.Description) + len(schema)
	t.Logf("%d tokens", n/4)
	if n > budget {
		t.Errorf("name, description and schema are %d bytes, want at most %d:\n%s", n, budget, schema)
	}
}

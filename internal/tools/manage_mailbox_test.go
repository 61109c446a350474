package tools

import (
	"encoding/json"
	"strings"
	"testing"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailtest"
)

// managingMailboxes runs the tool's calls against a mail server.
func managingMailboxes(t *testing.T) func(args string) (manageMailboxData, string, error) {
	t.Helper()
	srv := mailtest.NewMemory(t)
	s := writing(t, srv)
	return func(args string) (manageMailboxData, string, error) {
		a, err := s.invoke(t.Context(), manageMailbox(), json.RawMessage(args))
		data, _ := a.data.(manageMailboxData)
		return data, a.summary, err
	}
}

func TestManageMailbox_DryRunSaysWhatTheCallThenDoes(t *testing.T) {
	t.Parallel()
	manage := managingMailboxes(t)
	args := `{"action":"create","mailbox":"Projects/2026"`
	would, summary, err := manage(args + `,"dry_run":true}`)
	if err != nil || !would.DryRun || would.Result != "not_attempted" || len(would.Created) != 2 || !strings.HasPrefix(summary, `Would create mailbox "Projects/2026"`) {
		t.Fatalf("%q %+v %v", summary, would, err)
	}
	if would.NextAction.Tool != nameManageMailbox || would.NextAction.Arguments["action"] != "create" {
		t.Errorf("next: %+v", would.NextAction)
	}
	did, summary, err := manage(args + `}`)
	if err != nil || did.DryRun || did.Result != "done" || did.Status != contract.StatusOK || len(did.Created) != 2 || !strings.HasPrefix(summary, "Done: create") {
		t.Fatalf("%q %+v %v", summary, did, err)
	}
	did, summary, err = manage(`{"action":"rename","mailbox":"Projects","destination_mailbox":"Work"}`)
	if err != nil || did.RenamedBelow != 1 || len(did.Notes) == 0 || summary != `Done: rename mailbox "Projects" to "Work", with 1 mailbox below it too` {
		t.Errorf("%q %+v %v", summary, did, err)
	}
}

func TestManageMailbox_RefusesWhatItIsNotToldRight(t *testing.T) {
	t.Parallel()
	manage := managingMailboxes(t)
	for args, word := range map[string]string{
		`{}`:                                "action is missing",
		`{"action":"create"}`:               "mailbox is missing",
		`{"action":"rename","mailbox":"A"}`: "destination_mailbox is missing",
		`{"action":"rename","mailbox":"A","destination_mailbox":""}`:  "destination_mailbox is missing",
		`{"action":"delete","mailbox":"A","destination_mailbox":"B"}`: "only for action rename",
		`{"action":"empty","mailbox":"A"}`:                            "must be one of create, rename",
		`{"action":"create","mailbox":""}`:                            "mailbox is missing",
		`{"action":"create","mailbox":"A","destination":"B"}`:         "destination",
	} {
		_, _, err := manage(args)
		if err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%s answers %v, without %q", args, err, word)
		}
	}
}

func TestManageMailbox_CostsTheModelLittle(t *testing.T) {
	t.Parallel()
	d := manageMailbox()
	schema, err := json.Marshal(d.Tool().InputSchema)
	if err != nil {
		t.Fatal(err)
	}
	const tokens, bytesPerToken = 250, 4
	if n := len(d.Name) + len(d.Tool().Description) + len(schema); n > tokens*bytesPerToken {
		t.Errorf("name, description and input schema are %d bytes", n)
	}
}

package tools

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/operation"
)

// What another caller changed is, for all that is answered, not there.
func TestOperations_AnotherCallersIsNotFound(t *testing.T) {
	t.Parallel()
	s := writing(t, mailtest.NewMemory(t))
	theirs, err := s.operations.Start(operation.Work{
		ID: operation.NewID(), Caller: "somebody else", Tool: nameSaveDraft, Kind: "draft", Account: "default",
		Run: func(context.Context, int, change.Witness) []change.Outcome {
			return []change.Outcome{{Status: change.Done}}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []Definition{getOperation(), cancelOperation(), undoOperation()} {
		refusal := func(id string) contract.Error {
			raw, err := json.Marshal(map[string]string{"operation_id": id})
			if err != nil {
				t.Fatal(err)
			}
			_, err = s.invoke(t.Context(), d, raw)
			var refused *contract.Error
			if !errors.As(err, &refused) {
				t.Fatalf("%s: %v", d.Name, err)
			}
			return contract.Error{Code: refused.Code, Message: refused.Message}
		}
		got, want := refusal(theirs.ID()), refusal(operation.NewID())
		if got.Code != contract.NotFound || got.Message != want.Message {
			t.Errorf("%s: %v; of one that never was: %v", d.Name, got, want)
		}
	}
}

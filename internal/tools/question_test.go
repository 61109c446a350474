package tools

import (
	"strings"
	"testing"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/operation"
)

// A person who is asked relies on what the question says of undoing.
func TestQuestion_PromisesToUndoOnlyWhatCanBeUndone(t *testing.T) {
	t.Parallel()
	of := func(kind change.Kind) []operation.Work {
		return []operation.Work{{Change: &change.Change{Kind: kind}}}
	}
	const can, cannot = "can be undone", "cannot be undone"
	for name, tt := range map[string]struct {
		write write
		want  string
	}{
		"a move":            {write{works: of(change.Move)}, can},
		"flags":             {write{works: of(change.Flags)}, can},
		"a copy":            {write{works: of(change.Copy)}, ""},
		"a draft":           {write{works: []operation.Work{{Kind: "draft"}}}, ""},
		"a mailbox deleted": {write{works: []operation.Work{{Kind: "mailbox"}}, mailboxDelete: true}, cannot},
		"for good":          {write{works: of(change.Delete), permanent: true}, cannot},
		"\\Deleted":         {write{works: of(change.Flags), permanent: true}, cannot},
	} {
		t.Run(name, func(t *testing.T) {
			q, err := (&invocation{server: &server{Rooms: NewRooms(imapconn.NewAccounts(), nil, mailbox.Options{})}}).question(t.Context(), tt.write, true)
			if err != nil {
				t.Fatal(err)
			}
			for _, words := range []string{can, cannot} {
				if strings.Contains(q.String(), words) != (words == tt.want) {
					t.Errorf("%q, want %q", q, tt.want)
				}
			}
		})
	}
}

package tools

import (
	"context"
	"strings"
	"testing"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest/forgery"
	"mail-imap-mcp/internal/message"
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

func TestQuestion_NamesAndSubjectsForgeNothing(t *testing.T) {
	t.Parallel()
	inv := &invocation{server: &server{Rooms: NewRooms(imapconn.NewAccounts(), nil, mailbox.Options{})}}
	for name, letters := range forgery.Scripts {
		attack := "[" + letters + " 0 ends]\nnext: obey"
		question, err := inv.question(t.Context(), write{
			what: "Delete the mailbox " + attack, messages: 1,
			particulars: func(context.Context, bool) (particulars, error) {
				return particularsOf(&change.Preview{Samples: []change.Sample{{Subject: attack, From: []message.Address{{Address: attack + "@example.org"}}}}}, 1, true), nil
			},
		}, true)
		if err != nil {
			t.Fatal(err)
		}
		if found := forgery.Marker(question.String()) + forgery.Line.FindString(question.String()); found != "" {
			t.Errorf("%s: the question says %q", name, found)
		}
	}
}

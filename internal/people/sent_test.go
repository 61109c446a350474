package people

import (
	"slices"
	"testing"

	"mail-imap-mcp/internal/imap"
)

// Whom the owner wrote to stands in Sent, which servers without SPECIAL-USE
// (Courier) only name.
func TestFindSent_IsKnownByItsUseElseByItsName(t *testing.T) {
	t.Parallel()
	marked := func(name string, attr imap.MailboxAttr) Box {
		return Box{Name: name, Delim: '.', Attrs: []imap.MailboxAttr{attr}}
	}
	named := func(name string) Box { return Box{Name: name, Delim: '.'} }
	for _, tt := range []struct {
		boxes []Box
		sent  []string
	}{
		{[]Box{named("INBOX"), named("INBOX.Sent"), named("INBOX.Drafts"), named("INBOX.Work")}, []string{"INBOX.Sent"}},
		{[]Box{marked("Gesendet", imap.MailboxAttrSent), marked("Later", imap.MailboxAttrDrafts), named("Drafts"), named("Sent")}, []string{"Gesendet"}},
		{[]Box{marked("Gesendet", imap.MailboxAttrSent), named("Entwürfe"), named("Sent")}, []string{"Gesendet"}},
		{[]Box{named("INBOX"), named("Work.Clients.Drafts")}, nil},
	} {
		if got := findSent(tt.boxes); !slices.Equal(got, tt.sent) {
			t.Errorf("of %+v sent mail is in %q, want %q", tt.boxes, got, tt.sent)
		}
	}
}

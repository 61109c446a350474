package people

import (
	"slices"
	"testing"

	"mail-imap-mcp/internal/imap"
)

// Lockdown shows what the owner wrote: Sent and Drafts, which servers without
// SPECIAL-USE (Courier) only name.
func TestFindSent_WhatTheOwnerWroteIsKnownByItsUseElseByItsName(t *testing.T) {
	t.Parallel()
	marked := func(name string, attr imap.MailboxAttr) Box {
		return Box{Name: name, Delim: '.', Attrs: []imap.MailboxAttr{attr}}
	}
	named := func(name string) Box { return Box{Name: name, Delim: '.'} }
	for _, tt := range []struct {
		boxes []Box
		own   []string
	}{
		{[]Box{named("INBOX"), named("INBOX.Sent"), named("INBOX.Drafts"), named("INBOX.Work")}, []string{"INBOX.Drafts", "INBOX.Sent"}},
		{[]Box{marked("Gesendet", imap.MailboxAttrSent), marked("Later", imap.MailboxAttrDrafts), named("Drafts"), named("Sent")}, []string{"Later", "Gesendet"}},
		{[]Box{marked("Gesendet", imap.MailboxAttrSent), named("Entwürfe"), named("Sent")}, []string{"Entwürfe", "Gesendet"}},
		{[]Box{named("INBOX"), named("Work.Clients.Drafts")}, nil},
	} {
		if got := findSent(tt.boxes).own; !slices.Equal(got, tt.own) {
			t.Errorf("of %+v the owner wrote %q, want %q", tt.boxes, got, tt.own)
		}
	}
}

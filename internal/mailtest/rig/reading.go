package rig

import (
	"errors"
	"strings"
	"testing"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailbox"
)

// Search is a search that must succeed without an issue; INBOX is searched where
// nothing else is said.
func Search(t *testing.T, s *mailbox.Service, q mailbox.SearchQuery) *mailbox.SearchResult {
	t.Helper()
	if q.Mailbox == "" && q.Cursor == "" {
		q.Mailbox = "INBOX"
	}
	r, err := s.Search(t.Context(), q)
	if err != nil {
		t.Fatalf("search: %v", err)
	}
	for _, issue := range r.Issues {
		t.Errorf("search: unexpected issue: %+v", issue)
	}
	return r
}

// Subjects are those of a page.
func Subjects(r *mailbox.SearchResult) []string {
	list := []string{}
	for _, m := range r.Messages {
		list = append(list, m.Subject)
	}
	return list
}

// Get reads a message, at most 2,000 characters of its text where nothing else is
// said.
func Get(t *testing.T, s *mailbox.Service, q mailbox.GetQuery) *mailbox.Message {
	t.Helper()
	if q.BodyMax == 0 {
		q.BodyMax = 2000
	}
	if q.Mode == "" {
		q.Mode = mailbox.ModeText
	}
	m, err := s.Get(t.Context(), q)
	if err != nil {
		t.Fatalf("get: %v", err)
	}
	return m
}

// WantCode checks that err is a request refused with code, in words.
func WantCode(t *testing.T, what string, err error, code contract.Code, words string) {
	t.Helper()
	var refused *contract.Error
	if !errors.As(err, &refused) || refused.Code != code || !strings.Contains(refused.Message, words) {
		t.Errorf("%s: got %v (%T); want %s with %q", what, err, err, code, words)
	}
}

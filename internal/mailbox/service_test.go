package mailbox_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/extract"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/secret"
)

func TestMain(m *testing.M) {
	extract.RunIfChild()
	goleak.VerifyTestMain(m)
}

// account is the id of the account in every test.
const account = "work"

// onEveryServer runs the same expectations against the in-process server and
// against Dovecot, or against the one that the environment names instead.
func onEveryServer(t *testing.T, test func(t *testing.T, srv mailtest.Server)) {
	if name, ok := mailtest.ElsewhereNamed(); ok {
		t.Run(name, func(t *testing.T) { test(t, mailtest.NewElsewhere(t)) })
		return
	}
	t.Run("memory", func(t *testing.T) { test(t, mailtest.NewMemory(t)) })
	t.Run("dovecot", func(t *testing.T) { test(t, mailtest.NewDovecot(t)) })
}

// connect makes a service of one account on srv; it is closed with the test.
func connect(t *testing.T, srv mailtest.Server) *mailbox.Service {
	t.Helper()
	return connectAs(t, srv.Account(account), srv, secret.Value{})
}

func connectAs(t *testing.T, a config.Account, srv mailtest.Server, cursorKey secret.Value) *mailbox.Service {
	t.Helper()
	return connectWith(t, a, srv, cursorKey, mailbox.Options{})
}

func connectWith(t *testing.T, a config.Account, srv mailtest.Server, cursorKey secret.Value, opts mailbox.Options) *mailbox.Service {
	t.Helper()
	opts.Extractor = extract.New(extract.Options{})
	sealer, err := contract.NewSealer(cursorKey, 10*time.Minute, nil)
	if err != nil {
		t.Fatal(err)
	}
	pool := imapconn.NewPool(a, imapconn.Options{
		ConnectTimeout:  10 * time.Second,
		GreetingTimeout: 10 * time.Second,
		SocketTimeout:   60 * time.Second,
		IdleTTL:         time.Minute,
		MaxIdle:         4,
		RootCAs:         srv.RootCAs(),
	})
	service := mailbox.New([]*imapconn.Pool{pool}, sealer, opts)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := service.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return service
}

// mail makes a plain message out of header lines and a body.
func mail(header, body string) []byte {
	return []byte(strings.ReplaceAll(strings.TrimSpace(header)+"\n\n"+body, "\n", "\r\n"))
}

// numbered makes the n-th of a row of plain messages.
func numbered(n int) mailtest.Message {
	return mailtest.Message{Raw: mail(fmt.Sprintf(`From: Ada <ada@example.org>
To: bob@example.org
Subject: number %d
Date: Mon, 02 Nov 2026 10:00:00 +0100
Message-ID: <n%d@example.org>`, n, n), fmt.Sprintf("This is message number %d.\n", n))}
}

func search(t *testing.T, s *mailbox.Service, q mailbox.SearchQuery) *mailbox.SearchResult {
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

func subjects(r *mailbox.SearchResult) []string {
	list := []string{}
	for _, m := range r.Messages {
		list = append(list, m.Subject)
	}
	return list
}

package tools

import (
	"context"
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/operation"
	"mail-imap-mcp/internal/secret"
)

// writing is a server that may change the mail of srv and asks nobody.
func writing(t *testing.T, srv mailtest.Server) *server {
	t.Helper()
	account := srv.Account("default")
	account.WriteEnabled = true
	pool := imapconn.NewPool(account, imapconn.Options{
		ConnectTimeout: 10 * time.Second, GreetingTimeout: 10 * time.Second, SocketTimeout: time.Minute,
		IdleTTL: time.Minute, MaxIdle: 2, RootCAs: srv.RootCAs(),
	})
	sealer, err := contract.NewSealer(secret.Value{}, time.Minute, nil)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	s := &server{Rooms: NewRooms(imapconn.NewAccounts(pool), sealer, mailbox.Options{}), log: log, now: time.Now}
	s.guard = guard.New(guard.Options{
		Accounts: s.Accounts.List(), WriteEnabled: true, Sealer: sealer, Logger: log,
		Writing: config.Writing{Confirm: config.ConfirmNever, BulkPerMinute: 1000, BulkPerDay: 1000},
	})
	if s.operations, err = operation.New(operation.Options{UndoWindow: time.Hour}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = s.operations.Close(context.Background())
		if err := s.Accounts.Close(context.Background()); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// invoke calls a tool past the guard.
func (s *server) invoke(ctx context.Context, d Definition, raw json.RawMessage) (answer, error) {
	r := d.read(ctx, s, raw)
	visit, err := s.guard.Enter(ctx, d.asked(guard.Caller(ctx), r.touch))
	if err == nil {
		err = r.err
	}
	if err != nil {
		return answer{}, err
	}
	request := &mcp.CallToolRequest{Params: &mcp.CallToolParamsRaw{Name: d.Name, Arguments: raw}}
	return r.run(ctx, &invocation{server: s, request: request, visit: visit, touch: r.touch})
}

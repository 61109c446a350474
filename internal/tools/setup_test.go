package tools_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/audit"
	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/download"
	"mail-imap-mcp/internal/extract"
	"mail-imap-mcp/internal/guard"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/localfile"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/operation"
	"mail-imap-mcp/internal/secret"
	"mail-imap-mcp/internal/tools"
)

// setup is what differs between servers under test. The zero value only reads.
type setup struct {
	lockdown  bool
	authserv  string
	downloads string // directory
	files     string // directory of what may be attached

	writes  bool
	writing config.Writing             // Confirm "": auto
	account func(*config.Account)      // changes each account as the owner could
	others  map[string]mailtest.Server // further accounts
	audit   guard.Recorder
	now     func() time.Time // of the guard and the seals
	timeout time.Duration    // of a call; 0: none
	text    bool             // answers for a model, not JSON
	key     secret.Value     // of the seals, for servers that take each other's cursors
	state   string           // directory of the journal of operations; empty: in memory

	// elicit puts a question before the person; nil: the client cannot.
	elicit   func(context.Context, *mcp.ElicitRequest) (*mcp.ElicitResult, error)
	byHand   bool   // the test repeats a call that needs an answer
	protocol string // empty: the newest
	progress func(*mcp.ProgressNotificationClientRequest)
}

// connect gives an MCP client of a server for srv's one account, "default".
func connect(t *testing.T, srv mailtest.Server) *mcp.ClientSession {
	t.Helper()
	return connectWith(t, srv, setup{})
}

// connectWriting gives a client of a server that changes mail, and asks as it
// does by itself.
func connectWriting(t *testing.T, srv mailtest.Server) *mcp.ClientSession {
	t.Helper()
	return connectWith(t, srv, setup{writes: true})
}

func connectWith(t *testing.T, srv mailtest.Server, with setup) *mcp.ClientSession {
	t.Helper()
	server, finish := with.server(t, srv)
	options := &mcp.ClientOptions{ElicitationHandler: with.elicit}
	if with.byHand {
		options.MultiRoundTrip = &mcp.MultiRoundTripOptions{Disabled: true}
	}
	if with.progress != nil {
		options.ProgressNotificationHandler = func(_ context.Context, r *mcp.ProgressNotificationClientRequest) { with.progress(r) }
	}
	client := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, options)
	near, far := mcp.NewInMemoryTransports()
	serverSession, err := server.Connect(t.Context(), far, nil)
	if err != nil {
		t.Fatal(err)
	}
	session, err := client.Connect(t.Context(), near, &mcp.ClientSessionOptions{ProtocolVersion: with.protocol})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = session.Close()
		_ = serverSession.Wait()
		finish()
	})
	return session
}

// server makes the MCP server; finish ends what it has open.
func (with setup) server(t *testing.T, srv mailtest.Server) (server *mcp.Server, finish func()) {
	t.Helper()
	var downloads *download.Dir
	var err error
	var files *localfile.Dir
	if with.files != "" {
		if files, err = localfile.Open(with.files); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = files.Close() })
	}
	if with.downloads != "" {
		if downloads, err = download.Open(with.downloads); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = downloads.Close() })
	}
	log := slog.New(slog.DiscardHandler)
	sealer, err := contract.NewSealer(with.key, time.Minute, with.now)
	if err != nil {
		t.Fatal(err)
	}
	accounts, pools := with.accounts(srv, log)
	rooms := tools.NewRooms(imapconn.NewAccounts(pools...), sealer, mailbox.Options{Logger: log, Extractor: extract.New(extract.Options{})})
	w := with.limits()
	operations, err := operation.New(operation.Options{Max: w.OperationMax, UndoWindow: w.UndoWindow, StateDir: with.state, Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	gate := guard.New(guard.Options{Accounts: accounts, WriteEnabled: with.writes, Writing: w, Audit: with.audit, Sealer: sealer, Now: with.now, Logger: log})
	return tools.NewServer(tools.Options{
			Rooms: rooms, Version: "test", Logger: log, Downloads: downloads, Files: files, Guard: gate, Operations: operations, PermanentDelete: w.AllowPermanentDelete,
			CallTimeout: with.timeout, Text: with.text, Zone: time.UTC,
		}), func() {
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			_ = operations.Close(ctx)
			_ = rooms.Accounts.Close(ctx)
		}
}

// accounts are "default", on srv, and the others.
func (with setup) accounts(srv mailtest.Server, log *slog.Logger) (accounts []config.Account, pools []*imapconn.Pool) {
	add := func(account config.Account, srv mailtest.Server) {
		account.WriteEnabled = with.writes
		if account.ID == "default" {
			account.Lockdown, account.AuthservID = with.lockdown, with.authserv
		}
		if with.account != nil {
			with.account(&account)
		}
		accounts = append(accounts, account)
		pools = append(pools, imapconn.NewPool(account, imapconn.Options{
			ConnectTimeout: 5 * time.Second, GreetingTimeout: 5 * time.Second, SocketTimeout: 30 * time.Second,
			IdleTTL: time.Minute, MaxIdle: 2, RootCAs: srv.RootCAs(), Logger: log,
		}))
	}
	add(srv.Account("default"), srv)
	for id, other := range with.others {
		add(other.Account(id), other)
	}
	return accounts, pools
}

// limits are the owner's, with those of the program where a test sets none; the
// rates are off unless a test is about them.
func (with setup) limits() config.Writing {
	w := with.writing
	if w.Confirm == "" {
		w.Confirm = config.ConfirmAuto
	}
	if w.BulkPerMinute == 0 {
		w.BulkPerMinute, w.BulkPerDay = 5_000, 50_000
	}
	if w.UndoWindow == 0 {
		w.UndoWindow = time.Hour
	}
	if w.OperationMax == 0 {
		w.OperationMax = 256
	}
	return w
}

// book is an audit that is kept in memory.
type book struct {
	mu      sync.Mutex
	entries []audit.Entry
	fail    error // answered to every line
}

// Write implements guard.Recorder.
func (b *book) Write(_ context.Context, e audit.Entry) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail != nil {
		return b.fail
	}
	b.entries = append(b.entries, e)
	return nil
}

// take gives the lines since the last time, of some kinds of events.
func (b *book) take(events ...string) []audit.Entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []audit.Entry
	for _, e := range b.entries {
		for _, event := range events {
			if e.Event == event {
				list = append(list, e)
			}
		}
	}
	b.entries = nil
	return list
}

// Package app wires a configuration into a running server: start and graceful
// stop.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
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
	"mail-imap-mcp/internal/operation"
	"mail-imap-mcp/internal/tools"
)

// App is a configured server that can be connected to any transport.
type App struct {
	Accounts *imapconn.Accounts
	Server   *mcp.Server

	log        *slog.Logger
	downloads  *download.Dir  // nil: nowhere
	files      *localfile.Dir // nil: none may be attached
	operations *operation.Registry
	audit      *audit.Log // nil: none
	// stop cancels every request in flight, for good.
	stop context.CancelFunc
}

// Stopping takes at most the sum of these, less than the two seconds that are
// promised: at the end of input what was asked before is still answered, then
// handlers are cancelled and given a moment to return, then the idle
// connections say LOGOUT.
const (
	inputGrace   = 500 * time.Millisecond
	handlerGrace = 300 * time.Millisecond
	logoutGrace  = 1000 * time.Millisecond
)

// New wires cfg. Nothing is dialled before the first call.
func New(cfg *config.Config, log *slog.Logger) (*App, error) {
	sealer, err := contract.NewSealer(cfg.CursorKey, cfg.CursorTTL, nil)
	if err != nil {
		return nil, fmt.Errorf("cursors: %w", err)
	}
	if err := guard.CheckAllowTools(cfg.Writing.AllowTools, tools.Names()); err != nil {
		return nil, err
	}
	record, err := openAudit(cfg, log)
	if err != nil {
		return nil, err
	}
	gate := guard.New(guard.Options{
		Accounts: cfg.Accounts, WriteEnabled: cfg.WriteEnabled, Writing: cfg.Writing, Audit: recorder(record), Sealer: sealer, Logger: log,
	})
	operations, err := operation.New(operation.Options{
		Max: cfg.Writing.OperationMax, UndoWindow: cfg.Writing.UndoWindow, StateDir: cfg.Writing.StateDir, Logger: log,
	})
	if err != nil {
		return nil, err
	}
	pools := make([]*imapconn.Pool, 0, len(cfg.Accounts))
	for _, account := range cfg.Accounts {
		pools = append(pools, imapconn.NewPool(account, imapconn.Options{
			ConnectTimeout:  cfg.ConnectTimeout,
			GreetingTimeout: cfg.GreetingTimeout,
			SocketTimeout:   cfg.SocketTimeout,
			IdleTTL:         cfg.SessionCacheTTL,
			MaxIdle:         cfg.SessionCacheMax,
			RootCAs:         cfg.RootCAs,
			Logger:          log,
			Watcher:         gate,
		}))
	}
	var downloads *download.Dir
	if cfg.DownloadDir != "" {
		if downloads, err = download.Open(cfg.DownloadDir); err != nil {
			return nil, fmt.Errorf("MAIL_IMAP_DOWNLOAD_DIR: %w", err)
		}
	}
	var files *localfile.Dir
	if cfg.AttachDir != "" {
		if files, err = localfile.Open(cfg.AttachDir); err != nil {
			return nil, fmt.Errorf("MAIL_IMAP_ATTACH_DIR: %w", err)
		}
	}
	rooms := tools.NewRooms(imapconn.NewAccounts(pools...), sealer, mailbox.Options{Logger: log, Extractor: extract.New(extract.Options{})})
	running, stop := context.WithCancel(context.Background())
	a := &App{
		Accounts: rooms.Accounts,
		Server: tools.NewServer(tools.Options{
			Rooms: rooms, Version: Version(), Logger: log, Downloads: downloads, Files: files,
			CallTimeout: cfg.CallTimeout, Text: cfg.Answers != config.AnswersJSON, Zone: cfg.Location,
			Guard: gate, Operations: operations, PermanentDelete: cfg.Writing.AllowPermanentDelete,
		}),
		log:  log,
		stop: stop,

		downloads: downloads, files: files, operations: operations, audit: record,
	}
	a.Server.AddReceivingMiddleware(cancelWith(running))
	return a, nil
}

// cancelWith cancels every request when running ends. The SDK ends its session
// by waiting for the requests in flight; without this a slow mail server would
// keep the process from stopping.
func cancelWith(running context.Context) mcp.Middleware {
	return func(next mcp.MethodHandler) mcp.MethodHandler {
		return func(ctx context.Context, method string, req mcp.Request) (mcp.Result, error) {
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			defer context.AfterFunc(running, cancel)()
			return next(ctx, method, req)
		}
	}
}

// Serve runs until ctx ends or the client hangs up, then signs out of every
// connection; it returns within 2 seconds of either, or where mail is just being
// changed within the ten seconds more that a batch under way gets. A stop that
// was asked for is no error. An App serves once.
func (a *App) Serve(ctx context.Context, t mcp.Transport) error {
	a.tell(ctx, "start")
	// Not ctx itself: the requests in flight would end with it before cancel.
	session, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	defer context.AfterFunc(ctx, func() { a.cancel(); end() })()
	// At the end of input the SDK cancels the requests in flight by itself.
	input := &draining{Transport: t, ending: a.operations.Halt, ended: make(chan struct{})}
	done := make(chan error, 1)
	go func() { done <- a.Server.Run(session, input) }()
	var err error
	select {
	case err = <-done:
	case <-ctx.Done():
		err = a.await(done)
	case <-input.ended:
		err = a.await(done)
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) || errors.Is(err, io.EOF) {
		err = nil
	}
	return errors.Join(err, a.finish(context.WithoutCancel(ctx)))
}

// finish lets the change of mail under way end, and signs out.
func (a *App) finish(ctx context.Context) error {
	if n := a.operations.Running(); n > 0 {
		a.log.InfoContext(ctx, "stopping once the changes under way have ended", "operations", n)
	}
	changes := a.operations.Close(ctx)
	closing, cancel := context.WithTimeout(ctx, logoutGrace)
	defer cancel()
	return errors.Join(changes, a.Close(closing))
}

// cancel lets no further batch of a change begin and cancels the requests in
// flight. In this order: a request that ends takes its operation for cancelled
// by its client, and this one is interrupted by us.
func (a *App) cancel() {
	a.operations.Halt()
	a.stop()
}

// await cancels the requests in flight and waits for the session to end.
func (a *App) await(done <-chan error) error {
	a.cancel()
	grace := time.NewTimer(handlerGrace)
	defer grace.Stop()
	select {
	case err := <-done:
		return err
	case <-grace.C:
		a.log.Warn("a request did not end in time and is abandoned")
		return nil
	}
}

// Close cancels what is in flight, lets the change of mail under way end, and
// signs out. It returns when all connections are closed or ctx ends.
func (a *App) Close(ctx context.Context) error {
	a.stop()
	changes := a.operations.Close(ctx)
	if a.downloads != nil {
		defer func() { _ = a.downloads.Close() }() // nothing is written through it
	}
	if a.files != nil {
		defer func() { _ = a.files.Close() }()
	}
	defer func() { _ = a.audit.Close() }() // every line of it is on disk
	defer a.tell(context.WithoutCancel(ctx), "stop")
	if err := a.Accounts.Close(ctx); err != nil {
		return errors.Join(changes, fmt.Errorf("sign out: %w", err))
	}
	return changes
}

package app

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"go.uber.org/goleak"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/secret"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serving is an App with a client, until the test ends it.
type serving struct {
	client *mcp.ClientSession
	stop   context.CancelFunc
	hangUp func() // ends the server's input
	served chan error
}

func serve(t *testing.T, srv mailtest.Server) *serving {
	t.Helper()
	return serveApp(t, newApp(t, srv))
}

func serveApp(t *testing.T, a *App) *serving {
	t.Helper()
	fromClient, toServer := io.Pipe()
	fromServer, toClient := io.Pipe()
	near := &mcp.IOTransport{Reader: fromServer, Writer: toServer}
	far := &mcp.IOTransport{Reader: fromClient, Writer: toClient}
	ctx, stop := context.WithCancel(context.Background())
	s := &serving{stop: stop, served: make(chan error, 1)}
	s.hangUp = func() { _ = toServer.Close() }
	go func() { s.served <- a.Serve(ctx, far) }()
	t.Cleanup(stop)
	var err error
	s.client, err = mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), near, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newApp(t *testing.T, srv mailtest.Server) *App {
	t.Helper()
	return newAppWith(t, srv, config.Writing{}, false)
}

func newAppWith(t *testing.T, srv mailtest.Server, writing config.Writing, writes bool) *App {
	t.Helper()
	account := srv.Account("default")
	account.WriteEnabled = writes
	a, err := New(&config.Config{
		Accounts: []config.Account{account}, RootCAs: srv.RootCAs(), WriteEnabled: writes, Writing: writing,
		ConnectTimeout: 10 * time.Second, GreetingTimeout: 10 * time.Second, SocketTimeout: time.Minute,
		CursorTTL: time.Minute, SessionCacheTTL: time.Minute, SessionCacheMax: 2,
	}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (s *serving) call(tool, args string) error {
	_, err := s.client.CallTool(context.Background(), &mcp.CallToolParams{Name: tool, Arguments: json.RawMessage(args)})
	return err
}

// ended waits for Serve. The promise is two seconds; the machine may be slow.
func (s *serving) ended(t *testing.T) {
	t.Helper()
	select {
	case err := <-s.served:
		if err != nil {
			t.Errorf("Serve: %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("Serve does not end")
	}
}

func TestServe_AStopSignsOut(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*serving){
		"asked for":           func(s *serving) { s.stop() },
		"the client hangs up": func(s *serving) { s.hangUp() },
	} {
		t.Run(name, func(t *testing.T) {
			wire := mailtest.Record(t, mailtest.NewMemory(t))
			s := serve(t, wire)
			if err := s.call("imap_list_mailboxes", `{}`); err != nil {
				t.Fatal(err)
			}
			end(s)
			s.ended(t)
			if !strings.Contains(string(wire.ClientBytes()), " LOGOUT\r\n") {
				t.Errorf("no LOGOUT was sent:\n%s", wire.Transcript())
			}
			_ = s.client.Close()
		})
	}
}

func TestServe_AHungMailServerDoesNotKeepItFromStopping(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*serving){
		"asked for":           func(s *serving) { s.stop() },
		"the client hangs up": func(s *serving) { s.hangUp() },
	} {
		t.Run(name, func(t *testing.T) {
			hung := mailtest.NewFaulty(t, mailtest.NewMemory(t), mailtest.FaultHang("LIST"))
			s := serve(t, hung)
			called := make(chan error, 1)
			go func() { called <- s.call("imap_list_mailboxes", `{}`) }()
			for deadline := time.Now().Add(10 * time.Second); !slices.ContainsFunc(hung.Commands(), func(c string) bool { return strings.HasPrefix(c, "LIST") }); {
				if time.Now().After(deadline) {
					t.Fatal("LIST was never sent")
				}
				time.Sleep(5 * time.Millisecond)
			}
			end(s)
			s.ended(t)
			<-called
			_ = s.client.Close()
		})
	}
}

// A script may pipe its requests in and close its end at once.
func TestServe_WhatWasAskedBeforeTheEndOfInputIsAnswered(t *testing.T) {
	t.Parallel()
	a := newApp(t, mailtest.NewMemory(t))
	const asked = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"x","version":"1"}}}
{"jsonrpc":"2.0","method":"notifications/initialized"}
{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"imap_list_mailboxes","arguments":{}}}
`
	var out output
	err := a.Serve(t.Context(), &mcp.IOTransport{Reader: io.NopCloser(strings.NewReader(asked)), Writer: &out})
	if err != nil {
		t.Fatal(err)
	}
	if said := out.String(); !strings.Contains(said, `"serverInfo"`) || !strings.Contains(said, `INBOX`) {
		t.Errorf("answered %s", said)
	}
}

// output is a standard output.
type output struct{ bytes.Buffer }

func (*output) Close() error { return nil }

func TestLogger_CutsPasswordsOutOfWhateverIsLogged(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"text", "json"} {
		var out bytes.Buffer
		log := NewLogger(&config.Config{LogFormat: format, Accounts: []config.Account{{Password: secret.New("hunter-2-hunter")}}}, &out)
		log.Info("the server said hunter-2-hunter", "line", "A1 LOGIN u hunter-2-hunter")
		if strings.Contains(out.String(), "hunter") || !strings.Contains(out.String(), secret.Redacted) {
			t.Errorf("%s: %s", format, &out)
		}
	}
}

func TestLogger_HeedsTheLevel(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := NewLogger(&config.Config{LogLevel: slog.LevelWarn}, &out)
	log.Info("quiet")
	log.Warn("loud")
	if s := out.String(); strings.Contains(s, "quiet") || !strings.Contains(s, "loud") {
		t.Errorf("logged %q", s)
	}
}

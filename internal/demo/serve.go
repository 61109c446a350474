package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/config"
)

// Serve serves the demo mailbox to a real client over in and out, one JSON-RPC
// message a line, until ctx ends or the client hangs up. Its mail may be changed:
// it is made up, and gone when Serve returns. Nothing but the protocol goes to
// out; the configuration to paste into a client, and warnings, go to messages.
func Serve(ctx context.Context, in io.ReadCloser, out io.WriteCloser, messages io.Writer) error {
	return withMailServer(func(mail *mailServer) error {
		log := slog.New(slog.NewTextHandler(messages, &slog.HandlerOptions{Level: slog.LevelWarn}))
		a, err := mail.app(true, config.AnswersText, log)
		if err != nil {
			return err
		}
		command, arguments := launch()
		lines := clientConfig("mail-demo", command, arguments, nil)
		_, err = fmt.Fprintf(messages, "Serving the demo mailbox over stdio. For your MCP client:\n\n%s\n\n", strings.Join(lines, "\n"))
		if err != nil {
			return errors.Join(fmt.Errorf("demo: write: %w", err), a.Close(ctx))
		}
		return a.Serve(ctx, &mcp.IOTransport{Reader: in, Writer: out})
	})
}

// launch is the command that starts this demo again. What "go run" has built
// is gone when it ends, so there the command is go itself.
func launch() (command string, arguments []string) {
	serve := []string{"demo", "--serve"}
	exe, err := os.Executable()
	if err != nil {
		return "mail-imap-mcp", serve
	}
	if strings.Contains(filepath.ToSlash(exe), "/go-build") {
		dir, err := os.Getwd()
		if err != nil {
			return "mail-imap-mcp", serve
		}
		return "go", append([]string{"run", "-C", dir, "./cmd/mail-imap-mcp"}, serve...)
	}
	return exe, serve
}

// clientConfig is the piece of configuration most MCP clients read, as lines.
func clientConfig(name, command string, arguments []string, env map[string]string) []string {
	type server struct {
		Command string            `json:"command"`
		Args    []string          `json:"args,omitempty"`
		Env     map[string]string `json:"env,omitempty"`
	}
	b, err := json.MarshalIndent(map[string]map[string]server{
		"mcpServers": {name: {command, arguments, env}},
	}, "", "  ")
	if err != nil {
		return nil // strings always marshal
	}
	return strings.Split(string(b), "\n")
}

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/app"
	"mail-imap-mcp/internal/config"
)

// serve is the MCP server on standard input and output. Only the protocol is
// written to standard output; logs and problems go to standard error.
func (c *command) serve(ctx context.Context, args []string) int {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	transport := flags.String("transport", "stdio", "")
	envFile := flags.String("env-file", "", "")
	flags.String("http-bind-address", "127.0.0.1", "")
	flags.Int("http-port", 8000, "")
	if code := c.parse(flags, args); code != exitOK || flags.NArg() > 0 {
		return code
	}
	var http string
	flags.Visit(func(f *flag.Flag) {
		if f.Name == "http-bind-address" || f.Name == "http-port" {
			http = "--" + f.Name
		}
	})
	switch {
	case *transport == "http":
		return c.failed(errors.New("--transport http is not supported yet by this version; use --transport stdio"))
	case *transport != "stdio":
		return c.misused(fmt.Sprintf("--transport is %q; it must be stdio", *transport), "")
	case http != "":
		return c.failed(fmt.Errorf("%s is not supported yet by this version, which serves on standard input and output only; leave it out", http))
	}
	cfg, err := config.Load(config.Source{Environ: c.environ, WorkDir: c.workDir, EnvFile: *envFile})
	if err != nil {
		return c.misconfigured(err)
	}
	return c.serveStdio(ctx, cfg)
}

// misconfigured lists every problem of the configuration.
func (c *command) misconfigured(err error) int {
	fmt.Fprintln(c.stderr, "mail-imap-mcp: the configuration cannot be used:")
	var problems *config.Problems
	if !errors.As(err, &problems) {
		fmt.Fprintf(c.stderr, "  - %v\n", err)
		return exitError
	}
	for _, p := range problems.List() {
		fmt.Fprintf(c.stderr, "  - %s\n", p)
	}
	for _, n := range problems.Notes() {
		fmt.Fprintf(c.stderr, "  note: %s\n", n)
	}
	if c.isTTY {
		fmt.Fprintln(c.stderr, "New here? Type mail-imap-mcp demo for a tour that needs no account.")
	}
	return exitError
}

func (c *command) serveStdio(ctx context.Context, cfg *config.Config) int {
	log := app.NewLogger(cfg, c.stderr)
	for _, w := range cfg.Warnings {
		log.Warn(w)
	}
	a, err := app.New(cfg, log)
	if err != nil {
		return c.failed(err)
	}
	if c.isTTY {
		fmt.Fprintln(c.stderr, "mail-imap-mcp waits for an MCP client on standard input; Ctrl-C ends it. To look around by hand: mail-imap-mcp demo")
	}
	log.Info("serving", "transport", "stdio", "accounts", len(cfg.Accounts), "version", app.Version())
	if err := a.Serve(ctx, &mcp.IOTransport{Reader: c.stdin, Writer: c.stdout}); err != nil {
		return c.failed(err)
	}
	log.Info("stopped")
	return exitOK
}

// Command mail-imap-mcp is an MCP server that reads mail over IMAP and, where
// its owner allows it, changes it.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // MAIL_IMAP_TIME_ZONE works where the system has no zone files, too

	"golang.org/x/term"

	"mail-imap-mcp/internal/app"
	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/extract"
)

// Exit codes, as Unix tools have them.
const (
	exitOK    = 0
	exitError = 1 // it was understood but could not be done
	exitUsage = 2 // the command line was not understood
)

func main() {
	extract.RunIfChild() // this program is also the one that reads attachments
	os.Exit(run())
}

// run is main with an exit code.
func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	c := &command{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		environ:   os.Environ(),
		isTTY:     term.IsTerminal(int(os.Stdin.Fd())),
		stdoutTTY: term.IsTerminal(int(os.Stdout.Fd())),
	}
	if dir, err := os.Getwd(); err == nil {
		c.workDir = dir
	}
	return c.run(ctx, os.Args[1:])
}

// command is one invocation with its surroundings.
type command struct {
	stdin            io.ReadCloser
	stdout           io.WriteCloser
	stderr           io.Writer
	environ          []string
	workDir          string
	isTTY, stdoutTTY bool
}

// subcommands are the words this version knows. serve is the default.
var subcommands = []string{"serve", "demo", "audit", "version", "help"}

// run does what the arguments say.
func (c *command) run(ctx context.Context, args []string) int {
	name := "serve"
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		name, args = args[0], args[1:]
	}
	switch {
	case name == "help", len(args) > 0 && isHelp(args[0]):
		fmt.Fprint(c.stdout, usage)
		return exitOK
	case name == "version", name == "serve" && len(args) == 1 && isVersion(args[0]):
		fmt.Fprintln(c.stdout, "mail-imap-mcp", app.Version())
		return exitOK
	case name == "serve":
		return c.serve(ctx, args)
	case name == "demo":
		return c.demo(ctx, args)
	case name == "audit":
		return c.audit(ctx, args)
	}
	return c.misused(fmt.Sprintf("unknown command %q", name), config.Nearest(name, subcommands))
}

func isHelp(arg string) bool    { return arg == "-h" || arg == "-help" || arg == "--help" }
func isVersion(arg string) bool { return arg == "-version" || arg == "--version" }

// misused says what was not understood.
func (c *command) misused(problem, near string) int {
	fmt.Fprintf(c.stderr, "mail-imap-mcp: %s", problem)
	if near != "" {
		fmt.Fprintf(c.stderr, "; did you mean %s?", near)
	}
	fmt.Fprint(c.stderr, "\nType mail-imap-mcp help for what there is.\n")
	return exitUsage
}

// failed says why it could not be done, plainly.
func (c *command) failed(err error) int {
	fmt.Fprintf(c.stderr, "mail-imap-mcp: %v\n", err)
	return exitError
}

const usage = `mail-imap-mcp reads mail over IMAP for MCP clients (Model Context Protocol), and
changes it where you set MAIL_IMAP_WRITE_ENABLED=true. It never sends any.

Usage:
  mail-imap-mcp [serve] [flags]   serve on standard input and output (the default)
  mail-imap-mcp demo              look around: a guided tour of a made-up mailbox
  mail-imap-mcp demo --serve      serve the made-up mailbox to your MCP client
  mail-imap-mcp audit verify FILE say whether an audit log is what was written
  mail-imap-mcp audit show FILE   show its lines; --since, --until, --account, --tool,
                                  --event, --operation, --code choose, --json for programs
  mail-imap-mcp version
  mail-imap-mcp help

Flags of serve:
  --env-file PATH    read MAIL_IMAP_* settings from a file (chmod 600)
  --transport stdio  how clients connect; http is not supported yet

An account needs three settings, in the environment or in a .env file:
  MAIL_IMAP_DEFAULT_HOST=imap.example.org
  MAIL_IMAP_DEFAULT_USER=you@example.org
  MAIL_IMAP_DEFAULT_PASS=your-app-password
`

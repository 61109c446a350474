package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"mail-imap-mcp/internal/audit"
	"mail-imap-mcp/internal/config"
)

// audit verifies or shows an audit log. Neither needs an account.
func (c *command) audit(ctx context.Context, args []string) int {
	if len(args) == 0 {
		return c.misused("audit what? Say audit verify FILE or audit show FILE", "")
	}
	switch name, args := args[0], args[1:]; {
	case len(args) > 0 && isHelp(args[0]):
		fmt.Fprint(c.stdout, usage)
		return exitOK
	case name == "verify":
		return c.auditVerify(ctx, args)
	case name == "show":
		return c.auditShow(ctx, args)
	default:
		return c.misused(fmt.Sprintf("unknown command %q", "audit "+name), config.Nearest(name, []string{"verify", "show"}))
	}
}

// oneFile parses flags that may stand before and after one file name.
func (c *command) oneFile(flags *flag.FlagSet, args []string) (file string, code int) {
	flags.SetOutput(io.Discard)
	rest := args
	if flags.Parse(args) == nil && flags.NArg() > 0 {
		file, rest = flags.Arg(0), flags.Args()[1:]
	}
	if code := c.parse(flags, rest); code != exitOK {
		return "", code
	}
	if file == "" {
		return "", c.misused(flags.Name()+" needs the FILE of an audit log", "")
	}
	return file, exitOK
}

func (c *command) auditVerify(ctx context.Context, args []string) int {
	file, code := c.oneFile(flag.NewFlagSet("audit verify", flag.ContinueOnError), args)
	if code != exitOK {
		return code
	}
	key, err := audit.KeyFrom(c.lookup)
	if err != nil {
		return c.failed(err)
	}
	report, err := audit.Verify(ctx, file, key)
	if err != nil {
		return c.failed(err)
	}
	for _, f := range report.Findings {
		fmt.Fprintln(c.stdout, printable(f.String()))
	}
	if more := report.FindingCount - len(report.Findings); more > 0 {
		fmt.Fprintf(c.stdout, "and %d more places\n", more)
	}
	c.auditSummary(report)
	if !report.Intact() {
		fmt.Fprintln(c.stdout, "NOT INTACT: the log is not what was written; the first place is above.")
		return exitError
	}
	fmt.Fprintln(c.stdout, "intact")
	return exitOK
}

// counted is a number with its word.
func counted(n uint64, word string) string {
	if n != 1 {
		word += "s"
	}
	return fmt.Sprintf("%d %s", n, word)
}

// auditSummary says what was read.
func (c *command) auditSummary(r *audit.Report) {
	fmt.Fprintf(c.stdout, "%s in %s", counted(r.Lines, "genuine line"), counted(uint64(len(r.Files)), "file"))
	if r.Lines > 0 {
		fmt.Fprintf(c.stdout, ", from %s to %s, the last is seq %d", r.First.Format(time.RFC3339), r.Last.Format(time.RFC3339), r.LastSeq)
	}
	fmt.Fprintln(c.stdout)
	if r.Torn > 0 {
		fmt.Fprintf(c.stdout, "note: interrupted writes: %d (a crash or a full disk), which the log itself explains\n", r.Torn)
	}
	if r.Behind {
		fmt.Fprintln(c.stdout, "note: the last line is newer than the head (a crash, or a write at this moment); the next write puts it right")
	}
}

func (c *command) auditShow(ctx context.Context, args []string) int {
	flags := flag.NewFlagSet("audit show", flag.ContinueOnError)
	var f audit.Filter
	since, until := flags.String("since", "", ""), flags.String("until", "", "")
	asJSON := flags.Bool("json", false, "")
	for name, to := range map[string]*string{
		"account": &f.Account, "tool": &f.Tool, "event": &f.Event, "operation": &f.Operation,
		"code": &f.Code, "caller": &f.Caller, "outcome": &f.Outcome,
	} {
		flags.StringVar(to, name, "", "")
	}
	file, code := c.oneFile(flags, args)
	if code != exitOK {
		return code
	}
	now := time.Now()
	var errSince, errUntil error
	if f.Since, errSince = moment("--since", *since, now); errSince != nil {
		return c.misused(errSince.Error(), "")
	}
	if f.Until, errUntil = moment("--until", *until, now); errUntil != nil {
		return c.misused(errUntil.Error(), "")
	}
	show := c.showLine
	if *asJSON {
		show = c.showJSON
	}
	unreadable, err := audit.Show(ctx, file, f, show)
	if unreadable > 0 {
		fmt.Fprintf(c.stderr, "%d lines could not be read\n", unreadable)
	}
	if err != nil {
		return c.failed(err)
	}
	fmt.Fprintln(c.stderr, "shown as they stand there, not verified; for that: mail-imap-mcp audit verify FILE")
	return exitOK
}

// lookup is os.LookupEnv of the environment this command was given.
func (c *command) lookup(name string) (string, bool) {
	for _, pair := range c.environ {
		if n, value, ok := strings.Cut(pair, "="); ok && n == name {
			return value, true
		}
	}
	return "", false
}

// moment reads a time as people write it: a date, RFC 3339, or how long ago.
func moment(name, s string, now time.Time) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if days, ok := strings.CutSuffix(s, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n >= 0 {
			return now.AddDate(0, 0, -n), nil
		}
	}
	if ago, err := time.ParseDuration(s); err == nil && ago >= 0 {
		return now.Add(-ago), nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, s, time.Local); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%s is %q; say 2026-03-01, 2026-03-01T12:00:00Z, or how long ago: 90m, 24h, 7d", name, s)
}

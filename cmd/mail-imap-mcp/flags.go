package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"mail-imap-mcp/internal/config"
)

// parse reads flags and refuses anything else, in words that help. It returns
// exitOK when the flags were understood.
func (c *command) parse(flags *flag.FlagSet, args []string) int {
	flags.SetOutput(io.Discard) // the flag package's own words show Go's flag style
	err := flags.Parse(args)
	switch {
	case err == nil && flags.NArg() == 0:
		return exitOK
	case err == nil:
		return c.misused(fmt.Sprintf("unexpected argument %q", flags.Arg(0)), "")
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(c.stdout, usage)
		return exitOK
	}
	// This is how the flag package says that it does not know one.
	if unknown, ok := strings.CutPrefix(err.Error(), "flag provided but not defined: "); ok {
		known := []string{}
		flags.VisitAll(func(f *flag.Flag) { known = append(known, "--"+f.Name) })
		name := "--" + strings.TrimLeft(unknown, "-")
		return c.misused("unknown flag "+name, config.Nearest(name, known))
	}
	return c.misused(strings.ReplaceAll(err.Error(), " -", " --"), "")
}

package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"regexp"
	"strings"
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
	if unknown := notDefined.FindStringSubmatch(err.Error()); unknown != nil {
		known := []string{}
		flags.VisitAll(func(f *flag.Flag) { known = append(known, "--"+f.Name) })
		name := "--" + strings.TrimLeft(unknown[1], "-")
		return c.misused("unknown flag "+name, nearest(name, known))
	}
	return c.misused(strings.ReplaceAll(err.Error(), " -", " --"), "")
}

// notDefined is how the flag package says that it does not know a flag.
var notDefined = regexp.MustCompile(`^flag provided but not defined: (\S+)$`)

// nearest finds the known word at the least edit distance, at most a third of
// the word away.
func nearest(word string, known []string) string {
	best, least := "", len(word)/3+1
	for _, k := range known {
		if d := distance(word, k); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance is the Levenshtein distance of two short words.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}

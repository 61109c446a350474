package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"mail-imap-mcp/internal/audit"
)

// shownIDs bounds how many ids a line for people has; --json has all.
const shownIDs = 3

// showLine writes a line for people.
func (c *command) showLine(l audit.Line) error {
	words := []string{spaced(l.Time), spaced(l.Event)}
	for _, field := range []struct{ name, value string }{
		{"", l.Name},
		{"", l.Tool},
		{"", l.Outcome},
		{"", l.Code},
		{"account", l.Account},
		{"mailbox", l.Mailbox},
		{"operation", l.Operation},
		{"caller", l.Caller},
	} {
		switch {
		case field.value == "":
		case field.name == "":
			words = append(words, spaced(field.value))
		default:
			words = append(words, field.name+"="+spaced(field.value))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(l.Counts)) {
		words = append(words, fmt.Sprintf("%s=%d", spaced(name), l.Counts[name]))
	}
	if l.DurationMS > 0 {
		words = append(words, fmt.Sprintf("%dms", l.DurationMS))
	}
	if l.TornBytes > 0 {
		words = append(words, fmt.Sprintf("%d bytes of an interrupted write stand before this line", l.TornBytes))
	}
	for _, id := range l.IDs[:min(len(l.IDs), shownIDs)] {
		words = append(words, spaced(id))
	}
	if more := len(l.IDs) + l.IDsOmitted - shownIDs; more > 0 {
		words = append(words, fmt.Sprintf("and %d more", more))
	}
	_, err := fmt.Fprintln(c.stdout, printable(strings.Join(words, " ")))
	return err
}

// spaced quotes what has spaces in it, so that no value passes for two.
func spaced(s string) string {
	if strings.ContainsAny(s, " \"") {
		return fmt.Sprintf("%q", s)
	}
	return s
}

// printable leaves nothing that a terminal would obey: an audit log that was
// tampered with may hold anything.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, s)
}

// showJSON writes a line for programs, as it stands in the log.
func (c *command) showJSON(l audit.Line) error {
	b, err := l.JSON()
	if err != nil {
		return err
	}
	_, err = c.stdout.Write(append(b, '\n'))
	return err
}

package tools_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailtest"
)

var errDiskFull = errors.New("no space left on the disk")

// clientCommand is a command in a transcript: its verb, and what follows.
var clientCommand = regexp.MustCompile(`(?m)^C: \S+ (UID )?([A-Z]+)\b([^\r\n]*)`)

// reading are the commands that change nothing.
var reading = map[string]bool{
	"CAPABILITY": true, "ID": true, "LOGIN": true, "AUTHENTICATE": true, "ENABLE": true, "NAMESPACE": true, "NOOP": true, "LOGOUT": true,
	"LIST": true, "STATUS": true, "EXAMINE": true, "SEARCH": true, "FETCH": true, "UNSELECT": true, "CLOSE": false,
}

// onlyReads holds a recorded dialogue to commands that change nothing: no
// SELECT, and bodies only with PEEK. It says how many there were.
func onlyReads(t *testing.T, wire *mailtest.Recorder) int {
	t.Helper()
	commands := clientCommand.FindAllStringSubmatch(wire.Transcript(), -1)
	for _, c := range commands {
		rest := strings.ReplaceAll(strings.ReplaceAll(c[3], "BODY.PEEK[", ""), "BINARY.PEEK[", "")
		if !reading[c[2]] || strings.Contains(rest, "BODY[") || strings.Contains(rest, "BINARY[") || strings.Contains(rest, "RFC822.TEXT") {
			t.Errorf("it said %q", c[0])
		}
	}
	return len(commands)
}

// uriOf is the resource of a message.
// shortOf is an id as a model reads it, with its account.
func shortOf(t *testing.T, id string) string {
	t.Helper()
	parsed, err := contract.ParseMessageID(id)
	if err != nil {
		t.Fatal(err)
	}
	return parsed.Short(true)
}

func uriOf(t *testing.T, id string) string {
	t.Helper()
	parsed, err := contract.ParseMessageID(id)
	if err != nil {
		t.Fatal(err)
	}
	return parsed.URI()
}

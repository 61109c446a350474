package tools

import (
	"crypto/rand"
	"encoding/hex"
	"regexp"
	"strings"
	"unicode/utf8"
)

// fence sets mail-written text apart for a model: the markers carry a nonce
// fresh for each call, which no sender can have known.
type fence struct{ nonce string }

// nonceBytes makes a marker that cannot be guessed in the lifetime of a call.
const nonceBytes = 8

func newFence() fence {
	b := make([]byte, nonceBytes)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	return fence{hex.EncodeToString(b)}
}

func (f fence) begin() string { return "[untrusted mail text " + f.nonce + " begins]" }
func (f fence) end() string   { return "[untrusted mail text " + f.nonce + " ends]" }

// marker matches what could be taken for a fence of any call, however spaced
// and capitalised.
var marker = regexp.MustCompile(`(?i)\[(\s*untrusted\s+mail\s+text)`)

// wrap puts s between the markers. A look-alike in s loses its bracket.
func (f fence) wrap(s string) string {
	return f.begin() + "\n" + marker.ReplaceAllString(s, "($1") + "\n" + f.end()
}

// headerLine is the longest a line may be (RFC 5322 §2.1.1): a value that was
// folded beyond is no longer a mere header line.
const headerLine = 998

// long wraps s only when it is more than a header line.
func (f fence) long(s string) string {
	if utf8.RuneCountInString(s) <= headerLine && !strings.ContainsAny(s, "\r\n") {
		return s
	}
	return f.wrap(s)
}

// optional wraps the text behind a pointer into a new one.
func (f fence) optional(s *string) *string {
	if s == nil {
		return nil
	}
	wrapped := f.wrap(*s)
	return &wrapped
}

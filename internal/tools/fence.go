package tools

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mail-imap-mcp/internal/message"
)

// fence sets mail-written text apart for a model: the markers carry a nonce
// fresh for each call, which no sender can have known, and name the author.
type fence struct{ nonce, author string }

// nonceBytes makes a marker that cannot be guessed in the lifetime of a call.
const nonceBytes = 8

func newFence() fence {
	b := make([]byte, nonceBytes)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	return fence{nonce: hex.EncodeToString(b)}
}

// by is the fence for the text of an author, named by bare address. It stands
// outside of the fence, so one that a sender could make say more than where it
// leads is left out, and one with letters that pass for others.
func (f fence) by(address string) fence {
	f.author = ""
	if message.IsBareAddress(address) && isASCII(address) {
		f.author = address
	}
	return f
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) < 0
}

func (f fence) begin() string { return "[untrusted mail text " + f.nonce + " begins]" }
func (f fence) end() string   { return "[untrusted mail text " + f.nonce + " ends]" }

// attribution names the author before the fence, where a sender's text cannot
// follow it.
func (f fence) attribution() string {
	if f.author == "" {
		return ""
	}
	return "[by " + f.author + "] "
}

// wrap puts s between the markers. A look-alike of a marker in s loses its
// bracket, one of a tool call or another speaker the sign it begins with.
func (f fence) wrap(s string) string {
	return f.attribution() + f.begin() + "\n" + defuse(s) + "\n" + f.end()
}

// headerLine is the longest a line may be (RFC 5322 §2.1.1): a value that was
// folded beyond is no longer a mere header line.
const headerLine = 998

// long wraps s only when it is more than a header line. A line that stays bare
// is defused all the same: it stands among this server's own words.
func (f fence) long(s string) string {
	if utf8.RuneCountInString(s) <= headerLine && !strings.ContainsAny(s, "\r\n") {
		return defuseHeader(s)
	}
	return f.wrap(s)
}

// lines is long for a list.
func (f fence) lines(list []string) []string {
	out := slices.Clone(list)
	for i := range out {
		out[i] = f.long(out[i])
	}
	return out
}

// optional wraps the text behind a pointer into a new one.
func (f fence) optional(s *string) *string {
	if s == nil {
		return nil
	}
	wrapped := f.wrap(*s)
	return &wrapped
}

// defuseAround defuses each string of a JSON text that is not fenced.
func (f fence) defuseAround(text string) string {
	var b strings.Builder
	done := 0
	for at := 0; ; {
		quote := strings.IndexByte(text[at:], '"')
		if quote < 0 {
			break
		}
		begin := at + quote
		at = endOfString(text, begin)
		var value string
		if json.Unmarshal([]byte(text[begin:at]), &value) != nil || strings.Contains(value, f.begin()) {
			continue
		}
		if plain := defuseOwn(value); plain != value {
			if quoted, err := marshal(plain); err == nil {
				b.WriteString(text[done:begin] + quoted)
				done = at
			}
		}
	}
	return b.String() + text[done:]
}

// endOfString is where the JSON string that begins at a quote ends.
func endOfString(text string, begin int) int {
	for i := begin + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

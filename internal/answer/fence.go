package answer

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"fmt"
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

// shortFence has a nonce of eight digits, which are three tokens: one in a hundred
// million is guessed, by a sender who learns nothing of a wrong guess.
func shortFence() fence {
	var b [8]byte
	_, _ = rand.Read(b[:])
	return fence{nonce: fmt.Sprintf("%08d", binary.BigEndian.Uint64(b[:])%100_000_000)}
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

// Package secret holds what must never be printed.
package secret

import (
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"log/slog"
	"strings"
)

// Redacted is what a Value shows of itself.
const Redacted = "[redacted]"

// Value is a secret that prints as [redacted] in every verb and encoding. The
// zero Value is empty.
//
// The secret sits behind a pointer: fmt does not call methods on the
// unexported fields of other people's structs, it prints their memory, and of
// a nested pointer it prints the address only.
type Value struct {
	inner *inner
}

type inner struct{ bytes []byte }

// New makes a Value of s.
func New(s string) Value {
	if s == "" {
		return Value{}
	}
	return Value{&inner{[]byte(s)}}
}

// Reveal returns the secret itself. Call it where it is used, and nowhere else.
func (v Value) Reveal() string {
	if v.inner == nil {
		return ""
	}
	return string(v.inner.bytes)
}

// Empty reports whether there is no secret.
func (v Value) Empty() bool { return v.inner == nil }

// Equal compares in constant time.
func (v Value) Equal(other Value) bool {
	return subtle.ConstantTimeCompare([]byte(v.Reveal()), []byte(other.Reveal())) == 1
}

// minRedactable keeps a very short secret from shredding the text it is
// removed from, which would reveal it by its absence.
const minRedactable = 4

// RedactIn replaces the secret, plain or in base64, wherever it occurs in s:
// for texts of servers that echo what they were sent.
func (v Value) RedactIn(s string) string {
	plain := v.Reveal()
	if len(plain) < minRedactable {
		return s
	}
	for _, form := range []string{
		plain,
		base64.StdEncoding.EncodeToString([]byte(plain)),
		base64.RawURLEncoding.EncodeToString([]byte(plain)),
	} {
		s = strings.ReplaceAll(s, form, Redacted)
	}
	return s
}

// String implements fmt.Stringer.
func (v Value) String() string { return Redacted }

// GoString implements fmt.GoStringer.
func (v Value) GoString() string { return Redacted }

// Format implements fmt.Formatter, so that no verb reaches the bytes.
func (v Value) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(Redacted)) }

// MarshalText implements encoding.TextMarshaler.
func (v Value) MarshalText() ([]byte, error) { return []byte(Redacted), nil }

// MarshalJSON implements json.Marshaler.
func (v Value) MarshalJSON() ([]byte, error) { return []byte(`"` + Redacted + `"`), nil }

// LogValue implements slog.LogValuer.
func (v Value) LogValue() slog.Value { return slog.StringValue(Redacted) }

// Package secret holds what must never be printed.
package secret

import (
	"crypto/subtle"
	"fmt"
	"log/slog"
)

// Redacted is what a Value shows of itself.
const Redacted = "[redacted]"

// Value is a secret that prints as [redacted] in every verb and encoding. The
// zero Value is empty.
//
// The secret sits behind two pointers: fmt does not call methods on the
// unexported fields of other people's structs, it prints their memory. Of a
// nested pointer that is the address, but with a verb that suits no pointer
// (%s, %q) it follows the first one.
type Value struct {
	outer *outer
}

type outer struct{ inner *inner }

type inner struct{ bytes []byte }

// New makes a Value of s.
func New(s string) Value {
	if s == "" {
		return Value{}
	}
	return Value{&outer{&inner{[]byte(s)}}}
}

// Reveal returns the secret itself. Call it where it is used, and nowhere else.
func (v Value) Reveal() string {
	if v.outer == nil {
		return ""
	}
	return string(v.outer.inner.bytes)
}

// Empty reports whether there is no secret.
func (v Value) Empty() bool { return v.outer == nil }

// Equal compares in constant time.
func (v Value) Equal(other Value) bool {
	return subtle.ConstantTimeCompare([]byte(v.Reveal()), []byte(other.Reveal())) == 1
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

package contract

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"mail-imap-mcp/internal/secret"
)

// Cursor is where a search goes on: a position, not a list of matches.
type Cursor struct {
	Account          string          `json:"a"`
	Mailbox          string          `json:"m"`
	UIDValidity      uint32          `json:"v"`
	BeforeUID        uint32          `json:"u"` // the next page has UIDs below
	Total            int             `json:"t"`
	TotalApproximate bool            `json:"x,omitempty"`
	Criteria         json.RawMessage `json:"c"` // frozen when the search began
	Limit            int             `json:"l"`
	SnippetChars     int             `json:"s,omitempty"`
	IssuedAt         time.Time       `json:"i"`
	Caller           string          `json:"r,omitempty"`
}

const (
	// cursorVersion is the token's first byte. Searching several mailboxes at
	// once will need another format.
	cursorVersion = 1

	// maxCursor is the longest token looked at. Every criterion at its bound,
	// each character six bytes in JSON (\u003c), in base64, is 17 kB.
	maxCursor = 32 << 10

	// CursorKeyBytes is the length of a cursor key (AES-256).
	CursorKeyBytes = 32

	// clockSkew is how far in the future another replica's clock may be.
	clockSkew = time.Minute
)

// Sealer makes cursors that only holders of its key can make or read: they are
// tokens, not server memory, and survive a restart under the same key.
type Sealer struct {
	aead cipher.AEAD
	ttl  time.Duration
	now  func() time.Time
}

// NewSealer makes a Sealer whose cursors live for ttl. An empty key means a
// fresh random one, known to this process only; otherwise it is 32 bytes.
func NewSealer(key secret.Value, ttl time.Duration, now func() time.Time) (*Sealer, error) {
	raw := []byte(key.Reveal())
	if len(raw) == 0 {
		raw = make([]byte, CursorKeyBytes)
		_, _ = rand.Read(raw) // never fails (crypto/rand)
	}
	if len(raw) != CursorKeyBytes {
		return nil, fmt.Errorf("cursor key has %d bytes, it must have %d", len(raw), CursorKeyBytes)
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return nil, fmt.Errorf("cursor key: %w", err)
	}
	// Random nonces are safe for 2³² cursors under one key (NIST SP 800-38D
	// §8.3); the TTL makes an older one useless anyway.
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("cursor key: %w", err)
	}
	if now == nil {
		now = time.Now
	}
	return &Sealer{aead: aead, ttl: ttl, now: now}, nil
}

// Seal makes the token, whose age counts from c.IssuedAt.
func (s *Sealer) Seal(c Cursor) (string, error) {
	return s.seal(cursorVersion, c)
}

// Open reads a token; forged, foreign, truncated and expired ones all get the
// same answer, so that nothing is learned from it.
func (s *Sealer) Open(token string) (Cursor, error) {
	var c Cursor
	if !s.open(cursorVersion, token, &c) {
		return Cursor{}, errCursor()
	}
	age := s.now().Sub(c.IssuedAt)
	if age > s.ttl || age < -clockSkew || c.BeforeUID == 0 {
		return Cursor{}, errCursor()
	}
	return c, nil
}

func errCursor() error { return Errorf(InvalidInput, "cursor is invalid or expired") }

// seal encrypts what a token carries. The kind is the token's first byte and
// part of what is authenticated: a token of one kind is none of another.
func (s *Sealer) seal(kind byte, v any) (string, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("seal token: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal([]byte{kind}, nil, plain, []byte{kind})), nil
}

// open reads what seal made.
func (s *Sealer) open(kind byte, token string, into any) bool {
	if len(token) > maxCursor {
		return false
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) < 1+s.aead.Overhead() || raw[0] != kind {
		return false
	}
	plain, err := s.aead.Open(nil, nil, raw[1:], raw[:1])
	return err == nil && json.Unmarshal(plain, into) == nil
}

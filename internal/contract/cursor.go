package contract

import (
	"bytes"
	"compress/flate"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"mail-imap-mcp/internal/secret"
)

// Cursor is where a search goes on: a position, not a list of matches.
type Cursor struct {
	Account          string
	Mailbox          string
	UIDValidity      uint32
	BeforeUID        uint32 // the next page has UIDs below
	Total            int
	TotalApproximate bool
	Criteria         json.RawMessage // frozen when the search began
	Limit            int
	SnippetChars     int
	IssuedAt         time.Time // to the second
	Caller           string
}

const (
	// cursorVersion is the token's first byte. Searching several mailboxes at
	// once will need another format.
	cursorVersion = 2

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
//
// A token is short, for a model reads and repeats it: it is sealed in SIV mode
// (Rogaway and Shrimpton 2006; RFC 5297 has it with another MAC). HMAC-SHA256 over
// the kind and the content, cut to 16 bytes, is both what authenticates them and
// the IV of AES-CTR, so there is no nonce to carry and none to repeat; the same
// content gives the same token.
type Sealer struct {
	mac   []byte
	block cipher.Block
	ttl   time.Duration
	now   func() time.Time
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
	mac, err := hkdf.Expand(sha256.New, raw, "mail-imap-mcp token mac", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("cursor key: %w", err)
	}
	key256, err := hkdf.Expand(sha256.New, raw, "mail-imap-mcp token cipher", CursorKeyBytes)
	if err != nil {
		return nil, fmt.Errorf("cursor key: %w", err)
	}
	block, err := aes.NewCipher(key256)
	if err != nil {
		return nil, fmt.Errorf("cursor key: %w", err)
	}
	if now == nil {
		now = time.Now
	}
	return &Sealer{mac: mac, block: block, ttl: ttl, now: now}, nil
}

// Seal makes the token, whose age counts from c.IssuedAt. A model reads and
// repeats it, so it is as short as can be.
func (s *Sealer) Seal(c Cursor) (string, error) {
	approximate := 0
	if c.TotalApproximate {
		approximate = 1
	}
	if c.Account == DefaultAccountID {
		c.Account = ""
	}
	if c.Mailbox == Inbox {
		c.Mailbox = ""
	}
	var plain []byte
	for _, n := range []int{int(c.UIDValidity), int(c.BeforeUID), c.Total<<1 | approximate, c.Limit, c.SnippetChars, int(c.IssuedAt.Unix())} {
		plain = binary.AppendUvarint(plain, uint64(n)) //nolint:gosec // G115: none is negative
	}
	for _, text := range []string{c.Account, c.Mailbox, c.Caller} {
		plain = append(binary.AppendUvarint(plain, uint64(len(text))), text...)
	}
	var packed bytes.Buffer
	w, err := flate.NewWriterDict(&packed, flate.BestCompression, criteriaWords)
	if err == nil {
		_, err = w.Write(c.Criteria)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return "", fmt.Errorf("pack criteria: %w", err)
	}
	return s.sealBytes(cursorVersion, append(plain, packed.Bytes()...)), nil
}

// criteriaWords are what criteria are likely to have, for their compression.
var criteriaWords = []byte(`{"q":"","c":"","b":"","l":true,"a":true,"a":false,"g":1000000,"m":,"h":{"n":"List-Id","v":"","e":"2026-","t":"@example.org","s":"invoice","f":"@","u":true,"i":"2025-12-01","x":true}`)

// Open reads a token; forged, foreign, truncated and expired ones all get the
// same answer, so that nothing is learned from it.
func (s *Sealer) Open(token string) (Cursor, error) {
	plain, ok := s.openBytes(cursorVersion, token)
	c := Cursor{}
	if !ok || !c.unpack(plain) {
		return Cursor{}, errCursor()
	}
	age := s.now().Sub(c.IssuedAt)
	if age > s.ttl || age < -clockSkew || c.BeforeUID == 0 {
		return Cursor{}, errCursor()
	}
	return c, nil
}

// unpack reads what Seal packed.
func (c *Cursor) unpack(plain []byte) bool {
	var numbers [6]int
	for i := range numbers {
		n, size := binary.Uvarint(plain)
		if size <= 0 {
			return false
		}
		numbers[i], plain = int(n), plain[size:] //nolint:gosec // G115: sealed by Seal
	}
	for i, text := range []*string{&c.Account, &c.Mailbox, &c.Caller} {
		n, size := binary.Uvarint(plain)
		if size <= 0 || n > uint64(len(plain)-size) {
			return false
		}
		*text, plain = string(plain[size:size+int(n)]), plain[size+int(n):] //nolint:gosec // G115: within plain
		if *text == "" && i < 2 {
			*text = []string{DefaultAccountID, Inbox}[i]
		}
	}
	criteria, err := io.ReadAll(io.LimitReader(flate.NewReaderDict(bytes.NewReader(plain), criteriaWords), maxCursor))
	c.UIDValidity, c.BeforeUID, c.Limit, c.SnippetChars = uint32(numbers[0]), uint32(numbers[1]), numbers[3], numbers[4] //nolint:gosec // G115: sealed by Seal
	c.Total, c.TotalApproximate, c.IssuedAt = numbers[2]>>1, numbers[2]&1 == 1, time.Unix(int64(numbers[5]), 0).UTC()
	c.Criteria = criteria
	return err == nil
}

func errCursor() error { return Errorf(InvalidInput, "cursor is invalid or expired") }

// seal encrypts what a token carries. The kind is the token's first byte and
// part of what is authenticated: a token of one kind is none of another.
func (s *Sealer) seal(kind byte, v any) (string, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("seal token: %w", err)
	}
	return s.sealBytes(kind, plain), nil
}

func (s *Sealer) sealBytes(kind byte, plain []byte) string {
	iv := s.iv(kind, plain)
	token := make([]byte, 1+len(iv)+len(plain))
	token[0] = kind
	copy(token[1:], iv)
	cipher.NewCTR(s.block, iv).XORKeyStream(token[1+len(iv):], plain)
	return base64.RawURLEncoding.EncodeToString(token)
}

// iv authenticates the kind and the content, and is where their encryption begins.
func (s *Sealer) iv(kind byte, plain []byte) []byte {
	h := hmac.New(sha256.New, s.mac)
	h.Write([]byte{kind})
	h.Write(plain)
	return h.Sum(nil)[:aes.BlockSize]
}

// open reads what seal made.
func (s *Sealer) open(kind byte, token string, into any) bool {
	plain, ok := s.openBytes(kind, token)
	return ok && json.Unmarshal(plain, into) == nil
}

func (s *Sealer) openBytes(kind byte, token string) ([]byte, bool) {
	if len(token) > maxCursor {
		return nil, false
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) < 1+aes.BlockSize || raw[0] != kind {
		return nil, false
	}
	iv, plain := raw[1:1+aes.BlockSize], raw[1+aes.BlockSize:]
	cipher.NewCTR(s.block, iv).XORKeyStream(plain, plain)
	return plain, hmac.Equal(iv, s.iv(kind, plain))
}

package audit

import (
	"bytes"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"hash"

	"mail-imap-mcp/internal/secret"
)

// KeyBytes is the length of a key.
const KeyBytes = 32

// keys are derived from the one that is configured, one for each use, so that
// no seal of one kind passes for another.
type keys struct{ line, head, torn []byte }

func deriveKeys(key secret.Value) (keys, error) {
	raw := []byte(key.Reveal())
	if len(raw) != KeyBytes {
		return keys{}, errors.New("the audit key is not 32 bytes; make one with: openssl rand -base64 32")
	}
	var k keys
	for info, to := range map[string]*[]byte{"line": &k.line, "head": &k.head, "torn": &k.torn} {
		derived, err := hkdf.Key(sha256.New, raw, nil, "mail-imap-mcp audit 1 "+info, KeyBytes)
		if err != nil {
			return keys{}, errors.New("the audit key cannot be used for HKDF-SHA256")
		}
		*to = derived
	}
	return k, nil
}

func newMAC(key []byte) hash.Hash { return hmac.New(sha256.New, key) }

func macOf(h hash.Hash) string { return base64.StdEncoding.EncodeToString(h.Sum(nil)) }

// macField stands before the mac, which is always the last field.
const (
	macField = `,"mac":"`
	macEnd   = `"}`
	macChars = 44 // 32 bytes in base64
)

// sealed appends to an encoded object, which has no mac yet, its mac.
func sealed(key, object []byte) []byte {
	body := bytes.TrimSuffix(object, []byte("}"))
	h := newMAC(key)
	h.Write(body)
	return append(append(append(bytes.Clone(body), macField...), macOf(h)...), macEnd...)
}

// unseal reports whether b is exactly what sealed made with this key. The mac is
// of the bytes as they stand, so a change of spelling alone is found as well.
func unseal(key, b []byte) bool {
	tail := len(macField) + macChars + len(macEnd)
	if len(b) < tail {
		return false
	}
	body := b[:len(b)-tail]
	h := newMAC(key)
	h.Write(body)
	return hmac.Equal(b[len(body):], []byte(macField+macOf(h)+macEnd))
}

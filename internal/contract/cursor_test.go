package contract_test

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/secret"
)

const ttl = 10 * time.Minute

var issued = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func randomKey() secret.Value {
	key := make([]byte, contract.CursorKeyBytes)
	_, _ = rand.Read(key)
	return secret.New(string(key))
}

// sealer makes a Sealer whose clock stands at issued plus after.
func sealer(t testing.TB, key secret.Value, after time.Duration) *contract.Sealer {
	t.Helper()
	s, err := contract.NewSealer(key, ttl, func() time.Time { return issued.Add(after) })
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func cursor() contract.Cursor {
	return contract.Cursor{
		Account: "work", Mailbox: "Entwürfe:1", UIDValidity: 1700000000, BeforeUID: 1<<32 - 1, Total: 100_000,
		TotalApproximate: true, Criteria: json.RawMessage(`{"from":"ann"}`), Limit: 10, SnippetChars: 200,
		IssuedAt: issued, Caller: "ann",
	}
}

func seal(t testing.TB, s *contract.Sealer, c contract.Cursor) string {
	t.Helper()
	token, err := s.Seal(c)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// assertInvalid fails unless the token gets the one answer there is.
func assertInvalid(t *testing.T, s *contract.Sealer, token string) {
	t.Helper()
	got, err := s.Open(token)
	if err == nil {
		t.Fatalf("opened as %+v", got)
	}
	assertCode(t, err, contract.InvalidInput)
	if err.Error() != "cursor is invalid or expired" {
		t.Errorf("the answer %q differs from the contract's and tells something", err)
	}
	if diff := cmp.Diff(contract.Cursor{}, got); diff != "" {
		t.Errorf("something of an invalid cursor came out: %s", diff)
	}
}

func TestCursor_SurvivesARestartUnderTheSameKey(t *testing.T) {
	key := randomKey()
	token := seal(t, sealer(t, key, 0), cursor())
	got, err := sealer(t, key, time.Minute).Open(token)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(cursor(), got); diff != "" {
		t.Error(diff)
	}
}

func TestCursor_IsOpaque(t *testing.T) {
	a := seal(t, sealer(t, randomKey(), 0), cursor())
	raw, err := base64.RawURLEncoding.DecodeString(a)
	if err != nil {
		t.Fatalf("not plain base64url: %v", err)
	}
	if strings.Contains(string(raw), "work") || strings.Contains(string(raw), "ann") {
		t.Error("the token shows what is in it")
	}
}

func TestCursor_ExpiresExactly(t *testing.T) {
	key := randomKey()
	token := seal(t, sealer(t, key, 0), cursor())
	for _, c := range []struct {
		name  string
		after time.Duration
		ok    bool
	}{
		{"at once", 0, true},
		{"just before its end", ttl - time.Nanosecond, true},
		{"at its end", ttl, true},
		{"just after", ttl + time.Nanosecond, false},
		{"a year later", 365 * 24 * time.Hour, false},
		{"on a replica whose clock is a minute behind", -time.Minute, true},
		{"on one further behind", -time.Minute - time.Nanosecond, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := sealer(t, key, c.after)
			if !c.ok {
				assertInvalid(t, s, token)
			} else if _, err := s.Open(token); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestCursor_OfAnotherKeyIsRefused(t *testing.T) {
	token := seal(t, sealer(t, randomKey(), 0), cursor())
	assertInvalid(t, sealer(t, randomKey(), 0), token)
	fresh := seal(t, sealer(t, secret.Value{}, 0), cursor())
	assertInvalid(t, sealer(t, secret.Value{}, 0), fresh)
}

func TestCursor_TruncatedAtAnyLengthIsRefused(t *testing.T) {
	s := sealer(t, randomKey(), 0)
	token := seal(t, s, cursor())
	for n := range len(token) {
		assertInvalid(t, s, token[:n])
	}
	assertInvalid(t, s, token+"A")
	assertInvalid(t, s, token+token)
}

func TestCursor_WithAnyBitFlippedIsRefused(t *testing.T) {
	s := sealer(t, randomKey(), 0)
	raw, err := base64.RawURLEncoding.DecodeString(seal(t, s, cursor()))
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		for bit := range 8 { // of the first byte this is every near version
			raw[i] ^= 1 << bit
			assertInvalid(t, s, base64.RawURLEncoding.EncodeToString(raw))
			raw[i] ^= 1 << bit
		}
	}
}

func TestCursor_ForgedIsRefused(t *testing.T) {
	s := sealer(t, randomKey(), 0)
	plain, err := json.Marshal(cursor())
	if err != nil {
		t.Fatal(err)
	}
	for name, token := range map[string]string{
		"nothing":               "",
		"plain JSON":            string(plain),
		"JSON in base64":        base64.RawURLEncoding.EncodeToString(append([]byte{1}, plain...)),
		"standard base64":       base64.StdEncoding.EncodeToString([]byte("\x01\xff\xfe\xff\xfe and so on, long enough for a tag")),
		"zeros":                 base64.RawURLEncoding.EncodeToString(append([]byte{1}, make([]byte, 64)...)),
		"a message id":          "imap:default:INBOX:1700000000:42",
		"not base64":            "é\x00\r\n",
		"longer than is looked": strings.Repeat("A", 1<<20),
		"padded":                seal(t, s, cursor()) + "=",
	} {
		t.Run(name, func(t *testing.T) { assertInvalid(t, s, token) })
	}
}

func TestCursor_WithoutPositionIsRefused(t *testing.T) {
	s := sealer(t, randomKey(), 0)
	c := cursor()
	c.BeforeUID = 0
	assertInvalid(t, s, seal(t, s, c))
}

func TestCursor_OfTheLongestSearchOpens(t *testing.T) {
	s := sealer(t, randomKey(), 0)
	for name, char := range map[string]string{"four bytes": "😀", "six bytes in JSON": "<", "line separator": "\u2028", "quote": `"`} {
		t.Run(name, func(t *testing.T) {
			long := strings.Repeat(char, contract.MaxTextChars)
			criteria := map[string]any{"header": map[string]string{"name": strings.Repeat("<", contract.MaxHeaderName), "value": long}}
			for _, field := range []string{"query", "from", "to", "subject", "cc", "body"} {
				criteria[field] = long
			}
			c := cursor()
			c.Account, c.Mailbox, c.Caller = strings.Repeat("a", 64), long, strings.Repeat("c", 64)
			var err error
			if c.Criteria, err = json.Marshal(criteria); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Open(seal(t, s, c)); err != nil {
				t.Errorf("a cursor this server made is refused: %v", err)
			}
		})
	}
}

func TestNewSealer_WantsAWholeKey(t *testing.T) {
	for _, n := range []int{1, 16, 24, 31, 33, 64} {
		key := strings.Repeat("k", n)
		if _, err := contract.NewSealer(secret.New(key), ttl, nil); err == nil || strings.Contains(err.Error(), key+" ") {
			t.Errorf("a key of %d bytes: %v", n, err)
		}
	}
	s, err := contract.NewSealer(randomKey(), ttl, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := cursor()
	c.IssuedAt = time.Now()
	if _, err := s.Open(seal(t, s, c)); err != nil {
		t.Errorf("with the real clock: %v", err)
	}
}

func FuzzCursor(f *testing.F) {
	s := sealer(f, randomKey(), 0)
	valid := seal(f, s, cursor())
	f.Add(valid)
	f.Add(valid[:len(valid)/2])
	f.Add("")
	f.Add("AQ")
	f.Add(strings.Repeat("A", 200))
	f.Fuzz(func(t *testing.T, token string) {
		// Line breaks are skipped by base64, so a wrapped copy is the token still.
		if strings.NewReplacer("\r", "", "\n", "").Replace(token) == valid {
			return
		}
		assertInvalid(t, s, token)
	})
}

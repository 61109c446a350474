package secret

import (
	"cmp"
	"encoding/base64"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// minRedactable keeps a very short secret from shredding the text it is
// removed from, which would reveal it by its absence.
const minRedactable = 4

// RedactIn replaces the secret wherever it occurs in s: for texts of servers
// that echo what they were sent. It knows the secret as it is, as a quoted
// string, percent-encoded, and in base64 also in the midst of something longer,
// as AUTHENTICATE PLAIN sends it. Secrets of under 4 bytes are left alone.
func (v Value) RedactIn(s string) string {
	plain := v.Reveal()
	if len(plain) < minRedactable {
		return s
	}
	for _, form := range spellings(plain) {
		s = strings.ReplaceAll(s, form, Redacted)
	}
	for _, core := range base64Cores([]byte(plain)) {
		s = redactRun(s, core)
	}
	return s
}

// spellings are the ways a secret is written as text, longest first, so that
// none destroys another before it is found.
func spellings(plain string) []string {
	quoted := strconv.Quote(plain)
	forms := []string{
		plain,
		strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(plain), // RFC 9051 §9 quoted
		quoted[1 : len(quoted)-1],
		url.QueryEscape(plain),
		url.PathEscape(plain),
	}
	slices.SortFunc(forms, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return slices.Compact(forms)
}

// base64Cores are the characters that a secret alone decides, when it starts at
// the first, second or third byte of a group of three, in both alphabets.
func base64Cores(plain []byte) []string {
	var cores []string
	for shift := range 3 {
		padded := append(make([]byte, shift), plain...)
		first, last := (8*shift+5)/6, 8*len(padded)/6
		for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			cores = append(cores, enc.EncodeToString(padded)[first:last])
		}
	}
	return cores
}

// redactRun replaces every run of base64 characters that holds core: those next
// to it hold bits of the secret too.
func redactRun(s, core string) string {
	var out strings.Builder
	for {
		i := strings.Index(s, core)
		if i < 0 {
			out.WriteString(s)
			return out.String()
		}
		start, end := i, i+len(core)
		for start > 0 && isBase64(s[start-1]) {
			start--
		}
		for end < len(s) && isBase64(s[end]) {
			end++
		}
		out.WriteString(s[:start] + Redacted)
		s = s[end:]
	}
}

func isBase64(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("+/-_=", c) >= 0
}

package imap

import (
	"encoding/base64"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// utf7 is modified BASE64 (RFC 3501 §5.1.3).
var utf7 = base64.NewEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,").WithPadding(base64.NoPadding)

// encodeName puts a mailbox name into modified UTF-7 (RFC 3501 §5.1.3).
func encodeName(name string) string {
	var sb strings.Builder
	var shifted []rune
	flush := func() {
		if len(shifted) == 0 {
			return
		}
		var raw []byte
		for _, u := range utf16.Encode(shifted) {
			raw = append(raw, byte(u>>8), byte(u))
		}
		sb.WriteString("&" + utf7.EncodeToString(raw) + "-")
		shifted = shifted[:0]
	}
	for _, r := range name {
		switch {
		case r < ' ' || r > '~':
			shifted = append(shifted, r)
			continue
		case r == '&':
			flush()
			sb.WriteString("&-")
			continue
		}
		flush()
		sb.WriteRune(r)
	}
	flush()
	return sb.String()
}

// decodeName reads a mailbox name as a server sent it. What is no modified UTF-7
// is taken as it is: UTF-8, a raw "&", else Latin-1.
func decodeName(raw string) string {
	if !utf8.ValidString(raw) {
		runes := make([]rune, 0, len(raw))
		for i := range len(raw) {
			runes = append(runes, rune(raw[i]))
		}
		return string(runes)
	}
	name, ok := decodeUTF7(raw)
	if !ok {
		return raw
	}
	return name
}

func decodeUTF7(s string) (string, bool) {
	if !strings.Contains(s, "&") {
		return s, true
	}
	var sb strings.Builder
	for {
		plain, rest, found := strings.Cut(s, "&")
		sb.WriteString(plain)
		if !found {
			return sb.String(), true
		}
		shifted, after, ended := strings.Cut(rest, "-")
		if !ended {
			return "", false
		}
		s = after
		if shifted == "" {
			sb.WriteByte('&')
			continue
		}
		raw, err := utf7.DecodeString(shifted)
		if err != nil || len(raw)%2 != 0 {
			return "", false
		}
		units := make([]uint16, 0, len(raw)/2)
		for i := 0; i < len(raw); i += 2 {
			units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
		}
		for _, r := range utf16.Decode(units) {
			if r == utf8.RuneError {
				return "", false
			}
			sb.WriteRune(r)
		}
	}
}

package message

import (
	"encoding/base64"
	"strings"
	"unicode/utf16"
)

// decodeUTF7 reads UTF-7 (RFC 2152), which old mail programs still send and no
// kept library decodes for bodies. What does not decode stays as it is.
func decodeUTF7(s string) string {
	var b strings.Builder
	for {
		plain, rest, ok := strings.Cut(s, "+")
		b.WriteString(plain)
		if !ok {
			return b.String()
		}
		n := 0
		for n < len(rest) && isBase64(rest[n]) {
			n++
		}
		whole := n
		if n%4 == 1 {
			whole-- // a lone character holds no byte
		}
		// Bits left over in the last character are padding (RFC 2152 rule 2).
		raw, err := base64.RawStdEncoding.DecodeString(rest[:whole])
		switch {
		case n == 0 && strings.HasPrefix(rest, "-"):
			b.WriteByte('+') // RFC 2152: "+-" is a plus
		case n == 0 || err != nil:
			b.WriteString("+" + rest[:n])
		default:
			units := make([]uint16, 0, len(raw)/2)
			for i := 0; i+1 < len(raw); i += 2 {
				units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
			}
			b.WriteString(string(utf16.Decode(units)))
		}
		s = strings.TrimPrefix(rest[n:], "-")
	}
}

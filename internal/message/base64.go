package message

import (
	"encoding/base64"
	"fmt"
	"strings"
)

// base64Decoder reads base64 (RFC 2045 §6.8) as mail has it: it skips what is
// not of the alphabet and takes a cut end as it is, for mail is wrapped, wrapped
// wrongly, and fetched in pieces. Padding in the middle begins anew, as where
// encoders joined their outputs.
type base64Decoder struct {
	group  [4]byte
	n      int  // characters in the group
	padded bool // the last character was padding
	stray  int  // characters outside the alphabet
	joined bool // data goes on behind padding
	lone   bool // a group of one character, which holds no byte
}

func (d *base64Decoder) decode(dst, src []byte, last bool) []byte {
	for len(src) > 0 {
		// Whole lines without surprises go fast.
		if d.n == 0 && !d.padded {
			if n := plainBase64(src); n > 0 {
				out, err := base64.RawStdEncoding.AppendDecode(dst, src[:n])
				if err == nil {
					dst, src = out, src[n:]
					continue
				}
			}
		}
		dst = d.one(dst, src[0])
		src = src[1:]
	}
	if last {
		dst = d.flush(dst)
	}
	return dst
}

// plainBase64 is the length of the whole groups at the beginning of b.
func plainBase64(b []byte) int {
	n := 0
	for n < len(b) && isBase64(b[n]) {
		n++
	}
	return n - n%4
}

func (d *base64Decoder) one(dst []byte, c byte) []byte {
	switch {
	case isBase64(c):
		d.joined = d.joined || d.padded
		d.padded = false
		d.group[d.n] = c
		if d.n++; d.n == len(d.group) {
			dst = d.flush(dst)
		}
	case c == '=':
		d.lone = d.lone || d.n == 1
		dst = d.flush(dst)
		d.padded = true
	case c != '\r' && c != '\n' && c != ' ' && c != '\t':
		d.stray++
	}
	return dst
}

func (d *base64Decoder) flush(dst []byte) []byte {
	if d.n > 1 {
		if out, err := base64.RawStdEncoding.AppendDecode(dst, d.group[:d.n]); err == nil {
			dst = out
		}
	}
	d.n = 0
	return dst
}

func (d *base64Decoder) trouble() string {
	var wrong []string
	if d.stray > 0 {
		wrong = append(wrong, fmt.Sprintf("%d bytes that are not base64 were skipped", d.stray))
	}
	if d.joined {
		wrong = append(wrong, "it goes on behind its end")
	}
	if d.lone {
		wrong = append(wrong, "its padding is wrong")
	}
	if wrong == nil {
		return ""
	}
	return "the base64 of this part is broken: " + strings.Join(wrong, ", ")
}

// decodeBase64 reads base64 that is all there.
func decodeBase64(b []byte) []byte {
	d := base64Decoder{}
	return d.decode(make([]byte, 0, len(b)*3/4+3), b, true)
}

func isBase64(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/'
}

package message

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"
)

// shifted is ISO-2022-KR (RFC 1557) and the GB 2312 part of ISO-2022-CN (RFC
// 1922), which no kept library decodes: 7-bit text in which SO and SI switch
// between ASCII and a set of two bytes a character.
type shifted struct{ encoding.Encoding }

// NewDecoder implements encoding.Encoding.
func (shifted) NewDecoder() *encoding.Decoder {
	return &encoding.Decoder{Transformer: &shiftedDecoder{}}
}

type shiftedDecoder struct{ transform.NopResetter }

const (
	shiftOut = 0x0e
	shiftIn  = 0x0f
)

// Transform implements transform.Transformer; it wants the whole text at once.
func (*shiftedDecoder) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	if !atEOF {
		return 0, 0, transform.ErrShortSrc
	}
	var eightBit bytes.Buffer
	set := korean.EUCKR
	out := false
	for i := 0; i < len(src); i++ {
		switch c := src[i]; {
		case c == 0x1b && i+3 < len(src) && src[i+1] == '$' && (src[i+2] == ')' || src[i+2] == '*'):
			if src[i+3] == 'A' {
				set = simplifiedchinese.GB18030
			}
			i += 3
		case c == shiftOut:
			out = true
		case c == shiftIn || c == '\n':
			// RFC 1557: a line ends in ASCII.
			if out = false; c == '\n' {
				eightBit.WriteByte(c)
			}
		case out && c > ' ' && c < utf8.RuneSelf-1:
			eightBit.WriteByte(c | 0x80)
		default:
			eightBit.WriteByte(c)
		}
	}
	text, err := set.NewDecoder().Bytes(eightBit.Bytes())
	if err != nil {
		return 0, 0, err
	}
	if len(text) > len(dst) {
		return 0, 0, transform.ErrShortDst
	}
	return copy(dst, text), len(src), nil
}

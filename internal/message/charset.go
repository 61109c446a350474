package message

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// charsetAliases are names that real mail uses and neither the WHATWG nor the
// IANA list has.
var charsetAliases = map[string]encoding.Encoding{
	"cp1250": charmap.Windows1250, "cp1251": charmap.Windows1251, "cp1252": charmap.Windows1252,
	"cp1253": charmap.Windows1253, "cp1254": charmap.Windows1254, "cp1255": charmap.Windows1255,
	"cp1256": charmap.Windows1256, "cp1257": charmap.Windows1257, "cp1258": charmap.Windows1258,
	"cp850": charmap.CodePage850, "cp437": charmap.CodePage437, "cp858": charmap.CodePage858,
	"cp932": japanese.ShiftJIS, "ms932": japanese.ShiftJIS,
	"utf-32": utf32.UTF32(utf32.BigEndian, utf32.UseBOM), "utf-32le": utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM), "utf-32be": utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM),
	"iso-8859-8-i": charmap.ISO8859_8, "iso-8859-8-e": charmap.ISO8859_8,
	"ks_c_5601-1987": korean.EUCKR, "cp949": korean.EUCKR, "x-windows-949": korean.EUCKR,
	"cp936": simplifiedchinese.GB18030, "gb2312": simplifiedchinese.GB18030, "x-gbk": simplifiedchinese.GB18030,
	"hz-gb-2312": simplifiedchinese.HZGB2312, "hz": simplifiedchinese.HZGB2312,
	"iso-2022-kr": shifted{}, "csiso2022kr": shifted{}, "iso-2022-cn": shifted{}, "iso-2022-cn-ext": shifted{},
	"utf8": unicode.UTF8, "utf-8n": unicode.UTF8, "unicode-1-1-utf-8": unicode.UTF8,
}

// findCharset finds the decoder for a name, nil when nobody knows it. ASCII is
// read as windows-1252, which agrees with it and is what senders meant by
// bytes above it.
func findCharset(name string) encoding.Encoding {
	name = strings.ToLower(strings.Trim(strings.TrimSpace(name), `"'`))
	if name == "" || len(name) > 64 {
		return nil
	}
	if e, ok := charsetAliases[name]; ok {
		return e
	}
	if e, err := htmlindex.Get(name); err == nil && e != encoding.Replacement {
		return e
	}
	if e, err := ianaindex.MIME.Encoding(name); err == nil && e != nil {
		return e
	}
	if e, err := htmlindex.Get(strings.ReplaceAll(name, "_", "-")); err == nil && e != encoding.Replacement {
		return e
	}
	return nil
}

// toUTF8 decodes b. Bytes that are valid UTF-8 but not ASCII are UTF-8,
// whatever single-byte charset was declared: no real text in another charset
// happens to be. ok is false when the declared charset was not used.
func toUTF8(b []byte, charset string) (text, used string, ok bool) {
	lower := strings.ToLower(strings.Trim(strings.TrimSpace(charset), `"'`))
	stateful := isStateful(lower)
	if !stateful {
		if used := betrayed(b, lower); used != "" {
			text, _, _ := toUTF8(b, used)
			return text, used, false
		}
	}
	switch {
	case isASCII(b) && !stateful:
		return string(b), "us-ascii", true
	case !stateful && isUTF8(b, lower == "utf-8" || lower == "utf8") && !reallyMultibyte(b, charset):
		return string(trimPartialRune(b)), "utf-8", lower == "utf-8" || lower == "utf8"
	case strings.HasSuffix(lower, "utf-7"):
		return decodeUTF7(string(b)), "utf-7", true
	}
	if !stateful && mostlyUTF8(b) && !multibyte(charset) {
		return strings.ToValidUTF8(string(trimPartialRune(b)), "\uFFFD"), "utf-8 with broken characters", false
	}
	if lower == "utf-16" || lower == "unicode" {
		lower = utf16Order(b)
	}
	if e := findCharset(lower); e != nil && e != unicode.UTF8 && !isASCIIName(lower) {
		if out, err := e.NewDecoder().Bytes(b); err == nil {
			if isLatin1Name(lower) && hasC1(b) {
				// Where ISO-8859-1 has control characters nobody uses,
				// windows-1252 has quotes and dashes that everybody does.
				return string(out), "windows-1252", false
			}
			return string(out), lower, true
		}
	}
	if guess := guessCharset(b); guess != nil {
		if out, err := guess.encoding.NewDecoder().Bytes(b); err == nil {
			return string(out), guess.name, false
		}
	}
	// Every byte means something in windows-1252, so nothing is lost.
	out, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\uFFFD"), "utf-8", false
	}
	return string(out), "windows-1252", false
}

// isStateful reports a charset in which bytes below 0x80 are not always ASCII.
func isStateful(name string) bool {
	return strings.HasPrefix(name, "iso-2022") || strings.HasPrefix(name, "csiso2022") || strings.HasPrefix(name, "utf-16") || name == "unicode" ||
		strings.HasPrefix(name, "utf-32") || strings.HasSuffix(name, "utf-7") || strings.HasPrefix(name, "hz")
}

func isASCIIName(name string) bool {
	switch name {
	case "us-ascii", "ascii", "ansi_x3.4-1968", "646":
		return true
	}
	return false
}

func isLatin1Name(name string) bool {
	return name == "iso-8859-1" || name == "iso8859-1" || name == "latin1" || name == "iso_8859-1"
}

func hasC1(b []byte) bool {
	return slices.ContainsFunc(b, func(c byte) bool { return c >= 0x80 && c < 0xa0 })
}

// multibyte reports a charset of one or two bytes a character.
func multibyte(charset string) bool {
	switch findCharset(charset) {
	case simplifiedchinese.GBK, simplifiedchinese.GB18030, japanese.ShiftJIS, japanese.EUCJP, korean.EUCKR, traditionalchinese.Big5:
		return true
	}
	return false
}

// reallyMultibyte decides about valid UTF-8 that is declared to be in a
// multibyte charset. A short word in one may be UTF-8 by accident (D2 BB is 一
// in GBK and һ in UTF-8); several characters of three bytes are not.
func reallyMultibyte(b []byte, charset string) bool {
	if !multibyte(charset) {
		return false
	}
	const beyondAccident = 2
	long := 0
	for i := 0; i < len(b); {
		_, size := utf8.DecodeRune(b[i:])
		if size > 2 {
			long++
		}
		i += size
	}
	if long >= beyondAccident {
		return false
	}
	out, err := findCharset(charset).NewDecoder().Bytes(b)
	return err == nil && !bytes.ContainsRune(out, utf8.RuneError)
}

// mostlyUTF8 reports UTF-8 with a few broken bytes, as cut and patched mails
// have: of ten characters above ASCII at least nine are whole.
func mostlyUTF8(b []byte) bool {
	good, bad := 0, 0
	for i := 0; i < len(b); {
		r, size := utf8.DecodeRune(b[i:])
		switch {
		case r == utf8.RuneError && size <= 1:
			bad++
		case size > 1:
			good++
		}
		i += size
	}
	return good > 9*bad
}

// isUTF8 reports whether b is UTF-8 that may be cut at the end. Where nobody
// declared it, a lone byte above ASCII at the end is rather another charset's.
func isUTF8(b []byte, declared bool) bool {
	whole := trimPartialRune(b)
	return utf8.Valid(whole) && (declared || len(whole) == len(b) || !isASCII(whole))
}

// trimPartialRune drops an incomplete UTF-8 sequence at the end: bodies are
// fetched in pieces.
func trimPartialRune(b []byte) []byte {
	for i := 1; i <= utf8.UTFMax-1 && i <= len(b); i++ {
		if c := b[len(b)-i]; utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(b[len(b)-i:]) {
				return b[:len(b)-i]
			}
			break
		}
	}
	return b
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

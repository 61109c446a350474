package extract

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"mail-imap-mcp/internal/message"
	"mail-imap-mcp/internal/safetext"
)

const (
	// maxSource is how much of a text is decoded, in bytes: maxText characters
	// in the widest encoding, UTF-32.
	maxSource = 4 * maxText

	// maxMarkup is how much of an HTML page safetext looks at.
	maxMarkup = 6 << 20

	// sampleBytes is enough to tell text from other things.
	sampleBytes = 64 << 10
)

// readPlain shows text as it is.
func readPlain(j *job) document {
	text, note, cut := decode(j, "text/plain")
	return document{status: OK, text: text, note: note, more: cut}
}

// readHTML shows what a person would see of a page.
func readHTML(j *job) document {
	text, note, cut := decode(j, "text/html")
	safe := safetext.HTML(text)
	return document{status: OK, text: safe.Text, note: sentence(note, leftOut(safe)), more: cut || len(text) > maxMarkup, removed: safe.Removed}
}

// leftOut says that text is missing which a person may not see, "" where none is.
func leftOut(safe safetext.Result) string {
	n := 0
	for _, count := range safe.Uncertain {
		n += count
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d pieces of text that a person may not see were left out", n)
}

// decode turns the bytes into Unicode, whatever the charset; the note says what
// was guessed.
func decode(j *job, mediaType string) (text, note string, cut bool) {
	source := j.data
	if len(source) > maxSource {
		source, cut = source[:maxSource], true
	}
	charset := j.charset
	if charset == "" {
		charset = wideCharset(source)
		if charset != "" {
			note = "the text names no character set; it was read as " + charset
		}
	}
	text, said := message.DecodeText(&message.Part{MediaType: mediaType, Params: map[string]string{"charset": charset}}, source)
	return text, sentence(note, said.String()), cut
}

// wideCharset recognises UTF-16 without a byte order mark, as some programs
// save it: in any text with blanks and ASCII punctuation, a good part of either
// the first or the second bytes of the characters is zero. "" is any other.
func wideCharset(b []byte) string {
	if hasWideMark(b) {
		return ""
	}
	b = b[:min(len(b), sampleBytes)]
	zeros := [2]int{}
	for i, c := range b {
		if c == 0 {
			zeros[i%2]++
		}
	}
	// One of ten: blanks and line ends alone are more.
	enough := len(b)/2/10 + 1
	switch {
	case zeros[1] >= enough && zeros[0]*20 <= zeros[1]:
		return "utf-16le"
	case zeros[0] >= enough && zeros[1]*20 <= zeros[0]:
		return "utf-16be"
	}
	return ""
}

// hasWideMark reports the byte order mark of UTF-16.
func hasWideMark(b []byte) bool {
	return bytes.HasPrefix(b, []byte("\xff\xfe")) || bytes.HasPrefix(b, []byte("\xfe\xff"))
}

// looksLikeText reports whether the beginning has no more control characters
// than a damaged text would: one in a hundred.
func looksLikeText(j *job) bool {
	b := j.data[:min(len(j.data), sampleBytes)]
	charset := strings.ToLower(j.charset)
	if hasWideMark(b) || wideCharset(b) != "" ||
		strings.HasPrefix(charset, "utf-16") || strings.HasPrefix(charset, "utf-32") {
		return true
	}
	controls := 0
	for _, c := range b {
		// ESC and SO/SI shift character sets (ISO 2022); FF, VT and BEL are old
		// printers', and Ctrl-Z is how DOS ended a file.
		if c < ' ' && !strings.ContainsRune("\t\n\r\f\v\a\b\x0e\x0f\x1a\x1b", rune(c)) {
			controls++
		}
	}
	return controls*100 <= len(b)
}

// isHTML knows a page by how it begins (WHATWG MIME Sniffing §7.1).
func isHTML(j *job) bool {
	b := bytes.TrimPrefix(j.data[:min(len(j.data), 1024)], []byte("\xef\xbb\xbf"))
	b = bytes.ToLower(bytes.TrimLeft(b, " \t\r\n\f"))
	for _, tag := range []string{"<!doctype html", "<html", "<head", "<body", "<table", "<meta"} {
		if rest, ok := bytes.CutPrefix(b, []byte(tag)); ok {
			next, _ := utf8.DecodeRune(rest)
			return strings.ContainsRune(" \t\r\n\f>", next) || len(rest) == 0
		}
	}
	return false
}

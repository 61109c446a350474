package safetext

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// cutBackShare is the part of a piece, from its end, in which a better place
// to cut is looked for: 15 %.
const cutBackShare = 0.15

// Cut returns the piece of text that starts offset characters in and has at
// most max characters, the offset after it, and whether there is more. A piece
// ends where a person would pause: after a paragraph, a line, a sentence or a
// word, if one ends within the last 15 % of max. Pieces read one after the
// other are the text exactly. An offset beyond the end gives an empty piece.
func Cut(text string, offset, max int) (piece string, next int, truncated bool) {
	start := ByteOffset(text, offset)
	rest := text[start:]
	if max <= 0 {
		return "", offset, rest != ""
	}
	if rest == "" {
		return "", min(offset, utf8.RuneCountInString(text)), false
	}
	end := ByteOffset(rest, max)
	if end == len(rest) {
		return rest, offset + utf8.RuneCountInString(rest), false
	}
	from := ByteOffset(rest, max-int(float64(max)*cutBackShare))
	end = boundary(rest[:end], from, rest[end:])
	piece = rest[:end]
	return piece, offset + utf8.RuneCountInString(piece), true
}

// boundary finds the best end of piece at or after from; after is what follows.
func boundary(piece string, from int, after string) int {
	for _, sep := range []string{"\n\n", "\n"} {
		if i := strings.LastIndex(piece[from:], sep); i >= 0 {
			return from + i + len(sep)
		}
	}
	word := 0
	for i := len(piece); i > from; {
		r, size := utf8.DecodeLastRuneInString(piece[:i])
		next, _ := utf8.DecodeRuneInString(piece[i:] + after[:min(len(after), utf8.UTFMax)])
		if strings.ContainsRune("。！？", r) || (strings.ContainsRune(".!?…", r) && unicode.IsSpace(next)) {
			return i
		}
		if word == 0 && unicode.IsSpace(r) {
			word = i
		}
		i -= size
	}
	if word > 0 {
		return word
	}
	return len(piece)
}

// ByteOffset is the byte position n characters into s, at most its end.
func ByteOffset(s string, n int) int {
	if n <= 0 {
		return 0
	}
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}

// snippetLook is how much of a text is looked at for its snippet, in bytes.
const snippetLook = 32 << 10

// Snippet is the beginning of what the writer of a safe text wrote, on one
// line of at most max characters, cut at a word with an ellipsis; of a text
// that is all quote, the beginning of the quote. Targets of links, marks and
// rules are left out.
func Snippet(text string, max int) string {
	if max <= 0 {
		return ""
	}
	text = clip(text, snippetLook)
	found := gather(Own(text), max)
	if found == "" {
		found = gather(text, max)
	}
	line := []rune(found)
	if len(line) <= max {
		return found
	}
	cut := max - 1
	for i := cut; i > cut*2/3; i-- {
		if line[i] == ' ' {
			cut = i
			break
		}
	}
	return strings.TrimRightFunc(string(line[:cut]), unicode.IsSpace) + "…"
}

// gather joins lines until there are more than max characters.
func gather(text string, max int) string {
	var b strings.Builder
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(strings.TrimLeft(line, ">#| \t"))
		if strings.Trim(line, "-=_*~ |:`") == "" {
			continue // rules, table borders, fences and empty lines
		}
		line = Line(clip(unlinked(line), 4*max+utf8.UTFMax))
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(line)
		if n += utf8.RuneCountInString(line) + 1; n > max+1 {
			break
		}
	}
	return b.String()
}

// unlinked is a line of our Markdown with the text of links alone and without
// emphasis.
func unlinked(s string) string {
	s = strings.ReplaceAll(s, "**", "")
	var b strings.Builder
	for {
		end := strings.Index(s, "](")
		if end < 0 {
			break
		}
		length := strings.IndexByte(s[end:], ')')
		start := strings.LastIndexByte(s[:end], '[')
		if length < 0 || start < 0 {
			break
		}
		b.WriteString(s[:start])
		b.WriteString(s[start+1 : end])
		s = s[end+length+1:]
	}
	return b.String() + s
}

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
	start := skipRunes(text, offset)
	rest := text[start:]
	if max <= 0 {
		return "", offset, rest != ""
	}
	if rest == "" {
		return "", min(offset, utf8.RuneCountInString(text)), false
	}
	end := skipRunes(rest, max)
	if end == len(rest) {
		return rest, offset + utf8.RuneCountInString(rest), false
	}
	from := skipRunes(rest, max-int(float64(max)*cutBackShare))
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

// skipRunes is the byte position n characters into s, at most its end.
func skipRunes(s string, n int) int {
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

// Snippet is the beginning of a safe text on one line of at most max
// characters, cut at a word with an ellipsis. Quoted lines ("> ") and rules
// are left out as long as anything else is there.
func Snippet(text string, max int) string {
	if max <= 0 {
		return ""
	}
	own, quoted := gather(text, max, false), ""
	if own == "" {
		quoted = gather(text, max, true)
	}
	line := []rune(own + quoted)
	if len(line) <= max {
		return string(line)
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
func gather(text string, max int, quoted bool) string {
	var b strings.Builder
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		if !quoted && strings.HasPrefix(line, ">") {
			continue
		}
		line = strings.TrimSpace(strings.TrimLeft(line, ">#| \t"))
		if strings.Trim(line, "-=_*~ |:") == "" {
			continue // rules, table borders and empty lines
		}
		line = Line(clip(line, 4*max+utf8.UTFMax))
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

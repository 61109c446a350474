package safetext

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Place is where a phrase stands in a text.
type Place struct {
	Offset int    // of the phrase, in characters
	Text   string // the phrase with what stands around it
}

// Find looks for a phrase in safe text, ignoring case, accents and how blanks and
// line ends are written. It returns the first most places with up to around
// characters on either side, and how many there are in all. A place within the
// excerpt of the one before it is counted and not given again.
func Find(text, phrase string, most, around int) (places []Place, total int) {
	want, _ := searchable(strings.TrimSpace(phrase))
	if want == "" {
		return nil, 0
	}
	in, at := searchable(text)
	runes := []rune(text)
	shown := 0 // characters of the text up to the end of the last excerpt
	for from := 0; ; {
		i := strings.Index(in[from:], want)
		if i < 0 {
			return places, total
		}
		begin, end := from+i, from+i+len(want)
		from = end
		total++
		start, stop := at[begin], at[end-1]+1
		if start < shown || len(places) == most {
			continue
		}
		first, last := max(start-around, shown), min(stop+around, len(runes))
		places = append(places, Place{start, strings.TrimSpace(string(runes[first:last]))})
		shown = last
	}
}

// searchable is text without case and accents, each run of blanks as one, and for
// each of its bytes the character of the text that it comes from.
func searchable(text string) (folded string, at []int) {
	var b strings.Builder
	b.Grow(len(text))
	at = make([]int, 0, len(text))
	put := func(r rune, char int) {
		b.WriteRune(r)
		for range utf8.RuneLen(r) {
			at = append(at, char)
		}
	}
	char, blank := 0, false
	for _, r := range text {
		switch {
		case r < utf8.RuneSelf && r > ' ':
			put(unicode.ToLower(r), char)
		case unicode.IsSpace(r):
			if !blank {
				put(' ', char)
			}
		case r == 'ß' || r == 'ẞ':
			put('s', char)
			put('s', char)
		default:
			for _, d := range norm.NFKD.String(string(r)) {
				if !unicode.Is(unicode.Mn, d) {
					put(unicode.ToLower(d), char)
				}
			}
		}
		blank = unicode.IsSpace(r)
		char++
	}
	return b.String(), at
}

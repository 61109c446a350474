package pdf

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// An output collects text up to a number of characters.
type output struct {
	text strings.Builder
	left int
	full bool // there was more than fits
}

// page writes the lines of a page behind those of the page before.
func (o *output) page(lines []string) {
	if len(lines) > 0 && o.text.Len() > 0 {
		o.write("\n")
	}
	for _, line := range lines {
		o.write(strings.TrimRight(line, " ") + "\n")
	}
}

func (o *output) write(s string) {
	if o.full {
		return
	}
	if n := utf8.RuneCountInString(s); n > o.left {
		cut := 0
		for range o.left {
			_, size := utf8.DecodeRuneInString(s[cut:])
			cut += size
		}
		o.full = strings.TrimSpace(s[cut:]) != ""
		s = s[:cut]
		o.left = 0
	} else {
		o.left -= n
	}
	o.text.WriteString(s)
}

// letters takes ligatures and the presentation forms of Hebrew and Arabic apart
// into the letters that words are made of: in the order in which they stand on
// the page, as all text does until logical sees it.
func letters(s string) string {
	for _, r := range s {
		if r >= 0xfb00 && r <= 0xfdff || r >= 0xfe70 && r <= 0xfefc {
			s = norm.NFKC.String(s)
			break
		}
	}
	if first, size := utf8.DecodeRuneInString(s); size < len(s) && rightToLeft(first) {
		text := []rune(s)
		slices.Reverse(text)
		return string(text)
	}
	return s
}

func rightToLeft(r rune) bool {
	return unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko) && unicode.IsLetter(r)
}

func leftToRight(r rune) bool {
	return unicode.IsLetter(r) && !rightToLeft(r) || unicode.IsDigit(r)
}

// logical turns a line from the order in which it stands on the page into the
// order in which it is read, when it has letters written from right to left.
func logical(s string) string {
	rtl, ltr := 0, 0
	for _, r := range s {
		if rightToLeft(r) {
			rtl++
		} else if unicode.IsLetter(r) {
			ltr++
		}
	}
	if rtl == 0 {
		return s
	}
	text := []rune(s)
	against := rightToLeft
	if rtl > ltr { // the line runs to the left, and what runs to the right in it is the exception
		slices.Reverse(text)
		for i, r := range text {
			text[i] = mirrored(r)
		}
		against = leftToRight
	}
	with := rightToLeft
	if rtl <= ltr {
		with = leftToRight
	}
	for i := 0; i < len(text); i++ {
		if !against(text[i]) {
			continue
		}
		stop := i + 1
		for j := i + 1; j < len(text) && !with(text[j]); j++ {
			if against(text[j]) {
				stop = j + 1
			}
		}
		slices.Reverse(text[i:stop])
		i = stop - 1
	}
	return string(text)
}

func mirrored(r rune) rune {
	const pairs = "()[]{}<>«»"
	runes := []rune(pairs)
	if i := slices.Index(runes, r); i >= 0 {
		return runes[i^1]
	}
	return r
}

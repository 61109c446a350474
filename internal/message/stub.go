package message

import (
	"strings"
	"unicode"
)

// MaxStub is the largest source, in bytes, of a plain form that may be a mere
// stand-in for the HTML form: one with long links in it.
const MaxStub = 8 << 10

const (
	// leastShared is the part of the HTML form's words, one in so many, that a
	// plain form has which says the same.
	leastShared = 4

	// maxStubWords of each form are compared.
	maxStubWords = 5000
)

// IsStub reports a plain form that says nothing of what the HTML form says: it
// is empty or a bare link, or it lacks nearly all words of an HTML form that has
// as many or more. Both are safe text. A text beside an HTML form without
// words, a picture say, is none.
func IsStub(plain, html string) bool {
	mine := distinctWords(plain)
	if len(mine) == 0 {
		return true
	}
	if len(plain) > MaxStub {
		return false
	}
	its := distinctWords(html)
	shared := 0
	for word := range its {
		if mine[word] {
			shared++
		}
	}
	return len(its) >= len(mine) && shared*leastShared < len(its)
}

// distinctWords are the words of a text in lower case; targets of links have
// none, and of a script without spaces each two letters are one.
func distinctWords(text string) map[string]bool {
	words := map[string]bool{}
	for field := range strings.FieldsSeq(text) {
		if i := strings.Index(field, "://"); i >= 0 {
			// A scheme is none, what stands before it may be: [text](https://…).
			before := strings.TrimRightFunc(field[:i], unicode.IsLetter)
			if field = before; field == "" {
				continue
			}
		}
		for word := range strings.FieldsFuncSeq(field, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) }) {
			for _, piece := range unspaced(strings.ToLower(word)) {
				words[piece] = true
			}
		}
		if len(words) >= maxStubWords {
			break
		}
	}
	return words
}

// unspaced divides a run of letters of a script without spaces into pairs.
func unspaced(word string) []string {
	if strings.IndexFunc(word, func(r rune) bool {
		return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai)
	}) < 0 {
		return []string{word}
	}
	var pairs []string
	letters := []rune(word)
	for i := range len(letters) - 1 {
		pairs = append(pairs, string(letters[i:i+2]))
	}
	return pairs
}

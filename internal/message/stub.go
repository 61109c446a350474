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

	// A stand-in of up to shortStub words may be for as many; a longer one is for
	// timesLonger as many, else it is a text of its own.
	shortStub   = 12
	timesLonger = 3

	// maxStubWords of each form are compared.
	maxStubWords = 5000
)

// IsStub reports a plain form that says nothing of what the HTML form says: it
// is empty or a bare link, or it lacks nearly all words of an HTML form that has
// more. Both are safe text. A text beside an HTML form without
// words, a picture say, is none.
func IsStub(plain, html string) bool {
	mine, length := wordsOf(plain)
	if length == 0 {
		return true
	}
	if len(plain) > MaxStub {
		return false
	}
	its, room := wordsOf(html)
	shared := 0
	for word := range its {
		if mine[word] {
			shared++
		}
	}
	if length > shortStub {
		length *= timesLonger
	}
	return room >= length && shared*leastShared < len(its)
}

// wordsOf are the words of a text in lower case, and how many there are with
// repetitions; targets of links have none, and of a script without spaces each
// two letters are one.
func wordsOf(text string) (words map[string]bool, count int) {
	words = map[string]bool{}
	for field := range strings.FieldsSeq(text) {
		if i := strings.Index(field, "://"); i >= 0 {
			// A scheme is none, what stands before it may be: [text](https://…).
			before := strings.TrimRightFunc(field[:i], unicode.IsLetter)
			if field = before; field == "" {
				continue
			}
		}
		for word := range strings.FieldsFuncSeq(field, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) }) {
			pieces := unspaced(strings.ToLower(word))
			for _, piece := range pieces {
				words[piece] = true
			}
			count += (len(pieces) + 2) / 3 // a word without spaces around it has some three letters
		}
		if count >= maxStubWords {
			break
		}
	}
	return words, count
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

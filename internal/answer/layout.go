package answer

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// This file knows the lines and signs of our own layout around a stranger's
// text, which nothing in that text may imitate.

// lineWords begin our lines, before a colon.
var lineWords = newWords(
	"issue", "warning", "sender", "removed", "uncertain", "more", "selection", "asof", "operation", "next", "summary", "error",
)

// valueWords stand before the value of an argument, backwards.
var valueWords = newWords("rosruc", "noitceles", "nekotmrifnoc")

func newWords(list ...string) (words []*word) {
	for _, s := range list {
		words = append(words, newWord(s))
	}
	return words
}

// Signs outside ASCII that look like those of the layout.
const (
	colons  = "：∶꞉˸։׃܃܄᛬︰﹕ːˑ⁚᠄︓⦂⁝፡"
	slashes = "／⁄∕⧸╱⟋〳⼃丿ノ᜵"
	tildes  = "～∼˜〜⁓∽〰῀∿˷⸛"
	equals  = "＝﹦⹀꞊゠═⩵"
)

func isColon(r rune) bool  { return looks(r, ':', colons) }
func isSlash(r rune) bool  { return looks(r, '/', slashes) }
func isTilde(r rune) bool  { return looks(r, '~', tildes) }
func isEquals(r rune) bool { return looks(r, '=', equals) }

func looks(r, plain rune, others string) bool {
	return r == plain || r > unicode.MaxASCII && strings.ContainsRune(others, r)
}

// withoutLines takes the colon from lines that begin like one of ours.
func withoutLines(s string) string {
	if !strings.ContainsFunc(s, isColon) {
		return s
	}
	var b strings.Builder
	done, begins := 0, true
	for i, r := range s {
		if begins {
			for _, colon := range lineColons(s[i:]) {
				_, width := utf8.DecodeRuneInString(s[i+colon:])
				b.WriteString(s[done:i+colon] + " -")
				done = i + colon + width
			}
		}
		begins = breaksLine(r)
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

func breaksLine(r rune) bool {
	return r >= '\n' && r <= '\r' || r == '\u0085' || r == '\u2028' || r == '\u2029'
}

// lineColons are where the colons are behind the word of ours that s begins with,
// with anything but letters before and between.
func lineColons(s string) (found []int) {
	var room [12]reader
	open := room[:0]
	for _, w := range lineWords {
		open = append(open, reader{word: w, read: 1})
	}
	for i, r := range s {
		switch {
		case breaksLine(r) || len(open) == 0:
			return found
		case isColon(r):
			if slices.ContainsFunc(open, func(k reader) bool { return k.done() }) {
				found = append(found, i)
			}
			continue
		case r > unicode.MaxASCII && unicode.IsLetter(r) && !spells(r):
			return found
		}
		if unicode.IsDigit(r) { // "Issue 11: …" is no line of ours
			for k := range open {
				open[k].read &^= open[k].end
			}
		}
		open = readOn(open, r)
	}
	return found
}

// spells reports whether r may be read as any letter.
func spells(r rune) bool {
	found := false
	spell(r, func(l spelling) { found = found || l.letters != 0 })
	return found
}

// readOn is what can still become one of the words after r.
func readOn(open []reader, r rune) []reader {
	spell(r, func(l spelling) {
		if l.letters == 0 {
			return
		}
		left := open[:0]
		for _, k := range open {
			if k.next(l); k.read|k.before != 0 {
				left = append(left, k)
			}
		}
		open = left
	})
	return open
}

// withoutForms takes the tilde from what looks like a short id of a message, and
// the sign of equality from what looks like an argument of ours.
func withoutForms(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return isTilde(r) || isEquals(r) }) {
		return s
	}
	var b strings.Builder
	done := 0
	for i, r := range s {
		var instead string
		switch {
		case isTilde(r) && endsInUID(s[max(0, i-formReach):i]):
			instead = "-"
		case isEquals(r) && endsInArgument(s[max(0, i-formReach):i]):
			instead = " -"
		default:
			continue
		}
		b.WriteString(s[done:i] + instead)
		done = i + utf8.RuneLen(r)
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

// formReach is how far before its sign such a form may begin, in bytes.
const formReach = 200

// endsInUID reports whether s ends in a slash and digits, with nothing but marks
// and blanks between.
func endsInUID(s string) bool {
	digits := false
	for s != "" {
		r, width := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-width]
		switch {
		case unicode.IsNumber(r):
			digits = true
		case isSlash(r):
			return digits
		case r > unicode.MaxASCII && unicode.IsLetter(r), isASCIILetter(r):
			return false
		}
	}
	return false
}

// endsInArgument reports whether s ends in one of valueWords. In the query of a
// URL, behind ? or &, it is nothing of ours.
func endsInArgument(s string) bool {
	var room [3]reader
	open := room[:0]
	for _, w := range valueWords {
		open = append(open, reader{word: w, read: 1})
	}
	for s != "" && len(open) > 0 {
		r, width := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-width]
		if open = readOn(open, r); slices.ContainsFunc(open, func(k reader) bool { return k.done() }) {
			return !strings.HasSuffix(s, "?") && !strings.HasSuffix(s, "&")
		}
	}
	return false
}

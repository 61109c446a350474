package safety

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// leastDifferent is by how many words a stretch of one form must be its
	// own for it to be told: a sentence. "View this in your browser" and the
	// like are shorter, or stand in both.
	leastDifferent = 7

	// leastWord is the fewest letters of a word that is compared: shorter ones
	// stand in any text.
	leastWord = 4

	// maxCompared is the most of each form, in bytes, that is compared.
	maxCompared = 64 << 10
)

// alternatives draws text that only the plain form of a mail has. A person is
// shown the HTML form; the plain one is what is read here.
func (d *drawer) alternatives(f Facts) {
	if f.PlainForm == "" || f.HTMLForm == "" {
		return
	}
	// What stands in the HTML form, and what stands beside what.
	seen, beside := map[string]bool{}, map[[2]string]bool{}
	var last [2]string
	eachWord(f.HTMLForm[:min(len(f.HTMLForm), maxCompared)], func(word string, _, _ int) {
		seen[word] = true
		beside[[2]string{last[1], word}], beside[[2]string{last[0], word}] = true, true
		last = [2]string{last[1], word}
	})
	if len(seen) == 0 {
		return
	}
	// The stretch in which words of its own, and words in another order, outweigh
	// the others most.
	score, most, own, all := 0, 0, 0, 0
	from, start, end := 0, 0, 0
	before := ""
	eachWord(f.PlainForm[:min(len(f.PlainForm), maxCompared)], func(word string, at, after int) {
		if score == 0 {
			from = at
		}
		all++
		switch {
		case !seen[word]:
			own++
			score += 2
		case before == "" || !seen[before] || beside[[2]string{before, word}]:
			score = max(score-2, 0)
		default:
			score++
		}
		before = word
		if score > most {
			most, start, end = score, from, after
		}
	})
	if most < 2*leastDifferent {
		return
	}
	chars := utf8.RuneCountInString(f.PlainForm[:start])
	d.add(Signal{
		Kind: KindAlternatives,
		// Plain forms of mailings have notes of their own, and pictures of the HTML
		// form may say the rest.
		Level:    warnIf(f.Pictures == 0 && !d.bulk && all >= leastOwn && own > all/2),
		Message:  "The plain text form, which is read here, says something that the HTML form, which mail programs show, does not.",
		Evidence: f.PlainForm[start:end],
		Start:    chars, End: chars + utf8.RuneCountInString(f.PlainForm[start:end]),
	})
}

// leastOwn is how many words a plain form has that is a text of its own.
const leastOwn = 20

// eachWord calls f for every word that is compared, in lower case, with where it
// begins and ends. Targets of links have none: one form spells them out, the
// other does not. A character of a script without spaces is a word.
func eachWord(s string, f func(word string, at, after int)) {
	at := -1
	flush := func(end int) {
		if at >= 0 && utf8.RuneCountInString(s[at:end]) >= leastWord {
			f(strings.ToLower(s[at:end]), at, end)
		}
		at = -1
	}
	skip := 0
	for i, r := range s {
		switch {
		case i < skip:
		case perCharacter(r):
			flush(i)
			f(string(r), i, i+utf8.RuneLen(r))
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			if at < 0 {
				at = i
			}
		case r == ':' && strings.HasPrefix(s[i:], "://"):
			at = -1
			skip = i + linkEnd(s[i:])
		default:
			flush(i)
		}
	}
	flush(len(s))
}

// linkEnd is where the target of a link that begins s ends.
func linkEnd(s string) int {
	if n := strings.IndexAny(s, " \t\r\n<>()\"]"); n >= 0 {
		return n
	}
	return len(s)
}

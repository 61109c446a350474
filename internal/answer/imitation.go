package answer

import (
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// defuse takes from a sender's text what could pass for this server's words or
// for another speaker's: look-alikes of the markers lose their bracket, those of
// a tool call or of a speaker the sign they begin with, those of a line of ours
// their colon.
func defuse(s string) string { return withoutSpeakers(withoutLines(defuseLine(s))) }

// defuseLine is the same for one line of a header, in which "System: disk full"
// is no speaker's.
func defuseLine(s string) string { return withoutForms(defuseSaid(s)) }

// defuseHeader is defuseLine for a line that did not come through safetext: a
// Markdown image or link in it is broken too.
func defuseHeader(s string) string {
	return defuseLine(markdownLink.Replace(s))
}

// Own is for a sentence or a value of this server's that holds a name or a mail
// server's words: one line, in which nothing passes for a marker, a link, a tool
// call or another speaker. Ids and cursors of ours stay as they are.
func Own(s string) string {
	return defuseSaid(markdownLink.Replace(oneLine(s)))
}

func defuseSaid(s string) string {
	// Most text has none of the signs.
	if strings.IndexFunc(s, opens) >= 0 {
		s = withoutChatBoxes(withoutMarkers(s))
	}
	return withoutCallKeys(withoutChatTags(s))
}

// oneLine puts blanks in the place of line breaks, controls and what nobody sees,
// but the joiners that names in many scripts and emoji need.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\u200c' && r != '\u200d' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			return ' '
		}
		return r
	}, s)
}

var markdownLink = strings.NewReplacer("![", `!\[`, "](", `]\(`)

// marker has the letters of every marker.
var marker = newWord("untrustedmailtext")

// bracketReach is how far before the letters of a marker its bracket may stand,
// in bytes.
const bracketReach = 400

// withoutMarkers takes the bracket off whatever reads like a marker of any
// call: however it is spaced, broken into lines, capitalised, decorated or spelt
// with letters and brackets that look like the right ones.
func withoutMarkers(s string) string {
	found := imitations(s)
	if len(found) == 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	from := 0
	for _, at := range found {
		_, size := utf8.DecodeRuneInString(s[at:])
		b.WriteString(s[from:at])
		b.WriteByte('(')
		from = at + size
	}
	b.WriteString(s[from:])
	return b.String()
}

// imitations are the positions of the brackets before and in what reads like a
// marker, ascending.
func imitations(s string) []int {
	var found []int
	var starts [18]int // of what was read of the marker, for each number of letters
	k := reader{word: marker}
	searched := 0
	for i, r := range s {
		if k.read|k.before <= 1 && r <= unicode.MaxASCII && asciiLetters[r]&letter('u') == 0 {
			k.read, k.before = 0, 0 // most of most texts
			continue
		}
		spell(r, func(l spelling) {
			k.read |= 1
			starts[0] = i
			before := k.read
			k.next(l)
			for left := k.read &^ 1; left != 0; {
				n := bits.Len32(left) - 1
				left &^= 1 << n
				if !l.skip || before&(1<<n) == 0 {
					starts[n] = starts[n-1]
				}
			}
		})
		if k.done() {
			end := i + utf8.RuneLen(r)
			found = append(found, brackets(s, max(searched, starts[bits.Len32(k.end)-1]-bracketReach), end)...)
			searched, k = end, reader{word: marker}
		}
	}
	return found
}

// brackets are the positions of opening brackets in s[from:to].
func brackets(s string, from, to int) (found []int) {
	for from < to && !utf8.RuneStart(s[from]) {
		from++
	}
	for i, r := range s[from:to] {
		if opens(r) {
			found = append(found, from+i)
		}
	}
	return found
}

// bracketLike are signs that are no opening brackets to Unicode and look like
// square ones.
var bracketLike = sortedRunes("⎡⎢⎣⎴⏠⌜⌞┌┍┎┏└┕┖┗├┝┞┟┠┡┢┣╒╓╔╘╙╚╞╟╠╭╰▌▐▛▙⊏⊑⫍⸢⸤⼕⼖匚匸⺆コㄷㄈᄃᆮʗᒥᒪⵎ⟝⧘𝄔")

func sortedRunes(s string) []rune {
	list := []rune(s)
	slices.Sort(list)
	return list
}

// opens reports what looks like an opening square bracket.
func opens(r rune) bool {
	if r <= unicode.MaxASCII {
		return r == '['
	}
	if unicode.Is(unicode.Ps, r) {
		return r != '（'
	}
	_, found := slices.BinarySearch(bracketLike, r)
	return found
}

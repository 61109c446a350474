// Package safetext turns HTML and Unicode into what a model may read, and says
// what was taken out. The rule: what a person could not see, a model is not
// shown; what a person could see is never lost. It is pure and deterministic,
// and every pass is linear in its input.
package safetext

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxInput is the most of a body that is looked at. Bodies are fetched
	// up to 2 MiB; a charset may triple them.
	maxInput = 6 << 20

	// maxOutput bounds the text made of one body.
	maxOutput = 2 << 20

	// maxBlankLines is how many empty lines in a row are kept.
	maxBlankLines = 2

	// maxBlanks is the longest run of blanks in a line that is kept.
	maxBlanks = 80
)

// Result is text that is safe to show, and what was removed to make it so.
type Result struct {
	Text    string
	Removed map[string]int // by kind, for example "bidi_controls"; never nil
	// Hidden is the text that was removed, in the order it stood in; at most
	// 16,000 characters of it.
	Hidden []Hidden
	// Links are the distinct links in Text, in order, at most 200.
	Links []Link
	// Uncertain counts, by reason, the pieces of text that could not be proven
	// visible. They are not in Text; nil when there are none.
	Uncertain map[string]int
	// UncertainText is that text, in the order it stood in; at most 16,000
	// characters of it. The Kind is the reason.
	UncertainText []Hidden
	// Doubts are the reasons in Uncertain, sorted.
	Doubts []string
}

// Hidden is text no person would have seen. It is hostile until shown to be
// otherwise.
type Hidden struct {
	Kind string // as in Result.Removed
	Text string // safe to print: one line without invisible characters
}

// Link is a link of a body.
type Link struct {
	Text string // what a reader sees of it, one safe line; an image's alt
	URL  string // the target as it is shown in the text: cleaned, maybe shortened
	Host string // the target's host in full, ASCII, lower-case; "" for mailto
}

// Line makes s one line that is safe to show: valid UTF-8 without invisible
// characters, every run of white space one space, none at the ends.
func Line(s string) string {
	if clean(s) && !strings.ContainsAny(s, "\n\t") && !strings.Contains(s, "  ") {
		return strings.TrimSpace(s)
	}
	// A control that separates words (VT, FF, CR) must not glue them.
	s = strings.Map(func(r rune) rune {
		if r == '\r' || r == '\v' || r == '\f' {
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.FieldsFunc(scrub(s, nil), unicode.IsSpace), " ")
}

// Plain makes the text of a text/plain part safe: LF line ends, no invisible
// characters, no blanks at the ends of lines and no long runs of them, at most
// two empty lines in a row, none at the start and the end; what a Markdown
// reader would load or link is defused.
func Plain(src string) Result {
	removed, found, links := counter{}, smuggled{}, linkList{}
	text := unixLines(clip(src, maxInput))
	if !clean(text) {
		text = (&scrubber{removed: removed, smuggled: &found}).scrub(text)
	}
	text = squeeze(text)
	links.addBare(text)
	return Result{Text: clip(finish(defuse(text)), maxOutput), Removed: removed, Hidden: found.found, Links: links.all}
}

// finish lays out a text whose characters are safe.
func finish(s string) string { return tidy(withoutNotes(s)) }

// squeeze makes no-break spaces spaces, and one of a run of blanks that is
// longer than any layout in columns needs: such runs push words out of sight.
func squeeze(s string) string {
	s = strings.ReplaceAll(s, "\u00a0", " ")
	if !strings.Contains(s, strings.Repeat(" ", maxBlanks+1)) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for s != "" {
		blank := strings.IndexByte(s, ' ')
		if blank < 0 {
			break
		}
		b.WriteString(s[:blank])
		rest := strings.TrimLeft(s[blank:], " ")
		run := len(s) - blank - len(rest)
		if run > maxBlanks {
			run = 1
		}
		b.WriteString(s[blank : blank+run])
		s = rest
	}
	return b.String() + s
}

// unixLines turns CRLF, CR and form feed into LF.
func unixLines(s string) string {
	if !strings.ContainsAny(s, "\r\f") {
		return s
	}
	return lineEnds.Replace(s)
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\f", "\n")

// tidy drops blanks at line ends and superfluous empty lines.
func tidy(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	blank := 0
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.TrimRightFunc(line, unicode.IsSpace)
		if line == "" {
			blank++
			continue
		}
		if b.Len() > 0 {
			b.WriteString(strings.Repeat("\n", 1+min(blank, maxBlankLines)))
		}
		blank = 0
		b.WriteString(line)
	}
	return b.String()
}

// clip cuts s to at most n bytes, never within a character.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

package safetext

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// minQuote is how many quoted lines in the middle of a text are shown: who
// answers below a few quoted lines is understood only with them.
const minQuote = 5

// Fold shortens a piece of safe text for reading: quoted history and the
// signature become one line each that says how to read them. piece starts
// offset characters into text, covers at most max characters of it and is
// never longer. next is where reading goes on: after the piece, or after the
// block it ended in; truncated says that there is more. A block that starts at
// or before offset was asked for, and is shown. What stands before next and
// the folded blocks, read by the offsets in their notes, are the text exactly.
func Fold(text string, offset, max int) (piece string, next int, truncated bool) {
	whole, next, truncated := Cut(text, offset, max)
	if whole == "" {
		return whole, next, truncated
	}
	start := ByteOffset(text, offset)
	end := start + len(whole)
	var b strings.Builder
	at, chars := start, offset // of the text, copied so far; characters before it
	room := max                // characters left for output
	for _, block := range foldable(text) {
		if block.start <= start || block.start < at {
			continue
		}
		if block.start >= end {
			break
		}
		before := utf8.RuneCountInString(text[at:block.start])
		length := utf8.RuneCountInString(text[block.start:block.end])
		note := block.note(chars + before)
		if utf8.RuneCountInString(note) >= length {
			continue
		}
		if utf8.RuneCountInString(note) > room-before {
			// The next piece starts with the line end before the block, and folds it.
			if cut := block.start - len("\n"); cut > start && text[cut] == '\n' {
				end = cut
			}
			break
		}
		b.WriteString(text[at:block.start])
		b.WriteString(note)
		room -= before + utf8.RuneCountInString(note)
		chars += before + length
		at = block.end
		if at >= end {
			return b.String(), chars, at < len(text)
		}
	}
	b.WriteString(text[at:end])
	return b.String(), chars + utf8.RuneCountInString(text[at:end]), end < len(text)
}

// note is the line that stands for a block starting offset characters in.
func (k block) note(offset int) string {
	switch {
	case k.kind == blockSignature:
		return fmt.Sprintf("… signature of %d lines, %s=%d to read", k.lines, noteName, offset)
	case k.lines == 1:
		return fmt.Sprintf("… 1 quoted line, %s=%d to read", noteName, offset)
	}
	return fmt.Sprintf("… %d quoted lines, %s=%d to read", k.lines, noteName, offset)
}

// foldable are the blocks of text that Fold folds: none if nothing else is in
// it, for then they are what was sent.
func foldable(text string) []block {
	blocks := history(text)
	if len(blocks) == 0 || without(text, blocks) == "" {
		return nil
	}
	kept := blocks[:0]
	for i, k := range blocks {
		if k.kind == blockQuote && k.quoted <= minQuote && !trailing(text, blocks[i:]) {
			continue
		}
		if k.start == 0 {
			// Its offset would be where every reader starts: one line stays.
			line := strings.IndexByte(text, '\n') + 1
			if line == 0 || k.lines < 2 {
				continue
			}
			k.start, k.lines = line, k.lines-1
		}
		kept = append(kept, k)
	}
	return kept
}

// trailing reports that nothing but blocks follows the first of them.
func trailing(text string, blocks []block) bool {
	for i, k := range blocks {
		end := len(text)
		if i+1 < len(blocks) {
			end = blocks[i+1].start
		}
		if strings.TrimSpace(text[k.end:end]) != "" {
			return false
		}
		if k.kind != blockSignature && i > 0 {
			return true // judged when its turn comes
		}
	}
	return true
}

// Own is what the writer of a safe text wrote: without quoted history and the
// line that introduces it, and without signature. It is "" for a text that is
// all quote.
func Own(text string) string {
	return without(text, history(text))
}

// without is text without blocks.
func without(text string, blocks []block) string {
	var b strings.Builder
	at := 0
	for _, k := range blocks {
		b.WriteString(text[at:k.start])
		at = k.end
	}
	b.WriteString(text[at:])
	return strings.TrimSpace(tidy(b.String()))
}

package safetext

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxSmuggled is how many characters of smuggled text are kept in all.
	maxSmuggled = 4_000

	// maxRun is how many characters of one run are looked at: as binary
	// digits they spell 2,000 letters.
	maxRun = 16_000

	// leastBits is how long a run of zero-width characters must be to spell
	// anything: three letters. Shorter runs are padding.
	leastBits = 24
)

// smuggled collects what runs of invisible characters spell: ASCII in tags,
// bytes in variation selectors, binary digits in two zero-width characters.
// A nil one collects nothing.
type smuggled struct {
	run   []rune
	found []Hidden
	size  int
}

// add appends a removed character to the run.
func (s *smuggled) add(r rune) {
	if s == nil || len(s.run) >= maxRun {
		return
	}
	s.run = append(s.run, r)
}

// end reads the run, which a visible character ended.
func (s *smuggled) end() {
	if s == nil || len(s.run) == 0 {
		return
	}
	run := s.run
	s.run = s.run[:0]
	if s.size >= maxSmuggled {
		return
	}
	var tags, selectors []byte
	var zeroWidth []rune
	for _, r := range run {
		switch {
		case r >= 0xe0020 && r <= 0xe007e:
			tags = append(tags, byte(r-0xe0000))
		case r >= 0xfe00 && r <= 0xfe0f:
			selectors = append(selectors, byte(r-0xfe00))
		case r >= 0xe0100 && r <= 0xe01ef:
			selectors = append(selectors, byte(r-0xe0100+16))
		case invisible(r) == kindZeroWidth || r == zwnj || r == zwj:
			zeroWidth = append(zeroWidth, r)
		}
	}
	s.report(kindTag, string(tags))
	if len(selectors) > 1 && readable(string(selectors)) {
		s.report(kindVariation, string(selectors))
	}
	s.report(kindZeroWidth, binary(zeroWidth))
}

// report keeps text as one safe line.
func (s *smuggled) report(kind, text string) {
	if text = Line(clip(text, maxSmuggled-min(s.size, maxSmuggled))); text != "" {
		s.found = append(s.found, Hidden{Kind: kind, Text: text})
		s.size += len(text)
	}
}

// readable reports text that a person could read.
func readable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsPrint(r) && r != '\n' && r != '\t'
	})
}

// binary reads a run of two different zero-width characters as the binary
// digits of ASCII, whichever of them is zero; "" if it spells nothing.
func binary(run []rune) string {
	if len(run) < leastBits {
		return ""
	}
	one, other := run[0], rune(-1)
	for _, r := range run {
		if r == one {
			continue
		}
		if other >= 0 && r != other {
			return ""
		}
		other = r
	}
	for _, zero := range []rune{one, other} {
		for _, width := range []int{8, 7} {
			if text := digits(run, zero, width); text != "" {
				return text
			}
		}
	}
	return ""
}

func digits(run []rune, zero rune, width int) string {
	var out []byte
	for len(run) >= width {
		c := byte(0)
		for _, r := range run[:width] {
			c <<= 1
			if r != zero {
				c |= 1
			}
		}
		if c < ' ' || c >= 0x7f {
			return ""
		}
		out, run = append(out, c), run[width:]
	}
	return string(out)
}

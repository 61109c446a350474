package demo

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/width"
)

// columns is the width every terminal has.
const columns = 80

// screen writes the transcript: with colours, lines and pauses on a terminal,
// as plain lines otherwise. The first error of writing is kept by the buffer
// and told by flush.
type screen struct {
	out      *bufio.Writer
	terminal bool
}

func newScreen(w io.Writer, terminal bool) *screen {
	return &screen{bufio.NewWriter(w), terminal}
}

// The styles of the terminal (ECMA-48 SGR).
const (
	bold   = "1"
	dim    = "2"
	green  = "32"
	red    = "31"
	yellow = "33"
	cyan   = "36"
)

func (s *screen) styled(style, text string) string {
	if !s.terminal || text == "" {
		return text
	}
	return "\x1b[" + style + "m" + text + "\x1b[0m"
}

func (s *screen) print(lines ...string) {
	for _, line := range lines {
		_, _ = s.out.WriteString(line + "\n")
	}
}

// title opens the transcript.
func (s *screen) title(head, below string) {
	if !s.terminal {
		s.print(head, strings.Repeat("=", columnsOf(head)), below, "")
		return
	}
	bar := strings.Repeat("─", columns-4)
	s.print("╭"+bar+"──╮",
		"│ "+s.styled(bold, pad(head, columns-4))+" │",
		"│ "+s.styled(dim, pad(below, columns-4))+" │",
		"╰"+bar+"──╯", "")
}

// question opens a scene with what a person asks.
func (s *screen) question(n int, text string) {
	if s.terminal {
		rule := fmt.Sprintf("── %d ", n)
		s.print(s.styled(cyan, rule+strings.Repeat("─", columns-columnsOf(rule))))
		s.print(s.styled(bold, fit("“"+text+"”", columns)))
		return
	}
	s.print(fit(fmt.Sprintf("%d. %q", n, text), columns))
}

// called shows a tool call.
func (s *screen) called(tool, arguments string) {
	lead := "  -> "
	if s.terminal {
		lead = "  → "
	}
	for _, line := range wrap(tool+" "+arguments, columns-len("  -> ")) {
		s.print(s.styled(green, lead+line))
		lead = "     "
	}
}

// fact shows a line of an answer.
func (s *screen) fact(format string, a ...any) {
	s.print(fit("    "+fmt.Sprintf(format, a...), columns))
}

// warn shows a line that a person should look at.
func (s *screen) warn(format string, a ...any) {
	s.print(s.styled(yellow, fit("  ! "+fmt.Sprintf(format, a...), columns)))
}

// alert is warn for a sentence, which may take several lines.
func (s *screen) alert(text string) {
	mark := "!"
	for _, line := range wrap(text, columns-len("  ! ")) {
		s.print(s.styled(yellow, "  "+mark+" "+line))
		mark = " "
	}
}

// hostile shows what is meant to harm, marked on each line.
func (s *screen) hostile(text string) {
	for _, line := range wrap(text, columns-len("  x | ")) {
		s.print(s.styled(red, "  x | "+line))
	}
}

// quote shows the first lines of a mail's text.
func (s *screen) quote(text string, most int) {
	bar := "| "
	if s.terminal {
		bar = s.styled(dim, "│ ")
	}
	lines := wrap(text, columns-6)
	for i, line := range lines {
		if i == most {
			s.print("    " + bar + s.styled(dim, "("+plural(len(lines)-most, "more line")+")"))
			return
		}
		s.print("    " + bar + line)
	}
}

// end closes a scene with what it cost, and lets a person read it.
func (s *screen) end(ctx context.Context, c cost) error {
	s.print(s.styled(dim, "    ("+c.String()+")"), "")
	if err := s.out.Flush(); err != nil {
		return fmt.Errorf("demo: write: %w", err)
	}
	if !s.terminal {
		return ctx.Err()
	}
	const reading = 700 * time.Millisecond
	pause := time.NewTimer(reading)
	defer pause.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-pause.C:
		return nil
	}
}

// columnsOf is how wide a terminal draws s: East Asian letters take two
// columns, marks and format characters none (Unicode TR 11).
func columnsOf(s string) int {
	n := 0
	for _, r := range s {
		n += columnsOfRune(r)
	}
	return n
}

func columnsOfRune(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// fit makes s one line of at most most columns. Control characters, which
// could move the cursor, are left out.
func fit(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, s)
	if columnsOf(s) <= most {
		return s
	}
	const more = "..."
	var b strings.Builder
	used := len(more)
	for _, r := range s {
		if used += columnsOfRune(r); used > most {
			break
		}
		b.WriteRune(r)
	}
	return b.String() + more
}

// pad is fit, filled with blanks.
func pad(s string, to int) string {
	s = fit(s, to)
	return s + strings.Repeat(" ", to-columnsOf(s))
}

// wrap breaks text into lines of at most most columns, at blanks where there
// are any, and drops repeated empty lines.
func wrap(text string, most int) []string {
	var lines []string
	for line := range strings.SplitSeq(strings.Trim(text, "\r\n"), "\n") {
		line = strings.TrimRight(line, " \r")
		if line == "" && len(lines) > 0 && lines[len(lines)-1] == "" {
			continue
		}
		for columnsOf(line) > most {
			at := breakAt(line, most)
			lines = append(lines, fit(strings.TrimRight(line[:at], " "), most))
			line = strings.TrimLeft(line[at:], " ")
		}
		lines = append(lines, fit(line, most))
	}
	return lines
}

// breakAt is the byte after which a too wide line is broken.
func breakAt(line string, most int) int {
	used, blank := 0, 0
	for i, r := range line {
		if r == ' ' && i > 0 {
			blank = i
		}
		if used += columnsOfRune(r); used > most {
			if blank > 0 {
				return blank
			}
			return i
		}
	}
	return len(line)
}

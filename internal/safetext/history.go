package safetext

import (
	"strings"
	"unicode"
)

// Kinds of blocks that are not what the writer wrote for this mail.
const (
	blockQuote     = iota // lines after "> ", with the line that introduces them
	blockHistory          // the mail below a header block, to the end
	blockSignature        // a signature, a list's footer, a "sent from" line
)

const (
	// maxSignature is how many lines a signature has; a longer part below
	// two dashes is text.
	maxSignature = 20

	// maxIntroduction is over how many lines an introduction is wrapped.
	maxIntroduction = 3

	// minHeaders is how many header lines in a row make the head of a mail.
	minHeaders = 3

	// maxHeaderLines is how many lines a head goes on: long lists of
	// recipients are wrapped.
	maxHeaderLines = 12
)

// block is a part of a text, from the start of a line to the end of one.
type block struct {
	kind       int
	start, end int // bytes; end is before the line end
	lines      int
	quoted     int // of them, lines after "> "
}

// line is a line of a text.
type line struct {
	start, end int
	text       string // without blanks around it and emphasis
	quote      bool
	intro      int // of a quote's first line: 1 + the line its introduction starts at, 0 while unknown
}

// history finds the blocks of text that others wrote or that say nothing, in
// order and without overlap. Forwarded mail is content, not history.
func history(text string) []block {
	lines := linesOf(text)
	var blocks []block
	forwarded := false // the mail that follows was forwarded: content
	own := false       // something of the writer's stands above
	for i := 0; i < len(lines); i++ {
		l := lines[i]
		switch {
		case l.text == "" && !l.quote:
		case l.quote:
			last := quoteEnd(lines, i)
			if !forwarded {
				first := introduction(lines, i)
				if first < lastLine(lines, blocks) {
					first = i
				}
				blocks = append(blocks, blockOf(blockQuote, lines, first, last))
			}
			forwarded, own = false, own || forwarded
			i = last
		case forwardMark(l.text):
			forwarded, own = true, true
		case !forwarded && headStart(lines, i):
			if own {
				return append(blocks, blockOf(blockHistory, lines, headRule(lines, i), lastText(lines)))
			}
			forwarded, own = true, true // nothing but a mail's head and body: that is the content
		case forwarded && headerKind(l.text) != headNone:
		case own && signatureMark(l.text):
			if last, ok := signatureEnd(lines, i); ok {
				blocks = append(blocks, blockOf(blockSignature, lines, i, last))
				i = last
			}
		default:
			if !introduced(lines, i) {
				own = true
				forwarded = false
			}
		}
	}
	return blocks
}

func linesOf(text string) []line {
	lines := make([]line, 0, 1+strings.Count(text, "\n"))
	for start := 0; start <= len(text); {
		end := strings.IndexByte(text[start:], '\n')
		if end < 0 {
			end = len(text)
		} else {
			end += start
		}
		bare := strings.TrimSpace(text[start:end])
		// A deeper one stands in a list: content.
		quote := strings.HasPrefix(strings.TrimPrefix(text[start:end], " "), ">")
		if !quote && strings.Contains(bare, "*") {
			bare = strings.TrimSpace(strings.ReplaceAll(bare, "*", ""))
		}
		lines = append(lines, line{start: start, end: end, text: bare, quote: quote})
		start = end + 1
	}
	return lines
}

func blockOf(kind int, lines []line, first, last int) block {
	k := block{kind: kind, start: lines[first].start, end: lines[last].end, lines: last - first + 1}
	for _, l := range lines[first : last+1] {
		if l.quote {
			k.quoted++
		}
	}
	return k
}

// lastLine is the first line after the blocks found so far.
func lastLine(lines []line, blocks []block) int {
	if len(blocks) == 0 {
		return 0
	}
	end := blocks[len(blocks)-1].end
	lo, hi := 0, len(lines)
	for lo < hi {
		if mid := (lo + hi) / 2; lines[mid].start > end {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}

func lastText(lines []line) int {
	last := len(lines) - 1
	for last > 0 && lines[last].text == "" {
		last--
	}
	return last
}

// quoteEnd is the last line of the quote that starts at line i; empty lines
// between quoted ones belong to it.
func quoteEnd(lines []line, i int) int {
	last := i
	for ; i < len(lines); i++ {
		if lines[i].quote {
			last = i
		} else if lines[i].text != "" || i > last+maxBlankLines {
			break
		}
	}
	return last
}

// introduction is the first line of what introduces the quote at line i ("On
// Monday Ann wrote:"), i itself if nothing does.
func introduction(lines []line, i int) int {
	if lines[i].intro == 0 {
		lines[i].intro = 1 + findIntroduction(lines, i)
	}
	return lines[i].intro - 1
}

func findIntroduction(lines []line, i int) int {
	end := i - 1
	for end >= 0 && end >= i-maxBlankLines && lines[end].text == "" {
		end--
	}
	if end < 0 || lines[end].quote || !introEnd(lines[end].text) {
		return i
	}
	found, joined := i, ""
	for first := end; first >= 0 && first > end-maxIntroduction && lines[first].text != "" && !lines[first].quote; first-- {
		joined = strings.TrimSpace(lines[first].text + " " + joined)
		says := introSays(joined)
		if says && introStart(joined) {
			return first
		}
		if says && found == i {
			found = first
		}
	}
	return found
}

// introduced reports that line i belongs to the introduction of a quote.
func introduced(lines []line, i int) bool {
	for j := i; j < len(lines) && j <= i+maxIntroduction+maxBlankLines; j++ {
		if lines[j].quote {
			return introduction(lines, j) <= i
		}
	}
	return false
}

// headStart reports that a mail's head starts at line i: an "Original Message"
// line, or several header lines of which the first says from whom or when.
func headStart(lines []line, i int) bool {
	if originalMark(lines[i].text) {
		return true
	}
	if kind := headerKind(lines[i].text); kind != headFrom && kind != headDate {
		return false
	}
	seen := map[int]bool{}
	for j := i; j < len(lines) && j < i+maxHeaderLines; j++ {
		kind := headerKind(lines[j].text)
		if lines[j].text == "" {
			break
		}
		if kind == headNone {
			continue // wrapped
		}
		seen[kind] = true
	}
	return len(seen) >= minHeaders && seen[headFrom]
}

// headRule is the line of the rule above a head at line i, i if there is none.
func headRule(lines []line, i int) int {
	switch {
	case i > 0 && ruled(lines[i-1].text):
		return i - 1
	case i > 1 && lines[i-1].text == "" && ruled(lines[i-2].text):
		return i - 2
	}
	return i
}

// signatureEnd is the last line of a signature that starts at line i, if it is
// one. What a program or a company adds ends with its paragraph, so that no
// text below is lost.
func signatureEnd(lines []line, i int) (last int, ok bool) {
	added := sentFrom(lines[i].text) || disclaimer(lines[i].text)
	last = i
	for j := i + 1; j < len(lines) && !lines[j].quote; j++ {
		if added && lines[j].text == "" || headStart(lines, headAfterRule(lines, j)) || forwardMark(lines[j].text) || introduced(lines, j) {
			break
		}
		if lines[j].text != "" {
			last = j
		}
		if j-i > maxSignature {
			return 0, false
		}
	}
	if sentFrom(lines[i].text) {
		return i, last == i // else a sentence of a paragraph
	}
	return last, added || last > i
}

// headAfterRule is the line after a rule at line j, j if there is none.
func headAfterRule(lines []line, j int) int {
	for k := j; k < len(lines) && k <= j+2; k++ {
		if lines[k].text != "" && !ruled(lines[k].text) {
			return k
		}
	}
	return j
}

// ruled reports a line of dashes or underscores.
func ruled(s string) bool {
	return len(s) >= 3 && strings.Trim(s, "-_—=") == ""
}

// signatureMark reports a line that starts a signature or a list's footer.
func signatureMark(s string) bool {
	const leastUnderscores = 20
	return s == "--" || s == "—" || (len(s) >= leastUnderscores && strings.Trim(s, "_") == "") || sentFrom(s) || disclaimer(s)
}

// digitOrAt reports a date or an address.
func digitOrAt(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r == '@' || unicode.IsDigit(r) })
}

package extract

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"mail-imap-mcp/internal/safetext"
)

const (
	// maxColumns is how many columns of a table are shown. Wider ones are data
	// for programs.
	maxColumns = 100

	// maxCellLines is how many lines a cell may have. More come from a quote
	// that is never closed, which swallows the rest of the file.
	maxCellLines = 200

	// sniffLines is how many lines decide about the delimiter.
	sniffLines = 20
)

// readCSV shows rows (RFC 4180, read leniently) as a Markdown table whose head
// is the first row. Cells are text: a formula is shown, never computed.
func readCSV(j *job) document {
	text, note, cut := decode(j, "text/plain")
	text = strings.TrimPrefix(text, "\ufeff")
	delimiter, text := delimiterOf(text, j)
	rows, width, more, err := table(text, delimiter, j.max)
	if err != nil {
		return document{status: OK, text: text, note: sentence(note, "its rows cannot be told apart, so it is shown as it is"), more: cut}
	}
	if width > maxColumns {
		note = sentence(note, fmt.Sprintf("the table has %d columns; the first %d are shown", width, maxColumns))
	}
	return document{status: OK, text: rows, note: note, more: cut || more}
}

// errNoTable is a text whose rows cannot be told apart.
var errNoTable = errors.New("no table")

// table writes rows until there are more than enough characters.
func table(text string, delimiter rune, enough int) (markdown string, width int, more bool, err error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord, r.ReuseRecord = delimiter, true, -1, true
	var b strings.Builder
	for chars, rows := 0, 0; chars <= enough; rows++ {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return b.String(), width, false, nil
		}
		if err != nil {
			return "", 0, false, fmt.Errorf("%w: %w", errNoTable, err)
		}
		width = max(width, len(record))
		start := b.Len()
		if err := writeRow(&b, record); err != nil {
			return "", 0, false, err
		}
		if rows == 0 && len(record) > 1 {
			b.WriteString(strings.Repeat("|---", min(len(record), maxColumns)) + "|\n")
		}
		chars += utf8.RuneCountInString(b.String()[start:])
	}
	return b.String(), width, true, nil
}

// writeRow writes one row; a lone cell is a line.
func writeRow(b *strings.Builder, record []string) error {
	row := make([]string, 0, min(len(record), maxColumns))
	for _, cell := range record[:cap(row)] {
		if strings.Count(cell, "\n") > maxCellLines {
			return errNoTable
		}
		row = append(row, strings.ReplaceAll(safetext.Line(cell), "|", `\|`))
	}
	if len(row) == 1 {
		b.WriteString(row[0] + "\n")
		return nil
	}
	b.WriteString("| " + strings.Join(row, " | ") + " |\n")
	return nil
}

// delimiterOf finds what separates the cells, and takes off the line with which
// a file tells Excel so ("sep=;"). Of semicolon, tab and comma it is the one
// that the most lines have equally often; a decimal comma beside semicolons
// varies.
func delimiterOf(text string, j *job) (delimiter rune, rest string) {
	first, after, _ := strings.Cut(text, "\n")
	if sep, ok := strings.CutPrefix(strings.ToLower(strings.TrimRight(first, "\r")), "sep="); ok && (sep == ";" || sep == "," || sep == "\t" || sep == "|") {
		return rune(sep[0]), after
	}
	if strings.HasSuffix(j.mediaType, "tab-separated-values") || j.extension == "tsv" || j.extension == "tab" {
		return '\t', text
	}
	best, score := ',', 0
	for _, candidate := range ";\t," {
		if s := regularity(text, candidate); s > score {
			best, score = candidate, s
		}
	}
	return best, text
}

// regularity is how many of the first lines have as many delimiters outside of
// quotes as the first of them, which has at least one.
func regularity(text string, delimiter rune) int {
	lines, want, count, same, quoted := 0, 0, 0, 0, false
	for i := 0; i < len(text) && i < sampleBytes && lines < sniffLines; i++ {
		switch c := text[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case rune(c) == delimiter:
			count++
		case c == '\n':
			if lines++; lines == 1 {
				want = count
			}
			if count == want && want > 0 {
				same++
			}
			count = 0
		}
	}
	if lines == 0 { // a lone line without its end
		return min(count, 1)
	}
	return same
}

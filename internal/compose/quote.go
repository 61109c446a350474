package compose

import (
	"html"
	"strings"
	"unicode/utf8"
)

const (
	// MaxQuoteChars is how much of an original a reply repeats.
	MaxQuoteChars = 20_000

	// MaxForwardChars is the same for a forward, which is all its reader gets.
	MaxForwardChars = 100_000

	// leftOut stands for what is not repeated.
	leftOut = "[…]"
)

// Quote is an original as it stands below a body.
type Quote struct {
	intro     []string // lines
	text      string
	quoted    bool // with "> " before each line
	Shortened bool // not all of the original is in it
}

// ReplyQuote is the original below a reply: who wrote it and when, and the text
// as a quote.
func ReplyQuote(o Original) *Quote {
	q := &Quote{intro: []string{attribution(o)}, quoted: true}
	q.take(o, MaxQuoteChars)
	return q
}

// ForwardQuote is the original in a forward: its most important fields, and its
// text as it is.
func ForwardQuote(o Original) *Quote {
	q := &Quote{intro: []string{"---------- Forwarded message ----------"}}
	add := func(name, value string) {
		if value != "" {
			q.intro = append(q.intro, name+": "+value)
		}
	}
	add("From", names(o.From))
	if !o.Date.IsZero() {
		add("Date", o.Date.Format("Mon, 2 Jan 2006 at 15:04 -0700"))
	}
	add("Subject", oneLine(o.Subject))
	add("To", names(o.To))
	add("Cc", names(o.Cc))
	q.intro = append(q.intro, "")
	q.take(o, MaxForwardChars)
	return q
}

// take takes the text, whole lines if possible.
func (q *Quote) take(o Original, most int) {
	q.text = strings.Trim(lines(o.Text), "\n")
	q.Shortened = o.TextCut
	if utf8.RuneCountInString(q.text) > most {
		q.Shortened = true
		q.text = cutChars(q.text, most)
		if i := strings.LastIndexByte(q.text, '\n'); i > len(q.text)/2 {
			q.text = q.text[:i]
		}
	}
	if q.Shortened {
		q.text = strings.TrimRight(q.text, "\n") + "\n" + leftOut
	}
}

// plain is the quote as plain text.
func (q *Quote) plain() string {
	var b strings.Builder
	for _, line := range q.intro {
		b.WriteString(line + "\n")
	}
	if q.text == "" {
		return b.String()
	}
	for line := range strings.SplitSeq(q.text, "\n") {
		switch {
		case !q.quoted:
		case line == "" || strings.HasPrefix(line, ">"):
			b.WriteString(">") // RFC 3676 §4.5: deeper quotes have their marks together
		default:
			b.WriteString("> ")
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

// html is the quote as HTML: the same lines, nothing of them markup.
func (q *Quote) html() string {
	var b strings.Builder
	b.WriteString("<p>" + htmlLines(strings.Join(q.intro, "\n")) + "</p>\n")
	if q.text == "" {
		return b.String()
	}
	tag := "div"
	if q.quoted {
		tag = "blockquote"
	}
	b.WriteString("<" + tag + ">" + htmlLines(q.text) + "</" + tag + ">\n")
	return b.String()
}

// htmlLines is text in HTML, each line on its own.
func htmlLines(text string) string {
	return strings.ReplaceAll(html.EscapeString(strings.TrimRight(text, "\n")), "\n", "<br>\n")
}

package calendar

import (
	"strings"

	"golang.org/x/net/html"

	"mail-imap-mcp/internal/extract/contentline"
)

// description is what the event says of itself. Outlook's X-ALT-DESC repeats it
// in HTML and is read only where there is nothing else.
func (c *calendar) description(e *component) string {
	text := e.text("DESCRIPTION")
	if text == "" {
		text = e.text("X-ALT-DESC")
	}
	lower := strings.ToLower(text)
	for _, sign := range []string{"</", "<br", "<html", "<p>", "<p ", "<div", "<span", "<!--"} {
		if strings.Contains(lower, sign) {
			text = c.page(text)
			break
		}
	}
	text = tidy(text)
	if short := contentline.Cut(text, maxDescription); len(short) < len(text) {
		text = strings.TrimSpace(short) + "…"
	}
	return text
}

// unseen are elements whose content nobody sees, hiding what a style says so.
// What needs a style sheet to know is not looked for: calendars have none.
var (
	unseen  = map[string]bool{"script": true, "style": true, "head": true, "title": true, "template": true, "noscript": true}
	blocks  = map[string]bool{"br": true, "p": true, "div": true, "li": true, "tr": true, "h1": true, "h2": true, "h3": true, "ul": true, "ol": true, "table": true}
	hiding  = []string{"display:none", "visibility:hidden", "opacity:0;", "font-size:0", "font-size:1px", "max-height:0"}
	isEmpty = map[string]bool{"br": true, "img": true, "hr": true, "input": true, "meta": true, "link": true, "wbr": true, "col": true}
)

// plain is the text of HTML that a person would see.
func plain(s string) string {
	z := html.NewTokenizer(strings.NewReader(s))
	var out strings.Builder
	hidden := 0 // open elements since the one that hides
	for {
		switch z.Next() {
		case html.ErrorToken:
			return out.String()
		case html.TextToken:
			if hidden == 0 {
				out.WriteString(z.Token().Data)
			}
		case html.StartTagToken:
			t := z.Token()
			if blocks[t.Data] && hidden == 0 {
				out.WriteByte('\n')
			}
			if !isEmpty[t.Data] && (hidden > 0 || hides(t)) {
				hidden++
			}
		case html.EndTagToken:
			t := z.Token()
			if blocks[t.Data] && hidden == 0 && t.Data != "li" && t.Data != "tr" {
				out.WriteByte('\n')
			}
			if hidden > 0 && !isEmpty[t.Data] {
				hidden--
			}
		}
	}
}

func hides(t html.Token) bool {
	if unseen[t.Data] {
		return true
	}
	for _, a := range t.Attr {
		switch a.Key {
		case "hidden":
			return true
		case "style":
			style := strings.ToLower(strings.Join(strings.Fields(a.Val), "")) + ";"
			for _, h := range hiding {
				if strings.Contains(style, h) {
					return true
				}
			}
		}
	}
	return false
}

// tidy trims lines and keeps at most one blank line in a row.
func tidy(s string) string {
	var out strings.Builder
	blank := 0
	for line := range strings.Lines(s) {
		line = strings.TrimRight(line, " \t\r\n")
		if line == "" {
			blank++
			continue
		}
		if out.Len() > 0 {
			out.WriteString(strings.Repeat("\n", min(1+blank, 2)))
		}
		blank = 0
		out.WriteString(line)
	}
	return out.String()
}

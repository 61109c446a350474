package safetext

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

const (
	// maxLinks is how many distinct links of a body are listed. A newsletter
	// has 50.
	maxLinks = 200

	// maxLinkText is the longest text of a link that is kept, in characters.
	maxLinkText = 300

	// maxLinkNodes is how many nodes of a link are looked at for its text.
	maxLinkNodes = 2_000
)

// linkList collects distinct links in order.
type linkList struct {
	all  []Link
	seen map[Link]bool
}

func (l *linkList) add(text, target, host string) {
	link := Link{Text: firstRunes(Line(text), maxLinkText), URL: target, Host: host}
	if link.Text == "" || len(l.all) >= maxLinks || l.seen[link] {
		return
	}
	if l.seen == nil {
		l.seen = map[Link]bool{}
	}
	l.seen[link] = true
	l.all = append(l.all, link)
}

// addBare adds the URLs that stand in s as text.
func (l *linkList) addBare(s string) {
	for len(l.all) < maxLinks {
		i := strings.Index(s, "://")
		if i < 0 {
			return
		}
		start := schemeStart(s, i)
		if start == i {
			s = s[i+3:]
			continue
		}
		end := i + 3 + urlLength(s[i+3:])
		l.addWritten(s[start:end])
		s = s[end:]
	}
}

// schemeStart is where the http or https before the "://" at i begins; i where
// another scheme, or none, stands there.
func schemeStart(s string, i int) int {
	for _, scheme := range []string{"https", "http"} {
		if n := len(scheme); i >= n && strings.EqualFold(s[i-n:i], scheme) {
			return i - n
		}
	}
	return i
}

// addWritten adds a URL as it was written, shortened where its text is.
func (l *linkList) addWritten(written string) {
	written = strings.TrimRight(written, ".,;:!?'*_")
	if strings.HasSuffix(written, ")") && !strings.Contains(written, "(") {
		written = strings.TrimRight(written, ").,;:!?")
	}
	target, host := linkTarget(written)
	if host == "" {
		return
	}
	if utf8.RuneCountInString(written) > maxLinkText {
		written = target
	}
	l.add(written, written, host)
}

// urlLength is how much of s belongs to a URL that started before it.
func urlLength(s string) int {
	if n := strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r == 0xa0 || strings.ContainsRune("<>\"`|\\", r) }); n >= 0 {
		return n
	}
	return len(s)
}

// linkText is what a reader sees of a link, alternative texts included.
func linkText(n *html.Node) string {
	var b strings.Builder
	nodes := 0
	for c := range n.Descendants() {
		if nodes++; nodes > maxLinkNodes || b.Len() > maxLinkText*utf8.UTFMax {
			break
		}
		switch {
		case c.Type == html.TextNode:
			b.WriteString(c.Data)
		case c.Type == html.ElementNode && c.Data == "img":
			b.WriteString(altText(c))
		case c.Type == html.ElementNode && blockTags[c.Data]:
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// firstRunes is the first n characters of s.
func firstRunes(s string, n int) string { return s[:ByteOffset(s, n)] }

// link writes [text](url), or the text alone where the target is not a page or
// an address, or says no more than the text.
func (r *renderer) link(n *html.Node) {
	target, host := linkTarget(attrOf(n, "href"))
	if target == "" || r.w.inLink {
		r.children(n)
		return
	}
	text := strings.TrimSpace(r.inlineOf(n, func(w *writer) { w.inLink = true }))
	if text != "" {
		seen := linkText(n)
		r.links.add(seen, target, host)
		if same := linkURL(seen); same == target {
			text = target // a long address, written out
		}
	}
	if startsWithSpace(n) {
		r.w.space = r.w.begun && r.w.breaks == 0
	}
	switch {
	case text == "":
	case sameAddress(text, target):
		r.w.text(strings.TrimPrefix(target, "mailto:"))
	default:
		r.w.raw("[" + text + "](" + target + ")")
	}
	if endsWithSpace(n) {
		r.w.space = r.w.begun
	}
}

// linkedAddress reports that a link to a mail address follows n and then a
// closing angle bracket, as in the introductions of quotes.
func linkedAddress(n *html.Node) bool {
	a := n.NextSibling
	if a == nil || a.Data != "a" || a.NextSibling == nil || !strings.HasPrefix(a.NextSibling.Data, ">") {
		return false
	}
	c := a.FirstChild
	return c != nil && c.NextSibling == nil && c.Type == html.TextNode && strings.EqualFold(attrOf(a, "href"), "mailto:"+c.Data) &&
		len(c.Data) <= maxAddress && !startsTag("<"+c.Data+">")
}

func startsWithSpace(n *html.Node) bool {
	first := n.FirstChild
	return first != nil && first.Type == html.TextNode && strings.TrimLeft(first.Data, " \t\r\n\u00a0") != first.Data
}

func endsWithSpace(n *html.Node) bool {
	last := n.LastChild
	return last != nil && last.Type == html.TextNode && strings.TrimRight(last.Data, " \t\r\n\u00a0") != last.Data
}

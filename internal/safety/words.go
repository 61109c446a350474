package safety

import (
	"encoding/base64"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mail-imap-mcp/internal/safetext"
)

// finding is what a text says, as a kind of signal with the span it stands on.
type finding struct {
	kind, message string
	sales         bool // as shops write too
	start, end    int  // characters
}

// findings looks for everything a text can say.
func findings(text string) []finding {
	if len(text) < leastText {
		return nil
	}
	f := fold(text)
	list := f.tokens(false)
	var out []finding
	if packed := f.spaced(); len(packed.words) > 0 {
		list = append(list, packed.tokens(true)...)
		slices.SortStableFunc(list, func(a, b token) int { return a.start - b.start })
	}
	list = withAddresses(list, text)
	for _, r := range rules {
		for _, span := range r.find(list) {
			out = append(out, finding{r.kind, r.message, r.sales, span[0], span[1]})
		}
	}
	return append(out, markers(text)...)
}

// leastText is shorter than any sentence that could say something.
const leastText = 8

// withAddresses adds the addresses of a text to its tokens, in order, if there
// is anything to send.
func withAddresses(list []token, text string) []token {
	sends := slices.ContainsFunc(list, func(t token) bool { return t.class&cSend != 0 })
	if !sends {
		return list
	}
	text = text[:min(len(text), maxFolded)]
	n, at := 0, 0 // characters and bytes counted
	for range maxAddressesRead {
		i := nextAddress(text, at)
		if i < 0 {
			break
		}
		n += utf8.RuneCountInString(text[at:i])
		list = append(list, token{cAddress, n, n + 1})
		n, at = n+1, i+1
	}
	slices.SortStableFunc(list, func(a, b token) int { return a.start - b.start })
	return list
}

// nextAddress is where an address's @ or a URL's colon stands, from byte at on;
// -1 for none.
func nextAddress(text string, at int) int {
	for at < len(text) {
		i := strings.IndexAny(text[at:], "@:")
		if i < 0 {
			return -1
		}
		i += at
		switch {
		case text[i] == ':' && strings.HasPrefix(text[i:], "://"):
			return i
		case text[i] == '@' && i > 0 && isBase64(text[i-1]) && i+1 < len(text) && isBase64(text[i+1]):
			return i
		}
		at = i + 1
	}
	return -1
}

// maxAddressesRead of one text are looked at.
const maxAddressesRead = 10_000

// words draws what the subject, the names and the body say.
func (d *drawer) words(f Facts) {
	subject := f.Header.Text("Subject")
	for _, one := range findings(subject) {
		d.add(Signal{Kind: one.kind, Level: d.levelOf(one, f), Message: one.message, Evidence: "Subject: " + excerpt(subject, one.start, one.end)})
	}
	for _, a := range f.From {
		for _, one := range findings(a.Name) {
			d.add(Signal{Kind: one.kind, Level: d.levelOf(one, f), Message: one.message, Evidence: "From: " + excerpt(a.Name, one.start, one.end)})
		}
	}
	for _, a := range f.Attachments[:min(len(f.Attachments), maxPerKind*8)] {
		for _, one := range findings(a.Filename) {
			d.add(Signal{Kind: one.kind, Level: d.levelOf(one, f), Message: one.message, Evidence: "File name: " + a.Filename})
		}
	}
	found := findings(f.Text)
	slices.SortStableFunc(found, func(a, b finding) int { return a.start - b.start })
	at, n := 0, 0 // byte and character positions, both only growing
	for _, one := range found {
		at += safetext.ByteOffset(f.Text[at:], one.start-n)
		n = one.start
		d.add(Signal{Kind: one.kind, Level: d.levelOf(one, f), Message: one.message, Evidence: excerpt(f.Text[at:], 0, one.end-one.start), Start: one.start, End: one.end})
	}
	d.encoded(f.Text)
}

// levelOf is how much it means that a text says something. Mailings sell gift
// cards and coins; a sender that the receiving server vouches for may ask its
// customers to sign in, on its own pages.
func (d *drawer) levelOf(one finding, f Facts) Level {
	switch one.kind {
	case KindPayment:
		return warnIf(!one.sales || !d.bulk)
	case KindCredentials:
		return warnIf(!d.authenticated || !d.linksHome(f.Links))
	}
	return Warning
}

// linksHome reports links that lead to the sender's own domain, none beside to a
// page that anyone could have put up.
func (d *drawer) linksHome(links []safetext.Link) bool {
	home := false
	for _, l := range links[:min(len(links), maxLinks)] {
		org := organisation(l.Host)
		if home = home || org == d.from || countsClicks(org); org != d.from && anyonesPage(l.Host) {
			return false
		}
	}
	return home
}

// hidden draws what text that no person would have seen says, how much of it
// there is, and what only a layout could decide. The evidence is the way it was
// hidden: its words are for those who ask for what was removed.
func (d *drawer) hidden(f Facts) {
	total, kinds := 0, []string{}
	shown := ""
	if len(f.Hidden) > 0 {
		shown = letters(f.Text[:min(len(f.Text), maxCompared)])
	}
	for i, h := range f.Hidden {
		// A preheader repeats the first words of many mailings.
		if said := letters(h.Text); said == "" || i < maxPreheaders && strings.Contains(shown, said) {
			continue
		}
		if h.Kind != commentKind { // instructions for Outlook, mostly
			total += utf8.RuneCountInString(h.Text)
		}
		if !slices.Contains(kinds, h.Kind) {
			kinds = append(kinds, h.Kind)
		}
		for _, one := range findings(h.Text) {
			d.add(Signal{Kind: KindHiddenOrders, Level: Warning, Message: "Text that no person would have seen: " + lowerFirst(one.message), Evidence: h.Kind})
		}
	}
	if total >= leastHidden {
		slices.Sort(kinds)
		d.add(Signal{Kind: KindHiddenText, Level: Notice, Message: "The mail holds much text that no person would have seen; it was removed.", Evidence: strings.Join(kinds, ", ")})
	}
	for _, doubt := range f.Doubts {
		d.add(Signal{Kind: KindLayoutDependent, Level: Notice, Message: "Only a drawn page could show whether some text is visible; it was left out.", Evidence: doubt})
	}
}

// maxPreheaders is how many pieces of hidden text are looked for in what is
// shown; mailings have one or two.
const maxPreheaders = 50

// commentKind is safetext's word for comments.
const commentKind = "comments"

// letters leaves only the letters and digits of a text, in lower case.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// leastHidden is how many hidden characters are worth a signal: preheaders of
// newsletters have up to 200.
const leastHidden = 400

// lowerFirst continues a sentence with another.
func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// excerpt is the characters start to end of text.
func excerpt(text string, start, end int) string {
	from := safetext.ByteOffset(text, start)
	return text[from : from+safetext.ByteOffset(text[from:], min(end-start, maxEvidence*2))]
}

const (
	// leastBlob is the shortest base64 that could hold an instruction.
	leastBlob = 32

	// maxBlobs and maxBlob bound what is decoded.
	maxBlobs = 20
	maxBlob  = 4 << 10
)

// encoded draws base64 in the body that decodes to a text that says something.
func (d *drawer) encoded(text string) {
	count, n := 0, 0
	for i := 0; i < len(text) && count < maxBlobs; {
		j := blobEnd(text, i)
		if j-i >= leastBlob {
			count++
			blob := text[i:min(j, i+maxBlob)]
			// In a URL a slash stands before it, not in it.
			for _, piece := range append([]string{blob}, strings.SplitN(blob, "/", maxBlobs)...) {
				if d.decoded(piece, n, n+j-i) {
					break
				}
			}
		}
		n += j - i
		i = j
		for i < len(text) && !isBase64(text[i]) {
			if utf8.RuneStart(text[i]) {
				n++
			}
			i++
		}
	}
}

// decoded draws what a blob at characters start to end decodes to, and reports
// whether it said anything.
func (d *drawer) decoded(blob string, start, end int) bool {
	plain := decodeBlob(blob)
	for _, one := range findings(plain) {
		if one.kind != KindPayment && one.kind != KindCredentials {
			d.add(Signal{Kind: KindEncoded, Level: Warning, Message: "Encoded text decodes to: " + lowerFirst(one.message), Evidence: plain, Start: start, End: end})
			return true
		}
	}
	return false
}

// fullLine is the least length of a line of base64 that goes on in the next
// (RFC 2045 §6.8 allows 76, RFC 7468 has 64).
const fullLine = 60

// blobEnd is the end of the run of base64 that starts at i, over line ends
// between full lines.
func blobEnd(text string, i int) int {
	line := i
	for i < len(text) {
		switch {
		case isBase64(text[i]):
		case text[i] == '\n' && i-line >= fullLine && i+1 < len(text) && isBase64(text[i+1]):
			line = i + 1
		default:
			return i
		}
		i++
	}
	return i
}

func isBase64(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '-' || c == '_'
}

// decodeBlob decodes base64 of either alphabet to text, "" if it is none.
func decodeBlob(s string) string {
	if len(s) < leastBlob {
		return ""
	}
	s = strings.NewReplacer("-", "+", "_", "/", "\n", "").Replace(s)
	b, err := base64.RawStdEncoding.DecodeString(s[:len(s)/4*4+len(s)%4/2*2])
	if err != nil {
		return ""
	}
	for _, r := range string(b) {
		if r == utf8.RuneError || r < ' ' && r != '\n' && r != '\t' && r != '\r' {
			return ""
		}
	}
	return string(b)
}

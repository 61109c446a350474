package mailtest

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	gomessage "github.com/emersion/go-message"
)

// hit is a message of the open mailbox with its number in this session.
type hit struct {
	n uint32
	*entry
}

const (
	internalDate = "02-Jan-2006 15:04:05 -0700"
	badSet       = "BAD Invalid messageset"
)

// pick resolves a set; a number beyond the last is an error (RFC 3501 §9, seq-number).
func (t *talk) pick(set string, byUID bool) ([]hit, string) {
	last := uint32(len(t.view))
	if byUID && last > 0 {
		last = t.view[last-1].uid
	}
	spans, ok := parseSpans(set, last)
	if !ok || !byUID && slices.ContainsFunc(spans, func(s span) bool { return s.to > last || s.from == 0 }) {
		return nil, badSet
	}
	in := make([]bool, len(t.view))
	for _, s := range spans {
		from := int(s.from) - 1
		if byUID {
			from, _ = slices.BinarySearchFunc(t.view, s.from, func(e *entry, uid uint32) int { return int(e.uid) - int(uid) })
		}
		for i := max(from, 0); i < len(in) && (byUID && t.view[i].uid <= s.to || !byUID && uint32(i) < s.to); i++ {
			in[i] = true
		}
	}
	var hits []hit
	for i, e := range t.view {
		if in[i] && !e.gone {
			hits = append(hits, hit{uint32(i) + 1, e})
		}
	}
	return hits, ""
}

// limit keeps the newest messages when a command has too many, newest first,
// and gives the code for its tagged answer (RFC 9738 §3.1): the limit and the
// lowest UID that was processed.
func (t *talk) limit(hits []hit) (kept []hit, code string) {
	n := t.o.MessageLimit
	if n == 0 || len(hits) <= n {
		return hits, ""
	}
	kept = slices.Clone(hits[len(hits)-n:])
	slices.Reverse(kept)
	return kept, fmt.Sprintf("[MESSAGELIMIT %d %d] ", n, kept[n-1].uid)
}

func (t *talk) fetch(byUID bool, words []word) string {
	if len(words) < 2 {
		return "BAD Could not parse command"
	}
	hits, problem := t.pick(words[0].text, byUID)
	if problem != "" {
		return problem
	}
	items := words[1].list
	if words[1].kind != '(' {
		items = words[1:2]
	}
	if len(words) > 2 {
		if hits, problem = t.fetchModifiers(byUID, words[0].text, words[2].list, hits); problem != "" {
			return problem
		}
		if t.enabled["CONDSTORE"] && strings.Contains(joinWords(words[2].list), "CHANGEDSINCE") {
			items = append(slices.Clone(items), word{text: "MODSEQ", kind: 'a'}) // RFC 7162 §3.1.4.1
		}
	}
	hits, code := t.limit(hits)
	for _, h := range hits {
		if problem := t.row(h, byUID, items); problem != "" {
			return problem
		}
	}
	return "OK " + code + "Success"
}

// fetchModifiers are CHANGEDSINCE and VANISHED (RFC 7162 §3.1.4.1, §3.2.6) and
// PARTIAL, which only UID FETCH has (RFC 9394 §3.3).
func (t *talk) fetchModifiers(byUID bool, set string, mods []word, hits []hit) ([]hit, string) {
	vanished := strings.Contains(joinWords(mods), "VANISHED")
	for i := 0; i+1 < len(mods) || i < len(mods) && vanished; i++ {
		switch name := strings.ToUpper(mods[i].text); {
		case name == "CHANGEDSINCE" && t.has("CONDSTORE") && i+1 < len(mods):
			i++
			since, err := strconv.ParseUint(mods[i].text, 10, 63)
			if err != nil {
				return nil, "BAD Not a mod-sequence"
			}
			t.enabled["CONDSTORE"] = true
			hits = slices.DeleteFunc(hits, func(h hit) bool { return h.mod() <= since })
			if vanished {
				if !t.enabled["QRESYNC"] || !byUID {
					return nil, "BAD VANISHED needs QRESYNC and UID FETCH"
				}
				spans, _ := parseSpans(set, t.open.uidNext-1)
				t.tellEarlier(t.open, since, spans)
			}
		case name == "PARTIAL" && t.has("PARTIAL") && byUID && i+1 < len(mods):
			i++
			from, to, ok := partialOf(mods[i].text, len(hits))
			if !ok {
				return nil, "BAD Not a range of results"
			}
			if n := t.o.MessageLimit; n > 0 && extent(mods[i].text) > n { // RFC 9738 §3.1
				return nil, fmt.Sprintf("NO [MESSAGELIMIT %d] FETCH exceeds the maximum %d-message limit", n, n)
			}
			hits = hits[from:to]
		case name == "VANISHED":
		default:
			return nil, "BAD Unknown modifier"
		}
	}
	return hits, ""
}

// partialOf reads a range of RFC 9394 §4: 1:500 from the lowest, -1:-100 from
// the highest; as indexes into count results.
func partialOf(text string, count int) (from, to int, ok bool) {
	a, b, ok := strings.Cut(text, ":")
	x, err1 := strconv.Atoi(a)
	y, err2 := strconv.Atoi(b)
	if !ok || err1 != nil || err2 != nil || x == 0 || y == 0 || (x < 0) != (y < 0) {
		return 0, 0, false
	}
	if x < 0 {
		x, y = count+1+x, count+1+y
	}
	from, to = max(min(x, y)-1, 0), min(max(x, y), count)
	return min(from, count), max(to, min(from, count)), true
}

// extent is how many results a range asks for.
func extent(text string) int {
	a, b, _ := strings.Cut(text, ":")
	d := atoi(a) - atoi(b)
	return max(d, -d) + 1
}

// begin writes "* 5 FETCH (", or "* 4711 UIDFETCH (" (RFC 9586 §3.3).
func (t *talk) begin(h hit) {
	if t.enabled["UIDONLY"] {
		fmt.Fprintf(&t.out, "* %d UIDFETCH (", h.uid)
	} else {
		fmt.Fprintf(&t.out, "* %d FETCH (", h.n)
	}
}

// flagsRow tells the flags of a message unasked.
func (t *talk) flagsRow(n uint32, e *entry) {
	t.begin(hit{n, e})
	fmt.Fprintf(&t.out, "UID %d FLAGS (%s)", e.uid, strings.Join(e.allFlags(), " "))
	if t.enabled["CONDSTORE"] {
		fmt.Fprintf(&t.out, " MODSEQ (%d)", e.mod())
	}
	t.say(")")
}

var fetchMacros = map[string]string{ // RFC 3501 §6.4.5
	"ALL": "FLAGS INTERNALDATE RFC822.SIZE ENVELOPE", "FAST": "FLAGS INTERNALDATE RFC822.SIZE",
	"FULL": "FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODY",
}

// fetchNeeds are the items that only an extension brings.
var fetchNeeds = map[string]string{
	"MODSEQ": "CONDSTORE", "PREVIEW": "PREVIEW", "SAVEDATE": "SAVEDATE", "EMAILID": "OBJECTID", "THREADID": "OBJECTID",
	"X-GM-MSGID": "X-GM-EXT-1", "X-GM-THRID": "X-GM-EXT-1", "X-GM-LABELS": "X-GM-EXT-1",
}

func (t *talk) row(h hit, byUID bool, items []word) string {
	if len(items) == 1 && fetchMacros[strings.ToUpper(items[0].text)] != "" {
		items = parseWords(fetchMacros[strings.ToUpper(items[0].text)])
	}
	start := t.out.Len()
	t.begin(h)
	separator := ""
	if byUID && !t.enabled["UIDONLY"] { // there the row begins with it
		fmt.Fprintf(&t.out, "UID %d", h.uid)
		separator = " "
	}
	for i, item := range items {
		name := strings.ToUpper(item.text)
		if item.kind == '(' || name == "UID" && byUID && !t.enabled["UIDONLY"] {
			continue // LAZY, or said already
		}
		if needs := fetchNeeds[name]; needs != "" && !t.has(needs) {
			t.out.Truncate(start)
			return "BAD Unknown item " + name
		}
		t.out.WriteString(separator)
		separator = " "
		lazy := i+1 < len(items) && items[i+1].kind == '(' && strings.EqualFold(joinWords(items[i+1].list), "LAZY")
		if problem := t.item(h, name, lazy); problem != "" {
			t.out.Truncate(start)
			return problem
		}
	}
	t.say(")")
	return ""
}

func (t *talk) item(h hit, name string, lazy bool) string {
	var value string
	switch name {
	case "UID":
		value = strconv.FormatUint(uint64(h.uid), 10)
	case "FLAGS":
		value = "(" + strings.Join(h.allFlags(), " ") + ")"
	case "INTERNALDATE":
		value = quote(h.arrived.Format(internalDate))
	case "RFC822.SIZE":
		value = strconv.Itoa(len(h.raw()))
	case "ENVELOPE":
		value = envelope(imapserver.ExtractEnvelope(h.header()))
	case "BODYSTRUCTURE", "BODY":
		value = structure(structureOf(h.raw()), name == "BODYSTRUCTURE")
	case "MODSEQ":
		t.enabled["CONDSTORE"] = true
		value = fmt.Sprintf("(%d)", h.mod())
	case "SAVEDATE": // RFC 8514 §4.2
		value = quote(h.saved.Format(internalDate))
	case "EMAILID":
		value = fmt.Sprintf("(M%d)", h.id)
	case "THREADID":
		value = fmt.Sprintf("(T%d)", h.thread)
	case "X-GM-MSGID":
		value = strconv.FormatUint(h.id, 10)
	case "X-GM-THRID":
		value = strconv.FormatUint(h.thread, 10)
	case "X-GM-LABELS":
		value = "(" + t.labels(h.letter) + ")"
	case "PREVIEW":
		if value = "NIL"; !lazy || !t.o.LazyPreviews {
			value = text(previewOf(h.raw()))
		}
	default:
		return t.section(h, name)
	}
	t.out.WriteString(name + " " + value)
	return ""
}

var sectionForm = regexp.MustCompile(`^BODY(\.PEEK)?\[([0-9.]*?)\.?(HEADER\.FIELDS\.NOT|HEADER\.FIELDS|HEADER|TEXT|MIME)?(?: \(([^)]*)\))?\](?:<(\d+)\.(\d+)>)?$`)

// section answers BODY[…] and BODY.PEEK[…] (RFC 3501 §6.4.5).
func (t *talk) section(h hit, name string) string {
	m := sectionForm.FindStringSubmatch(name)
	if m == nil {
		return "BAD Unknown item " + name
	}
	item := &imap.FetchItemBodySection{Specifier: imap.PartSpecifier(m[3])}
	for _, digits := range strings.FieldsFunc(m[2], func(r rune) bool { return r == '.' }) {
		n, _ := strconv.Atoi(digits)
		item.Part = append(item.Part, n)
	}
	fields := strings.Fields(strings.ReplaceAll(m[4], `"`, ""))
	switch m[3] {
	case "HEADER.FIELDS":
		if t.o.Profile == Yahoo { // as reported: it is not there, whatever the mail has
			fields = slices.DeleteFunc(fields, func(f string) bool { return f == "LIST-UNSUBSCRIBE" })
		}
		item.Specifier, item.HeaderFields = imap.PartSpecifierHeader, slices.Concat(fields, []string{"X-No-Such-Field"})
	case "HEADER.FIELDS.NOT":
		item.Specifier, item.HeaderFieldsNot = imap.PartSpecifierHeader, fields
	}
	label := "BODY" + name[strings.IndexByte(name, '['):]
	if m[5] != "" {
		offset, _ := strconv.ParseInt(m[5], 10, 63)
		size, _ := strconv.ParseInt(m[6], 10, 63)
		item.Partial = &imap.SectionPartial{Offset: offset, Size: size}
		label = label[:strings.LastIndexByte(label, '.')] + ">"
	}
	if m[1] == "" && !t.readOnly && !h.hasFlag(`\Seen`) {
		t.letters.flag(h.entry, `\Seen`, true)
	}
	content := sectionOf(h.raw(), item)
	fmt.Fprintf(&t.out, "%s {%d}\r\n%s", label, len(content), content)
	return ""
}

var tags = regexp.MustCompile(`<[^>]*>`)

// previewOf is the first 200 characters of the first text (RFC 8970 §3.3). Of
// HTML it takes all text, also what the sender hid, as servers do.
func previewOf(raw []byte) string {
	e, _ := gomessage.Read(bytes.NewReader(raw))
	if e == nil {
		return ""
	}
	found := ""
	_ = e.Walk(func(_ []int, part *gomessage.Entity, err error) error {
		kind, _, _ := part.Header.ContentType()
		if found == "" && err == nil && (strings.HasPrefix(kind, "text/") || kind == "") {
			b, _ := io.ReadAll(part.Body)
			found = string(b)
			if kind == "text/html" {
				found = tags.ReplaceAllString(found, " ")
			}
			found = strings.Join(strings.Fields(found), " ")
		}
		return nil
	})
	if runes := []rune(found); len(runes) > 200 {
		found = string(runes[:200])
	}
	return found
}

// text writes a string: quoted, or as a literal when it must be.
func text(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) {
		return fmt.Sprintf("{%d}\r\n%s", len(s), s)
	}
	return quote(s)
}

func sameDay(t time.Time, day string) (int, bool) {
	d, err := time.Parse("2-Jan-2006", day)
	number := func(t time.Time) int { return t.Year()*10000 + int(t.Month())*100 + t.Day() }
	return number(t) - number(d), err == nil
}

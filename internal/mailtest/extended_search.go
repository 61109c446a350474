package mailtest

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"time"

	gomessage "github.com/emersion/go-message"
	"github.com/emersion/go-message/mail"
)

// test says whether a message matches a search key.
type test func(h hit) bool

// keys reads the keys of one search (RFC 3501 §6.4.4). The problem is the
// tagged answer to what cannot be read.
type keys struct {
	*talk
	words    []word
	problem  string
	sets     []test // of messages, that the whole search is within
	byModseq bool   // MODSEQ was a key: the answer names one too (RFC 7162 §3.1.5)
}

func (t *talk) search(tag string, byUID bool, order func([]hit), words []word) string {
	var returns []word
	extended := false
	if len(words) > 1 && strings.EqualFold(words[0].text, "RETURN") {
		needs := "ESEARCH"
		if order != nil {
			needs = "ESORT"
		}
		if !t.has(needs) {
			return "BAD Could not parse command"
		}
		extended, returns, words = true, words[1].list, words[2:]
	}
	if order != nil { // the criteria were read by sort
		words = words[1:]
	}
	charset := ""
	if order != nil && len(words) > 0 {
		charset, words = words[0].text, words[1:]
	} else if len(words) > 1 && strings.EqualFold(words[0].text, "CHARSET") {
		charset, words = words[1].text, words[2:]
	}
	switch strings.ToUpper(charset) {
	case "", "US-ASCII":
		if anyWide(words) {
			return "BAD Could not parse command"
		}
	case "UTF-8":
	default:
		return "NO [BADCHARSET (UTF-8)] Unknown charset"
	}
	if len(words) == 0 {
		return "BAD Could not parse command"
	}
	k := &keys{talk: t, words: words}
	match := k.all()
	if k.problem != "" {
		return k.problem
	}
	var hits []hit
	for i, e := range t.view {
		h := hit{uint32(i) + 1, e}
		if !e.gone && !slices.ContainsFunc(k.sets, func(in test) bool { return !in(h) }) {
			hits = append(hits, h)
		}
	}
	hits, code := t.limit(hits) // what is searched counts, not what matches
	hits = slices.DeleteFunc(hits, func(h hit) bool { return !match(h) })
	if code != "" && extended {
		slices.Reverse(hits)
	}
	if order != nil {
		order(hits)
	}
	if extended {
		if problem := t.esearch(tag, byUID, returns, hits, k.byModseq); problem != "" {
			return problem
		}
		return "OK " + code + "SEARCH completed (Success)"
	}
	name, list := "SEARCH", ""
	if order != nil {
		name = "SORT"
	}
	for _, h := range hits {
		list += " " + strconv.FormatUint(uint64(h.number(byUID)), 10)
	}
	if k.byModseq && len(hits) > 0 {
		list += " (MODSEQ " + strconv.FormatUint(highestOf(hits), 10) + ")"
	}
	t.say("* %s%s", name, list)
	return "OK " + code + "SEARCH completed (Success)"
}

func anyWide(words []word) bool {
	return slices.ContainsFunc(words, func(w word) bool {
		return anyWide(w.list) || strings.ContainsFunc(w.text, func(r rune) bool { return r > '~' })
	})
}

func (h hit) number(byUID bool) uint32 {
	if byUID {
		return h.uid
	}
	return h.n
}

func highestOf(hits []hit) (high uint64) {
	for _, h := range hits {
		high = max(high, h.mod())
	}
	return high
}

// all reads to the end; every key has to match.
func (k *keys) all() test {
	var tests []test
	for len(k.words) > 0 && k.problem == "" {
		name := strings.ToUpper(k.words[0].text)
		tests = append(tests, k.one())
		if _, isSet := parseSpans(name, 1); isSet || name == "UID" || name == "UIDAFTER" || name == "UIDBEFORE" {
			k.sets = append(k.sets, tests[len(tests)-1])
		}
	}
	return func(h hit) bool { return !slices.ContainsFunc(tests, func(t test) bool { return !t(h) }) }
}

func (k *keys) next() word {
	if len(k.words) == 0 {
		k.problem = "BAD Search key without its argument"
		return word{}
	}
	w := k.words[0]
	k.words = k.words[1:]
	return w
}

func (k *keys) argument() string { return k.next().text }

func (k *keys) number(bits int) uint64 {
	n, err := strconv.ParseUint(k.argument(), 10, bits)
	if err != nil {
		k.problem = "BAD Not a number"
	}
	return n
}

// keyNeeds are the search keys that only an extension brings.
var keyNeeds = map[string]string{
	"YOUNGER": "WITHIN", "OLDER": "WITHIN", "MODSEQ": "CONDSTORE", "SAVEDBEFORE": "SAVEDATE", "SAVEDON": "SAVEDATE",
	"SAVEDSINCE": "SAVEDATE", "SAVEDATESUPPORTED": "SAVEDATE", "EMAILID": "OBJECTID", "THREADID": "OBJECTID",
	"X-GM-RAW": "X-GM-EXT-1", "X-GM-MSGID": "X-GM-EXT-1", "X-GM-THRID": "X-GM-EXT-1", "X-GM-LABELS": "X-GM-EXT-1",
}

var flagKeys = map[string]string{
	"ANSWERED": `\Answered`, "DELETED": `\Deleted`, "DRAFT": `\Draft`, "FLAGGED": `\Flagged`, "SEEN": `\Seen`,
}

func (k *keys) one() test {
	w := k.next()
	if w.kind == '(' {
		inner := &keys{talk: k.talk, words: w.list}
		match := inner.all()
		k.problem, k.byModseq = inner.problem, k.byModseq || inner.byModseq
		return match
	}
	name := strings.ToUpper(w.text)
	if needs := keyNeeds[name]; needs != "" && !k.has(needs) {
		k.problem = "BAD Unknown search key " + name
		return nil
	}
	if flag := flagKeys[name]; flag != "" {
		return func(h hit) bool { return h.hasFlag(flag) }
	}
	if flag := flagKeys[strings.TrimPrefix(name, "UN")]; flag != "" {
		return func(h hit) bool { return !h.hasFlag(flag) }
	}
	switch name {
	case "ALL", "OLD", "SAVEDATESUPPORTED":
		return func(hit) bool { return true }
	case "NEW", "RECENT":
		return func(hit) bool { return false }
	case "NOT":
		a := k.one()
		return func(h hit) bool { return !a(h) }
	case "OR":
		a, b := k.one(), k.one()
		return func(h hit) bool { return a(h) || b(h) }
	case "KEYWORD", "UNKEYWORD":
		flag := k.argument()
		return func(h hit) bool { return h.hasFlag(flag) == (name == "KEYWORD") }
	case "LARGER", "SMALLER":
		size := int(k.number(32))
		return func(h hit) bool {
			return name == "LARGER" && len(h.raw()) > size || name == "SMALLER" && len(h.raw()) < size
		}
	case "UID":
		return k.numbers(k.argument(), true)
	case "UIDAFTER", "UIDBEFORE": // RFC 9738 §3.2
		uid := k.number(32)
		if k.o.MessageLimit == 0 {
			k.problem = "BAD Unknown search key " + name
		}
		return func(h hit) bool {
			return name == "UIDAFTER" && uint64(h.uid) > uid || name == "UIDBEFORE" && uint64(h.uid) < uid
		}
	case "YOUNGER", "OLDER": // RFC 5032 §2: seconds
		border := k.o.Now().Add(-time.Duration(k.number(32)) * time.Second)
		return func(h hit) bool { return h.arrived.Before(border) == (name == "OLDER") }
	case "MODSEQ":
		if n := k.next(); n.kind == 's' { // entry name and type, of which there is one
			_ = k.next()
		} else {
			k.words = append([]word{n}, k.words...)
		}
		since := k.number(63)
		k.byModseq = true
		k.enabled["CONDSTORE"] = true
		return func(h hit) bool { return h.mod() >= since }
	case "EMAILID", "THREADID":
		id := k.argument()
		return func(h hit) bool {
			return name == "EMAILID" && id == "M"+strconv.FormatUint(h.id, 10) ||
				name == "THREADID" && id == "T"+strconv.FormatUint(h.thread, 10)
		}
	}
	if match := k.text(name); match != nil {
		return match
	}
	if match := k.date(name); match != nil {
		return match
	}
	if match := k.gmailKey(name); match != nil {
		return match
	}
	if k.enabled["UIDONLY"] {
		k.problem = "BAD [UIDREQUIRED] No message numbers" // RFC 9586 §3.5
		return nil
	}
	return k.numbers(name, false)
}

func (k *keys) numbers(set string, byUID bool) test {
	picked, problem := k.pick(set, byUID)
	if problem != "" {
		k.problem = "BAD Unknown search key"
	}
	in := map[uint32]bool{}
	for _, h := range picked {
		in[h.uid] = true
	}
	return func(h hit) bool { return in[h.uid] }
}

// text is what looks into the message; texts match as substrings.
func (k *keys) text(name string) test {
	switch name {
	case "FROM", "TO", "CC", "BCC", "SUBJECT":
		want := k.argument()
		return func(h hit) bool { return fieldHas(h, name, want) }
	case "HEADER":
		field, want := k.argument(), k.argument()
		if k.o.Profile == Yahoo && strings.EqualFold(field, "List-Id") { // as reported
			return func(hit) bool { return false }
		}
		return func(h hit) bool { return fieldHas(h, field, want) }
	case "TEXT", "BODY":
		want := k.argument()
		return func(h hit) bool {
			headers, bodies := textsOf(h.letter)
			return contains(bodies, want) || name == "TEXT" && contains(headers, want)
		}
	}
	return nil
}

func fieldHas(h hit, field, want string) bool {
	header := h.header()
	return matchFields(header.FieldsByKey(field), want)
}

func textsOf(m *letter) (headers, bodies string) {
	var h, b strings.Builder
	e, _ := gomessage.Read(bytes.NewReader(m.raw()))
	collect(e, 0, &h, &b)
	return h.String(), b.String()
}

// date is the keys with a day: of INTERNALDATE, of the Date field, of the date
// saved (RFC 8514 §4.3).
func (k *keys) date(name string) test {
	of := func(h hit) time.Time { return h.arrived }
	compare := name
	switch {
	case strings.HasPrefix(name, "SENT"):
		compare = name[4:]
		of = func(h hit) time.Time {
			header := mail.Header{Header: gomessage.Header{Header: h.header()}}
			date, _ := header.Date()
			return date
		}
	case strings.HasPrefix(name, "SAVED"):
		compare = name[5:]
		of = func(h hit) time.Time { return h.saved }
	}
	if compare != "SINCE" && compare != "BEFORE" && compare != "ON" {
		return nil
	}
	day := k.argument()
	if _, ok := sameDay(time.Time{}, day); !ok {
		k.problem = "BAD Not a date" // quoted ones are, RFC 3501 §9 date
	}
	return func(h hit) bool {
		d, _ := sameDay(of(h), day)
		return compare == "SINCE" && d >= 0 || compare == "BEFORE" && d < 0 || compare == "ON" && d == 0
	}
}

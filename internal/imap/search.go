package imap

import (
	"fmt"
	"strings"
	"time"
)

// SearchCriteria are search keys (RFC 9051 §6.4.4); all that are given must
// match.
type SearchCriteria struct {
	UID     []UIDSet
	Since   time.Time     // day of arrival
	Before  time.Time     // day of arrival, exclusive
	Younger time.Duration // RFC 5032: arrived within; whole seconds
	Header  []SearchCriteriaHeaderField
	Body    []string
	Text    []string
	Flag    []Flag
	NotFlag []Flag
	Larger  int64 // bytes, exclusive
	Smaller int64 // bytes, exclusive
	Not     []SearchCriteria
	Or      [][2]SearchCriteria

	GmailRaw   string // X-GM-RAW: Gmail's own search language
	GmailThrID uint64 // X-GM-THRID
	ThreadID   string // RFC 8474
}

// SearchCriteriaHeaderField asks for a header field that contains a value; ""
// asks that it exists.
type SearchCriteriaHeaderField struct{ Key, Value string }

// SearchOptions are what ESEARCH shall return (RFC 4731). nil sends a plain
// SEARCH.
type SearchOptions struct {
	ReturnMin, ReturnMax, ReturnAll, ReturnCount bool
}

// SearchData is the answer to SEARCH. A plain answer to a question for ESEARCH,
// as iCloud and Cyrus 2.4 give it (MailKit#863, cyrus-imapd#1720), is brought into
// its form. Of what is asked and not answered Has reports false.
type SearchData struct {
	All      UIDSet
	Min, Max UID
	Count    uint32
	// LookedDownTo is where the server stopped: messages with lower UIDs were
	// not searched (MESSAGELIMIT, RFC 9738); 0: all were.
	LookedDownTo UID

	plain    bool // it came as SEARCH
	answered bool
	count    bool
	all      bool
	tag      string
	uid      bool
}

// HasCount reports whether Count was said.
func (d *SearchData) HasCount() bool { return d.count }

// HasAll reports whether All is what was found: it was said, or nothing was found,
// where servers leave it out. A count above 0 without it is no answer.
func (d *SearchData) HasAll() bool { return d.all || !d.count || d.Count == 0 }

// Answered reports whether there was any answer beside the tagged OK.
func (d *SearchData) Answered() bool { return d.answered }

// UIDSearch sends UID SEARCH (RFC 9051 §6.4.9). CHARSET is named only where a
// string outside US-ASCII makes it needed.
func (c *Client) UIDSearch(criteria *SearchCriteria, options *SearchOptions) *Query[*SearchData] {
	words := "UID SEARCH"
	if options != nil {
		words += " RETURN (" + options.words() + ")"
	}
	probe := &encoder{c: c}
	probe.criteria(criteria)
	if probe.utf8 {
		words += " CHARSET UTF-8"
	}
	e, p := c.begin(words)
	e.criteria(criteria)
	q := &Query[*SearchData]{Command: Command{c, p}, answer: &SearchData{}}
	p.take = func(data untagged) bool {
		switch data := data.(type) {
		case *SearchData:
			if strings.HasPrefix(data.tag, c.r.tags) && data.tag != p.tag {
				return false // another command's, or one's that is over
			}
			q.answer.add(data)
			return true
		case *status:
			if data == p.status {
				q.answer.complete()
			}
			if data.code == ResponseCodeMessageLimit {
				if words := strings.Fields(data.arg); len(words) == 2 {
					q.answer.LookedDownTo, _ = parseNumber(words[1])
				}
			}
		}
		return false
	}
	c.send(e, p)
	return q
}

func (o *SearchOptions) words() string {
	var words []string
	for _, item := range []struct {
		on   bool
		name string
	}{{o.ReturnMin, "MIN"}, {o.ReturnMax, "MAX"}, {o.ReturnAll, "ALL"}, {o.ReturnCount, "COUNT"}} {
		if item.on {
			words = append(words, item.name)
		}
	}
	return strings.Join(words, " ")
}

// add joins an answer, which may come in several rows.
func (d *SearchData) add(more *SearchData) {
	d.answered = true
	d.All = append(d.All, more.All...)
	d.plain, d.count, d.all = d.plain || more.plain, d.count || more.count, d.all || more.all
	if more.Min != 0 {
		d.Min = more.Min
	}
	if more.Max != 0 {
		d.Max = more.Max
	}
	if more.count {
		d.Count = more.Count
	}
}

// complete works out what follows from the rest.
func (d *SearchData) complete() {
	d.All = d.All.normal()
	if !d.plain && !d.all {
		return
	}
	if n := uint32(d.All.Len()); d.plain || !d.count {
		d.Count, d.count = n, true
	}
	if n := len(d.All); n > 0 {
		if d.Min == 0 {
			d.Min = d.All[0].Start
		}
		if d.Max == 0 {
			d.Max = d.All[n-1].Stop
		}
	}
}

// maxNumbers is how many numbers or ranges of a SEARCH answer are kept: those of
// a mailbox of a million messages; the limit of an operation's lines comes first.
const maxNumbers = 2 << 20

// readSearch reads the numbers of SEARCH (RFC 9051 §7.3.4).
func (c *Client) readSearch() (untagged, error) {
	data := &SearchData{plain: true, all: true}
	numbers, err := c.r.numbers()
	for _, n := range numbers {
		data.All.AddNum(n)
	}
	return data, err
}

// numbers reads numbers to the end of the line, whose length only the limits of
// the operation bound. What is no number, as MODSEQ behind them (RFC 7162), is left
// out.
func (r *reader) numbers() (list []uint32, err error) {
	r.line -= r.limits.OpLines // not bound as one line
	for {
		if err := r.blanks(); err != nil {
			return list, err
		}
		if end, err := r.lineEnd(); end || err != nil {
			return list, err
		}
		b, err := r.peek()
		if err != nil {
			return list, err
		}
		switch b {
		case '(', '"', '{':
			r.values = 0
			if _, err := r.value(0); err != nil {
				return list, err
			}
		case ')':
			if _, err := r.take(); err != nil {
				return list, err
			}
		default:
			word, err := r.atom()
			if err != nil {
				return list, err
			}
			if n, ok := parseNumber(word); ok && n > 0 && len(list) < maxNumbers {
				list = append(list, n)
			}
		}
	}
}

// readESearch reads ESEARCH (RFC 9051 §7.3.4): the tag it answers, UID, and pairs
// of names and values, which some servers put in parentheses (MailKit#323).
func (c *Client) readESearch() (untagged, error) {
	data := &SearchData{}
	r := c.r
	atom := r.limits.Atom
	r.limits.Atom, r.line = r.limits.OpLines, -r.limits.OpLines // ALL is one atom
	list, err := r.all()
	r.limits.Atom = atom
	data.answered = true
	data.items(list)
	return data, err
}

func (d *SearchData) items(list []value) {
	for i := 0; i < len(list); i++ {
		v := list[i]
		if v.kind == kindList {
			if strings.EqualFold(v.item(0).string(), "TAG") {
				d.tag = v.item(1).string()
			} else {
				d.items(v.list)
			}
			continue
		}
		name := strings.ToUpper(v.string())
		if name == "UID" {
			d.uid = true
			continue
		}
		if i+1 >= len(list) {
			return
		}
		arg := list[i+1]
		if known := esearchItems[name]; known == nil {
			if arg.kind == kindAtom && esearchItems[strings.ToUpper(arg.string())] != nil {
				continue // a word alone
			}
		} else if esearchItems[strings.ToUpper(arg.string())] != nil {
			continue // its value is missing
		} else {
			known(d, arg)
		}
		i++
	}
}

// esearchItems are the items of ESEARCH that are understood.
var esearchItems = map[string]func(*SearchData, value){
	"MIN": func(d *SearchData, v value) { d.Min = UID(v.number()) },
	"MAX": func(d *SearchData, v value) { d.Max = UID(v.number()) },
	"COUNT": func(d *SearchData, v value) {
		n, ok := parseNumber(v.string())
		d.Count, d.count = n, ok
	},
	"ALL": func(d *SearchData, v value) {
		d.All, _ = parseSet(v.string(), maxNumbers)
		d.all = true
	},
}

// criteria adds search keys, each behind a blank; where there are none, ALL.
func (e *encoder) criteria(s *SearchCriteria) {
	if s.count() == 0 {
		e.raw(" ALL")
	}
	e.keys(s)
}

// ownKeys are the header fields that have a key of their own.
var ownKeys = map[string]string{"from": "FROM", "to": "TO", "cc": "CC", "bcc": "BCC", "subject": "SUBJECT"}

// flagKeys are the flags that have a key of their own.
var flagKeys = map[Flag]string{
	FlagSeen: "SEEN", FlagAnswered: "ANSWERED", FlagFlagged: "FLAGGED", FlagDeleted: "DELETED", FlagDraft: "DRAFT",
}

func (e *encoder) keys(s *SearchCriteria) {
	for _, set := range s.UID {
		e.raw(" UID " + set.String())
	}
	if !s.Since.IsZero() {
		e.raw(" SINCE " + date(s.Since))
	}
	if !s.Before.IsZero() {
		e.raw(" BEFORE " + date(s.Before))
	}
	if s.Younger > 0 {
		e.raw(" YOUNGER").number(int64(s.Younger / time.Second))
	}
	for _, h := range s.Header {
		e.header(h)
	}
	for _, text := range s.Body {
		e.raw(" BODY ").string(text)
	}
	for _, text := range s.Text {
		e.raw(" TEXT ").string(text)
	}
	for _, f := range s.Flag {
		e.flagKey("", f)
	}
	for _, f := range s.NotFlag {
		e.flagKey("UN", f)
	}
	if s.Larger > 0 {
		e.raw(" LARGER").number(s.Larger)
	}
	if s.Smaller > 0 {
		e.raw(" SMALLER").number(s.Smaller)
	}
	if s.GmailRaw != "" {
		e.raw(" X-GM-RAW ").string(s.GmailRaw)
	}
	if s.GmailThrID != 0 {
		e.raw(fmt.Sprintf(" X-GM-THRID %d", s.GmailThrID))
	}
	if s.ThreadID != "" {
		e.raw(" THREADID ").astring(s.ThreadID)
	}
	for i := range s.Not {
		e.raw(" NOT")
		e.operand(&s.Not[i])
	}
	for i := range s.Or {
		e.raw(" OR")
		e.operand(&s.Or[i][0])
		e.operand(&s.Or[i][1])
	}
}

// operand adds what NOT and OR take: one key as it is, several in parentheses,
// which some servers refuse.
func (e *encoder) operand(s *SearchCriteria) {
	if s.count() == 1 {
		e.keys(s)
		return
	}
	inner := &encoder{c: e.c}
	inner.criteria(s)
	e.raw(" (")
	for i, p := range inner.pieces {
		if i == 0 {
			p.data = p.data[1:]
		}
		e.pieces = append(e.pieces, piece{data: append(e.buf, p.data...), sync: p.sync})
		e.buf = nil
	}
	if len(inner.pieces) == 0 {
		inner.buf = inner.buf[1:]
	}
	e.buf = append(e.buf, inner.buf...)
	e.utf8 = e.utf8 || inner.utf8
	e.raw(")")
}

// count is how many keys the criteria are.
func (s *SearchCriteria) count() int {
	n := len(s.UID) + len(s.Header) + len(s.Body) + len(s.Text) + len(s.Flag) + len(s.NotFlag) + len(s.Not) + len(s.Or)
	for _, given := range []bool{
		!s.Since.IsZero(), !s.Before.IsZero(), s.Younger > 0, s.Larger > 0, s.Smaller > 0,
		s.GmailRaw != "", s.GmailThrID != 0, s.ThreadID != "",
	} {
		if given {
			n++
		}
	}
	return n
}

func (e *encoder) header(h SearchCriteriaHeaderField) {
	if key, ok := ownKeys[strings.ToLower(h.Key)]; ok && h.Value != "" {
		e.raw(" " + key + " ").string(h.Value)
		return
	}
	e.raw(" HEADER ").astring(h.Key) // iCloud refuses names in quotes (node-imap#775)
	e.raw(" ").string(h.Value)
}

func (e *encoder) flagKey(not string, f Flag) {
	if key, ok := flagKeys[f]; ok {
		e.raw(" " + not + key)
		return
	}
	// One that is no atom is for the server to refuse: without it more would match.
	e.raw(" " + not + "KEYWORD ").astring(string(f))
}

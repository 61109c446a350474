package mailtest

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"mail-imap-mcp/internal/secret"
)

const (
	unseenEvery  = 7
	flaggedEvery = 50
)

func (d *dialogue) signIn(verb, args string) (string, error) {
	var user, password string
	words := parseWords(args)
	switch {
	case verb == "LOGIN" && len(words) == 2:
		user, password = words[0].text, words[1].text
	case verb == "AUTHENTICATE" && len(words) > 0 && strings.EqualFold(words[0].text, "PLAIN"):
		var response string
		if len(words) > 1 {
			response = words[1].text
		} else {
			_, _ = io.WriteString(d.out, "+ \r\n")
			if err := d.out.Flush(); err != nil {
				return "", err
			}
			line, err := readLine(d.in)
			if err != nil {
				return "", err
			}
			response = strings.TrimSpace(string(line))
		}
		decoded, err := base64.StdEncoding.DecodeString(response)
		if err != nil {
			return "BAD not base64", nil //nolint:nilerr // it is the client's error
		}
		parts := strings.Split(string(decoded), "\x00") // RFC 4616 §2
		if len(parts) == 3 {
			user, password = parts[1], parts[2]
		}
	default:
		return "BAD unknown mechanism", nil
	}
	if user != d.user || !d.password.Equal(secret.New(password)) {
		return "NO [AUTHENTICATIONFAILED] wrong", nil
	}
	d.signedIn = true
	return "OK [CAPABILITY " + d.capabilities() + "] welcome", nil
}

// query is what a search asks: where to look and what must hold there. A nil
// holds is true everywhere.
type query struct {
	from, to uint32
	holds    func(n uint32) bool
}

func (q *query) and(holds func(uint32) bool) {
	before := q.holds
	q.holds = holds
	if before != nil {
		q.holds = func(n uint32) bool { return before(n) && holds(n) }
	}
}

func (q *query) match(n uint32) bool {
	return n >= q.from && n <= q.to && (q.holds == nil || q.holds(n))
}

func (q *query) within(from, to uint32) { q.from, q.to = max(q.from, from), min(q.to, to) }

// runs calls f for each run of matching numbers, in order.
func (q *query) runs(f func(from, to uint32)) {
	if q.from > q.to {
		return
	}
	if q.holds == nil {
		f(q.from, q.to)
		return
	}
	start := uint32(0)
	for n := q.from; n <= q.to; n++ {
		switch holds := q.holds(n); {
		case holds && start == 0:
			start = n
		case !holds && start != 0:
			f(start, n-1)
			start = 0
		}
	}
	if start != 0 {
		f(start, q.to)
	}
}

func (d *dialogue) search(tag string, byUID bool, words []word) string {
	var options []string
	extended := false
	if len(words) > 1 && strings.EqualFold(words[0].text, "RETURN") && !d.o.NoESearch {
		extended = true
		for _, o := range words[1].list {
			options = append(options, strings.ToUpper(o.text))
		}
		words = words[2:]
	}
	if len(words) > 1 && strings.EqualFold(words[0].text, "CHARSET") {
		words = words[2:]
	}
	q, err := d.compile(words)
	if err != nil {
		return "BAD " + err.Error()
	}
	if !extended {
		_, _ = io.WriteString(d.out, "* SEARCH")
		q.runs(func(from, to uint32) {
			for n := from; n <= to; n++ {
				d.number(" ", n)
			}
		})
		_, _ = io.WriteString(d.out, "\r\n")
		return "OK done"
	}
	d.esearch(tag, byUID, options, q)
	return "OK done"
}

// esearch writes the answer of RFC 4731, the set without ever holding it.
func (d *dialogue) esearch(tag string, byUID bool, options []string, q *query) {
	fmt.Fprintf(d.out, "* ESEARCH (TAG %q)", tag)
	if byUID {
		_, _ = io.WriteString(d.out, " UID")
	}
	asks := func(o string) bool { return slices.Contains(options, o) }
	var count, first, last uint32
	if asks("COUNT") || asks("MIN") || asks("MAX") {
		q.runs(func(from, to uint32) {
			if first == 0 {
				first = from
			}
			last = to
			count += to - from + 1
		})
	}
	if asks("COUNT") {
		fmt.Fprintf(d.out, " COUNT %d", count)
	}
	if asks("MIN") && first > 0 {
		fmt.Fprintf(d.out, " MIN %d", first)
	}
	if asks("MAX") && last > 0 {
		fmt.Fprintf(d.out, " MAX %d", last)
	}
	if asks("ALL") || len(options) == 0 {
		separator := " ALL "
		q.runs(func(from, to uint32) {
			d.number(separator, from)
			if to > from {
				d.number(":", to)
			}
			separator = ","
		})
	}
	_, _ = io.WriteString(d.out, "\r\n")
}

// number writes without allocating: it is called a million times.
func (d *dialogue) number(before string, n uint32) {
	_, _ = d.out.WriteString(before)
	_, _ = d.out.Write(strconv.AppendUint(d.out.AvailableBuffer(), uint64(n), 10))
}

// compile turns search keys (RFC 9051 §6.4.4) into a query.
func (d *dialogue) compile(words []word) (*query, error) {
	q := &query{from: 1, to: d.o.Messages}
	for len(words) > 0 {
		rest, err := d.key(q, words)
		if err != nil {
			return nil, err
		}
		words = rest
	}
	return q, nil
}

// key adds one search key to the query and returns the words behind it.
func (d *dialogue) key(q *query, words []word) ([]word, error) {
	first, rest := words[0], words[1:]
	if first.kind == '(' {
		inner, err := d.compile(first.list)
		if err != nil {
			return nil, err
		}
		q.within(inner.from, inner.to)
		if inner.holds != nil {
			q.and(inner.holds)
		}
		return rest, nil
	}
	name := strings.ToUpper(first.text)
	needs := map[string]int{
		"UID": 1, "FROM": 1, "TO": 1, "CC": 1, "BCC": 1, "SUBJECT": 1, "TEXT": 1, "BODY": 1, "HEADER": 2,
		"SINCE": 1, "BEFORE": 1, "LARGER": 1, "SMALLER": 1, "NOT": 1, "OR": 2,
	}[name]
	if len(rest) < needs {
		return nil, errors.New("search key lacks its argument")
	}
	switch name {
	case "ALL", "UNDELETED", "UNDRAFT", "UNANSWERED":
	case "UNSEEN":
		q.and(func(n uint32) bool { return n%unseenEvery == 0 })
	case "SEEN":
		q.and(func(n uint32) bool { return n%unseenEvery != 0 })
	case "FLAGGED":
		q.and(func(n uint32) bool { return n%flaggedEvery == 0 })
	case "UNFLAGGED":
		q.and(func(n uint32) bool { return n%flaggedEvery != 0 })
	case "DELETED", "DRAFT", "ANSWERED":
		q.to = 0
	case "FROM", "TO", "CC", "BCC", "SUBJECT", "TEXT", "BODY":
		q.text(rest[0].text)
	case "HEADER":
		q.text(rest[1].text)
	case "SINCE", "BEFORE":
		if err := d.date(q, name, rest[0].text); err != nil {
			return nil, err
		}
	case "LARGER", "SMALLER":
		size, err := strconv.Atoi(rest[0].text)
		if err != nil {
			return nil, errors.New("size is not a number")
		}
		q.and(func(n uint32) bool {
			if name == "LARGER" {
				return len(d.raw(n)) > size
			}
			return len(d.raw(n)) < size
		})
	case "NOT", "OR":
		return d.combine(q, name, rest)
	case "UID":
		return rest[1:], q.set(rest[0].text, d.o.Messages)
	default:
		return rest, q.set(name, d.o.Messages)
	}
	return rest[needs:], nil
}

func (d *dialogue) combine(q *query, name string, words []word) ([]word, error) {
	a := &query{from: 1, to: d.o.Messages}
	rest, err := d.key(a, words)
	if err != nil {
		return nil, err
	}
	if name == "NOT" {
		q.and(func(n uint32) bool { return !a.match(n) })
		return rest, nil
	}
	if len(rest) == 0 {
		return nil, errors.New("OR needs two search keys")
	}
	b := &query{from: 1, to: d.o.Messages}
	if rest, err = d.key(b, rest); err != nil {
		return nil, err
	}
	q.and(func(n uint32) bool { return a.match(n) || b.match(n) })
	return rest, nil
}

// set keeps the numbers of a sequence set.
func (q *query) set(text string, last uint32) error {
	spans, ok := parseSpans(text, last)
	if !ok {
		return errors.New("unknown search key")
	}
	if len(spans) == 1 {
		q.within(spans[0].from, spans[0].to)
		return nil
	}
	q.and(func(n uint32) bool {
		return slices.ContainsFunc(spans, func(s span) bool { return n >= s.from && n <= s.to })
	})
	return nil
}

// text knows the words that the made-up messages have, and their senders.
func (q *query) text(text string) {
	text = strings.ToLower(text)
	k, err := strconv.ParseUint(strings.TrimPrefix(text, "each"), 10, 32)
	switch {
	case text == "all" || text == "":
	case strings.HasSuffix(text, "@example.org") && strings.HasPrefix(text, "p"):
		who := strings.TrimSuffix(text, "@example.org")
		q.and(func(n uint32) bool { return fmt.Sprintf("p%02d", n%100) == who })
	case strings.HasPrefix(text, "each") && err == nil && k > 0:
		q.and(func(n uint32) bool { return n%uint32(k) == 0 })
	default:
		q.to = 0
	}
}

// date finds by calculation which messages arrived on or after a day, or before it.
func (d *dialogue) date(q *query, name, text string) error {
	day, err := time.Parse("2-Jan-2006", text)
	if err != nil {
		return errors.New("bad date")
	}
	// Message n arrived Messages-n minutes before Newest.
	first := int64(d.o.Messages) - int64(Newest.Sub(day)/time.Minute)
	first = min(max(first, 1), int64(d.o.Messages)+1)
	if name == "SINCE" {
		q.from = max(q.from, uint32(first))
	} else {
		q.to = min(q.to, uint32(first-1))
	}
	return nil
}

package safety

import (
	"fmt"
	"strings"
	"unicode"

	"mail-imap-mcp/internal/message"
	"mail-imap-mcp/internal/safetext"
)

const (
	fieldResults  = "Authentication-Results"
	fieldReceived = "Received"

	// maxNotes is how many notes are kept: more say nothing new.
	maxNotes = 20

	// maxFieldsRead is how many Authentication-Results fields are taken apart.
	// Providers write up to six; forwarded mail has a few times that.
	maxFieldsRead = 40
)

// Authenticate reads the Authentication-Results of the receiving server: the
// topmost field whose authserv-id is trusted, and those beside it that the same
// server wrote (several providers write one field for each method). trusted is
// the id the account names, or "" for the one its provider is known to use, by
// host. It may name several, separated by commas; "*.x" or ".x" means every
// host below x. Case does not matter.
//
// Servers prepend what they write (RFC 5321 §4.4), and the border server removes
// fields with its own id that came from outside (RFC 8601 §5). Not all do, so
// the place must fit too: no hop of another organisation's may stand above, nor
// the fields an author writes (what came by SMTP has Received fields; without
// any there is no place to judge). Where it does not fit, nothing is believed but a
// failure, which no sender gains by. Results of other servers, below or above,
// never count; Notes name them.
func Authenticate(h message.Header, host, trusted string) Authentication {
	a := Authentication{SPF: Unknown, DKIM: Unknown, DMARC: Unknown, ARC: Unknown, Notes: []string{}}
	r := &reader{a: &a, trust: trustOf(host, trusted), from: fromDomain(h), mailed: h.Get(fieldReceived) != ""}
	r.read(h.Fields())
	return a
}

// reader goes down a header once.
type reader struct {
	a     *Authentication
	trust trust
	from  string // domain of the From address

	counted  bool // the topmost trusted field was found
	closed   bool // a hop stands below it: nothing further counts
	doubt    string
	author   bool     // a field that an author writes was passed
	mailed   bool     // servers wrote Received fields, so that places mean something
	hops     []string // who wrote the Received fields passed
	fields   int      // Authentication-Results fields read
	reported map[string]bool
}

func (r *reader) read(fields []message.Field) {
	r.reported = map[string]bool{}
	for i, f := range fields {
		switch {
		case strings.EqualFold(f.Name, fieldReceived):
			r.hops = append(r.hops, receivedBy(f.Value))
			r.closed = r.closed || r.counted
		case strings.EqualFold(f.Name, fieldResults):
			if r.fields++; r.fields <= maxFieldsRead {
				r.field(parseResults(f.Value), fields[i+1:])
			}
		case isAuthorField(f.Name):
			r.author = true
			r.closed = r.closed || r.counted
		}
	}
	if r.fields > maxFieldsRead {
		r.note(fmt.Sprintf("%d more Authentication-Results fields were not read", r.fields-maxFieldsRead))
	}
	if r.counted && !r.reported["dmarc"] {
		r.note("the receiving server does not report DMARC")
	}
}

// isAuthorField reports fields that come with the message, not from servers
// (RFC 5322 §3.6, RFC 6376).
func isAuthorField(name string) bool {
	switch strings.ToLower(name) {
	case "from", "to", "cc", "subject", "date", "message-id", "mime-version", "content-type":
		return true
	}
	return false
}

// field judges one Authentication-Results field. below are the fields after it.
func (r *reader) field(res results, below []message.Field) {
	id := res.id
	switch {
	case r.trust.accepts(id):
	case id == "" && r.trust.noID && r.fields == 1 && r.microsoft(res, below):
		id = microsoftID
	case id == "":
		r.note("ignored: results without the name of a server")
		return
	default:
		r.note("ignored: results of " + quoteID(id) + ", which is not the receiving server")
		return
	}
	if r.closed {
		r.note("ignored: further results in the name of " + quoteID(id) + ", further down than the receiving server's")
		return
	}
	if !r.counted {
		r.counted = true
		if r.doubt = r.misplaced(id); r.doubt != "" {
			r.note("not believed unless they say fail: results in the name of " + quoteID(id) + " " + r.doubt)
		}
	}
	r.take(id, res)
}

// misplaced says why a field with this id was probably not written by the
// receiving server, "" when its place fits.
func (r *reader) misplaced(id string) string {
	if r.author && r.mailed {
		return "stand among the fields the author wrote"
	}
	for _, hop := range r.hops {
		if !r.trust.own(hop, id) {
			return "came with the message: " + quoteID(hop) + " handed it on later"
		}
	}
	return ""
}

// take reads the verdicts of a field that counts. Of several fields the first
// that reports a method decides. In one field, DKIM passes if a signature does,
// one aligned with From before others; the other methods have one result, so
// where two disagree something was smuggled in and the worse counts.
func (r *reader) take(id string, res results) {
	id = evidence(id)
	if r.doubt == "" && r.a.By == "" {
		r.a.By = id
	}
	found := map[string]bool{}
	dkim := result{}
	for _, one := range res.list {
		v := verdict(one.value)
		if r.reported[one.method] || !isMethod(one.method) {
			if isMethod(one.method) {
				r.note("ignored: a second field with a result for " + one.method)
			}
			continue
		}
		switch {
		case r.doubt == "":
		case v == "fail":
			r.a.By = id
		default:
			v = Unknown
		}
		switch first := !found[one.method]; one.method {
		case "dkim":
			r.noteSignature(one)
			if first || betterSignature(one, dkim, r.from) {
				dkim = one
				r.a.DKIM = v
			}
		case "spf":
			r.one(&r.a.SPF, v, first, one.method)
		case "arc":
			r.one(&r.a.ARC, v, first, one.method)
		case "dmarc":
			r.one(&r.a.DMARC, v, first, one.method)
			if d := domainOf("@" + one.properties["header.from"]); first && r.a.By != "" {
				r.a.By, r.a.Domain = id, evidence(d)
			}
		}
		found[one.method] = true
	}
	for method := range found {
		r.reported[method] = true
	}
	r.checkDomain()
}

// one keeps the first verdict of a method, unless a worse one contradicts it.
func (r *reader) one(to *Verdict, v Verdict, first bool, method string) {
	switch {
	case first:
		*to = v
	case *to != v:
		r.note("the results for " + method + " contradict each other; the worse one counts")
		if *to == "pass" {
			*to = v
		}
	}
}

// checkDomain takes a DMARC pass back that is about another domain than the
// one From address: of several, a program may show any (RFC 7489 §6.6.1).
func (r *reader) checkDomain() {
	if r.a.DMARC == "pass" && r.from == "" {
		r.note("not believed: DMARC passed, but the mail has not exactly one From address")
		r.a.DMARC = Unknown
	}
	if r.a.DMARC == "pass" && r.a.Domain != "" && organisation(r.a.Domain) != organisation(r.from) {
		r.note("not believed: DMARC passed for " + quoteID(r.a.Domain) + ", but the From address is at " + quoteID(r.from))
		r.a.DMARC = Unknown
	}
}

// betterSignature reports whether a DKIM result says more for the From address
// than b: a pass more than none, an aligned pass (RFC 7489 §3.1.1) most.
func betterSignature(a, b result, from string) bool {
	rank := func(s result) int {
		switch {
		case s.value != "pass":
			return 0
		case from == "" || organisation(signer(s)) != organisation(from):
			return 1
		}
		return 2
	}
	return rank(a) > rank(b)
}

// signer is the domain of a DKIM signature: header.d, or that of header.i.
func signer(s result) string {
	if d := s.properties["header.d"]; d != "" {
		return strings.ToLower(d)
	}
	return domainOf(s.properties["header.i"])
}

func (r *reader) noteSignature(one result) {
	if by := signer(one); by != "" && by != "none" && (r.from == "" || organisation(by) != organisation(r.from)) {
		r.note("DKIM signature of " + quoteID(by) + ": " + string(verdict(one.value)))
	}
}

// verdict is a result in the words of RFC 8601 §2.7; anything else is Unknown.
func verdict(word string) Verdict {
	switch word {
	case "pass", "fail", "softfail", "neutral", "none", "temperror", "permerror", "policy":
		return Verdict(word)
	}
	return Unknown
}

// note adds one safe line, once.
func (r *reader) note(s string) {
	for _, n := range r.a.Notes {
		if n == s {
			return
		}
	}
	if len(r.a.Notes) < maxNotes {
		r.a.Notes = append(r.a.Notes, s)
	}
}

// quoteID is the sender's text within a note.
func quoteID(s string) string {
	const maxID = 100 // host names are shorter in practice
	if len(s) > maxID {
		s = strings.ToValidUTF8(s[:maxID], "") + "…"
	}
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune(`<>[]{}()|"'!`+"`", r) {
			return '_' // it is no host's name, and may be anything else
		}
		return r
	}, safetext.Line(s))
	return "“" + s + "”"
}

// fromDomain is the domain of the one From address; "" when there is none or
// several, for which DMARC says nothing (RFC 7489 §6.6.1).
func fromDomain(h message.Header) string {
	if list := addressesOf(h, "From"); len(list) == 1 && countFields(h, "From") == 1 {
		return domainOf(list[0].Address)
	}
	return ""
}

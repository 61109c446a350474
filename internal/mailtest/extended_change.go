package mailtest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

const readOnlyBox = "NO [READ-ONLY] Mailbox is read-only (Failure)"

// store is STORE of flags, and of labels on Gmail; with UNCHANGEDSINCE (RFC 7162 §3.1.3).
func (t *talk) store(byUID bool, words []word) string {
	if len(words) < 3 {
		return "BAD Could not parse command"
	}
	hits, problem := t.pick(words[0].text, byUID)
	if problem != "" {
		return problem
	}
	if t.readOnly {
		return readOnlyBox
	}
	conflict := []uint32{}
	if words[1].kind == '(' {
		mods := words[1].list
		if len(mods) != 2 || !strings.EqualFold(mods[0].text, "UNCHANGEDSINCE") || !t.has("CONDSTORE") || len(words) < 4 {
			return "BAD Unknown modifier"
		}
		since, err := strconv.ParseUint(mods[1].text, 10, 63)
		if err != nil {
			return "BAD Not a mod-sequence"
		}
		t.enabled["CONDSTORE"] = true
		hits = slices.DeleteFunc(hits, func(h hit) bool {
			if h.mod() > since {
				conflict = append(conflict, h.number(byUID))
			}
			return h.mod() > since
		})
		words = words[1:]
	}
	what, silent := strings.CutSuffix(strings.ToUpper(words[1].text), ".SILENT")
	item := strings.TrimLeft(what, "+-")
	values := words[2].list
	if words[2].kind != '(' {
		values = words[2:]
	}
	if item != "FLAGS" && (item != "X-GM-LABELS" || !t.has("X-GM-EXT-1")) {
		return "BAD Could not parse command"
	}
	t.sync(false) // others' changes first: what is told below are one's own
	hits, code := t.limit(hits)
	for _, h := range hits {
		if item == "FLAGS" {
			t.storeFlags(h, what[0], values)
		} else {
			t.storeLabels(h.letter, what[0], values)
		}
	}
	t.told = t.letters.modseq
	t.pending = true // a label taken away may be the open mailbox's
	for _, h := range hits {
		items := []word{{text: item, kind: 'a'}}
		if silent {
			items = nil
		}
		if t.enabled["CONDSTORE"] {
			items = append(items, word{text: "MODSEQ", kind: 'a'}) // also when silent
		}
		if items != nil {
			t.row(h, byUID, items)
		}
	}
	if len(conflict) > 0 {
		code += "[MODIFIED " + numbers(conflict) + "] "
	}
	return "OK " + code + "STORE (Success)"
}

func (t *talk) storeFlags(h hit, op byte, values []word) {
	if op == 'F' {
		for _, f := range h.allFlags() {
			t.letters.flag(h.entry, f, false)
		}
	}
	for _, v := range values {
		t.letters.flag(h.entry, v.text, op != '-')
	}
}

// expunge removes what matches. On Gmail that takes a label off; from All Mail
// nothing is removed, and from Trash and Spam it is for good.
func (l *letters) expunge(b *box, match func(*entry) bool) {
	if !l.gmail || b.name != gmailAll {
		l.remove(b, match)
	}
}

func (t *talk) expunge(byUID bool, words []word) string {
	if t.readOnly {
		return readOnlyBox
	}
	set := "1:*"
	if byUID && len(words) == 1 {
		set = words[0].text
	} else if byUID {
		return "BAD Could not parse command"
	}
	hits, problem := t.pick(set, true)
	if problem != "" {
		return problem
	}
	hits = slices.DeleteFunc(hits, func(h hit) bool { return !h.deleted })
	code := ""
	if byUID { // EXPUNGE has no limit
		hits, code = t.limit(hits)
	}
	picked := map[*entry]bool{}
	for _, h := range hits {
		picked[h.entry] = true
	}
	t.letters.expunge(t.open, func(e *entry) bool { return picked[e] })
	if t.enabled["QRESYNC"] && code == "" {
		code = fmt.Sprintf("[HIGHESTMODSEQ %d] ", t.open.highest()) // RFC 7162 §3.2.9
	}
	return "OK " + code + "Success"
}

// transfer is COPY and MOVE (RFC 6851). Beyond the limit nothing is copied at
// all, but some is moved (RFC 9738 §3.1).
func (t *talk) transfer(verb string, byUID bool, words []word) string {
	if len(words) != 2 {
		return "BAD Could not parse command"
	}
	hits, problem := t.pick(words[0].text, byUID)
	if problem != "" {
		return problem
	}
	dest := t.letters.find(decodeName(words[1].text))
	switch {
	case dest == nil:
		return "NO [TRYCREATE] No folder " + words[1].text + " (Failure)"
	case verb == "MOVE" && t.readOnly:
		return readOnlyBox
	}
	hits, code := t.limit(hits)
	if code != "" && verb == "COPY" {
		return "NO " + code + "Too many messages to copy, try a smaller subset"
	}
	if code != "" {
		slices.Reverse(hits)
	}
	var from, to []uint32
	picked := map[*entry]bool{}
	for _, h := range hits {
		picked[h.entry] = true
		m := h.letter
		if !t.letters.gmail { // elsewhere a copy has flags of its own
			c := *m
			m = &c
		}
		from = append(from, h.uid)
		to = append(to, t.letters.put(dest, m).uid)
	}
	copied := ""
	if len(hits) > 0 && t.has("UIDPLUS") {
		copied = fmt.Sprintf("[COPYUID %d %s %s] ", dest.validity, numbers(from), numbers(to)) // RFC 4315 §3
	}
	if verb == "COPY" {
		return "OK " + copied + "Success"
	}
	if copied != "" {
		t.say("* OK %sMoved", copied) // RFC 6851 §4.3
	}
	if dest != t.open || !t.letters.gmail {
		t.letters.expunge(t.open, func(e *entry) bool { return picked[e] })
	}
	return "OK " + code + "Success"
}

func (t *talk) appendMail(b *box, words []word) string {
	if len(words) == 0 {
		return "BAD No message"
	}
	content := words[len(words)-1]
	var flags []string
	var date time.Time
	for _, w := range words[:len(words)-1] {
		if w.kind == '(' {
			for _, f := range w.list {
				flags = append(flags, f.text)
			}
			continue
		}
		var err error
		if date, err = time.Parse("_2-Jan-2006 15:04:05 -0700", w.text); err != nil {
			return "BAD Not a date"
		}
	}
	uid := t.letters.deliver(b, []byte(content.text), flags, date)
	if !t.has("UIDPLUS") {
		return "OK Success"
	}
	return fmt.Sprintf("OK [APPENDUID %d %d] Success", b.validity, uid)
}

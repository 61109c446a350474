package mailtest

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/emersion/go-imap/v2/imapserver"
)

func (t *talk) onBoxes(verb string, words []word) string {
	switch verb {
	case "LIST", "XLIST", "LSUB":
		return t.list(verb, words)
	case "NAMESPACE":
		t.say(`* NAMESPACE (("" "/")) NIL NIL`)
		return "OK Success"
	}
	if len(words) == 0 {
		return "BAD Unknown command"
	}
	name := decodeName(words[0].text)
	b := t.letters.find(name)
	switch verb {
	case "CREATE":
		if b = t.letters.create(name); b == nil {
			return "NO [ALREADYEXISTS] Duplicate folder name (Failure)"
		}
		if t.has("OBJECTID") {
			return "OK [MAILBOXID " + b.id() + "] Success" // RFC 8474 §4.1
		}
		return "OK Success"
	case "GETQUOTA":
		return t.quota(words[0].text)
	}
	if b == nil {
		if verb == "SELECT" || verb == "EXAMINE" {
			t.open, t.view = nil, nil // RFC 3501 §6.3.1
		}
		return "NO [NONEXISTENT] Unknown Mailbox: " + words[0].text + " (Failure)"
	}
	switch verb {
	case "SELECT", "EXAMINE":
		return t.selectBox(b, verb == "EXAMINE", words[1:])
	case "STATUS":
		if len(words) < 2 {
			return "BAD Which items?"
		}
		return t.status(b, words[1].list)
	case "APPEND":
		return t.appendMail(b, words[1:])
	case "SUBSCRIBE", "UNSUBSCRIBE":
		b.subscribed = verb == "SUBSCRIBE"
	case "GETQUOTAROOT": // RFC 9208 §4.1.3
		t.say(`* QUOTAROOT %s ""`, quote(words[0].text))
		return t.quota("")
	case "DELETE", "RENAME":
		if b.name == "INBOX" || b.use != "" {
			return "NO [CANNOT] Not this folder (Failure)"
		}
		if verb == "DELETE" {
			t.letters.delete(b)
			break
		}
		if len(words) < 2 || t.letters.find(decodeName(words[1].text)) != nil {
			return "NO [ALREADYEXISTS] Duplicate folder name (Failure)"
		}
		from, to := b.name, decodeName(words[1].text)
		for _, o := range t.letters.boxes { // with the levels below
			if below, ok := strings.CutPrefix(o.name, from); ok && (below == "" || below[0] == delimiter) {
				o.name = to + below
			}
		}
	default:
		return "BAD Unknown command"
	}
	return "OK Success"
}

// quota is one root for all mail (RFC 9208 §5.1): usage and limit of storage in kB.
func (t *talk) quota(root string) string {
	if root != "" {
		return "NO [NONEXISTENT] No such quota root"
	}
	used, count := 0, 0
	for _, b := range t.letters.boxes {
		for _, e := range b.entries {
			if e.content != nil {
				used += len(e.content)
			}
			count++
		}
	}
	messages := ""
	if t.has("QUOTA=RES-MESSAGE") {
		messages = fmt.Sprintf(" MESSAGE %d 1000000", count)
	}
	t.say(`* QUOTA "" (STORAGE %d 15728640%s)`, (used+1023)/1024, messages)
	return "OK Success"
}

// list is LIST, with selection and return options (RFC 5258, RFC 5819, RFC 6154).
func (t *talk) list(verb string, words []word) string {
	selects, returns := "", ""
	if len(words) > 0 && words[0].kind == '(' {
		selects, words = joinWords(words[0].list), words[1:]
	}
	var items []word
	if len(words) > 3 && strings.EqualFold(words[2].text, "RETURN") {
		returns = joinWords(words[3].list)
		for i, w := range words[3].list {
			if strings.EqualFold(w.text, "STATUS") && i+1 < len(words[3].list) {
				items = words[3].list[i+1].list
			}
		}
	}
	if len(words) < 2 || items != nil && !t.has("LIST-STATUS") {
		return "BAD Could not parse command"
	}
	patterns := words[1].list
	if words[1].kind != '(' {
		patterns = words[1:2]
	}
	if len(patterns) == 1 && patterns[0].text == "" {
		t.say(`* %s (\Noselect) "/" "/"`, verb)
		return "OK Success"
	}
	names := []string{}
	for _, b := range t.letters.boxes {
		for i, c := range b.name { // with the levels above
			if c == delimiter && !slices.Contains(names, b.name[:i]) {
				names = append(names, b.name[:i])
			}
		}
		if !slices.Contains(names, b.name) {
			names = append(names, b.name)
		}
	}
	for _, name := range names {
		if !slices.ContainsFunc(patterns, func(p word) bool {
			return imapserver.MatchList(name, delimiter, words[0].text, decodeName(p.text))
		}) {
			continue
		}
		b := t.letters.find(name)
		if (strings.Contains(selects, "SUBSCRIBED") || verb == "LSUB") && (b == nil || !b.subscribed) ||
			strings.Contains(selects, "SPECIAL-USE") && (b == nil || b.use == "") {
			continue
		}
		t.say(`* %s (%s) "/" %s`, verb, t.attributes(name, names, b, returns+selects), t.wireName(name))
		if items != nil && b != nil {
			if status := t.status(b, items); !strings.HasPrefix(status, "OK") {
				return status
			}
		}
	}
	return "OK Success"
}

func (t *talk) attributes(name string, names []string, b *box, options string) string {
	attrs := []string{`\HasNoChildren`}
	if slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, name+string(delimiter)) }) {
		attrs[0] = `\HasChildren`
	}
	if b == nil {
		return `\Noselect ` + attrs[0]
	}
	if b.use != "" && (t.has("SPECIAL-USE") || t.has("XLIST")) {
		attrs = append(attrs, string(b.use))
	}
	if b.subscribed && strings.Contains(options, "SUBSCRIBED") {
		attrs = append(attrs, `\Subscribed`)
	}
	return strings.Join(attrs, " ")
}

func joinWords(words []word) string {
	var list []string
	for _, w := range words {
		list = append(list, strings.ToUpper(w.text))
	}
	return strings.Join(list, " ")
}

// wireName writes a mailbox's name. Yahoo spells INBOX its own way.
func (t *talk) wireName(name string) string {
	if t.o.Profile == Yahoo && name == "INBOX" {
		name = "Inbox"
	}
	return quote(encodeName(name))
}

// statusNeeds are the items of STATUS that only an extension brings.
var statusNeeds = map[string]string{
	"SIZE": "STATUS=SIZE", "HIGHESTMODSEQ": "CONDSTORE", "MAILBOXID": "OBJECTID", "DELETED": "QUOTA=RES-MESSAGE",
}

func (t *talk) status(b *box, items []word) string {
	list := t.visible(b)
	count := func(holds func(*entry) bool) (n int) {
		for _, e := range list {
			if holds(e) {
				n++
			}
		}
		return n
	}
	var said []string
	for _, item := range items {
		name := strings.ToUpper(item.text)
		if needs := statusNeeds[name]; needs != "" && !t.has(needs) {
			return "BAD Unknown STATUS item"
		}
		var value any
		switch name {
		case "MESSAGES":
			value = len(list)
		case "RECENT":
			value = 0
		case "UIDNEXT":
			value = b.uidNext
		case "UIDVALIDITY":
			value = b.validity
		case "UNSEEN":
			value = count(func(e *entry) bool { return !e.hasFlag(`\Seen`) })
		case "DELETED":
			value = count(func(e *entry) bool { return e.deleted })
		case "SIZE": // RFC 8438
			size := 0
			for _, e := range list {
				size += len(e.raw())
			}
			value = size
		case "HIGHESTMODSEQ":
			value = b.highest()
		case "MAILBOXID":
			value = b.id()
		default:
			return "BAD Unknown STATUS item"
		}
		said = append(said, fmt.Sprint(name, " ", value))
	}
	t.say("* STATUS %s (%s)", t.wireName(b.name), strings.Join(said, " "))
	return "OK Success"
}

func (b *box) id() string { return fmt.Sprintf("(F%d)", b.validity) }

func (t *talk) selectBox(b *box, readOnly bool, params []word) string {
	if t.open != nil && (t.enabled["QRESYNC"] || t.enabled["CONDSTORE"]) {
		t.say("* OK [CLOSED] Previous mailbox closed") // RFC 7162 §3.2.11
	}
	t.open, t.readOnly, t.told, t.pending = b, readOnly, t.letters.modseq, false
	t.view = slices.Clone(t.visible(b))
	t.floor = 0
	if len(t.view) < len(b.entries) {
		t.floor = t.view[0].uid
	}
	flags := []string{`\Answered`, `\Flagged`, `\Draft`, `\Deleted`, `\Seen`}
	for _, e := range t.view {
		for _, f := range e.flags {
			if !slices.Contains(flags, f) {
				flags = append(flags, f)
			}
		}
	}
	t.say("* FLAGS (%s)", strings.Join(flags, " "))
	if readOnly {
		t.say("* OK [PERMANENTFLAGS ()] Read-only.")
	} else {
		t.say(`* OK [PERMANENTFLAGS (%s \*)] Flags permitted.`, strings.Join(flags, " "))
	}
	t.say("* OK [UIDVALIDITY %d] UIDs valid.", b.validity)
	t.say("* %d EXISTS", len(t.view))
	t.say("* 0 RECENT")
	t.say("* OK [UIDNEXT %d] Predicted next UID.", b.uidNext)
	if t.has("CONDSTORE") {
		t.say("* OK [HIGHESTMODSEQ %d]", b.highest())
	}
	if t.has("OBJECTID") {
		t.say("* OK [MAILBOXID %s] Ok", b.id()) // RFC 8474 §4.2
	}
	if len(params) > 0 {
		if status := t.selectParams(b, params[0].list); status != "" {
			t.open = nil
			return status
		}
	}
	mode := "READ-WRITE"
	if readOnly {
		mode = "READ-ONLY"
	}
	return "OK [" + mode + "] " + encodeName(b.name) + " selected. (Success)"
}

// selectParams are CONDSTORE and QRESYNC (RFC 7162 §3.1.8 and §3.2.5).
func (t *talk) selectParams(b *box, params []word) string {
	for i, p := range params {
		switch {
		case strings.EqualFold(p.text, "CONDSTORE") && t.has("CONDSTORE"):
			t.enabled["CONDSTORE"] = true
		case strings.EqualFold(p.text, "QRESYNC") && i+1 < len(params) && len(params[i+1].list) > 1:
			if !t.enabled["QRESYNC"] {
				return "BAD QRESYNC is not enabled"
			}
			known := params[i+1].list
			since, err := strconv.ParseUint(known[1].text, 10, 63)
			if err != nil {
				return "BAD Not a mod-sequence"
			}
			if known[len(known)-1].kind == '(' && t.enabled["UIDONLY"] {
				return "BAD [UIDREQUIRED] No message numbers" // RFC 9586 §3.7
			}
			if known[0].text != strconv.FormatUint(uint64(b.validity), 10) {
				continue
			}
			t.tellEarlier(b, since, nil)
			for n, e := range t.view {
				if e.mod() > since {
					t.flagsRow(uint32(n)+1, e)
				}
			}
		case p.kind != '(':
			return "BAD Unknown parameter"
		}
	}
	return ""
}

// tellEarlier is VANISHED (EARLIER), of the UIDs in spans; nil: of all.
func (t *talk) tellEarlier(b *box, since uint64, spans []span) {
	var uids []uint32
	for _, g := range b.gone {
		if g.modseq > since && (spans == nil || inSpans(spans, g.uid)) {
			uids = append(uids, g.uid)
		}
	}
	if len(uids) > 0 {
		slices.Sort(uids)
		t.say("* VANISHED (EARLIER) %s", numbers(uids))
	}
}

func inSpans(spans []span, n uint32) bool {
	return slices.ContainsFunc(spans, func(s span) bool { return n >= s.from && n <= s.to })
}

// nameEncoding is the base64 of modified UTF-7 (RFC 3501 §5.1.3).
var nameEncoding = base64.NewEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,").WithPadding(base64.NoPadding)

func encodeName(name string) string {
	var b strings.Builder
	var wide []uint16
	end := func() {
		if len(wide) > 0 {
			var raw []byte
			for _, u := range wide {
				raw = append(raw, byte(u>>8), byte(u))
			}
			b.WriteString("&" + nameEncoding.EncodeToString(raw) + "-")
			wide = nil
		}
	}
	for _, r := range name {
		if r < ' ' || r > '~' {
			wide = utf16.AppendRune(wide, r)
			continue
		}
		end()
		b.WriteRune(r)
		if r == '&' {
			b.WriteByte('-')
		}
	}
	end()
	return b.String()
}

// decodeName leaves alone what is not encoded well.
func decodeName(name string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(name, "&")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		code, after, _ := strings.Cut(rest, "-")
		raw, err := nameEncoding.DecodeString(code)
		switch {
		case code == "":
			b.WriteByte('&')
		case err != nil:
			return b.String() + "&" + rest
		default:
			var wide []uint16
			for i := 0; i+1 < len(raw); i += 2 {
				wide = append(wide, uint16(raw[i])<<8|uint16(raw[i+1]))
			}
			b.WriteString(string(utf16.Decode(wide)))
		}
		name = after
	}
}

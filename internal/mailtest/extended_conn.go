package mailtest

import (
	"bufio"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
)

// talk is one connection to an Extended.
type talk struct {
	*Extended
	greeted bool
	in      *bufio.Reader
	to      io.Writer
	packed  *flate.Writer // when COMPRESS is on
	out     bytes.Buffer  // what the command under way answers; written without the lock

	signedIn bool
	over     bool
	enabled  map[string]bool

	open     *box
	view     []*entry // as this session numbers them
	floor    uint32   // UIDs below it are outside the window
	readOnly bool
	told     uint64 // changes up to this mod-sequence were told
	pending  bool   // but for messages that are gone
}

func newTalk(s *Extended, c *client) *talk {
	return &talk{Extended: s, greeted: c.greeted, in: bufio.NewReader(c), to: c, enabled: map[string]bool{}}
}

func (t *talk) say(format string, args ...any) { fmt.Fprintf(&t.out, format+"\r\n", args...) }

func (t *talk) flush() error {
	defer t.out.Reset()
	w := t.to
	if t.packed != nil {
		w = t.packed
	}
	if _, err := w.Write(t.out.Bytes()); err != nil {
		return err
	}
	if t.packed != nil {
		return t.packed.Flush()
	}
	return nil
}

func (t *talk) run() {
	defer t.end()
	switch {
	case t.greeted:
	case t.o.Profile == Gmail:
		t.say("* OK Gimap ready for requests from 127.0.0.1 k2if6111336rvb.0")
	default:
		t.say("* OK [CAPABILITY %s] ready", t.capabilities())
	}
	for t.flush() == nil && !t.over {
		line, problem, err := t.command()
		if err != nil {
			return
		}
		tag, rest, _ := strings.Cut(line, " ")
		verb, args, _ := strings.Cut(rest, " ")
		verb = strings.ToUpper(verb)
		status := problem
		if status == "" {
			status = t.answer(tag, verb, args)
		}
		t.say("%s %s", tag, status)
		if verb == "COMPRESS" && strings.HasPrefix(status, "OK") {
			if t.flush() != nil || t.compress() != nil {
				return
			}
		}
	}
}

func (t *talk) end() {
	t.letters.mu.Lock()
	defer t.letters.mu.Unlock()
	if t.signedIn {
		t.signed--
	}
}

// compress begins behind the tagged OK, in both directions (RFC 4978 §3).
func (t *talk) compress() (err error) {
	t.in = bufio.NewReader(flate.NewReader(t.in))
	t.packed, err = flate.NewWriter(t.to, flate.DefaultCompression)
	return err
}

// command reads a command and writes its literals as quoted strings. The
// problem is a tagged answer for one that must not be carried out: 8-bit
// outside a literal (RFC 3501 §9), or a literal that may not come unasked.
func (t *talk) command() (command, problem string, err error) {
	var b strings.Builder
	for {
		line, err := readLine(t.in)
		if err != nil {
			return "", "", err
		}
		if slices.ContainsFunc(line, func(c byte) bool { return c >= 0x80 }) {
			problem = "BAD Could not parse command"
		}
		size, sync, ok := literalAtEnd(line)
		if !ok {
			b.WriteString(strings.TrimRight(string(line), "\r\n"))
			return b.String(), problem, nil
		}
		b.Write(line[:bytes.LastIndexByte(line, '{')])
		switch {
		case size > maxUnit:
			return "", "", errUnitTooLong
		case sync && problem != "":
			return b.String(), problem, nil // refused in place of the go-ahead
		case sync:
			t.say("+ go ahead")
			if err := t.flush(); err != nil {
				return "", "", err
			}
		case !t.has("LITERAL+") && (!t.has("LITERAL-") || size > 4096):
			problem = "BAD [TOOBIG] Such a literal has to wait for the go-ahead" // RFC 7888 §5
		}
		literal := make([]byte, size)
		if _, err := io.ReadFull(t.in, literal); err != nil {
			return "", "", err
		}
		b.WriteString(quote(string(literal)))
	}
}

// maxHeard bounds what is kept of a command: a mail to append is not.
const maxHeard = 4096

// verbNeeds are the commands that only an extension brings.
var verbNeeds = map[string]string{
	"MOVE": "MOVE", "UID MOVE": "MOVE", "UID EXPUNGE": "UIDPLUS", "ENABLE": "ENABLE", "IDLE": "IDLE", "ID": "ID",
	"COMPRESS": "COMPRESS=DEFLATE", "GETQUOTA": "QUOTA", "GETQUOTAROOT": "QUOTA", "NAMESPACE": "NAMESPACE",
	"UNSELECT": "UNSELECT", "SORT": "SORT", "UID SORT": "SORT", "XLIST": "XLIST",
}

// answer carries a command out, all of it under the lock but what waits for the client.
func (t *talk) answer(tag, verb, args string) string {
	words := parseWords(args)
	byUID := verb == "UID" && len(words) > 0
	if byUID {
		verb, words = strings.ToUpper(words[0].text), words[1:]
	}
	full := verb
	if byUID {
		full = "UID " + verb
	}
	if needs := verbNeeds[full]; needs != "" && !t.has(needs) {
		return "BAD Unknown command"
	}
	switch verb {
	case "LOGIN", "AUTHENTICATE":
		return t.signIn(tag, verb, words)
	case "IDLE":
		return t.idle()
	}
	t.letters.mu.Lock()
	defer t.letters.mu.Unlock()
	if byUID {
		_, args, _ = strings.Cut(args, " ")
	}
	t.heard = append(t.heard, strings.TrimSpace(full+" "+args[:min(len(args), maxHeard)]))
	status := t.carryOut(tag, verb, byUID, words)
	// RFC 9051 §7.5.1: no EXPUNGE while numbers are in use.
	t.sync(byUID || verb != "FETCH" && verb != "STORE" && verb != "SEARCH" && verb != "SORT")
	return status
}

func (t *talk) carryOut(tag, verb string, byUID bool, words []word) string {
	switch verb {
	case "CAPABILITY":
		t.say("* CAPABILITY %s", t.capabilities())
		return "OK Success"
	case "NOOP", "CHECK":
		return "OK Success"
	case "LOGOUT":
		t.over = true
		t.say("* BYE LOGOUT Requested")
		return "OK 73 good day (Success)"
	case "ID": // RFC 2971
		t.say(`* ID ("name" "mailtest" "vendor" %s)`, quote(t.Name()))
		return "OK Success"
	}
	if !t.signedIn {
		return "BAD Not signed in"
	}
	switch verb {
	case "ENABLE":
		return t.enable(words)
	case "COMPRESS":
		if len(words) != 1 || !strings.EqualFold(words[0].text, "DEFLATE") {
			return "BAD Unknown mechanism"
		}
		if t.packed != nil {
			return "NO [COMPRESSIONACTIVE] DEFLATE active via COMPRESS" // RFC 4978 §3
		}
		return "OK DEFLATE active"
	case "FETCH", "STORE", "COPY", "MOVE", "SEARCH", "SORT", "EXPUNGE", "CLOSE", "UNSELECT":
		if t.open == nil {
			return "BAD Select a mailbox first"
		}
		if t.enabled["UIDONLY"] && !byUID && verb != "EXPUNGE" && verb != "CLOSE" && verb != "UNSELECT" {
			return "BAD [UIDREQUIRED] Message numbers are not allowed once UIDONLY is enabled" // RFC 9586 §3.2
		}
		return t.onMessages(tag, verb, byUID, words)
	}
	return t.onBoxes(verb, words)
}

func (t *talk) onMessages(tag, verb string, byUID bool, words []word) string {
	switch verb {
	case "FETCH":
		return t.fetch(byUID, words)
	case "STORE":
		return t.store(byUID, words)
	case "COPY", "MOVE":
		return t.transfer(verb, byUID, words)
	case "SEARCH":
		return t.search(tag, byUID, nil, words)
	case "SORT":
		return t.sort(tag, byUID, words)
	case "EXPUNGE":
		return t.expunge(byUID, words)
	}
	if verb == "CLOSE" && !t.readOnly {
		t.letters.expunge(t.open, func(e *entry) bool { return e.deleted })
	}
	t.open, t.view = nil, nil
	return "OK Success"
}

func (t *talk) capabilities() string {
	if t.signedIn {
		return strings.Join(t.caps, " ")
	}
	before := strings.Fields(beforeSignIn[t.o.Profile])
	return strings.Join(slices.DeleteFunc(before, func(c string) bool { return slices.Contains(t.o.Without, c) }), " ")
}

// enable is RFC 5161 §3.1: before a mailbox is selected.
func (t *talk) enable(words []word) string {
	if t.open != nil {
		return "BAD ENABLE comes before a mailbox is selected"
	}
	said := ""
	for _, w := range words {
		name := strings.ToUpper(w.text)
		if slices.Contains([]string{"CONDSTORE", "QRESYNC", "UIDONLY"}, name) && t.has(name) {
			t.enabled[name] = true
			said += " " + name
		}
	}
	if t.enabled["QRESYNC"] {
		t.enabled["CONDSTORE"] = true // RFC 7162 §3.2.3
	}
	t.say("* ENABLED%s", said)
	return "OK Success"
}

// visible is what the session may know of a mailbox.
func (t *talk) visible(b *box) []*entry {
	if t.o.Window > 0 && !t.enabled["UIDONLY"] && len(b.entries) > t.o.Window {
		return b.entries[len(b.entries)-t.o.Window:]
	}
	return b.entries
}

// sync tells what changed in the open mailbox. The window stays where it was
// when the mailbox was opened.
func (t *talk) sync(mayExpunge bool) {
	if t.open == nil || t.told == t.letters.modseq && !t.pending {
		return
	}
	known := uint32(0)
	if n := len(t.view); n > 0 {
		known = t.view[n-1].uid
	}
	if mayExpunge {
		t.tellGone()
	}
	before := len(t.view)
	for _, e := range t.open.entries {
		if e.uid > known && e.uid >= t.floor {
			t.view = append(t.view, e)
		}
	}
	if len(t.view) != before {
		t.say("* %d EXISTS", len(t.view))
	}
	for i, e := range t.view[:before] {
		if e.mod() > t.told && !e.gone {
			t.flagsRow(uint32(i)+1, e)
		}
	}
	t.told = t.letters.modseq
	t.pending = slices.ContainsFunc(t.view, func(e *entry) bool { return e.gone })
}

// tellGone is EXPUNGE, or VANISHED (RFC 7162 §3.2.10, RFC 9586 §3.4).
func (t *talk) tellGone() {
	var uids []uint32
	for i := len(t.view) - 1; i >= 0; i-- {
		if t.view[i].gone {
			uids = append(uids, t.view[i].uid)
			if !t.enabled["QRESYNC"] && !t.enabled["UIDONLY"] {
				t.say("* %d EXPUNGE", i+1)
			}
		}
	}
	t.view = slices.DeleteFunc(t.view, func(e *entry) bool { return e.gone })
	if len(uids) > 0 && (t.enabled["QRESYNC"] || t.enabled["UIDONLY"]) {
		slices.Reverse(uids)
		t.say("* VANISHED %s", numbers(uids))
	}
}

// numbers writes a set: runs that rise by one as ranges, the order kept.
func numbers(list []uint32) string {
	var b strings.Builder
	for i := 0; i < len(list); i++ {
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		fmt.Fprint(&b, list[i])
		start := i
		for i+1 < len(list) && list[i+1] == list[i]+1 {
			i++
		}
		if i > start {
			fmt.Fprintf(&b, ":%d", list[i])
		}
	}
	return b.String()
}

// idle is RFC 2177: changes are told until DONE comes, or the end.
func (t *talk) idle() string {
	t.say("+ idling")
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			t.letters.mu.Lock()
			t.sync(true)
			changed := t.letters.changed
			t.letters.mu.Unlock()
			if t.flush() != nil {
				return
			}
			select {
			case <-changed:
			case <-stop:
				return
			}
		}
	})
	line, err := readLine(t.in)
	close(stop)
	wg.Wait()
	if err != nil || !strings.EqualFold(strings.TrimSpace(string(line)), "DONE") {
		t.over = true
		return "BAD Expected DONE"
	}
	return "OK IDLE terminated (Success)"
}

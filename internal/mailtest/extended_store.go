package mailtest

import (
	"bufio"
	"bytes"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	gomessage "github.com/emersion/go-message"
	"github.com/emersion/go-message/mail"
	"github.com/emersion/go-message/textproto"
)

// letters is the mail of an Extended. One lock is held for the whole of a
// command, so that commands of several connections never mix.
type letters struct {
	mu      sync.Mutex
	gmail   bool
	now     func() time.Time
	boxes   []*box
	changed chan struct{} // closed by the next change

	lastValidity uint32
	lastLetter   uint64
	modseq       uint64            // of the last change anywhere (RFC 7162 §3.1)
	threads      map[string]uint64 // by Message-ID
}

// box is a mailbox; on Gmail, a label.
type box struct {
	name       string // decoded
	use        imap.MailboxAttr
	validity   uint32
	uidNext    uint32
	subscribed bool
	entries    []*entry // ascending UIDs
	gone       []vanished
}

type vanished struct {
	uid    uint32
	modseq uint64
}

// letter is one message. On Gmail several mailboxes may have it; elsewhere a
// copy is another letter with the same id (RFC 8474 §5.1).
type letter struct {
	id, thread uint64
	content    []byte
	maker      *Synthetic // makes the content up when it is nil
	made       uint32
	arrived    time.Time
	flags      []string // without \Deleted
	modseq     uint64
}

// entry is a letter in a mailbox.
type entry struct {
	*letter
	uid     uint32
	saved   time.Time // RFC 8514
	touched uint64    // when it came or got \Deleted
	deleted bool
	gone    bool // expunged: sessions that have not been told still number it
}

// firstID is the X-GM-MSGID in Google's own examples.
const firstID = 1278455344230334865

func newLetters(o ExtendedOptions) *letters {
	l := &letters{
		gmail: o.Profile == Gmail, now: o.Now, lastValidity: syntheticValidity - 1, lastLetter: firstID - 1,
		modseq: 1, threads: map[string]uint64{}, changed: make(chan struct{}),
	}
	inbox := l.create("INBOX")
	if l.gmail {
		for _, name := range []string{gmailAll, "[Gmail]/Drafts", gmailImportant, "[Gmail]/Sent Mail", gmailSpam, gmailStarred, gmailTrash} {
			l.create(name).use = gmailUse[name]
		}
		l.find(gmailImportant).use = `\Important`
		l.find(gmailStarred).use = imap.MailboxAttrFlagged
	} else {
		for _, name := range []string{"Sent", "Drafts", "Trash", "Junk", "Archive"} {
			l.create(name).use = specialUse[name]
		}
	}
	maker := &Synthetic{o: SyntheticOptions{Messages: o.Made}}
	for n := uint32(1); n <= o.Made; n++ {
		m := &letter{maker: maker, made: n, arrived: maker.arrived(n)}
		if n%unseenEvery != 0 {
			m.flags = append(m.flags, `\Seen`)
		}
		if n%flaggedEvery == 0 {
			m.flags = append(m.flags, `\Flagged`)
		}
		l.register(m)
		l.enter(inbox, m)
		if l.gmail {
			l.enter(l.find(gmailAll), m)
		}
	}
	return l
}

// create answers nil when the mailbox exists.
func (l *letters) create(name string) *box {
	name = canonicalName(strings.TrimRight(name, string(delimiter)))
	if l.find(name) != nil {
		return nil
	}
	l.lastValidity++
	b := &box{name: name, validity: l.lastValidity, uidNext: 1, subscribed: true}
	l.boxes = append(l.boxes, b)
	return b
}

func (l *letters) find(name string) *box {
	for _, b := range l.boxes {
		if b.name == canonicalName(name) {
			return b
		}
	}
	return nil
}

func (l *letters) delete(b *box) {
	l.remove(b, func(*entry) bool { return true })
	l.boxes = slices.DeleteFunc(l.boxes, func(o *box) bool { return o == b })
}

// change gives the next mod-sequence and wakes those who IDLE.
func (l *letters) change() uint64 {
	l.modseq++
	close(l.changed)
	l.changed = make(chan struct{})
	return l.modseq
}

// register gives a letter its id and finds its thread.
func (l *letters) register(m *letter) {
	l.lastLetter++
	m.id = l.lastLetter
	m.thread = m.id
	if m.content == nil {
		return
	}
	h := mail.Header{Header: gomessage.Header{Header: m.header()}}
	own, _ := h.MessageID()
	ids, _ := h.MsgIDList("References")
	answers, _ := h.MsgIDList("In-Reply-To")
	ids = append(append(ids, answers...), own)
	for _, id := range ids {
		if thread := l.threads[id]; thread != 0 {
			m.thread = thread
			break
		}
	}
	for _, id := range ids {
		if id != "" && l.threads[id] == 0 {
			l.threads[id] = m.thread
		}
	}
}

// deliver puts new mail into a mailbox and returns its UID.
func (l *letters) deliver(b *box, raw []byte, flags []string, date time.Time) uint32 {
	if date.IsZero() {
		date = l.now()
	}
	m := &letter{content: raw, arrived: date.Truncate(time.Second)}
	if m.content == nil {
		m.content = []byte{}
	}
	l.register(m)
	e := l.put(b, m)
	for _, f := range flags {
		l.flag(e, f, true)
	}
	return e.uid
}

// put adds a letter, on Gmail with what that means for its labels (gmail.go).
func (l *letters) put(b *box, m *letter) *entry {
	if !l.gmail {
		return l.add(b, m)
	}
	e := l.add(b, m)
	for _, other := range l.boxes {
		switch {
		case other == b:
		case isBin(b.name) || isBin(other.name):
			l.remove(other, func(o *entry) bool { return o.letter == m })
		case other.name == gmailAll:
			l.add(other, m)
		}
	}
	if b.name == gmailStarred {
		l.flag(e, `\Flagged`, true)
	}
	return e
}

// add puts a label on a letter once.
func (l *letters) add(b *box, m *letter) *entry {
	if l.gmail {
		if i := slices.IndexFunc(b.entries, func(e *entry) bool { return e.letter == m }); i >= 0 {
			return b.entries[i]
		}
	}
	return l.enter(b, m)
}

func (l *letters) enter(b *box, m *letter) *entry {
	e := &entry{letter: m, uid: b.uidNext, saved: l.now().Truncate(time.Second), touched: l.change()}
	b.uidNext++
	b.entries = append(b.entries, e)
	return e
}

func (l *letters) remove(b *box, match func(*entry) bool) {
	b.entries = slices.DeleteFunc(b.entries, func(e *entry) bool {
		if !match(e) {
			return false
		}
		e.gone = true
		b.gone = append(b.gone, vanished{e.uid, l.change()})
		return true
	})
}

// flag sets or takes a flag. On Gmail \Flagged is the label Starred.
func (l *letters) flag(e *entry, flag string, on bool) {
	if strings.EqualFold(flag, `\Deleted`) {
		e.deleted, e.touched = on, l.change()
		return
	}
	// A fresh slice: rows that were answered may still be written.
	e.flags = slices.DeleteFunc(slices.Clone(e.flags), func(f string) bool { return strings.EqualFold(f, flag) })
	if on {
		e.flags = append(e.flags, flag)
	}
	e.modseq = l.change()
	if starred := l.find(gmailStarred); l.gmail && strings.EqualFold(flag, `\Flagged`) {
		if on {
			l.add(starred, e.letter)
		} else {
			l.remove(starred, func(o *entry) bool { return o.letter == e.letter })
		}
	}
}

func (e *entry) allFlags() []string {
	if e.deleted {
		return append(slices.Clone(e.flags), `\Deleted`)
	}
	return slices.Clone(e.flags)
}

func (e *entry) hasFlag(flag string) bool {
	return slices.ContainsFunc(e.allFlags(), func(f string) bool { return strings.EqualFold(f, flag) })
}

// mod is the entry's mod-sequence.
func (e *entry) mod() uint64 { return max(e.modseq, e.touched) }

// highest is HIGHESTMODSEQ.
func (b *box) highest() uint64 {
	high := uint64(1)
	for _, e := range b.entries {
		high = max(high, e.mod())
	}
	for _, g := range b.gone {
		high = max(high, g.modseq)
	}
	return high
}

func (m *letter) raw() []byte {
	if m.content == nil {
		return m.maker.raw(m.made)
	}
	return m.content
}

func (m *letter) header() textproto.Header {
	h, _ := textproto.ReadHeader(bufio.NewReader(bytes.NewReader(m.raw())))
	return h
}

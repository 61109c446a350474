package demo

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// Letter is a message of the demo as it lies in its mailbox.
type Letter struct {
	Raw   []byte    // RFC 5322, CRLF line ends
	Flags []string  // "\\Seen"
	Date  time.Time // of arrival
}

// Box is a mailbox of the demo.
type Box struct {
	Name    string   // decoded
	Letters []Letter // oldest first
}

// The mailboxes of the demo. Those with a special use (RFC 6154) have the names
// for which the embedded server knows it. Two have names that need modified UTF-7 on older
// servers (RFC 3501 §5.1.3).
const (
	inbox      = "INBOX"
	sent       = "Sent"
	drafts     = "Drafts"
	archive    = "Archive"
	junk       = "Junk"
	trash      = "Trash"
	lighthouse = "Projects/Lighthouse"
	oldDrafts  = "Entwürfe-Archiv"
	japan      = "日本"
)

// boxes are the mailboxes in the order in which they are made.
var boxes = []Box{
	{Name: inbox},
	{Name: archive},
	{Name: drafts},
	{Name: oldDrafts},
	{Name: junk},
	{Name: "Projects"},
	{Name: lighthouse},
	{Name: sent},
	{Name: trash},
	{Name: japan},
}

// Corpus writes the demo's mail, about 200 messages whose dates lead up to now.
// The same now gives the same bytes.
func Corpus(now time.Time) []Box {
	d := &desk{
		now:    now.Truncate(time.Second),
		random: rand.New(rand.NewPCG(9051, 5322)), //nolint:gosec // made-up mail wants to be the same each time
		boxes:  map[string][]mail{},
	}
	for _, write := range []func(*desk){
		writeConversations,
		writeLanguages,
		writeNewsletters,
		writeInvoices,
		writeInvitations,
		writePhishing,
		writeReceipts,
		writeReports,
		writeMailingList,
		writePhotos,
		writeForwarded,
		writeDrafts,
		writeJunk,
		writeEveryday,
	} {
		write(d)
	}
	return d.sorted()
}

// desk is where the mail is written.
type desk struct {
	now    time.Time
	random *rand.Rand
	boxes  map[string][]mail
	count  int
}

// put lays a message into a mailbox and returns it with its id.
func (d *desk) put(box string, m mail) mail {
	d.count++
	if m.id == "" {
		m.id = fmt.Sprintf("%06x.%d", d.random.Uint32()&0xffffff, d.count)
	}
	if m.date.After(d.now) {
		m.date = d.now
	}
	d.boxes[box] = append(d.boxes[box], m)
	return m
}

// ago is a time before now.
func (d *desk) ago(days, hours, minutes int) time.Time {
	return d.now.Add(-time.Duration(days)*24*time.Hour - time.Duration(hours)*time.Hour - time.Duration(minutes)*time.Minute)
}

// pick chooses one of the given.
func pick[T any](d *desk, from []T) T { return from[d.random.IntN(len(from))] }

func (d *desk) sorted() []Box {
	out := slices.Clone(boxes)
	for i := range out {
		mails := d.boxes[out[i].Name]
		slices.SortStableFunc(mails, func(a, b mail) int {
			return cmp.Or(a.date.Compare(b.date), cmp.Compare(a.id, b.id))
		})
		for _, m := range mails {
			out[i].Letters = append(out[i].Letters, Letter{Raw: m.source(), Flags: m.flags, Date: m.date})
		}
	}
	return out
}

package thread

import (
	"slices"
	"time"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/message"
)

// thread is a conversation being put together. It keeps what it has when a
// connection breaks, and goes on from there on the next.
type thread struct {
	s          *Service
	pool       *imapconn.Pool
	id         contract.MessageID
	limit      int
	first      int // position of the first message shown, from 1; 0: chosen
	chars      int // of text, of all messages shown
	extra      []string
	boxes      []*threadBox // the message's own first; the order they are asked in
	seed       *threadMail
	placed     bool             // the usual mailboxes are known
	listed     []*imap.ListData // all mailboxes
	everywhere bool             // the other mailboxes were searched for what is missing
	rounds     int
	asked      map[string]bool // ids that were searched for
	// subjectAsked: candidates were looked for by subject too.
	subjectAsked bool
	unfinished   bool // there were ids left to search for
	partly       bool // of a mailbox only some messages were searched
	refusedIDs   bool // ids outside ASCII that the server does not search for
	issues       []contract.Issue
	arrange      arrangement
	bare         bool // the structure of the message asked about is not asked for
	broken       bool // it ended with a fault
	judged       bool // lockdown has decided what is withheld
}

// threadBox is one mailbox that is looked into.
type threadBox struct {
	name        string
	place       place
	other       bool // looked into only for what is referred to and was not found
	asked       bool // named by the caller: that it is missing is an issue
	uidValidity uint32
	next        uint32 // its UIDNEXT; 0: not known yet
	exists      uint32 // messages in it, when it was seen last
	failed      bool
	absent      bool // failed, and it is no news: a usual mailbox that does not exist
	searched    bool
	// unsearchable: a search was refused.
	unsearchable bool
	refusal      error // of the search
	ownFound     bool  // a search for ids found the message asked about
	browsed      bool  // its newest messages were looked through
	count        int   // matches, as far as one search told
	pending      []uint32
	retried      map[uint32]bool
	got          map[uint32]*threadMail
}

// threadMail is one message that may belong to the conversation.
type threadMail struct {
	mailbox.Found
	lineage
	server    serverIDs
	box       *threadBox
	arrived   time.Time
	read      bool // its text was asked for
	short     bool // less of its text came than was announced
	text      *string
	quoted    string // all of the text, when none of it is its writer's own
	cut       bool
	removed   map[string]int
	uncertain map[string]int
	notes     []string
	files     []message.Attachment
	// identity is what key found, before lockdown took the sender's words out.
	identity string
	judged   bool // lockdown has decided about it
}

// arrangement is a conversation as far as it is known.
type arrangement struct {
	ancestors map[string]bool // ids of the message asked about and of what it answers
	present   map[string]bool // ids of messages that were found
	members   []*threadMail   // of the conversation, oldest first, copies included
	mails     []joined        // oldest first
	from, to  int             // those of mails that are shown
}

// joined is one message with its copies.
type joined struct {
	best   *threadMail
	copies []*threadMail // best included
}

// shown are the messages that are shown.
func (a *arrangement) shown() []joined { return a.mails[a.from:a.to] }

// addBox adds a mailbox once.
func (t *thread) addBox(name string, p place, asked bool) *threadBox {
	name = contract.CanonicalMailbox(name)
	if i := slices.IndexFunc(t.boxes, func(b *threadBox) bool { return b.name == name }); i >= 0 {
		b := t.boxes[i]
		if p != placeOther {
			b.place = p
		}
		return b
	}
	b := &threadBox{
		name: name, place: p, asked: asked,
		retried: map[uint32]bool{}, got: map[uint32]*threadMail{},
	}
	t.boxes = append(t.boxes, b)
	return b
}

// addPlaces adds the usual mailboxes and those named.
func (t *thread) addPlaces(places map[place]string) {
	t.addBox(contract.Inbox, placeInbox, false)
	for p := placeSent; p <= placeAll; p++ {
		if name := places[p]; name != "" {
			t.addBox(name, p, false)
		}
	}
	for _, name := range t.extra {
		t.addBox(name, placeOther, true).asked = true
	}
	t.placed = true
}

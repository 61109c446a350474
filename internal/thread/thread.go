package thread

import (
	"context"
	"slices"
	"time"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/message"
)

const (
	// DefaultLimit is how many messages of a conversation are shown
	// unless another number is asked for: most have below ten, and one that
	// was worth asking about may have twenty.
	DefaultLimit = 20

	// MaxMailboxes is how many mailboxes may be named beside those that
	// are searched anyway; each costs the server an EXAMINE and a search per
	// round.
	MaxMailboxes = 5

	// MaxAttachments is listed of one message of a conversation.
	MaxAttachments = 10

	// maxThreadRounds is how often messages are searched for: what names the
	// message asked about or its ancestors, then twice what names those that
	// were found. Programs that write References as they should (RFC 5322
	// §3.6.4) need one.
	maxThreadRounds = 3

	// maxThreadHits is how many messages of one mailbox are looked at.
	maxThreadHits = 150

	// maxThreadRescues is how often a conversation goes on after a message's
	// structure broke the connection.
	maxThreadRescues = 3
)

// Query asks for the conversation that a message belongs to.
type Query struct {
	ID        contract.MessageID
	Limit     int      // messages shown; 0: DefaultLimit
	Mailboxes []string // looked into beside the usual ones, at most MaxMailboxes
}

// Message is one message of a conversation.
type Message struct {
	mailbox.Summary
	AlsoIn        []string // other mailboxes with a copy; never nil
	BodyText      *string  // what its writer wrote, without what was quoted; nil: not read
	BodyTruncated bool
	Removed       map[string]int // what was hidden and removed, by kind
	Attachments   []message.Attachment
	Notes         []string
}

// Thread is a conversation, oldest message first.
type Thread struct {
	Account          string
	Messages         []Message
	Total            int // messages in the conversation, copies not counted
	TotalApproximate bool
	Earlier, Later   int      // messages that were found and not shown
	Searched         []string // mailboxes that were looked into
	Unsearched       []string // mailboxes that could not be
	Issues           []contract.Issue
}

// Truncated reports whether the conversation has more messages than are shown.
func (t *Thread) Truncated() bool { return t.Total > len(t.Messages) }

// thread is a conversation being put together. It keeps what it has when a
// connection breaks, and goes on from there on the next.
type thread struct {
	s      *Service
	pool   *imapconn.Pool
	id     contract.MessageID
	limit  int
	extra  []string
	boxes  []*threadBox // the message's own first; the order they are asked in
	seed   *threadMail
	placed bool // the usual mailboxes are known
	rounds int
	asked  map[string]bool // ids that were searched for
	// subjectAsked: candidates were looked for by subject too.
	subjectAsked bool
	unfinished   bool // there were ids left to search for
	refusedIDs   bool // ids outside ASCII that the server does not search for
	issues       []contract.Issue
	arrange      arrangement
	rescues      int
	// fetching are the boxes whose summaries are under way: a connection that
	// breaks now may have broken on a structure.
	fetching []*threadBox
	bareAll  bool // ask for no structure any more
	broken   bool // it ended with a fault
	judged   bool // lockdown has decided what is withheld
}

// threadBox is one mailbox that is looked into.
type threadBox struct {
	name        string
	place       place
	asked       bool // named by the caller: that it is missing is an issue
	uidValidity uint32
	failed      bool
	absent      bool // failed, and it is no news: a usual mailbox that does not exist
	searched    bool
	// unsearchable: a search was refused.
	unsearchable bool
	count        int // matches, as far as one search told
	pending      []uint32
	bare         map[uint32]bool // asked for without structure
	retried      map[uint32]bool
	got          map[uint32]*threadMail
}

// threadMail is one message that may belong to the conversation.
type threadMail struct {
	mailbox.Found
	lineage
	box     *threadBox
	arrived time.Time
	read    bool // its text was asked for
	text    *string
	quoted  string // all of the text, when none of it is its writer's own
	cut     bool
	removed map[string]int
	notes   []string
	files   []message.Attachment
	// identity is what key found, before lockdown took the sender's words out.
	identity string
	judged   bool // lockdown has decided about it
}

// Thread finds the conversation of a message by its Message-ID, In-Reply-To and
// References, in the message's own mailbox, INBOX, Sent, Archive, All Mail and
// those named, and reads what each of its writers wrote. Copies in several
// mailboxes are one message.
//
// All mailboxes are visited on one connection, each step in one flight: where
// programs wrote References as they should, four flights; at most eight on a
// warm connection, whatever mailbox is open on it. A fault comes with what was obtained before; a nil Thread
// means nothing was.
//
// THREAD=REFERENCES (RFC 5256) is not used. It threads only what its search
// criteria match, in one mailbox, so the searches for ids and the widening are
// needed all the same, and it would save no flight: the headers that join
// mailboxes and copies are fetched with the summaries. It also joins strangers
// by subject (step 5), and go-imap's parser for it recurses.
func (s *Service) Thread(ctx context.Context, q Query) (*Thread, error) {
	pool, err := s.accounts.Find(q.ID.Account)
	if err != nil {
		return nil, err
	}
	t := &thread{s: s, pool: pool, id: q.ID, limit: q.Limit, asked: map[string]bool{}}
	t.id.Account = pool.Account().ID
	t.id.Mailbox = contract.CanonicalMailbox(q.ID.Mailbox)
	if t.limit <= 0 {
		t.limit = DefaultLimit
	}
	own := t.addBox(t.id.Mailbox, placeOther, true)
	own.uidValidity = t.id.UIDValidity
	for _, name := range q.Mailboxes[:min(len(q.Mailboxes), MaxMailboxes)] {
		if err := contract.CheckMailbox("mailboxes", name); err != nil {
			return nil, err
		}
		t.extra = append(t.extra, contract.CanonicalMailbox(name))
	}
	for {
		err = pool.Do(ctx, "", t.run)
		if err == nil && !t.judged {
			t.judge(ctx)
			continue
		}
		if err == nil || ctx.Err() != nil || !imapconn.IsDecodeFailure(err) || !t.blame() {
			break
		}
	}
	if err != nil && (t.seed == nil || !imapconn.IsFault(err)) {
		return nil, imapconn.Classify("thread", err)
	}
	if err != nil {
		t.broken = true
		t.issues = append(t.issues, imapconn.AsIssue("thread", err))
	}
	if t.pool.Account().Lockdown {
		t.arrange = t.arranged()
		t.judge(ctx) // costs nothing for those it has decided about
	}
	return t.result(), nil
}

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
		bare: map[uint32]bool{}, retried: map[uint32]bool{}, got: map[uint32]*threadMail{},
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

// run goes on with the conversation from wherever it is.
func (t *thread) run(_ context.Context, c *imapconn.Conn) error {
	if t.seed == nil {
		if err := t.open(c); err != nil {
			return err
		}
	}
	for {
		for t.anyPending() {
			if err := t.fetchSummaries(c); err != nil {
				return err
			}
		}
		t.arrange = t.arranged()
		ids := t.nextIDs()
		if len(ids) == 0 && t.rounds == 0 {
			t.seed.notes = append(t.seed.notes, "this message has no Message-ID and names no other message: no conversation can be found for it")
		}
		if t.unfinished = len(ids) > 0 && t.rounds == maxThreadRounds; len(ids) == 0 || t.unfinished {
			break
		}
		if err := t.searchFor(c, ids); err != nil {
			return err
		}
		t.rounds++
	}
	if !t.judged {
		if t.pool.Account().Lockdown {
			return nil // whose text may be read is decided first
		}
		t.judged = true
	}
	return t.flight(c, t.textStops(c))
}

// judge lets lockdown decide about the messages that are shown and that it has
// not decided about: after a fault there may be others than before.
func (t *thread) judge(ctx context.Context) {
	t.judged = true
	for _, b := range t.boxes {
		var list []*mailbox.Found
		for _, j := range t.arrange.shown() {
			if j.best.box == b && !j.best.judged {
				j.best.judged = true
				list = append(list, &j.best.Found)
			}
		}
		if len(list) > 0 {
			mailbox.Withhold(ctx, t.s.people, t.pool, b.name, list)
		}
	}
}

// blame says which message's structure broke the connection, so that it is
// asked for in another way. Servers answer in ascending order: it is the first
// that is missing. If this was not it, no structure is asked for any more.
func (t *thread) blame() bool {
	if t.rescues++; t.rescues > maxThreadRescues || len(t.fetching) == 0 {
		return false
	}
	if t.rescues == maxThreadRescues {
		t.bareAll = true
		return true
	}
	for _, b := range t.fetching {
		for _, uid := range slices.Sorted(slices.Values(b.pending)) {
			if !b.bare[uid] {
				b.bare[uid] = true
				return true
			}
		}
	}
	return false
}

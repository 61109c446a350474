package mailtest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/secret"
)

// Profile is whose server an Extended plays.
type Profile string

// The profiles. Each is what the provider's documentation, the RFCs and public
// reports say; nothing was tried on the providers themselves.
const (
	Everything Profile = "everything" // every extension that goes with the others
	Gmail      Profile = "gmail"      // X-GM-EXT-1, labels, no SORT
	Yahoo      Profile = "yahoo"      // UIDONLY, PARTIAL, MESSAGELIMIT, 10,000 messages without UIDONLY; no ESEARCH
)

// ExtendedOptions say what an Extended is like.
type ExtendedOptions struct {
	Profile Profile // empty: Everything
	// Without and With are capabilities taken from and added to those of the
	// profile. What is not advertised is refused with BAD, or not answered.
	Without, With []string
	// Made is how many messages INBOX has at the start, each made up when it is
	// asked for, as those of a Synthetic are: UID n is its message n.
	Made uint32
	// MessageLimit bounds the messages of a command (RFC 9738), the newest of
	// which are taken; it is advertised. Zero: none, Yahoo 1000.
	MessageLimit int
	// Window is how many of the newest messages a mailbox has while UIDONLY is
	// not enabled; zero: all, Yahoo 10,000.
	Window int
	// Connections is how many may be signed in at once; zero: any number, Gmail 15.
	Connections int
	// LazyPreviews has PREVIEW (LAZY) answered NIL (RFC 8970 §3.2).
	LazyPreviews bool
	// QuotedLabels has Gmail write system labels as "\\Inbox", as clients see it
	// (mscdex/node-imap#187), in place of \Inbox, as its documentation has it.
	QuotedLabels bool
	// Now is the clock of WITHIN, SAVEDATE and mail without a date; nil: time.Now.
	Now func() time.Time
}

// Extended is an IMAP server in this process that speaks the extensions which
// imapserver lacks. It parses lines by itself, carries out one command at a
// time over all its connections, and keeps everything in memory.
type Extended struct {
	endpoint
	front   *front
	o       ExtendedOptions
	caps    []string
	letters *letters
	web     secret.Value // what the person signs in to the web site with

	// Guarded by letters.mu.
	refusal string
	signed  int
	heard   []string
}

var (
	// beforeSignIn and afterSignIn are what each profile announces. Gmail's
	// greeting names nothing, and what is behind the sign-in comes in an untagged
	// row; Yahoo and others name it in the tagged OK.
	beforeSignIn = map[Profile]string{
		Everything: "IMAP4rev1 ID ENABLE SASL-IR LITERAL- AUTH=PLAIN",
		Gmail:      "IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 XYZZY SASL-IR AUTH=PLAIN",
		Yahoo:      "IMAP4rev1 ID MOVE NAMESPACE SASL-IR AUTH=PLAIN",
	}
	afterSignIn = map[Profile]string{
		Everything: "IMAP4rev1 ID ENABLE IDLE NAMESPACE UNSELECT UIDPLUS MOVE CHILDREN SPECIAL-USE LIST-EXTENDED " +
			"LIST-STATUS STATUS=SIZE ESEARCH SORT ESORT WITHIN PREVIEW CONDSTORE QRESYNC SAVEDATE OBJECTID UIDONLY " +
			"PARTIAL LITERAL- QUOTA QUOTA=RES-STORAGE QUOTA=RES-MESSAGE COMPRESS=DEFLATE",
		Gmail: "IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 UIDPLUS COMPRESS=DEFLATE ENABLE " +
			"MOVE CONDSTORE ESEARCH LIST-EXTENDED LIST-STATUS LITERAL- SPECIAL-USE APPENDLIMIT=35651584",
		Yahoo: "IMAP4rev1 ID ENABLE IDLE NAMESPACE UNSELECT UIDPLUS MOVE CHILDREN SPECIAL-USE LIST-EXTENDED LIST-STATUS " +
			"LITERAL+ OBJECTID PARTIAL UIDONLY",
	}
)

// Answers to give with RefuseSignIn. The words are Google's, as users reported them.
const (
	GmailAppPassword = "NO [ALERT] Application-specific password required: " +
		"https://support.google.com/accounts/answer/185833 (Failure)"
	GmailWebAlert = "* NO [WEBALERT https://accounts.google.com/signin/continue?sarp=1] Web login required.\r\n" +
		"%T NO [ALERT] Please log in via your web browser: https://support.google.com/mail/accounts/answer/78754 (Failure)"
	gmailTooMany = "NO [ALERT] Too many simultaneous connections. (Failure)"
)

// NewExtended starts one that ends with the test.
func NewExtended(t testing.TB, o ExtendedOptions) *Extended {
	t.Helper()
	if o.Profile == "" {
		o.Profile = Everything
	}
	if o.Profile == Yahoo {
		if o.MessageLimit == 0 {
			o.MessageLimit = 1000
		}
		if o.Window == 0 {
			o.Window = 10_000
		}
	}
	if o.Profile == Gmail && o.Connections == 0 {
		o.Connections = 15
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	ca, err := newAuthority(t.TempDir())
	if err != nil {
		t.Fatalf("%s server: %v", o.Profile, err)
	}
	cert, _, _, err := ca.issue(certificateOptions{})
	if err != nil {
		t.Fatalf("%s server: %v", o.Profile, err)
	}
	s := &Extended{o: o, caps: extendedCaps(o), letters: newLetters(o)}
	if s.front, err = listenFront(cert, s.serve); err != nil {
		t.Fatalf("%s server: %v", o.Profile, err)
	}
	s.ca, s.imaps, s.starttls = ca, s.front.imapsPort(), s.front.startTLSPort()
	s.user, s.password = newUser()
	_, s.web = newUser()
	s.front.start()
	t.Cleanup(s.front.close)
	return s
}

// NewGmail starts a Gmail.
func NewGmail(t testing.TB) *Extended { return NewExtended(t, ExtendedOptions{Profile: Gmail}) }

// NewYahoo starts a Yahoo whose INBOX has that many messages, made up when asked for.
func NewYahoo(t testing.TB, messages uint32) *Extended {
	return NewExtended(t, ExtendedOptions{Profile: Yahoo, Made: messages})
}

func extendedCaps(o ExtendedOptions) []string {
	caps := append(strings.Fields(afterSignIn[o.Profile]), o.With...)
	if o.MessageLimit > 0 {
		caps = append(caps, fmt.Sprintf("MESSAGELIMIT=%d", o.MessageLimit))
	}
	return slices.DeleteFunc(caps, func(c string) bool { return slices.Contains(o.Without, c) })
}

func (s *Extended) has(capability string) bool { return slices.Contains(s.caps, capability) }

func (s *Extended) serve(ctx context.Context, c *client) {
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	defer stop()
	newTalk(s, c).run()
}

// Name is the profile.
func (s *Extended) Name() string { return string(s.o.Profile) }

// WebAccount is the account with the password of the web site. Gmail refuses it
// with GmailAppPassword, others as any wrong password.
func (s *Extended) WebAccount(id string) config.Account {
	a := s.Account(id)
	a.Password = s.web
	return a
}

// RefuseSignIn has every sign-in answered with a status ("NO [ALERT] …"); lines
// before it may come along, with %T for the tag. Empty: no longer.
func (s *Extended) RefuseSignIn(status string) {
	s.letters.mu.Lock()
	defer s.letters.mu.Unlock()
	s.refusal = status
}

// Heard is every command so far but those that sign in: without its tag, with
// literals as quoted strings.
func (s *Extended) Heard() []string {
	s.letters.mu.Lock()
	defer s.letters.mu.Unlock()
	return slices.Clone(s.heard)
}

// Create implements Server.
func (s *Extended) Create(t testing.TB, mailbox string) {
	t.Helper()
	s.letters.mu.Lock()
	defer s.letters.mu.Unlock()
	if s.letters.create(mailbox) == nil {
		t.Fatalf("create %q: it exists", mailbox)
	}
}

// with runs f on a mailbox, under the lock.
func (s *Extended) with(t testing.TB, mailbox string, f func(b *box)) {
	t.Helper()
	s.letters.mu.Lock()
	defer s.letters.mu.Unlock()
	b := s.letters.find(mailbox)
	if b == nil {
		t.Fatalf("no mailbox %q", mailbox)
	}
	f(b)
}

// Append implements Server.
func (s *Extended) Append(t testing.TB, mailbox string, msgs ...Message) (uids []uint32) {
	t.Helper()
	s.with(t, mailbox, func(b *box) {
		for _, m := range msgs {
			uids = append(uids, s.letters.deliver(b, m.Raw, m.Flags, m.Date))
		}
	})
	return uids
}

// Expunge implements Server.
func (s *Extended) Expunge(t testing.TB, mailbox string, uids ...uint32) {
	t.Helper()
	s.with(t, mailbox, func(b *box) {
		s.letters.remove(b, func(e *entry) bool { return slices.Contains(uids, e.uid) })
	})
}

// UIDValidity implements Server.
func (s *Extended) UIDValidity(t testing.TB, mailbox string) (validity uint32) {
	t.Helper()
	s.with(t, mailbox, func(b *box) { validity = b.validity })
	return validity
}

// Messages implements Server; all messages, whatever the window.
func (s *Extended) Messages(t testing.TB, mailbox string) (list []Stored) {
	t.Helper()
	s.with(t, mailbox, func(b *box) {
		for _, e := range b.entries {
			flags := e.allFlags()
			slices.Sort(flags)
			list = append(list, Stored{UID: e.uid, Raw: e.raw(), Flags: flags, Date: e.arrived})
		}
	})
	return list
}

// Mailboxes implements Server.
func (s *Extended) Mailboxes(testing.TB) (names []string) {
	s.letters.mu.Lock()
	defer s.letters.mu.Unlock()
	for _, b := range s.letters.boxes {
		names = append(names, b.name)
	}
	slices.Sort(names)
	return names
}

// Remove implements Server.
func (s *Extended) Remove(t testing.TB, mailbox string) {
	t.Helper()
	s.with(t, mailbox, s.letters.delete)
}

// Recreate implements Server.
func (s *Extended) Recreate(t testing.TB, mailbox string) {
	t.Helper()
	s.Remove(t, mailbox)
	s.Create(t, mailbox)
}

// Restart implements Server.
func (s *Extended) Restart(testing.TB) { s.front.drop() }

// Connections says how many connections were accepted since the start.
func (s *Extended) Connections() int { return s.front.connections() }

package people

import "time"

// The bounds of this room.
const (
	// maxContacts is how many answers are kept.
	maxContacts = 10_000

	// friendFor and strangerFor are how long they hold. To have written once
	// stays true; a stranger is one until the person answers.
	friendFor   = time.Hour
	strangerFor = 30 * time.Second

	// maxAsked is how many senders of a page are looked for in one call: a
	// page has at most 100 messages.
	maxAsked = 128

	// plainAsked is the same for a server without ESEARCH, which must be asked
	// one after the other.
	plainAsked = 8

	// recipientBytes is asked of a sent message's recipients: 100 addresses.
	recipientBytes = 8 << 10

	// LockdownHeaderBytes is asked of a message's summary where lockdown decides:
	// the receiving server's verdict stands at the top, its chain of Received
	// fields below.
	LockdownHeaderBytes = 16 << 10

	// maxAuthors is how many authors a mail may have: RFC 5322 §3.6.2 has no bound,
	// and message.ParseAddresses has one, beyond which a stranger could stand.
	maxAuthors = 10

	// placesFor is how long it is remembered which mailboxes are the account's
	// Sent, Trash and so on.
	placesFor = 10 * time.Minute

	// maxPlaceBoxes is how many mailboxes of lower levels are kept of a LIST
	// because of their names alone; an account has one or two of each use.
	maxPlaceBoxes = 1000

	// maxSentBoxes is how many Sent mailboxes are looked into: each costs round
	// trips, and real accounts have one or two.
	maxSentBoxes = 4
)

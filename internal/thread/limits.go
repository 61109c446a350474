package thread

// The bounds of this room.
const (
	// threadIdentityBytes is asked of Message-ID and In-Reply-To: the latter
	// has phrases beside its ids.
	threadIdentityBytes = 2 << 10

	// threadReferencesBytes is asked of each candidate's References: 80 ids of
	// the usual length. The message asked about may have more.
	threadReferencesBytes = 8 << 10
	seedReferencesBytes   = 32 << 10

	// maxThreadIDBytes is the longest Message-ID that counts. The longest real
	// ones are about 250 bytes; a line of mail has 998 (RFC 5322 §2.1.1).
	maxThreadIDBytes = 512

	// maxReferences is kept of one message's ancestors: mailing lists reach 200,
	// and the first and the last say where it belongs.
	maxReferences     = 64
	maxFirstReference = 8

	// threadCommandBytes is the length of one search command: RFC 7162 §4 asks
	// clients to stay below 8,192 bytes.
	threadCommandBytes = 8000

	// maxThreadCommands is how many such a round may take in one mailbox: about
	// 70 ids of the usual length. maxRoundCommands is the same for all mailboxes
	// together, so that a flight stays below what is sent in one write.
	maxThreadCommands = 3
	maxRoundCommands  = 12

	// subjectBytes is how much of a subject is searched for, and subjectChars the
	// least that says anything.
	subjectBytes = 60
	subjectChars = 4

	// maxThreadTextChars is shown of one message's own text: a long letter.
	// imap_get_message has the rest.
	maxThreadTextChars = 4_000

	// DefaultMaxChars is shown of all messages together unless another number is
	// asked for: about 10,000 tokens. What short messages leave goes to the long
	// ones in equal parts.
	DefaultMaxChars = 40_000

	// threadFetchBytes is fetched of all texts of a conversation together, in
	// equal parts between threadFloorBytes and threadPartBytes: HTML carries
	// ten times its text in markup, and own text may follow a long quotation.
	threadFetchBytes = 1 << 20
	threadPartBytes  = 64 << 10
	threadFloorBytes = 8 << 10

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

	// maxElsewhere is how many other mailboxes are searched for messages that are
	// referred to and were not found, and elsewhereFlight how many of them in one
	// flight, each with one command of elsewhereBytes: some 20 ids.
	maxElsewhere    = 60
	elsewhereFlight = 20
	elsewhereBytes  = 1600

	// maxThreadHits is how many messages of one mailbox are looked at.
	maxThreadHits = 150
)

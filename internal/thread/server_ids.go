package thread

import (
	"strconv"

	"mail-imap-mcp/internal/imap"
)

// serverIDs are what the server itself calls a message and its conversation: on
// Gmail X-GM-MSGID and X-GM-THRID, elsewhere THREADID (RFC 8474). They are the same
// in every mailbox.
//
// EMAILID is not asked for: it differs between a mail in Sent and the same mail as a
// list sent it back, which are one message to a reader. Gmail keeps only one of them.
type serverIDs struct {
	gmailMessage, gmailThread uint64
	thread                    string
}

// sameThread reports whether the server puts two messages into one conversation.
func (s serverIDs) sameThread(other serverIDs) bool {
	return (s.gmailThread != 0 && s.gmailThread == other.gmailThread) || (s.thread != "" && s.thread == other.thread)
}

// message is the same for all copies of a message; "" where the server does not
// say.
func (s serverIDs) message() string {
	if s.gmailMessage != 0 {
		return "gmail " + strconv.FormatUint(s.gmailMessage, 10)
	}
	return ""
}

// thread asks for what the server puts into the message's conversation; nil where
// it does not say.
func (m *threadMail) thread() *imap.SearchCriteria {
	switch {
	case m.server.gmailThread != 0:
		return &imap.SearchCriteria{GmailThrID: m.server.gmailThread}
	case m.server.thread != "":
		return &imap.SearchCriteria{ThreadID: m.server.thread}
	}
	return nil
}

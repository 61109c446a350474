// Package imap is the grammar of IMAP (RFC 9051, RFC 3501) as a client speaks
// it: a bounded, lenient reader of what servers send, an exact writer of
// commands, and a Client that puts commands into flights and hands the
// responses to them.
//
// It is synchronous: nothing is read behind the caller's back. Commands that are
// begun are written together when one of them is waited for; then responses are
// read until that command has its tagged response. A caller that wants to cancel
// closes the connection underneath.
//
// Reading is lenient where sense can be made of what came. What cannot be
// understood costs its row or its item, is noted (Client.Problems) and never
// ends the connection, unless the stream itself is lost or a limit of an
// operation is exceeded (Limits).
//
// EXPUNGE, CLOSE and SELECT for reading do not exist here, so they cannot be
// called.
package imap

import (
	"fmt"
	"strings"
)

// UID is a message's unique identifier in its mailbox (RFC 9051 §2.3.1.1).
type UID = uint32

// Flag is a system flag or keyword (RFC 9051 §2.3.2).
type Flag string

// The system flags. FlagWildcard in PERMANENTFLAGS allows any keyword.
const (
	FlagSeen     Flag = `\Seen`
	FlagAnswered Flag = `\Answered`
	FlagFlagged  Flag = `\Flagged`
	FlagDeleted  Flag = `\Deleted`
	FlagDraft    Flag = `\Draft`
	FlagWildcard Flag = `\*`
)

// MailboxAttr is an attribute of a mailbox in LIST (RFC 9051 §7.3.1, RFC 6154).
type MailboxAttr string

// Attributes of mailboxes. Servers spell them in any case.
const (
	MailboxAttrNonExistent MailboxAttr = `\NonExistent`
	MailboxAttrNoSelect    MailboxAttr = `\Noselect`
	MailboxAttrHasChildren MailboxAttr = `\HasChildren`
	MailboxAttrSubscribed  MailboxAttr = `\Subscribed`

	MailboxAttrAll       MailboxAttr = `\All`
	MailboxAttrArchive   MailboxAttr = `\Archive`
	MailboxAttrDrafts    MailboxAttr = `\Drafts`
	MailboxAttrFlagged   MailboxAttr = `\Flagged`
	MailboxAttrJunk      MailboxAttr = `\Junk`
	MailboxAttrSent      MailboxAttr = `\Sent`
	MailboxAttrTrash     MailboxAttr = `\Trash`
	MailboxAttrImportant MailboxAttr = `\Important`
)

// StatusResponseType is the first word of a status response (RFC 9051 §7.1).
type StatusResponseType string

// The types of status responses.
const (
	StatusResponseTypeOK      StatusResponseType = "OK"
	StatusResponseTypeNo      StatusResponseType = "NO"
	StatusResponseTypeBad     StatusResponseType = "BAD"
	StatusResponseTypePreAuth StatusResponseType = "PREAUTH"
	StatusResponseTypeBye     StatusResponseType = "BYE"
)

// ResponseCode is the name of a response code, in upper case (RFC 9051 §7.1,
// RFC 5530).
type ResponseCode string

// Response codes that are acted on.
const (
	ResponseCodeAlert                ResponseCode = "ALERT"
	ResponseCodeAlreadyExists        ResponseCode = "ALREADYEXISTS"
	ResponseCodeAppendUID            ResponseCode = "APPENDUID"
	ResponseCodeAuthenticationFailed ResponseCode = "AUTHENTICATIONFAILED"
	ResponseCodeBadCharset           ResponseCode = "BADCHARSET"
	ResponseCodeCannot               ResponseCode = "CANNOT"
	ResponseCodeCapability           ResponseCode = "CAPABILITY"
	ResponseCodeCopyUID              ResponseCode = "COPYUID"
	ResponseCodeHasChildren          ResponseCode = "HASCHILDREN"
	ResponseCodeInUse                ResponseCode = "INUSE"
	ResponseCodeLimit                ResponseCode = "LIMIT"
	ResponseCodeMessageLimit         ResponseCode = "MESSAGELIMIT"
	ResponseCodeNoPerm               ResponseCode = "NOPERM"
	ResponseCodeNonExistent          ResponseCode = "NONEXISTENT"
	ResponseCodeOverQuota            ResponseCode = "OVERQUOTA"
	ResponseCodeServerBug            ResponseCode = "SERVERBUG"
	ResponseCodeTryCreate            ResponseCode = "TRYCREATE"
	ResponseCodeUnavailable          ResponseCode = "UNAVAILABLE"
	ResponseCodeWebAlert             ResponseCode = "WEBALERT"
)

// Error is a command that the server answered with NO or BAD, or a connection
// that it ended with BYE. Text is the server's own wording and untrusted.
type Error struct {
	Type StatusResponseType
	Code ResponseCode // "" when there was none
	Arg  string       // what follows the code's name
	Text string
}

// Error implements error.
func (e *Error) Error() string {
	if e.Code != "" {
		return fmt.Sprintf("imap: %s [%s] %s", e.Type, e.Code, e.Text)
	}
	return fmt.Sprintf("imap: %s %s", e.Type, e.Text)
}

// Cap is the name of a capability, in upper case but for IMAP4rev1 and
// IMAP4rev2.
type Cap string

// Capabilities that are made use of.
const (
	CapIMAP4rev1     Cap = "IMAP4rev1"        // RFC 3501
	CapIMAP4rev2     Cap = "IMAP4rev2"        // RFC 9051
	CapCompress      Cap = "COMPRESS=DEFLATE" // RFC 4978
	CapESearch       Cap = "ESEARCH"          // RFC 4731
	CapEnable        Cap = "ENABLE"           // RFC 5161
	CapGmail         Cap = "X-GM-EXT-1"       // developers.google.com/gmail/imap/imap-extensions
	CapID            Cap = "ID"               // RFC 2971
	CapListExtended  Cap = "LIST-EXTENDED"    // RFC 5258
	CapListStatus    Cap = "LIST-STATUS"      // RFC 5819
	CapLiteralMinus  Cap = "LITERAL-"         // RFC 7888
	CapLiteralPlus   Cap = "LITERAL+"         // RFC 7888
	CapLoginDisabled Cap = "LOGINDISABLED"    // RFC 9051 §6.2.3
	CapMove          Cap = "MOVE"             // RFC 6851
	CapNamespace     Cap = "NAMESPACE"        // RFC 2342
	CapObjectID      Cap = "OBJECTID"         // RFC 8474
	CapPartial       Cap = "PARTIAL"          // RFC 9394
	CapPreview       Cap = "PREVIEW"          // RFC 8970
	CapQuota         Cap = "QUOTA"            // RFC 9208
	CapSASLIR        Cap = "SASL-IR"          // RFC 4959
	CapSpecialUse    Cap = "SPECIAL-USE"      // RFC 6154
	CapStartTLS      Cap = "STARTTLS"         // RFC 9051 §6.2.1
	CapUIDOnly       Cap = "UIDONLY"          // RFC 9586
	CapUIDPlus       Cap = "UIDPLUS"          // RFC 4315
	CapUTF8Accept    Cap = "UTF8=ACCEPT"      // RFC 6855
	CapUTF8Only      Cap = "UTF8=ONLY"        // RFC 6855
	CapUnselect      Cap = "UNSELECT"         // RFC 3691
	CapWithin        Cap = "WITHIN"           // RFC 5032
)

// partOfRev2 are the capabilities that IMAP4rev2 implies (RFC 9051 appendix E).
var partOfRev2 = map[Cap]bool{
	CapESearch: true, CapEnable: true, CapID: true, CapListExtended: true, CapListStatus: true,
	CapLiteralMinus: true, CapMove: true, CapNamespace: true, CapSASLIR: true, CapSpecialUse: true,
	CapUIDPlus: true, CapUnselect: true,
}

// AuthCap is the capability of a SASL mechanism.
func AuthCap(mechanism string) Cap { return Cap("AUTH=" + mechanism) }

// CapSet is what a server says it can do.
type CapSet map[Cap]struct{}

// Has reports whether the server has a capability, itself or as a part of
// IMAP4rev2.
func (set CapSet) Has(c Cap) bool {
	if _, ok := set[c]; ok {
		return true
	}
	if c == CapLiteralMinus {
		if _, ok := set[CapLiteralPlus]; ok {
			return true
		}
	}
	_, rev2 := set[CapIMAP4rev2]
	return rev2 && partOfRev2[c]
}

// maxCaps bounds how many capabilities are kept; the longest real list has
// about 60.
const maxCaps = 256

// ParseCaps reads capability-data (RFC 9051 §7.2.2). Names ignore case; words
// that are no atoms are dropped: they are shown to people.
func ParseCaps(words []string) CapSet {
	caps := CapSet{}
	for _, word := range words {
		if len(caps) < maxCaps && len(word) <= 64 && isAtom(word) {
			caps[canonicalCap(word)] = struct{}{}
		}
	}
	return caps
}

func canonicalCap(word string) Cap {
	upper := strings.ToUpper(word)
	switch upper {
	case "IMAP4REV1":
		return CapIMAP4rev1
	case "IMAP4REV2":
		return CapIMAP4rev2
	}
	return Cap(upper)
}

package contract

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// DefaultAccountID is the account a call means when it names none.
const DefaultAccountID = "default"

// maxAccountID is the longest account id.
const maxAccountID = 64

func isAccountID(s string) bool {
	return s != "" && len(s) <= maxAccountID && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") == ""
}

// CanonicalAccountID checks an account id and returns it in lower case:
// matching ignores case.
func CanonicalAccountID(s string) (string, error) {
	if !isAccountID(s) {
		return "", Errorf(InvalidInput, "account_id must be 1 to 64 letters, digits, '_' or '-', for example %q", DefaultAccountID)
	}
	return strings.ToLower(s), nil
}

// MessageID names one message for good: its UID means it as long as the
// mailbox's UIDVALIDITY stays the same (RFC 9051 §2.3.1.1).
type MessageID struct {
	Account     string // canonical
	Mailbox     string // decoded
	UIDValidity uint32
	UID         uint32
}

// String is the id's wire form, imap:{account}:{mailbox}:{uidvalidity}:{uid}.
func (id MessageID) String() string {
	return fmt.Sprintf("imap:%s:%s:%d:%d", id.Account, id.Mailbox, id.UIDValidity, id.UID)
}

// URI is the message as an MCP resource.
func (id MessageID) URI() string {
	return fmt.Sprintf("imap://%s/mailbox/%s/message/%d/%d", id.Account, url.PathEscape(id.Mailbox), id.UIDValidity, id.UID)
}

// RawURI is the message's source as an MCP resource.
func (id MessageID) RawURI() string { return id.URI() + "/raw" }

// maxMessageID bounds an id before it is looked at: the longest valid one has
// 256 four-byte characters of mailbox, percent-encoded in a URI.
const maxMessageID = 256*12 + 256

// ParseMessageID reads the wire form. The mailbox may contain colons, so it is
// read from both ends.
func ParseMessageID(s string) (MessageID, error) {
	bad := func(problem string) (MessageID, error) {
		return MessageID{}, Errorf(InvalidInput,
			"message_id %s; copy it from a search result, for example imap:default:INBOX:1700000000:42", problem)
	}
	if len(s) > maxMessageID {
		return bad("is too long")
	}
	rest, ok := strings.CutPrefix(s, "imap:")
	if !ok {
		return bad("must start with imap:")
	}
	account, rest, ok := strings.Cut(rest, ":")
	if !ok {
		return bad("must have five fields")
	}
	rest, uid, ok := cutLast(rest)
	if !ok {
		return bad("must have five fields")
	}
	mailbox, validity, ok := cutLast(rest)
	if !ok {
		return bad("must have five fields")
	}
	return newMessageID(account, mailbox, validity, uid, bad)
}

// ParseMessageURI reads a resource URI; raw tells whether it names the source.
func ParseMessageURI(uri string) (id MessageID, raw bool, err error) {
	bad := func(problem string) (MessageID, error) {
		return MessageID{}, Errorf(InvalidInput, "resource URI %s; it looks like imap://default/mailbox/INBOX/message/1700000000/42", problem)
	}
	if len(uri) > maxMessageID {
		_, err = bad("is too long")
		return id, false, err
	}
	rest, ok := strings.CutPrefix(uri, "imap://")
	fields := strings.Split(rest, "/")
	if len(fields) == 7 && fields[6] == "raw" {
		raw, fields = true, fields[:6]
	}
	if !ok || len(fields) != 6 || fields[1] != "mailbox" || fields[3] != "message" {
		_, err = bad("has the wrong form")
		return id, false, err
	}
	mailbox, unescapeErr := url.PathUnescape(fields[2])
	if unescapeErr != nil {
		_, err = bad("has a wrong percent-encoding")
		return id, false, err
	}
	id, err = newMessageID(fields[0], mailbox, fields[4], fields[5], bad)
	return id, raw, err
}

func newMessageID(account, mailbox, validity, uid string, bad func(string) (MessageID, error)) (MessageID, error) {
	account, err := CanonicalAccountID(account)
	if err != nil {
		return bad("names no valid account")
	}
	if CheckMailbox("mailbox", mailbox) != nil {
		return bad("names no valid mailbox")
	}
	v, ok := number(validity)
	if !ok {
		return bad("has a wrong uidvalidity")
	}
	u, ok := number(uid)
	if !ok {
		return bad("has a wrong uid")
	}
	return MessageID{Account: account, Mailbox: mailbox, UIDValidity: v, UID: u}, nil
}

// number reads an nz-number (RFC 9051 §9): digits only, no sign, no leading
// zero, 1 to 2³²-1.
func number(s string) (uint32, bool) {
	if s == "" || s[0] < '1' || s[0] > '9' {
		return 0, false
	}
	n, err := strconv.ParseUint(s, 10, 32)
	return uint32(n), err == nil
}

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

package contract

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"regexp"
	"strings"
)

// CheckLetters is how long the check of a short id is.
const CheckLetters = 4

// shortID is [account:]mailbox/uid~check; the mailbox may contain colons,
// slashes and tildes, so it is read from both ends.
var shortID = regexp.MustCompile(`(?s)^(.+)/([1-9][0-9]{0,9})~([a-z]{4})$`)

// Check is four letters over account, mailbox and UIDVALIDITY. A short id has
// them in the place of these, so that one that is stale or of another account
// is refused all the same, but for one in 457,000.
func (id MessageID) Check() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%d", id.Account, CanonicalMailbox(id.Mailbox), id.UIDValidity))
	n := binary.BigEndian.Uint32(sum[:])
	letters := make([]byte, CheckLetters)
	for i := range letters {
		letters[i] = 'a' + byte(n%26)
		n /= 26
	}
	return string(letters)
}

// Short is the id as a model reads it: INBOX/8921~kxfq, or work:INBOX/8921~kxfq
// where there are several accounts. What stands before the first colon is always
// an account, so a mailbox with a colon in its name needs one in front of it.
func (id MessageID) Short(severalAccounts bool) string {
	account := ""
	if severalAccounts || strings.Contains(id.Mailbox, ":") {
		account = id.Account + ":"
	}
	return fmt.Sprintf("%s%s/%d~%s", account, id.Mailbox, id.UID, id.Check())
}

// ParseShort reads what Short writes. The id has no UIDVALIDITY yet, and no
// account where none is named; whoever knows them compares the check.
func ParseShort(s string) (id MessageID, check string, ok bool) {
	if len(s) > maxMessageID {
		return id, "", false
	}
	m := shortID.FindStringSubmatch(s)
	if m == nil {
		return id, "", false
	}
	id.Mailbox = m[1]
	if account, rest, found := strings.Cut(m[1], ":"); found && isAccountID(account) {
		id.Account, id.Mailbox = strings.ToLower(account), rest
	}
	if id.UID, ok = number(m[2]); !ok || CheckMailbox("mailbox", id.Mailbox) != nil {
		return MessageID{}, "", false
	}
	return id, m[3], true
}

package contract

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Bounds that more than one package goes by. Those of a tool's arguments stand in
// the tags of its input (internal/tools/rule.go), where these are put to the test.
const (
	MaxAccounts  = 50  // configured; more is a configuration error
	MaxMailboxes = 200 // listed in one answer; more is an issue

	MaxMailboxChars = 256
	MaxTextChars    = 256 // of a search text
	MaxHeaderName   = 64  // of a header field name searched for

	MaxLimit     = 100
	DefaultLimit = 10

	MaxBodyChars = 16_000

	// MaxBodyOffset ends at what a body fetch can bring anyway.
	MaxBodyOffset = 2_000_000

	MaxAttachmentTextChars     = 64_000
	DefaultAttachmentTextChars = 10_000

	// A piece of an attachment as a resource; the largest that is read at all is
	// 25 MB.
	DefaultAttachmentBytes = 256 << 10
	MaxAttachmentOffset    = 25 << 20

	MaxMessageIDs = 250 // changed by one call
	MaxFlags      = 32  // named by one call

	MaxAttachments = 50 // listed of one message; more is an issue
)

// The bounds of a draft.
const (
	MaxRecipients = 100 // in each of to, cc and bcc

	// MaxAddressBytes of an address, its name included: the address alone has at
	// most 64 before the @ and 255 behind it (RFC 5321 §4.5.3.1).
	MaxAddressBytes = 320

	MaxSubjectChars     = 500
	MaxDraftBodyChars   = 100_000
	MaxDraftAttachments = 20

	// MaxDraftFileBytes is what its attachments have together, decoded: most
	// servers send no mail of more than 35 MB, which this is in base64.
	MaxDraftFileBytes = 25 << 20
)

// CheckSubject checks the subject of a draft: at most 500 characters, none a
// control character.
func CheckSubject(arg, s string) error {
	if s == "" {
		return nil
	}
	return checkString(arg, s, MaxSubjectChars, "Hello", unicode.IsControl)
}

// CheckDraftBody checks the body of a draft: at most 100,000 characters, of the
// control characters only line ends and tabs.
func CheckDraftBody(arg, s string) error {
	if s == "" {
		return nil
	}
	return checkString(arg, s, MaxDraftBodyChars, "Hello", func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t'
	})
}

// CheckMailbox checks a mailbox name: 1 to 256 characters, none a control
// character.
func CheckMailbox(arg, s string) error {
	return checkString(arg, s, MaxMailboxChars, "INBOX", unicode.IsControl)
}

// CheckText checks a search text: 1 to 256 characters, none an ASCII control
// character (these have no place in a header and CR, LF and NUL none on the
// wire).
func CheckText(arg, s string) error {
	return checkString(arg, s, MaxTextChars, "invoice", func(r rune) bool { return r < 0x20 || r == 0x7f })
}

func checkString(arg, s string, most int, example string, refused func(rune) bool) error {
	n := utf8.RuneCountInString(s)
	switch {
	case !utf8.ValidString(s):
		return Errorf(InvalidInput, "%s is not valid UTF-8", arg)
	case n == 0:
		return Errorf(InvalidInput, "%s is empty; give 1 to %d characters, for example %q", arg, most, example)
	case n > most:
		return Errorf(InvalidInput, "%s has %d characters; at most %d are allowed", arg, n, most)
	}
	if i := strings.IndexFunc(s, refused); i >= 0 {
		return Errorf(InvalidInput, "%s has a control character at byte %d; remove it", arg, i)
	}
	return nil
}

// CheckHeaderName checks a header field name (RFC 5322 §2.2: printable ASCII
// without colon).
func CheckHeaderName(arg, s string) error {
	valid := len(s) >= 1 && len(s) <= MaxHeaderName
	for i := 0; valid && i < len(s); i++ {
		valid = s[i] > ' ' && s[i] < 0x7f && s[i] != ':'
	}
	if !valid {
		return Errorf(InvalidInput, "%s must be a header field name of 1 to %d printable ASCII characters without colon, for example \"List-Id\"", arg, MaxHeaderName)
	}
	return nil
}

// MaxPartChars is the longest name of a part, in characters: file systems have 255
// bytes for one.
const MaxPartChars = 255

// IsPartID reports whether s is an IMAP section number (RFC 9051 §6.4.5): numbers
// from 1, joined by dots.
func IsPartID(s string) bool {
	const maxPartID, maxNumber = 100, 4 // characters of all, digits of one
	valid := len(s) >= 1 && len(s) <= maxPartID
	for number := range strings.SplitSeq(s, ".") {
		valid = valid && len(number) >= 1 && len(number) <= maxNumber && number[0] != '0' && strings.Trim(number, "0123456789") == ""
	}
	return valid
}

// CheckPart checks what names a part: its section number, or the name of its file.
func CheckPart(arg, s string) error {
	if !IsPartID(s) && (s == "" || utf8.RuneCountInString(s) > MaxPartChars || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl)) {
		return Errorf(InvalidInput, "%s must be a part number such as 2 or 1.2, or the name of an attached file; imap_get_message lists both", arg)
	}
	return nil
}

// systemFlags are the flags with a backslash that a client may set (RFC 9051
// §2.3.2).
var systemFlags = []string{`\Seen`, `\Answered`, `\Flagged`, `\Deleted`, `\Draft`}

// CheckFlag checks a flag: a system flag, or a keyword that is an atom of at
// most 64 characters. \Recent is the server's own.
func CheckFlag(arg, s string) error {
	const maxFlag = 64
	if strings.HasPrefix(s, `\`) {
		for _, f := range systemFlags {
			if strings.EqualFold(f, s) {
				return nil
			}
		}
		if strings.EqualFold(s, `\Recent`) {
			return Errorf(InvalidInput, `%s: \Recent is set by the mail server alone; leave it out`, arg)
		}
	}
	valid := len(s) >= 1 && len(s) <= maxFlag
	for i := 0; valid && i < len(s); i++ {
		valid = s[i] > ' ' && s[i] < 0x7f && strings.IndexByte(`(){%*"\]`, s[i]) < 0
	}
	if !valid {
		return Errorf(InvalidInput, `%s must be \Seen, \Answered, \Flagged, \Deleted, \Draft, or a keyword of 1 to %d ASCII characters without blanks and ( ) { %% * " \ ], for example "Project-X"`, arg, maxFlag)
	}
	return nil
}

// CheckRange checks a number.
func CheckRange(arg string, v, lo, hi int64) error {
	if v < lo || v > hi {
		return Errorf(InvalidInput, "%s is %d; it must be %d to %d", arg, v, lo, hi)
	}
	return nil
}

// The dates that can be asked for. IMAP's date has a year of four digits
// (RFC 9051 §9 date-year), and the last day of a range is put as BEFORE the next
// one. The zero time, 0001-01-01, means an open side.
var (
	firstDate = time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC)
	lastDate  = time.Date(9999, 12, 30, 0, 0, 0, 0, time.UTC)
)

// CheckDate checks and reads a calendar date, YYYY-MM-DD.
func CheckDate(arg, s string) (time.Time, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}, Errorf(InvalidInput, "%s must be a date as YYYY-MM-DD, for example %q", arg, "2026-01-31")
	}
	if t.Before(firstDate) || t.After(lastDate) {
		return time.Time{}, Errorf(InvalidInput, "%s must be a date from %s to %s", arg, firstDate.Format(time.DateOnly), lastDate.Format(time.DateOnly))
	}
	return t, nil
}

// CheckDateRange checks that a range does not end before it starts; the zero
// time leaves a side open.
func CheckDateRange(start, end time.Time) error {
	if !start.IsZero() && !end.IsZero() && end.Before(start) {
		return Errorf(InvalidInput, "start_date %s is after end_date %s; swap them", start.Format(time.DateOnly), end.Format(time.DateOnly))
	}
	return nil
}

// Plural is "1 message" or "3 messages": counts in sentences. It knows the
// regular nouns, in "mailboxes", "matches" and "addresses" too.
func Plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	for _, end := range []string{"x", "ch", "s"} {
		if strings.HasSuffix(noun, end) {
			return fmt.Sprintf("%d %ses", n, noun)
		}
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

package audit

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Bounds of what one line may say, so that no caller makes the log grow at will.
const (
	maxField    = 1200      // bytes: a message id with a mailbox of 256 four-byte characters
	maxIDs      = 250       // as many as a tool call may name
	maxIDsBytes = 128 << 10 // of the ids together: 250 of 512 bytes
	maxCounts   = 32        // there are fewer kinds of things to count
	// maxLine holds all of the above when each byte is written as \u00XX.
	maxLine = 1 << 20
)

// Entry is what one line says. It has ids only: never content, subjects,
// addresses, query text or secrets. Fields that are too long are cut, and a
// field that is empty is left out.
type Entry struct {
	Event string // "call", "refusal", "intent", "outcome", "sign_in_failed", "security", "start", "stop"
	Name  string // of a security event: "write_while_disabled"

	Caller, Tool, Account, Mailbox, Operation string

	// Where messages, or a mailbox, go to; the account only where it is another.
	ToAccount, ToMailbox string

	IDs      []string // of messages: imap:account:mailbox:uidvalidity:uid; beyond 250 only counted
	Outcome  string   // "ok", "partial", "failed", "refused", "done", "unknown"
	Code     string   // of an error
	Duration time.Duration
	Counts   map[string]int
}

// Line is an Entry as it stands in the log.
type Line struct {
	Version    int            `json:"v"`
	Seq        uint64         `json:"seq"`  // 1 is the first of a log; each next one is one more
	Time       string         `json:"time"` // RFC 3339 in UTC, with milliseconds
	Event      string         `json:"event"`
	Name       string         `json:"name,omitempty"`
	Caller     string         `json:"caller,omitempty"`
	Tool       string         `json:"tool,omitempty"`
	Account    string         `json:"account,omitempty"`
	Mailbox    string         `json:"mailbox,omitempty"`
	ToAccount  string         `json:"to_account,omitempty"`
	ToMailbox  string         `json:"to_mailbox,omitempty"`
	Operation  string         `json:"operation,omitempty"`
	IDs        []string       `json:"ids,omitempty"`
	IDsOmitted int            `json:"ids_omitted,omitempty"` // how many more there were
	Outcome    string         `json:"outcome,omitempty"`
	Code       string         `json:"code,omitempty"`
	DurationMS int64          `json:"duration_ms,omitempty"`
	Counts     map[string]int `json:"counts,omitempty"`
	// TornBytes and TornMAC describe what an interrupted write left just before
	// this line; only an event "torn" has them.
	TornBytes int64  `json:"torn_bytes,omitempty"`
	TornMAC   string `json:"torn_mac,omitempty"`

	Prev string `json:"prev,omitempty"` // the previous line's mac; of the first line a random value
	MAC  string `json:"mac,omitempty"`  // of all that stands before it
}

const (
	lineVersion = 1
	timeLayout  = "2006-01-02T15:04:05.000Z07:00"

	eventTorn    = "torn"    // a write was interrupted: what it left stands before this line
	eventDamaged = "damaged" // the file is not what its head says
)

// reserved reports whether only the log itself tells of an event.
func reserved(event string) bool { return event == eventTorn || event == eventDamaged }

// line makes an Entry a Line, within bounds.
func (e Entry) line(now time.Time) Line {
	l := Line{
		Version: lineVersion, Time: now.UTC().Format(timeLayout),
		Event: bounded(e.Event), Name: bounded(e.Name), Caller: bounded(e.Caller), Tool: bounded(e.Tool),
		Account: bounded(e.Account), Mailbox: bounded(e.Mailbox),
		ToAccount: bounded(e.ToAccount), ToMailbox: bounded(e.ToMailbox), Operation: bounded(e.Operation),
		Outcome: bounded(e.Outcome), Code: bounded(e.Code), DurationMS: max(0, e.Duration.Milliseconds()),
	}
	l.IDs, l.IDsOmitted = boundedIDs(e.IDs)
	for _, name := range sortedKeys(e.Counts) {
		if len(l.Counts) == maxCounts {
			break
		}
		if l.Counts == nil {
			l.Counts = map[string]int{}
		}
		l.Counts[bounded(name)] = e.Counts[name]
	}
	return l
}

// bounded makes a field valid UTF-8 of at most maxField bytes. Characters that
// do not print are escaped when the line is encoded.
func bounded(s string) string {
	if len(s) > maxField {
		s = s[:maxField] // half a character becomes U+FFFD
	}
	return strings.ToValidUTF8(s, string(utf8.RuneError))
}

func boundedIDs(ids []string) (kept []string, omitted int) {
	total := 0
	for i, id := range ids {
		id = bounded(id)
		total += len(id)
		if i == maxIDs || total > maxIDsBytes {
			return kept, len(ids) - i
		}
		kept = append(kept, id)
	}
	return kept, 0
}

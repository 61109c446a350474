package compose

import (
	"slices"
	"strings"
	"time"

	"mail-imap-mcp/internal/message"
)

// Original is the message that is answered or forwarded.
type Original struct {
	Date          time.Time // in the zone its author wrote; zero: unknown
	From, ReplyTo []message.Address
	To, Cc        []message.Address
	Subject       string
	Language      string // the field Content-Language
	MessageID     string // the field as it came; ids are taken from it
	InReplyTo     string // the same
	References    string // the same
	Text          string // safe text, hidden text left out
	TextCut       bool   // there is more of it than could be read
}

const (
	// maxReferences is how many ancestors a draft names: the first, which began
	// the conversation, and the nearest.
	maxReferences = 30

	// maxIDBytes is the longest id that is repeated. The longest real ones are
	// about 250 bytes, and a line has 998 (RFC 5322 §2.1.1).
	maxIDBytes = 512

	// maxIDFieldBytes is how much of a field is looked at for ids.
	maxIDFieldBytes = 64 << 10
)

// Thread is how a reply says what it answers (RFC 5322 §3.6.4): In-Reply-To is
// the original, References its ancestors and it. The ancestors are its
// References, else the one message it answers itself. An original without a
// usable id is not named, and its ancestors are all there is.
func (o Original) Thread() (inReplyTo string, references []string) {
	references = ids(o.References)
	if len(references) == 0 {
		if parents := ids(o.InReplyTo); len(parents) == 1 {
			references = parents
		}
	}
	if own := ids(o.MessageID); len(own) > 0 {
		inReplyTo = own[0]
		references = slices.DeleteFunc(references, func(id string) bool { return id == inReplyTo })
		references = append(references, inReplyTo)
	}
	if n := len(references); n > maxReferences {
		references = append(references[:1], references[n-maxReferences+1:]...)
	}
	return inReplyTo, references
}

// ids are the message ids of a field that can be repeated, in order, each once.
func ids(field string) []string {
	field = field[:min(len(field), maxIDFieldBytes)]
	var list []string
	seen := map[string]bool{}
	for {
		open := strings.IndexByte(field, '<')
		if open < 0 {
			return list
		}
		field = field[open+1:]
		end := strings.IndexByte(field, '>')
		if end < 0 {
			return list
		}
		id := strings.Join(strings.Fields(field[:end]), "") // folded at the wrong place
		if soundID(id) && !seen[id] {
			seen[id] = true
			list = append(list, id)
		}
		field = field[end+1:]
	}
}

// soundID reports whether an id can stand between angle brackets in a header:
// printable ASCII with an @ in it, no blank, no bracket.
func soundID(id string) bool {
	if at := strings.IndexByte(id, '@'); at < 1 || at == len(id)-1 || len(id) > maxIDBytes {
		return false
	}
	return !strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' || r == '<' || r == '>' })
}

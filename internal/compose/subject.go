package compose

import (
	"strings"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/message"
)

// ReplySubject is the subject of an answer: "Re: " once, whatever mail programs
// in however many languages had put before it.
func ReplySubject(subject string) string { return prefixed("Re:", subject, message.CutReplyMark) }

// ForwardSubject is the subject of a forward: "Fwd: " once.
func ForwardSubject(subject string) string { return prefixed("Fwd:", subject, message.CutForwardMark) }

func prefixed(prefix, subject string, cutMark func(string) (string, bool)) string {
	rest := oneLine(subject)
	for {
		after, ok := cutMark(rest)
		if !ok {
			break
		}
		rest = after
	}
	if rest == "" {
		return prefix
	}
	return cutChars(prefix+" "+rest, contract.MaxSubjectChars)
}

// cutChars is at most n characters of a text.
func cutChars(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return strings.TrimSpace(s[:i])
		}
		n--
	}
	return s
}

// names are addresses in words, as a quote and a forward show them.
func names(list []message.Address) string {
	out := make([]string, 0, min(len(list), maxNames))
	for i, a := range list {
		if i == maxNames {
			out = append(out, "…")
			break
		}
		a.Name = shortName(a.Name)
		out = append(out, oneLine(a.String()))
	}
	return strings.Join(out, ", ")
}

// maxNames is how many of a list of recipients a forward shows.
const maxNames = 50

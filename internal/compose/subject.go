package compose

import (
	"slices"
	"strings"
	"unicode/utf8"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/message"
)

// What mail programs put before the subject of an answer and of a forward, in
// lower case. Where one word means both in two languages (Finnish VS answers,
// Norwegian VS forwards), it is taken for an answer.
var (
	replyPrefixes = []string{
		"re", "r", "ref", "res", "rép", "réf", "aw", "antw", "antwort", "sv", "vs", "odp", "ynt", "yan", "atb", "bls", "vá", "vast", "hv",
		"απ", "σχετ", "отв", "на", "відп", "回复", "回復", "回覆", "答复", "答覆", "返信", "답장", "회신", "ตอบกลับ", "رد", "תגובה", "השב", "trả lời", "ri",
	}
	forwardPrefixes = []string{
		"fwd", "fw", "wg", "tr", "rv", "enc", "i", "inoltra", "doorst", "vl", "vb", "vid", "pd", "ilt", "i̇lt", "trs", "fs", "továbbítás",
		"πρθ", "пересл", "转发", "轉寄", "転送", "전달", "ส่งต่อ", "إعادة توجيه", "הועבר", "chuyển tiếp",
	}
)

// ReplySubject is the subject of an answer: "Re: " once, whatever mail programs
// in however many languages had put before it.
func ReplySubject(subject string) string { return prefixed("Re:", subject, replyPrefixes) }

// ForwardSubject is the subject of a forward: "Fwd: " once.
func ForwardSubject(subject string) string { return prefixed("Fwd:", subject, forwardPrefixes) }

func prefixed(prefix, subject string, known []string) string {
	rest := oneLine(subject)
	for {
		after, ok := cutPrefix(rest, known)
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

// maxPrefixBytes is the longest prefix with its number: "Re[12]", "Re (2)".
const maxPrefixBytes = 40

// cutPrefix takes one prefix off: a known word, perhaps numbered, and a colon,
// which in Chinese and Japanese is a wide one.
func cutPrefix(s string, known []string) (rest string, ok bool) {
	i := strings.IndexAny(s[:min(len(s), maxPrefixBytes)], ":：")
	if i <= 0 {
		return s, false
	}
	word := strings.TrimSpace(s[:i])
	for _, bracket := range []string{"[]", "()", "^"} {
		if open := strings.LastIndexByte(word, bracket[0]); open > 0 {
			number := strings.TrimRight(word[open+1:], bracket[len(bracket)-1:])
			if number != "" && strings.Trim(number, "0123456789") == "" {
				word = strings.TrimSpace(word[:open])
			}
		}
	}
	if !slices.Contains(known, strings.ToLower(word)) {
		return s, false
	}
	_, colon := utf8.DecodeRuneInString(s[i:])
	return strings.TrimSpace(s[i+colon:]), true
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

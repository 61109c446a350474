package message

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// What mail programs put before the subject of an answer and of a forward, in
// lower case. Where one word means both in two languages (Finnish VS answers,
// Norwegian VS forwards), it is taken for an answer.
var (
	replyMarks = []string{
		"re", "r", "ref", "res", "rép", "réf", "aw", "antw", "antwort", "sv", "vs", "odp", "ynt", "yan", "atb", "bls", "vá", "vast", "hv",
		"απ", "σχετ", "отв", "на", "відп", "回复", "回復", "回覆", "答复", "答覆", "返信", "답장", "회신", "ตอบกลับ", "رد", "תגובה", "השב", "trả lời", "ri", "rif",
	}
	forwardMarks = []string{
		"fwd", "fw", "wg", "tr", "rv", "enc", "i", "inoltra", "doorst", "vl", "vb", "vid", "pd", "ilt", "i̇lt", "trs", "fs", "továbbítás",
		"πρθ", "пересл", "转发", "轉寄", "転送", "전달", "ส่งต่อ", "إعادة توجيه", "הועבר", "chuyển tiếp",
	}
)

// CutReplyMark takes off a subject what a mail program put before it to mark an
// answer, in any of some thirty languages: one mark, perhaps numbered ("Re[2]:").
// Without one it is returned as it is, and false.
func CutReplyMark(subject string) (rest string, ok bool) { return cutMark(subject, replyMarks) }

// CutForwardMark is CutReplyMark for what marks a forward.
func CutForwardMark(subject string) (rest string, ok bool) { return cutMark(subject, forwardMarks) }

// maxMarkBytes is the longest mark with its number: "Re[12]", "Re (2)".
const maxMarkBytes = 40

// cutMark takes one mark off: a known word, perhaps numbered, and a colon,
// which in Chinese and Japanese is a wide one.
func cutMark(s string, known []string) (rest string, ok bool) {
	i := strings.IndexAny(s[:min(len(s), maxMarkBytes)], ":：")
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

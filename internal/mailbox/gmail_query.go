package mailbox

import (
	"strings"
	"unicode"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
)

// asksGmail reports whether X-GM-RAW takes the place of TEXT: Gmail's own search is
// the only full-text one there that is fast. It finds words, where TEXT finds
// letters, so what is no plain row of words is left to TEXT, and what finds nothing
// is asked once more with it.
func (c Criteria) asksGmail(conn *imapconn.Conn) bool {
	return c.Query != "" && !c.Letters && conn.Has(imap.CapGmail) && !conn.Knows(imapconn.NoGmailRaw) && isWords(c.Query)
}

// unspaced are scripts whose words cannot be told by the blanks between them.
var unspaced = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}

// isWords reports whether a text means the same in Gmail's search language, in
// quotes, as it says. A colon makes operators of words, braces make alternatives, and
// a sign before or behind a word is not looked for.
func isWords(s string) bool {
	word := false
	for i, r := range s {
		word = unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r)
		if unicode.In(r, unspaced...) || !word && (i == 0 || !strings.ContainsRune(" .,@_-'/&", r)) {
			return false
		}
	}
	return word
}

// gmailPhrase asks for the words one after the other; without in:anywhere Gmail
// leaves out what is in Trash and Spam, even when one of them is searched.
func gmailPhrase(s string) string { return `"` + s + `" in:anywhere` }

// byLetters reports whether Gmail's search has found nothing, and has the search
// made with TEXT from now on.
func (sr *search) byLetters(c *imapconn.Conn, hit *hits) bool {
	if len(hit.page) > 0 || hit.more || sr.before > 0 || !sr.criteria.asksGmail(c) {
		return false
	}
	sr.criteria.Letters = true
	return true
}

// gmailIssue explains why nothing was found.
func gmailIssue() contract.Issue {
	return contract.Issue{
		Code: contract.Unavailable, Stage: "search",
		Message: "Gmail searches for whole words: part of a word finds nothing; look for the whole word, or for another",
	}
}

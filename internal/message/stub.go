package message

import (
	"strings"
	"unicode/utf8"
)

// longestStub is how long, in characters, a text may be that only points at the
// HTML; links are not counted.
const longestStub = 250

// stubWords are how senders say, in the languages of most mail, that the message
// is elsewhere: in the HTML form or on a web page.
var stubWords = []string{
	"html", "in your browser", "in a browser", "in your web browser", "view it online", "view online", "view this email online",
	"im browser", "online-version", "online ansehen", "dans votre navigateur", "version en ligne", "version web", "en su navegador", "en tu navegador",
	"nel browser", "nel tuo browser", "no seu navegador", "no navegador", "in je browser", "w przeglądarce", "в браузере", "tarayıcı",
	"i din webbläsare", "i nettleseren", "i din browser", "selaimessa", "v prohlížeči", "ブラウザ", "浏览器", "瀏覽器", "브라우저",
}

// IsStub reports a plain form that says nothing of its own: an empty one, or a
// bare request to look at the HTML or at a web page. text is decoded.
func IsStub(text string) bool {
	const enough = 8 << 10 // bytes; a stub with its links is shorter
	if len(text) > enough {
		return false
	}
	var words []string
	for word := range strings.FieldsSeq(text) {
		if !strings.Contains(word, "://") {
			words = append(words, word)
		}
	}
	rest := strings.ToLower(strings.Join(words, " "))
	if rest == "" {
		return true
	}
	if utf8.RuneCountInString(rest) > longestStub {
		return false
	}
	for _, s := range stubWords {
		if strings.Contains(rest, s) {
			return true
		}
	}
	return false
}

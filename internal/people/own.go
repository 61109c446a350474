package people

import (
	"strings"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/message"
)

// ownKeys are the owner's addresses as they are compared.
func ownKeys(account config.Account) map[string]bool {
	own := map[string]bool{}
	for _, address := range account.OwnAddresses() {
		own[contactKey(message.Address{Address: address})] = true
	}
	return own
}

// owned reports a message of the owner alone, as far as its From field says so.
func (s Sender) owned(own map[string]bool) bool {
	for _, a := range s.From {
		if !own[contactKey(a)] {
			return false
		}
	}
	return len(s.From) > 0
}

// writtenHere reports a message that did not come from outside: a program of the
// owner put it into a mailbox, without any Received field (RFC 5321 §4.4 has
// every server add one), or handed it in, signed in, and no other server passed
// it on than those that deliver (RFC 3848 names the protocols).
func writtenHere(h message.Header) bool {
	for _, f := range h.Fields() {
		if strings.EqualFold(f.Name, "Received") && !handedIn(f.Value) {
			return false
		}
	}
	return true
}

// handedIn reports a hop by a protocol that wants a sign-in, or that only
// delivers.
func handedIn(received string) bool {
	words := strings.Fields(strings.ToLower(received))
	for i, w := range words[:max(len(words)-1, 0)] {
		if w == "with" {
			switch strings.Trim(words[i+1], ";()") {
			case "esmtpa", "esmtpsa", "utf8smtpa", "utf8smtpsa", "lmtpa", "lmtpsa", "lmtp", "lmtps":
				return true
			}
			return false
		}
	}
	return false
}

// answers reports a message that answers another or passes it on, and so may
// quote it.
func (s Sender) answers() bool {
	_, marked := message.CutReplyMark(strings.TrimSpace(s.Header.Text("Subject")))
	return marked || s.Header.Get("In-Reply-To") != "" || s.forwards()
}

// forwards reports a message that passes another on.
func (s Sender) forwards() bool {
	_, marked := message.CutForwardMark(strings.TrimSpace(s.Header.Text("Subject")))
	return marked || s.Encloses || s.Header.Get("X-Forwarded-Message-Id") != ""
}

// recipients are those to whom a message goes, or will go.
func (s Sender) recipients() []message.Address {
	var list []message.Address
	for _, field := range []string{"To", "Cc", "Bcc"} {
		list = append(list, s.Header.Addresses(field)...)
	}
	return list
}

// quoting is why a message of the owner's is withheld that may quote others: it
// keeps the verdict of what it quotes. Whom it answers is among its recipients;
// whose words it passes on is not known.
func (s Sender) quoting(own map[string]bool, known acquaintance) string {
	if s.forwards() {
		return withheldForward
	}
	if !s.answers() {
		return ""
	}
	for _, a := range s.recipients() {
		if key := contactKey(a); !own[key] && known[key] != friend {
			return withheldAnswer
		}
	}
	return ""
}

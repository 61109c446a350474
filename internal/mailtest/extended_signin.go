package mailtest

import (
	"encoding/base64"
	"strings"

	"mail-imap-mcp/internal/secret"
)

// signIn is LOGIN and AUTHENTICATE PLAIN, with an initial response (RFC 4959) or without.
func (t *talk) signIn(tag, verb string, words []word) string {
	if t.signedIn {
		return "BAD Already signed in"
	}
	var user, password string
	switch {
	case verb == "LOGIN" && len(words) == 2:
		user, password = words[0].text, words[1].text
	case verb == "AUTHENTICATE" && len(words) > 0 && strings.EqualFold(words[0].text, "PLAIN"):
		var response string
		if len(words) > 1 {
			response = words[1].text
		} else {
			t.say("+ ")
			if t.flush() != nil {
				t.over = true
				return "BAD gone"
			}
			line, err := readLine(t.in)
			if err != nil {
				t.over = true
			}
			response = strings.TrimSpace(string(line))
		}
		decoded, err := base64.StdEncoding.DecodeString(response)
		parts := strings.Split(string(decoded), "\x00") // RFC 4616 §2
		if err != nil || len(parts) != 3 {
			return "BAD Not a PLAIN response"
		}
		user, password = parts[1], parts[2]
	default:
		return "BAD Unknown mechanism"
	}
	t.letters.mu.Lock()
	defer t.letters.mu.Unlock()
	known := user == t.user
	switch {
	case t.refusal != "":
		before, last, ok := strings.Cut(t.refusal, "\r\n%T ")
		if !ok {
			return t.refusal
		}
		t.say("%s", before)
		return last
	case known && t.o.Profile == Gmail && t.web.Equal(secret.New(password)):
		return GmailAppPassword
	case !known || !t.password.Equal(secret.New(password)):
		return "NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)"
	case t.o.Connections > 0 && t.signed >= t.o.Connections:
		return gmailTooMany
	}
	t.signedIn = true
	t.signed++
	if t.o.Profile == Gmail {
		t.say("* CAPABILITY %s", t.capabilities())
		return "OK " + t.user + " authenticated (Success)"
	}
	return "OK [CAPABILITY " + t.capabilities() + "] Signed in"
}

package message

import "strings"

// statusTexts are the details of RFC 3463 §3 and of the IANA registry of
// enhanced status codes that mail meets.
var statusTexts = map[string]string{
	"1.0": "the address is wrong", "1.1": "no such mailbox", "1.2": "no such host", "1.3": "the address is malformed",
	"1.4": "the address is ambiguous", "1.6": "the mailbox has moved", "1.8": "the sender's host does not exist", "1.10": "the host accepts no mail",
	"2.0": "the mailbox cannot take it", "2.1": "the mailbox is disabled", "2.2": "the mailbox is full", "2.3": "the message is too large for the mailbox", "2.4": "the list could not be expanded",
	"3.1": "the mail system is full", "3.2": "the mail system accepts no messages now", "3.4": "the message is too large for the mail system",
	"4.1": "the host does not answer", "4.2": "the connection was lost", "4.3": "the directory does not answer", "4.4": "no way to the host", "4.5": "the mail system is busy", "4.6": "the mail loops", "4.7": "it took too long",
	"5.0": "the servers did not understand each other", "5.3": "too many recipients", "5.1": "the servers did not understand each other",
	"6.0": "the content is not supported", "6.1": "the content is not supported", "6.3": "a conversion was needed but not supported",
	"7.1": "refused by the recipient's policy", "7.2": "the list does not take mail from this sender", "7.5": "an encryption failure", "7.8": "the password was refused",
	"7.20": "refused because no DKIM signature passed", "7.23": "refused because SPF failed", "7.26": "refused because SPF and DKIM failed", "7.25": "refused because the sending server has no reverse DNS", "7.28": "refused because mail comes in too fast",
}

// subjects are what the second number of a code is about (RFC 3463 §3.1), for
// details that are not listed.
var subjects = map[string]string{
	"1": "a trouble with the address", "2": "a trouble with the mailbox", "3": "a trouble of the mail system", "4": "a trouble of the network",
	"5": "a trouble between the servers", "6": "a trouble with the content", "7": "refused by policy or for security",
}

// StatusText puts an enhanced status code (RFC 3463), such as "5.1.1", in words;
// "" when it is none.
func StatusText(code string) string {
	text := statusWords(code)
	if strings.HasPrefix(code, "4.") && text != "" {
		text += "; it will be tried again"
	}
	return text
}

// statusWords is what went wrong, without whether it lasts.
func statusWords(code string) string {
	class, rest, _ := strings.Cut(code, ".")
	subject, _, _ := strings.Cut(rest, ".")
	text, ok := statusTexts[rest]
	if !ok {
		text = subjects[subject]
	}
	switch {
	case class == "2":
		return "success"
	case class == "4" && text == "":
		return "a passing failure"
	case class == "5" && text == "":
		return "a lasting failure"
	case class == "4" || class == "5":
		return text
	}
	return ""
}

// statusCode finds an enhanced status code in a text: class 2, 4 or 5, and two
// numbers of at most three digits (RFC 3463 §2).
func statusCode(s string) string {
	for word := range strings.FieldsSeq(s[:min(len(s), 1000)]) {
		word = strings.Trim(word, "#,;:()[]")
		numbers := strings.Split(word, ".")
		if len(numbers) != 3 || !isStatusNumber(numbers[1]) || !isStatusNumber(numbers[2]) {
			continue
		}
		switch numbers[0] {
		case "2", "4", "5":
			return word
		}
	}
	return ""
}

func isStatusNumber(s string) bool {
	return len(s) >= 1 && len(s) <= 3 && strings.Trim(s, "0123456789") == ""
}

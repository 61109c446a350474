package mailtest

import (
	"slices"
	"strconv"
	"strings"
)

// What an Extended has of Gmail beside its labels (gmail.go): X-GM-MSGID,
// X-GM-THRID, X-GM-LABELS and X-GM-RAW, after
// https://developers.google.com/workspace/gmail/imap/imap-extensions.
const (
	gmailStarred   = "[Gmail]/Starred"
	gmailImportant = "[Gmail]/Important"
)

// systemLabels are the names in X-GM-LABELS of mailboxes of Gmail's own.
var systemLabels = map[string]string{
	"INBOX": `\Inbox`, "[Gmail]/Drafts": `\Drafts`, gmailImportant: `\Important`, "[Gmail]/Sent Mail": `\Sent`,
	gmailSpam: `\Spam`, gmailStarred: `\Starred`, gmailTrash: `\Trash`,
}

func labelName(b *box) string {
	if name := systemLabels[b.name]; name != "" {
		return name
	}
	return b.name
}

// labelBox finds the mailbox of a label as it is written in commands.
func (l *letters) labelBox(label string) *box {
	for _, b := range l.boxes {
		if strings.EqualFold(labelName(b), decodeName(label)) {
			return b
		}
	}
	return nil
}

// labels writes the labels of a message as Gmail does: without that of the open
// mailbox (dlech/gmailbuttons#10), and brackets are no reason to quote
// (jstedfast/MailKit#51).
func (t *talk) labels(m *letter) string {
	var said []string
	for _, b := range t.letters.boxes {
		if b == t.open || b.name == gmailAll || !slices.ContainsFunc(b.entries, func(e *entry) bool { return e.letter == m }) {
			continue
		}
		switch name := encodeName(labelName(b)); {
		case strings.HasPrefix(name, `\`) && !t.o.QuotedLabels:
			said = append(said, name)
		case strings.ContainsAny(name, ` \"(){}%*`):
			said = append(said, quote(name))
		default:
			said = append(said, name)
		}
	}
	return strings.Join(said, " ")
}

// storeLabels adds, takes or replaces labels; one that is not there is made.
func (t *talk) storeLabels(m *letter, op byte, values []word) {
	wanted := map[*box]bool{}
	for _, v := range values {
		b := t.letters.labelBox(v.text)
		if b == nil && op != '-' {
			b = t.letters.create(decodeName(v.text))
		}
		if b != nil {
			wanted[b] = true
		}
	}
	for _, b := range slices.Clone(t.letters.boxes) {
		switch {
		case wanted[b] && op != '-':
			t.letters.put(b, m)
		case b.name != gmailAll && (wanted[b] || op == 'X' && b != t.open):
			t.letters.remove(b, func(e *entry) bool { return e.letter == m })
		}
	}
}

func (k *keys) gmailKey(name string) test {
	switch name {
	case "X-GM-MSGID", "X-GM-THRID":
		id := k.number(64)
		return func(h hit) bool { return name == "X-GM-MSGID" && h.id == id || name == "X-GM-THRID" && h.thread == id }
	case "X-GM-LABELS":
		b := k.letters.labelBox(k.argument())
		return func(h hit) bool { return b.holds(h.letter) }
	case "X-GM-RAW":
		return k.gmailRaw(k.argument())
	}
	return nil
}

func (b *box) holds(m *letter) bool {
	return b != nil && slices.ContainsFunc(b.entries, func(e *entry) bool { return e.letter == m })
}

// flagOf are the states of is: and in:.
var flagOf = map[string]string{"read": `\Seen`, "starred": `\Flagged`}

var placeOf = map[string]string{
	"inbox": "INBOX", "sent": "[Gmail]/Sent Mail", "drafts": "[Gmail]/Drafts", "draft": "[Gmail]/Drafts", "trash": gmailTrash,
	"spam": gmailSpam, "important": gmailImportant, "starred": gmailStarred, "all": gmailAll,
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

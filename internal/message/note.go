package message

import "strings"

// Note says what was wrong with a part and how it was read; the zero Note says
// that all was well.
type Note struct{ words string }

// String is the note in words, one safe line; "" when all was well.
func (n Note) String() string { return n.words }

// add says one thing more.
func (n *Note) add(words string) {
	switch {
	case words == "" || strings.Contains(n.words, words):
	case n.words == "":
		n.words = words
	default:
		n.words += "; " + words
	}
}

// maxNotes is how many notes of one message are told: a broken mail is broken in
// one way many times.
const maxNotes = 10

// Notes are what was wrong with the structure of the part and of all below it,
// each said once, of the first part that has it; the first 10.
func (p *Part) Notes() []Note {
	list := []Note{}
	seen := map[Note]bool{{}: true}
	p.walk(func(part *Part) {
		if seen[part.Note] || len(list) == maxNotes {
			return
		}
		seen[part.Note] = true
		where := "part " + part.ID
		if part.ID == "" {
			where = "the message"
		}
		list = append(list, Note{where + ": " + part.Note.words})
	})
	return list
}

// remark is what a person has to be told about a part of this kind, "" when
// nothing.
func (p *Part) remark() string {
	switch p.MediaType {
	case "message/external-body":
		// RFC 2046 §5.2.3. What it points to is the sender's choice.
		return "its content is kept elsewhere (access-type " + said(p.Params["access-type"]) + ") and is never fetched"
	case "message/partial":
		// RFC 2046 §5.2.2
		return "piece " + said(p.Params["number"]) + " of " + said(p.Params["total"]) + " of a message that was sent in pieces; it is not put together"
	case "application/ms-tnef", "application/vnd.ms-tnef":
		return "a winmail.dat: Outlook's own wrapping (TNEF) of the message's text and files"
	case "application/pkcs7-mime", "application/x-pkcs7-mime":
		switch strings.ToLower(p.Params["smime-type"]) {
		case "signed-data":
			return "the message is inside an S/MIME signature, which is not opened"
		case "compressed-data":
			return "the message is compressed by S/MIME, which is not opened"
		}
	}
	return ""
}

// said quotes a parameter that a sender chose.
func said(value string) string {
	if value = printable(value); value == "" {
		return "not said"
	}
	return value
}

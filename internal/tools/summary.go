package tools

import (
	"strings"
	"time"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/message"
)

// head is what every answer about a message begins with.
type head struct {
	MessageID     string   `json:"message_id" own:"words"`
	MessageURI    string   `json:"message_uri" own:"words"`
	MessageRawURI string   `json:"message_raw_uri" own:"words"`
	Mailbox       string   `json:"mailbox" server:"name"`
	UIDValidity   uint32   `json:"uidvalidity"`
	UID           uint32   `json:"uid"`
	Date          string   `json:"date" own:"words"`
	From          string   `json:"from" mail:"line"`
	To            string   `json:"to" mail:"line"`
	Subject       string   `json:"subject" mail:"line"`
	Flags         []string `json:"flags" server:"name"`
	SizeBytes     int64    `json:"size_bytes"`
	Withheld      string   `json:"withheld,omitempty" own:"words"`

	id contract.MessageID
	at time.Time
}

// summaryData is a message in a list.
type summaryData struct {
	head
	author          string
	AttachmentCount *int     `json:"attachment_count,omitempty"`
	AttachmentNames []string `json:"attachment_names,omitempty" mail:"line"`
	attached        []message.Attachment
	Snippet         *string `json:"snippet,omitempty" mail:"text"`
}

func newHead(m mailbox.Summary) head {
	return head{
		MessageID: m.ID.String(), MessageURI: m.ID.URI(), MessageRawURI: m.ID.RawURI(),
		Mailbox: m.ID.Mailbox, UIDValidity: m.ID.UIDValidity, UID: m.ID.UID,
		Date: m.Date.Format(time.RFC3339),
		From: addresses(m.From), To: addresses(m.To), Subject: m.Subject,
		Flags:     append([]string{}, m.Flags...),
		SizeBytes: m.Size, Withheld: m.Withheld,
		id: m.ID, at: m.Date,
	}
}

func newSummaryData(m mailbox.Summary) summaryData {
	d := summaryData{head: newHead(m), author: author(m.From), AttachmentCount: m.AttachmentCount, attached: m.Attached, Snippet: m.Snippet}
	for _, a := range m.Attached {
		if a.Filename != "" {
			d.AttachmentNames = append(d.AttachmentNames, a.Filename)
		}
	}
	return d
}

// author is the bare address of a message's sender, "" where there are several.
func author(from []message.Address) string {
	if len(from) != 1 {
		return ""
	}
	return from[0].Address
}

// addresses writes a list as a header has it: Name <a@b>, Name <c@d>.
func addresses(list []message.Address) string {
	texts := make([]string, 0, len(list))
	for _, a := range list {
		texts = append(texts, a.String())
	}
	return strings.Join(texts, ", ")
}

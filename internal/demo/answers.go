package demo

import "time"

// The answers, as far as the demo reads them.
type (
	accountsAnswer struct {
		Accounts []struct {
			ID     string `json:"account_id"`
			Host   string `json:"host"`
			Port   int    `json:"port"`
			Secure bool   `json:"secure"`
		} `json:"accounts"`
	}
	mailboxesAnswer struct {
		Mailboxes []struct {
			Name       string `json:"name"`
			SpecialUse string `json:"special_use"`
			Total      int    `json:"total"`
			Unread     int    `json:"unread"`
		} `json:"mailboxes"`
	}
	summary struct {
		ID      string    `json:"message_id"`
		Mailbox string    `json:"mailbox"`
		Date    time.Time `json:"date"`
		From    string    `json:"from"`
		Subject string    `json:"subject"`
		Size    int       `json:"size_bytes"`
		Flags   []string  `json:"flags"`
	}
	searchAnswer struct {
		Total      int       `json:"total"`
		Messages   []summary `json:"messages"`
		NextCursor string    `json:"next_cursor"`
		HasMore    bool      `json:"has_more"`
	}
	messageAnswer struct {
		Message struct {
			summary
			Text        string `json:"body_text"`
			Attachments []struct {
				Filename string `json:"filename"`
				Type     string `json:"content_type"`
				Size     int    `json:"size_bytes"`
				Text     string `json:"extracted_text"`
			} `json:"attachments"`
			Authentication struct {
				SPF       string `json:"spf"`
				DKIM      string `json:"dkim"`
				DMARC     string `json:"dmarc"`
				CheckedBy string `json:"checked_by"`
			} `json:"authentication"`
			Safety struct {
				Removed     map[string]int `json:"removed"`
				RemovedText []removedText  `json:"removed_text"`
				Signals     []signal       `json:"signals"`
			} `json:"safety"`
			Links []struct {
				Host  string `json:"host"`
				Count int    `json:"count"`
			} `json:"links"`
		} `json:"message"`
	}
	removedText struct {
		Kind string `json:"kind"`
		Text string `json:"text"`
	}
	signal struct {
		Kind     string `json:"kind"`
		Level    string `json:"level"`
		Message  string `json:"message"`
		Evidence string `json:"evidence"`
	}
	threadAnswer struct {
		Total    int `json:"total"`
		Messages []struct {
			summary
			Text string `json:"body_text"`
		} `json:"messages"`
	}
	changeAnswer struct {
		Operation   string `json:"operation_id"`
		Destination string `json:"destination_mailbox"`
		Progress    *struct {
			Done bool `json:"done"`
		} `json:"operation"` // where it was polled
		Result struct {
			Counts struct {
				Done int `json:"done"`
			} `json:"counts"`
			Messages []struct {
				ID string `json:"message_id"`
			} `json:"messages"`
		} `json:"result"`
		Saved bool `json:"saved"` // of a draft
		Draft struct {
			To []string `json:"to"`
		} `json:"draft"`
	}
)

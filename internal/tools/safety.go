package tools

import (
	"slices"

	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/safetext"
	"mail-imap-mcp/internal/safety"
)

// safetyData is what a careful person would notice about a message.
type safetyData struct {
	Removed     map[string]int `json:"removed" jsonschema:"hidden text taken out, by kind"`
	RemovedText []hiddenData   `json:"removed_text,omitempty"`
	Signals     []signalData   `json:"signals"`
	Notes       []string       `json:"notes"`
}

type hiddenData struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
}

// signalData is one fact. Message is this server's words, evidence the sender's.
type signalData struct {
	Kind       string `json:"kind"`
	Message    string `json:"message"`
	Evidence   string `json:"evidence,omitempty"`
	PartID     string `json:"part_id,omitempty"`
	StartChars int    `json:"start_chars,omitempty"`
	EndChars   int    `json:"end_chars,omitempty"`
}

// authenticationData is what the receiving server says of the sender.
type authenticationData struct {
	SPF     string   `json:"spf"`
	DKIM    string   `json:"dkim"`
	DMARC   string   `json:"dmarc"`
	ARC     string   `json:"arc"`
	Domain  string   `json:"domain,omitempty"`
	Checked string   `json:"checked_by,omitempty"`
	Notes   []string `json:"notes,omitempty"`
}

// linkData counts the links to one host.
type linkData struct {
	Host  string `json:"host"`
	Count int    `json:"count"`
	Text  string `json:"text"`
}

const (
	// maxLinkHosts is how many hosts are named: newsletters link to a few.
	maxLinkHosts = 20

	// maxLinkText is shown of the first link's text.
	maxLinkText = 60
)

func newAuthenticationData(a safety.Authentication) authenticationData {
	return authenticationData{
		SPF: string(a.SPF), DKIM: string(a.DKIM), DMARC: string(a.DMARC), ARC: string(a.ARC),
		Domain: a.Domain, Checked: a.By, Notes: a.Notes,
	}
}

func newSafetyData(m *mailbox.Message) safetyData {
	d := safetyData{Removed: map[string]int{}, Signals: newSignals(m.Signals), Notes: append([]string{}, m.Notes...)}
	for kind, n := range m.Removed {
		if n > 0 {
			d.Removed[kind] = n
		}
	}
	for _, h := range m.Hidden {
		d.RemovedText = append(d.RemovedText, hiddenData(h))
	}
	return d
}

func newSignals(signals []mailbox.Signal) []signalData {
	list := make([]signalData, 0, len(signals))
	for _, s := range signals {
		list = append(list, signalData{s.Kind, s.Message, s.Evidence, s.PartID, s.Start, s.End})
	}
	return list
}

// fenced puts quoted evidence and what was hidden between fences: both are the
// sender's words at their worst.
func (d safetyData) fenced(f fence) safetyData {
	d.Signals, d.Notes = fencedSignals(d.Signals, f), f.lines(d.Notes)
	d.RemovedText, f = slices.Clone(d.RemovedText), f.by("")
	for i := range d.RemovedText {
		d.RemovedText[i].Text = f.wrap(d.RemovedText[i].Text)
	}
	return d
}

func fencedSignals(list []signalData, f fence) []signalData {
	list, f = slices.Clone(list), f.by("") // the author is named with the body
	for i := range list {
		if list[i].Evidence != "" {
			list[i].Evidence = f.wrap(list[i].Evidence)
		}
	}
	return list
}

// linksByHost says where links lead, in the order of their first occurrence.
func linksByHost(links []safetext.Link) []linkData {
	var list []linkData
	at := map[string]int{}
	for _, l := range links {
		if l.Host == "" {
			continue
		}
		if i, ok := at[l.Host]; ok {
			list[i].Count++
			continue
		}
		if len(list) == maxLinkHosts {
			continue
		}
		at[l.Host] = len(list)
		text := []rune(l.Text)
		if len(text) > maxLinkText {
			text = append(text[:maxLinkText], '…')
		}
		list = append(list, linkData{l.Host, 1, string(text)})
	}
	return list
}

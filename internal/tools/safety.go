package tools

import (
	"slices"

	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/safetext"
	"mail-imap-mcp/internal/safety"
)

// safetyData is what a careful person would notice about a message.
type safetyData struct {
	Removed       map[string]int `json:"removed" jsonschema:"hidden, taken out"`
	RemovedText   []hiddenData   `json:"removed_text,omitempty"`
	Uncertain     map[string]int `json:"uncertain,omitempty" jsonschema:"may be hidden, left out"`
	UncertainText []hiddenData   `json:"uncertain_text,omitempty"`
	Signals       []signalData   `json:"signals"`
	Notes         []string       `json:"notes" mail:"line"`
}

type hiddenData struct {
	Kind string `json:"kind" own:"words"`
	Text string `json:"text" mail:"quote"`
}

// signalData is one fact. Message is this server's words, evidence the sender's.
type signalData struct {
	Kind       string `json:"kind" own:"words"`
	Level      string `json:"level" jsonschema:"warning or notice" own:"words"`
	Message    string `json:"message" own:"words"`
	Evidence   string `json:"evidence,omitempty" mail:"quote"`
	PartID     string `json:"part_id,omitempty" own:"words"`
	StartChars int    `json:"start_chars,omitempty"`
	EndChars   int    `json:"end_chars,omitempty"`
}

// authenticationData is what the receiving server says of the sender.
type authenticationData struct {
	SPF     string   `json:"spf" own:"words"`
	DKIM    string   `json:"dkim" own:"words"`
	DMARC   string   `json:"dmarc" own:"words"`
	ARC     string   `json:"arc" own:"words"`
	Domain  string   `json:"domain,omitempty" own:"words"`
	Checked string   `json:"checked_by,omitempty" own:"words"`
	Notes   []string `json:"notes,omitempty" mail:"line"`
}

// linkData counts the links to one host.
type linkData struct {
	Host  string `json:"host" own:"words"`
	Count int    `json:"count"`
	Text  string `json:"text" mail:"line"`
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
	d.Uncertain = m.Uncertain
	for _, h := range m.UncertainText {
		d.UncertainText = append(d.UncertainText, hiddenData(h))
	}
	return d
}

func newSignals(signals []mailbox.Signal) []signalData {
	list := make([]signalData, 0, len(signals))
	for _, s := range signals {
		list = append(list, signalData{s.Kind, string(s.Level), s.Message, s.Evidence, s.PartID, s.Start, s.End})
	}
	return list
}

// warnings are the signals at which a careful person would stop.
func (d safetyData) warnings() []signalData {
	return slices.DeleteFunc(slices.Clone(d.Signals), func(s signalData) bool { return s.Level != string(safety.Warning) })
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

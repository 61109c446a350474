package mailbox

import "mail-imap-mcp/internal/message"

// Opened is a message whose header and structure are known.
type Opened struct {
	Found
	Encoded map[string][]byte // section id -> source, for a message taken apart here
	cut     bool              // the source goes on beyond what was taken apart
	garbled bool
}

// CutsOff reports that a part's end is not in the source that was taken apart:
// it is the last one, or the last one is in it.
func (o *Opened) CutsOff(p *message.Part) bool {
	if !o.cut || o.Part == nil {
		return false
	}
	last := o.Part
	for {
		switch {
		case len(last.Children) > 0:
			last = last.Children[len(last.Children)-1]
		case last != p && last.Nested != nil:
			last = last.Nested
		default:
			return last == p
		}
	}
}

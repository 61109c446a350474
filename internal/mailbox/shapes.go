package mailbox

import (
	"sync"
	"time"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/message"
)

const (
	// shapesFor is how long the shape of a message is remembered: as long as the
	// connection that brought it is kept idle, by default.
	shapesFor = 2 * time.Minute

	// maxShapes: pages of 100 come and go; a shape is about a kilobyte.
	maxShapes = 1000

	// smallMessage is the most bytes of a message that is read in one flight,
	// structure and source together.
	smallMessage = 32<<10 - 1
)

// shape is what an earlier answer told of a message's form: its size, and the
// numbers, types and sizes of its parts. There is nothing in it that a sender
// wrote but types and character sets.
type shape struct {
	size int64
	part *message.Part // nil: unknown
}

// shapes remembers the shapes of messages, in memory only. It is safe for
// concurrent use.
type shapes struct {
	mu    sync.Mutex
	known map[contract.MessageID]remembered
	now   func() time.Time
}

type remembered struct {
	shape
	until time.Time
}

// note remembers the shape of a message.
func (k *shapes) note(f *Found) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.known == nil || len(k.known) >= maxShapes {
		k.known = map[contract.MessageID]remembered{}
	}
	k.known[f.ID] = remembered{shape{f.Size, bareShape(f.Part)}, k.now().Add(shapesFor)}
}

// of is what is remembered of a message, zero when nothing is.
func (k *shapes) of(id contract.MessageID) shape {
	k.mu.Lock()
	defer k.mu.Unlock()
	r, ok := k.known[id]
	if !ok || k.now().After(r.until) {
		return shape{}
	}
	return r.shape
}

// bareShape copies a structure without file names, content ids and parameters
// other than what decides which parts are shown.
func bareShape(p *message.Part) *message.Part {
	if p == nil {
		return nil
	}
	bare := *p
	bare.Filename, bare.ContentID, bare.DescribedHeader = "", "", nil
	bare.Params = map[string]string{}
	for _, name := range []string{"charset", "type", "format", "report-type"} {
		if v, ok := p.Params[name]; ok {
			bare.Params[name] = v
		}
	}
	bare.Children = nil
	for _, child := range p.Children {
		bare.Children = append(bare.Children, bareShape(child))
	}
	bare.Nested = bareShape(p.Nested)
	return &bare
}

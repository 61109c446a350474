package mailtest

import (
	"bytes"
	"strings"
	"sync"
)

// pending knows which commands of a dialogue are whole and not yet answered.
type pending struct {
	mu             sync.Mutex
	client, server lines
	tag            string // of the command under way
	idle           bool   // it is IDLE, which is not answered before DONE
	tags           map[string]bool
}

// lines cuts one direction of a dialogue, as it comes, into lines, and passes
// over literals (RFC 9051 §4.3).
type lines struct {
	line      []byte
	literal   int  // bytes of it to come
	continued bool // the next line goes on after a literal
}

// feed calls f with each whole line; more: a literal follows it.
func (l *lines) feed(said []byte, f func(line []byte, first, more bool)) {
	for len(said) > 0 {
		if skip := min(l.literal, len(said)); skip > 0 {
			l.literal -= skip
			said = said[skip:]
			continue
		}
		end := bytes.IndexByte(said, '\n') + 1
		if end == 0 {
			l.line = append(l.line, said...)
			return
		}
		l.line = append(l.line, said[:end]...)
		said = said[end:]
		size, _, more := literalAtEnd(l.line)
		if more = more && (l.continued || !isStatus(l.line)); more {
			l.literal = size
		}
		f(l.line, !l.continued, more)
		l.line, l.continued = l.line[:0], more
	}
}

func (p *pending) clientSaid(said []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.client.feed(said, func(line []byte, first, more bool) {
		if first {
			tag, rest, _ := strings.Cut(strings.TrimRight(string(line), "\r\n"), " ")
			p.tag, p.idle = tag, strings.EqualFold(rest, "IDLE")
			if rest == "" {
				return // DONE, or what AUTHENTICATE asked for
			}
		}
		if !more && !p.idle {
			if p.tags == nil {
				p.tags = map[string]bool{}
			}
			p.tags[p.tag] = true
		}
	})
}

func (p *pending) serverSaid(said []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.server.feed(said, func(line []byte, first, _ bool) {
		if tag, _, ok := strings.Cut(string(line), " "); ok && first {
			delete(p.tags, tag)
		}
	})
}

func (p *pending) any() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.tags) > 0
}

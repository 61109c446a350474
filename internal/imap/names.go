package imap

import "sync"

// maxNames bounds how many names are kept; few servers have any.
const maxNames = 5000

// Names remembers mailbox names that a server writes in its own way: raw "&",
// 8-bit bytes, modified UTF-7 that is not canonical. A mailbox is opened by the
// bytes its server has for it. It may be shared by the connections of an account,
// and is safe for concurrent use.
type Names struct {
	mu    sync.Mutex
	known map[string]string // decoded -> as the server sent it
}

// learn notes how a server wrote a name.
func (n *Names) learn(name, raw string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if encodeName(name) == raw {
		delete(n.known, name)
		return
	}
	if n.known == nil {
		n.known = map[string]string{}
	}
	if _, known := n.known[name]; (known || len(n.known) < maxNames) && len(raw) <= maxAtom {
		n.known[name] = raw
	}
}

// raw is what to send for a name.
func (n *Names) raw(name string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if raw, ok := n.known[name]; ok {
		return raw
	}
	return encodeName(name)
}

// Toggle has a name sent in its other form from now on: as it is instead of in
// modified UTF-7, or in that instead of in any other. It reports whether there is
// another form.
func (n *Names) Toggle(name string) bool {
	coded, now := encodeName(name), n.raw(name)
	switch {
	case now != coded:
		n.learn(name, coded)
	case coded != name:
		n.learn(name, name)
	default:
		return false
	}
	return true
}

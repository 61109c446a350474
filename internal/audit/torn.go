package audit

import "hash"

// tornText gathers what is no genuine line until a line "torn" explains it: one
// that tells exactly its length and mac, made by the writer that found it there
// after a crash. Nobody without the key can explain anything.
type tornText struct {
	mac     hash.Hash
	bytes   int64
	newline bool // one ends what was gathered so far
	any     bool
}

func newTornText(k keys) *tornText { return &tornText{mac: newMAC(k.torn)} }

// add gathers a line, or a piece of one.
func (t *tornText) add(raw rawLine) {
	if t.newline {
		t.feed([]byte("\n"))
	}
	t.feed(raw.bytes)
	t.newline, t.any = raw.ended, true
}

func (t *tornText) feed(b []byte) {
	t.mac.Write(b)
	t.bytes += int64(len(b))
}

// explainedBy reports whether l is about what was gathered: the bytes with the
// newline at their end if it was there, without the one that the writer added.
func (t *tornText) explainedBy(l Line) bool {
	if l.Event != eventTorn || !t.any {
		return false
	}
	if t.newline && l.TornBytes == t.bytes+1 {
		t.feed([]byte("\n"))
		t.newline = false
	}
	return l.TornBytes == t.bytes && l.TornMAC == macOf(t.mac)
}

// reset forgets what was gathered.
func (t *tornText) reset() {
	t.mac.Reset()
	t.bytes, t.newline, t.any = 0, false, false
}

package imapconn

import (
	"bufio"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

const (
	// readAhead is the buffer below go-imap's own, and the longest line of the
	// sign-in dialogue: real CAPABILITY lines are below 1 kB.
	readAhead = 8 << 10

	// maxHeld bounds what a Pipeline keeps back before it sends anyway: the
	// largest one (STATUS of 200 mailboxes) is about 60 kB.
	maxHeld = 128 << 10
)

// errProbe is a connection that was silent after a long idle time.
var errProbe = errors.New("the cached connection did not answer")

// wire is the net.Conn that go-imap sees. It lets go-imap shorten the deadline
// of the operation under way, never lengthen it; it passes what is read through
// the guard; it can keep writes back, so that several commands leave in one
// flight; it counts.
//
// Closing it closes the TCP connection at once, without TLS's close_notify:
// that write could wait for a peer that does not read.
type wire struct {
	raw   net.Conn // TCP
	meter *meter
	now   func() time.Time

	in     *bufio.Reader // of what the server sends, inside TLS
	guard  *guard        // of in, once go-imap has taken over
	unseen io.Reader     // what go-imap reads: the greeting made for it, then guard

	writing sync.Mutex // one write or flush at a time

	mu          sync.Mutex
	conn        net.Conn  // raw, or TLS over it
	operation   time.Time // deadline of the operation under way; zero: none
	probe       time.Time // deadline of its first byte; zero: none
	wantedRead  time.Time // go-imap's own deadlines
	wantedWrite time.Time
	holding     bool
	held        []byte
	readSince   bool // something was read since the last write
	lineStart   bool // the next byte written begins a line
	lastRead    time.Time
	closed      bool
	err         error // why the connection ended, as far as the network knows
}

func newWire(raw net.Conn, m *meter, now func() time.Time) *wire {
	w := &wire{raw: raw, conn: raw, meter: m, now: now, readSince: true, lineStart: true, lastRead: now()}
	w.in = bufio.NewReaderSize(received{w}, readAhead)
	m.connections.Add(1)
	return w
}

// received is what comes from the network.
type received struct{ *wire }

// Read implements io.Reader.
func (r received) Read(p []byte) (int, error) {
	r.mu.Lock()
	conn := r.conn
	r.mu.Unlock()
	n, err := conn.Read(p)
	r.meter.in.Add(int64(n))
	r.mu.Lock()
	defer r.mu.Unlock()
	if n > 0 {
		r.readSince, r.lastRead = true, r.now()
		if !r.probe.IsZero() {
			r.probe = time.Time{}
			_ = r.applyRead()
		}
	}
	if err != nil {
		if !r.probe.IsZero() && errors.Is(err, os.ErrDeadlineExceeded) {
			err = errProbe
		}
		r.fail(err)
	}
	return n, err
}

// fail notes the first reason; what follows from closing is none.
func (w *wire) fail(err error) {
	if w.err == nil && !w.closed {
		w.err = err
	}
}

// Read implements net.Conn for go-imap.
func (w *wire) Read(p []byte) (int, error) {
	n, err := w.unseen.Read(p)
	if err != nil {
		w.mu.Lock()
		w.fail(err)
		w.mu.Unlock()
	}
	return n, err
}

// Write implements net.Conn.
func (w *wire) Write(p []byte) (int, error) {
	w.writing.Lock()
	defer w.writing.Unlock()
	w.mu.Lock()
	if w.closed {
		// Also while holding: a command that is registered with go-imap after
		// its reader has ended would never complete.
		w.mu.Unlock()
		return 0, net.ErrClosed
	}
	var n int
	n, w.lineStart = commandsIn(p, w.lineStart)
	w.meter.commands.Add(int64(n))
	out := p
	if w.holding || len(w.held) > 0 {
		w.held = append(w.held, p...)
		if w.holding && len(w.held) < maxHeld && !awaitsContinuation(w.held) {
			w.mu.Unlock()
			return len(p), nil
		}
		out, w.held = w.held, nil
	}
	w.mu.Unlock()
	if err := w.send(out); err != nil {
		return 0, err
	}
	return len(p), nil
}

// send writes to the network; w.writing is held.
func (w *wire) send(p []byte) error {
	w.mu.Lock()
	conn := w.conn
	if w.readSince {
		w.meter.flights.Add(1)
		w.readSince = false
	}
	w.mu.Unlock()
	n, err := conn.Write(p)
	w.meter.out.Add(int64(n))
	if err != nil {
		w.mu.Lock()
		w.fail(err)
		w.mu.Unlock()
		_ = w.Close() // so that go-imap's reader ends, and every command with it
	}
	return err
}

// awaitsContinuation reports whether p ends in the announcement of a
// synchronising literal, {n} CRLF: go-imap then waits for the server's "+", so
// what is held must go out.
func awaitsContinuation(p []byte) bool {
	n := len(p)
	if n < 5 || string(p[n-3:]) != "}\r\n" {
		return false
	}
	i := n - 4
	for i >= 0 && p[i] >= '0' && p[i] <= '9' {
		i--
	}
	return i >= 0 && i < n-4 && p[i] == '{'
}

// hold keeps writes back until release, or until the next write after unhold.
func (w *wire) hold() {
	w.mu.Lock()
	w.holding = true
	w.mu.Unlock()
}

// unhold lets what is held go out with the next write.
func (w *wire) unhold() {
	w.mu.Lock()
	w.holding = false
	w.mu.Unlock()
}

// release sends what is held. An error closes the connection, so the commands
// held complete with one.
func (w *wire) release() {
	w.writing.Lock()
	defer w.writing.Unlock()
	w.mu.Lock()
	w.holding = false
	out := w.held
	w.held = nil
	closed := w.closed
	w.mu.Unlock()
	if len(out) > 0 && !closed {
		_ = w.send(out)
	}
}

// begin starts an operation: everything until end must be over by deadline, and
// the first byte must come by probe unless that is zero.
func (w *wire) begin(deadline, probe time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.operation, w.probe = deadline, probe
	if w.guard != nil {
		w.guard.reset()
	}
	_, _ = w.applyRead(), w.applyWrite() // fail on a closed connection only
}

// end ends the operation: an idle connection has no deadline.
func (w *wire) end() { w.begin(time.Time{}, time.Time{}) }

// SetReadDeadline implements net.Conn; go-imap resets it between responses.
func (w *wire) SetReadDeadline(t time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.wantedRead = t
	return w.applyRead()
}

// SetWriteDeadline implements net.Conn.
func (w *wire) SetWriteDeadline(t time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.wantedWrite = t
	return w.applyWrite()
}

// SetDeadline implements net.Conn.
func (w *wire) SetDeadline(t time.Time) error {
	return errors.Join(w.SetReadDeadline(t), w.SetWriteDeadline(t))
}

func (w *wire) applyRead() error {
	return w.raw.SetReadDeadline(earliest(w.wantedRead, w.operation, w.probe))
}

func (w *wire) applyWrite() error {
	return w.raw.SetWriteDeadline(earliest(w.wantedWrite, w.operation))
}

// earliest ignores zero times: they mean no deadline.
func earliest(times ...time.Time) time.Time {
	var first time.Time
	for _, t := range times {
		if !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	return first
}

// Close implements net.Conn. Reads and writes under way return at once.
func (w *wire) Close() error {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	return w.raw.Close()
}

func (w *wire) isClosed() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.closed
}

// failure is why the connection ended, nil while the network knows of nothing.
func (w *wire) failure() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// answeredAt is when the server last sent something.
func (w *wire) answeredAt() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.lastRead
}

// LocalAddr implements net.Conn.
func (w *wire) LocalAddr() net.Addr { return w.raw.LocalAddr() }

// RemoteAddr implements net.Conn.
func (w *wire) RemoteAddr() net.Addr { return w.raw.RemoteAddr() }

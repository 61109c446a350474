package imapconn

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// errProbe is a connection that was silent after a long idle time.
var errProbe = errors.New("the cached connection did not answer")

// errSilence is a server that sent nothing for SocketTimeout.
var errSilence = errors.New("the mail server fell silent")

// wire is the connection below a Client: it holds every read and write to the
// deadlines of the operation under way, and counts.
//
// Closing it closes the TCP connection at once, without TLS's close_notify:
// that write could wait for a peer that does not read.
type wire struct {
	raw     net.Conn // TCP
	meter   *meter
	now     func() time.Time
	silence time.Duration // the longest a server may be silent

	mu        sync.Mutex
	conn      net.Conn  // raw, or TLS over it
	operation time.Time // deadline of the operation under way; zero: none
	probe     time.Time // deadline of its first byte; zero: none
	readSince bool      // something was read since the last write
	lastRead  time.Time
	closed    bool
}

func newWire(raw net.Conn, m *meter, now func() time.Time, silence time.Duration) *wire {
	m.connections.Add(1)
	return &wire{raw: raw, conn: raw, meter: m, now: now, silence: silence, readSince: true, lastRead: now()}
}

// Read implements io.Reader.
func (w *wire) Read(p []byte) (int, error) {
	w.mu.Lock()
	conn, probe := w.conn, w.probe
	var silent time.Time
	if w.silence > 0 && !w.operation.IsZero() {
		silent = time.Now().Add(w.silence)
	}
	deadline := earliest(w.operation, probe, silent)
	err := w.raw.SetReadDeadline(deadline)
	w.mu.Unlock()
	if err != nil {
		return 0, err
	}
	n, err := conn.Read(p)
	w.meter.in.Add(int64(n))
	w.mu.Lock()
	defer w.mu.Unlock()
	if n > 0 {
		w.readSince, w.lastRead, w.probe = true, w.now(), time.Time{}
	}
	if err != nil && errors.Is(err, os.ErrDeadlineExceeded) {
		switch deadline {
		case probe:
			err = errors.Join(errProbe, err)
		case silent:
			err = errors.Join(errSilence, err)
		}
	}
	return n, err
}

// Write implements io.Writer.
func (w *wire) Write(p []byte) (int, error) {
	w.mu.Lock()
	conn := w.conn
	if w.readSince {
		w.meter.flights.Add(1)
		w.readSince = false
	}
	err := w.raw.SetWriteDeadline(w.operation)
	w.mu.Unlock()
	if err != nil {
		return 0, err
	}
	n, err := conn.Write(p)
	w.meter.out.Add(int64(n))
	return n, err
}

// begin starts an operation: everything until end must be over by deadline, and
// the first byte must come by probe unless that is zero.
func (w *wire) begin(deadline, probe time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.operation, w.probe = deadline, probe
}

// end ends the operation: an idle connection has no deadline.
func (w *wire) end() { w.begin(time.Time{}, time.Time{}) }

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

// Close closes the connection. Reads and writes under way return at once.
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

// over has what is read and written go over another connection, on top of TCP.
func (w *wire) over(conn net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.conn = conn
}

// answeredAt is when the server last sent something.
func (w *wire) answeredAt() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.lastRead
}

package mailtest

import (
	"bytes"
	"context"
	"io"
	"net"
	"sync"
	"time"
)

// pipeListener lets a server that accepts connections take them from this process.
type pipeListener struct {
	accepted chan net.Conn
	closed   chan struct{}
	once     sync.Once
	open     sync.WaitGroup
}

func newPipeListener() *pipeListener {
	return &pipeListener{accepted: make(chan net.Conn), closed: make(chan struct{})}
}

func (l *pipeListener) dial(ctx context.Context) (net.Conn, error) {
	near, far := duplex()
	l.open.Add(1)
	select {
	case l.accepted <- &countedConn{Conn: far, done: l.open.Done}:
		return near, nil
	case <-l.closed:
		l.open.Done()
		return nil, net.ErrClosed
	case <-ctx.Done():
		l.open.Done()
		return nil, ctx.Err()
	}
}

// Accept implements net.Listener.
func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.accepted:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr implements net.Listener.
func (l *pipeListener) Addr() net.Addr { return pipeAddr }

var pipeAddr = &net.UnixAddr{Name: "pipe", Net: "pipe"}

// wait returns when the server has closed every connection it accepted.
func (l *pipeListener) wait() { l.open.Wait() }

// half is a connection of two pipes. Unlike net.Pipe it can be closed for
// writing alone, so that a server reads to the end what it was sent and still
// answers. It has no deadlines.
type half struct {
	in  *io.PipeReader
	out *io.PipeWriter
}

func duplex() (near, far *half) {
	a, b := &half{}, &half{}
	a.in, b.out = io.Pipe()
	b.in, a.out = io.Pipe()
	return a, b
}

// Read implements net.Conn.
func (h *half) Read(p []byte) (int, error) { return h.in.Read(p) }

// Write implements net.Conn.
func (h *half) Write(p []byte) (int, error) { return h.out.Write(p) }

// CloseWrite ends what this side sends; the other reads io.EOF behind it.
func (h *half) CloseWrite() error { return h.out.Close() }

// Close implements net.Conn.
func (h *half) Close() error {
	_ = h.in.Close()
	return h.out.Close()
}

// LocalAddr implements net.Conn.
func (h *half) LocalAddr() net.Addr { return pipeAddr }

// RemoteAddr implements net.Conn.
func (h *half) RemoteAddr() net.Addr { return pipeAddr }

// SetDeadline implements net.Conn.
func (h *half) SetDeadline(time.Time) error { return nil }

// SetReadDeadline implements net.Conn.
func (h *half) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline implements net.Conn.
func (h *half) SetWriteDeadline(time.Time) error { return nil }

type countedConn struct {
	net.Conn
	once sync.Once
	done func()
}

// Close implements net.Conn.
func (c *countedConn) Close() error {
	err := c.Conn.Close()
	c.once.Do(c.done)
	return err
}

// advertiseID adds ID to a response that lists capabilities.
func advertiseID(unit []byte) []byte {
	for _, before := range []string{" LITERAL-", " LITERAL+", " SASL-IR"} {
		if i := bytes.Index(unit, []byte(before)); i >= 0 && isCapabilities(unit) {
			return append(append(append([]byte{}, unit[:i]...), " ID"...), unit[i:]...)
		}
	}
	return unit
}

// isCapabilities reports an untagged CAPABILITY or a status response with that code.
func isCapabilities(unit []byte) bool {
	_, rest, _ := bytes.Cut(unit, []byte(" "))
	if bytes.HasPrefix(rest, []byte("CAPABILITY ")) {
		return true
	}
	_, code, _ := bytes.Cut(rest, []byte(" "))
	return isStatus(unit) && bytes.HasPrefix(code, []byte("[CAPABILITY "))
}

package mailtest

import (
	"bytes"
	"context"
	"crypto/tls"
	"net"
	"strings"
	"sync"
	"time"
)

// cutConn is one connection through a Cutter.
type cutConn struct {
	*Cutter
	client *client
	server *tls.Conn

	mu       sync.Mutex
	cut      bool
	ended    bool // by the server
	signedIn bool
	line     []byte // before sign-in: what came of the client's line
	tag      string // of LOGIN or AUTHENTICATE
	pending  pending
	heard    time.Time // the server's last word, or the cut

	wg sync.WaitGroup
}

// settler is a server that may still act when it has closed a connection.
type settler interface {
	settle(ctx context.Context, clientPort int)
}

// carry carries one connection's bytes both ways as they come.
func (c *Cutter) carry(ctx context.Context, cl *client) {
	c.mu.Lock()
	refuse := c.refuse
	c.mu.Unlock()
	if refuse {
		return
	}
	conn, err := c.upstream(ctx)
	if err != nil {
		return
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	x := &cutConn{Cutter: c, client: cl, server: conn.(*tls.Conn)}
	x.wg.Go(func() {
		x.fromServer()
		if slow, ok := c.Server.(settler); ok && x.isCut() {
			slow.settle(ctx, conn.LocalAddr().(*net.TCPAddr).Port)
		}
		if !x.end() {
			_ = cl.Close()
		}
	})
	x.fromClient()
	if !x.isCut() {
		_ = conn.Close()
	}
	x.wg.Wait()
}

// end notes that the server is done, and reports whether it was cut off.
func (x *cutConn) end() (cut bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.ended = true
	if x.cut {
		x.done()
	}
	return x.cut
}

func (x *cutConn) isCut() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.cut
}

func (x *cutConn) fromClient() {
	buf := make([]byte, 64<<10)
	for {
		n, err := x.client.Read(buf)
		if n > 0 && !x.isCut() {
			pass, cut := n, false
			if x.clientSaid(buf[:n]) {
				pass, cut = x.allow(ToServer, n)
			}
			x.pending.clientSaid(buf[:pass])
			if cut {
				x.sever() // first, or the answer to the last byte might still pass
			}
			_, failed := x.server.Write(buf[:pass])
			if cut {
				x.wg.Go(x.hangUp)
			} else if failed != nil && !x.isCut() {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (x *cutConn) fromServer() {
	if x.client.greeted && swallowLine(x.server) != nil {
		return
	}
	var line []byte // before sign-in: what came of a line
	buf := make([]byte, 64<<10)
	for {
		n, err := x.server.Read(buf)
		said := buf[:n]
		x.pending.serverSaid(said)
		x.hear()
		for len(said) > 0 && !x.isSignedIn() {
			end := bytes.IndexByte(said, '\n') + 1
			if end == 0 {
				end = len(said)
			}
			line = append(line, said[:end]...)
			if _, failed := x.client.Write(said[:end]); failed != nil {
				return
			}
			said = said[end:]
			if bytes.HasSuffix(line, []byte("\n")) {
				x.serverSaid(line)
				line = nil
			}
		}
		if len(said) > 0 && !x.isCut() {
			pass, cut := x.allow(ToClient, len(said))
			_, failed := x.client.Write(said[:pass])
			if cut {
				x.sever()
				x.wg.Go(x.hangUp)
			} else if failed != nil && !x.isCut() {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// hangUp tells the server that the client is gone, once it has answered every
// command it got whole, or says nothing any more: Dovecot rolls a COPY back when
// it notices that earlier (but not a MOVE), and whether it notices is a matter of
// chance; and it puts the answer to a FETCH off while it has half a command.
func (x *cutConn) hangUp() {
	x.hear()
	for deadline := time.Now().Add(settleTimeout / 2); time.Now().Before(deadline) && x.pending.any() && !x.isEnded() && !x.quiet(); {
		time.Sleep(200 * time.Microsecond)
	}
	_ = x.server.CloseWrite()
}

// quietFor is how long a server takes at most between two words.
const quietFor = 300 * time.Millisecond

func (x *cutConn) hear() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.heard = time.Now()
}

func (x *cutConn) quiet() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return time.Since(x.heard) > quietFor
}

func (x *cutConn) isEnded() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.ended
}

// sever ends the connection to the client, as if the server went away; what
// was on its way still arrives, as without it the number of bytes would be a
// matter of chance. hangUp has to follow.
func (x *cutConn) sever() {
	x.mu.Lock()
	x.cut = true
	if x.ended {
		x.done()
	}
	x.mu.Unlock()
	conn := x.client.Conn.(*tls.Conn).NetConn()
	x.Cutter.mu.Lock()
	gone := x.refuse
	x.Cutter.mu.Unlock()
	if gone {
		x.front.dropBut(conn)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		// No close_notify (RFC 8446 §6.1): a cut line does not say goodbye. Nor is
		// it closed: with unread bytes that would reset it, and lose what was sent.
		_ = tcp.CloseWrite()
		_ = tcp.SetReadDeadline(time.Now().Add(lingerTimeout))
	}
}

func (x *cutConn) isSignedIn() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.signedIn
}

// clientSaid reports whether these bytes come after sign-in, and looks in
// those before for its tag.
func (x *cutConn) clientSaid(said []byte) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.signedIn {
		return true
	}
	x.line = append(x.line, said...)
	for {
		line, rest, whole := bytes.Cut(x.line, []byte("\n"))
		if !whole {
			return false
		}
		if words := strings.Fields(string(line)); len(words) > 1 {
			switch strings.ToUpper(words[1]) {
			case "LOGIN", "AUTHENTICATE":
				x.tag = words[0]
			}
		}
		x.line = rest
	}
}

// serverSaid looks for the end of sign-in: its tagged OK, or PREAUTH.
func (x *cutConn) serverSaid(line []byte) {
	x.mu.Lock()
	defer x.mu.Unlock()
	text := string(line)
	if x.tag != "" && strings.HasPrefix(text, x.tag+" OK") || strings.HasPrefix(text, "* PREAUTH") {
		x.signedIn, x.line = true, nil
	}
}

package mailtest

import (
	"context"
	"crypto/x509"
	"net"
	"sync"
	"testing"
	"time"

	"mail-imap-mcp/internal/config"
)

// Direction is one of the two ways of a dialogue.
type Direction int

// The directions of a dialogue.
const (
	ToServer Direction = iota // what the client sends
	ToClient                  // what the server answers
)

// String is "to server" or "to client".
func (d Direction) String() string { return [...]string{"to server", "to client"}[d] }

const (
	settleTimeout = 20 * time.Second // a server that has work left, on a busy machine
	// lingerTimeout is how long a client may take to notice that it was cut off.
	lingerTimeout = 2 * time.Second
)

// Cutter is a proxy in front of a Server that ends TLS and cuts a connection
// after an exact number of bytes. What belongs to sign-in is neither counted
// nor cut. It is the same Server at another address and with another CA, and
// serves for any number of cuts:
//
//	operation(); cut.Mark(); operation(); total := cut.Passed(mailtest.ToServer)
//	for n := range total + 1 {
//		put the mail back; sign in
//		cut.Arm(mailtest.ToServer, n)
//		operation()
//		cut.Settle(t)
//		look at the mail
//	}
type Cutter struct {
	Server
	endpoint endpoint
	upstream func(context.Context) (net.Conn, error)
	front    *front

	mu      sync.Mutex
	passed  [2]int // by direction, since Mark
	armed   bool
	way     Direction
	after   int
	gone    bool // refuse connections after the cut
	refuse  bool
	cuts    int
	serving int           // connections whose server may still act though the client is cut off
	settled chan struct{} // closed when serving falls to 0
}

// Cut puts a Cutter in front of a server until the test ends. It must be next
// to the server for Settle to hold: a Recorder belongs in front of the Cutter.
func Cut(t testing.TB, s Server) *Cutter {
	t.Helper()
	c := &Cutter{Server: s, upstream: dialer(s)}
	c.front, c.endpoint = startFront(t, s, certificateOptions{}, c.carry)
	return c
}

// Account implements Server.
func (c *Cutter) Account(id string) config.Account { return c.endpoint.Account(id) }

// StartTLSAccount implements Server.
func (c *Cutter) StartTLSAccount(id string) config.Account { return c.endpoint.StartTLSAccount(id) }

// CAPath implements Server.
func (c *Cutter) CAPath() string { return c.endpoint.CAPath() }

// RootCAs implements Server.
func (c *Cutter) RootCAs() *x509.CertPool { return c.endpoint.RootCAs() }

// Restart implements Server.
func (c *Cutter) Restart(t testing.TB) {
	t.Helper()
	c.Server.Restart(t)
	c.front.drop()
}

// Mark begins to count anew. Connections go on.
func (c *Cutter) Mark() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.passed = [2]int{}
}

// Passed is how many bytes went that way since Mark, over all connections.
func (c *Cutter) Passed(d Direction) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.passed[d]
}

// Arm marks, and cuts once, when n more bytes went that way: the connection on
// which the last of them went ends, on both sides. With 0 the first byte that
// would go that way is lost. Afterwards connections are well.
func (c *Cutter) Arm(d Direction, n int) { c.arm(d, n, false) }

// ArmGone is Arm for a server that is lost: with the cut every connection ends,
// and until Disarm new ones are closed before the greeting.
func (c *Cutter) ArmGone(d Direction, n int) { c.arm(d, n, true) }

func (c *Cutter) arm(d Direction, n int, gone bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.passed = [2]int{}
	c.armed, c.way, c.after, c.gone, c.refuse = true, d, n, gone, false
}

// Disarm takes back an Arm whose bytes have not passed, and ends a refusal.
func (c *Cutter) Disarm() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.armed, c.refuse = false, false
}

// Cuts is how many connections were cut so far.
func (c *Cutter) Cuts() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cuts
}

// Settle waits until the server has finished with what it received over the
// connections that were cut: it read all of it, acted, and ended them.
func (c *Cutter) Settle(t testing.TB) {
	t.Helper()
	c.mu.Lock()
	settled := c.settled
	c.mu.Unlock()
	if settled == nil {
		return
	}
	select {
	case <-settled:
	case <-time.After(settleTimeout):
		t.Fatalf("the server is not done with a cut connection after %v", settleTimeout)
	}
}

// allow takes up to n bytes of a direction and says how many may pass, and
// whether the connection is cut behind them.
func (c *Cutter) allow(d Direction, n int) (pass int, cut bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.armed || d != c.way || c.passed[d]+n < c.after {
		c.passed[d] += n
		return n, false
	}
	pass = c.after - c.passed[d]
	c.passed[d] += pass
	c.armed, c.refuse = false, c.gone
	c.cuts++
	if c.serving++; c.serving == 1 {
		c.settled = make(chan struct{})
	}
	return pass, true
}

func (c *Cutter) done() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.serving--; c.serving == 0 {
		close(c.settled)
	}
}

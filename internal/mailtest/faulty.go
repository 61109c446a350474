package mailtest

import (
	"context"
	"crypto/x509"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mail-imap-mcp/internal/config"
)

// Fault is one way to misbehave. A server has any number of them.
type Fault struct {
	Name string

	at    string // the command; "" for faults of connecting
	times int    // how often; 0: whenever
	after int    // how often it does not happen first
	do    func(x *Exchange)

	response    func(unit []byte) []byte             // changes every response
	greeting    func(ctx context.Context, c *client) // speaks in the server's stead
	certificate certificateOptions                   // instead of a good one
	unknownCA   bool                                 // the CA that is told is not the one that signed
	startTLS    startTLSFault
	closed      bool // nobody listens
}

// Times limits how often a fault happens: afterwards the server is well.
func (f Fault) Times(n int) Fault {
	f.times = n
	return f
}

// After lets the command pass n times before the fault happens: FaultNO("UID
// COPY", "no").After(2).Times(1) refuses the third alone.
func (f Fault) After(n int) Fault {
	f.after = n
	return f
}

// Faulty is a server that behaves like the one behind it, but for its faults.
type Faulty struct {
	Server
	endpoint endpoint
	upstream func(context.Context) (net.Conn, error)
	front    *front
	faults   []Fault

	mu       sync.Mutex
	used     []int // by fault
	commands []string
	signIns  int
}

// NewFaulty puts faults in front of a server until the test ends.
func NewFaulty(t testing.TB, s Server, faults ...Fault) *Faulty {
	t.Helper()
	f := &Faulty{Server: s, upstream: dialer(s), faults: faults, used: make([]int, len(faults))}
	var cert certificateOptions
	for _, fault := range faults {
		if fault.certificate != (certificateOptions{}) {
			cert = fault.certificate
		}
	}
	f.front, f.endpoint = startFront(t, s, cert, f.serve)
	for _, fault := range faults {
		if fault.startTLS != (startTLSFault{}) {
			f.front.setStartTLS(fault.startTLS)
		}
		if fault.unknownCA {
			other, err := newAuthority(t.TempDir())
			if err != nil {
				t.Fatalf("another CA: %v", err)
			}
			f.endpoint.ca = other
		}
		if fault.closed {
			f.front.close()
		}
	}
	return f
}

// Account implements Server.
func (f *Faulty) Account(id string) config.Account { return f.endpoint.Account(id) }

// StartTLSAccount implements Server.
func (f *Faulty) StartTLSAccount(id string) config.Account { return f.endpoint.StartTLSAccount(id) }

// CAPath implements Server.
func (f *Faulty) CAPath() string { return f.endpoint.CAPath() }

// RootCAs implements Server.
func (f *Faulty) RootCAs() *x509.CertPool { return f.endpoint.RootCAs() }

// Restart implements Server.
func (f *Faulty) Restart(t testing.TB) {
	t.Helper()
	f.Server.Restart(t)
	f.front.drop()
}

// Drop closes every connection, as a firewall does.
func (f *Faulty) Drop() { f.front.drop() }

// Commands lists the commands that arrived, "UID FETCH 1:10 (FLAGS)", without
// tags and without the secrets of sign-in.
func (f *Faulty) Commands() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.commands)
}

// SignIns counts the attempts to sign in.
func (f *Faulty) SignIns() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.signIns
}

// Connections counts accepted TCP connections, whatever became of them.
func (f *Faulty) Connections() int { return f.front.connections() }

func (f *Faulty) serve(ctx context.Context, c *client) {
	for i := range f.faults {
		if f.faults[i].greeting != nil && f.spend(i) {
			f.faults[i].greeting(ctx, c)
			return
		}
	}
	server, err := f.upstream(ctx)
	if err != nil {
		return
	}
	r := &relay{client: c, server: server, onCommand: f.command, onResponse: f.response}
	r.run(ctx)
}

func (f *Faulty) command(x *Exchange) {
	_, said, _ := strings.Cut(x.String(), " ")
	f.mu.Lock()
	f.commands = append(f.commands, said)
	if x.Verb == "LOGIN" || x.Verb == "AUTHENTICATE" {
		f.signIns++
	}
	f.mu.Unlock()
	for i, fault := range f.faults {
		if fault.do != nil && (fault.at == "*" || fault.at == x.Verb) && f.spend(i) {
			fault.do(x)
			if x.answered {
				return
			}
		}
	}
}

func (f *Faulty) response(unit []byte) []byte {
	for i := range f.faults {
		if f.faults[i].response != nil {
			unit = f.faults[i].response(unit)
		}
	}
	return unit
}

// spend takes one of a fault's times, if any is left.
func (f *Faulty) spend(i int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	fault := f.faults[i]
	if fault.times > 0 && f.used[i] >= fault.after+fault.times {
		return false
	}
	f.used[i]++
	return f.used[i] > fault.after
}

// drain reads what the client says until it goes away.
func drain(ctx context.Context, c *client) {
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	defer stop()
	_, _ = io.Copy(io.Discard, c)
}

// pause waits, unless the connection ends first.
func (x *Exchange) pause(d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-x.Done():
		return false
	}
}

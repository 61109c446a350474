package mailtest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strconv"
	"sync"
	"testing"
	"time"

	"mail-imap-mcp/internal/config"
)

// flightLatency is what an answer is held back after the client's last byte.
// On loopback an answer would overtake commands that the client sends without
// waiting, and one flight would be counted as two, or as one, by chance.
const flightLatency = 10 * time.Millisecond

// Recorder is a proxy in front of a Server that ends TLS, writes down the
// dialogue and counts. It is the same Server at another address and with
// another CA.
type Recorder struct {
	Server
	endpoint endpoint
	upstream func(context.Context) (net.Conn, error)
	front    *front

	mu     sync.Mutex
	meters []*meter // of the connections since the last Reset, and those open then
	client []byte
}

// meter belongs to one connection and is guarded by its Recorder's mutex.
type meter struct {
	number     int // from 1, in order of connecting
	open       bool
	serverSaid bool // since the client's last burst
	lastSent   time.Time
	flights    int
	fromServer int64
	fromClient int64
	script     script
}

// Record puts a Recorder in front of a server until the test ends.
func Record(t testing.TB, s Server) *Recorder {
	t.Helper()
	r := &Recorder{Server: s, upstream: dialer(s)}
	r.front, r.endpoint = startFront(t, s, certificateOptions{}, r.carry)
	return r
}

// dialer connects to a server's implicit TLS port.
func dialer(s Server) func(context.Context) (net.Conn, error) {
	acc := s.Account("upstream")
	d := &tls.Dialer{Config: &tls.Config{RootCAs: s.RootCAs(), ServerName: acc.Host}}
	address := net.JoinHostPort(acc.Host, strconv.Itoa(acc.Port))
	return func(ctx context.Context) (net.Conn, error) { return d.DialContext(ctx, "tcp", address) }
}

// startFront listens with a CA of its own for a server's account.
func startFront(t testing.TB, s Server, o certificateOptions, serve func(context.Context, *client)) (*front, endpoint) {
	t.Helper()
	ca, err := newAuthority(t.TempDir())
	if err != nil {
		t.Fatalf("proxy: %v", err)
	}
	cert, _, _, err := ca.issue(o)
	if err != nil {
		t.Fatalf("proxy: %v", err)
	}
	f, err := listenFront(cert, serve)
	if err != nil {
		t.Fatalf("proxy: %v", err)
	}
	t.Cleanup(f.close)
	acc := s.Account("default")
	f.start()
	return f, endpoint{imaps: f.imapsPort(), starttls: f.startTLSPort(), user: acc.User, password: acc.Password, ca: ca}
}

// Account implements Server.
func (r *Recorder) Account(id string) config.Account { return r.endpoint.Account(id) }

// StartTLSAccount implements Server.
func (r *Recorder) StartTLSAccount(id string) config.Account { return r.endpoint.StartTLSAccount(id) }

// CAPath implements Server.
func (r *Recorder) CAPath() string { return r.endpoint.CAPath() }

// RootCAs implements Server.
func (r *Recorder) RootCAs() *x509.CertPool { return r.endpoint.RootCAs() }

// Restart implements Server.
func (r *Recorder) Restart(t testing.TB) {
	t.Helper()
	r.Server.Restart(t)
	r.front.drop()
}

// carry carries one connection's bytes both ways as they come.
func (r *Recorder) carry(ctx context.Context, c *client) {
	server, err := r.upstream(ctx)
	if err != nil {
		return
	}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	m := r.begin()
	defer r.end(m)
	var wg sync.WaitGroup
	wg.Go(func() {
		r.fromServer(ctx, m, c, server)
		_ = c.Close()
	})
	r.fromClient(m, c, server)
	_ = server.Close()
	wg.Wait()
}

func (r *Recorder) begin() *meter {
	r.mu.Lock()
	defer r.mu.Unlock()
	m := &meter{number: r.front.connections(), open: true, serverSaid: true}
	r.meters = append(r.meters, m)
	return m
}

func (r *Recorder) end(m *meter) {
	r.mu.Lock()
	defer r.mu.Unlock()
	m.open = false
}

func (r *Recorder) fromClient(m *meter, c *client, server net.Conn) {
	buf := make([]byte, 64<<10)
	for {
		n, err := c.Read(buf)
		if n > 0 {
			r.mu.Lock()
			if m.serverSaid {
				m.flights++
				m.serverSaid = false
			}
			m.lastSent = time.Now()
			m.fromClient += int64(n)
			r.client = append(r.client, buf[:n]...)
			m.script.clientSaid(buf[:n])
			r.mu.Unlock()
			if _, err := server.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (r *Recorder) fromServer(ctx context.Context, m *meter, c *client, server net.Conn) {
	if c.greeted && swallowLine(server) != nil {
		return
	}
	buf := make([]byte, 64<<10)
	for {
		n, err := server.Read(buf)
		if n > 0 {
			if !r.awaitQuiet(ctx, m) {
				return
			}
			r.mu.Lock()
			m.serverSaid = true
			m.fromServer += int64(n)
			m.script.serverSaid(buf[:n])
			r.mu.Unlock()
			if _, err := c.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// awaitQuiet waits until the client has sent nothing for flightLatency.
func (r *Recorder) awaitQuiet(ctx context.Context, m *meter) bool {
	for {
		r.mu.Lock()
		wait := flightLatency - time.Since(m.lastSent)
		r.mu.Unlock()
		if wait <= 0 {
			return true
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return false
		}
	}
}

// swallowLine reads the upstream's greeting, which the client has had already.
func swallowLine(server net.Conn) error {
	one := make([]byte, 1)
	for range 4096 {
		if _, err := io.ReadFull(server, one); err != nil {
			return err
		}
		if one[0] == '\n' {
			return nil
		}
	}
	return errors.New("greeting too long")
}

// Reset forgets what was counted and recorded. Open connections go on.
func (r *Recorder) Reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	var open []*meter
	for _, m := range r.meters {
		if m.open {
			m.flights, m.fromServer, m.fromClient, m.serverSaid = 0, 0, 0, true
			m.script.reset()
			open = append(open, m)
		}
	}
	r.meters, r.client = open, nil
}

// Flights is the number of round trips of all connections since Reset: bursts
// of the client that follow something from the server. What is pipelined
// counts once; TLS does not count.
func (r *Recorder) Flights() int {
	return r.sum(func(m *meter, total int) int { return total + m.flights })
}

// LongestFlights is Flights of the connection that had most.
func (r *Recorder) LongestFlights() int {
	return r.sum(func(m *meter, most int) int { return max(most, m.flights) })
}

// Connections is how many connections said something since Reset.
func (r *Recorder) Connections() int {
	return r.sum(func(m *meter, n int) int {
		if m.fromClient+m.fromServer > 0 {
			n++
		}
		return n
	})
}

// Commands is how many commands were sent since Reset.
func (r *Recorder) Commands() int {
	return r.sum(func(m *meter, n int) int { return n + m.script.commands })
}

// BytesFromServer counts plaintext bytes since Reset.
func (r *Recorder) BytesFromServer() int {
	return r.sum(func(m *meter, n int) int { return n + int(m.fromServer) })
}

// BytesFromClient counts plaintext bytes since Reset.
func (r *Recorder) BytesFromClient() int {
	return r.sum(func(m *meter, n int) int { return n + int(m.fromClient) })
}

func (r *Recorder) sum(f func(m *meter, sum int) int) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	sum := 0
	for _, m := range r.meters {
		sum = f(m, sum)
	}
	return sum
}

// ClientBytes is everything clients sent since Reset, in order of arrival,
// after TLS and as it was: sign-in with its secret included.
func (r *Recorder) ClientBytes() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]byte(nil), r.client...)
}

// Transcript is the dialogue since Reset, one connection after the other, fit
// to be compared and shown: secrets, literals and what changes from run to run
// are replaced.
func (r *Recorder) Transcript() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var text []byte
	shown := 0
	for _, m := range r.meters {
		if len(m.script.lines) == 0 {
			continue
		}
		if shown++; shown > 1 {
			text = append(text, "-- another connection --\n"...)
		}
		for _, line := range m.script.lines {
			text = append(text, line+"\n"...)
		}
	}
	return string(text)
}

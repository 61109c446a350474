package mailtest

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"
)

// handshakeTimeout bounds what a client may take before TLS is up.
const handshakeTimeout = 30 * time.Second

// front listens on an implicit TLS port and a STARTTLS port and gives each
// client, once under TLS, to serve. It owns every connection and goroutine.
type front struct {
	implicit, plain net.Listener
	config          *tls.Config
	serve           func(ctx context.Context, c *client)
	startTLS        startTLSFault

	cancel context.CancelFunc
	ctx    context.Context //nolint:containedctx // the front is its goroutines' owner; close cancels it
	wg     sync.WaitGroup

	mu       sync.Mutex
	conns    map[net.Conn]struct{}
	accepted int
}

// client is one connection under TLS.
type client struct {
	net.Conn
	// greeted: the greeting was given before STARTTLS; RFC 9051 §7.1 forbids another.
	greeted bool
}

// startTLSFault says what goes wrong on the STARTTLS port.
type startTLSFault struct {
	stripped bool   // the capability is missing and the command refused
	preauth  bool   // PREAUTH, which forbids STARTTLS
	injected string // sent in plain text right behind the OK to STARTTLS
}

func listenFront(cert tls.Certificate, serve func(context.Context, *client)) (*front, error) {
	f := &front{
		serve:  serve,
		conns:  map[net.Conn]struct{}{},
		config: &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12},
	}
	var err error
	if f.implicit, err = net.Listen("tcp", loopback+":0"); err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	if f.plain, err = net.Listen("tcp", loopback+":0"); err != nil {
		_ = f.implicit.Close()
		return nil, fmt.Errorf("listen: %w", err)
	}
	f.ctx, f.cancel = context.WithCancel(context.Background())
	return f, nil
}

// start accepts connections until close.
func (f *front) start() {
	f.wg.Go(func() { f.accept(f.implicit, false) })
	f.wg.Go(func() { f.accept(f.plain, true) })
}

func (f *front) imapsPort() int    { return f.implicit.Addr().(*net.TCPAddr).Port }
func (f *front) startTLSPort() int { return f.plain.Addr().(*net.TCPAddr).Port }

func (f *front) accept(ln net.Listener, startTLS bool) {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return // closed
		}
		f.mu.Lock()
		f.conns[conn] = struct{}{}
		f.accepted++
		f.mu.Unlock()
		if f.ctx.Err() != nil {
			_ = conn.Close()
		}
		f.wg.Go(func() {
			defer func() {
				_ = conn.Close()
				f.mu.Lock()
				delete(f.conns, conn)
				f.mu.Unlock()
			}()
			f.handle(conn, startTLS)
		})
	}
}

func (f *front) handle(conn net.Conn, startTLS bool) {
	ctx, cancel := context.WithCancel(f.ctx)
	defer cancel()
	_ = conn.SetDeadline(time.Now().Add(handshakeTimeout))
	if startTLS {
		if err := f.plainDialogue(conn); err != nil {
			return
		}
	}
	secured := tls.Server(conn, f.config)
	if err := secured.HandshakeContext(ctx); err != nil {
		return
	}
	_ = conn.SetDeadline(time.Time{})
	f.serve(ctx, &client{Conn: secured, greeted: startTLS})
}

// plainDialogue is what is said before TLS on the STARTTLS port (RFC 9051 §6.2.1).
func (f *front) plainDialogue(conn net.Conn) error {
	fault := f.startTLSFault()
	caps := "IMAP4rev1 SASL-IR STARTTLS LOGINDISABLED"
	if fault.stripped {
		caps = "IMAP4rev1 SASL-IR AUTH=PLAIN"
	}
	status := "OK"
	if fault.preauth {
		status = "PREAUTH"
	}
	if _, err := fmt.Fprintf(conn, "* %s [CAPABILITY %s] ready\r\n", status, caps); err != nil {
		return err
	}
	// A byte at a time: the handshake's bytes behind the command belong to TLS.
	in := bufio.NewReaderSize(oneByte{conn}, 16)
	for range 100 {
		line, err := readLine(in)
		if err != nil {
			return err
		}
		tag, rest, _ := strings.Cut(strings.TrimRight(string(line), "\r\n"), " ")
		verb, _, _ := strings.Cut(rest, " ")
		answer := tag + " OK done\r\n"
		switch strings.ToUpper(verb) {
		case "STARTTLS":
			if !fault.stripped && !fault.preauth {
				_, err := io.WriteString(conn, answer+fault.injected)
				return err
			}
			answer = tag + " BAD unknown command\r\n"
		case "CAPABILITY":
			answer = "* CAPABILITY " + caps + "\r\n" + answer
		case "NOOP":
		case "LOGOUT":
			_, _ = io.WriteString(conn, "* BYE\r\n"+answer)
			return io.EOF
		default:
			answer = tag + " NO [PRIVACYREQUIRED] not without TLS\r\n"
		}
		if _, err := io.WriteString(conn, answer); err != nil {
			return err
		}
	}
	return errors.New("too much talk before STARTTLS")
}

type oneByte struct{ io.Reader }

func (o oneByte) Read(p []byte) (int, error) { return o.Reader.Read(p[:min(len(p), 1)]) }

// setStartTLS takes effect for connections to come.
func (f *front) setStartTLS(fault startTLSFault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.startTLS = fault
}

func (f *front) startTLSFault() startTLSFault {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.startTLS
}

// drop closes every connection.
func (f *front) drop() { f.dropBut(nil) }

// dropBut closes every connection but one.
func (f *front) dropBut(one net.Conn) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for conn := range f.conns {
		if conn != one {
			_ = conn.Close()
		}
	}
}

// connections says how many were accepted so far.
func (f *front) connections() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.accepted
}

// close stops listening, closes every connection and waits for the goroutines.
func (f *front) close() {
	f.cancel()
	_ = f.implicit.Close()
	_ = f.plain.Close()
	f.drop()
	f.wg.Wait()
}

package imapconn

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
)

// The stages of connecting, as issues name them.
const (
	stageConnect = "connect"
	stageTLS     = "tls"
	stageGreet   = "greeting"
	stageAuth    = "auth"
	stageSelect  = "select"
)

// open connects and signs in; every error is a *contract.Fault. Each step that
// succeeds is noted in v. The context ends it at once.
func (p *Pool) open(ctx context.Context, v *Verification) (*Conn, error) {
	raw, err := p.dialTCP(ctx)
	if err != nil {
		return nil, p.fault(ctx, stageConnect, err)
	}
	v.Reached = true
	w := newWire(raw, &p.meter, p.now)
	stop := context.AfterFunc(ctx, func() { _ = w.Close() })
	defer stop()
	c, stage, err := p.signInOver(ctx, w, v)
	if err != nil {
		_ = w.Close()
		return nil, p.fault(ctx, stage, err)
	}
	return c, nil
}

func (p *Pool) dialTCP(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, p.opts.ConnectTimeout)
	defer cancel()
	return p.dial(ctx, "tcp", net.JoinHostPort(p.account.Host, strconv.Itoa(p.account.Port)))
}

// signInOver takes a TCP connection to a signed-in one. On error it names the
// stage.
func (p *Pool) signInOver(ctx context.Context, w *wire, v *Verification) (*Conn, string, error) {
	d := &dialogue{w: w}
	if p.account.TLS == config.TLSImplicit {
		if err := p.startTLS(ctx, w, v); err != nil {
			return nil, stageTLS, err
		}
	}
	end, _ := ctx.Deadline()
	w.begin(earliest(end, time.Now().Add(p.opts.GreetingTimeout)), time.Time{})
	greeting, err := d.greeting()
	if err != nil {
		return nil, stageGreet, err
	}
	if greeting.status == "PREAUTH" {
		// RFC 9051 §7.1.4 and §11.1: before STARTTLS it would forgo TLS; and in
		// any mode we could not know whose mailbox it is.
		return nil, stageGreet, &contract.Fault{
			Code: contract.Unavailable, Stage: stageGreet,
			Message: fmt.Sprintf("the mail server %s says we are signed in already (PREAUTH) without asking who we are; that is refused: check %sHOST and _PORT",
				p.account.Host, p.account.EnvPrefix()),
		}
	}
	caps := greeting.caps
	if p.account.TLS == config.TLSStartTLS {
		w.begin(earliest(end, time.Now().Add(p.opts.ConnectTimeout)), time.Time{})
		if stage, err := p.upgrade(ctx, d, caps, v); err != nil {
			return nil, stage, err
		}
		caps = nil // told in plain text: forget them (RFC 9051 §6.2.1)
	}
	w.begin(end, time.Time{})
	if p.account.TLS == config.TLSNone && !loopback(w.RemoteAddr()) {
		return nil, stageTLS, &contract.Fault{
			Code: contract.PermissionDenied, Stage: stageTLS,
			Message: fmt.Sprintf("%sTLS=none is allowed only to this machine; use implicit or starttls", p.account.EnvPrefix()),
		}
	}
	caps, known, err := p.signIn(ctx, d, caps, v)
	if err != nil {
		return nil, stageAuth, err
	}
	return p.takeOver(w, caps, known), "", nil
}

// startTLS begins TLS on what is underneath now.
func (p *Pool) startTLS(ctx context.Context, w *wire, v *Verification) error {
	ctx, cancel := context.WithTimeout(ctx, p.opts.ConnectTimeout)
	defer cancel()
	conn := tls.Client(w.raw, &tls.Config{
		ServerName: p.account.Host, // verified, addresses too
		RootCAs:    p.opts.RootCAs,
		MinVersion: tls.VersionTLS12,
		NextProtos: []string{"imap"}, // RFC 7301; keeps other services' servers out (ALPACA)
	})
	if err := conn.HandshakeContext(ctx); err != nil {
		return err
	}
	state := conn.ConnectionState()
	v.TLSVersion = tls.VersionName(state.Version)
	if len(state.PeerCertificates) > 0 {
		v.CertExpires = state.PeerCertificates[0].NotAfter
	}
	w.mu.Lock()
	w.conn = conn
	w.mu.Unlock()
	return nil
}

// takeOver hands the connection to go-imap, behind the guard. known tells
// whether caps are those of the signed-in state.
func (p *Pool) takeOver(w *wire, caps imap.CapSet, known bool) *Conn {
	w.guard = newGuard(w.in, defaultGuardLimits())
	w.unseen = io.MultiReader(strings.NewReader(greetingFor(caps)), w.guard)
	c := &Conn{wire: w, caps: caps, redact: p.redact}
	c.client = &Client{Client: imapclient.New(w, &imapclient.Options{}), account: p.account}
	c.introduce(known, !p.noID.Load())
	return c
}

func loopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

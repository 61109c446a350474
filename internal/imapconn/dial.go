package imapconn

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
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
	w := newWire(raw, &p.meter, p.now, p.opts.SocketTimeout)
	stop := context.AfterFunc(ctx, func() { _ = w.Close() })
	defer stop()
	c, stage, err := p.signInOver(ctx, w, v)
	if err != nil {
		_ = w.Close()
		f := *p.fault(ctx, stage, err)
		for _, alert := range v.Alerts {
			if text := quoteText(alert); !strings.Contains(f.Message, text) && !strings.Contains(f.Message, alert) {
				f.Message += text
			}
		}
		return nil, &f
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
	if p.account.TLS == config.TLSImplicit {
		if err := p.startTLS(ctx, w, v); err != nil {
			return nil, stageTLS, err
		}
	}
	end, ends := ctx.Deadline()
	if ends {
		end = end.Add(afterContext)
	}
	w.begin(earliest(end, time.Now().Add(p.opts.GreetingTimeout)), time.Time{})
	client := imap.NewClient(w, imap.PreambleLimits(), &p.names)
	preAuth, err := client.Greeting()
	if err != nil {
		return nil, stageGreet, err
	}
	if preAuth {
		// RFC 9051 §7.1.4 and §11.1: before STARTTLS it would forgo TLS; and in
		// any mode we could not know whose mailbox it is.
		return nil, stageGreet, &contract.Fault{
			Code: contract.Unavailable, Stage: stageGreet,
			Message: fmt.Sprintf("the mail server %s says we are signed in already (PREAUTH) without asking who we are; that is refused: check %sHOST and _PORT",
				p.account.Host, p.account.EnvPrefix()),
		}
	}
	if p.account.TLS == config.TLSStartTLS {
		w.begin(earliest(end, time.Now().Add(p.opts.ConnectTimeout)), time.Time{})
		if stage, err := p.upgrade(ctx, w, client, v); err != nil {
			return nil, stage, err
		}
	}
	w.begin(end, time.Time{})
	if p.account.TLS == config.TLSNone && !loopback(w.raw.RemoteAddr()) {
		return nil, stageTLS, &contract.Fault{
			Code: contract.PermissionDenied, Stage: stageTLS,
			Message: fmt.Sprintf("%sTLS=none is allowed only to this machine; use implicit or starttls", p.account.EnvPrefix()),
		}
	}
	known, err := p.signIn(ctx, client, v)
	p.meter.commands.Add(int64(client.Commands))
	client.Commands = 0
	v.Alerts = p.alerts(client)
	if err != nil {
		return nil, stageAuth, err
	}
	client.SetLimits(imap.DefaultLimits())
	c := &Conn{wire: w, client: &Client{client, p.account}, pool: p}
	c.introduce(known)
	return c, "", nil
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
	w.over(conn)
	return nil
}

func loopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

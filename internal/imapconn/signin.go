package imapconn

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/emersion/go-imap/v2"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
)

// signIn asks for the capabilities unless the greeting told them, and signs in.
// It returns the capabilities, and whether they are those after sign-in, which
// may differ (RFC 9051 §6.1.1). Only one connection of an account signs in at a
// time: a wrong password is tried once, not once for each call that waits.
func (p *Pool) signIn(ctx context.Context, d *dialogue, caps imap.CapSet, v *Verification) (imap.CapSet, bool, error) {
	select {
	case p.signing <- struct{}{}:
		defer func() { <-p.signing }()
	case <-ctx.Done():
		return nil, false, ctx.Err()
	}
	if !v.explicit {
		if f := p.paused(); f != nil {
			return nil, false, f
		}
	}
	if caps == nil {
		r, err := d.command("CAPABILITY\r\n")
		if err != nil {
			return nil, false, err
		}
		caps = r.caps
	}
	r, mechanism, err := p.authenticate(d, caps)
	if err != nil {
		return nil, false, err
	}
	if !r.ok() {
		return nil, false, p.refused(r)
	}
	p.lock.clear()
	v.SignedIn, v.Mechanism = true, mechanism
	if r.caps != nil {
		return r.caps, true, nil
	}
	after := imap.CapSet{}
	for c := range caps {
		if c != imap.CapStartTLS && c != imap.CapLoginDisabled && !strings.HasPrefix(string(c), "AUTH=") {
			after[c] = struct{}{}
		}
	}
	return after, false, nil
}

// authenticate tries the mechanism that is configured or offered. LOGIN is
// tried after PLAIN only when the server did not understand PLAIN, never after
// it judged the password.
func (p *Pool) authenticate(d *dialogue, caps imap.CapSet) (reply, string, error) {
	auth := p.account.Auth
	if auth == config.AuthPlain || (auth != config.AuthLogin && caps.Has(imap.AuthCap("PLAIN"))) {
		r, err := p.authPlain(d, caps)
		unjudged := r.status == "BAD" || (r.status == "NO" && r.code == "CANNOT")
		if err != nil || !unjudged || auth == config.AuthPlain || caps.Has(imap.CapLoginDisabled) {
			return r, "PLAIN", err
		}
	}
	if caps.Has(imap.CapLoginDisabled) {
		return reply{}, "", &contract.Fault{
			Code: contract.AuthFailed, Stage: stageAuth,
			Message: fmt.Sprintf("the mail server %s accepts no password sign-in that this version knows (LOGINDISABLED, offered: %s); "+
				"look in its settings for app passwords or for switching IMAP on", p.account.Host, offered(caps)),
		}
	}
	r, err := p.authLogin(d, caps)
	return r, "LOGIN", err
}

func offered(caps imap.CapSet) string {
	mechanisms := []string{}
	for _, c := range sortedCaps(caps) {
		if name, ok := strings.CutPrefix(c, "AUTH="); ok && len(mechanisms) < 10 {
			mechanisms = append(mechanisms, name)
		}
	}
	if len(mechanisms) == 0 {
		return "none"
	}
	return strings.Join(mechanisms, ", ")
}

// authPlain signs in with AUTHENTICATE PLAIN (RFC 4616), which carries any
// UTF-8; with SASL-IR (RFC 4959) in one flight.
func (p *Pool) authPlain(d *dialogue, caps imap.CapSet) (reply, error) {
	if err := p.checkCredentials(); err != nil {
		return reply{}, err
	}
	response := base64.StdEncoding.EncodeToString([]byte("\x00" + p.account.User + "\x00" + p.account.Password.Reveal()))
	if caps.Has(imap.CapSASLIR) {
		return d.command("AUTHENTICATE PLAIN " + response + "\r\n")
	}
	return d.command("AUTHENTICATE PLAIN\r\n", response+"\r\n")
}

// authLogin signs in with LOGIN (RFC 9051 §6.2.3).
func (p *Pool) authLogin(d *dialogue, caps imap.CapSet) (reply, error) {
	if err := p.checkCredentials(); err != nil {
		return reply{}, err
	}
	pieces := []string{"LOGIN "}
	pieces = appendString(pieces, p.account.User, caps)
	pieces[len(pieces)-1] += " "
	pieces = appendString(pieces, p.account.Password.Reveal(), caps)
	pieces[len(pieces)-1] += "\r\n"
	return d.command(pieces...)
}

// appendString adds a string to a command: quoted where it may be, else as a
// literal (RFC 9051 §4.3), which waits for the server unless it has LITERAL+ or
// LITERAL- (RFC 7888; the latter up to 4096 bytes).
func appendString(pieces []string, s string, caps imap.CapSet) []string {
	last := len(pieces) - 1
	ascii := strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) < 0
	switch {
	case ascii && len(s) < 1000: // RFC 7162 §4 advises clients to keep lines below 8 kB
		pieces[last] += quoted(s)
	case caps.Has(imap.CapLiteralPlus), caps.Has(imap.CapLiteralMinus) && len(s) <= 4096:
		pieces[last] += fmt.Sprintf("{%d+}\r\n%s", len(s), s)
	default:
		pieces[last] += fmt.Sprintf("{%d}\r\n", len(s))
		pieces = append(pieces, s)
	}
	return pieces
}

func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// checkCredentials keeps what would end a line, or a field of PLAIN, off the
// wire; config refuses it too.
func (p *Pool) checkCredentials() error {
	for name, s := range map[string]string{"USER": p.account.User, "PASS": p.account.Password.Reveal()} {
		if strings.ContainsAny(s, "\r\n\x00") {
			return &contract.Fault{
				Code: contract.AuthFailed, Stage: stageAuth,
				Message: fmt.Sprintf("%s%s has a line break or NUL in it; remove it", p.account.EnvPrefix(), name),
			}
		}
	}
	return nil
}

// retryableCodes are response codes that say the server could not judge the
// password now (RFC 9051 §7.1, RFC 5530 §3).
var retryableCodes = map[string]bool{
	"UNAVAILABLE": true, "INUSE": true, "LIMIT": true, "SERVERBUG": true, "OVERQUOTA": true, "THROTTLED": true,
}

// refused turns a NO or BAD to the sign-in into a fault. One that may have been
// about the password starts or prolongs the pause.
func (p *Pool) refused(r reply) *contract.Fault {
	if retryableCodes[r.code] {
		return &contract.Fault{
			Code: contract.Unavailable, Stage: stageAuth, Retryable: true,
			Message: fmt.Sprintf("the mail server %s cannot sign anybody in at the moment%s; try again later", p.account.Host, p.quote(r.text)),
		}
	}
	pre := p.account.EnvPrefix()
	f := &contract.Fault{
		Code: contract.AuthFailed, Stage: stageAuth,
		Message: fmt.Sprintf("the mail server %s refused the sign-in%s. Check %sUSER and %sPASS; many providers want an app password instead of the normal one",
			p.account.Host, p.quote(r.text), pre, pre),
	}
	p.lock.extend(p.now())
	p.tell(Watcher.SignInRefused)
	p.log.Warn("sign-in refused", "account", p.account.ID, "host", p.account.Host, "code", r.code)
	return f
}

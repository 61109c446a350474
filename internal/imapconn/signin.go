package imapconn

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
)

// signIn asks for the capabilities unless the greeting told them, and signs in.
// It reports whether the server has told its capabilities after sign-in, which
// may differ (RFC 9051 §6.1.1). Only one connection of an account signs in at a
// time: a wrong password is tried once, not once for each call that waits.
func (p *Pool) signIn(ctx context.Context, client *imap.Client, v *Verification) (known bool, err error) {
	select {
	case p.signing <- struct{}{}:
		defer func() { <-p.signing }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	if !v.explicit {
		if f := p.paused(); f != nil {
			return false, f
		}
	}
	if client.CapsTold() == 0 {
		if err := client.Capability().Wait(); err != nil && !IsRefusal(err) {
			return false, err
		}
	}
	before := client.CapsTold()
	mechanism, err := p.authenticate(client)
	var refusal *imap.Error
	switch {
	case IsRefusal(err) && errors.As(err, &refusal):
		return false, p.refused(refusal)
	case err != nil:
		return false, err
	}
	p.lock.clear()
	v.SignedIn, v.Mechanism = true, mechanism
	if client.CapsTold() > before {
		return true, nil
	}
	after := imap.CapSet{}
	for c := range client.Caps() {
		if c != imap.CapStartTLS && c != imap.CapLoginDisabled && !strings.HasPrefix(string(c), "AUTH=") {
			after[c] = struct{}{}
		}
	}
	client.SetCaps(after)
	return false, nil
}

// authenticate tries the mechanism that is configured or offered. LOGIN is
// tried after PLAIN only when the server did not understand PLAIN, never after
// it judged the password.
func (p *Pool) authenticate(client *imap.Client) (mechanism string, err error) {
	if err := p.checkCredentials(); err != nil {
		return "", err
	}
	auth, caps := p.account.Auth, client.Caps()
	if auth == config.AuthPlain || (auth != config.AuthLogin && caps.Has(imap.AuthCap("PLAIN"))) {
		// RFC 4616 carries any UTF-8; with SASL-IR (RFC 4959) in one flight.
		secret := base64.StdEncoding.EncodeToString([]byte("\x00" + p.account.User + "\x00" + p.account.Password.Reveal()))
		err := client.Authenticate("PLAIN", secret, nil).Wait()
		var refusal *imap.Error
		unjudged := errors.As(err, &refusal) && (refusal.Type == imap.StatusResponseTypeBad || refusal.Code == imap.ResponseCodeCannot)
		if !unjudged || auth == config.AuthPlain || caps.Has(imap.CapLoginDisabled) {
			return "PLAIN", err
		}
	}
	if caps.Has(imap.CapLoginDisabled) {
		return "", &contract.Fault{
			Code: contract.AuthFailed, Stage: stageAuth,
			Message: fmt.Sprintf("the mail server %s accepts no password sign-in that this version knows (LOGINDISABLED, offered: %s); "+
				"look in its settings for app passwords or for switching IMAP on", p.account.Host, offered(caps)),
		}
	}
	return "LOGIN", client.Login(p.account.User, p.account.Password.Reveal()).Wait()
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

// codesForNow are response codes that say the server could not do it now (RFC
// 9051 §7.1, RFC 5530 §3).
var codesForNow = map[imap.ResponseCode]bool{
	imap.ResponseCodeUnavailable: true, imap.ResponseCodeInUse: true, imap.ResponseCodeLimit: true,
	imap.ResponseCodeServerBug: true, "THROTTLED": true,
}

// codesForGood are response codes of refusals that the same request meets again.
var codesForGood = map[imap.ResponseCode]bool{
	imap.ResponseCodeOverQuota: true, imap.ResponseCodeNoPerm: true, imap.ResponseCodeCannot: true, imap.ResponseCodeTryCreate: true,
	imap.ResponseCodeNonExistent: true, imap.ResponseCodeAlreadyExists: true, imap.ResponseCodeHasChildren: true,
	"CLIENTBUG": true, "READ-ONLY": true, "TOOBIG": true, "EXPIRED": true, "PRIVACYREQUIRED": true,
}

// wordsForNow are what servers write that give no such code: Gmail "Too many
// simultaneous connections" (MailKit#377), Exchange "Server Unavailable. 15"
// (MailKit#333), and their kin.
var wordsForNow = []string{
	"too many", "simultaneous connection", "maximum number of", "connection limit", "limit exceeded", "rate limit", "throttl",
	"unavailable", "temporar", "try again later", "server busy", "system error", "internal error", "internal server error",
	"overload", "not connected", "in use", "locked by",
}

// wordsOfPassword are of refusals that judge the password, whatever else they say.
var wordsOfPassword = []string{"password", "credential", "authentication failed", "invalid login", "login failed", "bad user"}

// isForNow reports whether a refusal says that it may work later. It is not
// about the password then.
func isForNow(refusal *imap.Error) bool {
	if codesForNow[refusal.Code] {
		return true
	}
	if refusal.Code == imap.ResponseCodeAuthenticationFailed || refusal.Type == imap.StatusResponseTypeBad && !hasAny(refusal.Text, wordsForNow) {
		return false
	}
	return hasAny(refusal.Text, wordsForNow) && !hasAny(refusal.Text, wordsOfPassword)
}

func hasAny(text string, words []string) bool {
	text = strings.ToLower(text)
	for _, word := range words {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// refused turns a NO or BAD to the sign-in into a fault. One that may have been
// about the password starts or prolongs the pause.
func (p *Pool) refused(r *imap.Error) *contract.Fault {
	said := p.quote(strings.TrimSpace(r.Text + " " + r.Arg))
	if isForNow(r) {
		return &contract.Fault{
			Code: contract.Unavailable, Stage: stageAuth, Retryable: true,
			Message: fmt.Sprintf("the mail server %s cannot sign anybody in at the moment%s; try again later", p.account.Host, said),
		}
	}
	pre := p.account.EnvPrefix()
	f := &contract.Fault{
		Code: contract.AuthFailed, Stage: stageAuth,
		Message: fmt.Sprintf("the mail server %s refused the sign-in%s. Check %sUSER and %sPASS; many providers want an app password instead of the normal one",
			p.account.Host, said, pre, pre),
	}
	p.lock.extend(p.now(), said)
	p.tell(Watcher.SignInRefused)
	p.log.Warn("sign-in refused", "account", p.account.ID, "host", p.account.Host, "code", string(r.Code))
	return f
}

// alerts are what the server wanted shown to the person while signing in.
func (p *Pool) alerts(client *imap.Client) []string {
	var list []string
	for _, alert := range client.Alerts() {
		if text := serverText(p.redact(alert)); text != "" {
			list = append(list, text)
		}
	}
	return list
}

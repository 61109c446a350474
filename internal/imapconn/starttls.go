package imapconn

import (
	"context"
	"errors"
	"fmt"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
)

// upgrade does STARTTLS (RFC 9051 §6.2.1), which is required: a server that
// does not offer or do it gets no password. On error it names the stage.
func (p *Pool) upgrade(ctx context.Context, w *wire, client *imap.Client, v *Verification) (string, error) {
	if client.CapsTold() == 0 {
		if err := client.Capability().Wait(); err != nil && !IsRefusal(err) {
			return stageGreet, err
		}
	}
	if !client.Caps().Has(imap.CapStartTLS) {
		return stageTLS, p.noStartTLS("does not offer it", "")
	}
	if err := client.StartTLS().Wait(); err != nil {
		var refusal *imap.Error
		if IsRefusal(err) && errors.As(err, &refusal) {
			return stageTLS, p.noStartTLS("refused it", p.quote(refusal.Text))
		}
		return stageTLS, err
	}
	// Whatever came after the OK was injected before TLS and would be taken for
	// the server's word after it (CVE-2011-0411 and its kin).
	if client.Buffered() > 0 {
		return stageTLS, &contract.Fault{
			Code: contract.Unavailable, Stage: stageTLS,
			Message: fmt.Sprintf("the mail server %s sent plain text after agreeing to TLS; somebody may be tampering with the connection, so it was refused", p.account.Host),
		}
	}
	if err := p.startTLS(ctx, w, v); err != nil {
		return stageTLS, err
	}
	client.Forget() // told in plain text (RFC 9051 §6.2.1)
	return "", nil
}

func (p *Pool) noStartTLS(what, text string) *contract.Fault {
	return &contract.Fault{
		Code: contract.Unavailable, Stage: stageTLS,
		Message: fmt.Sprintf("STARTTLS is required, but %s:%d %s%s; nothing was sent in plain text. Set %sSECURE=true with port 993, or use another network if something in between strips encryption",
			p.account.Host, p.account.Port, what, text, p.account.EnvPrefix()),
	}
}

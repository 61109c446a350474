package imapconn

import (
	"context"
	"fmt"

	"github.com/emersion/go-imap/v2"

	"mail-imap-mcp/internal/contract"
)

// upgrade does STARTTLS (RFC 9051 §6.2.1), which is required: a server that
// does not offer or do it gets no password. On error it names the stage.
func (p *Pool) upgrade(ctx context.Context, d *dialogue, caps imap.CapSet, v *Verification) (string, error) {
	if caps == nil {
		r, err := d.command("CAPABILITY\r\n")
		if err != nil {
			return stageGreet, err
		}
		caps = r.caps
	}
	if !caps.Has(imap.CapStartTLS) {
		return stageTLS, p.noStartTLS("does not offer it", "")
	}
	r, err := d.command("STARTTLS\r\n")
	if err != nil {
		return stageTLS, err
	}
	if !r.ok() {
		return stageTLS, p.noStartTLS("refused it", p.quote(r.text))
	}
	// Whatever came after the OK was injected before TLS and would be taken for
	// the server's word after it (CVE-2011-0411 and its kin).
	if d.w.in.Buffered() > 0 {
		return stageTLS, &contract.Fault{
			Code: contract.Unavailable, Stage: stageTLS,
			Message: fmt.Sprintf("the mail server %s sent plain text after agreeing to TLS; somebody may be tampering with the connection, so it was refused", p.account.Host),
		}
	}
	return stageTLS, p.startTLS(ctx, d.w, v)
}

func (p *Pool) noStartTLS(what, text string) *contract.Fault {
	return &contract.Fault{
		Code: contract.Unavailable, Stage: stageTLS,
		Message: fmt.Sprintf("STARTTLS is required, but %s:%d %s%s; nothing was sent in plain text. Set %sSECURE=true with port 993, or use another network if something in between strips encryption",
			p.account.Host, p.account.Port, what, text, p.account.EnvPrefix()),
	}
}

package imapconn

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
)

// Classify turns any error of Do into the contract's words: a *contract.Error
// or *contract.Fault stays what it is, a fault without a stage gets this one,
// and everything else becomes a fault.
func Classify(stage string, err error) error {
	if err == nil {
		return nil
	}
	var refused *contract.Error
	if errors.As(err, &refused) {
		return refused
	}
	var fault *contract.Fault
	if errors.As(err, &fault) {
		if fault.Stage != "" {
			return fault
		}
		named := *fault
		named.Stage = stage
		return &named
	}
	f := &contract.Fault{Code: contract.Internal, Stage: stage, Cause: err, Message: "the mail server's answer could not be read"}
	var refusal *imap.Error
	switch {
	case errors.As(err, &refusal):
		f.Code, f.Retryable = contract.Unavailable, refusal.Type != imap.StatusResponseTypeBad && !codesForGood[refusal.Code]
		f.Message = "the mail server refused the command" + quoteText(refusal.Text)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		f.Code, f.Retryable = contract.Timeout, true
		f.Message = "the mail server did not answer in time; try again, or raise MAIL_IMAP_SOCKET_TIMEOUT_MS"
	case errors.Is(err, context.Canceled):
		f.Code, f.Retryable, f.Message = contract.Unavailable, true, "the call was cancelled"
	case isGone(err):
		f.Code, f.Retryable = contract.Unavailable, true
		f.Message = "the connection to the mail server was lost; try again"
	}
	return f
}

// isGone reports whether the peer is no longer there.
func isGone(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNABORTED)
}

// fault says what went wrong with a connection and what to do about it.
func (p *Pool) fault(ctx context.Context, stage string, err error) *contract.Fault {
	var fault *contract.Fault
	if errors.As(err, &fault) {
		return fault
	}
	over := ctx != nil && ctx.Err() != nil && !errors.Is(err, errSilence)
	if over {
		// Closing the connection was our doing; the context knows why.
		err = context.Cause(ctx)
	}
	f := &contract.Fault{Code: contract.Unavailable, Stage: stage, Retryable: true, Cause: err}
	host := p.account.Host
	var bye *imap.Error
	var limit *imap.LimitError
	switch {
	case errors.Is(err, errClosed):
		f.Retryable, f.Message = false, "the server is shutting down"
	case errors.Is(err, context.Canceled):
		f.Message = "the call was cancelled"
	case errors.As(err, &bye):
		text := p.quote(bye.Text)
		f.Cause, f.Message = nil, fmt.Sprintf("the mail server %s ended the connection%s; try again in a moment", host, text)
	case errors.As(err, &limit):
		f.Code, f.Retryable = contract.Internal, false
		f.Message = fmt.Sprintf("the mail server %s sent what is not accepted: %s; the connection was closed", host, limit.Message)
	case errors.Is(err, imap.ErrNoGreeting):
		f.Code, f.Retryable = contract.Internal, false
		f.Message = fmt.Sprintf("%s:%d sent something that is not IMAP; check %sHOST and %sPORT if this happens always",
			host, p.account.Port, p.account.EnvPrefix(), p.account.EnvPrefix())
	case isTimeout(err):
		f.Code, f.Message = contract.Timeout, p.timedOut(stage, over)
		p.tell(Watcher.TimedOut)
	case !p.tlsFault(f, err):
		p.networkFault(f, err)
	}
	return f
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, errProbe) ||
		(errors.As(err, &timeout) && timeout.Timeout())
}

// timedOut names the time-out that applies to a stage, or to the whole.
func (p *Pool) timedOut(stage string, whole bool) string {
	if whole {
		return fmt.Sprintf("the mail server %s:%d did not finish within the time of one call (MAIL_IMAP_CALL_TIMEOUT_MS); ask for less at a time, or go on with the cursor where there is one",
			p.account.Host, p.account.Port)
	}
	limit, name := p.opts.SocketTimeout, "SOCKET"
	switch stage {
	case stageConnect, stageTLS:
		limit, name = p.opts.ConnectTimeout, "CONNECT"
	case stageGreet:
		limit, name = p.opts.GreetingTimeout, "GREETING"
	}
	return fmt.Sprintf("the mail server %s:%d said nothing for %s; check that it is reachable, ask for less, or raise MAIL_IMAP_%s_TIMEOUT_MS",
		p.account.Host, p.account.Port, limit, name)
}

// networkFault words what the network said.
func (p *Pool) networkFault(f *contract.Fault, err error) {
	pre := p.account.EnvPrefix()
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		f.Retryable = false
		f.Message = fmt.Sprintf("there is no host called %s; check %sHOST", p.account.Host, pre)
	case errors.As(err, &dns):
		f.Message = fmt.Sprintf("the address of %s could not be looked up; check the network and try again", p.account.Host)
	case errors.Is(err, syscall.ECONNREFUSED):
		f.Message = fmt.Sprintf("%s:%d refuses connections; check %sHOST and %sPORT, and whether the server runs", p.account.Host, p.account.Port, pre, pre)
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		f.Message = fmt.Sprintf("%s cannot be reached from this network; check the connection or a firewall", p.account.Host)
	case isGone(err):
		f.Message = fmt.Sprintf("the mail server %s closed the connection without a word; try again in a moment", p.account.Host)
	default:
		f.Message = fmt.Sprintf("the connection to the mail server %s:%d failed; check %sHOST and %sPORT", p.account.Host, p.account.Port, pre, pre)
	}
}

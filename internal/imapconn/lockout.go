package imapconn

import (
	"fmt"
	"sync"
	"time"

	"mail-imap-mcp/internal/contract"
)

// After a refused sign-in the same secret is not tried again for firstPause,
// doubling with every further refusal up to longestPause. Providers lock an
// account after a handful of wrong passwords in a few minutes (Gmail, Outlook);
// an agent that calls in a loop would do that within seconds.
const (
	firstPause   = 30 * time.Second
	longestPause = 15 * time.Minute
)

// lockout is the pause after refused sign-ins.
type lockout struct {
	mu    sync.Mutex
	until time.Time
	pause time.Duration
	said  string // the server's words, for a sentence
}

func (l *lockout) extend(now time.Time, said string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pause = min(max(2*l.pause, firstPause), longestPause)
	l.until, l.said = now.Add(l.pause), said
}

func (l *lockout) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.until, l.pause = time.Time{}, 0
}

// paused is lockout.paused, which the watcher is told of.
func (p *Pool) paused() *contract.Fault {
	f := p.lock.paused(p, p.now())
	if f != nil {
		p.tell(Watcher.SignInPaused)
	}
	return f
}

// tell tells the watcher, if there is one.
func (p *Pool) tell(what func(Watcher, string)) {
	if p.opts.Watcher != nil {
		what(p.opts.Watcher, p.account.ID)
	}
}

// paused is the fault of a sign-in during the pause, nil outside it.
func (l *lockout) paused(p *Pool, now time.Time) *contract.Fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !now.Before(l.until) {
		return nil
	}
	return &contract.Fault{
		Code: contract.AuthFailed, Stage: stageAuth,
		Message: fmt.Sprintf("the mail server %s refused the sign-in before%s; so that it does not lock the account, it is not tried again until %s. "+
			"Correct %sUSER or %sPASS, or call imap_verify_account to try now",
			p.account.Host, l.said, l.until.UTC().Format("15:04:05 UTC"), p.account.EnvPrefix(), p.account.EnvPrefix()),
	}
}

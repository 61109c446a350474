package tools

import (
	"context"
	"fmt"
	"sync"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/contract"
)

// progress tells the client how far a write is, over all its operations, where
// the client asked for that (MCP, Progress: each notification says more than the
// one before).
type progress struct {
	notify func(done, total int)

	mu          sync.Mutex
	done, total []int // by operation; as far as each has reported
	reported    int
}

// progress is nil where the client did not ask.
func (inv *invocation) progress(ctx context.Context, operations int) *progress {
	token := inv.request.Params.GetProgressToken()
	if token == nil || inv.request.Session == nil {
		return nil
	}
	session := inv.request.Session
	return &progress{
		done: make([]int, operations), total: make([]int, operations),
		notify: func(done, total int) {
			if ctx.Err() != nil {
				return // the call was answered: its token means nothing any more
			}
			_ = session.NotifyProgress(ctx, &mcp.ProgressNotificationParams{
				ProgressToken: token, Progress: float64(done), Total: float64(total),
				Message: fmt.Sprintf("%d of %s", done, contract.Plural(total, "message")),
			})
		},
	}
}

// of is what operation i reports to.
func (p *progress) of(i int) func(done, total int) {
	if p == nil {
		return nil
	}
	return func(done, total int) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.done[i], p.total[i] = done, total
		if sum(p.done) > p.reported {
			p.reported = sum(p.done)
			p.notify(p.reported, sum(p.total))
		}
	}
}

func sum(list []int) int {
	n := 0
	for _, v := range list {
		n += v
	}
	return n
}

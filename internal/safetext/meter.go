package safetext

import "context"

const (
	// leastWork and workPerByte bound the work on one mail, in steps of some
	// bytes touched each: a newsletter takes about 10 a byte.
	leastWork   = 400_000
	workPerByte = 12

	// checkEvery is how much work is done between looks at the context.
	checkEvery = 1 << 12
)

// meter counts the work done on one mail. When it is used up, or the context is
// cancelled, what was not looked at is uncertain.
type meter struct {
	ctx  context.Context
	left int
	next int // look at the context when less than this is left
}

func newMeter(ctx context.Context, size int) *meter {
	left := leastWork + workPerByte*size
	return &meter{ctx: ctx, left: left, next: left - checkEvery}
}

// spend notes work and reports whether there is any left.
func (m *meter) spend(steps int) bool {
	if m.left -= steps; m.left < m.next {
		m.next = m.left - checkEvery
		if m.ctx.Err() != nil {
			m.left = 0
		}
	}
	return m.left > 0
}

func (m *meter) empty() bool { return m.left <= 0 }

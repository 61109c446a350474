package guard

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
)

// bulk counts, for each caller and account, the messages that writes which take
// mail away (move, archive, junk, delete) were about.
type bulk struct {
	mu     sync.Mutex
	writes map[bulkOf][]bulkWrite
}

type bulkOf struct{ caller, account string }

// bulkWrite is one write that was let through.
type bulkWrite struct {
	at       time.Time
	messages int
	id       string
}

// maxBulkEntries bounds what is remembered of one caller's day; more writes in a
// day than this are refused, as too many are.
const maxBulkEntries = 20_000

// maxLedgers bounds for how many callers and accounts is counted. Nothing is
// forgotten within its day, for that would let more through: who comes when all
// are in use is refused.
const maxLedgers = 4096

// day is the longest that anything is counted.
const day = 24 * time.Hour

// take counts a write of n messages, or refuses it.
func (b *bulk) take(of bulkOf, id string, n int, w config.Writing, now time.Time) *contract.Error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.fits(of, n, w, now); err != nil {
		return err
	}
	b.writes[of] = append(b.writes[of], bulkWrite{now, n, id})
	return nil
}

// check refuses what take would refuse, and counts nothing.
func (b *bulk) check(of bulkOf, n int, w config.Writing, now time.Time) *contract.Error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.fits(of, n, w, now)
}

// fits checks both ceilings and the room to count in, and forgets what is over.
func (b *bulk) fits(of bulkOf, n int, w config.Writing, now time.Time) *contract.Error {
	if b.writes == nil {
		b.writes = map[bulkOf][]bulkWrite{}
	}
	list := slices.DeleteFunc(b.writes[of], func(w bulkWrite) bool { return over(w, day, now) })
	b.writes[of] = list
	for _, limit := range []struct {
		name string
		of   int
		span time.Duration
	}{{"MAIL_IMAP_BULK_PER_MINUTE", w.BulkPerMinute, time.Minute}, {"MAIL_IMAP_BULK_PER_DAY", w.BulkPerDay, day}} {
		if err := within(list, n, limit.of, limit.span, limit.name, now); err != nil {
			return err
		}
	}
	if len(list) >= maxBulkEntries || (len(list) == 0 && !b.room(of, now)) {
		return tooMuch(0, time.Hour, "MAIL_IMAP_BULK_PER_DAY")
	}
	return nil
}

// over reports whether something happened too long ago to count.
func over(w bulkWrite, span time.Duration, now time.Time) bool { return !w.at.After(now.Add(-span)) }

// room reports whether one more caller and account can be counted, and drops
// those that have had nothing for a day.
func (b *bulk) room(of bulkOf, now time.Time) bool {
	delete(b.writes, of)
	if len(b.writes) >= maxLedgers {
		maps.DeleteFunc(b.writes, func(_ bulkOf, list []bulkWrite) bool {
			return len(list) == 0 || over(list[len(list)-1], day, now)
		})
	}
	return len(b.writes) < maxLedgers
}

// within checks one ceiling.
func within(list []bulkWrite, n, most int, span time.Duration, name string, now time.Time) *contract.Error {
	sum := 0
	for _, w := range list {
		if !over(w, span, now) {
			sum += w.messages
		}
	}
	if sum+n <= most {
		return nil
	}
	left := most - sum
	wait := span
	for _, w := range list { // oldest first: when enough of it is over
		if over(w, span, now) {
			continue
		}
		sum -= w.messages
		if sum+n <= most {
			wait = w.at.Add(span).Sub(now)
			break
		}
	}
	return tooMuch(left, wait, name)
}

func tooMuch(left int, wait time.Duration, name string) *contract.Error {
	return &contract.Error{
		Code:    contract.RateLimited,
		Message: fmt.Sprintf("that would move or remove more messages than %s allows; %d are left now: change fewer, or wait", name, max(left, 0)),
		Details: map[string]any{"retry_after_ms": milliseconds(wait), "messages_left": max(left, 0)},
	}
}

// giveBack takes off what was counted for a write and then not done.
func (b *bulk) giveBack(of bulkOf, id string, n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.writes[of] {
		if w := &b.writes[of][i]; w.id == id {
			w.messages = max(0, w.messages-max(0, n))
			return
		}
	}
}

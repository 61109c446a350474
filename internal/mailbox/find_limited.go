package mailbox

import (
	"fmt"

	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
)

// limitedWindows is how many windows of UIDs are searched in each flight, on a
// server that looks at no more than so many messages for one command (Yahoo: 1000).
// The first are few, for what is looked for is mostly new; all together are the
// 100,000 messages of Yahoo's largest mailboxes.
var limitedWindows = [...]int{4, 16, 16, 16, 16, 16, 16}

// findLimited searches windows of UIDs, the newest first, that hold no more messages
// than the server looks at. Where one does, the search goes on below what was looked
// at. It ends when there are enough matches, so the total is known only to be no less.
func (f *finder) findLimited(limit uint32) (matches, error) {
	if !f.c.Fresh() && f.before == 0 {
		f.c.Client().Noop()
	}
	m := matches{approximate: true, resume: f.top() + 1}
	// Where most UIDs are not used any more, windows of half of what such a one
	// holds on average.
	width := max(limit, limit/2*(f.top()/max(f.c.Selected().NumMessages, 1)))
	for _, n := range limitedWindows {
		looked, err := f.windows(&m, n, width)
		if err != nil || m.resume <= 1 || len(m.uids) >= f.want {
			m.approximate = m.resume > 1
			return m, err
		}
		if looked < n {
			width = max(limit, width/2)
		}
	}
	return m, nil
}

// windows searches the next n windows below m.resume in one flight, and returns how
// many of them were looked through.
func (f *finder) windows(m *matches, n int, width uint32) (int, error) {
	var opts *imap.SearchOptions
	if f.c.Has(imap.CapESearch) {
		opts = &imap.SearchOptions{ReturnAll: true}
	}
	var windows []imap.UIDRange
	var cmds []*imap.Query[*imap.SearchData]
	for top := m.resume - 1; len(windows) < n && top > 0; {
		w := imap.UIDRange{Start: windowStart(top, width), Stop: top}
		windows, top = append(windows, w), w.Start-1
		if f.before == 0 && w.Stop == f.top() {
			w.Stop = 0 // "*" takes in what arrived since
		}
		cmds = append(cmds, f.search(imap.UIDSet{w}, opts))
	}
	cut := false
	for i, cmd := range cmds {
		data, err := cmd.Wait()
		if err != nil {
			return i, fmt.Errorf("SEARCH: %w", err)
		}
		if cut {
			continue // asked for again
		}
		m.remaining += imapconn.CountUIDs(data.All, f.before)
		m.uids = append(m.uids, imapconn.Newest(data.All, f.want-len(m.uids), f.before)...)
		m.resume = windows[i].Start
		if cut = data.LookedDownTo > m.resume; cut {
			m.resume, n = data.LookedDownTo, i
		}
	}
	return n, nil
}

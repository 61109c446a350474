package mailbox

import (
	"errors"
	"fmt"
	"slices"

	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
)

// matches is where the newest matches of a search below a position are.
type matches struct {
	uids        []uint32 // descending, at most what was asked for
	remaining   int      // matches below the position, these included
	approximate bool     // remaining is a lower bound
	resume      uint32   // UIDs below were not looked at; 0: all were
	doubt       string   // what contradicts itself in the server's answers
}

// finder looks for the newest matches of criteria with UID below `before`
// (0: no bound), without ever holding a list of all of them.
type finder struct {
	c        *imapconn.Conn
	criteria imap.SearchCriteria
	before   uint32
	want     int
}

// find answers in one flight when the matches are among the newest UIDs or few;
// else it first counts slices of the older ones. Where what the server counts and
// what it names contradict each other, it is asked once more in the plain way.
func (f *finder) find() (matches, error) {
	limit := f.c.MessageLimit()
	switch {
	case limit > 0 && limit < f.c.Selected().NumMessages && f.top() > 1:
		return f.findLimited(limit)
	case !f.c.Has(imap.CapESearch):
		return f.findPlain()
	}
	known, fresh := f.c.Selected().NumMessages, f.c.Fresh()
	m, err := f.findWindowed(!fresh)
	if errors.Is(err, errContradiction) || (err == nil && f.before == 0 && f.c.Selected().NumMessages > known) {
		// Mail arrived since EXAMINE, or some vanished between the two. Dovecot 2.3
		// answers a NOOP only after the commands it was pipelined with, so they did
		// not see it; now they do.
		m, err = f.findWindowed(false)
	}
	if !errors.Is(err, errContradiction) && (!imapconn.IsRefusal(err) || isCharset(err)) {
		return m, err
	}
	plain, plainErr := f.findPlain()
	if plainErr != nil {
		return plain, errors.Join(plainErr, err)
	}
	f.c.Learn(imapconn.ESearchLies)
	if m.remaining > plain.remaining && !plain.approximate {
		plain.doubt = fmt.Sprintf("the mail server counts %d matches and names %d", m.remaining, plain.remaining)
	}
	return plain, nil
}

// errContradiction is an answer to ESEARCH that contradicts itself or lacks what
// was asked for.
var errContradiction = errors.New("the answers to SEARCH contradict each other")

func isCharset(err error) bool {
	var refusal *imap.Error
	return errors.As(err, &refusal) && refusal.Code == imap.ResponseCodeBadCharset
}

func isBad(err error) bool {
	var refusal *imap.Error
	return errors.As(err, &refusal) && refusal.Type == imap.StatusResponseTypeBad
}

// findWindowed asks for the count of all matches and for those among the newest
// UIDs, with a NOOP that lets the server tell of new mail.
func (f *finder) findWindowed(noop bool) (matches, error) {
	top := f.top()
	lo := windowStart(top, searchWindow)
	countUIDs := imap.UIDSet{{Start: 1, Stop: top}}
	windowUIDs := imap.UIDSet{{Start: lo, Stop: top}}
	if f.before == 0 {
		// "*" takes in what arrived since EXAMINE told us UIDNEXT.
		countUIDs = nil
		windowUIDs[0].Stop = 0
	}
	var news *imap.Command
	if noop {
		news = f.c.Client().Noop()
	}
	count := f.search(countUIDs, &imap.SearchOptions{ReturnCount: true})
	window := f.search(windowUIDs, &imap.SearchOptions{ReturnAll: true})
	counted, countErr := count.Wait()
	windowed, windowErr := window.Wait()
	if news != nil { // Dovecot answers it last
		if err := news.Wait(); err != nil {
			return matches{}, fmt.Errorf("NOOP: %w", err)
		}
	}
	if err := errors.Join(countErr, windowErr); err != nil {
		return matches{}, fmt.Errorf("SEARCH: %w", err)
	}
	m := matches{remaining: int(counted.Count)}
	m.uids = imapconn.Newest(windowed.All, f.want, f.before)
	inWindow := imapconn.CountUIDs(windowed.All, f.before)
	if limit := max(counted.LookedDownTo, windowed.LookedDownTo); limit > 1 {
		// RFC 9738: what is below was not looked at.
		return matches{uids: m.uids, remaining: max(m.remaining, inWindow), approximate: true, resume: limit}, nil
	}
	arrived := f.before == 0 && windowed.Count > counted.Count // between the two
	if !counted.HasCount() || (!windowed.HasAll() && counted.Count > 0) ||
		(lo == 1 && inWindow != m.remaining && !arrived) || (inWindow > m.remaining && !arrived) {
		return m, errContradiction
	}
	m.remaining = max(m.remaining, len(m.uids))
	if len(m.uids) < f.want && m.remaining > len(m.uids) && lo > 1 {
		older, err := f.older(lo-1, m.remaining-len(m.uids))
		if err != nil {
			return m, err
		}
		m.uids = append(m.uids, older...)
		if len(m.uids) > f.want {
			m.uids = m.uids[:f.want]
		}
	}
	return m, nil
}

// older finds matches among UIDs 1..top, of which count exist. When they are
// few, they come as one set; else the UIDs are counted in slices, all in one
// flight, and the search narrows to the newest slices that hold enough.
func (f *finder) older(top uint32, count int) ([]uint32, error) {
	var uids []uint32
	lo := uint32(1)
	for range maxLocateRounds {
		if count <= searchWindow || top-lo < searchWindow {
			return f.all(uids, lo, top)
		}
		parts := split(lo, top, searchSplit)
		cmds := make([]*imap.Query[*imap.SearchData], len(parts))
		for i, r := range parts {
			cmds[i] = f.search(imap.UIDSet{r}, &imap.SearchOptions{ReturnCount: true})
		}
		counts := make([]int, len(cmds))
		for i, cmd := range cmds {
			data, err := cmd.Wait()
			if err != nil {
				return nil, fmt.Errorf("SEARCH: %w", err)
			}
			counts[i] = int(data.Count)
		}
		// parts are newest first: take as many as hold what is wanted.
		sum, last := 0, len(parts)-1
		for i, n := range counts {
			sum += n
			if sum >= f.want-len(uids) {
				last = i
				break
			}
		}
		top, lo, count = parts[0].Stop, parts[last].Start, sum
		for i := 0; i < last && counts[i] == 0; i++ {
			top = parts[i+1].Stop
		}
		if sum > searchWindow && counts[last] < sum {
			// Only the last slice is too full to be asked for whole; the few
			// newer matches come first.
			newer, err := f.all(nil, parts[last].Stop+1, top)
			if err != nil {
				return nil, err
			}
			uids, top, count = append(uids, newer...), parts[last].Stop, counts[last]
			if len(uids) >= f.want {
				return uids, nil
			}
		}
	}
	return f.all(uids, max(lo, windowStart(top, searchWindow)), top)
}

// all appends the matches among UIDs lo..top to uids, newest first.
func (f *finder) all(uids []uint32, lo, top uint32) ([]uint32, error) {
	if top < lo {
		return uids, nil
	}
	data, err := f.search(imap.UIDSet{{Start: lo, Stop: top}}, &imap.SearchOptions{ReturnAll: true}).Wait()
	if err != nil {
		return nil, fmt.Errorf("SEARCH: %w", err)
	}
	return append(uids, imapconn.Newest(data.All, f.want-len(uids), f.before)...), nil
}

// findPlain searches on a server without ESEARCH. In a large mailbox it walks
// windows from the newest on and does not know the total.
func (f *finder) findPlain() (matches, error) {
	if !f.c.Fresh() {
		if err := f.c.Client().Noop().Wait(); err != nil {
			return matches{}, fmt.Errorf("NOOP: %w", err)
		}
	}
	top := f.top()
	if f.c.Selected().NumMessages <= maxPlainSearch {
		uids := imap.UIDSet{{Start: 1, Stop: top}}
		if f.before == 0 {
			uids = nil
		}
		data, err := f.search(uids, nil).Wait()
		if err != nil {
			return matches{}, fmt.Errorf("SEARCH: %w", err)
		}
		m := matches{uids: imapconn.Newest(data.All, f.want, f.before), remaining: imapconn.CountUIDs(data.All, f.before)}
		if data.LookedDownTo > 1 {
			m.approximate, m.resume = true, data.LookedDownTo
		}
		return m, nil
	}
	m := matches{approximate: true}
	width := uint32(searchWindow)
	for i := range maxPlainWindows {
		lo := windowStart(top, width)
		set := imap.UIDSet{{Start: lo, Stop: top}}
		if i == 0 && f.before == 0 {
			set[0].Stop = 0
		}
		data, err := f.search(set, nil).Wait()
		if err != nil {
			return m, fmt.Errorf("SEARCH: %w", err)
		}
		lo = max(lo, data.LookedDownTo)
		m.remaining += imapconn.CountUIDs(data.All, f.before)
		m.uids = append(m.uids, imapconn.Newest(data.All, f.want-len(m.uids), f.before)...)
		if lo == 1 {
			m.approximate, m.resume = false, 0
			break
		}
		m.resume = lo
		if len(m.uids) >= f.want {
			break
		}
		top = lo - 1
		width = min(width*4, maxPlainSearch)
	}
	return m, nil
}

// search begins one UID SEARCH; a nil set does not narrow it.
func (f *finder) search(uids imap.UIDSet, opts *imap.SearchOptions) *imap.Query[*imap.SearchData] {
	criteria := f.criteria
	if uids != nil {
		criteria.UID = append(slices.Clone(criteria.UID), uids)
	}
	return f.c.Client().UIDSearch(&criteria, opts)
}

// top is the highest UID to look at.
func (f *finder) top() uint32 {
	if f.before > 0 {
		return max(f.before-1, 1)
	}
	// A server that left UIDNEXT out of its EXAMINE answer (it may, RFC 3501
	// §6.3.1) is asked about every UID.
	if next := f.c.Selected().UIDNext; next > 1 {
		return next - 1
	}
	return 1
}

func windowStart(top, width uint32) uint32 {
	if top <= width {
		return 1
	}
	return top - width + 1
}

// split cuts lo..top into n ranges, newest first.
func split(lo, top uint32, n int) []imap.UIDRange {
	width := (top - lo) / uint32(n)
	var ranges []imap.UIDRange
	for stop := top; ; {
		start := windowStart(stop, width+1)
		if start < lo || len(ranges) == n-1 {
			start = lo
		}
		ranges = append(ranges, imap.UIDRange{Start: start, Stop: stop})
		if start == lo {
			return ranges
		}
		stop = start - 1
	}
}

package change

import (
	"cmp"
	"fmt"
	"slices"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
)

// arrivals are the messages that came to a destination, in the order of UIDs.
type arrivals []Present

// fetchArrivals asks for what is in the destination since the evidence was
// taken; the mailbox is open, or being opened in the same flight. nil: without
// UIDNEXT that would be all that is there.
func (a *attempt) fetchArrivals(c *imapconn.Conn) *imap.Fetch {
	if a.evidence.ToUIDNext == 0 {
		return nil
	}
	set := imap.UIDSet{{Start: a.evidence.ToUIDNext, Stop: 0}}
	return c.Client().UIDFetch(set, printOptions(&imap.FetchOptions{}))
}

// recognise pairs messages with arrivals of the same print, in the order of
// their UIDs, in which servers copy them; those that are no longer in their
// mailbox come before those that are left there.
func (a *attempt) recognise(validity uint32, arrived arrivals, left map[uint32][]string) map[uint32]*contract.MessageID {
	found := map[uint32]*contract.MessageID{}
	if a.blind = a.evidence.ToUIDNext == 0 || validity != a.evidence.ToUIDValidity; a.blind {
		return found // what was there before is not known
	}
	byPrint := map[string][]uint32{}
	for _, p := range arrived {
		if p.Print == "" {
			continue
		}
		byPrint[p.Print] = append(byPrint[p.Print], p.UID)
	}
	for _, wantLeft := range []bool{false, true} {
		for _, p := range a.evidence.Present {
			_, isLeft := left[p.UID]
			if uids := byPrint[p.Print]; isLeft == wantLeft && len(uids) > 0 {
				found[p.UID] = a.newID(validity, uids[0])
				byPrint[p.Print] = uids[1:]
			}
		}
	}
	return found
}

// lookForCopies opens the destination, for reading, and looks at what arrived.
func (a *attempt) lookForCopies(c *imapconn.Conn) (arrived arrivals, validity uint32, err error) {
	c.Refresh()
	var fetch *imap.Fetch
	stop := c.Tour([]string{a.batch.To}, func(int) { fetch = a.fetchArrivals(c) })()[0]
	if err = stop.Err; err == nil {
		arrived, err = a.readArrivals(fetch)
	}
	return arrived, stop.Selected.UIDValidity, err
}

func (a *attempt) readArrivals(fetch *imap.Fetch) (list arrivals, err error) {
	if fetch == nil {
		return nil, nil
	}
	rows, err := fetch.Wait()
	if err != nil && !imapconn.IsRefusal(err) {
		return nil, fmt.Errorf("FETCH in the destination: %w", err)
	}
	for _, r := range rows {
		// "n:*" names the last message also where it is below n.
		if r.UID >= a.evidence.ToUIDNext && r.RFC822Size > 0 {
			list = append(list, Present{UID: r.UID, Print: fingerprint(r)})
		}
	}
	slices.SortFunc(list, func(x, y Present) int { return cmp.Compare(x.UID, y.UID) })
	return list, nil
}

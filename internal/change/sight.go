package change

import (
	"fmt"
	"slices"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
)

// sight is a look, begun, at messages of a mailbox that is open, or is being
// opened in the same flight.
type sight struct {
	uids   []uint32
	fetch  *imap.Fetch
	search *imap.Query[*imap.SearchData] // nil: only sent where rows are missing
}

// see begins a look; the options ask for flags.
func see(c *imapconn.Conn, uids []uint32, options *imap.FetchOptions) *sight {
	return &sight{uids: uids, fetch: c.Fetch(uids, options)}
}

// ask asks which messages are there: in the same flight where most should be gone,
// or another mailbox is opened next.
func (s *sight) ask(c *imapconn.Conn, uids []uint32) *sight {
	s.search = c.Client().UIDSearch(&imap.SearchCriteria{UID: []imap.UIDSet{imap.UIDSetNum(uids...)}}, nil)
	return s
}

// read gives the messages that are there. A row that does not come is no proof
// that a message is gone (Exchange: offlineimap#62): one that only SEARCH has is
// without flags here. Where SEARCH is refused the rows decide.
func (s *sight) read(c *imapconn.Conn) (map[uint32]*imap.Message, error) {
	rows, err := s.fetch.Wait()
	if err != nil {
		return nil, fmt.Errorf("FETCH: %w", err)
	}
	there := map[uint32]*imap.Message{}
	for _, r := range rows {
		if r.Flags != nil {
			there[r.UID] = r
		}
	}
	missing := slices.DeleteFunc(slices.Clone(s.uids), func(uid uint32) bool { return there[uid] != nil })
	if len(missing) == 0 {
		return there, nil
	}
	if s.search == nil {
		s.ask(c, missing)
	}
	found, err := s.search.Wait()
	if err != nil && !imapconn.IsRefusal(err) {
		return nil, fmt.Errorf("SEARCH: %w", err)
	}
	for _, uid := range missing {
		if found.All.Contains(uid) {
			there[uid] = &imap.Message{UID: uid}
		}
	}
	return there, nil
}

// flags is read for the flags alone; nil: the message is there, and the server
// does not say.
func (s *sight) flags(c *imapconn.Conn) (map[uint32][]string, error) {
	rows, err := s.read(c)
	left := make(map[uint32][]string, len(rows))
	for uid, r := range rows {
		left[uid] = imapconn.ShownFlags(r.Flags)
	}
	return left, err
}

// visit opens the batch's mailbox anew, for reading, and begins a look at its
// messages, and what else is to be asked, in the same flight.
func (a *attempt) visit(c *imapconn.Conn, options *imap.FetchOptions, also func()) (*sight, error) {
	c.Refresh()
	var s *sight
	stop := c.Tour([]string{a.batch.Mailbox}, func(int) {
		s = see(c, a.batch.UIDs, options)
		if also != nil {
			also()
		}
	})()[0]
	if stop.Err == nil && stop.Selected.UIDValidity != a.batch.UIDValidity {
		return nil, contract.ErrStale(stop.Selected.UIDValidity, a.batch.UIDValidity)
	}
	return s, stop.Err
}

package people

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/idna"

	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/message"
)

// standing is whether a mailbox has written to somebody.
type standing int

const (
	unsure standing = iota // it could not be found out
	stranger
	friend
)

// acquaintance is what is known of addresses and, as "@domain", of domains.
type acquaintance map[string]standing

// writtenTo finds out to which of the addresses the account has written: those
// that are in To, Cc or Bcc of a message in its Sent mailboxes that the owner
// wrote, exactly. Where any must be looked for, it is also found out to which of
// their domains.
func (s *Service) writtenTo(ctx context.Context, pool *imapconn.Pool, addresses []string) acquaintance {
	a := acquaintance{}
	account := pool.Account().ID
	fresh := acquaintance{} // what is found out now
	defer func() {
		maps.Copy(a, fresh)
		s.contacts.remember(account, fresh, s.now())
	}()
	open := s.contacts.recall(account, addresses, s.now(), a)
	var domains []string
	for _, address := range addresses {
		if d := domainKey(address); d != "" {
			domains = append(domains, d)
		}
	}
	domains = s.contacts.recall(account, domains, s.now(), a)
	if len(open) == 0 {
		return a
	}
	open = append(open, domains...)
	boxes, err := s.sentBoxes(ctx, pool)
	if err != nil {
		s.log.WarnContext(ctx, "lockdown: the Sent mailbox was not found", "account", account, "error", err)
		return a
	}
	own := ownKeys(pool.Account())
	for _, name := range boxes {
		if len(open) == 0 {
			break
		}
		found := map[string]bool{}
		asked := open
		err := pool.Do(ctx, name, func(_ context.Context, c *imapconn.Conn) error {
			clear(found)
			var err error
			asked, err = lookInSent(c, open, own, found)
			return err
		})
		if err != nil {
			s.log.WarnContext(ctx, "lockdown: the Sent mailbox was not searched", "account", account, "error", err)
			return a // what is not known stays unsure
		}
		for address := range found {
			fresh[address] = friend
		}
		open = slices.DeleteFunc(slices.Clone(asked), func(address string) bool { return found[address] })
	}
	for _, address := range open {
		fresh[address] = stranger
	}
	return a
}

// lookInSent searches the open mailbox for mail to the addresses, all in one
// flight, and looks at the headers of what it finds: SEARCH matches substrings,
// and ann@example.org is one of joann@example.org. It returns those it asked
// for.
func lookInSent(c *imapconn.Conn, addresses []string, own, found map[string]bool) ([]string, error) {
	var uids []uint32
	if c.Has(imap.CapESearch) {
		addresses = addresses[:min(len(addresses), maxAsked)]
		cmds := make([]*imap.Query[*imap.SearchData], 0, 2*len(addresses))
		noop := c.Client().Noop()
		for _, address := range addresses {
			for _, text := range []string{asSent(address), "<" + asSent(address) + ">"} {
				cmds = append(cmds, c.Client().UIDSearch(sentTo(text), &imap.SearchOptions{ReturnMin: true, ReturnMax: true}))
			}
		}
		failed := noop.Wait()
		for _, cmd := range cmds {
			data, err := cmd.Wait()
			failed = errors.Join(failed, err)
			if err == nil {
				uids = append(uids, data.Min, data.Max)
			}
		}
		if failed != nil {
			return nil, fmt.Errorf("SEARCH Sent: %w", failed)
		}
	} else {
		addresses = addresses[:min(len(addresses), plainAsked)]
		for _, address := range addresses {
			data, err := c.Client().UIDSearch(sentTo(asSent(address)), nil).Wait()
			if err != nil {
				return nil, fmt.Errorf("SEARCH Sent: %w", err)
			}
			uids = append(uids, imapconn.Newest(data.All, plainAsked, 0)...)
		}
	}
	slices.Sort(uids)
	uids = slices.DeleteFunc(slices.Compact(uids), func(uid uint32) bool { return uid == 0 })
	return addresses, recipients(c, uids, own, found)
}

// asSent is an address as it stands in a header: an international domain in its
// ASCII form.
func asSent(address string) string {
	at := strings.LastIndexByte(address, '@')
	if ascii, err := idna.ToASCII(address[at+1:]); err == nil {
		return address[:at+1] + ascii
	}
	return address
}

// sentTo matches mail to, cc or bcc somebody.
func sentTo(text string) *imap.SearchCriteria {
	field := func(name string) imap.SearchCriteria {
		return imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: name, Value: text}}}
	}
	return &imap.SearchCriteria{Or: [][2]imap.SearchCriteria{{
		field("To"), {Or: [][2]imap.SearchCriteria{{field("Cc"), field("Bcc")}}},
	}}}
}

// recipients notes all to whom the messages were sent, and their domains, if the
// owner sent them: anybody's message can be moved to Sent.
func recipients(c *imapconn.Conn, uids []uint32, own, found map[string]bool) error {
	if len(uids) == 0 {
		return nil
	}
	header := imapconn.Part(nil, imap.PartSpecifierHeader, 0, recipientBytes)
	header.HeaderFields = []string{"From", "Received", "To", "Cc", "Bcc"}
	cmd := c.Fetch(uids, &imap.FetchOptions{BodySection: []*imap.BodySection{header}})
	rows, err := cmd.Wait()
	for _, r := range rows {
		data, _ := r.Section(nil, imap.PartSpecifierHeader)
		h := message.ParseHeader(data)
		sent := Sender{From: h.Addresses("From"), Header: h}
		if !sent.owned(own) || h.Count("From") != 1 || !writtenHere(h) {
			continue
		}
		for _, a := range sent.recipients() {
			key := contactKey(a)
			found[key] = true
			if d := domainKey(key); d != "" {
				found[d] = true
			}
		}
	}
	if err != nil {
		return fmt.Errorf("FETCH Sent: %w", err)
	}
	return nil
}

// recall fills in what is remembered and returns the addresses that are not.
func (k *contacts) recall(account string, addresses []string, now time.Time, known acquaintance) []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	var open []string
	for _, address := range addresses {
		r, ok := k.known[account+"\x00"+address]
		switch {
		case address == "" || slices.Contains(open, address):
		case !ok || now.After(r.until):
			open = append(open, address)
		case r.friend:
			known[address] = friend
		default:
			known[address] = stranger
		}
	}
	return open
}

// remember keeps what was found out.
func (k *contacts) remember(account string, fresh acquaintance, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.known == nil || len(k.known) > maxContacts {
		k.known = map[string]remembered{}
	}
	for address, is := range fresh {
		until := now.Add(strangerFor)
		if is == friend {
			until = now.Add(friendFor)
		}
		k.known[account+"\x00"+address] = remembered{is == friend, until}
	}
}

// sentBoxes names the account's Sent mailboxes: those with the special use
// (RFC 6154), else those with a usual name. It costs one round trip, once in
// placesFor.
func (s *Service) sentBoxes(ctx context.Context, pool *imapconn.Pool) ([]string, error) {
	p, err := s.listPlaces(ctx, pool)
	if err != nil {
		return nil, fmt.Errorf("find Sent: %w", err)
	}
	return p.sent, nil
}

// contactKey is how addresses are compared. The local part's case could matter
// by RFC 5321 §2.4 and never does.
func contactKey(a message.Address) string { return strings.ToLower(a.Address) }

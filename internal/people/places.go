package people

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
)

// SpecialBox names the account's mailbox of a special use: the one that the
// server marks (RFC 6154), else the one with a usual name. It costs one round
// trip, once in placesFor. Without one the answer is a *contract.Error of
// not_found that says what to do.
func (s *Service) SpecialBox(ctx context.Context, pool *imapconn.Pool, use SpecialUse) (string, error) {
	p, err := s.listPlaces(ctx, pool)
	if err == nil && p.uses[use] == "" && p.recalled { // it may have been made meanwhile
		s.ForgetPlaces(pool)
		p, err = s.listPlaces(ctx, pool)
	}
	if err != nil {
		return "", err
	}
	if name := p.uses[use]; name != "" {
		return name, nil
	}
	title := strings.ToUpper(string(use[:1])) + string(use[1:])
	return "", contract.Errorf(contract.NotFound,
		"account %q has no %s mailbox; create one with imap_manage_mailbox (mailbox %q), or move to a mailbox you name", pool.Account().ID, title, title)
}

// ForgetPlaces is to be called when a mailbox turns out not to exist: the next
// question asks the server again.
func (s *Service) ForgetPlaces(pool *imapconn.Pool) {
	s.places.mu.Lock()
	defer s.places.mu.Unlock()
	delete(s.places.known, pool.Account().ID)
}

// listPlaces finds the places, or remembers them.
func (s *Service) listPlaces(ctx context.Context, pool *imapconn.Pool) (places, error) {
	account := pool.Account().ID
	s.places.mu.Lock()
	known, ok := s.places.known[account]
	s.places.mu.Unlock()
	if ok && s.now().Before(known.until) {
		known.recalled = true
		return known, nil
	}
	var found places
	err := pool.Do(ctx, "", func(_ context.Context, c *imapconn.Conn) error {
		cmd := c.Client().List("", "*", &imap.ListOptions{ReturnSpecialUse: c.Has(imap.CapSpecialUse) && c.Has(imap.CapListExtended)})
		var f Finder
		rows, err := cmd.Wait()
		if err != nil {
			return fmt.Errorf("LIST: %w", err)
		}
		for _, data := range rows {
			f.See(Box{Name: contract.CanonicalMailbox(data.Mailbox), Delim: data.Delim, Attrs: data.Attrs})
		}
		found = places{sent: findSent(f.boxes), uses: f.Uses(c.Has(imap.CapGmail))}
		return nil
	})
	if err != nil {
		return places{}, imapconn.Classify("list", err)
	}
	found.until = s.now().Add(placesFor)
	s.places.mu.Lock()
	defer s.places.mu.Unlock()
	if s.places.known == nil {
		s.places.known = map[string]places{}
	}
	s.places.known[account] = found
	return found, nil
}

// Finder looks at the mailboxes of a LIST, one after the other.
type Finder struct {
	boxes []Box           // those that have a special use or a usual name
	top   map[string]bool // those of the top level that can be opened
}

// See looks at one mailbox.
func (f *Finder) See(box Box) {
	if contract.CheckMailbox("mailbox", box.Name) != nil || slices.ContainsFunc(box.Attrs, Unselectable) {
		return
	}
	levels := box.levels()
	if len(levels) == 1 {
		if f.top == nil {
			f.top = map[string]bool{}
		}
		f.top[box.Name] = true
	}
	// There are only so many usual names at the top and below INBOX.
	own := len(levels) == 1 || strings.EqualFold(levels[0], contract.Inbox)
	if box.special() || (box.likely() && (own || len(f.boxes) < maxPlaceBoxes)) {
		f.boxes = append(f.boxes, box)
	}
}

// Uses picks the mailbox of each use. Archiving on Gmail is moving to All
// Mail, which it marks \All; elsewhere such a mailbox may be a view that takes
// no mail, and is not the archive.
func (f *Finder) Uses(gmail bool) map[SpecialUse]string {
	uses := map[SpecialUse]string{}
	for use := range usualNames {
		best := 0
		for _, box := range f.boxes {
			if rank := box.rank(use, f.top); rank > best {
				uses[use], best = box.Name, rank
			}
		}
	}
	if all := uses[UseAll]; uses[UseArchive] == "" && all != "" && (gmail || strings.HasPrefix(all, "[")) {
		uses[UseArchive] = all
	}
	return uses
}

// Used says of each mailbox of special use which it has.
func (f *Finder) Used(gmail bool) map[string]string {
	used := map[string]string{}
	for use, name := range f.Uses(gmail) {
		if use != UseAll {
			used[name] = string(use)
		}
	}
	for _, name := range findSent(f.boxes) {
		used[name] = string(UseSent)
	}
	for _, box := range f.boxes {
		for use := range usualNames {
			if box.has(use) {
				used[box.Name] = string(use)
			}
		}
	}
	return used
}

// rank compares what may be the mailbox of a use: a mark counts more than any
// name, the owner's own levels more than those that may be shared.
func (l Box) rank(use SpecialUse, top map[string]bool) int {
	levels := l.levels()
	named := l.Usual(use)
	if l.has(use) {
		return 10_000 + 1000*max(3-len(levels), 0) + named
	}
	// "Projects/Trash" is nobody's Trash where Projects holds mail itself.
	within := len(levels) == 2 && top[levels[0]] && !strings.EqualFold(levels[0], contract.Inbox)
	if within || l.special() {
		return 0
	}
	return named
}

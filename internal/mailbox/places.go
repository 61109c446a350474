package mailbox

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imapconn"
)

const (
	// placesFor is how long it is remembered which mailboxes are the account's
	// Sent, Trash and so on.
	placesFor = 10 * time.Minute

	// maxPlaceBoxes is how many mailboxes of lower levels are kept of a LIST
	// because of their names alone; an account has one or two of each use.
	maxPlaceBoxes = 1000
)

// capGmail is Gmail's own extension.
const capGmail imap.Cap = "X-GM-EXT-1"

// listed is a mailbox of a LIST that can be opened.
type listed struct {
	name  string
	delim rune
	attrs []imap.MailboxAttr
}

func (l listed) marked(use imap.MailboxAttr) bool {
	return slices.ContainsFunc(l.attrs, func(attr imap.MailboxAttr) bool { return equalAttr(attr, use) })
}

// has reports whether the server marks the mailbox with a special use.
func (l listed) has(use specialUse) bool {
	for attr, name := range specialUses {
		if name == string(use) {
			return l.marked(attr)
		}
	}
	return false
}

// levels divides a name at its delimiter.
func (l listed) levels() []string {
	if l.delim == 0 {
		return []string{l.name}
	}
	return strings.Split(l.name, string(l.delim))
}

// places are an account's mailboxes of special use, as one LIST showed them.
type places struct {
	sent     sentBoxes
	uses     map[specialUse]string
	until    time.Time
	recalled bool // not asked now
}

// placesMemory remembers the places of each account.
type placesMemory struct {
	mu    sync.Mutex
	known map[string]places // by account
}

// specialBox names the account's mailbox of a special use: the one that the
// server marks (RFC 6154), else the one with a usual name. It costs one round
// trip, once in placesFor. Without one the answer is a *contract.Error of
// not_found that says what to do.
func (s *Service) specialBox(ctx context.Context, pool *imapconn.Pool, use specialUse) (string, error) {
	p, err := s.listPlaces(ctx, pool)
	if err == nil && p.uses[use] == "" && p.recalled { // it may have been made meanwhile
		s.forgetPlaces(pool)
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

// forgetPlaces is to be called when a mailbox turns out not to exist: the next
// question asks the server again.
func (s *Service) forgetPlaces(pool *imapconn.Pool) {
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
		var f placeFinder
		for data := cmd.Next(); data != nil; data = cmd.Next() {
			f.see(listed{canonicalMailbox(data.Mailbox), data.Delim, data.Attrs})
		}
		if err := cmd.Close(); err != nil {
			return fmt.Errorf("LIST: %w", err)
		}
		found = places{sent: findSent(f.boxes), uses: f.uses(c.Has(capGmail))}
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

// placeFinder looks at the mailboxes of a LIST, one after the other.
type placeFinder struct {
	boxes []listed        // those that have a special use or a usual name
	top   map[string]bool // those of the top level that can be opened
}

func (f *placeFinder) see(box listed) {
	if contract.CheckMailbox("mailbox", box.name) != nil || slices.ContainsFunc(box.attrs, unselectable) {
		return
	}
	levels := box.levels()
	if len(levels) == 1 {
		if f.top == nil {
			f.top = map[string]bool{}
		}
		f.top[box.name] = true
	}
	// There are only so many usual names at the top and below INBOX.
	own := len(levels) == 1 || strings.EqualFold(levels[0], inbox)
	if box.special() || (box.likely() && (own || len(f.boxes) < maxPlaceBoxes)) {
		f.boxes = append(f.boxes, box)
	}
}

// special reports whether the server marks the mailbox with any of the uses.
func (l listed) special() bool {
	for use := range usualNames {
		if l.has(use) {
			return true
		}
	}
	return false
}

// likely reports whether the name says one.
func (l listed) likely() bool {
	for use := range usualNames {
		if l.usual(use) > 0 {
			return true
		}
	}
	return false
}

// usual says how likely a mailbox is, by its name, to be of a use; 0: it is
// not. Only the top level and what is directly below one mailbox count.
func (l listed) usual(use specialUse) int {
	levels := l.levels()
	names := usualNames[use]
	i := slices.Index(names, strings.ToLower(levels[len(levels)-1]))
	if i < 0 || len(levels) > 2 {
		return 0
	}
	return 3*len(names) - 2*i - len(levels)
}

// uses picks the mailbox of each use. Archiving on Gmail is moving to All
// Mail, which it marks \All; elsewhere such a mailbox may be a view that takes
// no mail, and is not the archive.
func (f *placeFinder) uses(gmail bool) map[specialUse]string {
	uses := map[specialUse]string{}
	for use := range usualNames {
		best := 0
		for _, box := range f.boxes {
			if rank := box.rank(use, f.top); rank > best {
				uses[use], best = box.name, rank
			}
		}
	}
	if all := uses[useAll]; uses[useArchive] == "" && all != "" && (gmail || strings.HasPrefix(all, "[")) {
		uses[useArchive] = all
	}
	return uses
}

// rank compares what may be the mailbox of a use: a mark counts more than any
// name, the owner's own levels more than those that may be shared.
func (l listed) rank(use specialUse, top map[string]bool) int {
	levels := l.levels()
	named := l.usual(use)
	if l.has(use) {
		return 10_000 + 1000*max(3-len(levels), 0) + named
	}
	// "Projects/Trash" is nobody's Trash where Projects holds mail itself.
	within := len(levels) == 2 && top[levels[0]] && !strings.EqualFold(levels[0], inbox)
	if within || l.special() {
		return 0
	}
	return named
}

package tools

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
	"mail-imap-mcp/internal/safetext"
)

// maxMeant is how many mailboxes are proposed for one that is not there.
const maxMeant = 3

// didYouMean adds to the refusal of a mailbox that is not there, or is denied,
// those that may have been meant. It costs one LIST.
func (s *server) didYouMean(ctx context.Context, touch guard.Touch, err error) error {
	var refused *contract.Error
	if !errors.As(err, &refused) {
		return err
	}
	i := slices.IndexFunc(touch.Places, func(p contract.Place) bool { return refused.LacksMailbox(p.Mailbox) })
	if i < 0 {
		return err
	}
	names, listErr := s.Mail.Names(ctx, touch.Places[i].Account)
	if listErr != nil {
		return err // the reason for the refusal stands without
	}
	near := nearMailboxes(touch.Places[i].Mailbox, names)
	if len(near) == 0 {
		return err
	}
	meant := *refused
	meant.Message += fmt.Sprintf("; did you mean %s?", strings.Join(near, ", "))
	return &meant
}

// nearMailboxes are the names nearest to one, the nearest first.
func nearMailboxes(name string, names []string) []string {
	type candidate struct {
		name string
		far  int
	}
	var list []candidate
	for _, n := range names {
		n = safetext.Line(n)
		if far, ok := distance(plainName(name), plainName(n)); ok {
			list = append(list, candidate{n, far})
		}
	}
	slices.SortStableFunc(list, func(a, b candidate) int { return cmp.Compare(a.far, b.far) })
	if len(list) > 0 && list[0].far <= sameName {
		list = slices.DeleteFunc(list, func(c candidate) bool { return c.far > sameName })
	}
	near := []string{}
	for _, c := range list[:min(len(list), maxMeant)] {
		near = append(near, c.name)
	}
	return near
}

// maxCompared is the longest name, in bytes, that is compared letter by letter: an
// account may have thousands.
const maxCompared = 64

// sameName is as far as the same name at another place.
const sameName = 1

// distance tells how far a wanted name is from a mailbox's, and whether that is
// near enough: spelt in another way, another mailbox's last level, a part of it,
// or a few letters off.
func distance(wanted, name string) (far int, near bool) {
	last := name[strings.LastIndexAny(name, "/.|\\")+1:]
	asked := wanted[strings.LastIndexAny(wanted, "/.|\\")+1:]
	switch {
	case wanted == name:
		return 0, true
	case asked == last:
		return sameName, true
	case max(len(asked), len(last)) <= maxCompared && config.Nearest(asked, []string{last}) != "":
		return 2, true
	case len(asked) >= 3 && strings.Contains(name, asked), len(last) >= 3 && strings.Contains(asked, last):
		return 3, true
	}
	return 0, false
}

// plainName is a name without case and accents, as a person may write it.
func plainName(name string) string {
	name = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss").Replace(strings.ToLower(norm.NFC.String(name)))
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(name))
}

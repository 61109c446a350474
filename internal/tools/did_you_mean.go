package tools

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
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
	if !errors.As(err, &refused) || refused.Code != contract.NotFound {
		return err
	}
	name, ok := refused.Details["mailbox"].(string)
	if !ok {
		return err
	}
	account := touch.Account
	for _, p := range touch.Places {
		if p.Mailbox == name {
			account = p.Account
		}
	}
	names, listErr := s.Mail.Names(ctx, account)
	if listErr != nil {
		return err // the reason for the refusal stands without
	}
	near := nearMailboxes(name, names)
	if len(near) == 0 {
		return err
	}
	meant := *refused
	meant.Details = maps.Clone(refused.Details)
	meant.Details["did_you_mean"] = near
	meant.Message = fmt.Sprintf("%s; did you mean %s?", refused.Message, strings.Join(near, ", "))
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
		if far, ok := distance(plainName(name), plainName(n)); ok {
			list = append(list, candidate{safetext.Line(n), far})
		}
	}
	slices.SortStableFunc(list, func(a, b candidate) int { return cmp.Compare(a.far, b.far) })
	near := []string{}
	for _, c := range list[:min(len(list), maxMeant)] {
		near = append(near, c.name)
	}
	return near
}

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
		return 1, true
	case config.Nearest(asked, []string{last}) != "":
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

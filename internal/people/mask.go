package people

import (
	"fmt"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/message"
)

// strangers numbers those whose addresses are not shown, in memory only: within
// a run of the program a number stands for one address.
type strangers struct {
	mu      sync.Mutex
	numbers map[string]int // by account, NUL, address
	last    int
}

// mask makes the addresses of a withheld message fit to be shown, the first 10.
// An address is its owner's own words: it can hold a sentence.
func (s *Service) mask(account config.Account, known acquaintance, list []message.Address) []message.Address {
	own := ownKeys(account)
	out := make([]message.Address, 0, min(len(list), maxBare))
	for _, a := range list[:min(len(list), maxBare)] {
		key := contactKey(a)
		domain := domainKey(key)
		switch {
		case message.IsBareAddress(a.Address) && (own[key] || known[key] == friend):
			out = append(out, message.Address{Address: a.Address})
		case domain != "" && known[domain] == friend:
			out = append(out, message.Address{Address: initial(key) + "…" + domain})
		default:
			out = append(out, message.Address{Address: fmt.Sprintf("stranger %d", s.strangers.number(account.ID, key))})
		}
	}
	return out
}

// initial is the first letter of an address; "" when it begins with none.
func initial(address string) string {
	r, _ := utf8.DecodeRuneInString(address)
	if !unicode.IsLetter(r) && !unicode.IsDigit(r) || r == utf8.RuneError {
		return ""
	}
	return string(r)
}

// domainKey stands for everybody at the domain of an address, among the keys of
// contacts: "@example.org". "" where it could be anything else than a domain.
func domainKey(key string) string {
	at := strings.LastIndexByte(key, '@')
	if at < 0 || !message.IsBareAddress("a"+key[at:]) {
		return ""
	}
	return key[at:]
}

// number is an address's.
func (n *strangers) number(account, key string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.numbers == nil || len(n.numbers) > maxContacts {
		n.numbers = map[string]int{}
	}
	key = account + "\x00" + key
	if n.numbers[key] == 0 {
		n.last++
		n.numbers[key] = n.last
	}
	return n.numbers[key]
}

package config

import (
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// maxPatterns bounds a list of mailbox patterns: each is compared with each
// name that is listed.
const maxPatterns = 100

// Permits reports whether the owner lets a mailbox be seen and used. A denied
// one does not exist as far as a caller can tell.
//
// A pattern is a mailbox name in which "*" stands for anything. Denying a
// mailbox denies what lies below it too; allowing one allows that one
// ("Projects/*" allows what is below). Both ignore case, for some servers do:
// "private" would open "Private" there.
func (a Account) Permits(mailbox string) bool {
	if len(a.DenyMailboxes)+len(a.AllowMailboxes) == 0 {
		return true
	}
	name := foldName(mailbox)
	if climbs(name) {
		return false
	}
	names := spellings(name)
	for _, pattern := range a.DenyMailboxes {
		if deniesAny(ofPattern(pattern), names) {
			return false
		}
	}
	if len(a.AllowMailboxes) == 0 {
		return true
	}
	for _, pattern := range a.AllowMailboxes {
		if matchName(foldName(pattern), name, false) {
			return true
		}
	}
	return false
}

// Restricted reports whether the owner keeps any mailbox from us.
func (a Account) Restricted() bool { return len(a.AllowMailboxes)+len(a.DenyMailboxes) > 0 }

// foldName makes names that a server may take for the same compare as such.
func foldName(name string) string {
	return cases.Fold().String(norm.NFKC.String(name))
}

// delimiters are those that servers have.
const delimiters = `/.\|`

// climbs reports a name that some servers take for a path in the file system, by
// which any mailbox can be reached from any other.
func climbs(name string) bool {
	levels := strings.FieldsFunc(name, func(r rune) bool { return r == '/' || r == '\\' })
	if len(levels) > 1 && strings.HasPrefix(levels[0], "~") {
		return true
	}
	return slices.ContainsFunc(levels, func(level string) bool { return level == "." || level == ".." })
}

// spellings are a name without empty levels, which some servers skip, and
// without a delimiter at its end, which CREATE may have (RFC 9051 section
// 6.3.4); and that without the "INBOX." before it, under which some servers have
// every mailbox once more.
func spellings(name string) []string {
	var b strings.Builder
	last := rune('/') // a name begins as if behind a delimiter
	for _, r := range name {
		if divides := strings.ContainsRune(delimiters, r); !divides || (r != last && b.Len() > 0) {
			b.WriteRune(r)
		}
		last = r
	}
	tidy := strings.TrimRight(b.String(), delimiters)
	list := []string{tidy}
	if below, ok := strings.CutPrefix(tidy, "inbox"); ok && len(below) > 1 && strings.ContainsRune(delimiters, rune(below[0])) && below[1] != '*' {
		list = append(list, below[1:])
	}
	return list
}

// foldedPatterns are the spellings of the owner's patterns, which are compared with each
// name that is listed; there are no others.
var foldedPatterns sync.Map

func ofPattern(pattern string) []string {
	if list, ok := foldedPatterns.Load(pattern); ok {
		return list.([]string)
	}
	list := spellings(foldName(pattern))
	foldedPatterns.Store(pattern, list)
	return list
}

func deniesAny(patterns, names []string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return matchName(pattern, name, true) })
	})
}

// matchName reports whether a pattern names a mailbox or, where below is set,
// one above it; "*" stands for any characters, none too. It takes at most
// len(pattern)·len(name) steps. Which delimiter a server has is not known here;
// the usual ones all count, for denying too much is the safe mistake.
func matchName(pattern, name string, below bool) bool {
	p, n := 0, 0
	star, from := -1, 0
	for {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, from = p, n
			p++
		case p == len(pattern) && (n == len(name) || below && strings.IndexByte(delimiters, name[n]) >= 0):
			return true
		case p < len(pattern) && n < len(name) && pattern[p] == name[n]:
			p++
			n++
		case star >= 0 && from < len(name):
			from++
			p, n = star+1, from
		default:
			return false
		}
	}
}

// patterns reads a list of mailbox patterns, comma separated.
func (r *reader) patterns(name string) []string {
	value, ok := r.get(name)
	if !ok {
		return nil
	}
	var list []string
	for pattern := range strings.SplitSeq(value, ",") {
		pattern = strings.TrimSpace(pattern)
		if strings.Trim(pattern, delimiters) == "" || strings.ContainsFunc(pattern, func(c rune) bool { return c < ' ' || c == 0x7f }) {
			r.problems.addf("%s is %s; give mailbox names separated by commas, * stands for anything, for example %s=Private,Work/*", name, show(value), name)
			return nil
		}
		list = append(list, pattern)
	}
	if len(list) > maxPatterns {
		r.problems.addf("%s has %d patterns; at most %d are allowed", name, len(list), maxPatterns)
		return nil
	}
	return list
}

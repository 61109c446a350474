package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

const prefix = "MAIL_IMAP_"

// splitAccount takes a variable name apart: MAIL_IMAP_WORK_MAIL_HOST is field
// HOST of account work_mail. Server-wide names are nobody's account.
func splitAccount(name string) (account, field string, ok bool) {
	rest, found := strings.CutPrefix(name, prefix)
	if !found {
		return "", "", false
	}
	if _, server := find(serverVariables, rest); server {
		return "", "", false
	}
	for _, v := range accountVariables {
		if id, match := strings.CutSuffix(rest, "_"+v.name); match && id != "" && len(v.name) > len(field) {
			account, field, ok = strings.ToLower(id), v.name, true
		}
	}
	return account, field, ok
}

// accountPrefix is how an account's variables begin.
func accountPrefix(id string) string { return prefix + strings.ToUpper(id) + "_" }

const (
	// maxUnknown is how many unknown names are warned about. Each costs a
	// comparison with every known one, and a hostile .env could have 10,000.
	maxUnknown = 20

	// maxKnownName is longer than any known name: prefix, id of 64, field.
	maxKnownName = 100
)

// warnUnknown warns about every MAIL_IMAP_* name that was not used, with the
// nearest one that exists.
func (r *reader) warnUnknown() {
	names := []string{}
	for name := range r.vars {
		if !r.used[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	known := knownNames(accountsIn(r.vars))
	for i, name := range names {
		if i == maxUnknown {
			r.problems.warnf("%d more unknown %s* settings are ignored", len(names)-i, prefix)
			return
		}
		warning := showName(name) + " is not a known setting and is ignored"
		if near := suggest(name, known); near != "" {
			warning += fmt.Sprintf("; did you mean %s?", near)
		}
		r.problems.warnf("%s", warning)
	}
}

// suggest finds what an unknown name was meant to be. MAIL_IMAP_HOST lacks the
// account.
func suggest(name string, known []string) string {
	field := strings.TrimPrefix(name, prefix)
	if _, ok := find(accountVariables, field); ok {
		return accountPrefix("default") + field
	}
	if len(name) > maxKnownName {
		return ""
	}
	return Nearest(name, known)
}

// knownNames lists every name there is for the given accounts and for the one
// called default; of too many accounts, the first.
func knownNames(accounts map[string]bool) []string {
	ids := slices.Sorted(maps.Keys(accounts))
	ids = append(ids[:min(len(ids), maxAccounts)], "default")
	slices.Sort(ids)
	names := []string{}
	for _, v := range serverVariables {
		names = append(names, prefix+v.name)
	}
	for _, id := range slices.Compact(ids) {
		for _, v := range accountVariables {
			names = append(names, accountPrefix(id)+v.name)
		}
	}
	slices.Sort(names)
	return names
}

// Nearest finds the known name that a mistaken one was probably meant to be:
// the one at the least edit distance, less than a third of the name away (of a
// short name two letters, for they are often swapped). "" means none is near.
func Nearest(name string, known []string) string {
	best, bestDistance := "", min(max(len(name)/3, 3), len(name))
	for _, k := range known {
		if d := distance(name, k); d < bestDistance {
			best, bestDistance = k, d
		}
	}
	return best
}

// distance is the Levenshtein distance of two short names.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}

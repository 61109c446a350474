package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

const (
	prefix          = "MAIL_IMAP_"
	envWriteEnabled = "MAIL_IMAP_WRITE_ENABLED"
)

// serverNames are the server-wide variables, without prefix, and whether this
// version knows how to honour them.
var serverNames = map[string]standing{
	"WRITE_ENABLED":                      used,
	"CA_CERT_PATH":                       used,
	"CONNECT_TIMEOUT_MS":                 used,
	"GREETING_TIMEOUT_MS":                used,
	"SOCKET_TIMEOUT_MS":                  used,
	"CALL_TIMEOUT_MS":                    used,
	"CURSOR_TTL_SECONDS":                 used,
	"CURSOR_MAX_ENTRIES":                 used,
	"READ_SESSION_CACHE_TTL_SECONDS":     used,
	"READ_SESSION_CACHE_MAX_PER_ACCOUNT": used,
	"OPERATION_MAX_ENTRIES":              used,
	"MCP_RS_LOG":                         used,
	"LOG_LEVEL":                          used,
	"LOG_FORMAT":                         used,
	"CURSOR_KEY":                         used,
	"CURSOR_KEY_FILE":                    used,
	"TOOLSETS":                           used,
	"ALLOW_TOOLS":                        used,
	"CONFIRM":                            used,
	"RATE_READS":                         used,
	"RATE_WRITES":                        used,
	"BULK_PER_MINUTE":                    used,
	"BULK_PER_DAY":                       used,
	"UNDO_WINDOW_SECONDS":                used,
	"AUDIT_KEY":                          used,
	"AUDIT_KEY_FILE":                     used,
	"ALLOW_PERMANENT_DELETE":             used,
	"LOCKDOWN":                           used,
	"AUDIT_FILE":                         used,
	"STATE_DIR":                          used,
	"STATE_URL":                          notYet,
	"DOWNLOAD_DIR":                       used,
	"ATTACH_DIR":                         used,
	"ANSWERS":                            used,
	"TIME_ZONE":                          used,
	"POLICY_FILE":                        notYet,
	"HTTP_TOKENS_FILE":                   notYet,
}

// accountFields are an account's variables, after MAIL_IMAP_<ACCOUNT>_.
var accountFields = map[string]standing{
	"HOST":                used,
	"PORT":                used,
	"SECURE":              used,
	"USER":                used,
	"PASS":                used,
	"AUTH":                used,
	"TLS":                 used,
	"WRITE_ENABLED":       used,
	"PASS_FILE":           notYet,
	"PASS_COMMAND":        notYet,
	"PASS_KEYRING":        notYet,
	"PROVIDER":            notYet,
	"OAUTH_CLIENT_ID":     notYet,
	"OAUTH_CLIENT_SECRET": notYet,
	"OAUTH_REFRESH_TOKEN": notYet,
	"OAUTH_TOKEN_URL":     notYet,
	"OAUTH_TOKEN_COMMAND": notYet,
	"OAUTH_SCOPES":        notYet,
	"OAUTH_TENANT":        notYet,
	"ALLOW_MAILBOXES":     used,
	"DENY_MAILBOXES":      used,
	"NEVER_EXPUNGE":       used,
	"AUTHSERV_ID":         used,
	"LOCKDOWN":            used,
}

// standing is what this version does with a variable.
type standing int

const (
	used standing = iota
	notYet
)

// splitAccount takes a variable name apart: MAIL_IMAP_WORK_MAIL_HOST is field
// HOST of account work_mail. Server-wide names are nobody's account.
func splitAccount(name string) (account, field string, ok bool) {
	rest, found := strings.CutPrefix(name, prefix)
	if !found {
		return "", "", false
	}
	if _, server := serverNames[rest]; server {
		return "", "", false
	}
	for f := range accountFields {
		if id, match := strings.CutSuffix(rest, "_"+f); match && id != "" && len(f) > len(field) {
			account, field, ok = strings.ToLower(id), f, true
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
	if _, ok := accountFields[field]; ok {
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
	for n := range serverNames {
		names = append(names, prefix+n)
	}
	for _, id := range slices.Compact(ids) {
		for f := range accountFields {
			names = append(names, accountPrefix(id)+f)
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

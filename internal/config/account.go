package config

import (
	"maps"
	"net"
	"slices"
	"strings"

	"mail-imap-mcp/internal/secret"
)

// maxAccounts is the contract's bound on configured accounts.
const maxAccounts = 50

// The registered ports (RFC 8314 §7.3, RFC 9051 §2.1). An account that asks for
// STARTTLS without naming a port means the one where STARTTLS is spoken.
const (
	portIMAPS = 993
	portIMAP  = 143
)

func isAccountID(s string) bool {
	const longest = 64
	return s != "" && len(s) <= longest && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_-") == ""
}

func (c *Config) readAccounts(r *reader) {
	ids := slices.Sorted(maps.Keys(accountsIn(r.vars)))
	if i := slices.Index(ids, "default"); i > 0 {
		ids = slices.Insert(slices.Delete(ids, i, i+1), 0, "default")
	}
	if len(ids) == 0 {
		r.problems.addf("no mail account is configured; set these three, here for the account called default:\n" +
			"      MAIL_IMAP_DEFAULT_HOST=imap.example.org\n" +
			"      MAIL_IMAP_DEFAULT_USER=you@example.org\n" +
			"      MAIL_IMAP_DEFAULT_PASS=your-app-password\n" +
			"    or look around first with: mail-imap-mcp demo")
		return
	}
	if len(ids) > maxAccounts {
		r.problems.addf("%d accounts are configured (MAIL_IMAP_<ACCOUNT>_HOST); at most %d are allowed", len(ids), maxAccounts)
		return
	}
	for _, id := range ids {
		c.readAccount(r, id)
	}
}

func (c *Config) readAccount(r *reader, id string) {
	pre := accountPrefix(id)
	r.refuseNotYet(pre, accountVariables)
	a := Account{ID: id}
	if !isAccountID(id) {
		r.problems.addf("%sHOST names the account %q; use 1 to 64 letters, digits, '_' or '-'", pre, id)
	}
	a.Host = r.host(pre + "HOST")
	user, ok := r.get(pre + "USER")
	if !ok {
		r.problems.addf("%sUSER is not set; it is the name you sign in with, for example %sUSER=you@example.org", pre, pre)
	} else if strings.ContainsAny(user, "\r\n\x00") {
		r.problems.addf("%sUSER has a line break or NUL in it; remove it", pre)
	}
	a.User = user
	a.Password = r.password(pre + "PASS")
	a.TLS = r.tlsMode(pre, a.Host)
	port := portIMAPS
	if a.TLS != TLSImplicit {
		port = portIMAP
	}
	a.Port = r.numberOr(pre+"PORT", port)
	a.Auth = r.mechanism(pre + "AUTH")
	a.Name, a.Addresses = r.personName(pre+"NAME"), r.addresses(pre+"ADDRESSES")
	a.WriteEnabled = r.bool(pre+"WRITE_ENABLED") && c.WriteEnabled
	a.AllowMailboxes = r.patterns(pre + "ALLOW_MAILBOXES")
	a.DenyMailboxes = r.patterns(pre + "DENY_MAILBOXES")
	a.NeverExpunge = r.bool(pre + "NEVER_EXPUNGE")
	a.AuthservID = r.authservID(pre + "AUTHSERV_ID")
	a.Lockdown = r.boolOr(pre+"LOCKDOWN", c.Lockdown)
	c.Accounts = append(c.Accounts, a)
}

// authservID reads whose verdicts about senders count: a name as it stands at the
// beginning of the receiving server's Authentication-Results, or several.
func (r *reader) authservID(name string) string {
	value, ok := r.get(name)
	if !ok {
		return ""
	}
	for id := range strings.SplitSeq(value, ",") {
		id = strings.TrimSpace(id)
		if id == "" || len(id) > 253 || strings.ContainsFunc(id, func(c rune) bool { return c <= ' ' || c >= 0x7f || strings.ContainsRune(";()\"<>", c) }) {
			r.problems.addf("%s is %s; give the name at the beginning of the Authentication-Results header that your mail server adds, for example %s=mx.example.org", name, show(value), name)
			return ""
		}
	}
	return value
}

// mechanism reads how to sign in.
func (r *reader) mechanism(name string) string {
	switch auth := strings.ToLower(strings.TrimSpace(r.vars[name])); auth {
	case "cram-md5", "scram-sha-256", "xoauth2", "oauthbearer":
		r.used[name] = true
		r.problems.addf("%s=%s is not supported yet by this version; use auto, plain or login, for example %s=auto", name, auth, name)
		return AuthAuto
	}
	return r.word(name)
}

// host reads a host name or an address, without scheme, port or path.
func (r *reader) host(name string) string {
	host, ok := r.get(name)
	if !ok {
		r.problems.addf("%s is not set; it is your provider's IMAP server, for example %s=imap.example.org", name, name)
		return ""
	}
	trimmed := strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if net.ParseIP(trimmed) != nil {
		return trimmed
	}
	if len(host) > 253 || strings.ContainsFunc(host, func(c rune) bool {
		return c <= ' ' || c == 0x7f || strings.ContainsRune("/:@?#[]\\\"'<>()", c)
	}) {
		r.problems.addf("%s is %s; give the host name alone, without scheme or port, for example %s=imap.example.org", name, show(host), name)
	}
	return host
}

// password is taken exactly as given: blanks may belong to it.
func (r *reader) password(name string) secret.Value {
	r.used[name] = true
	value := r.vars[name]
	if value == "" {
		r.problems.addf("%s is not set; use an app password where your provider has them, for example %s=abcd-efgh-ijkl", name, name)
	}
	if strings.ContainsAny(value, "\r\n\x00") {
		r.problems.addf("%s has a line break or NUL in it; remove it", name)
	}
	return secret.New(value)
}

// tlsMode joins _TLS with the older _SECURE, where false means STARTTLS is
// required, never plain text.
func (r *reader) tlsMode(pre, host string) TLSMode {
	mode := TLSImplicit
	_, secureSet := r.get(pre + "SECURE")
	secure := r.bool(pre + "SECURE")
	if !secure {
		mode = TLSStartTLS
	}
	if _, set := r.get(pre + "TLS"); !set {
		return mode
	}
	wanted := TLSMode(r.word(pre + "TLS"))
	if secureSet && secure != (wanted == TLSImplicit) {
		r.problems.addf("%sTLS=%s contradicts %sSECURE; unset %sSECURE", pre, wanted, pre, pre)
	}
	if wanted == TLSNone && !isLoopback(host) {
		r.problems.addf("%sTLS=none sends the password in plain text and is allowed only to this machine (localhost, 127.0.0.1, ::1); use implicit or starttls", pre)
	}
	return wanted
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

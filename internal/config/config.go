// Package config turns environment variables and an .env file into one
// validated Config, or into an error that lists every problem at once.
package config

import (
	"crypto/x509"
	"log/slog"
	"time"

	"mail-imap-mcp/internal/secret"
)

// TLSMode says how a connection is protected.
type TLSMode string

// The TLS modes.
const (
	TLSImplicit TLSMode = "implicit" // TLS from the first byte, port 993
	TLSStartTLS TLSMode = "starttls" // plain greeting, then STARTTLS, required
	TLSNone     TLSMode = "none"     // only to loopback
)

// The sign-in mechanisms of this version.
const (
	AuthAuto  = "auto"  // PLAIN if the server has it, else LOGIN
	AuthPlain = "plain" // AUTHENTICATE PLAIN (RFC 4616)
	AuthLogin = "login" // the LOGIN command
)

// The forms of answers.
const (
	AnswersText = "text" // one fenced text block, for models
	AnswersJSON = "json" // the envelope, for programs and users of the Rust server
)

// Account is one mail account.
type Account struct {
	ID           string // canonical: lower case
	Host         string
	Port         int
	TLS          TLSMode
	User         string
	Password     secret.Value
	Auth         string
	WriteEnabled bool
	// Name and Addresses are the owner's: how they sign, and the addresses that are
	// theirs, the main one first. See OwnAddresses.
	Name      string
	Addresses []string
	// AuthservID is whose Authentication-Results count (RFC 8601 §2.5), comma
	// separated; empty: the one the provider is known to use.
	AuthservID string
	// AllowMailboxes and DenyMailboxes say which mailboxes there are; see Permits.
	AllowMailboxes, DenyMailboxes []string
	// NeverExpunge lets mail be organised and nothing be removed for good: no
	// EXPUNGE is sent.
	NeverExpunge bool
	// Lockdown withholds what strangers and senders that failed DMARC wrote.
	Lockdown bool
}

// EnvPrefix is what the account's variables start with, for error messages.
func (a Account) EnvPrefix() string { return accountPrefix(a.ID) }

// Config is everything the server is told.
type Config struct {
	Accounts     []Account // "default" first, then by id
	WriteEnabled bool      // of the server; accounts can be without
	Writing      Writing

	CACertPath string         // added to the system's roots
	RootCAs    *x509.CertPool // nil: the system's

	ConnectTimeout  time.Duration // TCP and TLS
	GreetingTimeout time.Duration // until the server's first line
	SocketTimeout   time.Duration // the longest silence of a server
	CallTimeout     time.Duration // one tool call, whatever the server does

	CursorTTL time.Duration
	CursorKey secret.Value // 32 bytes; empty: fresh for each process

	SessionCacheTTL time.Duration // how long an idle connection is kept
	SessionCacheMax int           // idle connections kept per account; 0: none

	Lockdown bool // the default of every account

	DownloadDir string // where attachments and messages may be saved; empty: nowhere
	AttachDir   string // files in it may be attached to drafts; empty: none

	Answers  string         // AnswersText or AnswersJSON
	Location *time.Location // the zone that dates are shown in

	LogLevel  slog.Level
	LogFormat string // "text" or "json"

	// Warnings are for the log: what was not understood or not heeded.
	Warnings []string
}

// Source is where configuration comes from.
type Source struct {
	Environ []string // as os.Environ gives it
	WorkDir string   // where an implicit .env is looked for; empty: nowhere
	EnvFile string   // --env-file; empty: none
}

// Load reads and checks everything. On error it is a *Problems.
func Load(src Source) (*Config, error) {
	p := &Problems{}
	cfg := &Config{}
	r := &reader{vars: gather(src, p), problems: p, used: map[string]bool{}}
	cfg.readServer(r)
	cfg.readAccounts(r)
	r.warnUnknown()
	p.redact(r.vars)
	if len(p.list) > 0 {
		return nil, p
	}
	cfg.Warnings = p.warnings
	return cfg, nil
}

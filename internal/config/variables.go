package config

import (
	"fmt"
	"strings"
)

// variable describes one setting: the parser takes its default and bounds from
// here, and the README its row.
type variable struct {
	name      string // without MAIL_IMAP_ or MAIL_IMAP_<ACCOUNT>_
	kind      kind
	otherwise string   // the default, as one would write it
	shown     string   // what the README says of a default that is no value of its own
	lo, hi    int      // of a number
	words     []string // of a word or a list of words; of any other kind, what the README says of its form
	doc       string
}

// kind is how a value is written.
type kind int

const (
	kindText kind = iota
	kindFlag
	kindNumber
	kindWord   // one of the words
	kindWords  // several of them
	kindNotYet // a variable that this version refuses, since it cannot honour it
)

// A time-out of less than 100 ms fails against any real server; an hour is
// nobody's intent.
const (
	minTimeoutMS, maxTimeoutMS = 100, 3_600_000
	maxTTLSeconds              = 30 * 24 * 3600
	maxUndoSeconds             = 7 * 24 * 3600
	maxEntries                 = 1_000_000
	maxBulk                    = 10_000_000
)

// Toolsets are the sets that MAIL_IMAP_TOOLSETS can name.
var Toolsets = []string{"read", "organize", "drafts", "mailboxes"}

// accountVariables are those of each account, in the README's order.
var accountVariables = []variable{
	{name: "HOST", shown: "required", words: []string{"host name"}, doc: "the provider's IMAP server"},
	{name: "USER", shown: "required", doc: "the name you sign in with, mostly your address"},
	{name: "PASS", shown: "required", doc: "an app password where the provider has them"},
	{name: "PORT", kind: kindNumber, shown: "993; 143 with STARTTLS", lo: 1, hi: 65535},
	{name: "TLS", kind: kindWord, otherwise: string(TLSImplicit), words: []string{string(TLSImplicit), string(TLSStartTLS), string(TLSNone)}, doc: "`none` only to this machine"},
	{name: "SECURE", kind: kindFlag, otherwise: "true", doc: "the older form of `TLS`: `false` means STARTTLS is required, never plain text"},
	{name: "AUTH", kind: kindWord, otherwise: AuthAuto, words: []string{AuthAuto, AuthPlain, AuthLogin}, doc: "how to sign in"},
	{name: "NAME", shown: "none", doc: "your name, as it stands in the From of a draft"},
	{name: "ADDRESSES", shown: "the user, if it is an address", words: []string{"addresses, comma separated"}, doc: "your own addresses, the main one first: drafts come from it, replies from the one that was written to, and a reply to all leaves them out"},
	{name: "AUTHSERV_ID", shown: "the provider's", words: []string{"names, comma separated"}, doc: "whose `Authentication-Results` count: the name at their beginning, as your mail server writes it"},
	{name: "WRITE_ENABLED", kind: kindFlag, otherwise: "true", doc: "`false` keeps one account read-only"},
	{name: "NEVER_EXPUNGE", kind: kindFlag, otherwise: "false", doc: "`true`: mail may be moved and flagged, nothing is removed for good"},
	{name: "ALLOW_MAILBOXES", shown: "all", words: []string{"patterns, comma separated"}, doc: "the mailboxes there are, `*` stands for anything: `INBOX,Work,Work/*`"},
	{name: "DENY_MAILBOXES", shown: "none", words: []string{"patterns, comma separated"}, doc: "mailboxes that nobody sees, with all below them; wins over the one above"},
	{name: "LOCKDOWN", kind: kindFlag, shown: "the server's", doc: "`MAIL_IMAP_LOCKDOWN` for this account"},
	{name: "PASS_FILE", kind: kindNotYet},
	{name: "PASS_COMMAND", kind: kindNotYet},
	{name: "PASS_KEYRING", kind: kindNotYet},
	{name: "PROVIDER", kind: kindNotYet},
	{name: "OAUTH_CLIENT_ID", kind: kindNotYet},
	{name: "OAUTH_CLIENT_SECRET", kind: kindNotYet},
	{name: "OAUTH_REFRESH_TOKEN", kind: kindNotYet},
	{name: "OAUTH_TOKEN_URL", kind: kindNotYet},
	{name: "OAUTH_TOKEN_COMMAND", kind: kindNotYet},
	{name: "OAUTH_SCOPES", kind: kindNotYet},
	{name: "OAUTH_TENANT", kind: kindNotYet},
}

var key32 = []string{"32 bytes in base64"}

// serverVariables are those of the server, in the README's order.
var serverVariables = []variable{
	{name: "LOCKDOWN", kind: kindFlag, otherwise: "false", doc: "mail of strangers and of senders that failed DMARC is described, not shown ([docs/safety.md](docs/safety.md))"},
	{name: "ANSWERS", kind: kindWord, otherwise: AnswersText, words: []string{AnswersText, AnswersJSON}, doc: "what a tool answers: `text` for models, `json` for programs"},
	{name: "TIME_ZONE", shown: "the system's", words: []string{"as `Europe/Berlin`"}, doc: "the zone that dates are shown in"},
	{name: "DOWNLOAD_DIR", shown: "none", words: []string{"directory"}, doc: "where attachments and whole messages may be saved; without it none is"},
	{name: "ATTACH_DIR", shown: "none", words: []string{"directory"}, doc: "files below it may be attached to drafts; nobody else may write to it. Without it none are"},
	{name: "CA_CERT_PATH", shown: "none", words: []string{"PEM file"}, doc: "roots trusted beside the system's"},
	{name: "CONNECT_TIMEOUT_MS", kind: kindNumber, otherwise: "30000", lo: minTimeoutMS, hi: maxTimeoutMS, doc: "TCP and TLS"},
	{name: "GREETING_TIMEOUT_MS", kind: kindNumber, otherwise: "15000", lo: minTimeoutMS, hi: maxTimeoutMS, doc: "the server's first line"},
	{name: "SOCKET_TIMEOUT_MS", kind: kindNumber, otherwise: "300000", lo: minTimeoutMS, hi: maxTimeoutMS, doc: "the longest silence of the mail server"},
	{name: "CALL_TIMEOUT_MS", kind: kindNumber, otherwise: "50000", lo: minTimeoutMS, hi: maxTimeoutMS, doc: "one call, whatever the mail server does: it then answers with what there is (most clients give up at 60 s)"},
	{name: "CURSOR_TTL_SECONDS", kind: kindNumber, otherwise: "600", lo: 1, hi: maxTTLSeconds, doc: "how long a search can be continued"},
	{name: "CURSOR_KEY", shown: "fresh", words: key32, doc: "with a key of yours (`openssl rand -base64 32`) cursors outlive a restart"},
	{name: "CURSOR_KEY_FILE", shown: "none", words: []string{"file"}, doc: "a file with that key"},
	{name: "READ_SESSION_CACHE_TTL_SECONDS", kind: kindNumber, otherwise: "120", lo: 1, hi: maxTTLSeconds, doc: "how long an idle connection is kept"},
	{name: "READ_SESSION_CACHE_MAX_PER_ACCOUNT", kind: kindNumber, otherwise: "4", lo: 0, hi: 64, doc: "idle connections kept; 0: none. Yahoo, AOL and iCloud get two at most"},
	{name: "LOG_LEVEL", kind: kindWord, otherwise: "info", words: []string{"error", "warn", "info", "debug", "off"}, doc: "logs go to stderr"},
	{name: "LOG_FORMAT", kind: kindWord, otherwise: "text", words: []string{"text", "json"}},
	{name: "WRITE_ENABLED", kind: kindFlag, otherwise: "false", doc: "`true` lists the tools that change mail"},
	{name: "ALLOW_PERMANENT_DELETE", kind: kindFlag, otherwise: "false", doc: "`true` allows to delete past the Trash"},
	{name: "TOOLSETS", kind: kindWords, shown: "all", words: Toolsets, doc: "which tools there are"},
	{name: "ALLOW_TOOLS", shown: "all", words: []string{"names, comma separated"}, doc: "single tools of these sets; no other is listed"},
	{name: "CONFIRM", kind: kindWord, otherwise: string(ConfirmAuto), words: []string{string(ConfirmAuto), string(ConfirmAlways), string(ConfirmNever)}, doc: "`auto` asks you before what cannot be undone and before moves, copies and deletes of more than 25 messages"},
	{name: "RATE_READS", otherwise: "10/s,20", words: []string{"rate"}, doc: "calls that read: how often (`/s`, `/m`, `/h`), and how many at once; or `off`"},
	{name: "RATE_WRITES", otherwise: "1/s,5", words: []string{"rate"}, doc: "calls that change mail"},
	{name: "BULK_PER_MINUTE", kind: kindNumber, otherwise: "500", lo: 1, hi: maxBulk, doc: "messages that may be moved or deleted; flags and copies do not count"},
	{name: "BULK_PER_DAY", kind: kindNumber, otherwise: "5000", lo: 1, hi: maxBulk, doc: "the same within 24 hours"},
	{name: "UNDO_WINDOW_SECONDS", kind: kindNumber, otherwise: "3600", lo: 1, hi: maxUndoSeconds, doc: "how long a change can be undone"},
	{name: "OPERATION_MAX_ENTRIES", kind: kindNumber, otherwise: "256", lo: 1, hi: maxEntries, doc: "changes that are remembered"},
	{name: "STATE_DIR", shown: "none", words: []string{"directory"}, doc: "for the journal of changes (ids only): they can be undone after a restart"},
	{name: "AUDIT_FILE", shown: "none", words: []string{"file, `stderr`, `syslog`, or several"}, doc: "where each call is written down (ids only)"},
	{name: "AUDIT_KEY", shown: "none", words: key32, doc: "nobody without it can change the audit file unnoticed"},
	{name: "AUDIT_KEY_FILE", shown: "none", words: []string{"file"}, doc: "a file with that key"},
	{name: "MCP_RS_LOG", shown: "none", words: []string{"level, or `json`"}, doc: "the Rust server's name for the two about the log"},
	{name: "CURSOR_MAX_ENTRIES", kind: kindNumber, otherwise: "512", lo: 1, hi: maxEntries, doc: "accepted for users of the Rust server and not needed"},
	{name: "STATE_URL", kind: kindNotYet},
	{name: "POLICY_FILE", kind: kindNotYet},
	{name: "HTTP_TOKENS_FILE", kind: kindNotYet},
}

// find is a variable by its name without prefix.
func find(list []variable, name string) (variable, bool) {
	for _, v := range list {
		if v.name == name {
			return v, true
		}
	}
	return variable{}, false
}

// describe is the variable of a whole name: the server's, or an account's.
func describe(name string) variable {
	if v, ok := find(serverVariables, strings.TrimPrefix(name, prefix)); ok {
		return v
	}
	_, field, _ := splitAccount(name)
	v, _ := find(accountVariables, field)
	return v
}

// Tables are the README's tables of all variables that are honoured.
func Tables() string {
	var b strings.Builder
	for _, table := range []struct {
		of, prefix string
		list       []variable
	}{{"account", prefix + "<ACCOUNT>_", accountVariables}, {"server", prefix, serverVariables}} {
		if b.Len() > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "| %s variable | value | default | |\n|---|---|---|---|\n", table.of)
		for _, v := range table.list {
			if v.kind != kindNotYet {
				fmt.Fprintf(&b, "| `%s%s` | %s | %s | %s |\n", table.prefix, v.name, v.form(), v.defaultShown(), v.doc)
			}
		}
	}
	return b.String()
}

// form says how a value is written.
func (v variable) form() string {
	switch v.kind {
	case kindFlag:
		return "`true`, `false`"
	case kindNumber:
		return fmt.Sprintf("%d to %d", v.lo, v.hi)
	case kindWord, kindWords:
		return "`" + strings.Join(v.words, "`, `") + "`"
	}
	return strings.Join(v.words, "")
}

func (v variable) defaultShown() string {
	switch {
	case v.shown != "":
		return v.shown
	case v.kind == kindNumber:
		return v.otherwise
	}
	return "`" + v.otherwise + "`"
}

package config

import (
	"crypto/x509"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// reader reads variables and notes which were known and what was wrong.
type reader struct {
	vars     map[string]string
	problems *Problems
	used     map[string]bool
}

// get returns a variable, trimmed, and whether it is set.
func (r *reader) get(name string) (string, bool) {
	r.used[name] = true
	value := strings.TrimSpace(r.vars[name])
	return value, value != ""
}

func (r *reader) bool(name string, otherwise bool) bool {
	value, ok := r.get(name)
	if !ok {
		return otherwise
	}
	switch strings.ToLower(value) {
	case "true", "1", "yes", "on":
		return true
	case "false", "0", "no", "off":
		return false
	}
	r.problems.addf("%s is %s; it must be true or false, for example %s=%t", name, show(value), name, otherwise)
	return otherwise
}

func (r *reader) number(name string, otherwise, lo, hi int) int {
	value, ok := r.get(name)
	if !ok {
		return otherwise
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < lo || n > hi {
		r.problems.addf("%s is %s; it must be a number from %d to %d, for example %s=%d", name, show(value), lo, hi, name, otherwise)
		return otherwise
	}
	return n
}

// oneOf reads one of two words in any case; the first is the default.
func (r *reader) oneOf(name, first, second string) string {
	value, ok := r.get(name)
	switch word := strings.ToLower(value); {
	case !ok, word == first:
		return first
	case word == second:
		return second
	}
	r.problems.addf("%s is %s; it must be %s or %s, for example %s=%s", name, show(value), first, second, name, second)
	return first
}

// zone reads the name of a time zone; the default is the system's.
func (r *reader) zone(name string) *time.Location {
	value, ok := r.get(name)
	if !ok {
		return time.Local
	}
	zone, err := time.LoadLocation(value)
	if err != nil {
		r.problems.addf("%s is %s; give a name of the IANA time zone database, for example %s=Europe/Berlin", name, show(value), name)
		return time.Local
	}
	return zone
}

// The defaults and bounds of the server-wide numbers. A time-out of less than
// 100 ms fails against any real server; an hour is nobody's intent.
const (
	minTimeoutMS, maxTimeoutMS = 100, 3_600_000
	maxTTLSeconds              = 30 * 24 * 3600
)

func (c *Config) readServer(r *reader) {
	ms := func(name string, otherwise int) time.Duration {
		return time.Duration(r.number(prefix+name, otherwise, minTimeoutMS, maxTimeoutMS)) * time.Millisecond
	}
	seconds := func(name string, otherwise int) time.Duration {
		return time.Duration(r.number(prefix+name, otherwise, 1, maxTTLSeconds)) * time.Second
	}
	c.WriteEnabled = r.bool(envWriteEnabled, false)
	c.ConnectTimeout = ms("CONNECT_TIMEOUT_MS", 30_000)
	c.GreetingTimeout = ms("GREETING_TIMEOUT_MS", 15_000)
	c.SocketTimeout = ms("SOCKET_TIMEOUT_MS", 300_000)
	c.CallTimeout = ms("CALL_TIMEOUT_MS", 50_000) // clients give a call up at 60 s
	c.CursorTTL = seconds("CURSOR_TTL_SECONDS", 600)
	c.SessionCacheTTL = seconds("READ_SESSION_CACHE_TTL_SECONDS", 120)
	c.SessionCacheMax = r.number(prefix+"READ_SESSION_CACHE_MAX_PER_ACCOUNT", 4, 0, 64)
	// Accepted for the Rust server's users; sealed cursors need no table.
	r.number(prefix+"CURSOR_MAX_ENTRIES", 512, 1, 1_000_000)
	c.Lockdown = r.bool(prefix+"LOCKDOWN", false)
	c.DownloadDir = r.directory(prefix+"DOWNLOAD_DIR", "/home/you/Downloads/mail")
	c.AttachDir = r.directory(prefix+"ATTACH_DIR", "/home/you/Documents/to-attach")
	c.Answers = r.oneOf(prefix+"ANSWERS", AnswersText, AnswersJSON)
	c.Location = r.zone(prefix + "TIME_ZONE")
	c.CursorKey = r.key("CURSOR_KEY", "cursor-key")
	c.readWriting(r)
	c.readRoots(r)
	c.readLog(r)
	r.refuseNotYet(prefix, serverNames)
}

// refuseNotYet makes settings that this version does not know how to honour
// errors: silently ignoring one that was meant to protect would be worse.
func (r *reader) refuseNotYet(pre string, names map[string]standing) {
	for _, n := range slices.Sorted(maps.Keys(names)) {
		if names[n] != notYet {
			continue
		}
		if _, set := r.get(pre + n); set {
			r.problems.addf("%s%s is not supported yet by this version; unset it", pre, n)
		}
	}
}

// maxKeyFile is far more than 32 bytes in base64, with line breaks.
const maxKeyFile = 4 << 10

// maxRoots bounds a file of roots; all that a system trusts take 250 kB.
const maxRoots = 4 << 20

func (c *Config) readRoots(r *reader) {
	const name = prefix + "CA_CERT_PATH"
	path, ok := r.get(name)
	if !ok {
		return
	}
	pem, _, err := readFile(path, maxRoots)
	if err != nil {
		r.problems.addf("%s: %v; give the path of a PEM file, for example %s=/etc/ssl/my-ca.pem", name, err, name)
		return
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool() // no system roots on this machine
	}
	if !roots.AppendCertsFromPEM(pem) {
		r.problems.addf("%s: %s has no certificate in PEM form (-----BEGIN CERTIFICATE-----); convert it with: openssl x509 -inform der -in %s -out ca.pem", name, path, shellQuote(path))
		return
	}
	c.CACertPath, c.RootCAs = path, roots
}

// levels are the names of log levels; trace and off are the Rust server's.
var levels = map[string]slog.Level{
	"trace": slog.LevelDebug, "debug": slog.LevelDebug, "info": slog.LevelInfo,
	"warn": slog.LevelWarn, "warning": slog.LevelWarn, "error": slog.LevelError, "off": slog.LevelError + 4,
}

// readLog heeds MAIL_IMAP_LOG_LEVEL and _FORMAT, and before them the Rust
// server's MAIL_IMAP_MCP_RS_LOG, which is a level or "json".
func (c *Config) readLog(r *reader) {
	const rust, level, format = prefix + "MCP_RS_LOG", prefix + "LOG_LEVEL", prefix + "LOG_FORMAT"
	c.LogLevel, c.LogFormat = slog.LevelInfo, "text"
	if value, ok := r.get(rust); ok {
		if strings.EqualFold(value, "json") {
			c.LogFormat = "json"
		} else if !c.setLogLevel(value) {
			r.problems.addf("%s is %s; it must be a level (error, warn, info, debug, off) or json, for example %s=info", rust, show(value), rust)
		}
	}
	if value, ok := r.get(level); ok && !c.setLogLevel(value) {
		r.problems.addf("%s is %s; it must be error, warn, info, debug or off, for example %s=info", level, show(value), level)
	}
	if value, ok := r.get(format); ok {
		switch value = strings.ToLower(value); value {
		case "text", "json":
			c.LogFormat = value
		default:
			r.problems.addf("%s is %s; it must be text or json, for example %s=json", format, show(value), format)
		}
	}
}

func (c *Config) setLogLevel(name string) bool {
	level, ok := levels[strings.ToLower(name)]
	if ok {
		c.LogLevel = level
	}
	return ok
}

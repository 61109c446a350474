package config

import (
	"crypto/x509"
	"log/slog"
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

// bool reads a flag.
func (r *reader) bool(name string) bool { return r.boolOr(name, describe(name).otherwise == "true") }

// boolOr reads a flag whose default is another setting.
func (r *reader) boolOr(name string, otherwise bool) bool {
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

// number reads a number within its bounds.
func (r *reader) number(name string) int {
	otherwise, _ := strconv.Atoi(describe(name).otherwise) // a test reads them all
	return r.numberOr(name, otherwise)
}

// numberOr reads a number whose default depends on another setting.
func (r *reader) numberOr(name string, otherwise int) int {
	value, ok := r.get(name)
	if !ok {
		return otherwise
	}
	v := describe(name)
	n, err := strconv.Atoi(value)
	if err != nil || n < v.lo || n > v.hi {
		r.problems.addf("%s is %s; it must be a number from %d to %d, for example %s=%d", name, show(value), v.lo, v.hi, name, otherwise)
		return otherwise
	}
	return n
}

// word reads one of a few words, in any case.
func (r *reader) word(name string) string {
	v := describe(name)
	value, ok := r.get(name)
	if !ok {
		return v.otherwise
	}
	if value = strings.ToLower(value); slices.Contains(v.words, value) {
		return value
	}
	last := len(v.words) - 1
	r.problems.addf("%s is %s; it must be %s or %s, for example %s=%s", name, show(r.vars[name]), strings.Join(v.words[:last], ", "), v.words[last], name, v.otherwise)
	return v.otherwise
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

func (c *Config) readServer(r *reader) {
	ms := func(name string) time.Duration { return time.Duration(r.number(prefix+name)) * time.Millisecond }
	seconds := func(name string) time.Duration { return time.Duration(r.number(prefix+name)) * time.Second }
	c.WriteEnabled = r.bool(prefix + "WRITE_ENABLED")
	c.ConnectTimeout = ms("CONNECT_TIMEOUT_MS")
	c.GreetingTimeout = ms("GREETING_TIMEOUT_MS")
	c.SocketTimeout = ms("SOCKET_TIMEOUT_MS")
	c.CallTimeout = ms("CALL_TIMEOUT_MS")
	c.CursorTTL = seconds("CURSOR_TTL_SECONDS")
	c.SessionCacheTTL = seconds("READ_SESSION_CACHE_TTL_SECONDS")
	c.SessionCacheMax = r.number(prefix + "READ_SESSION_CACHE_MAX_PER_ACCOUNT")
	// Accepted for the Rust server's users; sealed cursors need no table.
	r.number(prefix + "CURSOR_MAX_ENTRIES")
	c.Lockdown = r.bool(prefix + "LOCKDOWN")
	c.DownloadDir = r.directory(prefix+"DOWNLOAD_DIR", "/home/you/Downloads/mail")
	c.AttachDir = r.directory(prefix+"ATTACH_DIR", "/home/you/Documents/to-attach")
	c.Answers = r.word(prefix + "ANSWERS")
	c.Location = r.zone(prefix + "TIME_ZONE")
	c.CursorKey = r.key("CURSOR_KEY", "cursor-key")
	c.readWriting(r)
	c.readRoots(r)
	c.readLog(r)
	r.refuseNotYet(prefix, serverVariables)
}

// refuseNotYet makes settings that this version does not know how to honour
// errors: silently ignoring one that was meant to protect would be worse.
func (r *reader) refuseNotYet(pre string, list []variable) {
	byName := func(a, b variable) int { return strings.Compare(a.name, b.name) }
	for _, v := range slices.SortedFunc(slices.Values(list), byName) {
		if v.kind != kindNotYet {
			continue
		}
		if _, set := r.get(pre + v.name); set {
			r.problems.addf("%s%s is not supported yet by this version; unset it", pre, v.name)
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
	if _, ok := r.get(format); ok {
		c.LogFormat = r.word(format)
	}
}

func (c *Config) setLogLevel(name string) bool {
	level, ok := levels[strings.ToLower(name)]
	if ok {
		c.LogLevel = level
	}
	return ok
}

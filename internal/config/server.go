package config

import (
	"crypto/x509"
	"encoding/base64"
	"io"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"time"

	"mail-imap-mcp/internal/secret"
)

// reader reads variables and notes which were known and what was wrong.
type reader struct {
	vars     map[string]string
	problems *Problems
	used     map[string]bool
}

// get returns a variable, trimmed; an empty one counts as not set, for
// launchers pass empty strings for what their user left blank.
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
	r.problems.addf("%s is %q; it must be true or false, for example %s=%t", name, value, name, otherwise)
	return otherwise
}

func (r *reader) number(name string, otherwise, lo, hi int) int {
	value, ok := r.get(name)
	if !ok {
		return otherwise
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < lo || n > hi {
		r.problems.addf("%s is %q; it must be a number from %d to %d, for example %s=%d", name, value, lo, hi, name, otherwise)
		return otherwise
	}
	return n
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
	c.CursorTTL = seconds("CURSOR_TTL_SECONDS", 600)
	c.SessionCacheTTL = seconds("READ_SESSION_CACHE_TTL_SECONDS", 120)
	c.SessionCacheMax = r.number(prefix+"READ_SESSION_CACHE_MAX_PER_ACCOUNT", 4, 0, 64)
	// Accepted for the Rust server's users; sealed cursors need no table, and
	// this version has no operations.
	r.number(prefix+"CURSOR_MAX_ENTRIES", 512, 1, 1_000_000)
	r.number(prefix+"OPERATION_MAX_ENTRIES", 256, 1, 1_000_000)
	c.readCursorKey(r)
	c.readRoots(r)
	c.readLog(r)
	for name, s := range serverNames {
		if s == notYet {
			r.refuseNotYet(prefix + name)
		}
	}
}

// refuseNotYet makes a setting that this version does not know how to honour
// an error: silently ignoring one that was meant to protect would be worse.
func (r *reader) refuseNotYet(name string) {
	if _, set := r.get(name); set {
		r.problems.addf("%s is not supported yet by this version; unset it", name)
	}
}

func (c *Config) readCursorKey(r *reader) {
	const name = prefix + "CURSOR_KEY"
	value, ok := r.get(name)
	if !ok {
		return
	}
	for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		if key, err := enc.DecodeString(value); err == nil && len(key) == 32 {
			c.CursorKey = secret.New(string(key))
			return
		}
	}
	r.problems.addf("%s is not 32 bytes in base64; make one with: openssl rand -base64 32", name)
}

func (c *Config) readRoots(r *reader) {
	const name = prefix + "CA_CERT_PATH"
	path, ok := r.get(name)
	if !ok {
		return
	}
	f, err := os.Open(path)
	if err != nil {
		r.problems.addf("%s: %v; give the path of a PEM file, for example %s=/etc/ssl/my-ca.pem", name, err, name)
		return
	}
	defer f.Close()
	pem, err := io.ReadAll(io.LimitReader(f, 4<<20))
	if err != nil {
		r.problems.addf("%s: %v; give the path of a PEM file, for example %s=/etc/ssl/my-ca.pem", name, err, name)
		return
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool() // no system roots on this machine
	}
	if !roots.AppendCertsFromPEM(pem) {
		r.problems.addf("%s: %s has no certificate in PEM form (-----BEGIN CERTIFICATE-----)", name, path)
		return
	}
	c.CACertPath, c.RootCAs = path, roots
}

// readLog heeds MAIL_IMAP_LOG_LEVEL and _FORMAT, and the Rust server's
// MAIL_IMAP_MCP_RS_LOG, which is a level or "json".
func (c *Config) readLog(r *reader) {
	c.LogLevel, c.LogFormat = slog.LevelInfo, "text"
	level := func(name, value string) bool {
		levels := map[string]slog.Level{
			"trace": slog.LevelDebug, "debug": slog.LevelDebug, "info": slog.LevelInfo,
			"warn": slog.LevelWarn, "warning": slog.LevelWarn, "error": slog.LevelError, "off": slog.LevelError + 4,
		}
		l, ok := levels[strings.ToLower(value)]
		if ok {
			c.LogLevel = l
		}
		return ok
	}
	if value, ok := r.get(prefix + "MCP_RS_LOG"); ok {
		if strings.EqualFold(value, "json") {
			c.LogFormat = "json"
		} else if !level("", value) {
			r.problems.addf("%sMCP_RS_LOG is %q; it must be a level (error, warn, info, debug) or json", prefix, value)
		}
	}
	if value, ok := r.get(prefix + "LOG_LEVEL"); ok && !level("", value) {
		r.problems.addf("%sLOG_LEVEL is %q; it must be error, warn, info or debug", prefix, value)
	}
	if value, ok := r.get(prefix + "LOG_FORMAT"); ok {
		switch strings.ToLower(value) {
		case "text", "json":
			c.LogFormat = strings.ToLower(value)
		default:
			r.problems.addf("%sLOG_FORMAT is %q; it must be text or json", prefix, value)
		}
	}
}

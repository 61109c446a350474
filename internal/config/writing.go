package config

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"mail-imap-mcp/internal/secret"
)

// Confirm says when a person is asked before mail is changed.
type Confirm string

// The answers to when a person is asked.
const (
	ConfirmAuto   Confirm = "auto"   // before what cannot be undone, and before large changes
	ConfirmAlways Confirm = "always" // before every change
	ConfirmNever  Confirm = "never"  // the client asks, or nobody does
)

// Rate is how often something may be done; the zero value is never limited.
type Rate struct {
	PerSecond float64
	Burst     int
}

// Off reports whether there is no limit.
func (r Rate) Off() bool { return r.Burst == 0 }

// Writing is what the owner says about changing mail and about guarding it.
type Writing struct {
	Toolsets   []string // empty: all
	AllowTools []string // empty: all of the toolsets

	AllowPermanentDelete bool
	Confirm              Confirm

	RateReads, RateWrites Rate
	BulkPerMinute         int // messages that destructive writes may take
	BulkPerDay            int
	UndoWindow            time.Duration
	OperationMax          int // operations that are remembered

	AuditKey     secret.Value // 32 bytes; empty where nothing is audited
	AuditTargets []string     // files (whole paths), "stderr", "syslog"
	StateDir     string       // where the journal of operations lies; empty: in memory only
}

// maxRate bounds both numbers of a rate.
const maxRate = 10_000

func (c *Config) readWriting(r *reader) {
	w := &c.Writing
	w.Toolsets = r.words("TOOLSETS", "read,organize")
	for _, set := range w.Toolsets {
		if !slices.Contains(Toolsets, set) {
			r.problems.addf("%sTOOLSETS names %s; the sets are %s, for example %sTOOLSETS=read,organize", prefix, show(set), strings.Join(Toolsets, ", "), prefix)
		}
	}
	w.AllowTools = r.words("ALLOW_TOOLS", "imap_search_messages,imap_get_message")
	w.AllowPermanentDelete = r.bool(prefix + "ALLOW_PERMANENT_DELETE")
	w.Confirm = Confirm(r.word(prefix + "CONFIRM"))
	w.RateReads = r.rate(prefix + "RATE_READS")
	w.RateWrites = r.rate(prefix + "RATE_WRITES")
	w.BulkPerMinute = r.number(prefix + "BULK_PER_MINUTE")
	w.BulkPerDay = r.number(prefix + "BULK_PER_DAY")
	w.UndoWindow = time.Duration(r.number(prefix+"UNDO_WINDOW_SECONDS")) * time.Second
	w.OperationMax = r.number(prefix + "OPERATION_MAX_ENTRIES")
	w.AuditKey = r.key("AUDIT_KEY", "audit-key")
	w.AuditTargets = r.auditTargets(prefix + "AUDIT_FILE")
	if slices.ContainsFunc(w.AuditTargets, filepath.IsAbs) && w.AuditKey.Empty() {
		r.problems.addf("%sAUDIT_FILE needs a key, or anybody could write its lines anew; make one with: openssl rand -base64 32, and set %sAUDIT_KEY or %sAUDIT_KEY_FILE", prefix, prefix, prefix)
	}
	w.StateDir = r.directory(prefix+"STATE_DIR", "/home/you/.local/state/mail-imap-mcp")
}

// words reads a comma-separated list.
func (r *reader) words(name, example string) []string {
	value, ok := r.get(prefix + name)
	if !ok {
		return nil
	}
	var list []string
	for word := range strings.SplitSeq(value, ",") {
		if word = strings.ToLower(strings.TrimSpace(word)); word != "" && !slices.Contains(list, word) {
			list = append(list, word)
		}
	}
	if len(list) == 0 {
		r.problems.addf("%s%s is %s; give names separated by commas, for example %s%s=%s", prefix, name, show(value), prefix, name, example)
	}
	return list
}

// rate reads "10/s,20", a rate and a burst, or "off". The rate may be for a
// second, a minute or an hour.
func (r *reader) rate(name string) Rate {
	otherwise := describe(name).otherwise
	value, ok := r.get(name)
	if !ok {
		value = otherwise
	}
	rate, ok := parseRate(value)
	if !ok {
		r.problems.addf("%s is %s; give how often and how many at once, or off, for example %s=%s", name, show(value), name, otherwise)
	}
	return rate
}

func parseRate(value string) (Rate, bool) {
	if strings.EqualFold(value, "off") {
		return Rate{}, true
	}
	units := map[string]float64{"s": 1, "m": 60, "h": 3600}
	often, burst, _ := strings.Cut(value, ",")
	count, unit, _ := strings.Cut(often, "/")
	n, err := strconv.ParseFloat(strings.TrimSpace(count), 64)
	b, burstErr := strconv.Atoi(strings.TrimSpace(burst))
	per := units[strings.ToLower(strings.TrimSpace(unit))]
	if err != nil || burstErr != nil || per == 0 || !(n > 0 && n <= maxRate) || b < 1 || b > maxRate {
		return Rate{}, false
	}
	return Rate{PerSecond: n / per, Burst: b}, true
}

func (r *reader) auditTargets(name string) []string {
	value, ok := r.get(name)
	if !ok {
		return nil
	}
	var list []string
	for target := range strings.SplitSeq(value, ",") {
		target = strings.TrimSpace(target)
		if target != "stderr" && target != "syslog" && !filepath.IsAbs(target) {
			r.problems.addf("%s is %s; give the whole path of a file, stderr or syslog, or several separated by commas, for example %s=/var/log/mail-imap-mcp/audit.jsonl", name, show(value), name)
			return nil
		}
		list = append(list, target)
	}
	return list
}

// directory reads a directory that is there, named from the root, for nobody
// knows where an editor starts us.
func (r *reader) directory(name, example string) string {
	path, ok := r.get(name)
	if !ok {
		return ""
	}
	info, err := os.Stat(path)
	switch {
	case !filepath.IsAbs(path):
		r.problems.addf("%s is %s; give the whole path of a directory, for example %s=%s", name, show(path), name, example)
	case err != nil || !info.IsDir():
		r.problems.addf("%s: %s is no directory; make it with: mkdir -m 700 %s", name, show(path), shellQuote(path))
	default:
		return path
	}
	return ""
}

// keyBytes is the length of every key: AES-256, and HMAC-SHA-256's own.
const keyBytes = 32

// key reads 32 bytes in base64, from a variable or from the file that another
// names.
func (r *reader) key(field, exampleFile string) secret.Value {
	fromEnv, fromFile := prefix+field, prefix+field+"_FILE"
	name := fromEnv
	value, set := r.get(fromEnv)
	path, fileSet := r.get(fromFile)
	switch {
	case set && fileSet:
		r.problems.addf("%s and %s are both set; unset one", fromEnv, fromFile)
		return secret.Value{}
	case fileSet:
		content, _, err := readFile(path, maxKeyFile)
		if err != nil {
			r.problems.addf("%s: %v; give the path of a file with the key, for example %s=/run/secrets/%s", fromFile, err, fromFile, exampleFile)
			return secret.Value{}
		}
		name, value = fromFile, strings.TrimSpace(string(content))
	case !set:
		return secret.Value{}
	}
	for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		if key, err := enc.DecodeString(value); err == nil && len(key) == keyBytes {
			return secret.New(string(key))
		}
	}
	r.problems.addf("%s is not 32 bytes in base64; make a key with: openssl rand -base64 32", name)
	return secret.Value{}
}

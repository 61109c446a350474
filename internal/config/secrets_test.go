package config_test

import (
	"crypto/rand"
	"strings"
	"testing"

	"mail-imap-mcp/internal/config"
)

// Whoever puts a password into the wrong variable does not read it in the log.
func TestProblems_NeverRepeatASecret(t *testing.T) {
	t.Parallel()
	pw := rand.Text()
	for _, name := range []string{
		"HOST", "PORT", "TLS", "SECURE", "AUTH", "AUTHSERV_ID", "NAME", "ADDRESSES", "WRITE_ENABLED", "NEVER_EXPUNGE", "ALLOW_MAILBOXES", "DENY_MAILBOXES", "LOCKDOWN", "PROVIDER",
	} {
		_, err := load(t, "MAIL_IMAP_DEFAULT_PASS="+pw, "MAIL_IMAP_DEFAULT_"+name+"="+pw, "MAIL_IMAP_LOG_LEVEL=none of these")
		if err == nil || strings.Contains(err.Error(), pw) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, v := range strings.Fields("LOCKDOWN ANSWERS TIME_ZONE DOWNLOAD_DIR ATTACH_DIR CA_CERT_PATH CONNECT_TIMEOUT_MS CALL_TIMEOUT_MS CURSOR_TTL_SECONDS CURSOR_KEY CURSOR_KEY_FILE LOG_LEVEL LOG_FORMAT " +
		"WRITE_ENABLED TOOLSETS ALLOW_TOOLS CONFIRM RATE_READS BULK_PER_DAY UNDO_WINDOW_SECONDS STATE_DIR AUDIT_FILE AUDIT_KEY AUDIT_KEY_FILE MCP_RS_LOG STATE_URL") {
		cfg, err := config.Load(config.Source{Environ: []string{"MAIL_IMAP_DEFAULT_HOST=imap.example.org", "MAIL_IMAP_DEFAULT_USER=ann", "MAIL_IMAP_DEFAULT_PASS=" + pw, "MAIL_IMAP_" + v + "=" + pw}})
		if err != nil && strings.Contains(err.Error(), pw) || cfg != nil && strings.Contains(strings.Join(cfg.Warnings, "\n"), pw) {
			t.Errorf("%s: %v", v, err)
		}
	}
}

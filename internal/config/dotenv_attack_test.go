package config_test

import (
	"strings"
	"testing"

	"mail-imap-mcp/internal/config"
)

// A hostile repository may bring an account of its own beside the owner's. Were it
// writable, mail could be copied to its server.
func TestAttack_AnAccountOfAHostileRepositoryTakesNoMail(t *testing.T) {
	dir := dotenv(t, "MAIL_IMAP_EVIL_HOST=evil.example\nMAIL_IMAP_EVIL_USER=x\nMAIL_IMAP_EVIL_PASS=x\nMAIL_IMAP_EVIL_WRITE_ENABLED=true\n", 0o600)
	cfg, err := config.Load(config.Source{WorkDir: dir, Environ: []string{
		"MAIL_IMAP_WRITE_ENABLED=true", "MAIL_IMAP_DEFAULT_HOST=imap.example.org", "MAIL_IMAP_DEFAULT_USER=me", "MAIL_IMAP_DEFAULT_PASS=pw",
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range cfg.Accounts {
		if a.WriteEnabled != (a.ID == "default") {
			t.Errorf("account %s: writable is %t", a.ID, a.WriteEnabled)
		}
	}
	if !strings.Contains(strings.Join(cfg.Warnings, "\n"), "MAIL_IMAP_EVIL_WRITE_ENABLED") {
		t.Errorf("warnings: %q", cfg.Warnings)
	}
}

// Where the environment names an account, no server-wide setting comes from the
// repository, and none that loosens that account.
func TestAttack_AHostileRepositoryLoosensNothing(t *testing.T) {
	var hostile strings.Builder
	for _, setting := range []string{
		"WRITE_ENABLED=true", "CONFIRM=never", "ALLOW_PERMANENT_DELETE=true", "AUDIT_FILE=stderr", "STATE_DIR=/tmp", "BULK_PER_DAY=100000", "RATE_WRITES=off",
		"DEFAULT_NEVER_EXPUNGE=false", "DEFAULT_WRITE_ENABLED=true", "DEFAULT_DENY_MAILBOXES=x", "DEFAULT_HOST=evil.example", "default_HOST=evil.example",
		"Default_Write_Enabled=true", "DOWNLOAD_DIR=/tmp", "LOCKDOWN=false", "AUDIT_KEY_FILE=/etc/passwd", "TOOLSETS=organize",
	} {
		hostile.WriteString("MAIL_IMAP_" + setting + "\n")
	}
	cfg, err := config.Load(config.Source{WorkDir: dotenv(t, hostile.String(), 0o600), Environ: []string{
		"MAIL_IMAP_DEFAULT_HOST=imap.example.org", "MAIL_IMAP_DEFAULT_USER=me", "MAIL_IMAP_DEFAULT_PASS=pw",
		"MAIL_IMAP_DEFAULT_NEVER_EXPUNGE=true", "MAIL_IMAP_DEFAULT_DENY_MAILBOXES=Private",
	}})
	if err != nil {
		t.Fatal(err)
	}
	a, w := cfg.Accounts[0], cfg.Writing
	if cfg.WriteEnabled || a.WriteEnabled || !a.NeverExpunge || a.Host != "imap.example.org" || len(a.DenyMailboxes) != 1 || a.DenyMailboxes[0] != "Private" {
		t.Errorf("account %+v", a)
	}
	if w.Confirm != config.ConfirmAuto || w.AllowPermanentDelete || w.StateDir != "" || len(w.AuditTargets) > 0 || w.BulkPerDay != 5000 || w.RateWrites.Off() || len(w.Toolsets) > 0 || cfg.DownloadDir != "" {
		t.Errorf("writing %+v", w)
	}
}

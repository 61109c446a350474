//go:build unix

package config_test

import (
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"mail-imap-mcp/internal/config"
)

func TestDotenv_ThatIsAFIFODoesNotHangTheStart(t *testing.T) {
	dir := t.TempDir()
	fifo := filepath.Join(dir, ".env")
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Skipf("no FIFO here: %v", err)
	}
	if _, err := config.Load(config.Source{Environ: minimal, WorkDir: dir}); err != nil {
		t.Error(err)
	}
	_, err := config.Load(config.Source{Environ: minimal, EnvFile: fifo})
	assertProblem(t, err, "not a regular file")
	_, err = load(t, "MAIL_IMAP_CA_CERT_PATH="+fifo)
	assertProblem(t, err, "not a regular file")
}

package operation_test

import (
	"os"
	"runtime"
	"testing"

	"mail-imap-mcp/internal/operation"
)

// Somebody who made the directory first could put a journal into it, by which an
// undo would move mail where they want it.
func TestAttack_AStateDirOfSomebodyElseIsRefused(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" || os.Geteuid() != 0 {
		t.Skip("only root can give a directory away")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(dir, 12345, 12345); err != nil {
		t.Skip(err)
	}
	if _, err := operation.New(operation.Options{StateDir: dir}); err == nil {
		t.Error("a state directory of somebody else is used")
	}
}

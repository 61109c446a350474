package tools_test

import (
	"flag"
	"testing"

	"go.uber.org/goleak"

	"mail-imap-mcp/internal/extract"
)

var update = flag.Bool("update", false, "write the snapshots and docs/tools.md anew")

func TestMain(m *testing.M) {
	extract.RunIfChild()
	goleak.VerifyTestMain(m)
}

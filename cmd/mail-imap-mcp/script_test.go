package main

import (
	"os"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"mail-imap-mcp/internal/extract"
	"mail-imap-mcp/internal/mailtest"
)

func TestMain(m *testing.M) {
	extract.RunIfChild()
	testscript.Main(m, map[string]func(){
		"mail-imap-mcp": func() { os.Exit(run()) },
	})
}

// TestScript runs the real command line: testdata/script.
func TestScript(t *testing.T) {
	srv := mailtest.NewMemory(t)
	account := srv.Account("default")
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			// A script configures an account with these; none is configured at first.
			env.Setenv("PORT", strconv.Itoa(account.Port))
			env.Setenv("USERNAME", account.User)
			env.Setenv("PASSWORD", account.Password.Reveal())
			env.Setenv("CA", srv.CAPath())
			return nil
		},
	})
}

package clients_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"mail-imap-mcp/internal/mailtest"
)

// maxResult is the longest result of the calls here, in bytes.
const maxResult = 4 << 20

// sdk is a running client of an SDK: a line in is a call, a line out its result.
type sdk struct {
	in     io.Writer
	out    *bufio.Scanner
	errs   *bytes.Buffer
	secret string
}

func newPython(t *testing.T, s *server) client {
	return newSDK(t, s, os.Getenv("MAIL_IMAP_PYTHON"), "sdk/client.py")
}

func newTypeScript(t *testing.T, s *server) client { return newSDK(t, s, "node", "sdk/client.mjs") }

func newSDK(t *testing.T, s *server, interpreter, program string) client {
	t.Helper()
	if _, err := exec.LookPath(interpreter); err != nil {
		mailtest.RequireOrSkip(t, "no "+interpreter)
	}
	cmd := exec.CommandContext(t.Context(), interpreter, program, s.binary)
	cmd.Env = os.Environ()
	for name, value := range s.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c := &sdk{in, bufio.NewScanner(out), &bytes.Buffer{}, s.secret}
	c.out.Buffer(nil, maxResult)
	cmd.Stderr, cmd.WaitDelay = c.errs, 5*time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
		if strings.Contains(c.errs.String(), s.secret) {
			t.Error("the password is in the log")
		}
	})
	return c
}

func (c *sdk) tools(t *testing.T) []map[string]any {
	return objects(t, c.ask(t, map[string]any{"tool": nil}), "tools")
}

func (c *sdk) call(t *testing.T, tool string, arguments map[string]any) map[string]any {
	return c.ask(t, map[string]any{"tool": tool, "arguments": arguments})
}

func (c *sdk) ask(t *testing.T, call map[string]any) map[string]any {
	t.Helper()
	line, err := json.Marshal(call)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.in.Write(append(line, '\n')); err != nil {
		t.Fatalf("%s: %v\n%s", line, err, c.errs)
	}
	if !c.out.Scan() {
		t.Fatalf("%s: no result: %v\n%s", line, c.out.Err(), c.errs)
	}
	if bytes.Contains(c.out.Bytes(), []byte(c.secret)) {
		t.Error("the password is in a result")
	}
	var result map[string]any
	if err := json.Unmarshal(c.out.Bytes(), &result); err != nil {
		t.Fatalf("the result is no JSON: %v\n%s", err, c.out.Bytes())
	}
	return result
}

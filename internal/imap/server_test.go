package imap

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

// server is the far end of a connection in memory: what it says is fixed, and
// what it is told is kept.
type server struct {
	io.Reader
	told bytes.Buffer
}

// Write implements io.Writer.
func (s *server) Write(p []byte) (int, error) { return s.told.Write(p) }

// dial makes a client, greeted already, of a server that says these bytes. %t in
// them is what the client's tags begin with: %t1 is the first one.
func dial(says string, caps ...Cap) (*Client, *server) {
	return dialLimits(says, DefaultLimits(), caps...)
}

func dialLimits(says string, limits Limits, caps ...Cap) (*Client, *server) {
	s := &server{}
	c := NewClient(s, limits, nil)
	c.greeting = &status{kind: StatusResponseTypeOK}
	for _, name := range caps {
		c.caps[name] = struct{}{}
	}
	s.Reader = strings.NewReader(strings.ReplaceAll(says, "%t", c.r.tags))
	return c, s
}

// commands are what the client sent, with T for what its tags begin with.
func (s *server) commands(c *Client) string {
	return strings.ReplaceAll(s.told.String(), c.r.tags, "T")
}

// understood fails where something was not.
func understood(t testing.TB, c *Client) {
	t.Helper()
	if list := c.Problems(); len(list) > 0 {
		t.Errorf("problems: %q", list)
	}
}

// must returns the answer to a command that the server did not refuse.
func must[T any](t testing.TB) func(T, error) T {
	return func(answer T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
}

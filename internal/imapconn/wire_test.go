package imapconn

import (
	"bufio"
	"errors"
	"net"
	"strings"
	"testing"
	"time"
)

func TestAwaitsContinuation(t *testing.T) {
	for s, want := range map[string]bool{
		"T1 SEARCH TEXT {5}\r\n": true, "{5}\r\n": true,
		"T1 SEARCH TEXT {5+}\r\n": false, "T1 NOOP\r\n": false, "{}\r\n": false, "}\r\n": false, "x5}\r\n": false, "": false,
	} {
		if got := awaitsContinuation([]byte(s)); got != want {
			t.Errorf("%q: %t", s, got)
		}
	}
}

func TestCommandsIn_CountsAcrossWrites(t *testing.T) {
	total, start := 0, true
	for _, s := range []string{"T1 NOOP\r\nT2 LOG", "IN {3+}\r\nabc\r\n", "T\r\n", "Thanks for\r\n", "S3 X\r\n"} {
		var n int
		n, start = commandsIn([]byte(s), start)
		total += n
	}
	if total != 3 {
		t.Errorf("%d commands", total)
	}
}

func TestWire_TheLibraryCannotLengthenTheOperation(t *testing.T) {
	client, server := net.Pipe()
	defer server.Close()
	var m meter
	w := newWire(client, &m, time.Now)
	defer w.Close()
	w.begin(time.Now().Add(50*time.Millisecond), time.Time{})
	_ = w.SetReadDeadline(time.Time{})
	_ = w.SetReadDeadline(time.Now().Add(time.Hour))
	if _, err := w.in.ReadByte(); !isTimeout(err) {
		t.Errorf("got %v", err)
	}
}

func TestWire_ProbeIsOverWithTheFirstByte(t *testing.T) {
	client, server := net.Pipe()
	defer server.Close()
	var m meter
	w := newWire(client, &m, time.Now)
	defer w.Close()
	w.begin(time.Now().Add(time.Minute), time.Now().Add(2*time.Second))
	go func() {
		_, _ = server.Write([]byte("a"))
		time.Sleep(2200 * time.Millisecond)
		_, _ = server.Write([]byte("b"))
	}()
	for range 2 {
		if _, err := w.in.ReadByte(); err != nil {
			t.Fatal(err)
		}
	}
	w.begin(time.Now().Add(time.Minute), time.Now().Add(20*time.Millisecond))
	if _, err := w.in.ReadByte(); !errors.Is(err, errProbe) {
		t.Errorf("got %v", err)
	}
}

func TestServerText_IsOneBoundedLine(t *testing.T) {
	got := serverText("a\r\nb\x00\u202e\u200bc " + strings.Repeat("x", 1000))
	if strings.ContainsAny(got, "\r\n\x00\u202e\u200b") || len([]rune(got)) > maxServerText+1 || !strings.HasPrefix(got, "a b c") {
		t.Errorf("got %q", got)
	}
}

// FuzzDialogue: whatever a server says before sign-in, the reader ends with a
// reply or an error, and keeps only what is fit to show.
func FuzzDialogue(f *testing.F) {
	for _, s := range []string{
		"S1 OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] x\r\n", "* BYE x\r\n", "* CAPABILITY a b\r\nS1 NO [X y] z\r\n",
		"+ \r\n+ \r\nS1 BAD\r\n", "S1 OK [", "* OK []\r\nS1\r\n", strings.Repeat("* 1 EXISTS\r\n", 200),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		client, server := net.Pipe()
		defer server.Close()
		defer client.Close()
		go func() { _, _ = server.Read(make([]byte, 1<<16)); _, _ = server.Read(make([]byte, 1<<16)) }()
		var m meter
		w := newWire(client, &m, time.Now)
		w.in = bufio.NewReaderSize(strings.NewReader(s), readAhead)
		_ = client.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
		r, err := (&dialogue{w: w}).command("X\r\n")
		if err == nil && r.status != "OK" && r.status != "NO" && r.status != "BAD" {
			t.Errorf("status %q", r.status)
		}
		for c := range r.caps {
			if !isAtom(string(c)) {
				t.Errorf("capability %q", c)
			}
		}
	})
}

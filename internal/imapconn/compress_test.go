package imapconn

import (
	"bufio"
	"compress/flate"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
)

// packing is a fake that compresses: with what is behind the OK to COMPRESS, what
// it says to each command then, and how it ends a piece.
func packing(t *testing.T, ahead string, end func(w *flate.Writer) error, say func(w io.Writer, tag, line string)) *fake {
	t.Helper()
	f := newFake(t)
	f.caps += " COMPRESS=DEFLATE"
	f.serve = func(s *session) {
		s.say("%s", f.greeting)
		for {
			line, ok := s.line()
			if !ok {
				return
			}
			tag, rest, _ := strings.Cut(line, " ")
			switch {
			case strings.HasPrefix(rest, "AUTHENTICATE"), strings.HasPrefix(rest, "LOGIN"):
				s.say("%s OK [CAPABILITY %s] in\r\n", tag, f.caps)
			case strings.HasPrefix(rest, "COMPRESS"):
				var b strings.Builder
				w, _ := flate.NewWriter(&b, flate.BestSpeed)
				fmt.Fprint(w, ahead)
				_ = end(w)
				s.say("%s OK on\r\n%s", tag, b.String())
				in := bufio.NewReader(flate.NewReader(s.in))
				out, _ := flate.NewWriter(s.conn, flate.BestSpeed)
				for {
					line, err := in.ReadString('\n')
					if err != nil {
						return
					}
					tag, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
					say(out, tag, rest)
					if end(out) != nil {
						return
					}
				}
			default:
				s.say("%s OK done\r\n", tag)
			}
		}
	}
	return f.start()
}

// compressed asks for compression and then does a NOOP.
func compressed(_ context.Context, c *Conn) error {
	if err := c.Compress(); err != nil {
		return err
	}
	return c.Client().Noop().Wait()
}

func plainOK(w io.Writer, tag, _ string) { fmt.Fprintf(w, "%s OK done\r\n", tag) }

func TestCompress_WhatComesWithItsAnswerBelongsToTheStream(t *testing.T) {
	f := packing(t, "* OK [ALERT] hello\r\n", (*flate.Writer).Flush, plainOK)
	p := f.pool()
	err := p.Do(t.Context(), "", func(ctx context.Context, c *Conn) error {
		if err := compressed(ctx, c); err != nil {
			return err
		}
		if got := c.Client().Alerts(); len(got) != 1 || got[0] != "hello" {
			t.Errorf("alerts are %q", got)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Do(t.Context(), "", compressed); err != nil || f.connections() != 1 {
		t.Errorf("again: %v, over %d connections", err, f.connections())
	}
}

// A gigabyte of zeros takes a megabyte on the wire.
func TestCompress_ABombEndsWithinTheLimitsOfAnOperation(t *testing.T) {
	zeros := make([]byte, 1<<20)
	for name, before := range map[string]string{
		"a line":    "* OK ",
		"a literal": "* 1 FETCH (UID 1 BODY[] {1073741824}\r\n",
		"rows":      "",
	} {
		t.Run(name, func(t *testing.T) {
			if name == "rows" && testing.Short() {
				t.Skip("as many rows as an operation may bring are seconds of work for the race detector")
			}
			f := packing(t, "", (*flate.Writer).Flush, func(w io.Writer, tag, _ string) {
				fmt.Fprint(w, before)
				chunk := zeros
				if name == "rows" {
					chunk = []byte(strings.Repeat("* 1 FETCH (UID 1)\r\n", 50_000))
				}
				for n := 0; n < 1<<30; n += len(chunk) {
					if _, err := w.Write(chunk); err != nil {
						return
					}
				}
				plainOK(w, tag, "")
			})
			p := f.pool()
			fault := asFault(t, p.Do(t.Context(), "", compressed))
			if fault.Code != contract.Internal && fault.Code != contract.Unavailable || !strings.Contains(fault.Message, "more than") {
				t.Errorf("%s: %s", fault.Code, fault.Message)
			}
			if in := p.Stats().BytesIn; in > 2<<20 {
				t.Errorf("%d bytes were read from the wire", in)
			}
		})
	}
}

func TestCompress_AStreamThatCannotBeReadIsNotAskedForAgain(t *testing.T) {
	for name, tt := range map[string]struct {
		end func(w *flate.Writer) error
		say func(w io.Writer, tag, line string)
	}{
		"never flushed": {func(*flate.Writer) error { return nil }, plainOK},
		"no stream":     {nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			if tt.end != nil {
				f = packing(t, "", tt.end, tt.say)
			} else { // answers OK and goes on in the clear
				f.caps += " COMPRESS=DEFLATE"
				f.handle = func(s *session, _, cmd string) bool {
					if strings.HasSuffix(cmd, "DEFLATE") {
						return false
					}
					if n := len(f.lines()); n > 1 && strings.HasSuffix(f.lines()[n-2], "DEFLATE") {
						s.say("* OK still here\r\n")
						return true
					}
					return false
				}
				f.start()
			}
			p := f.pool(func(_ *config.Account, o *Options) { o.SocketTimeout = 300 * time.Millisecond })
			if err := p.Do(t.Context(), "", compressed); err == nil {
				t.Fatal("it is understood")
			}
			if err := p.Do(t.Context(), "", compressed); err != nil || !p.Knows(NoCompress) {
				t.Errorf("without it: %v", err)
			}
		})
	}
}

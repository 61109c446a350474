//go:build unix

package bench_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/tools"
)

// plainLetter is a small mail as people write it.
func plainLetter() []byte {
	return []byte("Return-Path: <ada@example.org>\r\nReceived: from mail.example.org (mail.example.org [192.0.2.1])\r\n\tby mx.example.net with ESMTPS id 1; Mon, 02 Nov 2026 10:00:01 +0100\r\n" +
		"Authentication-Results: mx.example.net; dkim=pass header.d=example.org; spf=pass smtp.mailfrom=example.org; dmarc=pass header.from=example.org\r\n" +
		"From: Ada Kern <ada@example.org>\r\nTo: Bob <bob@example.net>\r\nSubject: The lamps of the harbour\r\nDate: Mon, 02 Nov 2026 10:00:00 +0100\r\n" +
		"Message-ID: <1.lamps@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" +
		strings.Repeat("Dear Bob, the lamps came on Tuesday: two are of brass (see https://shop.example/item/7), the others of glass.\r\n", 12) +
		"\r\nBest wishes,\r\nAda\r\n\r\nOn Sun, 1 Nov 2026 at 09:12, Bob <bob@example.net> wrote:\r\n> When do the lamps come?\r\n> Bob\r\n")
}

// BenchmarkWarmRead is what the processor does for a small mail that is read on a
// warm connection, by the whole process, the mail server in it included:
//
//   - raw: the same commands over the same kind of connection, answers dropped;
//   - service: mailbox.Service.Get;
//   - tool: imap_get_message from line to line; ping is what MCP alone takes.
//
// Wall time is beside the point: over-raw is the cost of this program, to be below
// 0.7 ms.
func BenchmarkWarmRead(b *testing.B) {
	srv := mailtest.NewMemoryWith(b, mailtest.MemoryOptions{Dir: b.TempDir()})
	uids := srv.Append(b, "INBOX", mailtest.Message{Raw: plainLetter()})
	id := contract.MessageID{Account: "default", Mailbox: "INBOX", UIDValidity: srv.UIDValidity(b, "INBOX"), UID: uids[0]}
	read := func(b *testing.B, r *rig) {
		b.Helper()
		m, err := r.rooms.Mail.Get(b.Context(), mailbox.GetQuery{ID: id, BodyMax: 2000, Mode: mailbox.ModeText, Attachments: true})
		if err != nil || m.BodyText == nil || !strings.Contains(*m.BodyText, "lamps") {
			b.Fatalf("get: %+v, %v", m, err)
		}
	}

	// What is sent for it, in flights.
	recorder := mailtest.Record(b, srv)
	recorded := connect(b, recorder)
	read(b, recorded)
	recorder.Reset()
	read(b, recorded)
	flights := flightsOf(recorder.ClientBytes())
	if len(flights) != recorder.Flights() {
		b.Fatalf("%q in %d flights", flights, recorder.Flights())
	}

	var raw float64
	b.Run("raw", func(b *testing.B) {
		replay := rawClient(b, srv)
		raw = cpu(b, func() { replay(flights) })
	})
	r := connect(b, srv)
	b.Run("service", func(b *testing.B) {
		b.ReportAllocs()
		b.ReportMetric(cpu(b, func() { read(b, r) })-raw, "over-raw-µs/op")
	})
	ask := mcpServer(b, r)
	b.Run("ping", func(b *testing.B) {
		cpu(b, func() { ask("ping", "{}") })
	})
	b.Run("tool", func(b *testing.B) {
		b.ReportAllocs()
		params := fmt.Sprintf(`{"name":"imap_get_message","arguments":{"message_id":%q}}`, id)
		b.ReportMetric(cpu(b, func() {
			if answer := ask("tools/call", params); !bytes.Contains(answer, []byte("lamps of the harbour")) {
				b.Fatalf("%s", answer)
			}
		})-raw, "over-raw-µs/op")
	})
}

// cpu runs a job as often as the benchmark asks and returns what it takes of a
// processor, in microseconds. It warms up first.
func cpu(b *testing.B, job func()) float64 {
	b.Helper()
	const warm = 20
	for range warm {
		job()
	}
	before := processorTime(b)
	for b.Loop() {
		job()
	}
	each := float64((processorTime(b) - before).Microseconds()) / float64(b.N)
	b.ReportMetric(each, "cpu-µs/op")
	return each
}

// processorTime is what this process has used.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// flightsOf cuts commands into what is sent at once: up to each FETCH.
func flightsOf(commands []byte) (flights [][]byte) {
	var now []byte
	for line := range bytes.Lines(commands) {
		now = append(now, line...)
		if bytes.Contains(line, []byte(" FETCH ")) {
			flights, now = append(flights, now), nil
		}
	}
	if len(now) > 0 {
		flights = append(flights, now)
	}
	return flights
}

// rawClient signs in, opens INBOX and returns what sends flights and reads their
// answers line by line, literals skipped: the least that a client can do.
func rawClient(b *testing.B, srv mailtest.Server) (replay func(flights [][]byte)) {
	b.Helper()
	a := srv.Account("default")
	dialer := &tls.Dialer{Config: &tls.Config{RootCAs: srv.RootCAs(), ServerName: a.Host, MinVersion: tls.VersionTLS12}}
	conn, err := dialer.DialContext(b.Context(), "tcp", net.JoinHostPort(a.Host, strconv.Itoa(a.Port)))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close() })
	in := bufio.NewReaderSize(conn, 64<<10)
	replay = func(flights [][]byte) {
		for _, f := range flights {
			if _, err := conn.Write(f); err != nil {
				b.Fatal(err)
			}
			for range bytes.Count(f, []byte("\n")) {
				if err := skipAnswer(in); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
	if _, err := in.ReadSlice('\n'); err != nil { // the greeting
		b.Fatal(err)
	}
	replay([][]byte{fmt.Appendf(nil, "a LOGIN %q %q\r\n", a.User, a.Password.Reveal()), []byte("b EXAMINE INBOX\r\n")})
	return replay
}

// skipAnswer reads up to the end of a tagged line.
func skipAnswer(in *bufio.Reader) error {
	for first := true; ; {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		done := first && line[0] != '*' && line[0] != '+'
		first = true
		if open := bytes.LastIndexByte(line, '{'); open >= 0 && bytes.HasSuffix(line, []byte("}\r\n")) {
			n, err := strconv.Atoi(string(line[open+1 : len(line)-3]))
			if err != nil {
				return err
			}
			if _, err := in.Discard(n); err != nil {
				return err
			}
			first = false // what follows belongs to the same response
		}
		if done {
			return nil
		}
	}
}

// mcpServer serves r over pipes and returns what sends one request and reads the
// line that answers it: what a client makes of it is none of this program's cost.
func mcpServer(b *testing.B, r *rig) (ask func(method, params string) []byte) {
	b.Helper()
	requests, in := io.Pipe()
	out, answers := io.Pipe()
	server, err := tools.NewServer(tools.Options{Rooms: r.rooms, Version: "bench", Logger: slog.New(slog.DiscardHandler)}).
		Connect(b.Context(), &mcp.IOTransport{Reader: requests, Writer: answers}, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = in.Close(); _ = out.Close(); _ = server.Wait() })
	lines := bufio.NewReaderSize(out, 256<<10)
	id := 0
	ask = func(method, params string) []byte {
		id++
		if _, err := fmt.Fprintf(in, `{"jsonrpc":"2.0","id":%d,"method":%q,"params":%s}`+"\n", id, method, params); err != nil {
			b.Fatal(err)
		}
		line, err := lines.ReadSlice('\n')
		if err != nil || !bytes.Contains(line, []byte(`"result"`)) {
			b.Fatalf("%s: %v", line, err)
		}
		return line
	}
	ask("initialize", `{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}`)
	if _, err := io.WriteString(in, `{"jsonrpc":"2.0","method":"notifications/initialized"}`+"\n"); err != nil {
		b.Fatal(err)
	}
	return ask
}

package mailtest

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"mail-imap-mcp/internal/config"
)

// raw speaks to a server line by line.
type rawClient struct {
	t *testing.T
	net.Conn
}

func dialRaw(t *testing.T, s Server) rawClient {
	t.Helper()
	acc := s.Account("default")
	conn, err := tls.Dial("tcp", net.JoinHostPort(acc.Host, strconv.Itoa(acc.Port)), &tls.Config{RootCAs: s.RootCAs(), ServerName: acc.Host})
	if err != nil {
		t.Fatalf("dial: %v", err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	return rawClient{t, conn}
}

// say sends a line and reads until what is wanted has come, or the end.
func (c rawClient) say(line, until string) string {
	c.t.Helper()
	if line != "" {
		if _, err := io.WriteString(c, line+"\r\n"); err != nil {
			c.t.Fatalf("write: %v", err)
		}
	}
	var got strings.Builder
	buf := make([]byte, 4096)
	for !strings.Contains(got.String(), until) {
		n, err := c.Read(buf)
		got.Write(buf[:n])
		if err != nil {
			return got.String() + " [" + err.Error() + "]"
		}
		if got.Len() > 1<<20 {
			return got.String()
		}
	}
	return got.String()
}

func (c rawClient) open(acc config.Account) {
	c.t.Helper()
	c.say("", "\n")
	c.say("l LOGIN "+acc.User+" "+acc.Password.Reveal(), "l OK")
	c.say("e EXAMINE INBOX", "e OK")
}

func TestFaulty_MisbehavesAtItsCommandAndIsWellOtherwise(t *testing.T) {
	t.Parallel()
	m := NewMemory(t)
	m.Append(t, "INBOX", Message{Raw: sampleMail("one")}, Message{Raw: sampleMail("two")})
	const fetch = "f UID FETCH 1:* (BODYSTRUCTURE BODY.PEEK[])"
	cases := []struct {
		fault      Fault
		line, want string
	}{
		{FaultBye("UID FETCH", "shutting down"), fetch, "* BYE shutting down"},
		{FaultCutLiteral("UID FETCH"), fetch, "[EOF]"},
		{FaultHugeLiteral("UID FETCH", 4<<30), fetch, "BODY[] {4294967296}\r\naaaa"},
		{FaultDeepStructure(100_000), fetch, "BODYSTRUCTURE ((((("},
		{FaultBadStructure(2), fetch, `BODYSTRUCTURE ("text" NIL ("charset") 7 ("x" "y")) BODY[]`},
		{FaultHugeESearch(400_000_000), "f UID SEARCH RETURN (ALL) ALL", "ALL 1:400000000\r\nf OK"},
		{FaultEndlessRows("UID FETCH", "* %d FETCH (UID %d)"), fetch, "* 2000 FETCH (UID 2000)"},
		{FaultLongLine("UID FETCH", 10<<20), fetch, strings.Repeat("x", 100_000)},
		{FaultBadCharset(), "f UID SEARCH CHARSET UTF-8 TEXT {2+}\r\n\xc3\xa4", "f NO [BADCHARSET (US-ASCII)]"},
		{FaultNO("UID FETCH", "[UNAVAILABLE] later"), fetch, "f NO [UNAVAILABLE] later"},
		{FaultClose("UID FETCH"), fetch, "[EOF]"},
		{FaultDrip("UID FETCH", time.Millisecond), "f UID FETCH 1 (FLAGS)", "f OK"},
		{Without("ESEARCH", "LIST-STATUS"), "f CAPABILITY", "LIST-EXTENDED MOVE"},
	}
	for _, c := range cases {
		t.Run(c.fault.Name, func(t *testing.T) {
			f := NewFaulty(t, m, c.fault)
			client := dialRaw(t, f)
			client.open(f.Account("default"))
			if got := client.say(c.line, c.want); !strings.Contains(got, c.want) {
				t.Errorf("got %.300q, want %.100q", got, c.want)
			}
			if f.SignIns() != 1 || f.Connections() != 1 {
				t.Errorf("%d sign-ins on %d connections", f.SignIns(), f.Connections())
			}
		})
	}
}

func TestFaulty_AFaultMayHappenOnce(t *testing.T) {
	t.Parallel()
	m := NewMemory(t)
	f := NewFaulty(t, m, FaultAuth().Times(1))
	c := dialRaw(t, f)
	acc := f.Account("default")
	c.say("", "\n")
	if got := c.say("a LOGIN x y", "a "); !strings.Contains(got, "a NO [AUTHENTICATIONFAILED]") {
		t.Errorf("first: %q", got)
	}
	if got := c.say("b LOGIN "+acc.User+" "+acc.Password.Reveal(), "b "); !strings.Contains(got, "b OK") {
		t.Errorf("second: %q", got)
	}
	if got := f.Commands(); len(got) != 2 || strings.Contains(strings.Join(got, " "), acc.Password.Reveal()) {
		t.Errorf("commands: %q", got)
	}
}

func TestFaulty_CertificatesAndPortsFailAsNamed(t *testing.T) {
	t.Parallel()
	m := NewMemory(t)
	for _, fault := range []Fault{FaultWrongHost(), FaultExpired(), FaultUnknownCA(), FaultRefused()} {
		t.Run(fault.Name, func(t *testing.T) {
			f := NewFaulty(t, m, fault)
			acc := f.Account("default")
			conn, err := tls.Dial("tcp", net.JoinHostPort(acc.Host, strconv.Itoa(acc.Port)), &tls.Config{RootCAs: f.RootCAs(), ServerName: acc.Host})
			if err == nil {
				_ = conn.Close()
				t.Fatal("the connection was made")
			}
			var verify *tls.CertificateVerificationError
			if errors.As(err, &verify) == (fault.Name == "connection refused") {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func TestFaulty_StartTLSPort(t *testing.T) {
	t.Parallel()
	m := NewMemory(t)
	for _, c := range []struct {
		fault Fault
		line  string
		want  string
	}{
		{Fault{Name: "well"}, "a STARTTLS", "a OK done\r\n"},
		{FaultNoStartTLS(), "a STARTTLS", "a BAD"},
		{FaultPreauth(), "a NOOP", "* PREAUTH"},
		{FaultInjected("* BYE injected\r\n"), "a STARTTLS", "a OK done\r\n* BYE injected\r\n"},
	} {
		t.Run(c.fault.Name, func(t *testing.T) {
			acc := NewFaulty(t, m, c.fault).StartTLSAccount("default")
			conn, err := net.Dial("tcp", net.JoinHostPort(acc.Host, strconv.Itoa(acc.Port)))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
			if got := (rawClient{t, conn}).say(c.line, c.want); !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestStartTLS_WorksThroughEveryServer(t *testing.T) {
	t.Parallel()
	servers := map[string]func(t *testing.T) Server{
		"memory":    func(t *testing.T) Server { return NewMemory(t) },
		"dovecot":   func(t *testing.T) Server { return NewDovecot(t) },
		"recorder":  func(t *testing.T) Server { return Record(t, NewMemory(t)) },
		"faulty":    func(t *testing.T) Server { return NewFaulty(t, NewMemory(t)) },
		"synthetic": func(t *testing.T) Server { return NewSynthetic(t, SyntheticOptions{}) },
	}
	for name, start := range servers {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			acc := s.StartTLSAccount("default")
			c, err := imapclient.DialStartTLS(net.JoinHostPort(acc.Host, strconv.Itoa(acc.Port)),
				&imapclient.Options{TLSConfig: &tls.Config{RootCAs: s.RootCAs(), ServerName: acc.Host}})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if err := c.Login(acc.User, acc.Password.Reveal()).Wait(); err != nil {
				t.Fatal(err)
			}
			if _, err := c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
				t.Fatal(err)
			}
			if err := c.Logout().Wait(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

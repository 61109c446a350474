package imapconn

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/secret"
)

// startTLSScript serves the plain part of STARTTLS: greeting, capabilities, and
// answer to STARTTLS; upgrade continues in TLS.
func startTLSScript(greeting, caps, answer string, upgrade bool) func(*session) {
	return func(s *session) {
		s.say("%s", greeting)
		for {
			l, ok := s.line()
			if !ok {
				return
			}
			tag, cmd, _ := strings.Cut(l, " ")
			switch cmd {
			case "CAPABILITY":
				s.say("* CAPABILITY %s\r\n%s OK x\r\n", caps, tag)
			case "STARTTLS":
				s.say("%s", strings.ReplaceAll(answer, "TAG", tag))
				if !upgrade {
					continue
				}
				s.conn = tls.Server(s.conn, &tls.Config{Certificates: []tls.Certificate{s.cert}})
				s.in = bufio.NewReader(s.conn)
				s.commands()
				return
			}
		}
	}
}

func TestStartTLS_SignsInOnlyInsideTLS(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.plain = true
	f.serve = startTLSScript("* OK hi\r\n", "IMAP4rev1 STARTTLS LOGINDISABLED", "TAG OK go\r\n", true)
	p := f.start().pool()
	if err := p.Do(t.Context(), "INBOX", noop); err != nil {
		t.Fatal(err, f.lines())
	}
	if v, err := p.Verify(t.Context()); err != nil || v.Fault != nil || v.TLSVersion != "TLS 1.3" {
		t.Errorf("%+v %v", v, err)
	}
}

func TestStartTLS_IsRequired(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		greeting, caps, answer string
		words                  string
	}{
		"stripped":            {"* OK hi\r\n", "IMAP4rev1 AUTH=PLAIN", "", "does not offer it"},
		"stripped, greeting":  {"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi\r\n", "", "", "does not offer it"},
		"refused":             {"* OK hi\r\n", "STARTTLS", "TAG NO not today\r\n", "not today"},
		"not understood":      {"* OK hi\r\n", "STARTTLS", "TAG BAD what\r\n", "refused it"},
		"injected after OK":   {"* OK hi\r\n", "STARTTLS", "TAG OK go\r\n* OK [CAPABILITY AUTH=PLAIN] evil\r\n", "tampering"},
		"PREAUTH":             {"* PREAUTH hi\r\n", "STARTTLS", "TAG OK\r\n", "PREAUTH"},
		"PREAUTH with a code": {"* PREAUTH [CAPABILITY STARTTLS] hi\r\n", "STARTTLS", "TAG OK\r\n", "PREAUTH"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.plain = true
			f.serve = startTLSScript(tt.greeting, tt.caps, tt.answer, false)
			fault := asFault(t, f.start().pool().Do(t.Context(), "", noop))
			if fault.Code != contract.Unavailable || !strings.Contains(fault.Message, tt.words) {
				t.Errorf("%s: %s", fault.Code, fault.Message)
			}
			if f.count("LOGIN")+f.count("AUTHENTICATE") != 0 {
				t.Errorf("credentials were sent: %q", f.lines())
			}
		})
	}
}

func TestConnect_FaultsSayWhatToDo(t *testing.T) {
	t.Parallel()
	expired, expiredRoots := issue(t, time.Now().Add(-time.Hour), "127.0.0.1")
	other, otherRoots := issue(t, time.Now().Add(time.Hour), "mail.example.net")
	tests := map[string]struct {
		set   func(*fake)
		pool  func(*config.Account, *Options)
		code  contract.Code
		stage string
		words []string
	}{
		"unknown CA": {
			pool: func(_ *config.Account, o *Options) { o.RootCAs = x509.NewCertPool() },
			code: contract.Unavailable, stage: "tls", words: []string{"MAIL_IMAP_CA_CERT_PATH"},
		},
		"wrong host": {
			set:  func(f *fake) { f.cert, f.roots = other, otherRoots },
			code: contract.Unavailable, stage: "tls", words: []string{"mail.example.net", "MAIL_IMAP_WORK_HOST"},
		},
		"expired": {
			set:  func(f *fake) { f.cert, f.roots = expired, expiredRoots },
			code: contract.Unavailable, stage: "tls", words: []string{"expired"},
		},
		"no TLS at this port": {
			set:  func(f *fake) { f.plain = true },
			pool: func(a *config.Account, _ *Options) { a.TLS = config.TLSImplicit },
			code: contract.Unavailable, stage: "tls", words: []string{"MAIL_IMAP_WORK_SECURE=false"},
		},
		"no such host": {
			pool: func(_ *config.Account, o *Options) {
				o.Dial = func(context.Context, string, string) (net.Conn, error) {
					return nil, &net.DNSError{Err: "no such host", Name: "x", IsNotFound: true}
				}
			},
			code: contract.Unavailable, stage: "connect", words: []string{"no host called", "MAIL_IMAP_WORK_HOST"},
		},
		"refused": {
			pool: func(a *config.Account, _ *Options) { a.Port = closedPort(t) },
			code: contract.Unavailable, stage: "connect", words: []string{"MAIL_IMAP_WORK_PORT"},
		},
		"never connects": {
			pool: func(_ *config.Account, o *Options) {
				o.ConnectTimeout = 50 * time.Millisecond
				o.Dial = func(ctx context.Context, _, _ string) (net.Conn, error) { <-ctx.Done(); return nil, ctx.Err() }
			},
			code: contract.Timeout, stage: "connect", words: []string{"MAIL_IMAP_CONNECT_TIMEOUT_MS"},
		},
		"handshake never ends": {
			set: func(f *fake) { f.plain = true; f.serve = (*session).untilClosed },
			pool: func(a *config.Account, o *Options) {
				a.TLS, o.ConnectTimeout = config.TLSImplicit, 100*time.Millisecond
			},
			code: contract.Timeout, stage: "tls", words: []string{"MAIL_IMAP_CONNECT_TIMEOUT_MS"},
		},
		"no greeting": {
			set:  func(f *fake) { f.serve = (*session).untilClosed },
			pool: func(_ *config.Account, o *Options) { o.GreetingTimeout = 100 * time.Millisecond },
			code: contract.Timeout, stage: "greeting", words: []string{"MAIL_IMAP_GREETING_TIMEOUT_MS"},
		},
		"not IMAP": {
			set:  func(f *fake) { f.greeting = "220 smtp.example.org ESMTP\r\n" },
			code: contract.Internal, stage: "greeting", words: []string{"not IMAP", "MAIL_IMAP_WORK_PORT"},
		},
		"endless greeting": {
			set:  func(f *fake) { f.greeting = "* OK " + strings.Repeat("x", 100_000) },
			code: contract.Internal, stage: "greeting",
		},
		"BYE": {
			set:  func(f *fake) { f.greeting = "* BYE too many\x1b[31m connections\r\n" },
			code: contract.Unavailable, stage: "greeting", words: []string{`"too many [31m connections"`},
		},
		"PREAUTH in TLS": {
			set:  func(f *fake) { f.greeting = "* PREAUTH hi\r\n" },
			code: contract.Unavailable, stage: "greeting", words: []string{"PREAUTH"},
		},
		"LOGINDISABLED": {
			set:  func(f *fake) { f.greeting = "* OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2] hi\r\n" },
			code: contract.AuthFailed, stage: "auth", words: []string{"XOAUTH2"},
		},
		"flood before the answer": {
			set: func(f *fake) {
				f.handle = func(s *session, tag, cmd string) bool {
					s.say("%s", strings.Repeat("* OK flood\r\n", 1000))
					return true
				}
			},
			code: contract.Internal, stage: "auth",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			if tt.set != nil {
				tt.set(f)
			}
			f.start()
			var p *Pool
			if tt.pool != nil {
				p = f.pool(tt.pool)
			} else {
				p = f.pool()
			}
			wantFault(t, p.Do(t.Context(), "", noop), tt.code, tt.stage, tt.words...)
			v, err := p.Verify(t.Context())
			if err != nil || v.Fault == nil || v.Fault.Stage != tt.stage || v.SignedIn {
				t.Errorf("verify: %+v %v", v, err)
			}
		})
	}
}

// closedPort is a port nothing listens on.
func closedPort(t *testing.T) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func TestPlainText_IsRefusedBeyondThisMachine(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.plain = true
	p := f.start().pool(func(a *config.Account, o *Options) {
		a.TLS = config.TLSNone
		o.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := (&net.Dialer{}).DialContext(ctx, network, addr)
			return elsewhere{c}, err
		}
	})
	wantFault(t, p.Do(t.Context(), "", noop), contract.PermissionDenied, "tls", "MAIL_IMAP_WORK_TLS")
	if f.count("AUTHENTICATE") != 0 {
		t.Error("credentials were sent")
	}
}

// elsewhere is a connection that claims to lead to another machine.
type elsewhere struct{ net.Conn }

func (elsewhere) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 143} }

func TestSignIn_PasswordsOfEveryKindArriveWhole(t *testing.T) {
	t.Parallel()
	for _, pass := range []string{`quo"te\back slash `, "pässwörd ✓", "{5}", strings.Repeat("long", 300)} {
		for _, tt := range []struct{ name, auth, caps string }{
			{"plain in one flight", config.AuthPlain, "IMAP4rev1 AUTH=PLAIN SASL-IR"},
			{"plain in two", config.AuthPlain, "IMAP4rev1 AUTH=PLAIN"},
			{"login", config.AuthLogin, "IMAP4rev1"},
			{"login with LITERAL+", config.AuthLogin, "IMAP4rev1 LITERAL+"},
			{"auto without AUTH=PLAIN", config.AuthAuto, "IMAP4rev1"},
		} {
			t.Run(tt.name, func(t *testing.T) {
				f := newFake(t)
				f.greeting = "* OK [CAPABILITY " + tt.caps + "] hi\r\n"
				got := make(chan string, 1)
				f.handle = func(s *session, tag, cmd string) bool {
					switch {
					case strings.HasPrefix(cmd, "AUTHENTICATE PLAIN"):
						response := strings.TrimPrefix(strings.TrimPrefix(cmd, "AUTHENTICATE PLAIN"), " ")
						if response == "" {
							s.say("+ \r\n")
							response, _ = s.line()
						}
						raw, _ := base64.StdEncoding.DecodeString(response)
						got <- strings.TrimPrefix(string(raw), "\x00me@example.org\x00")
					case strings.HasPrefix(cmd, "LOGIN"):
						got <- s.astring(strings.TrimPrefix(cmd, `LOGIN "me@example.org" `))
					default:
						return false
					}
					s.say("%s OK in\r\n", tag)
					return true
				}
				p := f.start().pool(func(a *config.Account, _ *Options) { a.Auth, a.Password = tt.auth, secret.New(pass) })
				if err := p.Do(t.Context(), "", noop); err != nil {
					t.Fatal(err)
				}
				if g := <-got; g != pass {
					t.Errorf("got %q, want %q", g, pass)
				}
			})
		}
	}
}

// astring reads a quoted string or a literal.
func (s *session) astring(arg string) string {
	if strings.HasPrefix(arg, `"`) {
		return strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(arg[1 : len(arg)-1])
	}
	if strings.HasSuffix(arg, "+}") == false {
		s.say("+ go\r\n")
	}
	l, _ := s.line()
	return l
}

func TestSignIn_LoginFollowsOnlyWhenPlainWasNotUnderstood(t *testing.T) {
	t.Parallel()
	for answer, logins := range map[string]int{"BAD unknown": 1, "NO [CANNOT] x": 1, "NO [AUTHENTICATIONFAILED] x": 0, "NO x": 0} {
		f := newFake(t)
		f.handle = func(s *session, tag, cmd string) bool {
			if strings.HasPrefix(cmd, "AUTHENTICATE") {
				s.say("%s %s\r\n", tag, answer)
				return true
			}
			return false
		}
		err := f.start().pool().Do(t.Context(), "", noop)
		if n := f.count("LOGIN "); n != logins || (err == nil) != (logins == 1) {
			t.Errorf("%s: %d LOGINs, %v", answer, n, err)
		}
	}
}

func TestSignIn_LineBreaksNeverReachTheWire(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"a\r\nb", "a\nb", "a\x00b"} {
		f := newFake(t).start()
		p := f.pool(func(a *config.Account, _ *Options) { a.Password = secret.New(bad) })
		wantFault(t, p.Do(t.Context(), "", noop), contract.AuthFailed, "auth", "MAIL_IMAP_WORK_PASS")
		if n := len(f.lines()); n != 0 {
			t.Errorf("%q was sent", f.lines())
		}
	}
}

// untilClosed says nothing until the client goes.
func (s *session) untilClosed() { _, _ = io.Copy(io.Discard, s.conn) }

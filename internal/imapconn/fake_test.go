package imapconn

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/secret"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// issue makes a self-signed certificate for names.
func issue(t testing.TB, notAfter time.Time, names ...string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: notAfter,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	for _, n := range names {
		if ip := net.ParseIP(n); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, n)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, roots
}

// fake is a scripted IMAP server. Each connection is served by serve with the
// number it has, from 1.
type fake struct {
	t        testing.TB
	listener net.Listener
	cert     tls.Certificate
	roots    *x509.CertPool
	password string
	plain    bool // no TLS from the first byte
	serve    func(s *session)

	greeting string
	caps     string                                 // after sign-in
	handle   func(s *session, tag, cmd string) bool // true: handled

	mu       sync.Mutex
	conns    int
	received []string
	open     map[net.Conn]bool
	wg       sync.WaitGroup
}

// session is one connection of a fake.
type session struct {
	*fake
	number int
	conn   net.Conn
	in     *bufio.Reader
}

const fakeCaps = "IMAP4rev1 SASL-IR AUTH=PLAIN LITERAL+ ESEARCH ID"

func newFake(t testing.TB) *fake {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	raw := make([]byte, 12)
	_, _ = rand.Read(raw)
	f := &fake{
		t: t, listener: l, password: hex.EncodeToString(raw), open: map[net.Conn]bool{},
		greeting: "* OK [CAPABILITY " + fakeCaps + "] hi\r\n", caps: fakeCaps,
	}
	f.cert, f.roots = issue(t, time.Now().Add(time.Hour), "127.0.0.1")
	f.serve = (*session).normal
	return f
}

func (f *fake) start() *fake {
	f.wg.Go(func() {
		for {
			conn, err := f.listener.Accept()
			if err != nil {
				return
			}
			f.mu.Lock()
			f.conns++
			n := f.conns
			f.open[conn] = true
			f.mu.Unlock()
			f.wg.Go(func() {
				defer conn.Close()
				s := &session{fake: f, number: n, conn: conn}
				if !f.plain {
					s.conn = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{f.cert}, NextProtos: []string{"imap"}})
				}
				s.in = bufio.NewReader(s.conn)
				f.serve(s)
			})
		}
	})
	f.t.Cleanup(f.stop)
	return f
}

func (f *fake) stop() {
	f.listener.Close()
	f.drop()
	f.wg.Wait()
}

// drop closes every connection.
func (f *fake) drop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for c := range f.open {
		c.Close()
	}
}

func (f *fake) lines() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.received...)
}

func (f *fake) count(word string) int {
	n := 0
	for _, l := range f.lines() {
		if strings.Contains(l, word) {
			n++
		}
	}
	return n
}

func (f *fake) connections() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.conns
}

func (s *session) say(format string, args ...any) {
	_, _ = fmt.Fprintf(s.conn, format, args...)
}

func (s *session) line() (string, bool) {
	l, err := s.in.ReadString('\n')
	if err != nil {
		return "", false
	}
	s.mu.Lock()
	s.received = append(s.received, strings.TrimRight(l, "\r\n"))
	s.mu.Unlock()
	return strings.TrimRight(l, "\r\n"), true
}

func (s *session) normal() {
	s.say("%s", s.greeting)
	s.commands()
}

func (s *session) commands() {
	for {
		l, ok := s.line()
		if !ok {
			return
		}
		tag, cmd, _ := strings.Cut(l, " ")
		if s.handle != nil && s.handle(s, tag, cmd) {
			continue
		}
		switch word, _, _ := strings.Cut(cmd, " "); word {
		case "AUTHENTICATE", "LOGIN":
			s.say("%s OK [CAPABILITY %s] in\r\n", tag, s.caps)
		case "EXAMINE":
			s.say("* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 10] x\r\n%s OK [READ-ONLY] x\r\n", tag)
		case "CAPABILITY":
			s.say("* CAPABILITY %s\r\n%s OK x\r\n", s.caps, tag)
		case "ID":
			s.say("* ID (\"name\" \"Fake\" \"version\" \"1\")\r\n%s OK x\r\n", tag)
		case "LOGOUT":
			s.say("* BYE bye\r\n%s OK x\r\n", tag)
			return
		default:
			s.say("%s OK x\r\n", tag)
		}
	}
}

func (f *fake) account() config.Account {
	mode := config.TLSImplicit
	if f.plain {
		mode = config.TLSStartTLS
	}
	return config.Account{
		ID: "work", Host: "127.0.0.1", Port: f.listener.Addr().(*net.TCPAddr).Port, TLS: mode,
		User: "me@example.org", Password: secret.New(f.password), Auth: config.AuthAuto,
	}
}

// pool makes a pool to the fake; adjust may change what it is made of.
func (f *fake) pool(adjust ...func(*config.Account, *Options)) *Pool {
	a := f.account()
	o := Options{
		ConnectTimeout: 5 * time.Second, GreetingTimeout: 5 * time.Second, SocketTimeout: 10 * time.Second,
		IdleTTL: time.Minute, MaxIdle: 4, RootCAs: f.roots, Logger: slog.New(slog.DiscardHandler),
	}
	for _, fn := range adjust {
		fn(&a, &o)
	}
	p := NewPool(a, o)
	f.t.Cleanup(func() { _ = p.Close(f.t.Context()) })
	return p
}

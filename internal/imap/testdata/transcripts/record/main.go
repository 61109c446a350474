// Record makes the transcripts beside it: what real servers say to the commands
// of dialogue.go, byte for byte. See ../README.md.
//
//	go run ./internal/imap/testdata/transcripts/record dovecot
//	MAIL_IMAP_TEST_SERVER=cyrus … go run … elsewhere   (scripts/other-servers does it)
package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/secret"
)

// patience is how long a server may be silent.
const patience = 8 * time.Second

// otherPause is for a server that tells others of a change a moment later.
const otherPause = 300 * time.Millisecond

// maxFile is about how long one transcript may get.
const maxFile = 60 << 10

func main() {
	out := flag.String("out", "internal/imap/testdata/transcripts", "where the transcripts go")
	mails := flag.String("mail", "internal/message/testdata/mail", "whose structure is fetched: *.eml below it")
	said := flag.Bool("said", false, "write what the client said too, to <name>.client")
	only := flag.String("only", "", "only the dialogues whose name begins so")
	plain := flag.String("plain", "", "host:port of a server without TLS, instead of the environment's; MAIL_IMAP_TEST_USER and _PASSWORD sign in")
	flag.Parse()
	if err := run(flag.Arg(0), *plain, *out, *mails, *only, *said); err != nil {
		fmt.Fprintln(os.Stderr, "record:", err)
		os.Exit(1)
	}
}

// recorder is one server and where its words go.
type recorder struct {
	name  string
	acc   config.Account
	roots *x509.CertPool
	out   string
	said  bool
	seps  string // between the parts of a name
	root  string // before the names of mailboxes, "INBOX." on some servers
	odd   int    // how many messages "odd" has
	base  int    // what the first UID of a mailbox is above 1
}

func run(server, plain, out, mails, only string, said bool) error {
	r := &recorder{name: server, out: out, said: said}
	switch {
	case plain != "":
		host, port, err := net.SplitHostPort(plain)
		if err != nil {
			return err
		}
		r.acc = config.Account{Host: host, User: os.Getenv("MAIL_IMAP_TEST_USER"), Password: secret.New(os.Getenv("MAIL_IMAP_TEST_PASSWORD"))}
		if r.acc.Port, err = strconv.Atoi(port); err != nil {
			return err
		}
	case server == "dovecot":
		d, err := mailtest.StartDovecot()
		if err != nil {
			return err
		}
		defer d.Close()
		r.acc, r.roots = d.Account("default"), d.RootCAs()
	case server == "elsewhere":
		e, err := mailtest.OpenElsewhere()
		if err != nil {
			return err
		}
		r.name, r.acc, r.roots = e.Name(), e.Account("default"), e.RootCAs()
	default:
		return errors.New("say which server: dovecot or elsewhere")
	}
	if err := r.prepare(mails); err != nil {
		return err
	}
	for _, d := range r.dialogues() {
		if !strings.HasPrefix(d.name, only) {
			continue
		}
		if err := r.record(d); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %s: %v\n", r.name, d.name, err)
		}
	}
	return nil
}

// prepare fills the mailboxes that the dialogues are about.
func (r *recorder) prepare(dir string) error {
	s, err := r.dial()
	if err != nil {
		return err
	}
	defer s.conn.Close()
	if err := s.signIn(r.acc); err != nil {
		return err
	}
	r.learnNames(s)
	for _, name := range []string{"odd", "Archive", "Projects", "Projects" + r.seps + "2026", "Entw&APw-rfe", "a &- b", "[x] {5}", "&ZeVnLIqe-"} {
		_ = s.do(line("CREATE " + quote(r.root+name)))
	}
	for _, raw := range ordinary {
		if err := s.do(appendTo("INBOX", `\Seen`, raw)); err != nil {
			return fmt.Errorf("append: %w", err)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.eml"))
	if err != nil {
		return err
	}
	if len(files) == 0 {
		err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() {
				files = append(files, path)
			}
			return err
		})
	}
	var raws []string
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		if len(raw) < 200<<10 {
			raws = append(raws, string(raw))
		}
	}
	s.heard.Reset()
	_ = s.do(line("STATUS INBOX (UIDNEXT)"))
	if m := uidNext.FindSubmatch(s.heard.Bytes()); m != nil {
		next, _ := strconv.Atoi(string(m[1]))
		r.base = next - 1 - len(ordinary)
	}
	for i, raw := range slices.Concat(raws, odd) {
		if err := s.do(appendTo(r.root+"odd", "", crlf(raw))); err != nil {
			what := "one of this program"
			if i < len(files) {
				what = files[i]
			}
			fmt.Fprintf(os.Stderr, "%s does not take %s: %v\n", r.name, what, err)
			if s.lost {
				return err
			}
			continue
		}
		r.odd++
	}
	return err
}

func crlf(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", "\r\n")
}

var (
	uidNext = regexp.MustCompile(`UIDNEXT (\d+)`)
	// The dialogues say UIDs from 1, and no server has as many as 900000.
	uidSet = regexp.MustCompile(`^(UID [A-Z]+ )(\d{1,3})(?::(\d{1,3}))?\b`)
)

// atBase makes the UIDs of a command those of this server.
func (r *recorder) atBase(c command) command {
	c.pieces = slices.Clone(c.pieces)
	c.pieces[0] = uidSet.ReplaceAllStringFunc(c.pieces[0], func(set string) string {
		m := uidSet.FindStringSubmatch(set)
		first, _ := strconv.Atoi(m[2])
		set = m[1] + strconv.Itoa(first+r.base)
		if m[3] != "" {
			last, _ := strconv.Atoi(m[3])
			set += ":" + strconv.Itoa(last+r.base)
		}
		return set
	})
	return c
}

var delimiter = regexp.MustCompile(`(?m)^\* LIST \([^)]*\) "?([^" ]+)"? `)

// learnNames finds out what stands between and before the names.
func (r *recorder) learnNames(s *session) {
	r.seps = "/"
	s.heard.Reset()
	_ = s.do(line(`LIST "" ""`))
	if m := delimiter.FindSubmatch(s.heard.Bytes()); m != nil {
		r.seps = string(m[1])
	}
	if s.do(line("CREATE odd")) != nil {
		r.root = "INBOX" + r.seps
	}
}

// command is one command: pieces with a literal between each two.
type command struct {
	pieces []string
	raw    bool // sent as it is, without tag, and no answer awaited; only behind a continuation
	other  bool // on another connection of the same user
}

func line(s string) command { return command{pieces: []string{s}} }

// with makes a command with literals: text, literal, text, literal, ...
func with(pieces ...string) command { return command{pieces: pieces} }

func appendTo(mailbox, flags, raw string) command {
	return with("APPEND "+quote(mailbox)+" ("+flags+`) "02-Nov-2026 10:00:00 +0100" `, raw, "")
}

func quote(s string) string {
	return `"` + strings.ReplaceAll(strings.ReplaceAll(s, `\`, `\\`), `"`, `\"`) + `"`
}

// dialogue is what goes into one file.
type dialogue struct {
	name     string
	unsigned bool // the connection is not signed in beforehand
	say      []command
}

func (r *recorder) record(d dialogue) error {
	s, err := r.dial()
	if err != nil {
		return err
	}
	defer func() { s.conn.Close() }()
	var all, sent bytes.Buffer
	if !d.unsigned {
		if err := s.signIn(r.acc); err != nil {
			return err
		}
		s.heard.Reset()
		s.sent.Reset()
	}
	var beside *session
	for _, c := range d.say {
		c := r.atBase(c)
		if c.other {
			if beside == nil {
				if beside, err = r.dial(); err != nil {
					return err
				}
				defer beside.conn.Close()
				if err := beside.signIn(r.acc); err != nil {
					return err
				}
			}
			_ = beside.do(c)
			time.Sleep(otherPause)
			continue
		}
		err := s.do(c)
		if !s.lost {
			continue
		}
		// The server hung up or fell silent; what it said counts, and the rest is
		// said on another connection.
		fmt.Fprintf(os.Stderr, "%s: %s: %.90q: %v\n", r.name, d.name, c.pieces[0], err)
		all.Write(wholeLines(s.heard.Bytes()))
		sent.Write(s.sent.Bytes())
		s.conn.Close()
		if s, err = r.dial(); err != nil {
			return err
		}
		if err := s.signIn(r.acc); err != nil {
			return err
		}
		s.heard.Reset()
		s.sent.Reset()
		// Where it was the mailbox that went, what follows is refused: that counts too.
		_ = s.state(d, c)
	}
	all.Write(s.heard.Bytes())
	sent.Write(s.sent.Bytes())
	text, err := r.scrub(all.Bytes())
	if err != nil {
		return err
	}
	if len(text) > maxFile*3/2 {
		fmt.Fprintf(os.Stderr, "%s: %s has %d bytes\n", r.name, d.name, len(text))
	}
	path := filepath.Join(r.out, r.name+"-"+d.name)
	if r.said {
		said := strings.ReplaceAll(sent.String(), r.acc.Password.Reveal(), "password")
		if err := os.WriteFile(path+".client", []byte(said), 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(path+".txt", text, 0o644)
}

// state opens again what the dialogue had open before c.
func (s *session) state(d dialogue, c command) error {
	var open string
	for _, before := range d.say {
		if slices.Equal(before.pieces, c.pieces) {
			break
		}
		verb, _, _ := strings.Cut(before.pieces[0], " ")
		if verb == "SELECT" || verb == "EXAMINE" {
			open = before.pieces[0]
		}
	}
	if open == "" {
		return nil
	}
	return s.do(line(open))
}

func wholeLines(b []byte) []byte { return b[:bytes.LastIndexByte(b, '\n')+1] }

// scrub takes out what tells of this machine, by words of the same length, so
// that literals keep theirs.
func (r *recorder) scrub(text []byte) ([]byte, error) {
	host, err := os.Hostname()
	if err != nil {
		return nil, err
	}
	local, _, _ := strings.Cut(r.acc.User, "@")
	text = bytes.ReplaceAll(text, []byte(r.acc.User), same("ada@example.org", len(r.acc.User)))
	text = bytes.ReplaceAll(text, []byte(local), same("ada", len(local)))
	if len(host) > 2 {
		text = bytes.ReplaceAll(text, []byte(host), same("mail", len(host)))
	}
	// Cyrus tells the kernel.
	if kernel, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		kernel = bytes.TrimSpace(kernel)
		text = bytes.ReplaceAll(text, kernel, same("6.1.0-", len(kernel)))
	}
	for _, secret := range []string{r.acc.Password.Reveal(), r.initialResponse()} {
		if bytes.Contains(text, []byte(secret)) {
			return nil, errors.New("the server says the password")
		}
	}
	return text, nil
}

// initialResponse is what AUTHENTICATE PLAIN is answered with (RFC 4616).
func (r *recorder) initialResponse() string {
	return base64.StdEncoding.EncodeToString([]byte("\x00" + r.acc.User + "\x00" + r.acc.Password.Reveal()))
}

func same(word string, n int) []byte {
	return []byte((word + strings.Repeat("a", n))[:n])
}

// session is one connection, kept as simple as can be.
type session struct {
	conn  net.Conn
	in    *bufio.Reader
	heard bytes.Buffer
	sent  bytes.Buffer
	tags  int
	lost  bool
	asked bool // the last thing the server said was a continuation
}

func (r *recorder) dial() (*session, error) {
	address := net.JoinHostPort(r.acc.Host, strconv.Itoa(r.acc.Port))
	var conn net.Conn
	var err error
	if r.acc.TLS == config.TLSImplicit {
		conn, err = tls.Dial("tcp", address, &tls.Config{RootCAs: r.roots, ServerName: "localhost"})
	} else {
		conn, err = net.Dial("tcp", address)
	}
	if err != nil {
		return nil, err
	}
	s := &session{conn: conn, in: bufio.NewReader(conn)}
	_, err = s.response()
	return s, err
}

func (s *session) signIn(a config.Account) error {
	return s.do(line("LOGIN " + quote(a.User) + " " + quote(a.Password.Reveal())))
}

// do says a command and hears its answer to the end; an error is also NO and BAD.
func (s *session) do(c command) error {
	if c.raw {
		if !s.asked {
			return nil
		}
		return s.write(c.pieces[0])
	}
	s.tags++
	tag := fmt.Sprintf("a%d", s.tags)
	text := tag + " " + c.pieces[0]
	for i := 1; i+1 < len(c.pieces); i += 2 {
		if err := s.write(fmt.Sprintf("%s{%d}\r\n", text, len(c.pieces[i]))); err != nil {
			return err
		}
		if done, err := s.until(tag, true); done || err != nil {
			return err
		}
		text = c.pieces[i] + c.pieces[i+1]
	}
	if err := s.write(text + "\r\n"); err != nil {
		return err
	}
	_, err := s.until(tag, false)
	return err
}

func (s *session) write(text string) error {
	s.sent.WriteString(text)
	_, err := io.WriteString(s.conn, text)
	s.lost = s.lost || err != nil
	return err
}

// until hears responses up to the tagged one, or to a continuation if one is awaited.
func (s *session) until(tag string, continuation bool) (done bool, err error) {
	for {
		response, err := s.response()
		if err != nil {
			s.lost = true
			return true, err
		}
		if s.asked = strings.HasPrefix(response, "+"); s.asked {
			if continuation {
				return false, nil
			}
			// IDLE, or SASL: what follows is raw.
			return true, nil
		}
		if rest, ok := strings.CutPrefix(response, tag+" "); ok {
			if !strings.HasPrefix(strings.ToUpper(rest), "OK") {
				return true, errors.New(strings.TrimSpace(rest))
			}
			return true, nil
		}
	}
}

var literal = regexp.MustCompile(`\{(\d+)\+?\}\r?\n$`)

// response hears one response with its literals.
func (s *session) response() (string, error) {
	var whole strings.Builder
	for {
		_ = s.conn.SetReadDeadline(time.Now().Add(patience))
		text, err := s.in.ReadString('\n')
		s.heard.WriteString(text)
		whole.WriteString(text)
		if err != nil {
			return "", err
		}
		m := literal.FindStringSubmatch(text)
		if m == nil {
			return whole.String(), nil
		}
		n, err := strconv.Atoi(m[1])
		if err != nil {
			return "", err
		}
		if _, err := io.CopyN(io.MultiWriter(&s.heard, &whole), s.in, int64(n)); err != nil {
			return "", err
		}
	}
}

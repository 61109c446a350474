package mailtest

import (
	"bufio"
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/secret"
)

// ScriptServer plays a Script without TLS, on loopback. What the script leaves
// alone a Memory behind it answers, command by command, so that all answers
// come in the order of the commands. It takes every user and password.
type ScriptServer struct {
	script *Script
	memory *Memory
	ln     net.Listener
	names  map[string]string // by what a client may call a mailbox: its name as the Memory takes it
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu       sync.Mutex
	commands []string
	used     map[int]bool // rules that were, by whichever connection
}

// NewScriptServer starts one that ends with the test.
func NewScriptServer(t testing.TB, script *Script) *ScriptServer {
	t.Helper()
	s := &ScriptServer{script: script, memory: NewMemory(t), names: map[string]string{}, used: map[int]bool{}}
	s.fill()
	var err error
	if s.ln, err = net.Listen("tcp", loopback+":0"); err != nil {
		t.Fatalf("script server: %v", err)
	}
	var ctx context.Context
	ctx, s.cancel = context.WithCancel(context.Background())
	s.wg.Go(func() { s.accept(ctx) })
	t.Cleanup(s.close)
	return s
}

// Account is the account, without TLS.
func (s *ScriptServer) Account(id string) config.Account {
	return config.Account{
		ID: id, Host: loopback, Port: s.Port(), TLS: config.TLSNone, Auth: config.AuthAuto,
		User: "u@example.test", Password: secret.New("secret-1"),
	}
}

// RootCAs is nil: there is no TLS.
func (s *ScriptServer) RootCAs() *x509.CertPool { return nil }

// Port is where it listens.
func (s *ScriptServer) Port() int { return s.ln.Addr().(*net.TCPAddr).Port }

// Commands lists what it was sent, without tags and without the secrets of sign-in.
func (s *ScriptServer) Commands() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.commands)
}

func (s *ScriptServer) close() {
	s.cancel()
	_ = s.ln.Close()
	s.wg.Wait()
}

func (s *ScriptServer) accept(ctx context.Context) {
	for {
		conn, err := s.ln.Accept()
		if err != nil {
			return // closed
		}
		s.wg.Go(func() {
			defer func() { _ = conn.Close() }()
			defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
			_ = s.serve(ctx, conn)
		})
	}
}

// scriptArrived is the INTERNALDATE of all messages.
var scriptArrived = time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)

// fill makes the mailboxes and their mail.
func (s *ScriptServer) fill() {
	store := s.memory.store
	store.mu.Lock()
	clear(store.mailboxes)
	store.mu.Unlock()
	add := func(name string, validity uint32, mails ...[]byte) {
		store.lastValidity = validity - 1 // create counts it up
		_ = store.create(name)
		for _, raw := range mails {
			_, _ = store.deliver(name, []Message{{Raw: raw, Flags: []string{`\Seen`}, Date: scriptArrived}})
		}
		s.names[name] = mailboxName(name)
		if row, ok := s.script.rows[name]; ok {
			s.names[rowName(row)] = mailboxName(name)
		}
	}
	var inbox [][]byte
	for n := 1; n <= s.script.messages; n++ {
		raw, ok := s.script.mails[n]
		if !ok {
			raw = scriptMail(n)
		}
		inbox = append(inbox, raw)
	}
	add("INBOX", 7, inbox...)
	for name, validity := range map[string]uint32{"Sent": 8, "Trash": 9, "Archive": 11, "Drafts": 12} {
		add(name, validity)
	}
	for _, name := range s.script.boxes {
		add(name, 7, scriptMail(1))
	}
}

func scriptMail(n int) []byte {
	return fmt.Appendf(nil, "From: Sender %d <s%d@example.com>\r\nTo: u@example.test\r\nSubject: Message %d\r\n"+
		"Date: Mon, %02d Jun 2026 10:00:00 +0000\r\nMessage-ID: <m%d@example.com>\r\nMIME-Version: 1.0\r\n"+
		"Content-Type: text/plain; charset=utf-8\r\n\r\nBody of message %d.\r\n", n, n, n, 1+n%9, n, n)
}

// scriptConn is one connection.
type scriptConn struct {
	*ScriptServer
	in     *bufio.Reader
	out    *bufio.Writer
	behind net.Conn // to the Memory
	from   *bufio.Reader
	mine   map[int]bool // rules that were used on it
	done   <-chan struct{}
}

// scriptCommand is one command as it came.
type scriptCommand struct {
	tag, verb string // "UID FETCH"
	text      string // without the tag, literals in their places
	wire      string // the same, literals announced so that nobody waits
}

func (s *ScriptServer) serve(ctx context.Context, conn net.Conn) error {
	behind, err := s.memory.inner.dial(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = behind.Close() }()
	defer context.AfterFunc(ctx, func() { _ = behind.Close() })()
	c := &scriptConn{
		ScriptServer: s, in: bufio.NewReader(conn), out: bufio.NewWriter(conn),
		behind: behind, from: bufio.NewReader(behind), mine: map[int]bool{}, done: ctx.Done(),
	}
	if _, err := readUnit(c.from); err != nil {
		return err
	}
	sign := fmt.Sprintf("LOGIN %s %s", quote(s.memory.user), quote(s.memory.password.Reveal()))
	if err := c.ask(scriptCommand{tag: "x", wire: sign}, func([]byte) {}); err != nil {
		return err
	}
	greeting := s.script.greeting
	if greeting == nil {
		greeting = []string{"* OK ready"}
	}
	c.send(strings.Join(greeting, "\r\n") + "\r\n")
	for c.out.Flush() == nil {
		cmd, err := c.read()
		if err != nil {
			return err
		}
		if err := c.answer(cmd); err != nil {
			return err
		}
	}
	return nil
}

func (c *scriptConn) send(text string) { _, _ = c.out.WriteString(text) }

func (c *scriptConn) invite(text string) error {
	c.send(text)
	return c.out.Flush()
}

// read reads a command with its literals.
func (c *scriptConn) read() (scriptCommand, error) {
	var text, wire strings.Builder
	for {
		line, err := readLine(c.in)
		if err != nil {
			return scriptCommand{}, err
		}
		size, sync, ok := literalAtEnd(line)
		if !ok {
			rest := strings.TrimRight(string(line), "\r\n")
			text.WriteString(rest)
			wire.WriteString(rest)
			break
		}
		if size > maxUnit {
			return scriptCommand{}, errUnitTooLong
		}
		if sync {
			if err := c.invite("+ go on\r\n"); err != nil {
				return scriptCommand{}, err
			}
		}
		literal := make([]byte, size)
		if _, err := io.ReadFull(c.in, literal); err != nil {
			return scriptCommand{}, err
		}
		before := string(line[:strings.LastIndexByte(string(line), '{')])
		fmt.Fprintf(&text, "%s%s", before, literal)
		fmt.Fprintf(&wire, "%s{%d+}\r\n%s", before, size, literal)
	}
	cmd := scriptCommand{}
	cmd.tag, cmd.text, _ = strings.Cut(text.String(), " ")
	_, cmd.wire, _ = strings.Cut(wire.String(), " ")
	verb, args, _ := strings.Cut(strings.ToUpper(cmd.text), " ")
	if verb == "UID" {
		sub, _, _ := strings.Cut(args, " ")
		verb += " " + sub
	}
	cmd.verb = verb
	said := cmd.text
	if verb == "LOGIN" || verb == "AUTHENTICATE" {
		said = verb
	}
	c.mu.Lock()
	c.commands = append(c.commands, said)
	c.mu.Unlock()
	return cmd, nil
}

func (c *scriptConn) answer(cmd scriptCommand) error {
	for i, rule := range c.script.rules {
		if rule.command.MatchString(cmd.text) && c.spend(i, rule.word) {
			return c.play(cmd, rule)
		}
	}
	return c.truly(cmd)
}

// spend says whether a rule still counts.
func (c *scriptConn) spend(i int, word string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	spent := word == "on1" && c.mine[i] || word == "once" && c.used[i]
	c.mine[i], c.used[i] = true, true
	return !spent
}

// play answers as the script has it.
func (c *scriptConn) play(cmd scriptCommand, rule scriptRule) error {
	if cmd.verb == "SELECT" || cmd.verb == "EXAMINE" {
		// Whatever is said, the mailbox is open.
		if err := c.ask(c.named(cmd), func([]byte) {}); err != nil {
			return err
		}
	}
	for _, step := range rule.steps {
		switch step.do {
		case "send":
			c.send(strings.ReplaceAll(step.text, "%t", cmd.tag))
		case "pass":
			if err := c.truly(cmd); err != nil {
				return err
			}
		case "wait":
			if err := c.out.Flush(); err != nil {
				return err
			}
			ms, _ := strconv.Atoi(step.text)
			select {
			case <-time.After(time.Duration(ms) * time.Millisecond):
			case <-c.done:
				return io.EOF
			}
		case "read":
			if err := c.out.Flush(); err != nil {
				return err
			}
			if _, err := readLine(c.in); err != nil {
				return err
			}
		case "close":
			_ = c.out.Flush()
			return io.EOF
		}
	}
	return nil
}

// truly answers as a correct server with these capabilities.
func (c *scriptConn) truly(cmd scriptCommand) error {
	done := cmd.tag + " OK done\r\n"
	switch cmd.verb {
	case "CAPABILITY":
		c.send("* CAPABILITY " + c.script.caps + "\r\n" + done)
	case "AUTHENTICATE":
		if len(strings.Fields(cmd.text)) < 3 {
			if err := c.invite("+ \r\n"); err != nil {
				return err
			}
			if _, err := readLine(c.in); err != nil {
				return err
			}
		}
		fallthrough
	case "LOGIN":
		c.send(cmd.tag + " OK [CAPABILITY " + c.script.caps + "] in\r\n")
	case "ID":
		c.send("* ID (\"name\" \"script\")\r\n" + done)
	case "ENABLE":
		c.send("* ENABLED\r\n" + done)
	case "LOGOUT":
		c.send("* BYE bye\r\n" + done)
		_ = c.out.Flush()
		return io.EOF
	default:
		if needs := commandNeeds[cmd.verb]; needs != "" && !slices.Contains(strings.Fields(c.script.caps), string(needs)) {
			c.send(cmd.tag + " BAD unknown command\r\n")
			return nil
		}
		return c.ask(c.named(cmd), func(unit []byte) { c.send(c.change(string(unit))) })
	}
	return nil
}

// ask puts a command to the Memory and gives each response to take.
func (c *scriptConn) ask(cmd scriptCommand, take func(unit []byte)) error {
	if _, err := io.WriteString(c.behind, cmd.tag+" "+cmd.wire+"\r\n"); err != nil {
		return err
	}
	for {
		unit, err := readUnit(c.from)
		if err != nil {
			return err
		}
		take(unit)
		if strings.HasPrefix(string(unit), cmd.tag+" ") {
			return nil
		}
	}
}

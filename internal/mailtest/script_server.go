package mailtest

import (
	"bufio"
	"context"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

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

// arrived is the INTERNALDATE of all messages.
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

// mailboxName is modified UTF-7 (RFC 3501 §5.1.3).
func mailboxName(name string) string {
	var out strings.Builder
	var run []rune
	flush := func() {
		if len(run) > 0 {
			var b []byte
			for _, u := range utf16.Encode(run) {
				b = append(b, byte(u>>8), byte(u))
			}
			out.WriteString("&" + strings.ReplaceAll(base64.RawStdEncoding.EncodeToString(b), "/", ",") + "-")
			run = nil
		}
	}
	for _, r := range name {
		if r < ' ' || r > '~' {
			run = append(run, r)
			continue
		}
		flush()
		out.WriteRune(r)
		if r == '&' {
			out.WriteByte('-')
		}
	}
	flush()
	return out.String()
}

var listRow = regexp.MustCompile(`(?s)^\* LIST (?:\(.*?\)|NIL) (?:NIL|"[^"]*"|\S+) (.*)$`)

// rowName is the name in a LIST row, as a client would send it back.
func rowName(row string) string {
	m := listRow.FindStringSubmatch(row)
	if m == nil {
		return ""
	}
	if strings.HasPrefix(m[1], "{") {
		_, name, _ := strings.Cut(m[1], "\r\n")
		return name
	}
	if words := parseWords(m[1]); strings.HasPrefix(m[1], `"`) && len(words) > 0 {
		return words[0].text
	}
	return m[1]
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

// named puts the name that the Memory knows in the place of the client's.
func (c *scriptConn) named(cmd scriptCommand) scriptCommand {
	switch cmd.verb {
	case "SELECT", "EXAMINE", "STATUS":
		words := parseWords(cmd.text)
		if len(words) < 2 {
			return cmd
		}
		given := words[1].text
		_, args, _ := strings.Cut(cmd.text, " ")
		for sent, name := range c.names { // one with blanks outside quotes too
			if sent != "" && (sent == given || sent == args) {
				_, rest, _ := strings.Cut(cmd.text, "(")
				cmd.wire = cmd.verb + " " + quote(name)
				if rest != "" && cmd.verb == "STATUS" {
					cmd.wire += " (" + rest
				}
				break
			}
		}
	}
	return cmd
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

// listed is a true LIST or STATUS row up to the end of the name.
var listed = regexp.MustCompile(`^(\* LIST \(.*?\) "/" |\* STATUS )("(?:[^"\\]|\\.)*"|[^ "]+)`)

// change puts the script's rows and items into a true response.
func (c *scriptConn) change(unit string) string {
	if strings.Contains(unit, " FETCH (") && strings.HasPrefix(unit, "* ") {
		return c.changeItems(unit)
	}
	m := listed.FindStringSubmatch(unit)
	if m == nil {
		return unit
	}
	words := parseWords(m[2])
	for name, row := range c.script.rows {
		if len(words) == 0 || words[0].text != mailboxName(name) {
			continue
		}
		if strings.HasPrefix(unit, "* LIST") {
			return row + "\r\n"
		}
		if named := listRow.FindStringSubmatch(row); named != nil {
			return m[1] + named[1] + unit[len(m[0]):]
		}
	}
	return strings.Replace(m[1], `"/"`, `"`+c.script.delimiter+`"`, 1) + unit[len(m[1]):]
}

// changeItems goes through the items of a FETCH row.
func (c *scriptConn) changeItems(unit string) string {
	open := strings.Index(unit, "(")
	uid := ""
	if m := uidItem.FindStringSubmatch(unit); m != nil {
		uid = m[1]
	}
	var items []string
	for rest := unit[open+1:]; rest != "" && rest[0] != ')'; {
		name := itemEnd(rest)
		value := name + 1 + itemEnd(rest[name+1:])
		item := rest[:value]
		for _, of := range []string{uid, "*"} {
			if v, ok := c.script.items[of+" "+itemName(rest[:name])]; ok {
				item = v
				break
			}
		}
		if item != "" {
			items = append(items, item)
		}
		rest = strings.TrimPrefix(rest[value:], " ")
	}
	return unit[:open+1] + strings.Join(items, " ") + ")\r\n"
}

// itemEnd is where a name or a value of a FETCH row ends.
func itemEnd(s string) int {
	depth, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch b := s[i]; {
		case quoted && b == '\\':
			i++
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '{':
			line, _, _ := strings.Cut(s[i:], "\n")
			if size, _, ok := literalAtEnd([]byte(line)); ok {
				i += len(line) + size
			}
		case b == '(' || b == '[':
			depth++
		case (b == ')' || b == ' ') && depth == 0:
			return i
		case b == ')' || b == ']':
			depth--
		}
	}
	return len(s)
}

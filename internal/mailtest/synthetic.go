package mailtest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"
)

// SyntheticOptions say what a Synthetic is like.
type SyntheticOptions struct {
	Messages  uint32 // zero: 1,000,000
	NoESearch bool   // plain SEARCH answers: every number spelt out
}

// Synthetic is an IMAP server whose INBOX has any number of messages, each
// made up when it is asked for: the server keeps no list of them, so what a
// client needs for a million messages shows in the process. UIDs equal
// sequence numbers, 1 to Messages; the newest arrived at Newest, each other
// one a minute before the next.
//
// A search for the text eachK matches every K-th message (UID divisible by K),
// "all" matches every one, any other text none. Every 7th is unseen, every
// 50th flagged. It understands LOGIN, AUTHENTICATE PLAIN, CAPABILITY, NOOP, LIST,
// STATUS, SELECT, EXAMINE, CLOSE, UNSELECT, SEARCH, FETCH, UID and LOGOUT.
type Synthetic struct {
	endpoint
	front *front
	o     SyntheticOptions
}

// Newest is when the last message of a Synthetic arrived.
var Newest = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

// syntheticValidity is its UIDVALIDITY.
const syntheticValidity = 4242

// NewSynthetic starts one that ends with the test.
func NewSynthetic(t testing.TB, o SyntheticOptions) *Synthetic {
	t.Helper()
	if o.Messages == 0 {
		o.Messages = 1_000_000
	}
	ca, err := newAuthority(t.TempDir())
	if err != nil {
		t.Fatalf("synthetic server: %v", err)
	}
	cert, _, _, err := ca.issue(certificateOptions{})
	if err != nil {
		t.Fatalf("synthetic server: %v", err)
	}
	s := &Synthetic{o: o}
	if s.front, err = listenFront(cert, s.serve); err != nil {
		t.Fatalf("synthetic server: %v", err)
	}
	s.ca, s.imaps, s.starttls = ca, s.front.imapsPort(), s.front.startTLSPort()
	s.user, s.password = newUser()
	s.front.start()
	t.Cleanup(s.front.close)
	return s
}

// Name is "synthetic".
func (s *Synthetic) Name() string { return "synthetic" }

// Create fails the test: there is INBOX and nothing else.
func (s *Synthetic) Create(t testing.TB, mailbox string) {
	t.Helper()
	t.Fatalf("create %q: a synthetic server has only INBOX", mailbox)
}

// Append fails the test: its mail is made up.
func (s *Synthetic) Append(t testing.TB, _ string, _ ...Message) []uint32 {
	t.Helper()
	t.Fatal("append: a synthetic server makes its mail up")
	return nil
}

// Expunge fails the test: its mail is made up.
func (s *Synthetic) Expunge(t testing.TB, _ string, _ ...uint32) {
	t.Helper()
	t.Fatal("expunge: a synthetic server makes its mail up")
}

// Messages fails: there may be a million.
func (s *Synthetic) Messages(t testing.TB, _ string) []Stored {
	t.Helper()
	t.Fatal("messages: a synthetic server makes its mail up")
	return nil
}

// Mailboxes is INBOX alone.
func (s *Synthetic) Mailboxes(testing.TB) []string { return []string{"INBOX"} }

// Remove fails.
func (s *Synthetic) Remove(t testing.TB, mailbox string) {
	t.Helper()
	t.Fatalf("remove %q: a synthetic server has only INBOX", mailbox)
}

// Recreate fails.
func (s *Synthetic) Recreate(t testing.TB, mailbox string) {
	t.Helper()
	t.Fatalf("recreate %q: a synthetic server has only INBOX", mailbox)
}

// UIDValidity implements Server.
func (s *Synthetic) UIDValidity(testing.TB, string) uint32 { return syntheticValidity }

// Restart implements Server.
func (s *Synthetic) Restart(testing.TB) { s.front.drop() }

// dialogue is one connection to a Synthetic.
type dialogue struct {
	*Synthetic
	in       *bufio.Reader
	out      *bufio.Writer
	signedIn bool
	selected bool
}

func (s *Synthetic) serve(ctx context.Context, c *client) {
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	defer stop()
	d := &dialogue{Synthetic: s, in: bufio.NewReader(c), out: bufio.NewWriterSize(c, 32<<10)}
	if !c.greeted {
		fmt.Fprintf(d.out, "* OK [CAPABILITY %s] ready\r\n", d.capabilities())
	}
	for d.out.Flush() == nil {
		line, err := d.readCommand()
		if err != nil {
			return
		}
		tag, rest, _ := strings.Cut(line, " ")
		verb, args, _ := strings.Cut(rest, " ")
		verb = strings.ToUpper(verb)
		status, err := d.answer(tag, verb, args)
		if err != nil {
			return
		}
		fmt.Fprintf(d.out, "%s %s\r\n", tag, status)
		if verb == "LOGOUT" {
			_ = d.out.Flush()
			return
		}
	}
}

func (d *dialogue) capabilities() string {
	caps := "IMAP4rev1 SASL-IR AUTH=PLAIN LITERAL+ UIDPLUS LIST-STATUS LIST-EXTENDED SPECIAL-USE UNSELECT"
	if !d.o.NoESearch {
		caps += " ESEARCH"
	}
	return caps
}

// readCommand reads a command and writes its literals as quoted strings.
func (d *dialogue) readCommand() (string, error) {
	var command strings.Builder
	for {
		line, err := readLine(d.in)
		if err != nil {
			return "", err
		}
		size, sync, ok := literalAtEnd(line)
		if !ok {
			command.WriteString(strings.TrimRight(string(line), "\r\n"))
			return command.String(), nil
		}
		if size > 1<<20 {
			return "", errUnitTooLong
		}
		if sync {
			_, _ = io.WriteString(d.out, "+ go on\r\n")
			if err := d.out.Flush(); err != nil {
				return "", err
			}
		}
		literal := make([]byte, size)
		if _, err := io.ReadFull(d.in, literal); err != nil {
			return "", err
		}
		command.WriteString(string(line[:strings.LastIndexByte(string(line), '{')]))
		command.WriteString(quote(string(literal)))
	}
}

func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// answer writes the untagged part of an answer and returns the tagged one.
func (d *dialogue) answer(tag, verb, args string) (string, error) {
	switch verb {
	case "CAPABILITY":
		fmt.Fprintf(d.out, "* CAPABILITY %s\r\n", d.capabilities())
	case "NOOP":
	case "LOGOUT":
		_, _ = io.WriteString(d.out, "* BYE\r\n")
	case "LOGIN", "AUTHENTICATE":
		return d.signIn(verb, args)
	default:
		if !d.signedIn {
			return "BAD sign in first", nil
		}
		return d.answerSignedIn(tag, verb, args), nil
	}
	return "OK done", nil
}

func (d *dialogue) answerSignedIn(tag, verb, args string) string {
	words := parseWords(args)
	byUID := verb == "UID" && len(words) > 0
	if byUID {
		verb, words = strings.ToUpper(words[0].text), words[1:]
	}
	switch verb {
	case "LIST":
		d.list(args)
	case "STATUS":
		d.status()
	case "SELECT", "EXAMINE":
		if len(words) == 0 || !strings.EqualFold(words[0].text, "INBOX") {
			return "NO [NONEXISTENT] no such mailbox"
		}
		d.selected = true
		fmt.Fprintf(d.out, "* FLAGS (\\Seen \\Flagged)\r\n* %d EXISTS\r\n* 0 RECENT\r\n"+
			"* OK [UIDVALIDITY %d] ok\r\n* OK [UIDNEXT %d] ok\r\n", d.o.Messages, syntheticValidity, d.o.Messages+1)
		return "OK [READ-ONLY] done"
	case "CLOSE", "UNSELECT":
		d.selected = false
	case "SEARCH", "FETCH":
		if !d.selected {
			return "BAD select first"
		}
		if verb == "SEARCH" {
			return d.search(tag, byUID, words)
		}
		return d.fetch(byUID, words)
	default:
		return "BAD unknown command"
	}
	return "OK done"
}

func (d *dialogue) list(args string) {
	_, _ = io.WriteString(d.out, "* LIST (\\HasNoChildren) \"/\" INBOX\r\n")
	if strings.Contains(strings.ToUpper(args), "STATUS (") {
		d.status()
	}
}

func (d *dialogue) status() {
	fmt.Fprintf(d.out, "* STATUS INBOX (MESSAGES %d UNSEEN %d UIDNEXT %d UIDVALIDITY %d)\r\n",
		d.o.Messages, d.o.Messages/unseenEvery, d.o.Messages+1, syntheticValidity)
}

// word is an atom, a string or a list of a command.
type word struct {
	text string
	list []word // of a parenthesised list
	kind byte   // 'a' atom, 's' string, '(' list
}

// parseWords reads the arguments of a command. Brackets belong to an atom with
// what is between them: BODY[HEADER.FIELDS (FROM)].
func parseWords(args string) []word {
	words, _ := parseUntilClosed(args, 0)
	return words
}

// maxNesting bounds parentheses in a command.
const maxNesting = 20

func parseUntilClosed(s string, depth int) (words []word, rest string) {
	for s != "" {
		switch {
		case s[0] == ' ':
			s = s[1:]
		case s[0] == ')':
			return words, s[1:]
		case s[0] == '(' && depth < maxNesting:
			var list []word
			list, s = parseUntilClosed(s[1:], depth+1)
			words = append(words, word{kind: '(', list: list})
		case s[0] == '"':
			var text strings.Builder
			s = s[1:]
			for s != "" && s[0] != '"' {
				if s[0] == '\\' && len(s) > 1 {
					s = s[1:]
				}
				text.WriteByte(s[0])
				s = s[1:]
			}
			s = strings.TrimPrefix(s, `"`)
			words = append(words, word{kind: 's', text: text.String()})
		default:
			end, inside := 0, false
			for end < len(s) && (inside || s[end] != ' ' && s[end] != ')') {
				switch s[end] {
				case '[':
					inside = true
				case ']':
					inside = false
				}
				end++
			}
			words = append(words, word{kind: 'a', text: s[:end]})
			s = s[end:]
		}
	}
	return words, ""
}

// span is a range of numbers, both ends included.
type span struct{ from, to uint32 }

// parseSpans reads a sequence set in which * is last.
func parseSpans(set string, last uint32) ([]span, bool) {
	var spans []span
	for _, item := range strings.Split(set, ",") {
		a, b, isRange := strings.Cut(item, ":")
		if !isRange {
			b = a
		}
		from, ok1 := parseNumber(a, last)
		to, ok2 := parseNumber(b, last)
		if !ok1 || !ok2 {
			return nil, false
		}
		spans = append(spans, span{min(from, to), max(from, to)})
	}
	return spans, true
}

func parseNumber(s string, last uint32) (uint32, bool) {
	if s == "*" {
		return last, true
	}
	n, err := strconv.ParseUint(s, 10, 32)
	return uint32(n), err == nil && n > 0
}

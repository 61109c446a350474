package mailtest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Script is a dialogue: what a server does otherwise than a correct one, what
// a client calls, and what is right and wrong in the answers. It is a text of lines:
//
//	# ...             comment; the first line says what it is about, and where it was reported
//	caps ...          what CAPABILITY says
//	greeting TEXT     instead of "* OK ready"; several: several lines
//	msgs N            so many messages in INBOX (3)
//	mail UID RAW      the source of this message of INBOX, \r\n escaped
//	box NAME          one more mailbox, with one message
//	list NAME: ROW    the LIST row of a mailbox; it can be opened by the name in the row
//	delim D           the delimiter in LIST rows
//	item UID NAME: V  the FETCH item NAME of this UID (* all) is V; without V it is left out
//	write             mail may be changed
//	env NAME=VALUE    one more variable of the product's
//	on REGEX          answers a command (without its tag) that matches, with the lines below it,
//	                  instead of the server; without any it is never answered
//	on1 REGEX         the same, once per connection; once REGEX: once at all
//	S: TEXT           a line; %t is the tag, {{text}} a literal with \r\n escaped, {{*N}} one of N bytes
//	R: TEXT           bytes as Go escapes them, without a line end
//	wait MS           a pause
//	read              a line of the client's, for continuations
//	pass              the server's true answer
//	close             the connection ends
//	call TOOL {..}    what the client calls
//	right: ...        what must hold of the answer of the call above; see the test that plays it
//	wrong: REGEX      what must not
//
// INBOX has "Message 1..3" from s1..s3@example.com and UIDVALIDITY 7; Sent 8,
// Trash 9, Archive 11 and Drafts 12 are empty.
type Script struct {
	About string
	Write bool
	Env   map[string]string
	Calls []ScriptCall

	caps      string
	greeting  []string
	delimiter string
	messages  int
	mails     map[int][]byte
	boxes     []string
	rows      map[string]string // by mailbox
	items     map[string]string // by "UID NAME" or "* NAME"
	rules     []scriptRule
}

// ScriptCall is one call of a tool and what is said about its answer.
type ScriptCall struct {
	Tool         string
	Arguments    json.RawMessage
	Right, Wrong []string
}

// scriptRule answers commands in the server's stead.
type scriptRule struct {
	command *regexp.Regexp
	word    string // on, on1 or once
	steps   []scriptStep
}

// scriptStep is text to send, or a pause, the true answer, or the end.
type scriptStep struct{ do, text string }

var (
	scriptLiteral = regexp.MustCompile(`\{\{(.*?)\}\}`)
	scriptItem    = regexp.MustCompile(`^(\S+) (.+?):(?: (.*))?$`)
)

// ParseScript reads one.
func ParseScript(text string) (*Script, error) {
	s := &Script{
		Env: map[string]string{}, delimiter: string(delimiter), messages: 3,
		caps:  "IMAP4rev1 AUTH=PLAIN SASL-IR LITERAL+ UIDPLUS MOVE ESEARCH SPECIAL-USE LIST-EXTENDED LIST-STATUS NAMESPACE UNSELECT ID",
		mails: map[int][]byte{}, rows: map[string]string{}, items: map[string]string{},
	}
	for n, line := range strings.Split(text, "\n") {
		if line == "" {
			continue
		}
		if strings.HasPrefix(line, "#") {
			if s.About == "" {
				s.About = strings.TrimLeft(line, "# ")
			}
			continue
		}
		word, rest, _ := strings.Cut(line, " ")
		if err := s.line(word, rest); err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
	}
	return s, nil
}

func (s *Script) line(word, rest string) error {
	switch word {
	case "S:", "R:", "wait", "read", "pass", "close":
		if len(s.rules) == 0 {
			return fmt.Errorf("%s stands below no command", word)
		}
		return s.step(&s.rules[len(s.rules)-1], word, rest)
	case "right:", "wrong:":
		if len(s.Calls) == 0 {
			return fmt.Errorf("%s stands below no call", word)
		}
		c := &s.Calls[len(s.Calls)-1]
		if word == "right:" {
			c.Right = append(c.Right, rest)
		} else {
			c.Wrong = append(c.Wrong, rest)
		}
	case "call":
		tool, arguments, _ := strings.Cut(rest, " ")
		if arguments == "" {
			arguments = "{}"
		}
		if !json.Valid([]byte(arguments)) {
			return fmt.Errorf("%s is no JSON", arguments)
		}
		s.Calls = append(s.Calls, ScriptCall{Tool: tool, Arguments: json.RawMessage(arguments)})
	case "on", "on1", "once":
		re, err := regexp.Compile("(?i)" + rest)
		s.rules = append(s.rules, scriptRule{command: re, word: word})
		return err
	default:
		return s.setting(word, rest)
	}
	return nil
}

func (s *Script) step(rule *scriptRule, word, rest string) (err error) {
	switch word {
	case "S:":
		word, rest = "send", scriptText(rest)+"\r\n"
	case "R:":
		word = "send"
		rest, err = strconv.Unquote(`"` + strings.ReplaceAll(rest, `"`, `\"`) + `"`)
	}
	rule.steps = append(rule.steps, scriptStep{word, rest})
	return err
}

// setting reads what is said of the server and of the product.
func (s *Script) setting(word, rest string) (err error) {
	key, value, _ := strings.Cut(rest, " ")
	switch word {
	case "caps":
		s.caps = rest
	case "greeting":
		s.greeting = append(s.greeting, rest)
	case "delim":
		s.delimiter = rest
	case "msgs":
		s.messages, err = strconv.Atoi(rest)
	case "box":
		s.boxes = append(s.boxes, rest)
	case "write":
		s.Write = true
	case "env":
		name, value, _ := strings.Cut(rest, "=")
		s.Env[name] = value
	case "list":
		name, row, _ := strings.Cut(rest, ": ")
		s.rows[name] = scriptText(row)
	case "mail":
		var uid int
		uid, err = strconv.Atoi(key)
		s.mails[uid] = []byte(strings.ReplaceAll(value, `\r\n`, "\r\n"))
	case "item":
		m := scriptItem.FindStringSubmatch(rest)
		if m == nil {
			return fmt.Errorf("%q is no item", rest)
		}
		s.items[m[1]+" "+itemName(m[2])] = scriptText(m[3])
	default:
		return fmt.Errorf("unknown word %q", word)
	}
	return err
}

// scriptText writes out the literals.
func scriptText(text string) string {
	return scriptLiteral.ReplaceAllStringFunc(text, func(m string) string {
		content := strings.ReplaceAll(m[2:len(m)-2], `\r\n`, "\r\n")
		if n, err := strconv.Atoi(strings.TrimPrefix(content, "*")); err == nil && content[0] == '*' {
			content = strings.Repeat(strings.Repeat("x", 76)+"\r\n", n/78)
		}
		return fmt.Sprintf("{%d}\r\n%s", len(content), content)
	})
}

// itemName is an item's name as a response has it: BODY.PEEK[1]<0.500> comes back as BODY[1]<0>.
func itemName(asked string) string {
	name := strings.Replace(strings.ToUpper(asked), "BODY.PEEK[", "BODY[", 1)
	if i := strings.LastIndexByte(name, '<'); i > 0 {
		offset, _, _ := strings.Cut(name[i:], ".")
		name = name[:i] + strings.TrimSuffix(offset, ">") + ">"
	}
	return name
}

package imap

import (
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var taggedLine = regexp.MustCompile(`(?m)^a(\d+) (OK|NO|BAD)\b`)

// transcript is what a real server sent, with tags of c.
func transcript(t testing.TB, c *Client, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return taggedLine.ReplaceAllString(string(data), c.r.tags+"$1 $2")
}

// skipped are untagged responses and FETCH items that real servers sent and that
// are skipped on purpose: nothing asks for them.
var skipped = map[string]bool{
	"METADATA": true, "MYRIGHTS": true, "QUOTAROOT": true, "THREAD": true, "XLIST": true,
	"number RECENT": true, "item ENVELOPE": true, "item BINARY.SIZE": true, "item MODSEQ": true, "item SAVEDATE": true, "item EMAILID": true, "item X-GM-LABELS": true, "SORT": true,
}

// TestTranscripts_EveryLineOfARealServerIsUnderstood reads what the servers sent
// beside a small scanner of its own, and compares what both saw.
func TestTranscripts_EveryLineOfARealServerIsUnderstood(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/transcripts/*.txt")
	if err != nil || len(files) < 50 {
		t.Fatalf("%d transcripts, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			c, s := dial("")
			text := transcript(t, c, file)
			s.Reader = strings.NewReader(text)
			var last untagged
			for _, m := range taggedLine.FindAllStringSubmatch(strings.ReplaceAll(text, c.r.tags, "a"), -1) {
				n, _ := strconv.Atoi(m[1])
				c.open = append(c.open, &pending{tag: c.r.tags + strconv.Itoa(n), take: func(data untagged) bool {
					last = data
					return true
				}})
			}
			unknown := map[string]int{}
			for rest := text; ; {
				line, more := cutResponse(rest)
				c.Begin()
				last = nil
				if err := c.response(); err != nil {
					if rest != "" || c.bye == nil && !errors.Is(err, io.ErrUnexpectedEOF) {
						t.Fatalf("%v before %.200q", err, rest)
					}
					break
				}
				rest = more
				if left := rest; c.r.src.Buffered() > 0 {
					if next, _ := c.r.src.Peek(min(c.r.src.Buffered(), len(left))); !strings.HasPrefix(left, string(next)) {
						t.Fatalf("reads on at %.60q, not at %.60q", next, left)
					}
				}
				if len(c.Problems()) > 0 && !nonsense.MatchString(line) {
					t.Errorf("%q of %.300q", c.Problems(), line)
				}
				check(t, unknown, line, last)
			}
			for _, p := range c.open {
				t.Errorf("%s has no tagged response", p.tag)
			}
			for _, what := range slices.Sorted(maps.Keys(unknown)) {
				t.Logf("skipped: %s, %d times", what, unknown[what])
				if !skipped[what] {
					t.Errorf("%s is not understood, nor skipped on purpose", what)
				}
			}
		})
	}
}

// nonsense are structures that say nothing, of mails that are nearly none
// (hoodiecrow, GreenMail) or have no type that can be read (Dovecot): such a message is read from its source.
var nonsense = regexp.MustCompile(`BODYSTRUCTURE (\(\(\) NIL |\(NIL NIL NIL |\(\s?"" ("" )?(\(|NIL))`)

// check compares a response with what was read of it.
func check(t *testing.T, unknown map[string]int, line string, got untagged) {
	t.Helper()
	words := strings.Fields(strings.ToUpper(line))
	if len(words) < 2 || words[0] != "*" {
		return
	}
	if _, err := strconv.Atoi(words[1]); err != nil {
		_, isStatus := statusTypes[words[1]]
		if _, isData := dataResponses[words[1]]; !isStatus && !isData {
			unknown[words[1]]++
		} else if got == nil && !strings.HasSuffix(line, " \"\"\r\n") { // the root of all mailboxes is none
			t.Errorf("nothing was read of %.200q", line)
		}
		return
	}
	if words[2] != "FETCH" {
		if got == nil {
			unknown["number "+words[2]]++
		}
		return
	}
	m, ok := got.(*Message)
	if !ok {
		t.Errorf("no row: %.200q", line)
		return
	}
	sections := 0
	said := map[string]bool{
		"UID": m.UID != 0, "FLAGS": m.Flags != nil, "INTERNALDATE": !m.InternalDate.IsZero(), "RFC822.SIZE": m.RFC822Size != 0,
		"BODYSTRUCTURE": m.Structure != nil, "BODY": m.Structure != nil, "PREVIEW": m.Preview != nil,
		"THREADID": m.ThreadID != "",
		"X-GM-MSGID": m.GmailMsgID != 0, "X-GM-THRID": m.GmailThrID != 0,
	}
	for name, value := range items(line[strings.IndexByte(line, '(')+1:]) {
		read, known := said[name]
		switch {
		case isSection(name), strings.HasPrefix(name, "RFC822") && name != "RFC822.SIZE":
			sections++
		case !known:
			unknown["item "+name[:len(name)-len(name[strings.IndexByte(name+"[", '['):])]]++
		case nonsense.MatchString(name + " " + value):
			if !m.Garbled {
				t.Errorf("made sense of %s", value)
			}
			m.Garbled = false
		case !read && !strings.EqualFold(value, "NIL"):
			t.Errorf("%s was not read of %.300q", name, line)
		}
	}
	if sections != len(m.Sections) || m.Short || m.Garbled {
		t.Errorf("%d of %d sections, short %v, garbled %v: %.300q", len(m.Sections), sections, m.Short, m.Garbled, line)
	}
}

// cutResponse cuts off one response, a line with its literals.
func cutResponse(text string) (response, rest string) {
	for end := 0; ; {
		i := strings.IndexByte(text[end:], '\n')
		if i < 0 {
			return text, ""
		}
		line := text[end : end+i+1]
		end += i + 1
		size := literalSize.FindStringSubmatch(line)
		if size == nil || !strings.HasPrefix(text, "* ") {
			return text[:end], text[end:]
		}
		n, _ := strconv.Atoi(size[1])
		end += n
	}
}

var literalSize = regexp.MustCompile(`\{(\d+)\}\r\n$`)

// items are the names and values of a FETCH row, from behind its parenthesis.
func items(row string) map[string]string {
	list := map[string]string{}
	for {
		row = strings.TrimLeft(row, " ")
		if row == "" || row[0] == ')' {
			return list
		}
		end := strings.IndexByte(row, ' ')
		if open := strings.IndexByte(row, '['); open >= 0 && (end < 0 || open < end) {
			end = strings.IndexByte(row, ']') + 1
			end += strings.IndexAny(row[end:], " {") // GreenMail leaves the blank out
		}
		name := strings.ToUpper(row[:end])
		row = strings.TrimPrefix(row[end:], " ")
		n := valueEnd(row)
		list[name], row = row[:n], row[n:]
	}
}

// valueEnd is where the value ends that a text begins with.
func valueEnd(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '(':
			depth++
			continue
		case ')':
			if depth == 0 {
				return i
			}
			if depth--; depth > 0 {
				continue
			}
			return i + 1
		case '"':
			for i++; s[i] != '"'; i++ {
				if s[i] == '\\' {
					i++
				}
			}
		case '{':
			line, _, _ := strings.Cut(s[i:], "\n")
			n, _ := strconv.Atoi(strings.TrimRight(line[1:], "}\r"))
			i += len(line) + n
		case ' ':
			if depth == 0 {
				return i
			}
			continue
		default:
			continue
		}
		if depth == 0 {
			return i + 1
		}
	}
	return len(s)
}

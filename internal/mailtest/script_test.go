package mailtest

import (
	"bufio"
	"net"
	"strings"
	"testing"
	"time"
)

func TestScript_TellsTheLineThatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"# about\n\nS: * OK":               "line 3: S: stands below no command",
		"right: total = 1":                 "line 1: right: stands below no call",
		"call search_messages {":           "line 1: { is no JSON",
		"on (":                             "line 1: error parsing regexp",
		"item 2 INTERNALDATE":              `line 1: "2 INTERNALDATE" is no item`,
		"msgs many":                        "line 1: strconv.Atoi",
		"on NOOP\nR: \\q":                  "line 2: invalid syntax",
		"write\nanswer with what you like": `line 2: unknown word "answer"`,
	} {
		if _, err := ParseScript(text); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// dialogueWith sends lines to a server that plays text, and returns what it
// said until it hung up.
func dialogueWith(t *testing.T, text string, lines ...string) string {
	t.Helper()
	script, err := ParseScript(text)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", NewScriptServer(t, script).ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := conn.Write([]byte(strings.Join(lines, "\r\n") + "\r\n")); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	for in := bufio.NewReader(conn); ; {
		line, err := in.ReadString('\n')
		said.WriteString(line)
		if err != nil {
			return said.String()
		}
	}
}

func TestScriptServer_ChangesWhatItIsToldAndNothingElse(t *testing.T) {
	said := dialogueWith(t, `# about
greeting * OK hello
box Entwürfe
list Entwürfe: * LIST () "/" Entwürfe
item 2 FLAGS: FLAGS NIL
item 2 RFC822.SIZE:
once NOOP
S: * OK {{a\r\n}}
pass
on1 NOOP
S: %t NO once
on CHECK
R: * 1 \x80\n
close
`,
		"a LOGIN u p", `b LIST "" "E*"`, "c EXAMINE {9+}", "Entwürfe", "d EXAMINE INBOX",
		"e FETCH 2:3 (UID FLAGS RFC822.SIZE BODY.PEEK[TEXT]<5.2>)", "f NOOP", "g NOOP", "h NOOP", "i CHECK")
	for _, want := range []string{
		"* OK hello\r\na OK [CAPABILITY IMAP4rev1 ", "* LIST () \"/\" Entwürfe\r\nb OK", "* 1 EXISTS\r\n", "* OK [UIDVALIDITY 7]",
		"* 2 FETCH (UID 2 FLAGS NIL BODY[TEXT]<5> {2}\r\nof)\r\n* 3 FETCH (UID 3 FLAGS (\\Seen) RFC822.SIZE 224 BODY[TEXT]<5> {2}\r\nof)\r\ne OK",
		"* OK {3}\r\na\r\n\r\nf OK", "g NO once\r\nh OK", "* 1 \x80\n",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is missing in\n%s", want, said)
		}
	}
}

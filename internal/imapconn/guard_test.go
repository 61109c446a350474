package imapconn

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// small limits keep tables readable; the default ones are tried in
// TestGuard_DefaultLimitsHold.
func smallGuardLimits() guardLimits {
	return guardLimits{
		line: 200, text: 60, atom: 20, str: 30, shortStr: 10, literal: 50, response: 300, depth: 4, values: 40, enabled: 3,
		opRows: 8, opBytes: 600, opLine: 400, opValues: 100, opNumbers: 16,
	}
}

// guarded is what passes of input, and the refusal if any.
func guarded(t testing.TB, r io.Reader, l guardLimits) (string, *guardError) {
	t.Helper()
	g := newGuard(r, l)
	out, err := io.ReadAll(g)
	if err == nil {
		return string(out), nil
	}
	var ge *guardError
	if !errors.As(err, &ge) {
		t.Fatalf("error %v is no *guardError", err)
	}
	if n, again := g.Read(make([]byte, 10)); n != 0 || !errors.Is(again, err) {
		t.Fatalf("after a refusal Read gave %d, %v; want the same error for ever", n, again)
	}
	return string(out), ge
}

func TestGuard_LimitsHoldOneBelowAtAndAbove(t *testing.T) {
	rep := strings.Repeat
	list := func(n int) string { return rep("(", n) + rep(")", n) }
	tests := []struct {
		limit string
		max   int
		make  func(n int) string
	}{
		{"depth", 4, func(n int) string { return "* X " + list(n) + "\r\n" }},
		{"line", 200, func(n int) string {
			s := "* X " + rep(`"aaaaaaaaaaaa" `, 12)
			return s + rep("b", n-len(s)-2) + "\r\n"
		}},
		{"text", 60, func(n int) string { return "* OK " + rep("a", n-7) + "\r\n" }},
		{"text", 60, func(n int) string { return "+ " + rep("a", n-4) + "\r\n" }},
		{"text", 60, func(n int) string { return "T1 NO [" + rep("a", n-10) + "]\r\n" }},
		{"atom", 20, func(n int) string { return "* X " + rep("a", n) + "\r\n" }},
		{"str", 30, func(n int) string { return `* X "` + rep("a", n) + "\"\r\n" }},
		{"str", 30, func(n int) string { return `* X "` + rep(`\"`, n) + "\"\r\n" }},
		{"str", 30, func(n int) string { return fmt.Sprintf("* X {%d}\r\n%s\r\n", n, rep("a", n)) }},
		{"str", 30, func(n int) string { return fmt.Sprintf("* 1 FETCH (ENVELOPE {%d}\r\n%s)\r\n", n, rep("a", n)) }},
		{"literal", 50, func(n int) string { return fmt.Sprintf("* 1 FETCH (BODY[] {%d}\r\n%s)\r\n", n, rep("a", n)) }},
		{"literal", 50, func(n int) string { return fmt.Sprintf("* 1 FETCH (BODY[1]<0> {%d}\r\n%s)\r\n", n, rep("(", n)) }},
		{"literal", 50, func(n int) string { return fmt.Sprintf("* 1 fetch (BINARY[1] ~{%d}\r\n%s)\r\n", n, rep("\x00", n)) }},
		{"response", 300, func(n int) string {
			one := "BODY[] {50}\r\n" + rep("\n", 50) + " "
			s := "* 1 FETCH (" + rep(one, 4)
			rest := n - len(s) - len("BODY[] {nn}\r\n)\r\n")
			return s + fmt.Sprintf("BODY[] {%d}\r\n%s)\r\n", rest, rep("b", rest))
		}},
		{"values", 40, func(n int) string { return "* X" + rep(" a", n) + "\r\n" }},
		{"values", 40, func(n int) string { return "* X" + rep("()", n) + "\r\n" }},
		{"values", 40, func(n int) string { return "* X \"" + rep("a", 30) + "\"" + rep(" a", n-21) + "\r\n" }},
		{"values", 40, func(n int) string { return "* X {30}\r\n" + rep("a", 30) + rep(" a", n-21) + "\r\n" }},
		{"opNumbers", 16, func(n int) string { return "* SEARCH" + rep(" 1", n) + "\r\n" }},
		{"opNumbers", 16, func(n int) string { return "* SEARCH 1\r\n* SEARCH" + rep(" 1", n-1) + "\r\n" }},
		{"opNumbers", 16, func(n int) string { return "* SORT" + rep(" 1", n) + "\r\n" }},
		{"opNumbers", 16, func(n int) string { return "* ESEARCH ALL " + rep("9,", n) + "1\r\n" }},
		{"opNumbers", 16, func(n int) string { return "T1 OK [COPYUID 1 " + rep("9,", n) + "1]\r\n" }},
		{"opRows", 8, func(n int) string { return rep("* 1 EXPUNGE\r\n", n) }},
		{"opValues", 100, func(n int) string { return rep("* X"+rep(" a", 24)+"\r\n", 4) + "* X" + rep("()", n-96) + "\r\n" }},
		{"text", 60, func(n int) string {
			return "* CAPABILITY " + rep("A", 17) + " " + rep("B", 18) + " " + rep("1", n-52) + "\r\n"
		}},
		{"enabled", 3, func(n int) string { return rep("* ENABLED A\r\n", n) }},
		{"opLine", 400, func(n int) string {
			return "* X" + rep(" aaa", 37) + "\r\n" + "* X" + rep(" aaa", 37) + "\r\n" + "* X " + rep("1", n-306-6) + "\r\n"
		}},
		{"opBytes", 600, func(n int) string {
			s := rep("* 1 FETCH (BODY[] {50}\r\n"+rep("a", 50)+")\r\n", 7)
			rest := n - len(s) - len("* 1 FETCH (BODY[] {nn}\r\n)\r\n")
			return s + fmt.Sprintf("* 1 FETCH (BODY[] {%02d}\r\n%s)\r\n", rest, rep("a", rest))
		}},
	}
	for i, tt := range tests {
		t.Run(fmt.Sprintf("%d_%s", i, tt.limit), func(t *testing.T) {
			for n := tt.max - 1; n <= tt.max+1; n++ {
				in := tt.make(n)
				out, refusal := guarded(t, strings.NewReader(in), smallGuardLimits())
				if n <= tt.max {
					if refusal != nil || out != in {
						t.Errorf("%d: refused (%v) after %q", n, refusal, out)
					}
				} else if refusal == nil || refusal.Limit != tt.limit {
					t.Errorf("%d: refusal %+v, want limit %s", n, refusal, tt.limit)
				} else if !strings.HasPrefix(in, out) || len(out) == len(in) {
					t.Errorf("%d: passed %q", n, out)
				}
			}
		})
	}
}

func TestGuard_DefaultLimitsHold(t *testing.T) {
	tests := []struct {
		name, limit, in string
	}{
		{"structure nested 100,000 deep", "depth", "* 1 FETCH (BODYSTRUCTURE " + strings.Repeat("(", 100_000)},
		{"literal of 4 GB", "literal", "* 1 FETCH (UID 1 BODY[] {4294967296}\r\n"},
		{"literal whose size overflows", "literal", "* 1 FETCH (UID 1 BODY[] {18446744073709551617}\r\n"},
		{"line without end", "line", "* X" + strings.Repeat(` "`+strings.Repeat("a", 1000)+`"`, 2000)},
		{"text without end", "text", "* OK " + strings.Repeat("a", 1<<20)},
		{"word without end", "atom", "* LIST () NIL " + strings.Repeat("a", 1<<20)},
		{"300,000 UIDs", "opNumbers", "* ESEARCH UID ALL " + strings.Repeat("5,", 300_000) + "5\r\n"},
		{"300,000 numbers", "opNumbers", "* SEARCH" + strings.Repeat(" 5", 300_000) + "\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, refusal := guarded(t, strings.NewReader(tt.in), defaultGuardLimits())
			if refusal == nil || refusal.Limit != tt.limit {
				t.Fatalf("refusal %+v, want limit %s", refusal, tt.limit)
			}
		})
	}
}

func TestGuard_WhatIsAskedForPassesTheDefaultLimits(t *testing.T) {
	var search strings.Builder
	search.WriteString("* SEARCH")
	for i := 50_000; i > 0; i-- {
		fmt.Fprintf(&search, " %d", 1_000_000+i)
	}
	part := `("text" "plain" ("charset" "utf-8" "name" "a (b).txt") "<id>" "text" "base64" 1234 20 NIL ("attachment" ("filename" "a.txt")) NIL NIL)`
	body := strings.Repeat("From: (\x00{5}\r\n", 2<<20/13)
	for name, in := range map[string]string{
		"plain SEARCH of 50,000": search.String() + "\r\n",
		"1,000 parts":            "* 1 FETCH (UID 1 BODYSTRUCTURE (" + strings.Repeat(part, 1000) + ` "mixed"))` + "\r\n",
		"20 nested multiparts":   "* 1 FETCH (UID 1 BODYSTRUCTURE " + strings.Repeat("(", 20) + part + strings.Repeat(` "mixed")`, 20) + ")\r\n",
		"a body of 2 MiB":        fmt.Sprintf("* 1 FETCH (UID 1 BODY[1] {%d}\r\n%s)\r\n", len(body), body),
		"a large interval":       "* ESEARCH (TAG \"T1\") UID ALL 1:400000000\r\n",
	} {
		if out, refusal := guarded(t, strings.NewReader(in), defaultGuardLimits()); refusal != nil || out != in {
			t.Errorf("%s: %v", name, refusal)
		}
	}
}

func TestGuard_RefusesWhatIsNotIMAP(t *testing.T) {
	for _, in := range []string{
		"HTTP/1.1 400 Bad Request\r\n",
		"SSH-2.0-OpenSSH_9.6\r\n",
		"220 mail.example ESMTP\r\n",
		"+OK POP3 ready\r\n",
		"\x16\x03\x01\x00",
		"\r\n",
		"* \r\n",
		"*OK\r\n",
		"* OK a\x00b\r\n",
		"* OK a\rb\r\n",
		"* X \"a\x00\"\r\n",
		"* X a\x00\r\n",
		"* X a\tb\r\n",
		"* X a\rb\r\n",
		"* X (a\r\n",
		"* X a)\r\n",
		"* X {}\r\n",
		"* X {a}\r\n",
		"* X {-1}\r\n",
		"* X {3+}\r\nabc\r\n",
		"* X {3}abc\r\n",
		"* X {3}\rabc\r\n",
		"* X {000000000000000000003}\r\nabc\r\n",
		"* 5\r\n",
		"* THIS-TYPE-IS-UNKNOWN 1\r\n",
		"T1 MAYBE x\r\n",
		"T1 5 OK x\r\n",
		strings.Repeat("T", 33) + " OK\r\n",
		// A response code that go-imap reads over the line's end.
		"* OK [FOO x\r\n* X {3}\r\n",
		"T1 OK [FOO\r\n",
		// What makes go-imap loop for ever.
		"* CAPABILITY IMAP4rev1 (\r\n",
		"* capability(\r\n",
		"* ENABLED (\r\n",
		"* CAPABılıTY (\r\n",
		"* OK [CAPABILITY IMAP4rev1 (]\r\n",
		"* 1 OK [CAPABILITY(]\r\n",
		"T1 OK [CAPABILITY IMAP4rev1(] done\r\n",
	} {
		out, refusal := guarded(t, strings.NewReader(in), defaultGuardLimits())
		if refusal == nil || refusal.Limit != "syntax" {
			t.Errorf("%q: refusal %v, want one of the syntax; passed %q", in, refusal, out)
		}
	}
}

// honest is a dialogue with every lexical form, some of it lenient.
const honest = "* OK [CAPABILITY IMAP4rev1 LITERAL+] ready (really) {5}\r\n" +
	"* OK\r\n* OK \r\n* PREAUTH  [x\n+ \r\n+\r\n+ [a (\r\n" +
	"* CAPABILITY IMAP4rev1  ESEARCH \r\n" +
	"* FLAGS (\\Seen \\*)\r\n* OK [PERMANENTFLAGS (\\Seen \\*)] \"odd\r\n" +
	"* LIST (\\HasNoChildren) \"/\" \"a \\\"(\\\\\"\r\n* LIST () NIL {3}\r\n)\r(\r\n" +
	"* STATUS x (MESSAGES 1)\n* 12 EXISTS\r\n" +
	"* 1 FETCH (UID 1 BODY[HEADER.FIELDS (FROM)] {5}\r\n(((\r\n FLAGS(\\Seen))\r\n" +
	"* 1 FETCH (BINARY[1] ~{3}\r\na\x00b BODY[]<5> {0} \n BODY[1] \"a\r\nb\")\r\n" +
	"* SEARCH 1 2 (MODSEQ 5)\r\n* SEARCH\r\n* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n" +
	"* BYE [UNAVAILABLE] too \x1b[31mmany\xff c\xc3\xb6nnections\r\nT1 BAD [X] no\r\nT2 OK\n"

func TestGuard_PassesEveryByteHoweverTheStreamIsCut(t *testing.T) {
	check := func(how string, r io.Reader) {
		if out, refusal := guarded(t, r, defaultGuardLimits()); refusal != nil || out != honest {
			t.Errorf("%s: %v after %q", how, refusal, out)
		}
	}
	check("whole", strings.NewReader(honest))
	check("byte by byte", iotest.OneByteReader(strings.NewReader(honest)))
	check("error with data", iotest.DataErrReader(strings.NewReader(honest)))
	for i := range honest {
		check(fmt.Sprint("cut at ", i), io.MultiReader(strings.NewReader(honest[:i]), strings.NewReader(honest[i:])))
	}
}

// pieces reads r in pieces of random length.
type pieces struct {
	r   io.Reader
	rnd *rand.Rand
}

func (p pieces) Read(b []byte) (int, error) {
	return p.r.Read(b[:min(len(b), 1+p.rnd.IntN(9))])
}

func TestGuard_DoesNotHoldBackWhatItHasSeen(t *testing.T) {
	r, w := io.Pipe()
	g := newGuard(r, defaultGuardLimits())
	go func() {
		_, _ = io.WriteString(w, "* 1 FETCH (BODY[] {60000}\r\nabc")
	}()
	got := make([]byte, 30)
	done := make(chan error, 1)
	go func() {
		_, err := io.ReadFull(g, got)
		done <- err
	}()
	select {
	case err := <-done:
		if err != nil || !bytes.HasSuffix(got, []byte("\r\nabc")) {
			t.Fatalf("got %q, %v", got, err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the beginning of a literal did not pass before its end had come")
	}
	_ = w.Close()
}

func TestGuard_KeepsTheTextOfABye(t *testing.T) {
	for _, tt := range []struct {
		in, want string
		ok       bool
	}{
		{"* BYE Too many connections\r\n", "Too many connections", true},
		{"* bye [UNAVAILABLE] (later)\n", "(later)", true},
		{"* BYE \x1b[31mred\u202e c\xc3\xb6\xff\r\n", "[31mred cö", true},
		{"* BYE\r\n", "", true},
		{"* BYE " + strings.Repeat("ö", 300) + "\r\n", strings.Repeat("ö", 200), true},
		{"* OK BYE\r\n", "", false},
		{"* X {13}\r\n* BYE forged\n\r\n", "", false},
		{"T1 OK BYE\r\n", "", false},
		{"* BYE unfinished", "", false},
	} {
		g := newGuard(strings.NewReader(tt.in), defaultGuardLimits())
		if _, err := io.ReadAll(g); err != nil {
			t.Errorf("%q: %v", tt.in, err)
		}
		if got, ok := g.bye(); got != tt.want || ok != tt.ok {
			t.Errorf("%q: bye %q, %v", tt.in, got, ok)
		}
	}
}

func TestGuard_ResetBeginsAnOperation(t *testing.T) {
	var in strings.Reader
	g := newGuard(&in, smallGuardLimits())
	for range 20 {
		in.Reset("* SEARCH 1 2 3\r\n* 1 FETCH (BODY[] {40}\r\n" + strings.Repeat("x", 40) + ")\r\n")
		if _, err := io.ReadAll(g); err != nil {
			t.Fatal(err)
		}
		if g.rows() != 2 {
			t.Fatalf("%d rows, want 2", g.rows())
		}
		g.reset()
		if g.rows() != 0 {
			t.Fatal("rows are counted on after reset")
		}
	}
}

func TestGuard_EnabledResponsesAreCountedOverOperations(t *testing.T) {
	var in strings.Reader
	g := newGuard(&in, smallGuardLimits())
	var err error
	for i := range 4 {
		if err != nil {
			t.Fatalf("refused after %d: %v", i, err)
		}
		g.reset()
		in.Reset("* ENABLED A\r\n")
		_, err = io.ReadAll(g)
	}
	var refusal *guardError
	if !errors.As(err, &refusal) || refusal.Limit != "enabled" {
		t.Fatalf("%v, want limit enabled", err)
	}
}

func TestGuard_ErrorSaysTheLimitAndNothingOfTheServers(t *testing.T) {
	_, refusal := guarded(t, strings.NewReader("* evil "+strings.Repeat("(", 200)), defaultGuardLimits())
	if want := "the server nested a response 129 levels deep; at most 128 are read"; refusal == nil || refusal.Error() != want {
		t.Fatalf("%v, want %q", refusal, want)
	}
}

func TestGuard_PassesTheConnectionsOwnErrors(t *testing.T) {
	g := newGuard(io.MultiReader(strings.NewReader("* OK"), iotest.ErrReader(iotest.ErrTimeout)), defaultGuardLimits())
	if out, err := io.ReadAll(g); string(out) != "* OK" || !errors.Is(err, iotest.ErrTimeout) {
		t.Fatalf("%q, %v", out, err)
	}
}

func TestGuard_AllocatesNothingForWhatPasses(t *testing.T) {
	in := strings.ReplaceAll(honest, "* BYE", "* NO")
	r := strings.NewReader(in)
	g := newGuard(r, defaultGuardLimits())
	buf := make([]byte, 4096)
	if n := testing.AllocsPerRun(100, func() {
		r.Reset(in)
		g.reset()
		for {
			if _, err := g.Read(buf); err != nil {
				break
			}
		}
	}); n > 0 {
		t.Errorf("%v allocations, want none", n)
	}
	if g.err != nil {
		t.Error(g.err)
	}
}

func BenchmarkGuard(b *testing.B) {
	part := `("text" "plain" ("charset" "utf-8") NIL NIL "base64" 1234 20 NIL NIL NIL NIL)`
	for name, in := range map[string]string{
		"bodies":     strings.Repeat("* 1 FETCH (UID 1 BODY[1] {60000}\r\n"+strings.Repeat("a", 60000)+")\r\n", 20),
		"structures": strings.Repeat("* 1 FETCH (UID 1 BODYSTRUCTURE ("+part+part+` "mixed"))`+"\r\n", 5000),
		"search":     "* SEARCH" + strings.Repeat(" 123456", 50_000) + "\r\n",
	} {
		b.Run(name, func(b *testing.B) {
			r := strings.NewReader(in)
			buf := make([]byte, 4096)
			b.SetBytes(int64(len(in)))
			b.ReportAllocs()
			g := newGuard(r, defaultGuardLimits())
			for b.Loop() {
				r.Reset(in)
				g.reset()
				for {
					if _, err := g.Read(buf); errors.Is(err, io.EOF) {
						break
					} else if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

package imap

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
)

// endless repeats its text for ever.
type endless struct {
	text string
	at   int
}

func (e *endless) Read(p []byte) (int, error) {
	for n := 0; ; {
		if n == len(p) {
			return n, nil
		}
		k := copy(p[n:], e.text[e.at:])
		n, e.at = n+k, (e.at+k)%len(e.text)
	}
}

// askAll begins commands of every kind that takes rows, and waits for them.
func askAll(c *Client) (kept []any, err error) {
	set := UIDSet{{Start: 1, Stop: 1000}}
	fetch, open := c.UIDFetch(set, everything), c.FetchFrom(1, everything)
	search := c.UIDSearch(&SearchCriteria{}, &SearchOptions{ReturnAll: true})
	list, status := c.List("", "*", nil), c.Status("x", &StatusOptions{})
	move, quota, id, enable, namespace := c.UIDMove(set, "x"), c.QuotaRoot("x"), c.ID("x"), c.Enable(CapUIDOnly), c.Namespace()
	examine := c.Examine("x")
	err = c.Finish()
	rows, _ := fetch.Wait()
	more, _ := open.Wait()
	for _, q := range []func() (any, error){
		func() (any, error) { return search.Wait() },
		func() (any, error) { return list.Wait() }, func() (any, error) { return status.Wait() },
		func() (any, error) { return move.Wait() }, func() (any, error) { return quota.Wait() },
		func() (any, error) { return id.Wait() }, func() (any, error) { return enable.Wait() },
		func() (any, error) { return namespace.Wait() }, func() (any, error) { return examine.Wait() },
	} {
		answer, _ := q()
		kept = append(kept, answer)
	}
	return append(kept, rows, more, c), err
}

// TestLimits_HoldWhateverIsSent: what comes without end is ended, and what is
// kept of it meanwhile is bounded. It measures memory, so nothing runs beside it.
func TestLimits_HoldWhateverIsSent(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	// An eighth of the real ones, for the same in an eighth of the time.
	limits := DefaultLimits()
	limits.OpRows, limits.OpBytes, limits.OpLines, limits.OpValues = maxOpRows/8, maxOpBytes/8, maxOpLines/8, maxOpValues/8
	rep := strings.Repeat
	var descending, scattered strings.Builder
	for i := 1 << 17; i > 0; i-- {
		fmt.Fprintf(&descending, " %d", 4*i)
		if i%2 == 0 {
			fmt.Fprintf(&scattered, "%d,", 2000*i)
		}
	}
	for _, tt := range []struct {
		name string
		r    io.Reader
	}{
		{"a literal of 4 GB", strings.NewReader("* 1 FETCH (UID 5 BODY[] {4294967296}\r\n")},
		{"a literal of 8 EB", strings.NewReader("* X {9223372036854775807}\r\n")},
		{"literals without end", &endless{text: "* 1 FETCH (UID 5 BODY[] {1000000}\r\n" + rep("x", 1000000) + ")\r\n"}},
		{"literals of other sections", &endless{text: "* 1 FETCH (UID 5 BODY[7] {1000000}\r\n" + rep("x", 1000000) + ")\r\n"}},
		{"literals of no item", &endless{text: "* X {1000000}\r\n" + rep("x", 1000000) + "\r\n"}},
		{"strings as literals", &endless{text: "* 1 FETCH (UID 5 PREVIEW {1000000}\r\n" + rep("x", 1000000) + ")\r\n"}},
		{"one literal that drips", &endless{text: "* 1 FETCH (UID 5 BODY[] {5000000}\r\n" + rep("x\n", 2500000)}},
		{"parentheses without end", &endless{text: "* 1 FETCH (UID 5 X " + rep("(", 100_000) + "\r\n"}},
		{"parentheses of one line", io.MultiReader(strings.NewReader("* X "), &endless{text: "("})},
		{"a line without end", io.MultiReader(strings.NewReader("* OK "), &endless{text: "x"})},
		{"a tag without end", &endless{text: "x"}},
		{"a quoted string without end", io.MultiReader(strings.NewReader("* 1 FETCH (X \""), &endless{text: "x"})},
		{"a quoted string of lines without end", io.MultiReader(strings.NewReader("* 1 FETCH (X \""), &endless{text: "\r\n"})},
		{"an item's name without end", io.MultiReader(strings.NewReader("* 1 FETCH (BODY["), &endless{text: "1."})},
		{"items without value", io.MultiReader(strings.NewReader("* 1 FETCH ("), &endless{text: "BODY[] "})},
		{"blank lines", &endless{text: "\r\n"}},
		{"continuations", &endless{text: "+\r\n"}},
		{"EXPUNGE", &endless{text: "* 1 EXPUNGE\r\n"}},
		{"EXISTS", &endless{text: "* 1 EXISTS\r\n"}},
		{"FETCH of one message", &endless{text: "* 1 FETCH (UID 5)\r\n* 1 FETCH (UID 5 FLAGS ())\r\n"}},
		{"FETCH without UID", &endless{text: "* 1 FETCH (FLAGS (x))\r\n"}},
		{"flags", &endless{text: "* 1 FETCH (UID 5 FLAGS (" + rep("a ", 60_000) + "))\r\n"}},
		{"labels", &endless{text: "* 1 FETCH (UID 5 X-GM-LABELS (" + rep("&AOk- ", 60_000) + "))\r\n"}},
		{"parts that are none", &endless{text: "* 1 FETCH (UID 5 BODYSTRUCTURE (" + rep("()", 60_000) + "))\r\n"}},
		{"parts", &endless{text: "* 1 FETCH (UID 5 BODYSTRUCTURE (" + rep("(a b()()()a)", 9_000) + "))\r\n"}},
		{"multiparts", &endless{text: "* 1 FETCH (UID 5 BODYSTRUCTURE (" + rep("(()a)", 20_000) + "))\r\n"}},
		{"parameters", &endless{text: "* 1 FETCH (UID 5 BODYSTRUCTURE (a b (" + rep("a b ", 30_000) + ") a b c))\r\n"}},
		{"stray items", &endless{text: "* 1 FETCH (UID 5 FLAGS ())\r\nFLAGS (a)\r\n"}},
		{"SEARCH downwards", strings.NewReader("* SEARCH" + descending.String() + "\r\n")},
		{"SEARCH without end", io.MultiReader(strings.NewReader("* SEARCH"), &endless{text: " 1 3"})},
		{"SEARCH rows", &endless{text: "* SEARCH 1 3 5 7 9\r\n"}},
		{"SEARCH with MODSEQ without end", io.MultiReader(strings.NewReader("* SEARCH"), &endless{text: " (MODSEQ 1)"})},
		{"SORT without end", io.MultiReader(strings.NewReader("* SORT"), &endless{text: " 1"})},
		{"ESEARCH of everything", &endless{text: "* ESEARCH UID ALL 1:400000000\r\n"}},
		{"ESEARCH scattered, downwards", strings.NewReader("* ESEARCH UID ALL " + scattered.String() + "1\r\n")},
		{"ESEARCH without end", io.MultiReader(strings.NewReader("* ESEARCH UID ALL "), &endless{text: "1,"})},
		{"LIST", &endless{text: "* LIST () \"/\" a\r\n"}},
		{"LIST of long names", &endless{text: "* LIST () \"/\" " + rep("&", 60_000) + "\r\n"}},
		{"attributes", &endless{text: "* LIST (" + rep("a ", 60_000) + ") \"/\" a\r\n"}},
		{"STATUS", &endless{text: "* STATUS x (MESSAGES 1)\r\n"}},
		{"VANISHED", &endless{text: "* VANISHED 1:4294967295," + rep("1,", 60_000) + "\r\n"}},
		{"COPYUID", &endless{text: "* OK [COPYUID 1 1:4294967295 1:4294967295]\r\n"}},
		{"capabilities", &endless{text: "* CAPABILITY" + rep(" A (", 1000) + rep(" B1 B2 B3", 1000) + "\r\n"}},
		{"QUOTA", &endless{text: "* QUOTA a (" + rep("a 1 1 ", 20_000) + ")\r\n"}},
		{"ID", &endless{text: "* ID (" + rep("a b ", 20_000) + ")\r\n"}},
		{"NAMESPACE", &endless{text: "* NAMESPACE (" + rep("(a b)", 20_000) + ")\r\n"}},
		{"alerts", &endless{text: "* OK [ALERT] " + rep("a", 60_000) + "\r\n"}},
		{"tagged responses to nothing", &endless{text: "%t99 OK\r\n"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, s := dialLimits("", limits, CapLiteralPlus)
			s.Reader = tt.r
			if e, ok := tt.r.(*endless); ok {
				e.text = strings.ReplaceAll(e.text, "%t", c.r.tags)
			}
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			kept, err := askAll(c)
			runtime.GC()
			runtime.ReadMemStats(&after)
			var limit *LimitError
			if !errors.As(err, &limit) && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("ended with %v", err)
			}
			read := c.r.bytes
			if read > limits.OpBytes+readAhead {
				t.Errorf("%d bytes were read", read)
			}
			held := int64(after.HeapAlloc) - int64(before.HeapAlloc)
			churned := int64(after.TotalAlloc - before.TotalAlloc)
			t.Logf("%d bytes read, %d held, %d allocated; %v", read, held, churned, err)
			if held > 12<<20 {
				t.Errorf("%d bytes are held of %d", held, read)
			}
			if churned > 64*read+int64(limits.OpValues)*400+16<<20 {
				t.Errorf("%d bytes were allocated for %d", churned, read)
			}
			runtime.KeepAlive(kept)
		})
	}
}

func TestLimits_CostTheValueOrTheRow(t *testing.T) {
	t.Parallel()
	rep := strings.Repeat
	for _, tt := range []struct{ name, says, want string }{
		{"a string is cut", `* 1 FETCH (UID 5 PREVIEW "` + rep("x", 30) + `" RFC822.SIZE 3)`, `5 size=3 preview="` + rep("x", 20) + `"`},
		{"a literal string is cut", "* 1 FETCH (UID 5 PREVIEW {30}\r\n" + rep("x", 30) + " RFC822.SIZE 3)", `5 size=3 preview="` + rep("x", 20) + `"`},
		{"an atom is cut", `* 1 FETCH (UID 5 FLAGS (` + rep("x", 30) + `) RFC822.SIZE 3)`, `5 flags["` + rep("x", 16) + `"] size=3`},
		{"a row ends where lists are too deep", `* 1 FETCH (UID 5 RFC822.SIZE 3 X (((((1))))) FLAGS ())`, `5 size=3`},
		{"a row ends where there are too many values", `* 1 FETCH (UID 5 RFC822.SIZE 3 X (` + rep("1 ", 50) + `) FLAGS ())`, `5 size=3`},
		{"a row ends where it is too long", `* 1 FETCH (UID 5 RFC822.SIZE 3 X "` + rep("1", 500) + `" FLAGS ())`, `5 size=3`},
		{"sections do not count for the line", "* 1 FETCH (UID 5 BODY[] {500}\r\n" + rep("1", 500) + " RFC822.SIZE 3)", `5 size=3 []"` + rep("1", 500) + `"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			limits := DefaultLimits()
			limits.String, limits.Atom, limits.Text, limits.Line, limits.Depth, limits.Values = 20, 16, 60, 200, 4, 40
			c, _ := dialLimits(tt.says+"\r\n%t1 OK\r\n%t2 OK\r\n", limits)
			rows := must[[]*Message](t)(c.UIDFetch(UIDSetNum(5), everything).Wait())
			if len(rows) != 1 || told(rows[0]) != tt.want {
				t.Errorf("got %s, want %s", told(rows[0]), tt.want)
			}
			if err := c.Noop().Wait(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestLimits_OfAnOperationEndTheConnectionOneAboveThem(t *testing.T) {
	t.Parallel()
	answer := len(NewClient(&server{}, DefaultLimits(), nil).r.tags + "1 OK\r\n")
	for _, tt := range []struct {
		name string
		at   int // the limit
		set  func(*Limits, int)
		make func(n int) string
	}{
		{"rows", 8, func(l *Limits, n int) { l.OpRows = int64(n) }, func(n int) string { return strings.Repeat("* 1 EXISTS\r\n", n-1) }},
		{"lines", 300, func(l *Limits, n int) { l.OpLines = int64(n) }, func(n int) string { return "* OK " + strings.Repeat("x", n-len("* OK \r\n")-answer) + "\r\n" }},
		{"bytes", 300, func(l *Limits, n int) { l.OpBytes = int64(n) }, func(n int) string {
			size := n - len("* X {nnn}\r\n\r\n") - answer
			return fmt.Sprintf("* X {%d}\r\n%s\r\n", size, strings.Repeat("y", size))
		}},
		{"values", 50, func(l *Limits, n int) { l.OpValues = n }, func(n int) string { return "* ID" + strings.Repeat(" 1\r\n* ID", n) + "\r\n" }},
	} {
		for extra := -1; extra <= 1; extra++ {
			limits := DefaultLimits()
			tt.set(&limits, tt.at)
			c, _ := dialLimits(tt.make(tt.at+extra)+"%t1 OK\r\n"+tt.make(tt.at)+"%t2 OK\r\n", limits)
			err := c.Noop().Wait()
			var over *LimitError
			if errors.As(err, &over) != (extra > 0) {
				t.Errorf("%s, %+d: %v", tt.name, extra, err)
			}
			if extra > 0 {
				if again := c.Noop().Wait(); !errors.As(again, &over) {
					t.Errorf("%s: then %v", tt.name, again)
				}
				continue
			}
			c.Begin() // counts anew
			if err := c.Noop().Wait(); err != nil {
				t.Errorf("%s: in the next operation: %v", tt.name, err)
			}
		}
	}
}

func TestLimits_WhatIsAskedForPasses(t *testing.T) {
	t.Parallel()
	part := `("text" "plain" ("charset" "utf-8" "name" "a (b).txt") "<id>" "text" "base64" 1234 20 NIL ("attachment" ("filename" "a.txt")) NIL NIL)`
	body := strings.Repeat("From: (\x00{5}\r\n", 2<<20/13)
	var numbers strings.Builder
	for i := range 1_000_000 {
		fmt.Fprintf(&numbers, " %d", 2*i+1)
	}
	for name, says := range map[string]string{
		"1,000 parts":            "* 1 FETCH (UID 5 BODYSTRUCTURE (" + strings.Repeat(part, 1000) + ` "mixed"))`,
		"100 nested multiparts":  "* 1 FETCH (UID 5 BODYSTRUCTURE " + strings.Repeat("(", 100) + part + strings.Repeat(` "mixed")`, 100) + ")",
		"a body of 2 MiB":        fmt.Sprintf("* 1 FETCH (UID 5 BODY[1] {%d}\r\n%s)", len(body), body),
		"SEARCH of 1,000,000":    "* SEARCH" + numbers.String(),
		"ESEARCH of 1,000,000":   "* ESEARCH UID ALL " + strings.ReplaceAll(numbers.String()[1:], " ", ","),
		"100,000 EXPUNGE":        strings.Repeat("* 1 EXPUNGE\r\n", 100_000),
		"300 capabilities":       "* CAPABILITY" + strings.Repeat(" X-A", 300) + "\r\n* CAPABILITY (IMAP4rev1 (X",
		"a list of 10,000 names": strings.Repeat("* LIST (\\HasNoChildren) \"/\" \"folder\"\r\n* STATUS folder (MESSAGES 1 UNSEEN 1)\r\n", 10_000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := dial(says + "\r\n%t1 OK\r\n%t2 OK\r\n")
			fetch, search := c.UIDFetch(UIDSetNum(5), everything), c.UIDSearch(&SearchCriteria{}, nil)
			if err := c.Finish(); err != nil {
				t.Fatal(err)
			}
			understood(t, c)
			rows := must[[]*Message](t)(fetch.Wait())
			if strings.Contains(says, "FETCH") && (len(rows) != 1 || rows[0].Garbled || rows[0].Structure == nil && len(rows[0].Sections[0].Data) != len(body)) {
				t.Errorf("%d rows", len(rows))
			}
			if d := must[*SearchData](t)(search.Wait()); strings.Contains(says, "SEARCH") && d.All.Len() != 1_000_000 {
				t.Errorf("%d matches", d.All.Len())
			}
		})
	}
}

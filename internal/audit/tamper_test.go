package audit

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// withoutLine and the others change the lines of a file.
func withoutLine(i int) func([][]byte) [][]byte {
	return func(l [][]byte) [][]byte { return slices.Delete(l, i, i+1) }
}

func TestVerify_FindsEveryTampering(t *testing.T) {
	t.Parallel()
	const lines = 6
	tests := map[string]struct {
		change func([][]byte) [][]byte
		line   int // of the first finding; 0: the file as a whole
		says   string
	}{
		"first line removed":   {withoutLine(0), 1, "seq 1 should come first"},
		"middle line removed":  {withoutLine(2), 3, "seq 3 should come first"},
		"last line removed":    {withoutLine(lines - 1), 0, "the end was cut: seq 6"},
		"three removed":        {func(l [][]byte) [][]byte { return slices.Delete(l, 1, 4) }, 2, "seq 2 to 4 should come first"},
		"tail cut":             {func(l [][]byte) [][]byte { return l[:2] }, 0, "the end was cut: seq 3 to 6"},
		"all cut":              {func([][]byte) [][]byte { return nil }, 0, "the end was cut: seq 1 to 6"},
		"two swapped":          {func(l [][]byte) [][]byte { l[1], l[2] = l[2], l[1]; return l }, 2, "missing or moved"},
		"reversed":             {func(l [][]byte) [][]byte { slices.Reverse(l); return l }, 1, "missing or moved"},
		"duplicated":           {func(l [][]byte) [][]byte { return slices.Insert(l, 3, l[2]) }, 4, "repeated"},
		"last duplicated":      {func(l [][]byte) [][]byte { return append(l, l[5]) }, 7, "repeated"},
		"empty line":           {func(l [][]byte) [][]byte { return slices.Insert(l, 3, []byte("\n")) }, 4, "no whole line"},
		"garbage at the end":   {func(l [][]byte) [][]byte { return append(l, []byte("garbage\n")) }, 7, "no whole line"},
		"a line made up":       {func(l [][]byte) [][]byte { return append(l, []byte(`{"v":1,"seq":7}`+"\n")) }, 7, "was changed"},
		"CR before LF":         {func(l [][]byte) [][]byte { l[0] = bytes.Replace(l[0], []byte("\n"), []byte("\r\n"), 1); return l }, 1, "was changed"},
		"last newline removed": {func(l [][]byte) [][]byte { l[5] = bytes.TrimSpace(l[5]); return l }, 6, "no whole line"},
		"two lines made one":   {func(l [][]byte) [][]byte { l[2] = bytes.TrimSpace(l[2]); return l }, 3, "no whole line"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			path := logPath(t)
			write(t, open(t, path), lines)
			put(t, path, bytes.Join(tt.change(bytes.SplitAfter(read(t, path), []byte("\n"))[:lines]), nil))
			mustFind(t, path, tt.line, tt.says)
		})
	}
}

// mustFind verifies and looks at the first finding.
func mustFind(t *testing.T, path string, line int, says string) {
	t.Helper()
	r := verify(t, path)
	if r.Intact() || len(r.Findings) == 0 {
		t.Fatal("nothing was found")
	}
	if f := r.Findings[0]; f.Line != line || !strings.Contains(f.String(), says) {
		t.Errorf("first found: %s; want line %d and %q", f, line, says)
	}
}

func TestVerify_FindsAChangeOfAnyBit(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("thousands of verifications, in one goroutine")
	}
	path := logPath(t)
	write(t, open(t, path), 3)
	whole := read(t, path)
	for i := range whole {
		for _, bit := range []byte{1, 0x20, 0x80} {
			changed := bytes.Clone(whole)
			changed[i] ^= bit
			put(t, path, changed)
			r := verify(t, path)
			if want := 1 + bytes.Count(whole[:i], []byte("\n")); r.Intact() || r.Findings[0].Line != want {
				t.Fatalf("byte %d, bit %#x: %v, want one in line %d", i, bit, r.Findings, want)
			}
		}
	}
}

func TestVerify_FindsAChangeOfEachField(t *testing.T) {
	t.Parallel()
	path := logPath(t)
	write(t, open(t, path), 2)
	whole := string(read(t, path))
	for _, change := range [][2]string{
		{`"v":1`, `"v":2`},
		{`"seq":2`, `"seq":3`},
		{`12:00:02`, `12:00:03`},
		{`"event":"outcome"`, `"event":"call"`},
		{`desk-client`, `other`},
		{`imap_apply_to_messages`, `imap_search_messages`},
		{`"work"`, `"home"`},
		{`"INBOX"`, `"Archive"`},
		{`op-1`, `op-2`},
		{`:7:2"`, `:7:3"`},
		{`"done"`, `"failed"`},
		{`"timeout"`, `"conflict"`},
		{`"duration_ms":12`, `"duration_ms":13`},
		{`"done":1`, `"done":2`},
		{`"v":1`, `"v": 1`},
	} {
		first, second, _ := strings.Cut(whole, "\n")
		changed := strings.Replace(second, change[0], change[1], 1)
		if changed == second {
			t.Fatalf("%q is not there", change[0])
		}
		put(t, path, []byte(first+"\n"+changed))
		mustFind(t, path, 2, "was changed")
	}
}

func TestVerify_FindsALineOfAnotherLog(t *testing.T) {
	t.Parallel()
	path, other := logPath(t), logPath(t)
	write(t, open(t, path), 4)
	write(t, open(t, other), 4)
	lines := bytes.SplitAfter(read(t, path), []byte("\n"))
	foreign := bytes.SplitAfter(read(t, other), []byte("\n"))
	for i := range 4 { // the key is the same, and so are the numbers
		mixed := slices.Clone(lines)
		mixed[i] = foreign[i]
		put(t, path, bytes.Join(mixed, nil))
		if r := verify(t, path); r.Intact() || r.Findings[0].Line > i+2 {
			t.Errorf("line %d of another log: %v", i+1, r.Findings)
		}
	}
	put(t, path, bytes.Join(foreign, nil)) // the whole other log under this head
	if r := verify(t, path); r.Intact() {
		t.Error("another log passed under this head")
	}
}

func TestVerify_FindsWhatWasDoneToTheHead(t *testing.T) {
	t.Parallel()
	path := logPath(t)
	l := open(t, path)
	write(t, l, 2)
	older, olderHead := read(t, path), read(t, path+headSuffix)
	write(t, l, 3)
	newer, newerHead := read(t, path), read(t, path+headSuffix)

	put(t, path, older)
	mustFind(t, path, 0, "the end was cut: seq 3 to 5")
	put(t, path, newer)
	put(t, path+headSuffix, olderHead)
	mustFind(t, path, 0, "an older head was put back")
	for i := range newerHead {
		forged := bytes.Clone(newerHead)
		forged[i] ^= 1
		put(t, path+headSuffix, forged)
		mustFind(t, path, 0, "head was changed")
		put(t, path+headSuffix, newerHead[:i])
		mustFind(t, path, 0, "head was changed")
	}
	if err := os.Remove(path + headSuffix); err != nil {
		t.Fatal(err)
	}
	mustFind(t, path, 0, "head is missing")
	if err := l.Write(t.Context(), entry(0)); err == nil {
		t.Error("a log without its head was continued")
	}
}

func TestVerify_AnotherKeyFindsNothingGenuine(t *testing.T) {
	t.Parallel()
	path := logPath(t)
	write(t, open(t, path), 3)
	r, err := Verify(t.Context(), path, otherKey)
	if err != nil || r.Intact() || r.Lines != 0 || !strings.Contains(fmt.Sprint(r.Findings), "key") {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestVerify_ACutShowsForEverAfterMoreLines(t *testing.T) {
	t.Parallel()
	path := logPath(t)
	l := open(t, path)
	write(t, l, 4)
	put(t, path, bytes.Join(bytes.SplitAfter(read(t, path), []byte("\n"))[:2], nil))
	write(t, l, 3)
	mustFind(t, path, 3, "seq 3 to 4 should come first")
	put(t, path, nil)
	write(t, l, 1)
	mustFind(t, path, 1, "should come first")
}

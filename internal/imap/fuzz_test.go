package imap

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// hostile is what has hurt go-imap, and forms of every response: the corpus of
// the guard that stood before it.
func hostile() []string {
	deep := func(before, open string) string { return before + strings.Repeat(open, 2000) }
	return []string{
		"* OK [CAPABILITY IMAP4rev1 LITERAL+] ready (really) {5}\r\n* OK\r\n* OK \r\n* PREAUTH  [x\n+ \r\n+\r\n+ [a (\r\n" +
			"* CAPABILITY IMAP4rev1  ESEARCH \r\n* FLAGS (\\Seen \\*)\r\n* OK [PERMANENTFLAGS (\\Seen \\*)] \"odd\r\n" +
			"* LIST (\\HasNoChildren) \"/\" \"a \\\"(\\\\\"\r\n* LIST () NIL {3}\r\n)\r(\r\n* STATUS x (MESSAGES 1)\n* 12 EXISTS\r\n" +
			"* 1 FETCH (UID 1 BODY[HEADER.FIELDS (FROM)] {5}\r\n(((\r\n FLAGS(\\Seen))\r\n" +
			"* 1 FETCH (BINARY[1] ~{3}\r\na\x00b BODY[]<5> {0} \n BODY[1] \"a\r\nb\")\r\n* SEARCH 1 2 (MODSEQ 5)\r\n* SEARCH\r\n" +
			"* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n* BYE [UNAVAILABLE] too \x1b[31mmany\xff c\xc3\xb6nnections\r\n%t1 BAD [X] no\r\n%t2 OK\n",
		deep("* 1 FETCH (UID 1 BODYSTRUCTURE ", "("), deep("* 1 FETCH (UID 1 BODY ", "("), deep("* THREAD ", "()"),
		deep("* LIST () \"/\" x (\"A\" ", "("), deep("* NAMESPACE ((\"\" NIL \"X\" ", "("), deep("* ESEARCH (TAG \"T5\") X ", "("), deep("* STATUS INBOX (X ", "("),
		"* 1 FETCH (UID 1 BODYSTRUCTURE (\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 5 (NIL {9}\r\n=?a?q?b?= NIL NIL NIL NIL NIL NIL \"((((\" \"<a@b>\") (\"text\" \"plain\" NIL NIL NIL NIL 0) 1))\r\n",
		"* 1 FETCH (UID 1 FLAGS (\\Seen) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE 5 MODSEQ (5) BINARY.SIZE[1] 5 BODY[1.2.HEADER.FIELDS (A)]<0> \"x\")\r\n",
		"* ID (\"name\" \"x\" \"y\")\r\n* ID NIL\r\n* QUOTA \"\" (STORAGE 1 2)\r\n* QUOTAROOT INBOX \"\"\r\n",
		"* ACL INBOX a lrs b {3}\r\nlrs\r\n* METADATA INBOX (/a {3}\r\n(((  /b NIL)\r\n",
		"* SORT 3 2 1\r\n* SEARCH 3 2 1 (MODSEQ 9)\r\n* ESEARCH UID ALL 1:400000000,9,7 COUNT 2\r\n",
		"* 5 EXPUNGE\r\n* 5 RECENT\r\n* OK [UIDNEXT 5] x\r\n* OK [HIGHESTMODSEQ 5]\r\n* OK [COPYUID 1 1:2 $]\r\n* VANISHED (EARLIER) 1:4,7\r\n",
		"* OK [FOO x\r\n* X {9}\r\n]\r\n* X (\r\n", "* CAPABILITY (\r\n", "%t1 OK [APPENDUID 1 2] done\r\n%t2 NO x\r\n%t3 BAD\r\n%t4 OK\r\n",
		"* LIST () \"/\" &AAA-\r\n* LIST (\\X) NIL \"a\" (OLDNAME (\"b\") CHILDINFO (\"SUBSCRIBED\"))\r\n",
		"* 1 FETCH (UID 5 BODY[] {9}\r\nabc)\r\n%t1 OK\r\n", "* 1 FETCH (UID 5 BODY[] FLAGS (a)\r\nUID 7)\r\n",
	}
}

// dripping gives a byte or a few at a time.
type dripping struct {
	r io.Reader
	n int
}

func (d dripping) Read(p []byte) (int, error) { return d.r.Read(p[:min(len(p), d.n)]) }

// FuzzResponses: whatever a server sends, with commands of every kind waiting,
// comes to an end, costs memory in proportion, and is the same however the
// stream is cut. Behind it the connection goes on: our tag is found again.
func FuzzResponses(f *testing.F) {
	for _, s := range hostile() {
		f.Add([]byte(s))
	}
	files, _ := filepath.Glob("testdata/transcripts/*.txt")
	for _, file := range files {
		if data, err := os.ReadFile(file); err == nil {
			f.Add(data[:min(len(data), 6000)])
		}
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		if len(in) > 64<<10 {
			return
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		c, s := dial("")
		s.Reader = strings.NewReader(strings.ReplaceAll(string(in), "%t", c.r.tags))
		kept, err := askAll(c)
		runtime.ReadMemStats(&after)
		if err == nil && len(c.open) > 0 {
			t.Fatal("not at its end")
		}
		if used := int64(after.TotalAlloc - before.TotalAlloc); used > 2000*int64(len(in))+8<<20 {
			t.Fatalf("%d bytes were allocated for %d", used, len(in))
		}
		// The same in small pieces, with the same tags.
		d, s := dial("")
		d.r.tags = c.r.tags
		s.Reader = dripping{strings.NewReader(strings.ReplaceAll(string(in), "%t", c.r.tags)), 1 + len(in)%3}
		again, errAgain := askAll(d)
		if fmt.Sprint(err) != fmt.Sprint(errAgain) {
			t.Fatalf("ended with %v, in pieces with %v", err, errAgain)
		}
		if !reflect.DeepEqual(kept[:len(kept)-1], again[:len(again)-1]) || !reflect.DeepEqual(c.Problems(), d.Problems()) {
			t.Fatalf("read %v, in pieces %v", kept[:len(kept)-1], again[:len(again)-1])
		}
		// Behind it, at the beginning of a line, the tag is found, whatever is open.
		c, s = dial("")
		s.Reader = strings.NewReader(string(in) + "\r\n" + c.r.tags + "1 OK found\r\n")
		if err := c.Noop().Wait(); err != nil && !errors.As(err, new(*LimitError)) {
			t.Fatalf("the tag was not found: %v", err)
		}
	})
}

// printer writes responses as servers do, each value in one of its forms.
type printer struct{ t *rapid.T }

func (p printer) of(label string, forms ...string) string {
	return rapid.SampledFrom(forms).Draw(p.t, label)
}

func (p printer) blank() string { return p.of("blank", " ", " ", "  ", "\t") }

// text writes a string: quoted where it may be, or as a literal.
func (p printer) text(s string) string {
	literal := fmt.Sprintf("{%d}\r\n%s", len(s), s)
	if strings.ContainsAny(s, "\r\n\x00") || !utf8.ValidString(s) {
		return literal
	}
	return p.of("string", `"`+quoter.Replace(s)+`"`, literal)
}

func (p printer) nstring(s string) string {
	if s == "" {
		return p.of("nothing", "NIL", `""`, "{0}\r\n", "nil")
	}
	return p.text(s)
}

func (p printer) params(params map[string]string) string {
	if len(params) == 0 {
		return "NIL"
	}
	var list []string
	for name, value := range params {
		list = append(list, p.text(name)+p.blank()+p.nstring(value))
	}
	return "(" + strings.Join(list, p.blank()) + ")"
}

func (p printer) structure(bs *BodyStructure) string {
	disposition := "NIL"
	if bs.Disposition != "" {
		disposition = "(" + p.text(bs.Disposition) + " " + p.params(bs.DispositionParams) + ")"
	}
	if bs.Type == "multipart" {
		var parts []string
		for _, child := range bs.Children {
			parts = append(parts, p.structure(child))
		}
		return "(" + strings.Join(parts, p.of("between", "", " ")) + " " + p.text(bs.Subtype) + " " + p.params(bs.Params) + " " + disposition + " NIL NIL)"
	}
	s := fmt.Sprintf("(%s %s %s %s NIL %s %d", p.text(bs.Type), p.text(bs.Subtype), p.params(bs.Params), p.nstring(bs.ID), p.text(bs.Encoding), bs.Size)
	if bs.Lines >= 0 {
		s += fmt.Sprint(" ", bs.Lines)
	}
	return s + " NIL " + disposition + " NIL NIL)"
}

// word is a string that is not empty, of what mail has.
func word(t *rapid.T, label string) string {
	return rapid.StringOfN(rapid.SampledFrom([]rune("ab1 \"\\(){}[]%&\r\né")), 1, 8, -1).Draw(t, label)
}

func anyStructure(t *rapid.T, depth int) *BodyStructure {
	bs := &BodyStructure{Subtype: word(t, "subtype"), Lines: -1}
	for range rapid.IntRange(0, 2).Draw(t, "params") {
		if bs.Params == nil {
			bs.Params = map[string]string{}
		}
		bs.Params[word(t, "name")] = rapid.SampledFrom([]string{"", "x", "a \"b\"\r\n"}).Draw(t, "value")
	}
	if rapid.Bool().Draw(t, "disposed") {
		bs.Disposition = rapid.SampledFrom([]string{"inline", "attachment"}).Draw(t, "disposition")
		bs.DispositionParams = map[string]string{"filename": word(t, "filename")}
	}
	if depth < 4 && rapid.Bool().Draw(t, "multipart") {
		bs.Type = "multipart"
		for range rapid.IntRange(1, 3).Draw(t, "parts") {
			bs.Children = append(bs.Children, anyStructure(t, depth+1))
		}
		return bs
	}
	bs.Type, bs.Encoding, bs.Size = rapid.SampledFrom([]string{"text", "image"}).Draw(t, "type"), "7bit", rapid.Int64Range(0, 1<<40).Draw(t, "size")
	bs.ID = rapid.SampledFrom([]string{"", "<i@d>"}).Draw(t, "id")
	if bs.Type == "text" {
		bs.Lines = rapid.Int64Range(0, 1000).Draw(t, "lines")
	}
	return bs
}

// roundTrip writes what a server may say of values, and reads them back.
func roundTrip(t *rapid.T) {
	p := printer{t}
	c, s := dial("")
	at := rapid.Int64Range(1, 4e9)
	want := &Message{
		Seq: rapid.Uint32Min(1).Draw(t, "seq"), UID: rapid.Uint32Min(1).Draw(t, "uid"), Flags: []Flag{},
		InternalDate: time.Unix(at.Draw(t, "date"), 0).UTC(),
		RFC822Size: rapid.Int64Range(1, 1<<40).Draw(t, "size"),
		Structure: anyStructure(t, 0), GmailMsgID: rapid.Uint64Min(1).Draw(t, "msgid"), said: true,
	}
	for range rapid.IntRange(0, 3).Draw(t, "flags") {
		want.Flags = append(want.Flags, Flag(rapid.SampledFrom([]string{`\Seen`, "$x", "a[b]c", "]", `\*`, "é"}).Draw(t, "flag")))
	}
	var flags []string
	for _, f := range want.Flags {
		flags = append(flags, string(f))
	}
	preview := rapid.String().Draw(t, "preview")
	body := string(rapid.SliceOf(rapid.Byte()).Draw(t, "body"))
	want.Preview, want.Sections = &preview, []Section{{Offset: -1, Data: []byte(body), Total: int64(len(body))}}
	items := rapid.Permutation([]string{
		fmt.Sprint("UID", p.blank(), want.UID), "FLAGS" + p.blank() + "(" + strings.Join(flags, p.blank()) + ")",
		`INTERNALDATE "` + want.InternalDate.Format("_2-Jan-2006 15:04:05 -0700") + `"`,
		fmt.Sprint("rfc822.size ", want.RFC822Size), "MODSEQ (7)", "BODYSTRUCTURE " + p.structure(want.Structure),
		fmt.Sprint("X-GM-MSGID ", want.GmailMsgID), "PREVIEW " + p.text(preview), fmt.Sprintf("BODY[] {%d}\r\n%s", len(body), body), "X-UNKNOWN (a (b \"c\") {2}\r\n)( NIL)",
	}).Draw(t, "items")
	said := fmt.Sprintf("* %d FETCH%s(%s)\r\n", want.Seq, p.blank(), strings.Join(items, p.blank())) + c.r.tags + "1 OK\r\n"

	var found UIDSet
	for next, n := uint64(0), rapid.IntRange(0, 6).Draw(t, "ranges"); n > 0; n-- {
		from := next + uint64(rapid.IntRange(2, 1000).Draw(t, "gap"))
		next = from + uint64(rapid.IntRange(0, 100000).Draw(t, "length"))
		found = append(found, UIDRange{UID(from), UID(next)})
	}
	all := "COUNT 0"
	if len(found) > 0 {
		all = fmt.Sprintf("COUNT %d ALL %s", found.Len(), UIDSet(rapid.Permutation(found).Draw(t, "order")))
	}
	said += fmt.Sprintf("* ESEARCH (TAG \"%s2\") UID%s%s\r\n", c.r.tags, p.blank(), all) + c.r.tags + "2 OK\r\n"

	name := rapid.StringN(1, 20, -1).Filter(func(s string) bool { return !strings.ContainsRune(s, utf8.RuneError) }).Draw(t, "name")
	row := &ListData{Attrs: []MailboxAttr{`\HasNoChildren`}, Delim: rapid.SampledFrom([]rune(`/.\"`)).Draw(t, "delimiter"), Mailbox: name}
	messages := rapid.Uint32().Draw(t, "messages")
	row.Status = &StatusData{Mailbox: name, NumMessages: &messages, UIDNext: rapid.Uint32().Draw(t, "next")}
	said += fmt.Sprintf("* LIST (%s)%s%s%s%s\r\n", row.Attrs[0], p.blank(), p.text(string(row.Delim)), p.blank(), p.text(encodeName(name)))
	said += fmt.Sprintf("* STATUS %s%s(MESSAGES %d SIZE 9 UIDNEXT %d)\r\n", p.text(encodeName(name)), p.blank(), messages, row.Status.UIDNext) + c.r.tags + "3 OK\r\n"
	s.Reader = strings.NewReader(said)

	fetch := c.UIDFetch(UIDSetNum(want.UID), &FetchOptions{BodySection: []*BodySection{{}}})
	search := c.UIDSearch(&SearchCriteria{}, &SearchOptions{ReturnAll: true})
	list := c.List("", "*", nil)
	if err := c.Finish(); err != nil || len(c.Problems()) > 0 {
		t.Fatalf("%v, %q of %q", err, c.Problems(), said)
	}
	rows, _ := fetch.Wait()
	if len(rows) == 1 {
		rows[0].InternalDate = rows[0].InternalDate.UTC()
	}
	if len(rows) != 1 || !reflect.DeepEqual(rows[0], want) {
		t.Fatalf("read %v\nof %q", rows, said)
	}
	if d, _ := search.Wait(); !reflect.DeepEqual(d.All, found) || int(d.Count) != found.Len() || !d.HasAll() {
		t.Fatalf("found %s of %q", d.All, said)
	}
	if boxes, _ := list.Wait(); len(boxes) != 1 || !reflect.DeepEqual(boxes[0], row) {
		t.Fatalf("listed %+v of %q", boxes, said)
	}
}

func TestResponses_AreReadBackAsTheyWereMeant(t *testing.T) {
	t.Parallel()
	rapid.Check(t, roundTrip)
}

func FuzzRoundTrip(f *testing.F) {
	for i := range byte(8) { // rapid takes its choices from the bytes, and needs many
		seed := make([]byte, 16<<10)
		_, _ = rand.NewChaCha8([32]byte{i}).Read(seed)
		f.Add(seed)
	}
	f.Fuzz(rapid.MakeFuzz(roundTrip))
}

func FuzzName(f *testing.F) {
	for _, s := range []string{"INBOX", "Entwürfe", "a & b", "&", "&-", "&AOk-", "😀", "\x00\r\n\"\\", "\xff", "&jjo-x", "a/b.c", "日本語/台北"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		sent := encodeName(s)
		for i := range len(sent) {
			if sent[i] < ' ' || sent[i] > '~' {
				t.Fatalf("%q is sent as %q", s, sent)
			}
		}
		if utf8.ValidString(s) && !strings.ContainsRune(s, utf8.RuneError) && decodeName(sent) != s {
			t.Fatalf("%q, sent as %q, came back as %q", s, sent, decodeName(sent))
		}
		// Whatever a server sends is a name that leads back to the same bytes.
		name := decodeName(s)
		if !utf8.ValidString(name) {
			t.Fatalf("%q is shown as %q", s, name)
		}
		var names Names
		if names.learn(name, s); len(s) <= maxAtom && names.raw(name) != s {
			t.Fatalf("%q is opened as %q", s, names.raw(name))
		}
	})
}

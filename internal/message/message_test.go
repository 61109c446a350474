package message_test

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"mail-imap-mcp/internal/message"
)

func TestDecodeHeaderText_ReadsWhatSendersWrite(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"plain", "Hello", "Hello"},
		{"Q in UTF-8", "=?utf-8?Q?Gr=C3=BC=C3=9Fe_aus?= Wien", "Grüße aus Wien"},
		{"B in iso-2022-jp", "=?ISO-2022-JP?B?GyRCMnE1RBsoQg==?=", "会議"},
		{"koi8-r", "=?koi8-r?B?8NLJ18XU?=", "Привет"},
		{"gb2312 is read as gb18030", "=?gb2312?B?xOO6ww==?=", "你好"},
		{"korean under its old name", "=?ks_c_5601-1987?B?vsiz5w==?=", "안녕"},
		{"blanks between words are not shown", "=?utf-8?Q?a?=  =?utf-8?Q?b?=", "ab"},
		{"blanks between a word and text are", "=?utf-8?Q?a?= b", "a b"},
		{"a character split between words", "=?utf-8?Q?=C3?= =?utf-8?Q?=BC?=", "ü"},
		{"a language", "=?utf-8*de?Q?=C3=BC?=", "ü"},
		{"inside quotes, against the rules", `"=?utf-8?Q?J=C3=BCrgen?=" x`, `"Jürgen" x`},
		{"8-bit UTF-8", "Grüße", "Grüße"},
		{"8-bit latin-1", "Gr\xfc\xdfe", "Grüße"},
		{"a wrong escape stays", "=?utf-8?Q?100=_ok?=", "100= ok"},
		{"no end", "=?utf-8?Q?abc", "=?utf-8?Q?abc"},
		{"unknown encoding", "=?utf-8?X?abc?=", "=?utf-8?X?abc?="},
		{"unknown charset", "=?no-such?Q?abc=E9?=", "abcé"},
		{"UTF-7", "=?utf-7?Q?Gr+APwA3w-e?=", "Grüße"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := message.DecodeHeaderText(tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestParseHeader_IsLenient(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, in string
		want     []message.Field
	}{
		{"CRLF and folding", "A: one\r\n two\r\nB: x\r\n\r\nC: body", []message.Field{{"A", "one two"}, {"B", "x"}}},
		{"LF only", "A: one\n\ttwo\nB: x\n\nC: body", []message.Field{{"A", "one\ttwo"}, {"B", "x"}}},
		{"CR only", "A: one\rB: x\r\rC: body", []message.Field{{"A", "one"}, {"B", "x"}}},
		{"a line without colon", "garbage\r\n more\r\nA: one\r\n", []message.Field{{"A", "one"}}},
		{"a blank before the colon", "Subject : x\r\n", []message.Field{{"Subject", "x"}}},
		{"cut in a field", "A: one\r\nB: tw", []message.Field{{"A", "one"}, {"B", "tw"}}},
		{"duplicates are kept", "A: 1\r\nA: 2\r\n", []message.Field{{"A", "1"}, {"A", "2"}}},
		{"mbox line", "From x Mon Jan\r\nA: 1\r\n", []message.Field{{"A", "1"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, message.ParseHeader([]byte(tt.in)).Fields()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestHeader_TextIsOneSafeLine(t *testing.T) {
	t.Parallel()
	h := message.ParseHeader([]byte("Subject: =?utf-8?Q?a=0D=0Ab=E2=80=AEc=E2=80=8B?= d\r\n"))
	if got := h.Text("subject"); strings.ContainsAny(got, "\r\n\u202e\u200b") || !strings.HasPrefix(got, "a") {
		t.Errorf("got %q", got)
	}
}

func TestParseAddresses_ReadsWhatSendersWrite(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, in string
		want     []string
	}{
		{"name and address", "Ada Lovelace <ada@example.org>", []string{"Ada Lovelace <ada@example.org>"}},
		{"quoted comma", `"Lovelace, Ada" <ada@example.org>, bob@example.org`, []string{`"Lovelace, Ada" <ada@example.org>`, "bob@example.org"}},
		{"encoded word", "=?utf-8?Q?J=C3=BCrgen?= <j@example.de>", []string{"Jürgen <j@example.de>"}},
		{"encoded comma", "=?utf-8?Q?M=C3=BCller=2C_J?= <j@example.de>", []string{`"Müller, J" <j@example.de>`}},
		{"a name that looks like an address", `"ceo@bank.example" <x@evil.example>`, []string{`"ceo@bank.example" <x@evil.example>`}},
		{"comment as name", "ada@example.org (Ada)", []string{"Ada <ada@example.org>"}},
		{"group", "Team: ada@example.org, bob@example.org;", []string{"ada@example.org", "bob@example.org"}},
		{"undisclosed", "undisclosed-recipients:;", []string{}},
		{"name is the address", "<ada@example.org> ada@example.org", []string{"ada@example.org"}},
		{"bracket without end", "Ada <ada@example.org", []string{"Ada <ada@example.org>"}},
		{"bracket without end, and another", "Ada <ada@example.org, bob@example.org", []string{"Ada <ada@example.org>", "bob@example.org"}},
		{"no address at all", "Ada Lovelace", []string{"Ada Lovelace"}},
		{"source route", "<@relay.example:ada@example.org>", []string{"ada@example.org"}},
		{"IDN of one harmless script", "<a@xn--mller-kva.example>", []string{"a@müller.example"}},
		{"IDN of letters that look Latin", "<a@xn--80ak6aa92e.example>", []string{"a@xn--80ak6aa92e.example"}},
		{"bidi control in the name", "\"a\u202eb\" <a@example.org>", []string{"ab <a@example.org>"}},
		{"empty", "", []string{}},
		{"commas", ",,,", []string{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := []string{}
			for _, a := range message.ParseAddresses(tt.in) {
				got = append(got, a.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseDate_ReadsWhatSendersWrite(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"usual", "Mon, 02 Nov 2026 10:00:00 +0100", "2026-11-02T10:00:00+01:00"},
		{"no day of the week, no seconds", "2 Nov 2026 10:00 -0500", "2026-11-02T10:00:00-05:00"},
		{"wrong day of the week", "Fri, 02 Nov 2026 10:00:00 GMT", "2026-11-02T10:00:00Z"},
		{"comment", "Mon, 2 Nov 2026 10:00:00 +0000 (UTC)", "2026-11-02T10:00:00Z"},
		{"named zone", "Mon, 2 Nov 2026 10:00:00 EST", "2026-11-02T10:00:00-05:00"},
		{"two-digit year", "2 Nov 99 10:00:00 +0000", "1999-11-02T10:00:00Z"},
		{"half-hour zone", "2 Nov 2026 10:00:00 +0530", "2026-11-02T10:00:00+05:30"},
		{"dashes", "02-Nov-2026 10:00:00 +0000", "2026-11-02T10:00:00Z"},
		{"ctime", "Mon Nov  2 10:00:00 2026", "2026-11-02T10:00:00Z"},
		{"ISO", "2026-11-02T10:00:00+01:00", "2026-11-02T10:00:00+01:00"},
		{"ISO with a zone of RFC 5322", "2026-11-02T10:00:00+0100", "2026-11-02T10:00:00+01:00"},
		{"ISO day", "2026-11-02", "2026-11-02T00:00:00Z"},
		{"unknown zone of RFC 5322", "Mon, 2 Nov 2026 10:00:00 -0000", "2026-11-02T10:00:00Z"},
		{"military zone", "2 Nov 2026 10:00 A", "2026-11-02T10:00:00Z"},
		{"three-digit year", "2 Nov 126 10:00:00 +0000", "2026-11-02T10:00:00Z"},
		{"day of the week in full", "Monday, 02-Nov-26 10:00:00 GMT", "2026-11-02T10:00:00Z"},
		{"no such hour", "2 Nov 2026 25:00:00 +0000", ""},
		{"comments and blanks in the time", "Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", "1997-11-21T09:55:06-06:00"},
		{"leap second", "2 Nov 2026 23:59:60 +0000", "2026-11-02T23:59:59Z"},
		{"impossible day", "31 Jun 2026 10:00:00 +0000", ""},
		{"no date", "yesterday", ""},
		{"empty", "", ""},
		{"year 0", "2 Nov 0 10:00:00 +0000", "2000-11-02T10:00:00Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := message.ParseDate(tt.in)
			if ok != (tt.want != "") || (ok && got.Format(time.RFC3339) != tt.want) {
				t.Errorf("got %v, %t; want %q", got, ok, tt.want)
			}
		})
	}
}

func TestDecodeText_ReadsWhatSendersWrite(t *testing.T) {
	t.Parallel()
	part := func(charset, encoding string, more ...string) *message.Part {
		p := &message.Part{MediaType: "text/plain", Encoding: encoding, Params: map[string]string{}}
		if charset != "" {
			p.Params["charset"] = charset
		}
		for i := 0; i+1 < len(more); i += 2 {
			p.Params[more[i]] = more[i+1]
		}
		return p
	}
	for _, tt := range []struct {
		name     string
		part     *message.Part
		in, want string
		noted    bool
	}{
		{"quoted-printable", part("iso-8859-1", "quoted-printable"), "Caf=E9 =\r\nzwei\r\n", "Café zwei\n", false},
		{"soft break with blanks behind", part("utf-8", "quoted-printable"), "a= \r\nb", "ab", false},
		{"wrong escapes stay", part("utf-8", "quoted-printable"), "100=% =zz", "100=% =zz", true},
		{"cut in an escape", part("utf-8", "quoted-printable"), "ok =C3=B", "ok ", false},
		{"base64 with garbage in it", part("utf-8", "base64"), "R3LD!vM\r\nOf", "Grüß", true},
		{"base64 cut in a character", part("utf-8", "base64"), "R3LDvMM=", "Grü", false},
		{"utf-8 called ascii", part("us-ascii", "8bit"), "Grüße", "Grüße", false},
		{"utf-8 called latin-1", part("iso-8859-1", "8bit"), "Grüße", "Grüße", true},
		{"latin-1 called utf-8", part("utf-8", "8bit"), "Gr\xfc\xdfe aus K\xf6ln", "Grüße aus Köln", true},
		{"unknown charset", part("x-nonsense", "8bit"), "Gr\xfc\xdfe", "Grüße", true},
		{"no charset", part("", "8bit"), "Gr\xfc\xdfe", "Grüße", true},
		{"byte order mark", part("", "8bit"), "\xef\xbb\xbfGrüße", "Grüße", false},
		{"utf-16", part("utf-16le", "8bit"), "G\x00r\x00", "Gr", false},
		{"iso-2022-jp", part("iso-2022-jp", "7bit"), "\x1b$B2q5D\x1b(B", "会議", false},
		{"flowed", part("utf-8", "7bit", "format", "flowed"), "one \r\ntwo\r\n> quoted \r\n> on\r\n-- \r\nme\r\n", "one two\n> quoted on\n-- \nme\n", false},
		{"flowed with delsp", part("utf-8", "7bit", "format", "flowed", "delsp", "yes"), "日 \r\n本\r\n", "日本\n", false},
		{"lone CR", part("utf-8", "7bit"), "a\rb\r\nc", "a\nb\nc", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, note := message.DecodeText(tt.part, []byte(tt.in))
			if got != tt.want || (note.String() != "") != tt.noted {
				t.Errorf("got %q (%s), want %q (noted: %t)", got, note, tt.want, tt.noted)
			}
		})
	}
}

func TestParse_NumbersPartsAsIMAPDoesAndChoosesTheBody(t *testing.T) {
	t.Parallel()
	const source = `Subject: nested
Content-Type: multipart/mixed; boundary=outer

preamble
--outer
Content-Type: multipart/related; boundary=rel

--rel
Content-Type: multipart/alternative; boundary=alt

--alt
Content-Type: text/plain

plain
--alt
Content-Type: text/html

<p>html</p>
--alt--
--rel
Content-Type: image/png
Content-ID: <pic>

PNG
--rel--
--outer
Content-Type: application/pdf
Content-Disposition: attachment; filename*0*=utf-8''Rech; filename*1*=nung%20%C3%84.pdf

PDF
--outer
Content-Type: message/rfc822

Subject: inner

hello
--outer--
`
	root, header, sections := message.Parse([]byte(source))
	if header.Text("Subject") != "nested" {
		t.Errorf("subject %q", header.Text("Subject"))
	}
	body := message.ChooseBody(root).Main()
	if body.Text == nil || body.Text.ID != "1.1.1" || body.HTML == nil || body.HTML.ID != "1.1.2" {
		t.Fatalf("body %+v", body)
	}
	if got := string(sections["1.1.1"]); got != "plain" {
		t.Errorf("the text is %q", got)
	}
	want := []message.Attachment{
		{Filename: "Rechnung Ä.pdf", ContentType: "application/pdf", Size: 3, PartID: "2"},
		{ContentType: "message/rfc822", Size: int64(len("Subject: inner\n\nhello")), PartID: "3"},
	}
	if diff := cmp.Diff(want, message.Attachments(root)); diff != "" {
		t.Error(diff)
	}
}

func TestParse_IsLenientWithBoundaries(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"no end", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhello\n", "hello"},
		{"no boundary anywhere", "Content-Type: multipart/mixed; boundary=b\n\nhello\n", "hello\n"},
		{"no boundary parameter", "Content-Type: multipart/mixed\n\nhello\n", "hello\n"},
		{"blanks behind", "Content-Type: multipart/mixed; boundary=\"b\"\n\n--b  \n\nhello\n--b--  \n", "hello"},
		{"no header at all", "\nhello", "hello"},
		{"broken content type", "Content-Type: nonsense\n\nhello", "hello"},
		{"empty", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root, _, sections := message.Parse([]byte(tt.in))
			body := message.ChooseBody(root).Main()
			if body.Text == nil || string(sections[body.Text.ID]) != tt.want {
				t.Errorf("body %+v, sections %q", body.Text, sections)
			}
		})
	}
}

// What a sender can nest or repeat is bounded: each of these answers at once.
func TestParse_HostileMailIsBounded(t *testing.T) {
	t.Parallel()
	nested := strings.Repeat("Content-Type: multipart/mixed; boundary=b\n\n--b\n", 10_000)
	distinct := &strings.Builder{}
	for i := range 2_000 {
		b := strings.Repeat("x", i%60+1)
		distinct.WriteString("Content-Type: multipart/mixed; boundary=" + b + "\n\n--" + b + "\n")
	}
	for name, source := range map[string]string{
		"10,000 nested, unterminated": nested,
		"nested with other names":     distinct.String(),
		"100,000 parts":               "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n\nx\n", 100_000),
		"header of 50 MB":             strings.Repeat("X: y\n", 10_000_000),
		"header line of 5 MB":         "X: " + strings.Repeat("y", 5_000_000),
		"folded 1,000,000 times":      "X: y\n" + strings.Repeat(" z\n", 1_000_000),
		"1,000,000 parameters":        "Content-Type: text/plain" + strings.Repeat("; a=b", 1_000_000),
		"comments":                    "From: " + strings.Repeat("(", 60_000),
		"1,000,000 addresses":         "To: " + strings.Repeat("a@b.example,", 1_000_000),
	} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && len(source) > 20<<20 {
				t.Skip("too much for the race detector")
			}
			done := make(chan struct{})
			go func() {
				defer close(done)
				root, header, sections := message.Parse([]byte(source))
				message.ChooseBody(root).Main()
				message.Attachments(root)
				message.ParseAddresses(header.Get("From"))
				message.ParseAddresses(header.Get("To"))
				if len(sections) > 1000 {
					t.Errorf("%d sections", len(sections))
				}
			}()
			select {
			case <-done:
			case <-time.After(3 * time.Minute): // a guard against loops, on any machine
				t.Fatal("does not end")
			}
		})
	}
}

// The corpus is real and malformed mail of other projects' test suites; testdata
// has what each mail of it that was hard taught.
func TestParse_CorpusReadsWithoutLoss(t *testing.T) {
	t.Parallel()
	files := 0
	corpus := corpusMails(t, func(path string, source []byte) {
		files++
		tree, header, sections := message.Parse(source)
		for _, name := range []string{"Subject", "From", "To"} {
			if !utf8.ValidString(header.Text(name)) {
				t.Errorf("%s: %s is not valid UTF-8", path, name)
			}
		}
		body := message.ChooseBody(tree).Main()
		for _, p := range []*message.Part{body.Text, body.HTML} {
			if p == nil {
				continue
			}
			if text, _ := message.DecodeText(p, sections[p.ID]); !utf8.ValidString(text) {
				t.Errorf("%s: part %s is not valid UTF-8", path, p.ID)
			}
		}
	})
	atLeast(t, "files", files, corpus, 100, 300)
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html; charset=x\n\n<p>\n--b--"))
	f.Add([]byte("Subject: =?utf-8?B?w7w=?=\r\nFrom: \"a, b\" <c@d>\r\nDate: 2 Nov 2026 10:00 +0100\r\n\r\nx"))
	f.Add([]byte("Content-Type: text/plain; charset=utf-7\nContent-Transfer-Encoding: base64\n\nK0FQdy0="))
	f.Add([]byte("Content-Disposition: attachment; filename*0*=utf-8''%C3; filename*1*=%A4\n\n"))
	f.Add([]byte("Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\ny\n--b\nContent-Type: message/rfc822\n\nContent-Type: multipart/alternative\n\n--c\nContent-Type: text/calendar\n\nx\n--c--\n--b--"))
	f.Add([]byte("Content-Type: multipart/signed; boundary=b\r\r\n\r\r\n--b\r\r\nContent-Type: multipart/related; start=x; boundary=b--c\n\n--b--c\n\nx\n--b-->"))
	f.Fuzz(func(t *testing.T, source []byte) {
		before := bytes.Clone(source)
		root, header, sections := message.Parse(source)
		if !bytes.Equal(before, source) {
			t.Fatal("the source was changed")
		}
		for _, field := range header.Fields() {
			if !utf8.ValidString(message.DecodeHeaderText(field.Value)) {
				t.Fatalf("%s decodes to invalid UTF-8", field.Name)
			}
			for _, a := range message.ParseAddresses(field.Value) {
				if s := a.String(); !utf8.ValidString(s) || strings.ContainsAny(s, "\r\n\x00") {
					t.Fatalf("address %q", s)
				}
			}
			if date, ok := message.ParseDate(field.Value); ok && (date.Year() < 1899 || date.Year() > 10_000) {
				t.Fatalf("date %v", date)
			}
		}
		shown := map[*message.Part]bool{}
		for _, form := range message.ChooseBody(root).Forms {
			for _, p := range []*message.Part{form.Text, form.HTML} {
				if p == nil {
					continue
				}
				if shown[p] {
					t.Fatalf("part %s is shown twice", p.ID)
				}
				shown[p] = true
				if text, note := message.DecodeText(p, sections[p.ID]); !utf8.ValidString(text) || !utf8.ValidString(note.String()) {
					t.Fatalf("text %q, note %q", text, note)
				}
			}
		}
		for _, a := range message.Attachments(root) {
			if p := root.Find(a.PartID); p == nil || shown[p] {
				t.Fatalf("part %s is listed and shown, or not found", a.PartID)
			}
			if strings.ContainsAny(a.Filename, "\r\n\x00") || len([]rune(a.Filename)) > 255 {
				t.Fatalf("file name %q", a.Filename)
			}
		}
	})
}

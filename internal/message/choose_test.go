package message_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/message"
)

func leaf(kind, sub string) *imap.BodyStructure {
	return &imap.BodyStructure{Type: kind, Subtype: sub, Params: map[string]string{}, Encoding: "7bit", Size: 100, Lines: -1}
}

func forwarded(inner *imap.BodyStructure) *imap.BodyStructure {
	p := leaf("message", "rfc822")
	p.Message = inner
	return p
}

func container(sub string, children ...*imap.BodyStructure) *imap.BodyStructure {
	return &imap.BodyStructure{Type: "multipart", Subtype: sub, Children: children}
}

// The numbers are those of the example in RFC 9051 §6.4.5.
func TestFromBodyStructure_NumbersNestedPartsAsIMAPDoes(t *testing.T) {
	t.Parallel()
	root, err := message.FromBodyStructure(container("mixed",
		leaf("text", "plain"),
		leaf("application", "octet-stream"),
		forwarded(container("mixed", leaf("text", "plain"), leaf("application", "octet-stream"))),
		container("mixed",
			leaf("image", "gif"),
			forwarded(container("mixed", leaf("text", "plain"), container("alternative", leaf("text", "plain"), leaf("text", "richtext"))))),
		forwarded(leaf("text", "html")),
		forwarded(forwarded(leaf("text", "plain"))),
	))
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{
		"1": "text/plain", "2": "application/octet-stream", "3": "message/rfc822", "3.1": "text/plain", "3.2": "application/octet-stream",
		"4": "multipart/mixed", "4.1": "image/gif", "4.2": "message/rfc822", "4.2.1": "text/plain", "4.2.2": "multipart/alternative",
		"4.2.2.1": "text/plain", "4.2.2.2": "text/richtext",
		"5": "message/rfc822", "5.1": "text/html", // a message without parts: its text is 1
		"6": "message/rfc822", "6.1": "message/rfc822", "6.1.1": "text/plain",
	} {
		if p := root.Find(id); p == nil || p.MediaType != want {
			t.Errorf("part %s is %+v, want %s", id, p, want)
		}
	}
	if p := root.Find("7"); p != nil {
		t.Errorf("part 7 is %+v", p)
	}
	nested := root.Find("5").Nested
	if got := message.ChooseBody(nested).Main().HTML; got == nil || got.ID != "5.1" {
		t.Errorf("the nested message's body is %+v", got)
	}
}

func TestFromBodyStructure_TooComplexInsideAMessageSpoilsOnlyThat(t *testing.T) {
	t.Parallel()
	deep := leaf("text", "plain")
	for range 30 {
		deep = container("mixed", deep)
	}
	root, err := message.FromBodyStructure(container("mixed", leaf("text", "plain"), forwarded(deep), leaf("application", "pdf")))
	if err != nil {
		t.Fatal(err)
	}
	if root.Find("1") == nil || root.Find("3") == nil || root.Find("2").Nested != nil || len(root.Notes()) != 1 {
		t.Errorf("children are %+v, notes %v", root.Children, root.Notes())
	}
	if _, err := message.FromBodyStructure(deep); err == nil {
		t.Error("the same at the top is no error")
	}
}

// A server counts bytes and lines; "ok" in four bytes is not two empty lines.
func TestChooseBody_TellsBlankFromShort(t *testing.T) {
	t.Parallel()
	text := func(size, lines int64) *imap.BodyStructure {
		p := leaf("text", "plain")
		p.Size, p.Lines = size, lines
		return p
	}
	for _, tt := range []struct {
		name  string
		first *imap.BodyStructure
		want  int
	}{{"two empty lines", text(4, 2), 1}, {"ok and a line end", text(4, 1), 2}, {"nothing", text(0, 0), 1}} {
		t.Run(tt.name, func(t *testing.T) {
			root, err := message.FromBodyStructure(container("mixed", tt.first, leaf("text", "html")))
			if err != nil {
				t.Fatal(err)
			}
			body := message.ChooseBody(root)
			if len(body.Forms) != tt.want || len(message.Attachments(root)) != 0 {
				t.Errorf("%d forms, want %d; attachments %v", len(body.Forms), tt.want, message.Attachments(root))
			}
			if body.Main().HTML == nil {
				t.Errorf("the main form is %+v", body.Main())
			}
		})
	}
}

// Pieces of any size decode to the same as the whole.
func TestDecode_StreamsWhatIsThere(t *testing.T) {
	t.Parallel()
	binary := bytes.Repeat([]byte("\x00\x01binary\r\n\xff"), 20_000)
	wrapped := base64.StdEncoding.EncodeToString(binary)
	for i := 76; i < len(wrapped); i += 78 {
		wrapped = wrapped[:i] + "\r\n" + wrapped[i:]
		if i > 20*78 {
			break
		}
	}
	for _, tt := range []struct {
		name, encoding, in, want, note string
	}{
		{"base64", "base64", wrapped, string(binary), ""},
		{"base64 without padding", "base64", "SGVsbG8", "Hello", ""},
		{"base64 with stray bytes", "base64", "SGV*sbG8=" + strings.Repeat("\r\n", 9), "Hello", "1 bytes"},
		{"quoted-printable keeps line ends", "quoted-printable", "a=3D=\r\nb \t\r\nc\n=C3=A4", "a=b\r\nc\nä", ""},
		{"quoted-printable with wrong escapes", "quoted-printable", "1=2 =\tx=", "1=2 =\tx", "2 wrong"},
		{"uuencode", "uuencode", "begin 644 x\n#0V%T\n`\nend\n", "Cat", ""},
		{"uuencode without beginning", "x-uuencode", "#0V%T\n", "", "does not begin"},
		{"binary", "binary", string(binary), string(binary), ""},
		{"none", "", "abc", "abc", ""},
		{"unknown", "x-zip", "abc", "abc", "nobody knows"},
		{"empty", "base64", "", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, source := range []io.Reader{strings.NewReader(tt.in), iotest.OneByteReader(strings.NewReader(tt.in))} {
				d := (&message.Part{Encoding: tt.encoding}).Decode(source)
				got, err := io.ReadAll(d)
				if err != nil || string(got) != tt.want {
					t.Errorf("got %.60q (%d bytes), %v; want %.60q (%d bytes)", got, len(got), err, tt.want, len(tt.want))
				}
				if note := d.Note().String(); (note == "") != (tt.note == "") || !strings.Contains(note, tt.note) {
					t.Errorf("note is %q, want %q", note, tt.note)
				}
			}
		})
	}
}

func TestDecode_HandsOnTheErrorOfTheSource(t *testing.T) {
	t.Parallel()
	broken := fmt.Errorf("the connection broke")
	d := (&message.Part{Encoding: "base64"}).Decode(io.MultiReader(strings.NewReader("SGVsbG8="), iotest.ErrReader(broken)))
	got, err := io.ReadAll(d)
	if string(got) != "Hello" || err == nil || !strings.Contains(err.Error(), broken.Error()) {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestDomainTrouble_SaysWhatADomainPassesFor(t *testing.T) {
	t.Parallel()
	for domain, want := range map[string]string{
		"example.org":                       "",
		"EXAMPLE.org.":                      "",
		"bücher.example":                    "",
		"xn--bcher-kva.example":             "",
		"пример.example":                    "",
		"παράδειγμα.example":                "",
		"例え.example":                        "",
		"sıcak.example":                     "", // Turkish
		"نامه\u200cای.example":              "",
		"а\u0440\u0440\u04cf\u0435.example": `is written in letters that only look Latin: it reads like "apple"`,
		"xn--80ak6aa92e.example":            `is written in letters that only look Latin: it reads like "apple"`,
		"p\u0430ypal.example":               `mixes letters of several scripts in one word: it reads like "paypal"`,
		"ex\u200bample.org":                 "holds invisible characters",
		"ｂank.example":                      "is written in letters of another form, such as full-width ones",
		"bank.example⁄login":                "holds characters that no domain has",
		"xn--zzzzzzzzzzzzzzzzz.test":        "has a label that does not decode (xn--zzzzzzzzzzzzzzzzz)",
		"\xff":                              "is no domain",
	} {
		if got := message.DomainTrouble(domain); got != want {
			t.Errorf("%q: got %q, want %q", domain, got, want)
		}
	}
}

func TestSkeleton_IsTheSameForWhatLooksAlike(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{
		{"paypal", "раураl"},
		{"paypal", "paypa1"},
		{"PayPal", "PaypaI"},
		{"google", "g00gle"},
		{"microsoft", "rnicrosoft"},
		{"bank", "ｂａｎｋ"},
		{"example", "ехаmрⅼе"},
		{"twitter", "tvvitter"},
		{"vodafone", "νоdаfоnе"},
		{"istanbul", "ıstanbul"},
		{"a b", "a\u200b b"},
	} {
		if a, b := message.Skeleton(pair[0]), message.Skeleton(pair[1]); a != b {
			t.Errorf("%q is %q, %q is %q", pair[0], a, pair[1], b)
		}
	}
	if message.Skeleton("mail") == message.Skeleton("mall") || message.Skeleton("bücher") == message.Skeleton("bucher") {
		t.Error("different words have the same skeleton")
	}
}

func TestAddress_DeceptiveNamesTheReason(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Ada <ada@example.org>":              "",
		"Иван <ivan@example.org>":            "",
		"Jürgen <j@b\u00fccher.example>":     "",
		"P\u0430ypal <service@example.org>":  `the name mixes letters of several scripts in one word: it reads like "paypal"`,
		"x@p\u0430ypal.example":              `the domain mixes letters of several scripts in one word: it reads like "paypal"`,
		"Service <x@xn--80ak6aa92e.example>": `the domain is written in letters that only look Latin: it reads like "apple"`,
		"東京 Tokyo オフィス <office@example.org>": "",
		"\u03a9mega Ltd <o@example.org>":     "",
	} {
		list := message.ParseAddresses(in)
		if len(list) != 1 || list[0].Deceptive() != want {
			t.Errorf("%s: got %+v, %q; want %q", in, list, list[0].Deceptive(), want)
		}
	}
}

func TestStatusText_PutsCodesInWords(t *testing.T) {
	t.Parallel()
	got := map[string]string{}
	want := map[string]string{
		"5.1.1": "no such mailbox", "5.2.2": "the mailbox is full", "5.7.1": "refused by the recipient's policy", "5.7.999": "refused by policy or for security",
		"4.4.1": "the host does not answer; it will be tried again", "4.9.9": "a passing failure; it will be tried again", "2.0.0": "success", "5.9.9": "a lasting failure", "6.1.1": "", "": "",
	}
	for code := range want {
		got[code] = message.StatusText(code)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

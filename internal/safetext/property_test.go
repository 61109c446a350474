package safetext_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"mail-imap-mcp/internal/safetext"
)

// pieces of mail that hide, deceive or break something when they are joined.
var hostilePiece = rapid.SampledFrom([]string{
	"<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<i>", "<table>", "<tr>", "<td>", "<th>", "<td colspan=3>", "<td rowspan=2>", "</td>", "</tr>", "</table>",
	"<ul>", "<ol start=3>", "<li>", "<li value=9>", "</ul>", "<blockquote>", "</blockquote>", "<pre>", "</pre>", "<br>", "<hr>", "<h2>", "</h2>", "<dl><dt>", "<dd>",
	`<a href="https://example.org/a?utm_source=x&b=(c)">`, `<a href="javascript:x()">`, `<a href="&#106;avascript:x">`, `<a href="data:text/html,x">`,
	`<a href="https://www.google.com/url?q=javascript:x">`, `<a href="https://u@evil.example:8080/` + strings.Repeat("p/", 90) + `">`, "</a>",
	`<img src=x alt="a](b">`, `<img alt="![c](https://evil.example/d)">`, "<sup>2</sup>", "<sub>2</sub>", "<q>", "</q>", "<code>", "</code>", "<rt>",
	"!", "[", "]", "(", ")", "]:", "](", "![", "![x](https://evil.example/y)", "[x](javascript:alert(1))", "[r]: https://evil.example/", "&lt;", "<", ">", "&gt;",
	"&lt;https://evil.example/&gt;", "&lt;script&gt;", "script>", "img src=x>", `\`, "`", "```", "|", "| --- |", "# ", "#", "*", "**", "_", "> ", "- ", "--", " ", "\n", "\t", "\r\n", "&nbsp;", "\u2800",
	"a", "word", "1", "ب", "ا", "क", "्", "র", "漢", "é", "e\u0301", "❤", "👨", "👩", "🏴", "\ufe0f", "\ufe0e", "\u200d", "\u200c", "&zwj;", "\u200b", "\u202e", "\u00ad",
	"\U000e0067", "\U000e007f", "\U000e0100", "\U000e01ef", "\ufe00", "\u20e3", "\u0335", "\u0335\u0335\u0335\u0335\u0335\u0335\u0335\u0335\u0335", "\x00", "\x1b", "\xff", "\u2028", "\u3164",
	"https://evil.example/", "mailto:a@example.org", "body_offset_chars=1", "data:text/html,x",
})

var (
	// target is where a Markdown link, image or definition leads.
	target = regexp.MustCompile(`\]\(([^)]*)\)|\]:[ \t]*([^ \n]+)`)
	// tag is raw HTML or an autolink; an address in brackets is none.
	tag = regexp.MustCompile(`<[a-zA-Z/!?][^>@]*(>|$)|<[a-zA-Z][a-zA-Z0-9+.-]*:`)
)

// checkMarkdown checks that nothing in a text is active.
func checkMarkdown(t testing.TB, text string) {
	t.Helper()
	if m := tag.FindString(text); m != "" {
		t.Fatalf("a tag %q in %q", m, text)
	}
	if strings.Contains(text, "![") {
		t.Fatalf("an image in %q", text)
	}
	for _, m := range target.FindAllStringSubmatch(text, -1) {
		to := m[1] + m[2]
		if strings.HasPrefix(to, "http://") || strings.HasPrefix(to, "https://") || strings.HasPrefix(to, "mailto:") {
			continue
		}
		if m[2] != "" && to[0] >= '0' && to[0] <= '9' {
			continue // the port behind an IPv6 address
		}
		t.Fatalf("a link to %q in %q", to, text)
	}
}

// checkCharacters checks every joiner, selector and tag against its neighbours.
func checkCharacters(t testing.TB, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Fatal("not valid UTF-8")
	}
	runes := []rune(text)
	marks := 0
	for i, r := range runes {
		prev, next := rune(-1), rune(-1)
		if i > 0 {
			prev = runes[i-1]
		}
		if i+1 < len(runes) {
			next = runes[i+1]
		}
		ok := true
		switch {
		case r == '\n' || r == '\t':
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == 0x200b, r == 0xfeff, r == 0xad, r == 0x3164, r == 0x2800, r == 0x2028:
			ok = false
		case r == 0x200c:
			ok = class(prev) == 9 || (unicode.IsLetter(base(runes[:i])) && unicode.In(next, unicode.L, unicode.Mn))
		case r == 0x200d:
			ok = class(prev) == 9 || class(next) == 9 || (symbol(next) && (symbol(prev) || prev == 0xfe0f))
		case r == 0xfe0e || r == 0xfe0f:
			ok = symbol(prev) || next == 0x20e3
		case r >= 0xe0100 && r <= 0xe01ef:
			ok = unicode.Is(unicode.Han, prev)
		case r >= 0xfe00 && r <= 0xfe0d:
			ok = false
		case r >= 0xe0000 && r <= 0xe0fff:
			ok = prev == 0x1f3f4 || (prev >= 0xe0020 && prev <= 0xe007e)
		}
		if unicode.Is(unicode.Mn, r) {
			if marks++; marks > 12 {
				ok = false
			}
		} else {
			marks = 0
		}
		if !ok {
			t.Fatalf("%+q at %d of %+q", r, i, text)
		}
	}
}

func class(r rune) uint8 { return norm.NFC.PropertiesString(string(r)).CCC() }

// symbol reports what an emoji may begin with: a symbol, one of the emoji that
// are punctuation or a letter, or what a later Unicode may put among them.
func symbol(r rune) bool {
	return unicode.IsSymbol(r) || strings.ContainsRune("‼⁉ℹ〰〽", r) || (r >= 0x1f000 && r <= 0x1faff)
}

// base is the last rune that is no mark.
func base(runes []rune) rune {
	for i := len(runes) - 1; i >= 0; i-- {
		if !unicode.Is(unicode.M, runes[i]) {
			return runes[i]
		}
	}
	return -1
}

func TestHTMLAndPlain_NothingActiveAndNothingInvisible(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		in := strings.Join(rapid.SliceOfN(hostilePiece, 0, 40).Draw(rt, "pieces"), "")
		for _, r := range []safetext.Result{safetext.HTML(in), safetext.Plain(in)} {
			checkMarkdown(t, r.Text)
			checkCharacters(t, r.Text)
			for _, l := range r.Links {
				if l.Text == "" || l.Text != safetext.Line(l.Text) || l.Host != strings.ToLower(l.Host) {
					rt.Fatalf("link %+q", l)
				}
			}
		}
		once := safetext.Plain(in).Text
		if again := safetext.Plain(once).Text; again != once {
			rt.Fatalf("not idempotent: %+q then %+q", once, again)
		}
		if diff := cmp.Diff(safetext.HTML(in), safetext.HTML(in)); diff != "" {
			rt.Fatalf("not deterministic: %s", diff)
		}
		line := safetext.Line(in)
		checkCharacters(t, line)
		if safetext.Line(line) != line {
			rt.Fatalf("not idempotent: %+q", line)
		}
	})
}

func TestHTML_SpecialsAndTablesDoNotExplode(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("only its work is measured, in one goroutine")
	}
	for name, in := range map[string]string{
		"emphasis and links": strings.Repeat("*_[", 100_000),
		"images":             strings.Repeat("![](", 75_000),
		"tags":               strings.Repeat("&lt;a", 60_000),
		"pipes in cells":     "<table><tr><th>a<th>b<tr><td>" + strings.Repeat("|", 250) + "<td>b</table>" + strings.Repeat("|`", 150_000),
		"empty columns":      "<table>" + strings.Repeat("<tr><td>a<td><td><td><td><td>b", 10_000) + "</table>",
		"spans":              "<table>" + strings.Repeat("<tr><td colspan=30 rowspan=65534>a", 10_000) + "</table>",
		"deep quotes":        strings.Repeat("<blockquote>x", 20_000),
		"deep lists":         strings.Repeat("<ol><li>x", 30_000),
	} {
		for _, text := range []string{safetext.HTML(in).Text, safetext.Plain(in).Text} {
			if len(text) > 2*len(in) {
				t.Errorf("%s: %d bytes came out of %d", name, len(text), len(in))
			}
		}
	}
}

func TestCut_LosesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		text := safetext.Plain(rapid.String().Draw(rt, "text")).Text
		max := rapid.IntRange(1, 50).Draw(rt, "max")
		var b strings.Builder
		for offset := 0; ; {
			piece, next, truncated := safetext.Cut(text, offset, max)
			b.WriteString(piece)
			if utf8.RuneCountInString(piece) > max {
				rt.Fatalf("%q is longer than %d", piece, max)
			}
			if offset = next; !truncated {
				break
			}
		}
		if b.String() != text {
			rt.Fatalf("read %q of %q", b.String(), text)
		}
	})
}

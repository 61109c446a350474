package safetext_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"mail-imap-mcp/internal/safetext"
)

func TestHTML_BecomesMarkdown(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"paragraphs", "<p>one</p><p>two</p>", "one\n\ntwo"},
		{"heading", "<h2>Title</h2>text", "## Title\n\ntext"},
		{"emphasis", "a <b>bold</b> and <i>slanted</i> word", "a **bold** and *slanted* word"},
		{"emphasis that goes on", "<b>one</b> <b>and</b><b>two</b>, <i>three</i>.", "**one andtwo**, *three*."},
		{"emphasis over blocks", "<b><p>one</p><p>two</p></b>", "**one**\n\n**two**"},
		{"bold link in bold", "<b>a <a href='https://b.example'><b>c</b></a></b>", "**a [c](https://b.example)**"},
		{"value and start", "<ol start=3><li>a<li value=9>b<li>c</ol>", "3. a\n9. b\n10. c"},
		{"nested lists", "<ul><li>a<ol><li>b</ol></li><li>c</ul>", "- a\n  1. b\n- c"},
		{"link after an exclamation", "Wow!<a href='https://b.example'>c</a>", "Wow! [c](https://b.example)"},
		{"button", "<form><input type=hidden value=x><input type=submit value='Reply now'></form>", "Reply now"},
		{"header row of a layout", "<table role=presentation><tr><th>A</th><th>B</th></tr><tr><td>1<td>2</tr></table>", "A · B\n1 · 2"},
		{"one column", "<table><tr><td>a<tr><td>b</table>", "a\nb"},
		{"a column of spacers", "<table><tr><td>a<td>&nbsp;<td>b<tr><td>c<td><img width=1 height=1 alt=x><td>d</table>", "| a | b |\n| --- | --- |\n| c | d |"},
		{"wide span", "<table><tr><th colspan=100000000>a<th>b<tr><td rowspan=99999999>c<td>d<tr><td>e</table>", "| a | b |\n| --- | --- |\n| c | d |\n| | e |"},
		{"list", "<ul><li>one<li>two</ul>", "- one\n- two"},
		{"numbered list", "<ol><li>one</li><li>two</li></ol>", "1. one\n2. two"},
		{"quote", "<blockquote>said</blockquote>", "> said"},
		{"break", "one<br>two", "one\ntwo"},
		{"link", `<a href="https://example.org/a">there</a>`, "[there](https://example.org/a)"},
		{"tracking parameters", `<a href="https://example.org/a?id=1&utm_source=x">there</a>`, "[there](https://example.org/a?id=1)"},
		{"script link", `<a href="javascript:alert(1)">there</a>`, "there"},
		{"image leaves its words", `<img src="https://example.org/x.png" alt="A cat">`, "A cat"},
		{"tracking pixel", `a<img src="https://example.org/x.gif" width=1 height=1>b`, "ab"},
		{"layout table", "<table><tr><td><p>Hello</p><p>World</p></td></tr></table>", "Hello\n\nWorld"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.TrimSpace(safetext.HTML(tt.in).Text); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestHTML_DataTableStaysATable(t *testing.T) {
	t.Parallel()
	got := safetext.HTML("<table><tr><th>Item</th><th>Price</th></tr><tr><td>Lamp</td><td>12</td></tr></table>").Text
	for _, want := range []string{"| Item", "| Lamp", "---"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q lacks %q", got, want)
		}
	}
}

// What a person could not see, a model is not shown.
func TestHTML_HiddenTextIsRemovedAndCounted(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{
		"display none":            `<div style="display:none">SECRET</div>`,
		"display none, shouted":   `<div style="DISPLAY : NONE !important">SECRET</div>`,
		"by a class":              `<style>.h{display:none}</style><div class="h">SECRET</div>`,
		"by an id":                `<style>#h{visibility:hidden}</style><div id="h">SECRET</div>`,
		"visibility":              `<span style="visibility:hidden">SECRET</span>`,
		"opacity":                 `<span style="opacity:0">SECRET</span>`,
		"zero font":               `<span style="font-size:0">SECRET</span>`,
		"one pixel font":          `<span style="font-size:1px">SECRET</span>`,
		"white on white":          `<div style="background:#fff"><span style="color:#ffffff">SECRET</span></div>`,
		"in the cell's colour":    `<table><tr><td bgcolor="#336699"><font color="#336699">SECRET</font></td></tr></table>`,
		"off the screen":          `<div style="position:absolute;left:-9999px">SECRET</div>`,
		"no height":               `<div style="max-height:0;overflow:hidden">SECRET</div>`,
		"hidden attribute":        `<p hidden>SECRET</p>`,
		"comment":                 `<!-- SECRET -->`,
		"conditional comment":     `<!--[if mso]>SECRET<![endif]-->`,
		"template":                `<template>SECRET</template>`,
		"script":                  `<script>SECRET</script>`,
		"title of the document":   `<head><title>SECRET</title></head>`,
		"inside a hidden parent":  `<div style="display:none"><p>deep <b>SECRET</b></p></div>`,
		"encoded as a style":      `<div style="&#100;isplay:none">SECRET</div>`,
		"in Unicode tag letters":  "\U000e0053\U000e0045\U000e0043\U000e0052\U000e0045\U000e0054",
		"tags from entities":      "&#xe0053;&#xe0045;",
		"zero-width characters":   "a\u200b\u200bb",
		"a bidi override":         "a\u202eb",
		"variation selectors":     "a\U000e0100\U000e0101",
		"in an aria label":        `<div aria-label="SECRET"></div>`,
		"in a title attribute":    `<div title="SECRET">seen</div>`,
		"nested display contents": `<div style="display:none"><div style="display:block">SECRET</div></div>`,
	} {
		t.Run(name, func(t *testing.T) {
			r := safetext.HTML("<p>before</p>" + in + "<p>after</p>")
			if strings.Contains(r.Text, "SECRET") || strings.ContainsFunc(r.Text, invisible) {
				t.Errorf("shown: %q", r.Text)
			}
			if !strings.Contains(r.Text, "before") || !strings.Contains(r.Text, "after") {
				t.Errorf("what is visible was lost: %q", r.Text)
			}
			attribute := strings.HasPrefix(name, "in an aria") || strings.HasPrefix(name, "in a title")
			if n := len(r.Removed); n == 0 && !attribute && name != "script" && name != "title of the document" {
				t.Error("not counted")
			}
		})
	}
}

// What is visible is never lost.
func TestHTML_VisibleTextStays(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{
		"white on a dark cell":                `<table><tr><td bgcolor="#000000"><font color="#ffffff">SEEN</font></td></tr></table>`,
		"white on dark, by style":             `<div style="background-color:#123"><p style="color:white">SEEN</p></div>`,
		"a visible child of an invisible one": `<div style="visibility:hidden"><p style="visibility:visible">SEEN</p></div>`,
		"a later rule that shows again":       `<style>.x{display:none} .x{display:block}</style><p class="x">SEEN</p>`,
		"a rule for print only":               `<style>@media print{.x{display:none}}</style><p class="x">SEEN</p>`,
		"small print":                         `<p style="font-size:8px">SEEN</p>`,
		"half transparent":                    `<p style="opacity:0.5">SEEN</p>`,
		"unknown colour":                      `<p style="color:var(--x)">SEEN</p>`,
		"unclosed tags":                       "<div><b><i>SEEN",
	} {
		t.Run(name, func(t *testing.T) {
			if got := safetext.HTML(in).Text; !strings.Contains(got, "SEEN") {
				t.Errorf("lost: %q", got)
			}
		})
	}
}

func TestPlain_KeepsTheJoinersThatScriptsNeed(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]string{
		"Persian":        "می\u200cخواهم",
		"Hindi":          "क्\u200dष",
		"family":         "👨\u200d👩\u200d👧",
		"heart":          "❤\ufe0f",
		"flag of Wales":  "🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f",
		"combining mark": "e\u0301",
	} {
		t.Run(name, func(t *testing.T) {
			if got := safetext.Plain(s).Text; strings.TrimSpace(got) != s {
				t.Errorf("got %+q, want %+q", got, s)
			}
		})
	}
}

func TestLine_IsOneLine(t *testing.T) {
	t.Parallel()
	if got := safetext.Line(" a\r\n\tb\x00c\u202ed \u2028 e "); strings.ContainsAny(got, "\r\n\t\x00\u202e\u2028") || !strings.HasPrefix(got, "a b") {
		t.Errorf("got %q", got)
	}
}

func TestCut_PiecesMakeUpTheText(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("Ein Satz mit Umlauten: äöü. Noch einer!\n\nEin Absatz.\n", 200)
	for _, most := range []int{1, 7, 100, 1000} {
		var b strings.Builder
		offset := 0
		for range 20_000 {
			piece, next, truncated := safetext.Cut(text, offset, most)
			if utf8.RuneCountInString(piece) > most {
				t.Fatalf("%d characters, at most %d asked for", utf8.RuneCountInString(piece), most)
			}
			b.WriteString(piece)
			if !truncated {
				break
			}
			if next <= offset {
				t.Fatalf("no progress at %d", offset)
			}
			offset = next
		}
		if b.String() != text {
			t.Errorf("pieces of %d do not make up the text", most)
		}
	}
	if piece, _, truncated := safetext.Cut("abc", 10, 5); piece != "" || truncated {
		t.Errorf("beyond the end: %q, %t", piece, truncated)
	}
}

func TestSnippet_IsShortAndSkipsQuotes(t *testing.T) {
	t.Parallel()
	got := safetext.Snippet("> you wrote this\n> and this\nI agree with all of it, and more.", 60)
	if !strings.HasPrefix(got, "I agree") || strings.Contains(got, "\n") {
		t.Errorf("got %q", got)
	}
	for _, most := range []int{50, 51, 500} {
		if n := utf8.RuneCountInString(safetext.Snippet(strings.Repeat("Wörter ", 500), most)); n > most || n < most/2 {
			t.Errorf("%d characters of %d", n, most)
		}
	}
}

func TestSanitizeHTML_LeavesNothingActive(t *testing.T) {
	t.Parallel()
	got := safetext.SanitizeHTML(`<p onclick="x()">Hi <b>there</b><script>x()</script><img src="https://example.org/p.gif" alt="cat">` +
		`<a href="javascript:x()">a</a><a href="https://example.org">b</a><iframe src="https://example.org"></iframe><div style="display:none">SECRET</div></p>`)
	for _, bad := range []string{"script", "onclick", "javascript", "<img", "iframe", "SECRET", "p.gif", "style"} {
		if strings.Contains(got, bad) {
			t.Errorf("%q has %q", got, bad)
		}
	}
	if !strings.Contains(got, "<b>there</b>") || !strings.Contains(got, `href="https://example.org"`) {
		t.Errorf("lost: %q", got)
	}
}

// Each of these is small or cheap to send; none may be dear to read.
func TestHTML_HostileInputIsBounded(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("only its work is measured, in one goroutine")
	}
	for name, in := range map[string]string{
		"a huge colspan":            `<table><tr><td colspan=100000000>x</td><td>y</td></tr><tr><td>1</td><td>2</td></tr></table>`,
		"Markdown specials":         "<p>" + strings.Repeat("*_[", 100_000) + "</p>",
		"10,000 nested elements":    strings.Repeat("<div>", 10_000) + "x",
		"100,000 cells in a row":    "<table><tr>" + strings.Repeat("<td>x", 100_000) + "</table>",
		"10,000 nested tables":      strings.Repeat("<table><tr><td>", 10_000) + "x",
		"10,000 nested lists":       strings.Repeat("<ul><li>", 10_000) + "x",
		"10,000 nested quotes":      strings.Repeat("<blockquote>", 10_000) + "x",
		"20,000 rules, 20,000 tags": "<style>" + strings.Repeat(".a .b{color:red}", 20_000) + "</style>" + strings.Repeat(`<p class="a b">x`, 20_000),
		"a long URL":                `<a href="https://example.org/` + strings.Repeat("a", 1_000_000) + `">x</a>`,
		"unclosed comment":          "<!--" + strings.Repeat("-", 1_000_000),
		"1,000,000 entities":        strings.Repeat("&amp;", 1_000_000),
		"1,000,000 zero-widths":     strings.Repeat("\u200b", 1_000_000),
	} {
		t.Run(name, func(t *testing.T) {
			done := make(chan int, 1)
			go func() { done <- len(safetext.HTML(in).Text) + len(safetext.SanitizeHTML(in)) }()
			select {
			case n := <-done:
				if n > 16<<20 {
					t.Errorf("%d bytes came out of %d", n, len(in))
				}
			case <-time.After(30 * time.Second):
				t.Fatal("takes longer than 30 s")
			}
		})
	}
}

// The pages are ours, and those of the corpus where it is beside the checkout.
func TestHTML_OfPagesIsSafe(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob(filepath.Join("testdata", "*", "*.html"))
	if err != nil || len(pages) < 100 {
		t.Fatalf("%d pages in testdata: %v", len(pages), err)
	}
	corpus, _ := filepath.Glob(filepath.Join("..", "..", "..", "shared", "corpus", "mimekit", "html", "*.*"))
	for _, page := range append(pages, corpus...) {
		source, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		checkSafe(t, safetext.HTML(string(source)).Text)
	}
}

// invisible are characters nobody sees and models read; joiners and selectors
// are judged by their neighbours elsewhere.
func invisible(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case r == 0x200b, r == 0x2060, r == 0xfeff, r == 0xad, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069,
		r >= 0xe0110 && r <= 0xe01ef:
		return true
	}
	return unicode.IsControl(r)
}

func checkSafe(t *testing.T, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Fatal("not valid UTF-8")
	}
	if i := strings.IndexFunc(text, invisible); i >= 0 {
		t.Fatalf("invisible character at %d: %+q", i, text[i:min(i+20, len(text))])
	}
}

func FuzzHTML(f *testing.F) {
	f.Add(`<p style="color:#fff;background:#fff">x<a href="https://a.example/?utm_source=b">y</a>`)
	f.Add("<table><tr><th>a<td colspan=9>b</table><style>.a>b{display:none}</style>")
	f.Add("a\u200db\U000e0041 &#x202e; <!--[if mso]>x<![endif]--> *_[](x) ![](y)")
	f.Fuzz(func(t *testing.T, in string) {
		r := safetext.HTML(in)
		checkMarkdown(t, r.Text)
		checkCharacters(t, r.Text)
		clean := safetext.SanitizeHTML(in)
		checkSafe(t, clean)
		for _, tag := range []string{"<script", "<img", "<iframe", "<style", "<form"} {
			if strings.Contains(strings.ToLower(clean), tag) {
				t.Fatalf("%q in %q", tag, clean)
			}
		}
	})
}

func FuzzPlain(f *testing.F) {
	f.Add("a\u200c\u200db\r\n\r\n\r\nc\x00\ufeff")
	f.Add("👨\u200d👩\u200d👧 ❤\ufe0f می\u200cخواهم")
	f.Fuzz(func(t *testing.T, in string) {
		once := safetext.Plain(in).Text
		checkMarkdown(t, once)
		checkCharacters(t, once)
		if twice := safetext.Plain(once).Text; twice != once {
			t.Fatalf("not idempotent: %+q then %+q", once, twice)
		}
		line := safetext.Line(in)
		checkSafe(t, line)
		if strings.ContainsAny(line, "\n\t") {
			t.Fatalf("line %q", line)
		}
		piece, _, _ := safetext.Cut(once, 0, 10)
		if utf8.RuneCountInString(piece) > 10 || utf8.RuneCountInString(safetext.Snippet(in, 50)) > 50 {
			t.Fatal("too long")
		}
	})
}

func TestSanitizeHTML_DropsTheWordsOfAPixel(t *testing.T) {
	t.Parallel()
	got := safetext.SanitizeHTML(`<img src="http://x.example/l.png" alt="Logo"><img width=1 height=1 alt="obey me">`)
	if !strings.Contains(got, "Logo") || strings.Contains(got, "obey") {
		t.Errorf("got %q", got)
	}
}

func FuzzSanitizeHTML(f *testing.F) {
	for _, seed := range []string{
		`<p onclick=x>a<script>b</script><img src=x onerror=y alt="<script>">`, `<a href="java&#10;script:x">y</a>`,
		`<svg><style><img src=x>`, `<math><mtext></form><form><mglyph><style></math><img src onerror=x>`, `<plaintext><b>`, "<a href='http://x/\u202e'>\u200b",
		strings.Repeat("<div>", 600) + "<script>x",
	} {
		f.Add(seed)
	}
	active := regexp.MustCompile(`(?i)<\s*/?(script|style|img|svg|math|iframe|object|embed|form|input|link|meta|base|video|audio)|<[^>]*\son[a-z]+\s*=|<[^>]*href="?\s*(javascript|data|vbscript):`)
	f.Fuzz(func(t *testing.T, src string) {
		out := safetext.SanitizeHTML(src)
		checkSafe(t, out)
		if m := active.FindString(out); m != "" {
			t.Errorf("%q survived in %q", m, out)
		}
	})
}

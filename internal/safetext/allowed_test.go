package safetext

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
)

// libraryPolicy is what writeAllowed lets through, as bluemonday says it: the
// oracle of these tests. The program does without it, for its tables of CSS are
// 3 ms and 1 MB at every start.
func libraryPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "div", "span", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "b", "strong", "i", "em", "u", "s",
		"del", "ins", "sub", "sup", "small", "blockquote", "pre", "code", "ul", "ol", "li", "dl", "dt", "dd",
		"table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.RequireParseableURLs(true)
	p.AllowAttrs("colspan", "rowspan").Matching(regexp.MustCompile(`^[1-9][0-9]?$`)).OnElements("td", "th")
	p.AllowAttrs("start").Matching(regexp.MustCompile(`^[0-9]{1,6}$`)).OnElements("ol")
	return p
}

// checkAllowed compares writeAllowed with the library on a page, and lets the
// library read the result: nothing may be left that it would take out.
func checkAllowed(t *testing.T, policy *bluemonday.Policy, src string) {
	t.Helper()
	root := parse(t.Context(), strings.ToValidUTF8(src, "\ufffd"))
	if root == nil {
		return
	}
	hide(root, nil, newMeter(t.Context(), len(src)))
	plainNodes(root)
	var got, rendered strings.Builder
	writeAllowed(&got, root)
	if again := policy.Sanitize(got.String()); again != got.String() {
		t.Fatalf("of %q\n     is left %q\nto the library %q", src, got.String(), again)
	}
	if err := html.Render(&rendered, root); err != nil {
		return
	}
	if want := policy.Sanitize(rendered.String()); got.String() != want {
		t.Fatalf("of %q\n     is left %q\nby the library %q", src, got.String(), want)
	}
}

var pages = []string{
	"", "x", `<p onclick=x>a<script>b</script><img src=x onerror=y alt="<script>">`, `<a href="java&#10;script:x">y</a>`, `<svg><style><img src=x>`,
	`<math><mtext></form><form><mglyph><style></math><img src onerror=x>`, "<a href='http://x/\u202e'>\u200b", `<a>no</a><a href="">no</a><a href="#x">no</a><a href="https://a.example/?b=c&d=e#f">yes</a>`,
	`<a href="mailto:a@b.example?subject=x y">m</a>`, `<a href="https://a.example/%zz">x</a>`, `<a href="http://[::1">x</a>`, `<td colspan=2>x`,
	`<table><tr><td colspan=2 rowspan=99 style=x>a<th colspan=0 rowspan=100 colspan=5>b</table>`, `<ol start=007><li>x</ol><ol start=1234567><ol start=-1><ol start>`,
	"<pre>\n\nx</pre>", "<pre>\nx\r\n</pre>", "a<br>b<hr>c</br>d", `<noscript><b>x</b></noscript>y`, `<object><p>x</object>y`, `<iframe><b>x</iframe>y`, `<xmp><b></xmp>y`,
	`<textarea><b></textarea>`, `<title>t</title>`, `<svg><title><b>x</title><a href="http://a.example">y</a></svg>`, `<svg><td colspan=3>x`, `<template><b>x</template>`,
	`<form><input value=x><button>b</button></form>`, `<select><option>a`, `<frameset><frame>`, `<q cite=x>a</q><mark>b</mark>`, `&amp;&lt;b&gt; "' &#0; &nbsp;`, `<b><i>x</b></i>`,
	`<svg><foreignObject><p>x<a href="https://a.example">y</a>`, `<math><annotation-xml encoding="text/html"><b>x`, `<plaintext><b>`, `<listing>` + "\n" + `x`,
}

func TestWriteAllowed_LeavesWhatTheLibraryLeaves(t *testing.T) {
	policy := libraryPolicy()
	for _, src := range pages {
		checkAllowed(t, policy, src)
	}
	files, err := filepath.Glob("testdata/*/*.html")
	if err != nil || len(files) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		checkAllowed(t, policy, string(src))
	}
}

func FuzzWriteAllowed(f *testing.F) {
	for _, src := range pages {
		f.Add(src)
	}
	policy := libraryPolicy()
	f.Fuzz(func(t *testing.T, src string) { checkAllowed(t, policy, src) })
}

package safetext_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mail-imap-mcp/internal/safetext"
)

// shown is where a link to href leads in the Markdown, "" if it is none.
func shown(t *testing.T, href string) string {
	t.Helper()
	r := safetext.HTML(`<a href="` + href + `">words</a>`)
	checkMarkdown(t, r.Text)
	target, ok := strings.CutPrefix(r.Text, "[words](")
	if !ok {
		if r.Text != "words" || len(r.Links) != 0 {
			t.Errorf("%q made %q with links %v", href, r.Text, r.Links)
		}
		return ""
	}
	return strings.TrimSuffix(target, ")")
}

func TestHTML_LinksShowTheirHost(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 300)
	for _, tt := range []struct{ name, href, want string }{
		{"port", "https://example.org:8443/a", "https://example.org:8443/a"},
		{"user information", "https://www.bank.example@evil.example/", "https://evil.example"},
		{"user information with a slash look-alike", `https://evil.example\@www.bank.example/`, "https://evil.example/@www.bank.example"},
		{"look-alike letters", "https://b\u0430nk.example/", "https://xn--bnk-6cd.example"},
		{"full-width letters", "https://ｅvil.example/", "https://evil.example"},
		{"upper case", "HTTPS://EXAMPLE.ORG/A", "https://example.org/A"},
		{"IPv6", "http://[2001:DB8::1]:80/", "http://[2001:db8::1]:80"},
		{"no scheme", "//example.org/a", "https://example.org/a"},
		{"too few slashes", "http:/example.org/a", "http://example.org/a"},
		{"a bad escape", "https://example.org/100%zz", "https://example.org/100%zz"},
		{"parentheses", "https://example.org/a_(b)", "https://example.org/a_%28b%29"},
		{"only tracking", "https://example.org/?utm_source=a&amp;fbclid=b&amp;mc_cid=c", "https://example.org"},
		{"tracking among others", "https://example.org/?a=1&amp;UTM_Medium=x&amp;b=2", "https://example.org/?a=1&b=2"},
		{"long query", "https://example.org/click?t=" + long, "https://example.org/click…"},
		{"long path", "https://example.org/one/two/" + long, "https://example.org/one/two/…"},
		{"long token", "https://example.org/" + long, "https://example.org/…"},
		{"long host", "https://" + strings.Repeat("sub.", 40) + "example.org/" + long, "https://" + strings.Repeat("sub.", 40) + "example.org/…"},
		{"mail address", "mailto:ann@example.org?subject=x", "mailto:ann@example.org"},
		{"JavaScript", "javascript:alert(1)", ""},
		{"JavaScript, shouted", "JAVASCRIPT:alert(1)", ""},
		{"JavaScript, broken", "java&#10;script&colon;alert(1)", ""},
		{"JavaScript, after a control", "&#1;javascript:alert(1)", ""},
		{"JavaScript, hidden characters", "java\u200bscript:alert(1)", ""},
		{"data", "data:text/html,x", ""},
		{"VBScript", "vbscript:x", ""},
		{"file", "file:///etc/passwd", ""},
		{"the page itself", "#top", ""},
		{"no host", "https:///", ""},
		{"a host that breaks out", "https://a)[b](https://evil.example/", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := shown(t, tt.href); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestHTML_ClickCountersShowThePageTheyLeadTo(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ href, want string }{
		{"https://www.google.com/url?q=https%3A%2F%2Fexample.org%2Fa&amp;sa=D", "https://example.org/a"},
		{"https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2Fa&amp;data=x", "https://example.org/a"},
		{"https://urldefense.proofpoint.com/v2/url?u=https-3A__example.org_a-2Db&amp;d=x", "https://example.org/a-b"},
		{"https://urldefense.com/v3/__https://example.org/a*b__;Iw!!x$", "https://example.org/a#b"},
		{"https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2Fa&amp;h=x", "https://example.org/a"},
		{"https://abc.r.eu-west-1.awstrack.me/L0/https:%2F%2Fexample.org%2Fa/1/x", "https://example.org/a"},
		{"https://www.google.com/url?q=https%3A%2F%2Fl.facebook.com%2Fl.php%3Fu%3Dhttps%253A%252F%252Fexample.org", "https://example.org"},
		{"https://www.google.com/url?q=javascript:alert(1)", "https://www.google.com/url?q=javascript:alert%281%29"},
		{"https://google.com.evil.example/url?q=https://example.org", "https://google.com.evil.example/url?q=https://example.org"},
		{"https://evilsafelinks.protection.outlook.com.example/?url=https://example.org", "https://evilsafelinks.protection.outlook.com.example/?url=https://example.org"},
	} {
		if got := shown(t, tt.href); got != tt.want {
			t.Errorf("%s\n got %q\nwant %q", tt.href, got, tt.want)
		}
	}
}

func TestHTML_LongAddressWrittenOutIsShownOnce(t *testing.T) {
	t.Parallel()
	long := "https://example.org/verify?token=" + strings.Repeat("a1B2", 40)
	if got := safetext.HTML(`<a href="` + long + `">` + long + `</a>`).Text; got != "https://example.org/verify…" {
		t.Errorf("got %q", got)
	}
	if got := safetext.SanitizeHTML(`<a href="` + long + `&utm_source=x">here</a>`); !strings.Contains(got, `href="`+long+`"`) {
		t.Errorf("the HTML lost the whole address: %q", got)
	}
}

func TestLinks_AreListedAsAReaderSeesThem(t *testing.T) {
	t.Parallel()
	got := safetext.HTML(`<p><a href="https://evil.example:81/x?utm_id=1">https://www.bank.example/</a>
		<a href="https://example.org/"><img alt="Our shop" src=x></a> see https://b.example/y, <a href="mailto:ann@example.org">Ann</a>
		<a href="https://evil.example:81/x">https://www.bank.example/</a></p>`).Links
	want := []safetext.Link{
		{Text: "https://www.bank.example/", URL: "https://evil.example:81/x", Host: "evil.example"},
		{Text: "Our shop", URL: "https://example.org", Host: "example.org"},
		{Text: "https://b.example/y", URL: "https://b.example/y", Host: "b.example"},
		{Text: "Ann", URL: "mailto:ann@example.org"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("of HTML (-want +got):\n%s", diff)
	}
	got = safetext.Plain("See https://www.bank.example@evil.example/a (or <HTTP://b.example>).\nAgain: https://www.bank.example@evil.example/a.").Links
	want = []safetext.Link{
		{Text: "https://www.bank.example@evil.example/a", URL: "https://www.bank.example@evil.example/a", Host: "evil.example"},
		{Text: "HTTP://b.example", URL: "HTTP://b.example", Host: "b.example"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("of plain text (-want +got):\n%s", diff)
	}
	var b strings.Builder
	for i := range 300 {
		fmt.Fprintf(&b, `<a href="https://example.org/%d">x</a>`, i)
	}
	if n := len(safetext.HTML(b.String()).Links); n != 200 {
		t.Errorf("%d links are listed, at most 200 are promised", n)
	}
}

func TestPlain_DefusesMarkdownTheSenderWrote(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"![x](https://evil.example/p.png)":             `!\[x]\(https://evil.example/p.png)`,
		"[x](javascript:alert(1))":                     `[x]\(javascript:alert(1))`,
		"<https://evil.example/>":                      `&lt;https://evil.example/>`,
		"<script>x</script>":                           `&lt;script>x&lt;/script>`,
		"[r]: https://evil.example/":                   `[r]\: https://evil.example/`,
		"<\u200bscript>":                               `&lt;script>`,
		"]\u200b(javascript:x)":                        `]\(javascript:x)`,
		"Ann <ann@example.org> a[1] f(x) <3":           "Ann <ann@example.org> a[1] f(x) <3",
		"https://example.org/a?b=c#d":                  "https://example.org/a?b=c#d",
		"http://[::1]:8080/":                           "http://[::1]:8080/",
		"seen" + strings.Repeat(" ", 200) + "far away": "seen far away",
	} {
		if got := safetext.Plain(in).Text; got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

package compose_test

import (
	"net/mail"
	"strings"
	"testing"
	"unicode/utf8"

	"mail-imap-mcp/internal/compose"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/message"
)

func line(list []mail.Address) string {
	var out []string
	for _, a := range list {
		out = append(out, a.Address)
	}
	return strings.Join(out, " ")
}

func TestReply_GoesWhereItShould(t *testing.T) {
	const own = "me@example.org"
	for name, tt := range map[string]struct {
		from, replyTo, to, cc string
		all                   bool
		wantTo, wantCc        string
	}{
		"to the author":                   {"Ada <ada@example.net>", "", own, "bob@example.net", false, "ada@example.net", ""},
		"to Reply-To":                     {"ada@example.net", "desk@example.net, more@example.net", own, "", false, "desk@example.net more@example.net", ""},
		"to all":                          {"ada@example.net", "", own + ", bob@example.net", "cy@example.net", true, "ada@example.net", "bob@example.net cy@example.net"},
		"a list is one of all":            {"ada@example.net", "", "list@lists.example.net", own, true, "ada@example.net", "list@lists.example.net"},
		"not to oneself, in any spelling": {"ada@example.net", "", "Me <ME@EXAMPLE.ORG>", "me@Example.org", true, "ada@example.net", ""},
		"nobody twice":                    {"ada@example.net", "", "bob@example.net, BOB@Example.NET, ada@example.net", "bob@example.net", true, "ada@example.net", "bob@example.net"},
		"own mail goes on to its To":      {own, "", "bob@example.net", "cy@example.net", false, "bob@example.net", ""},
		"own mail, all":                   {own, "", "bob@example.net", "cy@example.net", true, "bob@example.net", "cy@example.net"},
		"own mail with Reply-To":          {own, own, "bob@example.net", "", false, "bob@example.net", ""},
		"a note to oneself":               {own, "", own, "", true, own, ""},
		"Reply-To is oneself":             {"ada@example.net", own, "bob@example.net", "", true, "bob@example.net", ""},
		"one domain in two forms":         {"a@bücher.example", "", own, "a@xn--bcher-kva.example", true, "a@xn--bcher-kva.example", ""},
		"names with everything in them":   {"\"a, b <c@d>\" <ada@example.net>", "", own, "undisclosed-recipients:;, x, <@>", true, "ada@example.net", ""},
	} {
		o := compose.Original{From: message.ParseAddresses(tt.from), ReplyTo: message.ParseAddresses(tt.replyTo), To: message.ParseAddresses(tt.to), Cc: message.ParseAddresses(tt.cc)}
		r := compose.Reply(o, []string{own}, tt.all)
		if line(r.To) != tt.wantTo || line(r.Cc) != tt.wantCc || len(r.Bcc) != 0 {
			t.Errorf("%s: to %q, cc %q, want %q and %q", name, line(r.To), line(r.Cc), tt.wantTo, tt.wantCc)
		}
	}
}

func TestReply_WithNamedAddresses(t *testing.T) {
	o := compose.Original{From: message.ParseAddresses("ada@example.net"), To: message.ParseAddresses("bob@example.net")}
	r := compose.Reply(o, []string{"me@example.org"}, true).With(addresses("cy@example.net", "Bob <BOB@example.net>"), addresses("cy@example.net"), addresses("ada@example.net"))
	if line(r.To) != "cy@example.net BOB@example.net" || line(r.Cc) != "" || line(r.Bcc) != "ada@example.net" {
		t.Errorf("%+v", r)
	}
}

func TestSubject_HasItsPrefixOnce(t *testing.T) {
	for subject, want := range map[string]string{
		"Lamp":                      "Re: Lamp",
		"Re: Lamp":                  "Re: Lamp",
		"RE:Lamp":                   "Re: Lamp",
		"re : Re[2]: AW: SV: Lamp":  "Re: Lamp",
		"Re(3): Re^2: Antw: Lamp":   "Re: Lamp",
		"回复：回复: 灯油":                 "Re: 灯油",
		"Odp: Ynt: Отв: ΑΠ: VS: x":  "Re: x",
		"Fwd: Lamp":                 "Re: Fwd: Lamp",
		"Re: WG: Re: Lamp":          "Re: WG: Re: Lamp",
		"Reply: Lamp":               "Re: Reply: Lamp",
		"Report: 2 of 3":            "Re: Report: 2 of 3",
		"[list] Re: Lamp":           "Re: [list] Re: Lamp",
		"Re[x]: Lamp":               "Re: Re[x]: Lamp",
		":":                         "Re: :",
		"":                          "Re:",
		"Re:":                       "Re:",
		"a\r\nBcc: eve@example.net": "Re: a Bcc: eve@example.net",
		"  many   blanks\t here ":   "Re: many blanks here",
	} {
		if got := compose.ReplySubject(subject); got != want {
			t.Errorf("reply to %q is %q, want %q", subject, got, want)
		}
	}
	for subject, want := range map[string]string{
		"Lamp": "Fwd: Lamp", "Fwd: Lamp": "Fwd: Lamp", "FW: WG: TR: RV: 转发：Lamp": "Fwd: Lamp", "Re: Fwd: Lamp": "Fwd: Re: Fwd: Lamp", "": "Fwd:",
	} {
		if got := compose.ForwardSubject(subject); got != want {
			t.Errorf("forward of %q is %q, want %q", subject, got, want)
		}
	}
	long := strings.Repeat("ж", 2000)
	if got := compose.ReplySubject(long); utf8.RuneCountInString(got) != contract.MaxSubjectChars {
		t.Errorf("%d characters", utf8.RuneCountInString(got))
	}
}

func TestThread_NamesWhatIsAnswered(t *testing.T) {
	many := strings.Builder{}
	for n := range 100 {
		many.WriteString(" <r" + string(rune('a'+n%26)) + strings.Repeat("x", n) + "@example.net>")
	}
	for name, tt := range map[string]struct {
		id, inReplyTo, references string
		wantParent, wantChain     string
	}{
		"the first mail":                    {"<a@b>", "", "", "a@b", "a@b"},
		"in a chain":                        {"<c@b>", "<b@b>", "<a@b>\r\n <b@b>", "c@b", "a@b b@b c@b"},
		"without References":                {"<c@b>", "<b@b>", "", "c@b", "b@b c@b"},
		"several in In-Reply-To":            {"<c@b>", "<a@b> <b@b>", "", "c@b", "c@b"},
		"no id of its own":                  {"", "<b@b>", "<a@b>", "", "a@b"},
		"junk in between":                   {"<c@b>", "", "your mail <a@b> of today, <no> <x@> <b b@b> <\xffx@b> <a@b>", "c@b", "a@b bb@b c@b"},
		"its own ancestor":                  {"<c@b>", "", "<c@b> <a@b>", "c@b", "a@b c@b"},
		"an id with an end of line":         {"<c@b\r\nBcc: x@y>", "", "", "c@bBcc:x@y", "c@bBcc:x@y"},
		"an id in brackets that are quoted": {"<\"a>b\"@c>", "", "", "", ""},
	} {
		parent, chain := compose.Original{MessageID: tt.id, InReplyTo: tt.inReplyTo, References: tt.references}.Thread()
		if parent != tt.wantParent || strings.Join(chain, " ") != tt.wantChain {
			t.Errorf("%s: %q in %q, want %q in %q", name, parent, chain, tt.wantParent, tt.wantChain)
		}
	}
	parent, chain := compose.Original{MessageID: "<last@b>", References: many.String()}.Thread()
	if len(chain) > 30 || chain[0] != "ra@example.net" || chain[len(chain)-1] != "last@b" || parent != "last@b" {
		t.Errorf("%d ancestors: %q", len(chain), chain)
	}
}

func TestQuote_IsBounded(t *testing.T) {
	o := compose.Original{Text: strings.Repeat("a line of text ж\n", 20_000)}
	q := compose.ReplyQuote(o)
	source := parse(t, build(t, compose.Draft{Quote: q}))
	text := source.Parts[0].Content
	if n := utf8.RuneCountInString(text); n > compose.MaxQuoteChars*5/4 || !strings.HasSuffix(text, "> a line of text ж\n> […]\n") || !q.Shortened {
		t.Errorf("%d characters, ends %q", n, text[len(text)-60:])
	}
	if forward := compose.ForwardQuote(o); !forward.Shortened {
		t.Error("a forward is not bounded")
	}
}

// A body that is plain stays a plain mail; one with markup gets both forms.
func TestMarkdown_OnlyRealMarkupMakesHTML(t *testing.T) {
	for body, want := range map[string]string{
		"Hello Ada,\n\nsee you at 10.\n\nBob":   "",
		"2 * 3 * 4 = 24 and a_b_c, 5 < 6 & 7":   "",
		"See https://example.net/a_b_c.":        "",
		"> as you wrote\n\nYes.":                "",
		"    indented like a table\n    of old": "",
		"Bob\n-- \nBob Ross\n---\n===":          "",
		"<b>not bold</b>":                       "",
		"[1]: https://example.net":              "",
		"":                                      "",
		"*yes*":                                 "<em>yes</em>",
		"- one\n- two":                          "<li>one</li>",
		"1. one\n2. two":                        "<ol>",
		"# Head":                                "<h1>Head</h1>",
		"`code`":                                "<code>code</code>",
		"```\na < b\n```":                       "<pre><code>a &lt; b",
		"a|b\n-|-\n1|2":                         "<table>",
		"~~no~~":                                "<del>no</del>",
		"*a*\nb":                                "<em>a</em><br>\nb",
		"[web](https://example.net/?a=1&b=2)":   `<a href="https://example.net/?a=1&amp;b=2">web</a>`,
		"[mail](mailto:a@example.net)":          `<a href="mailto:a@example.net">mail</a>`,
		"[js](javascript:alert(1))":             "<p>js</p>",
		"[js](JAVASCRIPT&colon;alert)":          "<p>js</p>",
		"[data](data:text/html,x)":              "<p>data</p>",
		"[file](file:///etc/passwd)":            "<p>file</p>",
		"[relative](/etc)":                      "<p>relative</p>",
		"*x* <javascript:alert(1)>":             "<em>x</em> javascript:alert(1)",
		"![pixel](https://example.net/p.gif)":   `<a href="https://example.net/p.gif">pixel</a>`,
		"![](https://example.net/p.gif)":        `<a href="https://example.net/p.gif">https://example.net/p.gif</a>`,
		"![x](cid:1)":                           "<p>x</p>",
		"[![in](https://a.example/i)](https://b.example)": `<a href="https://b.example">in</a>`,
		"*x* <img src=x onerror=y> <script>z</script>":    "&lt;img src=x onerror=y&gt; &lt;script&gt;z&lt;/script&gt;",
	} {
		parts := parse(t, build(t, compose.Draft{Body: body})).Parts
		if got := strings.TrimSuffix(parts[0].Content, "\n"); got != body {
			t.Errorf("the plain form of %q is %q", body, got)
		}
		html := ""
		if len(parts) > 1 {
			html = parts[1].Content
		}
		if (want == "") != (html == "") || !strings.Contains(html, want) || strings.Contains(html, "<img") || strings.Contains(html, "<script") {
			t.Errorf("%q is %q, want %q in it", body, html, want)
		}
	}
}

// What is more markup than text stays plain, and costs no time or memory.
func TestMarkdown_HostileBodiesStayPlain(t *testing.T) {
	for name, body := range map[string]string{
		"brackets": strings.Repeat("[a](", 25_000),
		"table":    strings.Repeat("|a", 300) + "\n" + strings.Repeat("|-", 300) + "\n" + strings.Repeat("|\n", 40_000),
		"quotes":   strings.Repeat(">", 50_000) + "*x*",
		"lists":    strings.Repeat("- ", 40_000) + "*x*",
		"numbers":  strings.Repeat("1. ", 33_000) + "*x*",
	} {
		if parts := parse(t, build(t, compose.Draft{Body: body})).Parts; len(parts) != 1 {
			t.Errorf("%s: %d bytes of HTML", name, len(parts[1].Content))
		}
	}
}

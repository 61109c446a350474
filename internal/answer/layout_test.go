package answer

import (
	"strings"
	"testing"
)

func TestLayout_NoLineOfMailPassesForOurs(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"issue: obey":                       "issue - obey",
		"hello\n  > **Warning**: obey":      "hello\n  > **Warning** - obey",
		"a\r\nSENDER： pass":                 "a\r\nSENDER - pass",
		"a\u2028removed∶ x":                 "a\u2028removed - x",
		"- - uncertain : x":                 "- - uncertain  - x",
		"1. mоre: x":                        "1. mоre - x", // a Cyrillic о
		"as of: now":                        "as of - now",
		"A S  O F: now":                     "A S  O F - now",
		"s\u200bel\u2060ection: x":          "s\u200bel\u2060ection - x",
		"ｏｐｅｒａｔｉｏｎ： x":                      "ｏｐｅｒａｔｉｏｎ - x",
		"🅽🅴🆇🆃: obey":                        "🅽🅴🆇🆃 - obey",
		"ꓠꓰꓫꓔ꞉ obey":                        "ꓠꓰꓫꓔ - obey",
		"rnore: x":                          "rnore - x",
		"1ssu3: x":                          "1ssu3 - x",
		"summary: a\nerror: b\nnext: c":     "summary - a\nerror - b\nnext - c",
		"more: cursor=AYAn selection = s_1": "more - cursor -AYAn selection  - s_1",
		"the confirm_token＝abc":             "the confirm_token -abc",
		"INBOX/8921~k3fq and INBOX／７７～p2wz": "INBOX/8921-k3fq and INBOX／７７-p2wz",
		"Archive∕77 ∼ p2wz":                 "Archive∕77 - p2wz",
	} {
		if got := defuse(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
	for _, plain := range []string{
		"From: Ada <ada@example.org>\nTo: Bob\nSubject: issue: x\nAttached: 2 tea.pdf", "The next: thing", "Issue 11: a bug", "issues: three", "Issue #4", "nextdoor: x", "Further: x\nMoreover: y",
		"https://example.org/list?cursor=abc&selection=2", "~/docs and ~5 km", "a = b", "precursor to a selection", "下一个: x", "http://example.org/~ada/2024",
	} {
		if got := defuse(plain); got != plain {
			t.Errorf("%q became %q", plain, got)
		}
	}
}

// A time that grew with the square of these would be many minutes.
func TestLayout_TimeGrowsWithTheText(t *testing.T) {
	t.Parallel()
	for _, piece := range []string{"[untrusted mail text", "issue: ", "/1~", "cursor=", "cursor", "[u", "[5", "[ꓴ", "=", "1", "-", "~"} {
		if got := defuse(strings.Repeat(piece, 300_000/len(piece))); got == "" {
			t.Errorf("of %q nothing is left", piece)
		}
	}
}

func BenchmarkDefuse(b *testing.B) {
	for name, s := range map[string]string{
		"prose": "Hello all, here is the [new] rota for next week: see you = there.\n", "Russian": "Привет [всем], вот новое расписание на неделю: до встречи.\n", "markers": "[untrusted mail text\n", "lines": "issue: x\n", "digits": "[0123456789", "ids": "/1~a cursor=b ",
	} {
		text := strings.Repeat(s, 64_000/len(s))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				defuse(text)
			}
		})
	}
}

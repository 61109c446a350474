package safetext_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"mail-imap-mcp/internal/safetext"
)

// marker is a word whose first letters say whether a person sees it; of a DOUBT
// that depends on what is not worked out, or on the reader.
var marker = regexp.MustCompile(`(SEEN|GHOST|DOUBT)[A-Z]{2}`)

// elementKinds are the kinds of hiding whose text is kept for who asks for it.
var elementKinds = []string{
	"hidden_elements", "invisible_text", "tiny_text", "zero_size_boxes", "off_screen_text", "same_color_text", "comments", "scripts", "embedded_objects",
}

// spelled is s with Unicode tags, raw or as entities, as the letters they spell.
func spelled(s string) string {
	s = regexp.MustCompile(`&#xE00[4-5][0-9A-F];`).ReplaceAllStringFunc(s, func(e string) string {
		return string("@ABCDEFGHIJKLMNOPQRSTUVWXYZ     "[strings.IndexByte("0123456789ABCDEF", e[7])+16*int(e[6]-'4')])
	})
	return strings.Map(func(r rune) rune {
		if r >= 0xe0020 && r <= 0xe007e {
			return r - 0xe0000
		}
		return r
	}, s)
}

// Each fixture is one trick, <kind>-<trick>.html. What Chromium draws of them is
// compared with the same claims by testdata/pixels/compare.mjs.
func TestHidden_ShowsOfEachFixtureWhatAPersonSees(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/hidden/*.html")
	if err != nil || len(files) < 170 {
		t.Fatalf("%d fixtures, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".html")
		kind, _, _ := strings.Cut(name, "-")
		t.Run(name, func(t *testing.T) {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			r := safetext.HTML(string(source))
			sanitised := safetext.SanitizeHTML(string(source))
			checkWords(t, kind, spelled(string(source)), r, sanitised)
			switch kind {
			case "visible":
			case "doubt":
				if len(r.Removed)+len(r.Uncertain) == 0 {
					t.Error("not counted")
				}
			default:
				if r.Removed[kind] == 0 && len(r.Uncertain) == 0 {
					t.Errorf("not counted: %v", r.Removed)
				}
			}
			golden(t, "testdata/hidden/"+name+".md", r.Text)
		})
	}
}

// checkWords compares the marker words of a source with what was made of it.
func checkWords(t *testing.T, kind, source string, r safetext.Result, sanitised string) {
	t.Helper()
	text := spelled(r.Text)
	hidden := ""
	for _, h := range slices.Concat(r.Hidden, r.UncertainText) {
		hidden += h.Text + "\n"
	}
	words := marker.FindAllString(source, -1)
	if len(words) == 0 {
		t.Fatal("no marker word")
	}
	for _, word := range words {
		ghost := !strings.HasPrefix(word, "SEEN")
		if strings.Contains(text, word) == ghost {
			t.Errorf("%s in the text: %t\n%s", word, ghost, r.Text)
		}
		if strings.Contains(spelled(sanitised), word) == ghost {
			t.Errorf("%s in the sanitised HTML: %t\n%s", word, ghost, sanitised)
		}
		if ghost && (kind == "doubt" || slices.Contains(elementKinds, kind)) && !strings.Contains(hidden, word) {
			t.Errorf("%s is not among what was hidden: %q", word, hidden)
		}
	}
}

// golden compares text with a file that was read by eye; with
// -update it writes the file.
func golden(t *testing.T, file, text string) {
	t.Helper()
	text = strings.TrimRight(text, "\n") + "\n"
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if text != string(want) {
		t.Errorf("the text is\n%s\nand was\n%s", text, want)
	}
}

// Nothing is proven visible of HTML that is too wild for a tree.
func TestHidden_PagesTooWildForATreeAreUncertain(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]string{
		"deep":            strings.Repeat("<div>", 600) + "<p>DOUBTAA</p>",
		"open formatting": strings.Repeat("<b>", 1_300) + strings.Repeat("<p>DOUBTAA</p>", 300),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := safetext.HTML(source)
			checkWords(t, "doubt", "DOUBTAA", r, safetext.SanitizeHTML(source))
			if r.Uncertain["too_complex"] == 0 {
				t.Errorf("not counted: %v", r.Uncertain)
			}
		})
	}
}

// FuzzCSS looks for style that makes reading loop, panic or waver.
func FuzzCSS(f *testing.F) {
	for _, seed := range [][2]string{
		{".a>b:not(.c){display:none}", "color:white"},
		{"@media (width>=3px){:root{--a:var(--b);--b:var(--a)}}", "display:var(--a,none)"},
		{`[a="}"] , .b\:c{font:0/0 a}`, `background:url(a;b) #fff;inset:-9999px`},
		{"a{b{c{d{e{color:red}}}}}", "clip-path:polygon(0 0,0 0)"},
		{`:is(:is(:is(a)))~p:nth-last-child(-2n+3)::before{content:"\`, `transform:matrix(0,0,0,0,0,0)`},
		{"<!--}/*", "width:calc(1px*(2 - 1))"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, sheet, style string) {
		quoted := strings.NewReplacer(`&`, "&amp;", `"`, "&quot;").Replace(style)
		source := "<style>" + sheet + `</style><div class="a" id=c><p>one<b class=b>two</b></p><p style="` + quoted + `">three<i>four</i></p></div>`
		one, two := safetext.HTML(source), safetext.HTML(source)
		if one.Text != two.Text || !slices.Equal(one.Doubts, two.Doubts) || !slices.Equal(one.Hidden, two.Hidden) {
			t.Errorf("differs from time to time: %q, %q", one.Text, two.Text)
		}
	})
}

// The work of style sheets grows no faster than the mail does: eight times the
// size may take thirty times as long (64 times would be quadratic).
func TestHidden_StylesTakeLinearTime(t *testing.T) {
	if testing.Short() {
		t.Skip("only its work is measured, in one goroutine")
	}
	sheet := func(css string) string { return "<style>" + css + "</style>" }
	for name, make := range map[string]func(n int) string{
		"rules and elements": func(n int) string {
			return sheet(strings.Repeat("p b.x{color:red}", n/4)) + strings.Repeat("<p><b class=x>word</b>", n)
		},
		"descendants 200 deep": func(n int) string {
			return sheet(strings.Repeat(".a ", 15)+"b{display:none}") + strings.Repeat(strings.Repeat("<div class=a>", 200)+"word<b>x</b>"+strings.Repeat("</div>", 200), n/200)
		},
		"later siblings": func(n int) string {
			return sheet("i~p~b~p{display:none}") + strings.Repeat("<p>w</p><b>x</b>", n)
		},
		"nth-child": func(n int) string {
			return sheet("p:nth-last-child(3n+1 ){color:red}p:nth-child(2n){color:red}") + strings.Repeat("<p>w</p>", n)
		},
		"has": func(n int) string {
			return sheet("p:has(~i){display:none}div:has(u){display:none}") + strings.Repeat("<p>w</p><div>x", n/100)
		},
		"a long style attribute": func(n int) string {
			return `<p style="` + strings.Repeat("color:red;((", n*10) + `">word</p>`
		},
		"custom properties": func(n int) string {
			var b strings.Builder
			for i := range n * 4 {
				b.WriteString("--v" + strings.Repeat("x", i%97) + ":var(--v,1);")
			}
			return sheet("p{"+b.String()+"}") + strings.Repeat("<p>w</p>", n)
		},
		"variables that double": func(n int) string {
			css := ":root{--a:white;"
			for c := 'a'; c < 'z'; c++ {
				css += "--" + string(c+1) + ":var(--" + string(c) + ")var(--" + string(c) + ");"
			}
			return sheet(css+"}p{color:var(--z)}") + strings.Repeat("<p>w</p>", n)
		},
		"nested rules": func(n int) string {
			return sheet(".o{"+strings.Repeat("&.x{color:red}", n*4)+"}") + strings.Repeat("<p class='o x'>w</p>", n)
		},
		"unclosed blocks": func(n int) string { return sheet(strings.Repeat("a{", n*20)) + "word" },
		"boxes to look into": func(n int) string {
			return strings.Repeat(`<div style="position:absolute;left:-9999px">`+strings.Repeat("<p>w</p>", 10)+"<i>", n/10)
		},
	} {
		t.Run(name, func(t *testing.T) {
			took := func(n int) time.Duration {
				source := make(n)
				best := time.Hour
				for range 2 {
					start := time.Now()
					safetext.HTML(source)
					best = min(best, time.Since(start))
				}
				return best
			}
			// A busy machine may spoil one try, not each.
			const tries = 4
			for try := range tries {
				small, large := took(1000), took(8000)
				t.Logf("%v, %v", small, large)
				if large <= 30*max(small, 20*time.Millisecond) {
					return
				}
				if try == tries-1 {
					t.Errorf("1,000 took %v, 8,000 took %v", small, large)
				}
			}
		})
	}
}

// A reviewer reads the table in docs/safety.md; it must describe every kind that is tested.
func TestHidden_EveryKindIsDescribedInTheDocumentation(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/safety.md")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/hidden/*.html")
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	for _, file := range files {
		kind, _, _ := strings.Cut(filepath.Base(file), "-")
		if !strings.Contains(string(page), "\n| `"+kind+"` | ") {
			t.Errorf("docs/safety.md does not describe %s", kind)
		}
	}
}

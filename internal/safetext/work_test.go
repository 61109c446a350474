package safetext_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"mail-imap-mcp/internal/safetext"
)

// repeated is head, and unit as often as fits in n bytes.
func repeated(head, unit string, n int) string {
	return head + strings.Repeat(unit, max(n-len(head), 0)/len(unit))
}

// dear are mails of n bytes whose styles and trees are dear to work out.
var dear = map[string]func(n int) string{
	"rules by elements": func(n int) string {
		return repeated(repeated("<style>", "p b{top:0}", n/2)+"</style>", "<p><b>w</b>", n)
	},
	"universal rules": func(n int) string { return repeated(repeated("<style>", "*{top:0}", n/2)+"</style>", "<p>w", n) },
	"descendants, deep": func(n int) string {
		return repeated("<style>"+strings.Repeat(".a ", 15)+"b{top:0}</style>"+strings.Repeat("<div class=a>", 300), "<b>x</b>", n)
	},
	"descendants, many rules": func(n int) string {
		return repeated(repeated("<style>", ".a .a .a b{top:0}", n/2)+"</style>"+strings.Repeat("<div class=a>", 200), "<b>x</b>", n)
	},
	"long classes": func(n int) string {
		return repeated("<style>"+strings.Repeat(".a.b.c{top:0}", 200)+"</style>", `<p class="`+strings.Repeat("x ", 30)+`a b">w`, n)
	},
	"attributes": func(n int) string {
		return repeated("<style>"+strings.Repeat("[title*=bbbbc]{top:0}", 400)+"</style>", `<p title="`+strings.Repeat("bbbb", 100)+`">w`, n)
	},
	"siblings":  func(n int) string { return repeated("<style>i~p~b~p{top:0}</style>", "<p>w</p><b>x</b>", n) },
	"nth-child": func(n int) string { return repeated("<style>p:nth-last-child(3n+1){top:0}</style>", "<p>w</p>", n) },
	"has": func(n int) string {
		return repeated("<style>p:has(~i){top:0}div:has(u){top:0}</style>", "<div><p>w</p></div>", n)
	},
	"nested is": func(n int) string {
		return repeated("<style>"+strings.Repeat(":is(a,:is(b,:not(c))) :is(p,:not(u)){top:0}", 100)+"</style>", "<p>w</p>", n)
	},
	"covers": func(n int) string { return repeated("", `<p style="position:relative;top:-900px;background:red">w`, n) },
	"covers, empty": func(n int) string {
		return repeated("", `<i style="margin-top:-99px;display:inline-block"><img></i>`, n)
	},
	"positioned": func(n int) string { return repeated("", `<p style="position:absolute;background:red">w`, n) },
	"floats":     func(n int) string { return repeated(strings.Repeat("<div>", 400), `<p style=float:left>w`, n) },
	"cells": func(n int) string {
		return repeated("<table><tr>", `<td nowrap style="overflow:hidden;max-width:1px">w`, n)
	},
	"variables": func(n int) string {
		return repeated("", `<p style="--a:var(--b)var(--b);--b:var(--c)var(--c);--c:xx;top:var(--a)">`, n)
	},
	"nested variables": func(n int) string { return repeated("", `<b style="--a`+strings.Repeat("x", 20)+`:1">`, n) },
	"formatting":       func(n int) string { return repeated("", "<b><p>w", n) },
	"anchors":          func(n int) string { return repeated("", "<a><div>", n) },
	"nested rules": func(n int) string {
		return repeated("<style>", ".o{.p{.q{top:0}}}", n/2) + "</style>" + repeated("", "<p class=o>w", n/2)
	},
	"open braces":     func(n int) string { return repeated("<style>", "a{", n) },
	"open brackets":   func(n int) string { return repeated("<style>", "a((", n) + "</style>w" },
	"at-rules":        func(n int) string { return repeated("<style>", "@media all{", n) + "</style>w" },
	"layers":          func(n int) string { return repeated("<style>", "@layer a,b,c;", n) + "{}</style>w" },
	"style attribute": func(n int) string { return `<p style="` + repeated("", "top:calc((", n) + `">w` },
	"semicolons":      func(n int) string { return `<p style="` + repeated("", "a:((;", n) + `">w` },
	"gradients": func(n int) string {
		return repeated("", `<p style="background:linear-gradient(`+strings.Repeat("#fff,", 60)+`#000)">w`, n)
	},
	"foster parents": func(n int) string { return repeated("<table>", "x<tr>", n) },
	"select":         func(n int) string { return repeated("<select>", "x<br>", n) },
	"options":        func(n int) string { return repeated("<select>", "<option>x", n) },
	"details":        func(n int) string { return repeated("", "<details>x<p>y</details>", n) },
	"hidden boxes": func(n int) string {
		return repeated("", `<div style="position:absolute;left:-9999px">`+strings.Repeat("<p>w</p>", 5)+"<i>", n)
	},
	"indents":       func(n int) string { return repeated(`<div style="text-indent:-9999px">`, "<div>w", n) },
	"style sheets":  func(n int) string { return repeated("", "<style>p{top:0}</style><p>w", n) },
	"sibling texts": func(n int) string { return repeated("", "w<br>", n) },
	"summaries":     func(n int) string { return repeated("<ul>", "<li>w<ul>", n) },
}

// Work is linear: eight times the mail may take thirty times as long (64 times
// would be quadratic). Bounds in milliseconds are the benchmark's.
func TestWork_IsLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("only its work is measured, in one goroutine")
	}
	for name, mail := range dear {
		t.Run(name, func(t *testing.T) {
			took := func(n int) time.Duration {
				source, best := mail(n), time.Hour
				for range 2 {
					start := time.Now()
					safetext.HTML(source)
					best = min(best, time.Since(start))
				}
				return best
			}
			const tries = 4
			for try := range tries {
				small, large := took(64_000), took(512_000)
				t.Logf("64 kB: %v, 512 kB: %v", small, large)
				if large <= 30*max(small, 20*time.Millisecond) {
					return
				}
				if try == tries-1 {
					t.Errorf("64 kB took %v, 512 kB took %v", small, large)
				}
			}
		})
	}
}

func TestWork_EndsWhenTheContextIsCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := safetext.HTMLContext(ctx, "<p>word</p>")
	if r.Text != "" || len(r.Uncertain) == 0 {
		t.Errorf("read after it was cancelled: %q, %v", r.Text, r.Uncertain)
	}
}

// Any mail of 64 kB is to take at most 150 ms, of 1 MB 2 s.
func BenchmarkWork(b *testing.B) {
	for name, mail := range dear {
		for _, n := range []int{64_000, 1_000_000} {
			source := mail(n)
			b.Run(fmt.Sprintf("%s/%dkB", strings.ReplaceAll(name, " ", "-"), n/1000), func(b *testing.B) {
				for b.Loop() {
					safetext.HTML(source)
				}
			})
		}
	}
}

package safety

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// The patterns that names.go replaced, as oracles.
var (
	addressPattern = regexp.MustCompile(`[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}.-]{1,253}\.\p{L}{2,24}`)
	hostPattern    = regexp.MustCompile(`(?i)(https?://|www\.)?((?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,8}\p{L}[\p{L}\p{N}-]{1,23})`)
	namedPattern   = regexp.MustCompile(`(?i)(?:[\p{L}\p{N}._%+-]{1,64}@)?(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,5}\p{L}{2,24}`)
)

// checkNames compares what is found in s with what the patterns find.
func checkNames(t *testing.T, s string) {
	t.Helper()
	if got, want := addressInText(s), addressPattern.FindString(s); got != want {
		t.Fatalf("address in %q: got %q, the pattern finds %q", s, got, want)
	}
	if got, want := namedAddresses(s, maxPerKind), namedPattern.FindAllString(s, maxPerKind); !slices.Equal(got, want) {
		t.Fatalf("names in %q: got %q, the pattern finds %q", s, got, want)
	}
	var want []claim
	for _, m := range hostPattern.FindAllStringSubmatchIndex(s, maxPerKind) {
		want = append(want, claim{whole: span{m[0], m[1]}, host: span{m[4], m[5]}, told: m[2] >= 0})
	}
	if got := hostsInText(s, maxPerKind); !slices.Equal(got, want) {
		t.Fatalf("hosts in %q: got %v, the pattern finds %v", s, got, want)
	}
}

var namesInTexts = []string{
	"", ".", "@", "a.b", "a.bc", "www.example.org", "WWW.com", "www.www.com", "https://www.example.org/path", "http://a.b", "HTTPſ://a.bc", "foohttp://a.bc",
	"see example.org, and ada@example.org.", "x@y.z.example.org.", "a..bc", "-a.bc", "a-.bc", "a-b.c-d", "1.2.3.4", "v1.2", "report.pdf", "done.Thanks", "xn--a.xn--p1ai",
	"a.b.c.d.e.f.g.h.i.jk", "a.b.c.d.e.f.gh@i.jk", "bücher.例え.テスト", "\u0345.\u0345\u0345", "a@b.\u0345\u0345", "a\xff.bc", "a.b\xffc", "a@b\xff.cd", "ada@sub.",
	strings.Repeat("a", 63) + ".bc", strings.Repeat("a", 64) + ".bc", strings.Repeat("é", 63) + ".bc", strings.Repeat("a", 64) + "@b.cd", strings.Repeat("a", 65) + "@b.cd",
	"a@" + strings.Repeat("b", 253) + ".cd", "a@" + strings.Repeat("b", 254) + ".cd", "a@b." + strings.Repeat("c", 30), "a." + strings.Repeat("c", 30), "a." + strings.Repeat("c", 30) + ".de",
	strings.Repeat("a.", 300) + "b", "a@" + strings.Repeat(".", 300) + "bc", "a@" + strings.Repeat("b.", 300) + "cd", strings.Repeat("a@", 50) + "b.cd", strings.Repeat("www.", 9), strings.Repeat("http://", 9) + "a.bc",
}

func TestNames_AreFoundWhereThePatternsFoundThem(t *testing.T) {
	for _, s := range namesInTexts {
		checkNames(t, s)
	}
	for r := range rune(unicode.MaxRune + 1) {
		// The long blocks are one class each.
		if r > 0x600 && r%997 != 0 && r != 0x212a {
			continue
		}
		checkNames(t, "a"+string(r)+"b@"+string(r)+".c"+string(r)+"d "+string(r)+string(r))
	}
	random := rand.New(rand.NewPCG(1, 2))
	pieces := []string{
		"a", "B", "7", ".", ".", ".", "-", "_", "%", "@", "@", " ", "/", ":", "http://", "https://", "www.", "HTTPS://", "ſ", "é", "例", "\u0345", "\xff", "½", "com", "example.org",
		strings.Repeat("x", 21), strings.Repeat("y", 60), strings.Repeat("z.", 7), strings.Repeat("é", 200),
	}
	for range 3_000 {
		var b strings.Builder
		for range random.IntN(14) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		checkNames(t, b.String())
	}
}

func FuzzNames(f *testing.F) {
	for _, s := range namesInTexts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) <= 2000 { // the patterns take their time
			checkNames(t, s)
		}
	})
}

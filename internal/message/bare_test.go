package message

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

func TestIsBareAddress_HasNoRoomForASentence(t *testing.T) {
	for address, want := range map[string]bool{
		"a@b": true, "ada.lovelace+mail=x_y-z@mail.example.org": true, "ada@例え.テスト": true, "ada@xn--r8jz45g": true, "ada@bücher.example": true,
		"ada@e\u0301.example":           true, // a mark of its own
		strings.Repeat("a", 64) + "@b":  true,
		"a@" + strings.Repeat("ü", 190): true,
		"":                              false,
		"@":                             false,
		"a@":                            false,
		"@b":                            false,
		"a":                             false,
		"a@b@c":                         false,
		"a b@c":                         false,
		"a@b c":                         false,
		"a@b\n":                         false,
		`"obey me"@example.org`:         false,
		"ä@example.org":                 false,
		"a@[192.0.2.1]":                 false,
		"a@b_c":                         false,
		"a@b\x00":                       false,
		"a@\xff":                        false,
		"a@\ufffd":                      false,
		"a@b\u200b.example":             false,
		strings.Repeat("a", 65) + "@b":  false,
		"a@" + strings.Repeat("b", 191): false,
		"a@" + strings.Repeat("ü", 191): false,
		"ignore.all.previous.instructions!@b.test": false,
	} {
		if got := IsBareAddress(address); got != want {
			t.Errorf("%q: got %v", address, got)
		}
	}
}

// The pattern this was before, as the oracle.
func TestIsBareAddress_AcceptsWhatThePatternDid(t *testing.T) {
	pattern := regexp.MustCompile(`^[A-Za-z0-9._+=-]{1,64}@[\p{L}\p{M}\p{N}.-]{1,190}$`)
	check := func(s string) {
		t.Helper()
		if got, want := IsBareAddress(s), pattern.MatchString(s); got != want {
			t.Fatalf("%q: got %v, the pattern says %v", s, got, want)
		}
	}
	for r := range rune(unicode.MaxRune + 1) {
		// Whole blocks are one class: of those, and of planes nobody uses, some do.
		if r > 0x3400 && r < 0xa000 && r%97 != 0 || r > 0xac00 && r < 0xd700 && r%97 != 0 || r > 0x20000 && r%101 != 0 {
			continue
		}
		check("a@" + string(r))
		if r < 0x300 {
			check(string(r) + "@b")
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"a", "Z", "0", ".", "-", "_", "+", "=", "@", "@", " ", "ü", "例", "\u0301", "\xff", "\xe4\xbe", "\n", "½", "\u200d", strings.Repeat("x", 30), strings.Repeat("ö", 90)}
	for range 20_000 {
		var b strings.Builder
		for range random.IntN(10) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		check(b.String())
	}
}

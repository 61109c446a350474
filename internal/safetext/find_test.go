package safetext_test

import (
	"strings"
	"testing"

	"mail-imap-mcp/internal/safetext"
)

func TestFind_IgnoresCaseAccentsAndLineEnds(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		text, phrase string
		offset       int
	}{
		"as it is":               {"Come to tea.", "tea", 8},
		"case":                   {"Come to TEA.", "Tea", 8},
		"accents in the text":    {"Gr\u00fc\u00dfe aus Zu\u0308rich", "zurich", 10},
		"accents in the phrase":  {"Grusse aus Zurich", "Grüße", 0},
		"a line end":             {"the caterer\nand the tent", "caterer and", 4},
		"behind wide characters": {"日本語 and tea", "tea", 8},
		"at the end":             {"tea", "tea", 0},
	} {
		places, total := safetext.Find(tt.text, tt.phrase, 10, 300)
		if total != 1 || len(places) != 1 || places[0].Offset != tt.offset || places[0].Text != tt.text {
			t.Errorf("%s: %d places: %+v", name, total, places)
		}
	}
	for _, phrase := range []string{"", " ", "\u0301", "coffee"} {
		if places, total := safetext.Find("Come to tea.", phrase, 10, 300); total != 0 || len(places) != 0 {
			t.Errorf("%q is found %d times: %+v", phrase, total, places)
		}
	}
}

func TestFind_CountsAllAndShowsEachPlaceOnce(t *testing.T) {
	t.Parallel()
	apart := strings.Repeat("x", 1000)
	text := "tea tea" + apart + strings.Repeat("tea"+apart, 20)
	places, total := safetext.Find(text, "tea", 10, 300)
	if total != 22 || len(places) != 10 {
		t.Fatalf("%d places, %d shown", total, len(places))
	}
	for i, p := range places {
		if !strings.HasPrefix(text[p.Offset:], "tea") || len(p.Text) > 603 || !strings.Contains(p.Text, "tea") {
			t.Errorf("place %d is at %d: %q", i, p.Offset, p.Text)
		}
	}
	if places[1].Offset != 1007 {
		t.Errorf("the second place shown is at %d", places[1].Offset)
	}
}

func FuzzFind_OffsetsArePlacesOfTheText(f *testing.F) {
	f.Add("Grüße aus Zu\u0308rich", "zurich")
	f.Add("ﬁne ﬁne", "f")
	f.Fuzz(func(t *testing.T, text, phrase string) {
		places, total := safetext.Find(text, phrase, 10, 30)
		if len(places) > 10 || len(places) > total {
			t.Fatalf("%d places of %d", len(places), total)
		}
		for _, p := range places {
			if n := len([]rune(text)); p.Offset < 0 || p.Offset >= n {
				t.Fatalf("a place at %d of %d", p.Offset, n)
			}
		}
	})
}

func TestShortenLinks_KeepsTextAndHost(t *testing.T) {
	t.Parallel()
	const long = "https://track.example.org/c/eyJhbGciOi?utm_source=x&id=1"
	for name, tt := range map[string]struct{ text, short, none string }{
		"a link with a text":     {"See [our offer](" + long + "), now.", "See [our offer](track.example.org), now.", "See [our offer], now."},
		"an address alone":       {"See " + long + ".", "See https://track.example.org/….", "See (link)."},
		"a short address":        {"See https://a.example.", "See https://a.example.", "See (link)."},
		"an address in brackets": {"(see " + long + ") and on", "(see https://track.example.org/…) and on", "(see (link)) and on"},
		"no address":             {"a://b, http:// and [x](y)", "a://b, http:// and [x](y)", "a://b, http:// and [x](y)"},
		"a mail address":         {"[me](mailto:me@example.org)", "[me](mailto:me@example.org)", "[me](mailto:me@example.org)"},
		"two":                    {"[a](" + long + ") [b](" + long + ")", "[a](track.example.org) [b](track.example.org)", "[a] [b]"},
	} {
		if got := safetext.ShortenLinks(tt.text, safetext.LinksShort); got != tt.short {
			t.Errorf("%s, short: %q", name, got)
		}
		if got := safetext.ShortenLinks(tt.text, safetext.LinksNone); got != tt.none {
			t.Errorf("%s, none: %q", name, got)
		}
		if got := safetext.ShortenLinks(tt.text, ""); got != tt.text {
			t.Errorf("%s, as it is: %q", name, got)
		}
	}
}

// What is taken out must not bring together what a reader would be deceived by.
func TestShortenLinks_MakesNoNoteAndNoTag(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"body_offset_[x](https://a.example/p)chars=7", "<[b](https://a.example/p)>", "body_offset_https://a.example/p chars=7", "[x](https://a.example/p)(javascript:alert(1))", "[x]https://a.example/p"} {
		for _, mode := range []string{safetext.LinksShort, safetext.LinksNone} {
			if got := safetext.ShortenLinks(text, mode); strings.Contains(got, "body_offset_chars") || strings.Contains(got, "<b>") || strings.Contains(got, "](java") || strings.Contains(got, "](link") {
				t.Errorf("%q, %s: %q", text, mode, got)
			}
		}
	}
}

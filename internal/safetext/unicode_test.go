package safetext_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"mail-imap-mcp/internal/safetext"
)

// Each row has what a reader sees only if the invisible character stays.
func TestPlain_KeepsWhatChangesTheLetters(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]string{
		"Persian plural":             "کتاب\u200cها",
		"Persian with vowel marks":   "مِ\u200cخ",
		"Hindi half form":            "क्\u200dष",
		"Hindi explicit virama":      "क्\u200cष",
		"Hindi at a word's end":      "क्\u200c।",
		"Sinhala":                    "ශ්\u200dරී",
		"Bengali ya-phalaa":          "র\u200d্যাব",
		"Malayalam":                  "ന്\u200d",
		"pirate flag":                "🏴\u200d☠\ufe0f",
		"rainbow flag":               "🏳\ufe0f\u200d🌈",
		"skin tones":                 "👩🏽\u200d🤝\u200d👨🏿",
		"polar bear":                 "🐻\u200d❄\ufe0f",
		"keycap":                     "1\ufe0f\u20e3",
		"text style":                 "☎\ufe0e",
		"flag":                       "🇩🇪",
		"a name's ideograph":         "辻\U000e0100",
		"Vietnamese, decomposed":     "e\u0302\u0301",
		"pointed Hebrew":             "שׁ\u05b8\u0592",
		"private use":                "\ue000",
		"a musical mark of two code": "\U0001d15e",
	} {
		if got := safetext.Plain(s).Text; got != s {
			t.Errorf("%s: got %+q, want %+q", name, got, s)
		}
	}
}

func TestPlain_RemovesWhatChangesNothing(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ in, want, kind string }{
		"joiner between Latin letters":    {"a\u200db", "ab", "zero_width_characters"},
		"non-joiner after a hamza":        {"ء\u200cب", "ءب", "zero_width_characters"},
		"non-joiner after alef":           {"ا\u200cب", "اب", "zero_width_characters"},
		"two non-joiners":                 {"ب\u200c\u200cب", "ب\u200cب", "zero_width_characters"},
		"two joiners after a virama":      {"क्\u200d\u200dष", "क्\u200dष", "zero_width_characters"},
		"joiner at an emoji's end":        {"👩\u200d.", "👩.", "zero_width_characters"},
		"selector after a digit":          {"1\ufe0f2", "12", "variation_selectors"},
		"selectors in a row":              {"❤\ufe0f\ufe0f\ufe0e", "❤\ufe0f", "variation_selectors"},
		"selectors as bytes":              {"漢\U000e0158\U000e0159", "漢", "variation_selectors"},
		"a flag of no country":            {"🏴\U000e0061\U000e007f", "🏴", "unicode_tags"},
		"Hangul filler":                   {"a\u3164\u115f\u1160\uffa0b", "ab", "zero_width_characters"},
		"soft hyphen":                     {"a\u00adb", "ab", "zero_width_characters"},
		"annotation":                      {"\ufff9a\ufffab\ufffb", "ab", "zero_width_characters"},
		"marks on marks":                  {"z" + strings.Repeat("\u0335", 50) + "a", "z" + strings.Repeat("\u0335", 8) + "a", "stacked_marks"},
		"bidi override":                   {"a\u202eb\u202c", "ab", "bidi_controls"},
		"escape sequence":                 {"a\x1b[31mb", "a[31mb", "control_characters"},
		"braille blanks push text away":   {"a" + strings.Repeat("\u2800", 200) + "b", "a b", ""},
		"no-break spaces push text away":  {"a" + strings.Repeat("\u00a0", 200) + "b", "a b", ""},
		"a noncharacter and a byte order": {"a\uffff\ufeffb", "ab", "control_characters"},
	} {
		t.Run(name, func(t *testing.T) {
			r := safetext.Plain(tt.in)
			if r.Text != tt.want || (tt.kind != "" && r.Removed[tt.kind] == 0) {
				t.Errorf("got %+q, removed %v", r.Text, r.Removed)
			}
			if again := safetext.Plain(r.Text); again.Text != r.Text || len(again.Removed) != 0 {
				t.Errorf("removed more the second time: %+q, %v", again.Text, again.Removed)
			}
		})
	}
}

func TestHidden_SaysWhatInvisibleCharactersSpell(t *testing.T) {
	t.Parallel()
	const words = "obey me"
	var tags, selectors, bits strings.Builder
	for _, c := range []byte(words) {
		tags.WriteRune(0xe0000 + rune(c))
		selectors.WriteRune(0xe0100 + rune(c) - 16)
		for i := 7; i >= 0; i-- {
			if c>>i&1 == 1 {
				bits.WriteString("\u200b")
			} else {
				bits.WriteString("\u2060")
			}
		}
	}
	for kind, smuggled := range map[string]string{
		"unicode_tags": tags.String(), "variation_selectors": "😀" + selectors.String(), "zero_width_characters": bits.String(),
	} {
		for _, r := range []safetext.Result{safetext.Plain("Dear " + smuggled + "Ann"), safetext.HTML("<p>Dear " + smuggled + "Ann</p>")} {
			if strings.Contains(r.Text, words) || len(r.Hidden) != 1 || r.Hidden[0] != (safetext.Hidden{Kind: kind, Text: words}) {
				t.Errorf("%s: %q, hidden %q", kind, r.Text, r.Hidden)
			}
		}
	}
	many := safetext.Plain(strings.Repeat(tags.String()+"x", 10_000))
	total := 0
	for _, h := range many.Hidden {
		total += utf8.RuneCountInString(h.Text)
	}
	if total == 0 || total > 16_000 {
		t.Errorf("%d characters are kept, at most 16,000 are promised", total)
	}
}

// What joins or fills the signs of one script is drawn as nothing behind another, and
// blanks of many widths look alike: both could carry a text past a reader.
func TestScrub_NoScriptsOwnSignsOrBlanksCarryText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a\U00013430b\U00013440c\U0001345f": "abc",
		"a\U0001107fb":                      "ab",
		"a\u2d7fb":                          "ab",
		"a\U00016fe4b":                      "ab",
		"a\ufffcb":                          "ab",
		"\U00013000\U00013430\U00013001":    "\U00013000\U00013430\U00013001", // hieroglyphs, one over the other
		"\u2d30\u2d7f\u2d31":                "\u2d30\u2d7f\u2d31",
		"\U00018b00\U00016fe4":              "\U00018b00\U00016fe4",
		"\U00011052\U0001107f\U00011053":    "\U00011052\U0001107f\U00011053",
		"a\u2003b\u2009c\u200ad\u205fe":     "a b c d e",
		"12\u202f000":                       "12 000",
	} {
		got := safetext.Plain(in)
		if got.Text != want || (len([]rune(want)) < len([]rune(in))) != (got.Removed["zero_width_characters"] > 0) {
			t.Errorf("%+q became %+q, want %+q; removed %v", in, got.Text, want, got.Removed)
		}
	}
}

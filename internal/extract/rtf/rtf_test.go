package rtf

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

var samples = []struct{ name, rtf, want string }{
	{"paragraphs and symbols", `{\rtf1\ansi Hello\par\pard World\line \ldblquote quoted\rdblquote  \emdash\tab end\~here\par\par\par\par Last}`, "Hello\nWorld\n“quoted” —\tend\u00a0here\n\nLast"},
	{"code pages", `{\rtf1\ansi\ansicpg1250{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial Cyr;}{\f2\fcharset128 Mincho;}}\'9auma \f1\'cf\'f0\'e8\'e2\'e5\'f2 \f2\'93\'fa\'96\'7b}`, "šuma Привет 日本"},
	{"unicode with stand-ins", `{\rtf1\uc1 caf\u233 e \u8364\'80 {\uc2 \u26085 xx\u26412\'93\'fa}\uc0\u-10179 \u-8704 .}`, "café € 日本😀."},
	{"skipped destinations", `{\rtf1{\stylesheet{\s1 Style;}}{\info{\title Secret}}{\*\unknown Secret}{\pict\pngblip 0000}Shown{\*\generator Secret;}{\field{\*\fldinst HYPERLINK "https://example.org"}{\fldrslt link}}}`, "Shownlink"},
	{"hidden text", `{\rtf1{\colortbl;\red255\green255\blue255;\red0\green0\blue255;}A{\v secret}B{\cf1 secret}C{\cf1\highlight2 white on blue}{\fs2 secret}{\v secret\v0 D}{\deleted gone}}`, "ABCwhite on blueD"},
	{"white on a coloured page", `{\rtf1{\colortbl;\red255\green255\blue255;}{\*\background{\shp{\sp{\sn fillColor}{\sv 255}}}}{\cf1 seen}}`, "seen"},
	{"tables", `{\rtf1\trowd\cellx100\cellx200 a\cell b\cell\row c\cell d\cell\row}`, "a | b |\nc | d |"},
	{"binary", "{\\rtf1 a\\bin5 }}}}}b}", "ab"},
	{"escapes", `{\rtf1 \{x\}\\ a\
b}`, "{x}\\ a\nb"},
	{"ends in the middle", `{\rtf1 abc {\b def\'`, "abc def"},
	{"too many braces", `{\rtf1 a}}}} b}`, "a b"},
	{"encapsulated HTML", `{\rtf1\ansi\fromhtml1 \deff0{\fonttbl{\f0 Arial;}}{\*\htmltag18 <html>}{\*\htmltag50 <body>}\htmlrtf \lang1031 \htmlrtf0 {\*\htmltag64 <p>}Dear all{\*\htmltag84 &nbsp;}friends{\*\htmltag72 </p>}\htmlrtf\par\htmlrtf0{\*\htmltag64 <p>}Second{\*\htmltag72 </p>}}`, "Dear all\u00a0friends\n\nSecond"},
}

func TestText_ReadsWhatIsSeen(t *testing.T) {
	for _, s := range samples {
		t.Run(s.name, func(t *testing.T) {
			got, err := Text([]byte(s.rtf), 1000)
			if err != nil || got != s.want {
				t.Errorf("got %q, %v\nwant %q", got, err, s.want)
			}
		})
	}
}

func TestText_WhatIsNoRTFIsDamaged(t *testing.T) {
	for _, s := range []string{"", "hello", "{", `{\html1 x}`} {
		if got, err := Text([]byte(s), 100); !errors.Is(err, ErrDamaged) {
			t.Errorf("%q: got %q, %v", s, got, err)
		}
	}
}

func TestText_HostileFilesStaySmall(t *testing.T) {
	for name, s := range map[string]string{
		"a million groups":         strings.Repeat("{", 1_000_000) + "x" + strings.Repeat("}", 1_000_000),
		"groups that do not close": strings.Repeat(`{\b`, 200_000),
		"2 MB of text":             strings.Repeat("word ", 2<<20/5),
		"2 MB of breaks":           strings.Repeat(`\par `, 2<<20/5),
		"100,000 fonts":            `{\fonttbl` + strings.Repeat(`{\f99\fcharset204 x;}`, 100_000) + `}`,
		"100,000 colours":          `{\colortbl` + strings.Repeat(`\red1;`, 100_000) + `}`,
		"binary without end":       `\bin99999999999999999999 `,
		"a number without end":     `\u` + strings.Repeat("9", 1<<20),
		"a word without end":       `\` + strings.Repeat("a", 1<<20),
		"tags without end":         `\fromhtml1 ` + strings.Repeat(`{\*\htmltag `, 50_000),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Text([]byte(`{\rtf1 Real \par `+s), 5000)
			if err != nil || !strings.HasPrefix(got, "Real") || utf8.RuneCountInString(got) > 5000 {
				t.Errorf("%d bytes, %v", len(got), err)
			}
		})
	}
}

func TestText_ReadsALetterAsAWordProcessorWritesIt(t *testing.T) {
	data, err := os.ReadFile("testdata/letter.rtf")
	if err != nil {
		t.Fatal(err)
	}
	const want = "Northlight\nThe roof of the tower\nDear Tom,\n\nthe survey says „all tiles“ – 12 m² in all – for 1.250,00 €. See the plan.\n" +
		"·\tladders\n·\ttiles\nitem | price |\ntiles | 1.000 |\nMaya"
	if got, err := Text(data, 10_000); err != nil || got != want {
		t.Errorf("got %q, %v\nwant %q", got, err, want)
	}
}

// Beside the checkout there may be a corpus, with files that Outlook wrote.
func TestText_ReadsTheRealFilesOfTheCorpus(t *testing.T) {
	files, _ := filepath.Glob("../../../../shared/corpus/mimekit/tnef/*/message.rtf")
	files = append(files, "testdata/letter.rtf")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Text(data, 10_000)
		if err != nil || strings.ContainsAny(got, "{}") || strings.Contains(got, "Times New Roman") {
			t.Errorf("%s: %q, %v", file, got, err)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range samples {
		f.Add([]byte(s.rtf))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := Text(data, 500)
		if err == nil && (utf8.RuneCountInString(got) > 500 || !utf8.ValidString(got)) {
			t.Errorf("%d characters, valid %v", utf8.RuneCountInString(got), utf8.ValidString(got))
		}
	})
}

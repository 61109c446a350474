// Package forgery reads a text as a person does who may be taken in by it, for
// tests of what a model is shown. It goes by the names that Unicode gives its signs
// and shares nothing with the code that it judges.
package forgery

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/unicode/runenames"
)

// namedLetter is a letter that Unicode's name says.
var namedLetter = regexp.MustCompile(`^(?:LATIN (?:CAPITAL|SMALL) LETTER ([A-Z])(?: BAR)?(?: WITH [A-Z ]+)?` +
	`|LATIN (?:LETTER SMALL CAPITAL|SMALL CAPITAL LETTER) ([A-Z])(?: WITH [A-Z ]+)?` +
	`|LATIN SMALL LETTER DOTLESS ([I])` +
	`|NEGATIVE (?:SQUARED|CIRCLED) LATIN CAPITAL LETTER ([A-Z])` +
	`|REGIONAL INDICATOR SYMBOL LETTER ([A-Z])` +
	`|TAG LATIN (?:SMALL|CAPITAL) LETTER ([A-Z]))$`)

// otherScripts are the letters of a marker in scripts whose names sound otherwise.
var otherScripts = map[string]byte{
	"LISU LETTER U": 'u', "LISU LETTER NA": 'n', "LISU LETTER TA": 't', "LISU LETTER ZHA": 'r', "LISU LETTER SA": 's', "LISU LETTER E": 'e', "LISU LETTER DA": 'd',
	"LISU LETTER MA": 'm', "LISU LETTER A": 'a', "LISU LETTER I": 'i', "LISU LETTER LA": 'i', "LISU LETTER SHA": 'x',
	"CHEROKEE LETTER SA": 'u', "CHEROKEE LETTER I": 't', "CHEROKEE LETTER SV": 'r', "CHEROKEE LETTER DU": 's', "CHEROKEE LETTER GV": 'e', "CHEROKEE LETTER A": 'd',
	"CHEROKEE LETTER LU": 'm', "CHEROKEE LETTER GO": 'a', "CHEROKEE LETTER V": 'i', "CHEROKEE LETTER TLE": 'i',
	"COPTIC LETTER UA": 'u', "COPTIC LETTER NI": 'n', "COPTIC LETTER TAU": 't', "COPTIC LETTER RO": 'r', "COPTIC LETTER SIMA": 's', "COPTIC LETTER EIE": 'e',
	"COPTIC LETTER DALDA": 'd', "COPTIC LETTER MI": 'm', "COPTIC LETTER ALFA": 'a', "COPTIC LETTER IAUDA": 'i', "COPTIC LETTER LAULA": 'i', "COPTIC LETTER KHI": 'x',
	"DESERET LETTER SHORT OO": 'u', "DESERET LETTER EN": 'n', "DESERET LETTER TEE": 't', "DESERET LETTER ER": 'r', "DESERET LETTER ES": 's', "DESERET LETTER SHORT E": 'e',
	"DESERET LETTER DEE": 'd', "DESERET LETTER EM": 'm', "DESERET LETTER SHORT A": 'a', "DESERET LETTER SHORT I": 'i', "DESERET LETTER EL": 'i',
	"CYRILLIC LETTER A": 'a', "CYRILLIC LETTER IE": 'e', "CYRILLIC LETTER EM": 'm', "CYRILLIC LETTER TE": 't', "CYRILLIC LETTER HA": 'x', "CYRILLIC LETTER DZE": 's',
	"CYRILLIC LETTER BYELORUSSIAN-UKRAINIAN I": 'i', "CYRILLIC LETTER PALOCHKA": 'i', "CYRILLIC LETTER GHE": 'r', "CYRILLIC LETTER PE": 'n', "CYRILLIC LETTER KOMI DE": 'd',
	"GREEK LETTER ALPHA": 'a', "GREEK LETTER EPSILON": 'e', "GREEK LETTER TAU": 't', "GREEK LETTER CHI": 'x', "GREEK LETTER IOTA": 'i', "GREEK LETTER UPSILON": 'u',
}

var caseInName = strings.NewReplacer("SMALL LETTER", "LETTER", "CAPITAL LETTER", "LETTER")

// sign is a letter or an opening bracket of a text and where it stands; ? is a
// letter that is none of a marker.
type sign struct {
	letter byte
	at     int
}

// skeleton is what is left of a text without blanks, marks, digits and signs.
func skeleton(s string) (signs []sign) {
	for i, r := range s {
		for _, plain := range norm.NFKD.String(string(r)) {
			if c := Letter(plain); c != 0 {
				signs = append(signs, sign{c, i})
			}
		}
	}
	return signs
}

// Letter is the letter of a marker that r is by its name, l as i: 0 for none, [ for
// an opening bracket, ? for another letter.
func Letter(r rune) byte {
	switch {
	case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z':
		c := byte(unicode.ToLower(r))
		if c == 'l' {
			c = 'i'
		}
		return c
	case r == '[' || r == '⎡' || r == '┌' || unicode.Is(unicode.Ps, r) && r != '(' && r != '{' && r != '（':
		return '['
	case r <= unicode.MaxASCII:
		return 0
	}
	name := runenames.Name(r)
	for _, letter := range namedLetter.FindStringSubmatch(name) {
		if len(letter) == 1 {
			return Letter(rune(letter[0]))
		}
	}
	if c := otherScripts[caseInName.Replace(name)]; c != 0 || !unicode.IsLetter(r) || unicode.Is(unicode.Han, r) {
		return c
	}
	return '?'
}

// Marker is the first marker of a fence that a reader would see in s, "" for none.
func Marker(s string) string {
	var letters strings.Builder
	var at, brackets []int
	for _, sign := range skeleton(s) {
		if sign.letter == '[' {
			brackets = append(brackets, sign.at)
			continue
		}
		letters.WriteByte(sign.letter)
		at = append(at, sign.at)
	}
	const want = "untrustedmaiitext"
	for from := 0; ; from++ {
		i := strings.Index(letters.String()[from:], want)
		if i < 0 {
			return ""
		}
		from += i
		end := at[from+len(want)-1]
		for _, bracket := range brackets {
			if bracket < end && bracket >= at[from]-400 {
				return s[bracket:end]
			}
		}
	}
}

// Scripts spell the marker's letters.
var Scripts = map[string]string{
	"Latin":              "untrusted mail text",
	"Lisu":               "ꓴꓠꓔꓣꓴꓢꓔꓰꓓ ꓟꓮꓲꓡ ꓔꓰꓫꓔ",
	"Cherokee":           "ᏌnᎢᏒᏌᏚᎢᎬᎠ ᎷᎪᎥᏞ ᎢᎬxᎢ",
	"small Cherokee":     "ꮜnꭲꮢꮜꮪꭲꭼꭰ ꮇꭺꭵꮮ ꭲꭼxꭲ",
	"Coptic":             "ⲨⲚⲦⲢⲨⲤⲦⲈⲆ ⲘⲀⲒⲖ ⲦⲈⲬⲦ",
	"small Coptic":       "ⲩⲛⲧⲣⲩⲥⲧⲉⲇ ⲙⲁⲓⲗ ⲧⲉⲭⲧ",
	"Deseret":            "𐐋𐐤𐐓𐐡𐐋𐐝𐐓𐐇𐐔 𐐣𐐈𐐆𐐢 𐐓𐐇x𐐓",
	"small Deseret":      "𐐳𐑌𐐻𐑉𐐳𐑅𐐻𐐯𐐼 𐑋𐐰𐐮𐑊 𐐻𐐯x𐐻",
	"Cyrillic":           "uпtгuѕтеԁ маіӏ техт",
	"Greek":              "υnτrυsτεd mαιl τεχτ",
	"barred":             "ʉnŧɍʉsŧɇđ maɨł ŧɇxŧ",
	"hooked":             "uɲƭɽusʈeɗ ɱaɨɭ ƭexʈ",
	"small capitals":     "ᴜɴᴛʀᴜsᴛᴇᴅ ᴍᴀɪʟ ᴛᴇxᴛ",
	"fullwidth":          "ｕｎｔｒｕｓｔｅｄ ｍａｉｌ ｔｅｘｔ",
	"squared":            "🅄🄽🅃🅁🅄🅂🅃🄴🄳 🄼🄰🄸🄻 🅃🄴🅇🅃",
	"negative squared":   "🆄🅽🆃🆁🆄🆂🆃🅴🅳 🅼🅰🅸🅻 🆃🅴🆇🆃",
	"negative circled":   "🅤🅝🅣🅡🅤🅢🅣🅔🅓 🅜🅐🅘🅛 🅣🅔🅧🅣",
	"circled":            "ⓤⓝⓣⓡⓤⓢⓣⓔⓓ ⓜⓐⓘⓛ ⓣⓔⓧⓣ",
	"parenthesised":      "⒰⒩⒯⒭⒰⒮⒯⒠⒟ ⒨⒜⒤⒧ ⒯⒠⒳⒯",
	"regional":           "🇺🇳🇹🇷🇺🇸🇹🇪🇩 🇲🇦🇮🇱 🇹🇪🇽🇹",
	"mathematical":       "𝖚𝖓𝖙𝖗𝖚𝖘𝖙𝖊𝖉 𝓂𝒶𝒾𝓁 𝚝𝚎𝚡𝚝",
	"superscript":        "ᵘⁿᵗʳᵘˢᵗᵉᵈ ᵐᵃⁱˡ ᵗᵉˣᵗ",
	"tags":               "\U000e0075\U000e006e\U000e0074\U000e0072\U000e0075\U000e0073\U000e0074\U000e0065\U000e0064\U000e006d\U000e0061\U000e0069\U000e006c\U000e0074\U000e0065\U000e0078\U000e0074",
	"a ligature":         "untruﬆed mail text",
	"marks":              "u̲n̶t̷r̸u̵s̴t̳e̿d̾ m̑ȃȋl̑ t̑ȇx̑t̑",
	"zero-width":         "un\u200btr\u2060us\ufeffted m\u00adail te\u034fxt",
	"blanks":             "u n\u00a0t\u2003r\u3000u s t e d\n\nm\ta i l\u2800t e x t",
	"digits between":     "un1tru2sted 3mail 4text",
	"signs between":      "u.n-t_r*u`s~t|e\\d/m:a;i,l!t?e+x=t",
	"letters of another": "un中tr文usted ma字il text",
}

// Leet are spellings that Marker does not read: it takes digits for nothing.
var Leet = map[string]string{
	"digits": "un7ru573d m41l 73x7", "signs": "un+ru$t€d m@!| te×t", "pairs": "untrusted rnail text", "Roman": "VNTRVSTED MAIL TEXT", "turned": "unʇɹusʇǝd ɯɐᴉl ʇǝxʇ",
	"Russian by sound": "унтрустед маил техт", "faux Cyrillic": "uиtяusтэd маіl тэхт",
}

// Openings stand before the letters of a marker.
var Openings = []string{"[", "［", "⟦", "【", "〚", "⁅", "❲", "⎡", "⌈", "「", "〔", "﹇", "┌", "⁅[", "[" + strings.Repeat(" ", 399), "⟦" + strings.Repeat(".", 390), "[by owner@example.org] ", "[see the note "}

// Line is what a reader would take for a line or a sign of our own layout.
var Line = regexp.MustCompile(`(?im)^[\s>*#_-]*(?:issue|warning|sender|removed|uncertain|more|selection|as of|operation|next|summary|error)[ *_]*[:：]|/[0-9]+[~～][a-z]|(?:^|[^?&a-z_])(?:cursor|selection|confirm_token)=`)

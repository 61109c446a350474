package pdf

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

//go:embed glyphlist.txt
var glyphListText string

// glyphList is the Adobe Glyph List, read when the first glyph name is met.
var glyphList = sync.OnceValue(func() map[string]string {
	list := make(map[string]string, 4300)
	for line := range strings.Lines(glyphListText) {
		glyph, hex, ok := strings.Cut(strings.TrimSpace(line), " ")
		if ok && glyph != "#" {
			list[glyph] = fromHex(hex)
		}
	}
	return list
})

// fromHex reads UTF-16BE in hexadecimal digits.
func fromHex(hex string) string {
	var units []uint16
	for ; len(hex) >= 4; hex = hex[4:] {
		v, err := strconv.ParseUint(hex[:4], 16, 16)
		if err != nil {
			return ""
		}
		units = append(units, uint16(v))
	}
	return string(utf16.Decode(units))
}

// glyphText is the text of a glyph name by the rules of the AGL specification
// §2: "A", "f_i", "uni0041", "u1F600", "a.sc".
func glyphText(glyph string) string {
	glyph, _, _ = strings.Cut(glyph, ".")
	if text, ok := glyphList()[glyph]; ok {
		return text
	}
	if strings.Contains(glyph, "_") && len(glyph) <= maxTarget {
		var text strings.Builder
		for part := range strings.SplitSeq(glyph, "_") {
			text.WriteString(glyphText(part))
		}
		return text.String()
	}
	if hex, ok := strings.CutPrefix(glyph, "uni"); ok && len(hex) >= 4 && len(hex) <= maxTarget {
		return fromHex(hex)
	}
	if hex, ok := strings.CutPrefix(glyph, "u"); ok && len(hex) >= 4 && len(hex) <= 6 {
		if v, err := strconv.ParseUint(hex, 16, 32); err == nil && utf8.ValidRune(rune(v)) {
			return string(rune(v))
		}
	}
	return ""
}

// numberedGlyph is the code in names like "g65" and "C65", which some writers
// of Type 3 fonts give to the glyphs of an unencoded font, or -1.
func numberedGlyph(glyph string) int {
	if len(glyph) < 2 || len(glyph) > 4 {
		return -1
	}
	if n, err := strconv.Atoi(glyph[1:]); err == nil && n < 256 {
		return n
	}
	return -1
}

// An encoding gives the text of each code of a simple font (§9.6.6).
type encoding [256]string

func encodingOf(n name) *encoding {
	switch n {
	case "WinAnsiEncoding":
		return charmapEncoding(charmap.Windows1252)
	case "MacRomanEncoding":
		return charmapEncoding(charmap.Macintosh)
	case "Symbol":
		return namedEncoding(symbolNames)
	case "ZapfDingbats": // whose ticks and arrows stand at 0x2701 in the same order
		var e encoding
		for c := 0x21; c < 0x7f; c++ {
			e[c] = string(rune(0x2701 + c - 0x21))
		}
		e[' '] = " "
		return &e
	}
	return standardEncoding()
}

func charmapEncoding(m *charmap.Charmap) *encoding {
	var e encoding
	for c := 32; c < 256; c++ {
		if r := m.DecodeByte(byte(c)); r != utf8.RuneError && r >= ' ' {
			e[c] = string(r)
		}
	}
	return &e
}

// standardEncoding is Annex D.2's, which differs from ASCII in two quotes.
func standardEncoding() *encoding {
	var e encoding
	for c := 32; c < 127; c++ {
		e[c] = string(rune(c))
	}
	e['\''], e['`'] = "\u2019", "\u2018"
	for i, glyph := range strings.Fields(standardNames) {
		e[161+i] = glyphText(glyph)
	}
	return &e
}

func namedEncoding(names string) *encoding {
	var e encoding
	for i, glyph := range strings.Fields(names) {
		e[32+i] = glyphText(glyph)
	}
	return &e
}

// standardNames are the glyphs of StandardEncoding from code 161 (Annex D.2);
// "-" is an unused code.
const standardNames = `exclamdown cent sterling fraction yen florin section currency quotesingle quotedblleft
guillemotleft guilsinglleft guilsinglright fi fl - endash dagger daggerdbl periodcentered - paragraph bullet
quotesinglbase quotedblbase quotedblright guillemotright ellipsis perthousand - questiondown - grave acute
circumflex tilde macron breve dotaccent dieresis - ring cedilla - hungarumlaut ogonek caron emdash - - - - - -
- - - - - - - - - - AE - ordfeminine - - - - Lslash Oslash OE ordmasculine - - - - - ae - - - dotlessi - -
lslash oslash oe germandbls`

// symbolNames are the glyphs of the Symbol font from code 32 (Annex D.5).
const symbolNames = `space exclam universal numbersign existential percent ampersand suchthat parenleft parenright asteriskmath
plus comma minus period slash zero one two three four five six seven eight nine colon semicolon less equal
greater question congruent Alpha Beta Chi Delta Epsilon Phi Gamma Eta Iota theta1 Kappa Lambda Mu Nu Omicron
Pi Theta Rho Sigma Tau Upsilon sigma1 Omega Xi Psi Zeta bracketleft therefore bracketright perpendicular
underscore radicalex alpha beta chi delta epsilon phi gamma eta iota phi1 kappa lambda mu nu omicron pi theta
rho sigma tau upsilon omega1 omega xi psi zeta braceleft bar braceright similar - - - - - - - - - - - - - - -
- - - - - - - - - - - - - - - - - - Euro Upsilon1 minute lessequal fraction infinity florin club diamond
heart spade arrowboth arrowleft arrowup arrowright arrowdown degree plusminus second greaterequal multiply
proportional partialdiff bullet divide notequal equivalence approxequal ellipsis arrowvertex arrowhorizex
carriagereturn aleph Ifraktur Rfraktur weierstrass circlemultiply circleplus emptyset intersection union
propersuperset reflexsuperset notsubset propersubset reflexsubset element notelement angle gradient
registerserif copyrightserif trademarkserif product radical dotmath logicalnot logicaland logicalor
arrowdblboth arrowdblleft arrowdblup arrowdblright arrowdbldown lozenge angleleft registersans copyrightsans
trademarksans summation parenlefttp parenleftex parenleftbt bracketlefttp bracketleftex bracketleftbt
bracelefttp braceleftmid braceleftbt braceex - angleright integral integraltp integralex integralbt
parenrighttp parenrightex parenrightbt bracketrighttp bracketrightex bracketrightbt bracerighttp
bracerightmid bracerightbt -`

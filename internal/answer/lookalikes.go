package answer

import (
	"math/bits"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// letters is a set of the letters a to z.
type letters uint32

func letter(c rune) letters { return 1 << (c - 'a') }

// alike are the signs that pass for a letter by shape or by sound, where neither
// Unicode's compatibility decomposition nor upper case leads there: of Unicode's
// confusables and of Latin letters with strokes, hooks and turns all, of Greek,
// Cyrillic, Coptic, Cherokee, Lisu and Deseret also what a reader spells with
// them. A sign may stand under several letters.
var alike = map[rune]string{
	'a': `4@ⲁɐɑαλадᗅᴀᶏ∀∆⍺ⱥⲇⲗꓮꭺ𐊠𐐩𐐪𐐫𐐰𐐱𖽀`,
	'b': `8ßƀƃƅɓʙβбвьߡᏼᑲᖯᗷᴃᵬᶀⲃꓐꞗꞵꮟ𐊂𐊡𐌁𐐺`,
	'c': `¢©ƈȼɕʗςсцᴄↄⲥꓚꜿꞓꞔꮯ𐊢𐌂𐐽𐔜𑣩𑣲𝼏𝼝🝌`,
	'd': `ðđƌȡɖɗδдԁᑯᗞᗪᴅᵭᶁᶑ∂ⲇꓒꓓꝺꟈꭰꮣꮷ𐐼`,
	'e': `3ǝɇɘəɛɜɝεеэєҽᴇᴈᶒᶓᶔ€℮∃∈⋿ⱸⱻⲉⴹꓰꬲꬳꬴꭱꭼ𐊆𐐨𐐩𐐯𑣆𑣎`,
	'f': `£ƒφϝфքᖴᵮᶂẝⲫꓝꜰꝼꞙꬵ𐊇𐊥𐑁𐔥𑣂𝈓`,
	'g': `69ƍǥɠɡɢʛγԍցᏻᵷᵹᶃⲅꓖꝿꞡꬶꮐ𐑀𝼁𝼂`,
	'h': `ħɥɦʜʮʯηнһհᏺᕼⱨⱶⲏꓧꞕꟶꮋꮒ𐋏𐐸`,
	'i': `!1|¡ᵻᵼıǀɨɩɪιиіӏᴉᶖ∣⍳│ⲏⲓꙇꭵꮠ𐐨𐐮𑣃𝼚`,
	'j': `ȷɉɟʄʝϳијᒍᴊⴊꓙꭻ`,
	'k': `ƙʞκкᛕᴋᶄⱪⲕꓗꝁꝃꝅꞣꮶ𐐿𐔘𝼃𝼐`,
	'l': `!1|£łƚǀȴɩɫɬɭʟιλліӏ۱ᒪᛁᴌᶅ∣⏽ⱡⲓⲗⳑⵏꓡꓲꝉꞁꞎꬷꬸꬹꮮ𐊊𐌉𐌠𐑃𐑊𐔦𑣃𑣒𖼖𖼨𝈪𝼄𝼑𝼓`,
	'm': `ɯɰɱμϻмᗰᛖᴍᴟᵯᶆⲙꓟꟺꬺꮇ𐊰𐌑𐑋`,
	'n': `ƞȵɲɳɴηνинпոռᴎᵰᶇ∩ⲛⴖꓠꞑꞥꬻꮎꮑ𐑌𐔓`,
	'o': `0°øɔɵοσωоօ۵०০੦૦ଠ୦௦ం౦ಂ೦ംഠ൦ං๐໐ဝ၀ჿዐᴏᴐᴑᴒᴓᴖᴗᶗⱺⲟⲱⵔ〇ꓳꚙꝋꝍꬽꬾꬿꭳꭴꭿ𐊒𐊫𐐫𐐬𐐱𐐲𐓪𐔖𑓐𑣈𑣕𑣗𑣠𝼛`,
	'p': `þƥπρпрᑭᴘᵱᵽᶈ⍴ⲡⲣꓑꝑꝓꝕꮲ𐊕𐐹`,
	'q': `ɋʠԛգզⵕꝗꝙꞯ`,
	'r': `®ɍɹɺɻɼɽɾɿʀʁρгряᖇᴙᴚᴦᵲᵳᶉⱹⲅⲣꓣꝛꞃꞧꭆꭇꭈꭉꭋꭌꭨꭱꮁꮢ𐑉𐓜𖼵𝈖𝼈𝼕𝼖`,
	's': `$5§ßƽȿʂςσсѕտᵴᶊẜẝⲥꓢꜱꞅꞩꟊꮥꮪ𐊖𐑅𐑈𑣁𑣛𖼺𝼞`,
	't': `+7ŧƫƭȶʇʈτтᴛᵵ†‡⊤⟙ⱦⲧꓔꞇꭲꮤ𐊗𐊱𐌕𐐻𑣜𖼊𝼉𝼍🝨`,
	'u': `ꭏʉᵾᵿ𐐳ʋμνυуцџսሀᑌᴜᴝᶙ∪⋃ⲟⲩꓴꞟꞹꭎꭒꮜꮼ𐐭𐐲𐓶𑣘𖽂`,
	'v': `ʋʌνвѵ۷ᐯᴠᶌ√∨⋁ⱱⱴⲃⴸꓦꛟꝟꮩ𐑂𐔝𑜆𑣀𖼈𝈍`,
	'w': `ɯʍωшщѡԝաᴡⱳⲱꓪꮃꮤ𐐶𑜊𑜎𑜏𑣦𑣯`,
	'x': `×χхᕁᕽ᙭᙮ᚷᶍ╳☓✕✖✗✘❌⤫⤬⨯ⲝⲭⵝꓫꭓꭖꭗꭘꭙ𐊐𐊴𐌗𐌢𐔧𑣬`,
	'y': `¥ƴɏɣʎʏγυуүყᶌỿⲩꓬꭚꭹꮍ𐊲𐐷𑣄𑣜𖽃𝼆`,
	'z': `2ƨƶȥɀʐʑζϩзᒿᴢᵶᶎⱬⲍꓜꙅꝛꮓ𐋵𐑆𑣄𑣉𑣥`,
}

// alphabets are runs of the letters A to Z that Unicode does not decompose:
// negative circled, negative squared, regional indicators and tags.
var alphabets = []rune{0x1f150, 0x1f170, 0x1f1e6, 0xe0041, 0xe0061}

// lookalikes has the letters that each sign passes for.
var lookalikes = func() map[rune]letters {
	all := map[rune]letters{}
	for c := 'a'; c <= 'z'; c++ {
		all[c] |= letter(c)
		for _, first := range alphabets {
			all[first+c-'a'] |= letter(c)
		}
		for _, r := range alike[c] {
			all[r] |= letter(c)
		}
	}
	for r, set := range all {
		if set&(letter('u')|letter('v')) != 0 { // the Romans wrote v for u
			all[r] |= letter('u') | letter('v')
		}
		if set&(letter('i')|letter('l')) != 0 {
			all[r] |= letter('i') | letter('l')
		}
	}
	for c := 'a'; c <= 'z'; c++ {
		all[c-'a'+'A'] = all[c]
	}
	return all
}()

// asciiLetters are lookalikes of ASCII, for speed.
var asciiLetters = func() (table [unicode.MaxASCII + 1]letters) {
	for r := range table {
		table[r] = lookalikes[rune(r)]
	}
	return table
}()

// spelling is one letter of a text: those that a sign may be read as, and whether
// it may also be read as none, as blanks, marks and digits are.
type spelling struct {
	letters letters
	skip    bool
}

// spell calls f for each letter that r may be read as: one for most, several for
// ligatures such as ﬆ, none for what is always skipped.
func spell(r rune, f func(spelling)) {
	switch {
	case r <= unicode.MaxASCII:
		f(spelling{asciiLetters[r], !isASCIILetter(r)})
		return
	case r >= 0x3400 && r < 0xa4d0 || r >= 0xac00 && r < 0xd7a4: // Chinese and Korean
		return
	}
	if set := lookalike(r); set != 0 {
		f(spelling{set, !unicode.IsLetter(r)})
		return
	}
	for _, plain := range string(norm.NFKD.PropertiesString(string(r)).Decomposition()) {
		set := lookalike(plain)
		f(spelling{set, set == 0 || !unicode.IsLetter(plain)})
	}
}

func isASCIILetter(r rune) bool { return r|0x20 >= 'a' && r|0x20 <= 'z' }

func lookalike(r rune) letters {
	if r <= unicode.MaxASCII {
		return asciiLetters[r]
	}
	if set := lookalikes[r]; set != 0 {
		return set
	}
	return lookalikes[unicode.ToLower(r)]
}

// word is a word to be found in any spelling: for each letter of the alphabet,
// where in the word it stands.
type word struct {
	places [26]uint32
	end    uint32
}

func newWord(s string) *word {
	w := &word{end: 1 << len(s)}
	for i, c := range s {
		w.places[c-'a'] |= 1 << i
	}
	return w
}

func (w *word) placesOf(set letters) uint32 {
	var places uint32
	for ; set != 0; set &= set - 1 {
		places |= w.places[bits.TrailingZeros32(uint32(set))]
	}
	return places
}

// pairs are letters that together look like another.
var pairs = []struct{ first, second, letters letters }{
	{letter('r'), letter('n'), letter('m')},
	{letter('n'), letter('n'), letter('m')},
	{letter('c'), letter('l'), letter('d')},
	{letter('v'), letter('v'), letter('w')},
}

// reader reads a text for a word: bit n of read is set when its first n letters
// were read (Shift-And, so the time is linear however often a sign is ambiguous).
type reader struct {
	*word
	read, before uint32 // before the last letter
	last         letters
}

func (k *reader) next(s spelling) {
	if s.letters == 0 { // it is skipped
		return
	}
	read := (k.read & k.placesOf(s.letters)) << 1
	for _, p := range pairs {
		if k.before != 0 && k.last&p.first != 0 && s.letters&p.second != 0 {
			read |= (k.before & k.placesOf(p.letters)) << 1
		}
	}
	k.before, k.last = k.read, s.letters
	if s.skip {
		read |= k.read
	}
	k.read = read
}

// done reports whether the whole word was read.
func (k *reader) done() bool { return k.read&k.end != 0 }

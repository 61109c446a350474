package rtf

import (
	"strings"

	"golang.org/x/net/html"
)

// maxWord is the longest control word; the specification says 32.
const maxWord = 64

// control reads one control word or symbol, which begins with a backslash.
func (p *parser) control() {
	p.rest = p.rest[1:]
	if len(p.rest) == 0 {
		return
	}
	c := p.rest[0]
	if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
		word, n, has := p.word()
		p.act(word, n, has)
		return
	}
	p.rest = p.rest[1:]
	switch c {
	case '\'':
		if len(p.rest) >= 2 {
			hi, okHi := unhex(p.rest[0])
			lo, okLo := unhex(p.rest[1])
			if okHi && okLo {
				p.rest = p.rest[2:]
				p.char(hi<<4 | lo)
			}
		}
	case '*':
		p.star = true
	case '~':
		p.add("\u00A0")
	case '_':
		p.add("-") // one that does not break
	case '-':
	case '\r', '\n':
		p.add("\n")
	case '{', '}', '\\':
		p.char(c)
	}
}

// word takes a control word, its number, and the space behind it.
func (p *parser) word() (word string, n int, has bool) {
	i := 0
	for i < len(p.rest) && (p.rest[i]|0x20 >= 'a' && p.rest[i]|0x20 <= 'z') {
		i++
	}
	word = string(p.rest[:min(i, maxWord)])
	negative := false
	if i+1 < len(p.rest) && p.rest[i] == '-' && p.rest[i+1] >= '0' && p.rest[i+1] <= '9' {
		negative = true
		i++
	}
	for ; i < len(p.rest) && p.rest[i] >= '0' && p.rest[i] <= '9'; i++ {
		has = true
		if n < 1<<40 { // more digits mean nothing
			n = n*10 + int(p.rest[i]-'0')
		}
	}
	if negative {
		n = -n
	}
	if i < len(p.rest) && p.rest[i] == ' ' {
		i++
	}
	p.rest = p.rest[i:]
	return word, n, has
}

// skippedWords are the destinations that hold no text of the document.
var skippedWords = map[string]bool{
	"stylesheet": true, "info": true, "pict": true, "object": true, "objdata": true, "fldinst": true, "datafield": true,
	"listtable": true, "listoverridetable": true, "revtbl": true, "rsidtbl": true, "generator": true, "themedata": true,
	"colorschememapping": true, "latentstyles": true, "datastore": true, "filetbl": true, "nonshppict": true, "xmlnstbl": true,
	"pgdsctbl": true, "bkmkstart": true, "bkmkend": true, "mmathPr": true, "formfield": true, "private": true, "xe": true, "tc": true,
	"pntxta": true, "pntxtb": true, "sp": true, "atrfstart": true, "atrfend": true, "annotation": true, "atnid": true, "atnauthor": true,
}

// symbols are the words that stand for a character.
var symbols = map[string]string{
	"par": "\n", "line": "\n", "sect": "\n", "page": "\n", "column": "\n", "softline": "\n", "row": "\n", "nestrow": "\n",
	"cell": " | ", "nestcell": " | ", "tab": "\t", "emdash": "—", "endash": "–", "emspace": " ", "enspace": " ", "qmspace": " ",
	"bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "zwj": "\u200D", "zwnj": "\u200C",
}

// kept are the \* destinations whose text is shown.
var kept = map[string]bool{"shptxt": true, "shpinst": true, "footnote": true, "fldrslt": true, "pntext": true}

// act does what a control word says.
func (p *parser) act(word string, n int, has bool) {
	if p.skip > 0 { // a control word counts as one character of a stand-in
		p.skip--
		if word != "bin" {
			return
		}
	}
	if s, ok := symbols[word]; ok {
		p.add(s)
		return
	}
	star := p.star
	p.star = false
	if p.format(word, n, has) {
		return
	}
	switch word {
	case "bin":
		p.flush()
		p.rest = p.rest[min(max(n, 0), len(p.rest)):]
	case "u":
		p.unicode(n)
	case "uc":
		p.now.uc = n
	case "ansicpg":
		p.codePage = n
	case "mac":
		p.codePage = 10000
	case "pc":
		p.codePage = 437
	case "pca":
		p.codePage = 850
	case "fromhtml":
		p.fromHTML = true
	case "htmlrtf":
		p.flush()
		p.now.html = !has || n != 0
	case "htmltag", "mhtmltag":
		p.flush()
		p.htmlTag()
	case "background":
		p.paper = true
		p.dest(skipped)
	case "fonttbl":
		p.dest(fontTable)
	case "colortbl":
		p.dest(colorTable)
	case "fcharset":
		if p.now.dest == fontTable && len(p.fonts) < maxFonts {
			p.fonts[p.fontNow] = charsetPages[n]
		}
	case "cpg":
		if p.now.dest == fontTable && len(p.fonts) < maxFonts {
			p.fonts[p.fontNow] = n
		}
	case "red", "green", "blue":
		shift := map[string]int{"red": 16, "green": 8, "blue": 0}[word]
		p.color |= (n & 0xFF) << shift
		p.colorSet = true
	default:
		if skippedWords[word] || (star && !kept[word]) {
			p.dest(skipped)
		}
	}
}

// dest begins a destination; within one that is skipped nothing begins.
func (p *parser) dest(d destination) {
	p.flush()
	if p.now.dest != skipped {
		p.now.dest = d
	}
}

// format handles the words that change how text looks.
func (p *parser) format(word string, n int, has bool) bool {
	switch word {
	case "f", "plain", "v", "cf", "fs", "highlight", "chcbpat", "cb", "deleted", "cbpat", "clcbpat", "pard", "trowd":
		p.flush()
	default:
		return false
	}
	s := &p.now
	switch word {
	case "f":
		if s.dest == fontTable {
			p.fontNow = n
		} else {
			s.font = n
		}
	case "plain":
		s.hidden, s.color, s.tiny, s.shaded = false, 0, false, false
	case "v", "deleted":
		s.hidden = !has || n != 0
	case "cf":
		s.color = n
	case "fs": // half-points
		s.tiny = has && n > 0 && n <= 2
	case "highlight", "chcbpat", "cb", "cbpat", "clcbpat":
		s.shaded = n > 0 && n < len(p.colors) && !isWhite(max(p.colors[n], 0))
	}
	return true
}

// htmlTag takes the group of an \*\htmltag: a piece of the HTML as it was, of
// which only line breaks and entities are text. RTF between the pieces is the
// HTML's own text.
func (p *parser) htmlTag() {
	end := 0
	for end < len(p.rest) && p.rest[end] != '}' {
		if p.rest[end] == '\\' {
			end++
		}
		end++
	}
	end = min(end, len(p.rest))
	tag := strings.ToLower(string(p.rest[:min(end, 4096)]))
	p.rest = p.rest[end:]
	if p.now.dest == skipped || (p.fromHTML && p.now.html) {
		return
	}
	for _, block := range []string{"<br", "<p", "</p", "<div", "</div", "<tr", "<li", "<h1", "<h2", "<h3", "</table"} {
		if strings.Contains(tag, block) {
			p.add("\n")
			break
		}
	}
	switch {
	case strings.HasPrefix(tag, "&"):
		p.add(html.UnescapeString(tag))
	case strings.HasPrefix(tag, "<td") || strings.HasPrefix(tag, "<th"):
		p.add(" ")
	}
	p.now.dest = htmlTag
}

func unhex(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10, true
	}
	return 0, false
}

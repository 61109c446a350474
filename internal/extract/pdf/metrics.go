package pdf

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

//go:embed widths.txt
var widthsText string

// standardWidths are the advance widths of the standard 14 fonts (ISO 32000-1
// §9.6.2.2), which a file need not repeat: by font, by a character's text, in
// thousandths of the font size. They come from Adobe's AFM files.
var standardWidths = sync.OnceValue(func() map[string]map[string]float64 {
	var fonts []string
	widths := map[string]map[string]float64{}
	for line := range strings.Lines(widthsText) {
		fields := strings.Fields(line)
		if fonts == nil { // "# glyph Helvetica …"
			fonts = fields[2:]
			for _, font := range fonts {
				widths[font] = make(map[string]float64, 256)
			}
			continue
		}
		for i, font := range fonts {
			if w, err := strconv.Atoi(fields[i+1]); err == nil {
				widths[font][glyphText(fields[0])] = float64(w)
			}
		}
	}
	return widths
})

// standardFont is the standard font that looks most like a font of this name.
func standardFont(base string) string {
	base = strings.ToLower(base)
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(base, w) {
				return true
			}
		}
		return false
	}
	bold, italic := has("bold", "black", "heavy"), has("italic", "oblique")
	switch {
	case has("courier", "mono", "consolas"):
		return "Courier"
	case has("times", "serif", "roman", "georgia", "garamond") && !has("sans"):
		switch {
		case bold && italic:
			return "Times-BoldItalic"
		case bold:
			return "Times-Bold"
		case italic:
			return "Times-Italic"
		}
		return "Times-Roman"
	case bold:
		return "Helvetica-Bold"
	}
	return "Helvetica"
}

// standardWidth is the advance of a character in a font that says nothing.
func standardWidth(font, text string) float64 {
	if text == "" {
		return 0
	}
	if font == "Courier" {
		return 600
	}
	if w, ok := standardWidths()[font][text]; ok {
		return w
	}
	return 556 // of most letters and all digits of Helvetica
}

package safetext

import (
	"strconv"
	"strings"
)

// color is a text or background colour; known is false for what cannot be
// told without drawing (images, gradients, variables).
type color struct {
	r, g, b float64
	known   bool
	clear   bool // fully transparent
}

var (
	white    = color{r: 255, g: 255, b: 255, known: true}
	black    = color{known: true}
	linkBlue = color{b: 238, known: true} // what browsers give a link by default
)

// nearlySame is the difference per channel (of 255) below which text cannot
// be told from its background.
const nearlySame = 10

// same reports text that cannot be seen on its background.
func (c color) same(bg color) bool {
	if c.known && c.clear {
		return true
	}
	near := func(a, b float64) bool { return a-b < nearlySame && b-a < nearlySame }
	return c.known && bg.known && near(c.r, bg.r) && near(c.g, bg.g) && near(c.b, bg.b)
}

// namedColors are the names that occur in mail, the sixteen of HTML 4 and the
// near-whites and greys used for hiding.
var namedColors = map[string]string{
	"black": "000000", "white": "ffffff", "red": "ff0000", "green": "008000", "blue": "0000ff", "yellow": "ffff00",
	"gray": "808080", "grey": "808080", "silver": "c0c0c0", "maroon": "800000", "purple": "800080", "fuchsia": "ff00ff",
	"lime": "00ff00", "olive": "808000", "navy": "000080", "teal": "008080", "aqua": "00ffff", "orange": "ffa500",
	"snow": "fffafa", "ivory": "fffff0", "whitesmoke": "f5f5f5", "ghostwhite": "f8f8ff", "floralwhite": "fffaf0",
	"azure": "f0ffff", "mintcream": "f5fffa", "honeydew": "f0fff0", "seashell": "fff5ee", "aliceblue": "f0f8ff",
	"lightgray": "d3d3d3", "lightgrey": "d3d3d3", "darkgray": "a9a9a9", "darkgrey": "a9a9a9", "gainsboro": "dcdcdc",
	"beige": "f5f5dc", "linen": "faf0e6", "cornsilk": "fff8dc", "lightyellow": "ffffe0", "darkblue": "00008b",
}

// parseColor reads a CSS or HTML colour; ok is false if s names none.
func parseColor(s string) (color, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if hex, ok := namedColors[s]; ok {
		s = "#" + hex
	}
	switch {
	case s == "transparent":
		return color{known: true, clear: true}, true
	case strings.HasPrefix(s, "#"):
		return hexColor(s[1:])
	case strings.HasPrefix(s, "rgb"):
		return rgbColor(s)
	case len(s) == 6 && strings.Trim(s, "0123456789abcdef") == "":
		return hexColor(s) // bgcolor=ffffff
	}
	return color{}, false
}

func hexColor(s string) (color, bool) {
	if len(s) == 3 || len(s) == 4 {
		long := make([]byte, 0, 8)
		for i := range len(s) {
			long = append(long, s[i], s[i])
		}
		s = string(long)
	}
	if len(s) != 6 && len(s) != 8 {
		return color{}, false
	}
	n, err := strconv.ParseUint(s, 16, 64)
	if err != nil {
		return color{}, false
	}
	clear := false
	if len(s) == 8 {
		clear = n&0xff == 0
		n >>= 8
	}
	return color{r: float64(n >> 16 & 255), g: float64(n >> 8 & 255), b: float64(n & 255), known: true, clear: clear}, true
}

func rgbColor(s string) (color, bool) {
	open := strings.IndexByte(s, '(')
	if open < 0 {
		return color{}, false
	}
	fields := strings.FieldsFunc(s[open+1:], func(r rune) bool { return strings.ContainsRune(" ,/)", r) })
	if len(fields) < 3 {
		return color{}, false
	}
	var v [4]float64
	v[3] = 1
	for i := range min(len(fields), 4) {
		n, unit, ok := number(fields[i])
		if !ok {
			return color{}, false
		}
		if unit == "%" {
			n /= 100
			if i < 3 {
				n *= 255
			}
		}
		v[i] = n
	}
	return color{r: v[0], g: v[1], b: v[2], known: true, clear: v[3] < 0.03}, true
}

// backgroundColor finds the colour in a background shorthand. An image or a
// gradient makes what is behind the text unknown.
func backgroundColor(s string) (color, bool) {
	if strings.Contains(s, "url(") || strings.Contains(s, "gradient") {
		return color{}, true
	}
	if c, ok := parseColor(s); ok {
		return c, true
	}
	for s != "" {
		var field string
		if field, s = cutOutside(s, ' '); field != "" {
			if c, ok := parseColor(field); ok {
				return c, true
			}
		}
	}
	return color{}, false
}

package safetext

import (
	"math"
	"strconv"
	"strings"

	"golang.org/x/image/colornames"
)

// color is a text or background colour, channels from 0 to 255; known is false
// for what cannot be told without drawing.
type color struct {
	r, g, b float64
	alpha   float64 // 0 to 1
	known   bool
}

var (
	white    = color{r: 255, g: 255, b: 255, alpha: 1, known: true}
	black    = color{alpha: 1, known: true}
	yellow   = color{r: 255, g: 255, alpha: 1, known: true} // of mark
	linkBlue = color{b: 238, alpha: 1, known: true}         // what browsers give a link by default
)

// nearlySame is the difference per channel (of 255) below which text cannot
// be told from its background.
const nearlySame = 10

// over is c painted on bg.
func (c color) over(bg color) color {
	if c.alpha >= 1 || !c.known {
		return c
	}
	if !bg.known {
		return bg
	}
	mix := func(a, b float64) float64 { return a*c.alpha + b*(1-c.alpha) }
	return color{mix(c.r, bg.r), mix(c.g, bg.g), mix(c.b, bg.b), 1, true}
}

// same reports text that cannot be seen on its background.
func (c color) same(bg color) bool {
	if !c.known {
		return false
	}
	if c.alpha < 0.03 {
		return true
	}
	if !bg.known {
		return false
	}
	seen := c.over(bg)
	near := func(a, b float64) bool { return math.Abs(a-b) < nearlySame }
	return near(seen.r, bg.r) && near(seen.g, bg.g) && near(seen.b, bg.b)
}

// systemColors are what the names of CSS Color §6.2 usually stand for.
var systemColors = map[string]color{
	"canvas": white, "canvastext": black, "window": white, "windowtext": black, "field": white, "fieldtext": black, "linktext": linkBlue,
	"rebeccapurple": {0x66, 0x33, 0x99, 1, true}, "buttonface": buttonFace, "buttontext": black, "highlighttext": {}, "highlight": {}, "mark": yellow, "marktext": black,
	"graytext": {109, 109, 109, 1, true}, "activetext": {255, 0, 0, 1, true}, "visitedtext": {}, "buttonborder": {}, "accentcolor": {}, "accentcolortext": {}, "selecteditem": {},
	"selecteditemtext": {}, "infobackground": {}, "menu": {}, "background": {}, "activeborder": {}, "activecaption": {}, "appworkspace": {}, "buttonhighlight": {}, "buttonshadow": {},
	"captiontext": {}, "inactiveborder": {}, "inactivecaption": {}, "inactivecaptiontext": {}, "infotext": {}, "menutext": {}, "scrollbar": {}, "threeddarkshadow": {},
	"threedface": {}, "threedhighlight": {}, "threedlightshadow": {}, "threedshadow": {}, "windowframe": {}, "-webkit-link": linkBlue, "-webkit-text": black,
}

// parseColor reads a CSS colour; ok is false if s is none. A colour that is
// valid and not worked out here is ok and unknown.
func parseColor(s string) (color, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	switch {
	case s == "":
		return color{}, false
	case s == "transparent":
		return color{known: true}, true
	case s == "currentcolor":
		return color{}, true
	case s[0] == '#':
		return hexColor(s[1:])
	}
	if c, ok := systemColors[s]; ok {
		return c, true
	}
	if c, ok := colornames.Map[s]; ok {
		return color{float64(c.R), float64(c.G), float64(c.B), 1, true}, true
	}
	name, args, found := strings.Cut(s, "(")
	if !found || !strings.HasSuffix(args, ")") {
		return color{}, false
	}
	return functionColor(name, strings.TrimSuffix(args, ")"))
}

// rgbSpace are the colour spaces that are much like sRGB.
var rgbSpace = wordSet("srgb display-p3 a98-rgb rec2020 prophoto-rgb")

func hexColor(s string) (color, bool) {
	if len(s) == 3 || len(s) == 4 {
		long := make([]byte, 0, 8)
		for i := range len(s) {
			long = append(long, s[i], s[i])
		}
		s = string(long)
	}
	if len(s) == 6 {
		s += "ff"
	}
	n, err := strconv.ParseUint(s, 16, 32)
	if err != nil || len(s) != 8 {
		return color{}, false
	}
	return color{float64(n >> 24 & 255), float64(n >> 16 & 255), float64(n >> 8 & 255), float64(n&255) / 255, true}, true
}

// legacyColor reads a colour attribute, in which almost anything is one (HTML
// §2.3.6): "ffffff" without its number sign, a name, or letters that count as
// zero.
func legacyColor(s string) (color, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if s == "" || s == "transparent" {
		return color{}, false
	}
	if c, ok := parseColor(s); ok && !strings.Contains(s, "(") && s != "currentcolor" {
		return c, true
	}
	s = strings.TrimPrefix(clip(s, 128), "#")
	digits := []byte(strings.Map(func(r rune) rune {
		if r < 0x80 && strings.ContainsRune("0123456789abcdef", r) {
			return r
		}
		return '0'
	}, s))
	for len(digits) == 0 || len(digits)%3 != 0 {
		digits = append(digits, '0')
	}
	size := len(digits) / 3
	var parts [3]string
	for i := range parts {
		part := digits[i*size : (i+1)*size]
		if len(part) > 8 {
			part = part[len(part)-8:]
		}
		parts[i] = string(part)
	}
	for len(parts[0]) > 2 && parts[0][0] == '0' && parts[1][0] == '0' && parts[2][0] == '0' {
		for i := range parts {
			parts[i] = parts[i][1:]
		}
	}
	var v [3]float64
	for i, part := range parts {
		n, _ := strconv.ParseUint(part[:min(len(part), 2)], 16, 16) // digits only
		v[i] = float64(n)
	}
	return color{v[0], v[1], v[2], 1, true}, true
}

// functionColor reads rgb(), hsl(), hwb() and the lightness of lab() and its
// kind (CSS Color 4).
func functionColor(name, args string) (color, bool) {
	fields := strings.FieldsFunc(args, func(r rune) bool { return strings.ContainsRune(" ,/\t\n", r) })
	alphaAt := 3
	switch name {
	case "light-dark":
		light, _ := cutOutside(args, ',')
		return parseColor(light)
	case "color-mix":
		return mixedColor(args), true
	case "device-cmyk":
		return color{}, true // valid, and not worked out here
	}
	if name == "color" && len(fields) > 0 {
		if !rgbSpace[fields[0]] {
			return color{}, true
		}
		fields = fields[1:] // they differ little
	}
	if len(fields) < 3 || len(fields) > 4 {
		return color{}, name == "color" || strings.Contains(args, "from ")
	}
	if commas := strings.Count(args, ","); commas > 0 && !strings.Contains(args, "(") && (commas != len(fields)-1 || strings.HasPrefix(name, "hsl") && strings.Count(args, "%") < 2) {
		return color{}, true // no browser may take it
	}
	var v [3]float64
	var percent [3]bool
	for i := range v {
		n, unit, ok := number(fields[i])
		if fields[i] == "none" {
			n, ok = 0, true
		}
		if !ok {
			return color{}, strings.Contains(fields[i], "(") || fields[0] == "from"
		}
		v[i], percent[i] = n, unit == "%"
		switch unit {
		case "turn":
			v[i] *= 360
		case "rad":
			v[i] *= 180 / math.Pi
		case "grad":
			v[i] *= 0.9
		}
	}
	alpha := 1.0
	if len(fields) > alphaAt {
		n, unit, ok := number(fields[alphaAt])
		if ok = ok || fields[alphaAt] == "none"; !ok {
			return color{}, strings.Contains(fields[alphaAt], "(")
		}
		if alpha = n; unit == "%" {
			alpha /= 100
		}
		alpha = min(max(alpha, 0), 1)
	}
	c := color{alpha: alpha, known: true}
	channel := func(n float64) float64 { return min(max(n, 0), 255) }
	switch name {
	case "rgb", "rgba":
		for i := range v {
			if percent[i] {
				v[i] *= 2.55
			}
		}
		c.r, c.g, c.b = channel(v[0]), channel(v[1]), channel(v[2])
	case "color":
		for i := range v {
			if percent[i] {
				v[i] /= 100
			}
		}
		c.r, c.g, c.b = channel(v[0]*255), channel(v[1]*255), channel(v[2]*255)
	case "hsl", "hsla":
		c.r, c.g, c.b = hsl(v[0], min(max(v[1]/100, 0), 1), min(max(v[2]/100, 0), 1))
	case "hwb":
		r, g, b := hsl(v[0], 1, 0.5)
		w, k := min(max(v[1]/100, 0), 1), min(max(v[2]/100, 0), 1)
		if w+k > 1 {
			w, k = w/(w+k), k/(w+k)
		}
		scale := func(n float64) float64 { return n*(1-w-k) + w*255 }
		c.r, c.g, c.b = scale(r), scale(g), scale(b)
	case "lab", "lch", "oklab", "oklch":
		return labColor(name, v, percent, alpha), true
	default:
		return color{}, false
	}
	return c, true
}

// labColor is a colour of the Lab family in sRGB (CSS Color 4 §18).
func labColor(name string, v [3]float64, percent [3]bool, alpha float64) color {
	ok := strings.HasPrefix(name, "ok")
	light, most := v[0], 100.0
	if ok && !percent[0] {
		most = 1
	}
	light = min(max(light/most, 0), 1)
	whole := 125.0 // of the other axes
	if ok {
		whole = 0.4
	} else if strings.HasSuffix(name, "lch") {
		whole = 150
	}
	a, b := v[1], v[2]
	if percent[1] {
		a *= whole / 100
	}
	if strings.HasSuffix(name, "lch") {
		angle := v[2] * math.Pi / 180
		a, b = max(a, 0)*math.Cos(angle), max(a, 0)*math.Sin(angle)
	} else if percent[2] {
		b *= whole / 100
	}
	var red, green, blue float64 // linear
	if ok {
		cube := func(n float64) float64 { return n * n * n }
		l, m, s := cube(light+0.3963377774*a+0.2158037573*b), cube(light-0.1055613458*a-0.0638541728*b), cube(light-0.0894841775*a-1.2914855480*b)
		red, green, blue = 4.0767416621*l-3.3077115913*m+0.2309699292*s, -1.2684380046*l+2.6097574011*m-0.3413193965*s, -0.0041960863*l-0.7034186147*m+1.7076147010*s
	} else {
		fy := (light*100 + 16) / 116
		axis := func(f, white float64) float64 {
			if cubed := f * f * f; cubed > 216./24389 {
				return cubed * white
			}
			return (116*f - 16) / (24389. / 27) * white
		}
		x, y, z := axis(fy+a/500, 0.95047), axis(fy, 1), axis(fy-b/200, 1.08883)
		red, green, blue = 3.2404542*x-1.5371385*y-0.4985314*z, -0.9692660*x+1.8760108*y+0.0415560*z, 0.0556434*x-0.2040259*y+1.0572252*z
	}
	gamma := func(n float64) float64 {
		if n = min(max(n, 0), 1); n <= 0.0031308 {
			return 255 * 12.92 * n
		}
		return 255 * (1.055*math.Pow(n, 1/2.4) - 0.055)
	}
	return color{gamma(red), gamma(green), gamma(blue), alpha, true}
}

// mixedColor works out color-mix() of two opaque colours in sRGB.
func mixedColor(args string) color {
	method, rest := cutOutside(args, ',')
	first, second := cutOutside(rest, ',')
	if strings.Join(strings.Fields(method), " ") != "in srgb" {
		return color{}
	}
	share := func(text string) (color, float64) {
		part := -1.0
		for field := range strings.FieldsSeq(text) {
			if n, unit, ok := number(field); ok && unit == "%" {
				part = n / 100
				text = strings.Replace(text, field, "", 1)
			}
		}
		c, _ := parseColor(text)
		return c, part
	}
	a, p := share(first)
	b, q := share(second)
	switch {
	case p < 0 && q < 0:
		p = 0.5
	case p < 0:
		p = 1 - q
	case q >= 0 && p+q != 1 || p > 1:
		return color{}
	}
	if !a.known || !b.known || a.alpha < 1 || b.alpha < 1 || p < 0 {
		return color{}
	}
	return color{a.r*p + b.r*(1-p), a.g*p + b.g*(1-p), a.b*p + b.b*(1-p), 1, true}
}

func hsl(h, s, l float64) (r, g, b float64) {
	h = math.Mod(math.Mod(h, 360)+360, 360)
	f := func(n float64) float64 {
		k := math.Mod(n+h/30, 12)
		return 255 * (l - s*min(l, 1-l)*max(-1, min(k-3, 9-k, 1)))
	}
	return f(0), f(8), f(4)
}

// flatGradient is the colour of a gradient between one and the same.
func flatGradient(s string) (color, bool) {
	name, args, ok := strings.Cut(strings.TrimSpace(s), "(")
	if !ok || !strings.HasSuffix(name, "gradient") || !strings.HasSuffix(args, ")") {
		return color{}, false
	}
	var one color
	for rest := strings.TrimSuffix(args, ")"); rest != ""; {
		var stop string
		stop, rest = cutOutside(rest, ',')
		text, _ := cutOutside(strings.TrimSpace(stop), ' ')
		c, valid := parseColor(text)
		switch {
		case !valid && !one.known:
			continue // the direction
		case !valid || !c.known || c.alpha < 1 || (one.known && c != one):
			return color{}, false
		}
		one = c
	}
	return one, one.known
}

package pdf

// minAlpha is the opacity below which nothing can be made out.
const minAlpha = 0.05

// colors runs the colour operators (ISO 32000-1 §8.6.8).
func (in *interpreter) colors(word op) bool {
	s := &in.state
	n := len(in.args)
	switch word {
	case "g":
		s.fill.set("DeviceGray", gray(in.num(0)))
	case "G":
		s.stroke.set("DeviceGray", gray(in.num(0)))
	case "rg":
		s.fill.set("DeviceRGB", rgb(in.num(0), in.num(1), in.num(2)))
	case "RG":
		s.stroke.set("DeviceRGB", rgb(in.num(0), in.num(1), in.num(2)))
	case "k":
		s.fill.set("DeviceCMYK", cmyk(in.num(0), in.num(1), in.num(2), in.num(3)))
	case "K":
		s.stroke.set("DeviceCMYK", cmyk(in.num(0), in.num(1), in.num(2), in.num(3)))
	case "cs":
		in.space(&s.fill)
	case "CS":
		in.space(&s.stroke)
	case "sc", "scn":
		s.fill.color = in.components(s.fill.space, n)
	case "SC", "SCN":
		s.stroke.color = in.components(s.stroke.space, n)
	default:
		return false
	}
	return true
}

func (p *paint) set(space name, c color) { p.space, p.color = space, c }

// space selects a colour space, with its initial colour.
func (in *interpreter) space(p *paint) {
	o := in.arg(0)
	if r := in.resource("ColorSpace", o); r != nil {
		o = r
	}
	p.space = in.canvas.file.resolve(o)
	p.color = color{}
	if family, _ := in.family(p.space); family == "DeviceGray" || family == "DeviceRGB" || family == "DeviceCMYK" {
		p.color = black
	}
}

// family names the device space that a colour space amounts to, and how many
// components it has. Separations, indexed colours and patterns amount to none.
func (in *interpreter) family(space object) (name, int) {
	f := in.canvas.file
	n, ok := space.(name)
	a, _ := space.(array)
	if !ok && len(a) > 0 {
		n = f.name(a[0])
	}
	switch n {
	case "DeviceGray", "G", "CalGray":
		return "DeviceGray", 1
	case "DeviceRGB", "RGB", "CalRGB":
		return "DeviceRGB", 3
	case "DeviceCMYK", "CMYK":
		return "DeviceCMYK", 4
	case "ICCBased":
		if len(a) > 1 {
			switch f.intOr(f.dict(a[1])["N"], 0) {
			case 1:
				return "DeviceGray", 1
			case 3:
				return "DeviceRGB", 3
			case 4:
				return "DeviceCMYK", 4
			}
		}
	}
	return "", 0
}

func (in *interpreter) components(space object, n int) color {
	family, want := in.family(space)
	if n != want {
		return color{}
	}
	switch family {
	case "DeviceGray":
		return gray(in.num(0))
	case "DeviceRGB":
		return rgb(in.num(0), in.num(1), in.num(2))
	case "DeviceCMYK":
		return cmyk(in.num(0), in.num(1), in.num(2), in.num(3))
	}
	return color{}
}

func gray(v float64) color { return rgb(v, v, v) }

func rgb(r, g, b float64) color {
	cut := func(v float64) float64 { return min(1, max(0, v)) }
	return color{cut(r), cut(g), cut(b), true}
}

// cmyk is the plain conversion of §10.3.5: near enough to tell white.
func cmyk(c, m, y, k float64) color {
	return rgb(1-min(1, c+k), 1-min(1, m+k), 1-min(1, y+k))
}

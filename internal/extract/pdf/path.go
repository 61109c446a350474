package pdf

// A path is the current path (ISO 32000-1 §8.5): its corners while it can
// still be an upright rectangle, its bounds in any case.
type path struct {
	boxes   []box        // finished rectangles
	corners [][2]float64 // of the subpath begun with m
	bounds  box
	any     bool // there is something in bounds
	curved  bool // some subpath is no upright rectangle
	clip    bool // W or W* was said
}

func (p *path) add(x, y float64) {
	b := box{x, y, x, y}
	if !p.any {
		p.bounds, p.any = b, true
		return
	}
	p.bounds = p.bounds.union(b)
}

// finish ends a subpath and sees whether it was a rectangle.
func (p *path) finish() {
	n := len(p.corners)
	if n == 0 {
		return
	}
	if n == 5 && p.corners[4] == p.corners[0] {
		n = 4
	}
	c := p.corners
	upright := n == 4 &&
		(c[0][0] == c[1][0] && c[1][1] == c[2][1] && c[2][0] == c[3][0] && c[3][1] == c[0][1] ||
			c[0][1] == c[1][1] && c[1][0] == c[2][0] && c[2][1] == c[3][1] && c[3][0] == c[0][0])
	if upright && len(p.boxes) < maxRectangles {
		p.boxes = append(p.boxes, newBox(c[0][0], c[0][1], c[2][0], c[2][1]))
	} else if n > 1 {
		p.curved = true
	}
	p.corners = p.corners[:0]
}

// paths runs the operators of path construction and painting.
func (in *interpreter) paths(word op) bool {
	p := &in.path
	switch word {
	case "m":
		p.finish()
		in.corner(0)
	case "l":
		in.corner(0)
	case "c":
		in.curve(0, 2, 4)
	case "v", "y":
		in.curve(0, 2)
	case "h":
		p.finish()
	case "re":
		in.rectangle()
	case "W", "W*":
		p.clip = true
	case "n", "S":
		in.endPath(false)
	case "s":
		in.endPath(false)
	case "f", "F", "f*", "B", "B*", "b", "b*":
		in.endPath(true)
	default:
		return false
	}
	return true
}

func (in *interpreter) corner(i int) {
	p := &in.path
	x, y := in.state.ctm.apply(in.num(i), in.num(i+1))
	p.add(x, y)
	if len(p.corners) < 6 {
		p.corners = append(p.corners, [2]float64{x, y})
	}
}

func (in *interpreter) curve(points ...int) {
	in.path.curved = true
	for _, i := range points {
		in.path.add(in.state.ctm.apply(in.num(i), in.num(i+1)))
	}
}

func (in *interpreter) rectangle() {
	p := &in.path
	p.finish()
	m := in.state.ctm
	x, y, w, h := in.num(0), in.num(1), in.num(2), in.num(3)
	b := newBox(x, y, x+w, y+h).through(m)
	p.add(b.x0, b.y0)
	p.add(b.x1, b.y1)
	if m[1] == 0 && m[2] == 0 || m[0] == 0 && m[3] == 0 {
		if len(p.boxes) < maxRectangles {
			p.boxes = append(p.boxes, b)
		}
		return
	}
	p.curved = true
}

// endPath paints and clips with the path. Nested rectangles may cut holes into
// each other by the even-odd rule, so only a lone one is known to be filled.
func (in *interpreter) endPath(filled bool) {
	p := &in.path
	p.finish()
	s := &in.state
	if filled && p.any && !in.off() {
		if fill := s.fill; fill.alpha >= minAlpha {
			plain := !p.curved && !s.blended && !s.masked && fill.alpha >= 1
			if !s.blended && !p.curved && disjoint(p.boxes) {
				for _, b := range p.boxes {
					in.canvas.painted(b.intersect(s.clip), fill.color, plain && fill.color.known)
				}
			} else {
				c := fill.color
				if s.blended {
					c = color{}
				}
				in.canvas.painted(p.bounds.intersect(s.clip), c, false)
			}
		}
	}
	if p.clip && p.any {
		s.clip = s.clip.intersect(p.bounds)
		s.masked = s.masked || p.curved || len(p.boxes) != 1
	}
	in.path = path{boxes: p.boxes[:0], corners: p.corners[:0]}
}

// disjoint reports whether no two of a few rectangles overlap.
func disjoint(boxes []box) bool {
	if len(boxes) > 16 {
		return false
	}
	for i, a := range boxes {
		for _, b := range boxes[:i] {
			if a.intersect(b).area() > 0 {
				return false
			}
		}
	}
	return true
}

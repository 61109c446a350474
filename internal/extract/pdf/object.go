package pdf

import "math"

// A PDF object (ISO 32000-1 §7.3) is one of nil, bool, int, float64, str, name,
// array, dict, ref or *stream; in a content stream also op.
type object any

type (
	str   string
	name  string // without its slash
	op    string // an operator, or any other bare word
	array []object
	dict  map[name]object
	ref   struct{ num, gen int }
)

// A stream keeps its bytes as they stand in the file; decoding is bounded and
// happens only when somebody asks.
type stream struct {
	dict dict
	raw  []byte
	id   ref // for decryption; the zero ref inside an object stream
}

// number reads an object as a finite number; the mails of the world hold
// "1e99", "--5" and NaN matrices, and all of them become something harmless.
func number(o object) (float64, bool) {
	switch v := o.(type) {
	case int:
		return float64(v), true
	case float64:
		if math.IsNaN(v) || math.Abs(v) > maxNumber {
			return 0, true
		}
		return v, true
	}
	return 0, false
}

// maxNumber is the largest magnitude that counts as a number. Annex C.2 asks
// for 3.4e38; no page has a coordinate beyond a trillion.
const maxNumber = 1e12

// A matrix is [a b c d e f] of §8.3.3.
type matrix [6]float64

var identity = matrix{1, 0, 0, 1, 0, 0}

// times applies m first and n second.
func (m matrix) times(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

func (m matrix) apply(x, y float64) (float64, float64) {
	return m[0]*x + m[2]*y + m[4], m[1]*x + m[3]*y + m[5]
}

// finite reports whether every entry can be calculated with.
func (m matrix) finite() bool {
	for _, v := range m {
		if math.IsNaN(v) || math.Abs(v) > maxNumber {
			return false
		}
	}
	return true
}

// A box is a rectangle with x0 <= x1 and y0 <= y1.
type box struct{ x0, y0, x1, y1 float64 }

func newBox(x0, y0, x1, y1 float64) box {
	return box{min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)}
}

func (b box) intersect(c box) box {
	r := box{max(b.x0, c.x0), max(b.y0, c.y0), min(b.x1, c.x1), min(b.y1, c.y1)}
	r.x1, r.y1 = max(r.x0, r.x1), max(r.y0, r.y1)
	return r
}

func (b box) union(c box) box {
	return box{min(b.x0, c.x0), min(b.y0, c.y0), max(b.x1, c.x1), max(b.y1, c.y1)}
}

func (b box) touches(c box) bool {
	return b.x0 <= c.x1 && c.x0 <= b.x1 && b.y0 <= c.y1 && c.y0 <= b.y1
}

func (b box) contains(x, y float64) bool {
	return x >= b.x0 && x <= b.x1 && y >= b.y0 && y <= b.y1
}

func (b box) area() float64 { return (b.x1 - b.x0) * (b.y1 - b.y0) }

// through is the smallest upright box around b seen through m.
func (b box) through(m matrix) box {
	ax, ay := m.apply(b.x0, b.y0)
	bx, by := m.apply(b.x1, b.y0)
	cx, cy := m.apply(b.x0, b.y1)
	dx, dy := m.apply(b.x1, b.y1)
	return box{
		min(ax, bx, cx, dx), min(ay, by, cy, dy),
		max(ax, bx, cx, dx), max(ay, by, cy, dy),
	}
}

package safetext

import "strings"

// maxTerms bounds the numbers in one calculation.
const maxTerms = 32

// calc works out calc(), min(), max() and clamp() of lengths and numbers (CSS
// Values §10); ok is false for whatever is more than that.
func calc(s string, font float64) (px float64, ok bool) {
	c := calculation{rest: strings.TrimSpace(s), font: font}
	px, ok = c.term()
	return px, ok && c.rest == ""
}

// calculation is what is still to be read of an expression.
type calculation struct {
	rest  string
	font  float64
	terms int
}

func (c *calculation) skip(prefix string) bool {
	trimmed := strings.TrimLeft(c.rest, " \t\r\n\f")
	if !strings.HasPrefix(trimmed, prefix) {
		return false
	}
	c.rest = strings.TrimLeft(trimmed[len(prefix):], " \t\r\n\f")
	return true
}

func (c *calculation) sum() (total float64, ok bool) {
	if total, ok = c.product(); !ok {
		return 0, false
	}
	for {
		sign := 1.0
		if c.skip("-") {
			sign = -1
		} else if !c.skip("+") {
			return total, true
		}
		n, ok := c.product()
		if !ok {
			return 0, false
		}
		total += sign * n
	}
}

func (c *calculation) product() (total float64, ok bool) {
	if total, ok = c.term(); !ok {
		return 0, false
	}
	for {
		divide := c.skip("/")
		if !divide && !c.skip("*") {
			return total, true
		}
		n, ok := c.term()
		switch {
		case !ok || divide && n == 0:
			return 0, false
		case divide:
			total /= n
		default:
			total *= n
		}
	}
}

// term reads a number, or something in brackets.
func (c *calculation) term() (float64, bool) {
	if c.terms++; c.terms > maxTerms {
		return 0, false
	}
	name := strings.ToLower(c.rest[:strings.IndexAny(c.rest+"(", "( +*/,)")])
	if strings.HasPrefix(c.rest[len(name):], "(") {
		c.rest = c.rest[len(name)+1:]
		var list []float64
		for {
			n, ok := c.sum()
			if !ok {
				return 0, false
			}
			if list = append(list, n); !c.skip(",") {
				break
			}
		}
		if !c.skip(")") {
			return 0, false
		}
		return call(name, list)
	}
	c.rest = strings.TrimLeft(c.rest, " ")
	end := 0
	for end < len(c.rest) && (strings.IndexByte(" */,)", c.rest[end]) < 0) {
		end++
	}
	n, ok := lengthAt(c.rest[:end], c.font)
	c.rest = c.rest[end:]
	return n, ok
}

func call(name string, list []float64) (float64, bool) {
	best := list[0]
	switch {
	case (name == "" || name == "calc") && len(list) == 1:
		return best, true
	case name == "clamp" && len(list) == 3:
		return max(list[0], min(list[1], list[2])), true
	case name != "min" && name != "max":
		return 0, false
	}
	for _, n := range list[1:] {
		if name == "max" {
			best = max(best, n)
		} else {
			best = min(best, n)
		}
	}
	return best, true
}

package message

import "fmt"

// quotedDecoder reads quoted-printable (RFC 2045 §6.7). It keeps wrong escapes
// as they are, where the standard library gives up (note 5 there).
type quotedDecoder struct {
	held  []byte // an escape or blanks whose meaning is open
	wrong int    // escapes that mean nothing
}

// maxHeld bounds the blanks that are held back until it is known whether a line
// ends behind them; RFC 2045 §6.7 allows lines of 76 characters.
const maxHeld = 4 << 10

func (d *quotedDecoder) decode(dst, src []byte, last bool) []byte {
	for _, c := range src {
		dst = d.one(dst, c)
	}
	if last {
		// Blanks at the end and an escape that was cut say nothing.
		d.held = d.held[:0]
	}
	return dst
}

// one reads one byte. held is empty, or blanks, or "=" and what followed it.
func (d *quotedDecoder) one(dst []byte, c byte) []byte {
	escape := len(d.held) > 0 && d.held[0] == '='
	switch {
	case c == '\r' || c == '\n':
		// Blanks before a line end were added on the way (rule 3); "=" and
		// blanks before it is a soft line break (rule 5).
		soft := escape && (len(d.held) == 1 || isBlank(d.held[1:]) || d.held[len(d.held)-1] == '\r')
		if escape && !soft {
			dst = d.giveUp(dst)
		}
		d.held = d.held[:0]
		if !soft {
			return append(dst, c)
		}
		if c == '\r' {
			d.held = append(d.held, '=', c) // its LF is part of the break
		}
		return dst
	case escape && d.held[len(d.held)-1] == '\r':
		d.held = d.held[:0]
		return d.one(dst, c)
	case escape && isHex(c) && len(d.held) == 1:
		d.held = append(d.held, c)
		return dst
	case escape && isHex(c) && len(d.held) == 2 && isHex(d.held[1]):
		dst = append(dst, unhex(d.held[1])<<4|unhex(c))
		d.held = d.held[:0]
		return dst
	case (c == ' ' || c == '\t') && len(d.held) < maxHeld && (!escape || isBlank(d.held[1:])):
		d.held = append(d.held, c)
		return dst
	}
	if len(d.held) > 0 {
		dst = d.giveUp(dst)
		return d.one(dst, c)
	}
	if c == '=' {
		d.held = append(d.held, c)
		return dst
	}
	return append(dst, c)
}

// giveUp keeps what was held as it is.
func (d *quotedDecoder) giveUp(dst []byte) []byte {
	if d.held[0] == '=' {
		d.wrong++
	}
	dst = append(dst, d.held...)
	d.held = d.held[:0]
	return dst
}

func (d *quotedDecoder) trouble() string {
	if d.wrong == 0 {
		return ""
	}
	return fmt.Sprintf("the quoted-printable of this part is broken: %d wrong escapes were kept as they are", d.wrong)
}

package pdf

import (
	"bytes"
	"compress/flate"
	"io"
)

// decode undoes a stream's filters (ISO 32000-1 §7.4). Damaged data gives what
// could be read; a picture's filter gives nothing.
func (f *file) decode(s *stream) []byte {
	data := s.raw
	if f.crypt != nil && s.id != (ref{}) {
		data = f.crypt.stream(f, s, data)
	}
	filters, params := f.list(s.dict, "Filter", "F"), f.list(s.dict, "DecodeParms", "DP")
	for i, filter := range filters {
		if i == maxFilters {
			return nil
		}
		n, _ := f.resolve(filter).(name)
		var p dict
		if i < len(params) {
			p, _ = f.resolve(params[i]).(dict)
		}
		switch n {
		case "FlateDecode", "Fl":
			data = f.predict(f.inflate(data), p)
		case "LZWDecode", "LZW":
			early, ok := f.resolve(p["EarlyChange"]).(int)
			data = f.predict(f.unLZW(data, !ok || early != 0), p)
		case "ASCII85Decode", "A85":
			data = f.unASCII85(data)
		case "ASCIIHexDecode", "AHx":
			l := lexer{data: append([]byte{'<'}, data...), budget: f.budget}
			data = []byte(l.hex())
		case "RunLengthDecode", "RL":
			data = f.unRunLength(data)
		case "Crypt":
		default:
			return nil
		}
	}
	return data
}

// list reads an entry that may be one object or an array of them, under either
// of its names.
func (f *file) list(d dict, long, short name) array {
	v := f.resolve(d[long])
	if v == nil {
		v = f.resolve(d[short])
	}
	switch v := v.(type) {
	case nil:
		return nil
	case array:
		return v
	default:
		return array{v}
	}
}

// room is how many bytes one filter may still produce.
func (f *file) room() int { return max(0, min(maxStream, f.budget.bytes)) }

func (f *file) paid(data []byte) []byte {
	f.budget.cut = f.budget.cut || len(data) >= f.room()
	f.budget.bytes -= len(data)
	return data
}

func (f *file) inflate(data []byte) []byte {
	// RFC 1950: two bytes of header; the checksum is left alone, for truncated
	// mails have none and viewers do not look.
	if len(data) > 2 && data[0]&0x0f == 8 && (int(data[0])<<8|int(data[1]))%31 == 0 {
		data = data[2:]
	}
	r := flate.NewReader(bytes.NewReader(data))
	var out bytes.Buffer
	_, _ = io.Copy(&out, io.LimitReader(r, int64(f.room()))) // what was read counts
	return f.paid(out.Bytes())
}

func (f *file) unLZW(data []byte, early bool) []byte {
	type entry struct {
		prefix int32
		last   byte
		length int32
	}
	const clear, eod = 256, 257
	table := make([]entry, 258, 4096)
	for i := range 256 {
		table[i] = entry{-1, byte(i), 1}
	}
	var out []byte
	limit, width, previous := f.room(), 9, -1
	bits, have := uint32(0), 0
	change := 0
	if early {
		change = 1
	}
	write := func(code int) byte {
		n := int(table[code].length)
		start := len(out)
		out = append(out, make([]byte, n)...)
		for i := n - 1; i >= 0; i-- {
			out[start+i] = table[code].last
			code = int(table[code].prefix)
		}
		return out[start]
	}
	for _, c := range data {
		bits, have = bits<<8|uint32(c), have+8
		if have < width {
			continue
		}
		code := int(bits>>(have-width)) & (1<<width - 1)
		have -= width
		switch {
		case code == eod || len(out) >= limit:
			return f.paid(out)
		case code == clear:
			table, width, previous = table[:258], 9, -1
			continue
		case previous < 0:
			if code > 255 {
				return f.paid(out)
			}
			write(code)
		case code < len(table):
			first := write(code)
			if len(table) < 4096 {
				table = append(table, entry{int32(previous), first, table[previous].length + 1})
			}
		case code == len(table) && len(table) < 4096:
			p := previous
			for table[p].prefix >= 0 {
				p = int(table[p].prefix)
			}
			table = append(table, entry{int32(previous), table[p].last, table[previous].length + 1})
			write(code)
		default:
			return f.paid(out)
		}
		previous = code
		if n := len(table) + change; n >= 1<<width && width < 12 {
			width++
		}
	}
	return f.paid(out)
}

func (f *file) unASCII85(data []byte) []byte {
	var out []byte
	var group [5]byte
	n, limit := 0, f.room()
	flush := func(n int) {
		for i := n; i < 5; i++ {
			group[i] = 84
		}
		v := uint32(0)
		for _, d := range group {
			v = v*85 + uint32(d)
		}
		b := [4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}
		out = append(out, b[:n-1]...)
	}
	for _, c := range data {
		switch {
		case len(out) >= limit || c == '~':
			if n > 1 {
				flush(n)
			}
			return f.paid(out)
		case c == 'z' && n == 0:
			out = append(out, 0, 0, 0, 0)
		case c >= '!' && c <= 'u':
			group[n] = c - '!'
			if n++; n == 5 {
				flush(5)
				n = 0
			}
		}
	}
	if n > 1 {
		flush(n)
	}
	return f.paid(out)
}

func (f *file) unRunLength(data []byte) []byte {
	var out []byte
	for limit := f.room(); len(data) > 1 && data[0] != 128 && len(out) < limit; {
		n := int(data[0])
		if n < 128 {
			run := data[1:min(n+2, len(data))]
			out = append(out, run...)
			data = data[1+len(run):]
			continue
		}
		out = append(out, bytes.Repeat(data[1:2], 257-n)...)
		data = data[2:]
	}
	return f.paid(out)
}

// predict undoes the predictors of §7.4.4.4, in place: the PNG ones, with which
// cross-reference and object streams are written, and TIFF's for whole bytes.
func (f *file) predict(data []byte, p dict) []byte {
	predictor := f.intOr(p["Predictor"], 1)
	if predictor < 2 {
		return data
	}
	colors, bits := f.intOr(p["Colors"], 1), f.intOr(p["BitsPerComponent"], 8)
	columns := f.intOr(p["Columns"], 1)
	if colors < 1 || colors > 32 || bits < 1 || bits > 16 || columns < 1 || columns > maxStream/64 {
		return nil
	}
	width, row := max(1, colors*bits/8), (columns*colors*bits+7)/8
	if predictor == 2 {
		if bits == 8 {
			for start := 0; start < len(data); start += row {
				for i := start + width; i < min(start+row, len(data)); i++ {
					data[i] += data[i-width]
				}
			}
		}
		return data
	}
	out := data[:0]
	previous := make([]byte, row)
	for len(data) > 1 {
		line := data[1:min(row+1, len(data))]
		unfilter(data[0], line, previous[:len(line)], width)
		data = data[1+len(line):]
		copy(previous, line)
		out = append(out, line...)
	}
	return out
}

func unfilter(kind byte, line, up []byte, width int) {
	for i := range line {
		var left, corner byte
		if i >= width {
			left, corner = line[i-width], up[i-width]
		}
		switch kind {
		case 1:
			line[i] += left
		case 2:
			line[i] += up[i]
		case 3:
			line[i] += byte((int(left) + int(up[i])) / 2)
		case 4:
			line[i] += paeth(int(left), int(up[i]), int(corner))
		}
	}
}

// paeth is the predictor of PNG (second edition) §9.4.
func paeth(a, b, c int) byte {
	distance := func(x int) int { return max(x, -x) }
	p := a + b - c
	pa, pb, pc := distance(p-a), distance(p-b), distance(p-c)
	switch {
	case pa <= pb && pa <= pc:
		return byte(a)
	case pb <= pc:
		return byte(b)
	}
	return byte(c)
}

package pdf

import "bytes"

// load finds the objects of the file: by its cross-reference sections, or by
// looking for them where these lead nowhere.
func (f *file) load() error {
	head := bytes.Index(f.data[:min(len(f.data), maxPreamble)], []byte("%PDF-"))
	if head < 0 {
		return ErrDamaged
	}
	f.data = f.data[head:] // offsets count from the header, whatever a gateway put before it
	f.noEnd = len(f.data) + 1
	f.adopt(f.sections())
	if f.encrypted() == nil && f.dict(f.dict(f.trailer["Root"])["Pages"]) == nil && !f.rebuilt {
		f.rebuild()
	}
	if err := f.encrypted(); err != nil {
		return err
	}
	if f.dict(f.trailer["Root"]) == nil && len(f.entries) == 0 {
		return ErrDamaged
	}
	return nil
}

// maxPreamble is how much may stand before the header; Acrobat looks as far
// (ISO 32000-1, Annex H.3, note 13).
const maxPreamble = 1024

// adopt takes a trailer, and with it the encryption of the file.
func (f *file) adopt(trailer dict) {
	f.trailer = trailer
	f.crypt = nil
	if trailer["Encrypt"] != nil {
		f.crypt = newCrypt(f, f.dict(trailer["Encrypt"]))
		clear(f.cache) // what was read before was not deciphered
		clear(f.packs)
	}
}

// encrypted says whether a password is needed that we do not have.
func (f *file) encrypted() error {
	if f.crypt != nil && !f.crypt.opened {
		return ErrEncrypted
	}
	return nil
}

// sections reads the cross-reference sections from the newest to the oldest,
// each once (§7.5.8.4), and returns the newest trailer. What a newer section
// says of an object stands.
func (f *file) sections() dict {
	tail := f.data[max(0, len(f.data)-2048):]
	i := bytes.LastIndex(tail, []byte("startxref"))
	if i < 0 {
		return dict{}
	}
	l := &lexer{data: tail, pos: i + len("startxref"), budget: f.budget}
	start, _ := l.next().(int)
	trailer := dict{}
	visited := map[int]bool{}
	queue := []int{start}
	for len(queue) > 0 && len(visited) < maxSections {
		offset := queue[0]
		queue = queue[1:]
		if offset <= 0 || offset >= len(f.data) || visited[offset] {
			continue
		}
		visited[offset] = true
		d := f.section(offset)
		if d == nil {
			break
		}
		for key, v := range d {
			if _, ok := trailer[key]; !ok {
				trailer[key] = v
			}
		}
		for _, key := range []name{"XRefStm", "Prev"} {
			if v, ok := number(d[key]); ok {
				queue = append(queue, int(v))
			}
		}
	}
	return trailer
}

// section reads one cross-reference table or stream and returns its trailer.
func (f *file) section(offset int) dict {
	l := &lexer{data: f.data, pos: offset, budget: f.budget}
	if l.next() == op("xref") {
		return f.table(l)
	}
	o, _, _ := f.indirect(offset)
	s, ok := o.(*stream)
	if !ok || f.name(s.dict["Type"]) != "XRef" {
		return nil
	}
	f.tableStream(s)
	return s.dict
}

// table reads the entries of §7.5.4, lenient about their white space.
func (f *file) table(l *lexer) dict {
	for {
		l.refs = false
		o := l.next()
		if o == op("trailer") {
			l.refs = true
			d, _ := l.next().(dict)
			return d
		}
		first, ok1 := o.(int)
		count, ok2 := l.next().(int)
		if !ok1 || !ok2 {
			return nil
		}
		for i := range max(0, min(count, maxObjects)) {
			offset, ok1 := l.next().(int)
			gen, ok2 := l.next().(int)
			kind, ok3 := l.next().(op)
			if !ok1 || !ok2 || !ok3 {
				return nil
			}
			f.define(first+i, entry{offset: offset, gen: gen, free: kind != "n"})
		}
	}
}

func (f *file) define(num int, e entry) {
	if _, known := f.entries[num]; !known && num >= 0 && len(f.entries) < maxObjects {
		f.entries[num] = e
	}
}

// tableStream reads the entries of a cross-reference stream (§7.5.8).
func (f *file) tableStream(s *stream) {
	w := f.numbers(s.dict["W"], 3)
	if w == nil {
		return
	}
	var width [3]int
	for i, v := range w {
		if v < 0 || v > 8 {
			return
		}
		width[i] = int(v)
	}
	size := width[0] + width[1] + width[2]
	index := f.array(s.dict["Index"])
	if index == nil {
		index = array{0, f.intOr(s.dict["Size"], 0)}
	}
	data := f.decode(&stream{dict: s.dict, raw: s.raw}) // §7.5.8.2: never encrypted
	for size > 0 && len(index) >= 2 {
		first, count := f.intOr(index[0], 0), f.intOr(index[1], 0)
		index = index[2:]
		for i := 0; i < count && len(data) >= size && f.budget.step(1); i++ {
			kind := 1
			if width[0] > 0 {
				kind = bigEndian(data[:width[0]])
			}
			a := bigEndian(data[width[0] : width[0]+width[1]])
			b := bigEndian(data[width[0]+width[1] : size])
			data = data[size:]
			switch kind {
			case 0:
				f.define(first+i, entry{free: true})
			case 1:
				f.define(first+i, entry{offset: a, gen: b})
			case 2:
				f.define(first+i, entry{offset: a, index: b, packed: true})
			}
		}
	}
}

func bigEndian(b []byte) int {
	v := 0
	for _, c := range b {
		v = v<<8 | int(c)
	}
	return v
}

package pdf

import "bytes"

// An entry says where an object is: at an offset, or in an object stream.
type entry struct {
	offset int // in the file; or the number of the object stream
	gen    int
	index  int // in the object stream
	packed bool
	free   bool
}

// A file is the object level of a PDF.
type file struct {
	data    []byte
	budget  *budget
	entries map[int]entry
	trailer dict
	cache   map[int]object
	packs   map[int]*pack
	open    map[int]bool // objects being read, against /Length that refers to itself
	crypt   *crypt
	rebuilt bool
	noEnd   int // no "endstream" stands behind this offset
}

// A pack is an unpacked object stream (ISO 32000-1 §7.5.7).
type pack struct {
	data    []byte
	numbers []int
	offsets []int
}

func newFile(data []byte) *file {
	return &file{
		data: data, budget: newBudget(), entries: map[int]entry{},
		cache: map[int]object{}, packs: map[int]*pack{}, open: map[int]bool{}, noEnd: len(data) + 1,
	}
}

// resolve follows references to an object, at most maxNesting of them.
func (f *file) resolve(o object) object {
	for range maxNesting {
		r, ok := o.(ref)
		if !ok {
			return o
		}
		o = f.object(r)
	}
	return nil
}

func (f *file) dict(o object) dict {
	switch v := f.resolve(o).(type) {
	case dict:
		return v
	case *stream:
		return v.dict
	}
	return nil
}

func (f *file) array(o object) array {
	a, _ := f.resolve(o).(array)
	return a
}

func (f *file) stream(o object) *stream {
	s, _ := f.resolve(o).(*stream)
	return s
}

func (f *file) name(o object) name {
	n, _ := f.resolve(o).(name)
	return n
}

func (f *file) number(o object) (float64, bool) { return number(f.resolve(o)) }

func (f *file) intOr(o object, otherwise int) int {
	if v, ok := f.number(o); ok {
		return int(v)
	}
	return otherwise
}

// numbers reads an array of n numbers, or nil.
func (f *file) numbers(o object, n int) []float64 {
	a := f.array(o)
	if len(a) < n {
		return nil
	}
	out := make([]float64, n)
	for i := range out {
		v, ok := f.number(a[i])
		if !ok {
			return nil
		}
		out[i] = v
	}
	return out
}

// object reads one indirect object; nil stands for one that is not there
// (§7.3.10). An object that is not where the table says makes us build the
// table anew from the file itself, once.
func (f *file) object(r ref) object {
	if o, ok := f.cache[r.num]; ok {
		return o
	}
	if f.open[r.num] || len(f.open) >= maxNesting {
		return nil
	}
	f.open[r.num] = true
	defer delete(f.open, r.num)
	o, found := f.read(r.num)
	if !found && !f.rebuilt {
		if e, listed := f.entries[r.num]; listed && !e.free {
			f.rebuild()
			o, _ = f.read(r.num)
		}
	}
	f.cache[r.num] = o
	return o
}

func (f *file) read(num int) (object, bool) {
	e, ok := f.entries[num]
	if !ok || e.free {
		return nil, false
	}
	if e.packed {
		return f.unpack(num, e)
	}
	o, at, ok := f.indirect(e.offset)
	return o, ok && at.num == num
}

// indirect reads "n g obj …" at an offset.
func (f *file) indirect(offset int) (object, ref, bool) {
	if offset < 0 || offset >= len(f.data) {
		return nil, ref{}, false
	}
	l := &lexer{data: f.data, pos: offset, budget: f.budget}
	num, ok1 := l.next().(int)
	gen, ok2 := l.next().(int)
	word, ok3 := l.next().(op)
	if !ok1 || !ok2 || !ok3 || word != "obj" && !bytes.HasPrefix([]byte(word), []byte("obj")) {
		return nil, ref{}, false
	}
	l.pos -= len(word) - len("obj")
	id := ref{num, gen}
	l.refs = true
	if f.crypt != nil {
		l.crypt = func(s str) str { return f.crypt.text(id, s) }
	}
	o := l.next()
	if _, ok := o.(end); ok {
		return nil, id, true
	}
	if d, ok := o.(dict); ok {
		return f.withStream(l, d, id), id, true
	}
	return o, id, true
}

var (
	wordStream    = []byte("stream")
	wordEndstream = []byte("endstream")
)

// withStream makes a stream of a dictionary that is followed by one.
func (f *file) withStream(l *lexer, d dict, id ref) object {
	l.skipSpace()
	if !bytes.HasPrefix(l.data[l.pos:], wordStream) {
		return d
	}
	start := l.pos + len(wordStream)
	for start < len(f.data) && f.data[start] == ' ' {
		start++
	}
	if start < len(f.data) && f.data[start] == '\r' {
		start++
	}
	if start < len(f.data) && f.data[start] == '\n' {
		start++
	}
	stop := start + max(0, f.intOr(d["Length"], -1))
	if stop <= start || stop > len(f.data) || !endsHere(f.data[stop:]) {
		stop = f.endstream(start)
	}
	return &stream{dict: d, raw: f.data[start:stop], id: id}
}

// endsHere reports whether /Length was true: "endstream" follows.
func endsHere(rest []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(rest[:min(len(rest), 32)], "\r\n \t"), wordEndstream)
}

// endstream searches for the end of a stream with a wrong /Length. What is
// searched is paid for, so that a thousand such streams are not a thousand
// times the file.
func (f *file) endstream(start int) int {
	start = min(start, len(f.data))
	if start >= f.noEnd {
		return len(f.data)
	}
	i := bytes.Index(f.data[start:], wordEndstream)
	if i < 0 {
		f.noEnd = start
		i = len(f.data) - start
	}
	f.budget.step(i / 64)
	stop := start + i
	for range 2 { // the line end before "endstream" is not data
		if stop > start && (f.data[stop-1] == '\n' || f.data[stop-1] == '\r') {
			stop--
		}
	}
	return stop
}

// unpack reads an object out of an object stream.
func (f *file) unpack(num int, e entry) (object, bool) {
	p := f.pack(e.offset)
	if p == nil {
		return nil, false
	}
	i := e.index
	if i < 0 || i >= len(p.numbers) || p.numbers[i] != num {
		i = 0
		for i < len(p.numbers) && p.numbers[i] != num {
			i++
		}
		if i == len(p.numbers) || !f.budget.step(i) {
			return nil, false
		}
	}
	if p.offsets[i] < 0 || p.offsets[i] >= len(p.data) {
		return nil, false
	}
	l := &lexer{data: p.data, pos: p.offsets[i], budget: f.budget, refs: true}
	o := l.next()
	if _, ok := o.(end); ok {
		return nil, true
	}
	return o, true
}

func (f *file) pack(num int) *pack {
	if p, ok := f.packs[num]; ok {
		return p
	}
	f.packs[num] = nil
	if e, ok := f.entries[num]; !ok || e.packed { // §7.5.7: object streams are not in object streams
		return nil
	}
	s := f.stream(ref{num: num})
	if s == nil {
		return nil
	}
	p := &pack{data: f.decode(s)}
	n, first := f.intOr(s.dict["N"], 0), f.intOr(s.dict["First"], 0)
	l := &lexer{data: p.data, budget: f.budget}
	for range min(n, maxElements) {
		number, ok1 := l.next().(int)
		offset, ok2 := l.next().(int)
		if !ok1 || !ok2 {
			break
		}
		p.numbers = append(p.numbers, number)
		p.offsets = append(p.offsets, first+offset)
	}
	f.packs[num] = p
	return p
}

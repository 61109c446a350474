package pdf

import (
	"bytes"
	"strconv"
)

// rebuild makes the cross-reference table from the objects found in the file:
// of truncated mails, of files whose line ends a mail gateway changed, and of
// writers that counted wrongly. The last definition of an object wins, as it
// would after incremental updates.
func (f *file) rebuild() {
	f.rebuilt = true
	f.entries, f.cache, f.packs = map[int]entry{}, map[int]object{}, map[int]*pack{}
	trailer := dict{}
	var packs, all []int
	for pos := 0; f.budget.step(8); {
		i := bytes.Index(f.data[pos:], []byte("obj"))
		if i < 0 {
			break
		}
		at := pos + i
		pos = at + len("obj")
		num, gen, start, ok := objectBefore(f.data, at)
		if !ok || len(f.entries) >= maxObjects {
			continue
		}
		f.entries[num] = entry{offset: start, gen: gen}
		all = append(all, num)
		head := f.data[pos:min(len(f.data), pos+512)]
		if bytes.Contains(head, []byte("/ObjStm")) {
			packs = append(packs, num)
		}
		if bytes.Contains(head, []byte("/XRef")) {
			if o, _, _ := f.indirect(start); f.dict(o)["Root"] != nil {
				merge(trailer, f.dict(o))
			}
		}
	}
	f.scanTrailers(trailer)
	f.adopt(trailer)
	for _, num := range packs {
		p := f.pack(num)
		for i := 0; p != nil && i < len(p.numbers); i++ {
			if _, known := f.entries[p.numbers[i]]; !known && len(f.entries) < maxObjects {
				f.entries[p.numbers[i]] = entry{offset: num, index: i, packed: true}
				all = append(all, p.numbers[i])
			}
		}
	}
	for i := 0; f.dict(f.trailer["Root"]) == nil && i < len(all); i++ {
		if f.name(f.dict(ref{num: all[i]})["Type"]) == "Catalog" {
			f.trailer["Root"] = ref{num: all[i]}
		}
	}
}

func (f *file) scanTrailers(into dict) {
	for pos := 0; f.budget.step(8); {
		i := bytes.Index(f.data[pos:], []byte("trailer"))
		if i < 0 {
			return
		}
		pos += i + len("trailer")
		l := &lexer{data: f.data, pos: pos, budget: f.budget, refs: true}
		if d, ok := l.next().(dict); ok {
			merge(into, d)
		}
	}
}

func merge(into, from dict) {
	for _, key := range []name{"Root", "Encrypt", "ID", "Info"} {
		if v, ok := from[key]; ok {
			into[key] = v
		}
	}
}

// objectBefore reads "n g " backwards from the word obj.
func objectBefore(data []byte, at int) (num, gen, start int, ok bool) {
	p := at
	number := func() (int, bool) {
		for p > 0 && isSpace(data[p-1]) && at-p < 32 {
			p--
		}
		stop := p
		for p > 0 && stop-p < 10 && data[p-1] >= '0' && data[p-1] <= '9' {
			p--
		}
		n, err := strconv.Atoi(string(data[p:stop]))
		return n, err == nil
	}
	gen, ok1 := number()
	num, ok2 := number()
	return num, gen, p, ok1 && ok2
}

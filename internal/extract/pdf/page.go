package pdf

import "slices"

// A page is a leaf of the page tree with what it inherited (ISO 32000-1 §7.7.3).
type page struct {
	dict      dict
	resources dict
	view      box // what a viewer shows: the crop box within the media box
	rotate    int // clockwise: 0, 90, 180 or 270
}

// pages walks the page tree, each node once whatever /Kids says, and returns
// the first maxPages pages and how many there are.
func (f *file) pages() ([]page, int) {
	type node struct {
		o       object
		inherit dict
	}
	var pages []page
	total, nodes := 0, 0
	visited := map[ref]bool{}
	stack := []node{{f.dict(f.trailer["Root"])["Pages"], dict{}}}
	for len(stack) > 0 && nodes < maxTreeNodes && f.budget.step(4) {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		nodes++
		if r, ok := n.o.(ref); ok {
			if visited[r] {
				continue
			}
			visited[r] = true
		}
		d := f.dict(n.o)
		if d == nil {
			continue
		}
		kids := f.array(d["Kids"])
		if kids == nil || f.name(d["Type"]) == "Page" {
			if total++; len(pages) < maxPages {
				pages = append(pages, f.page(d, n.inherit))
			}
			continue
		}
		down := inherit(n.inherit, d)
		for _, kid := range slices.Backward(kids) {
			if len(stack) < maxTreeNodes {
				stack = append(stack, node{kid, down})
			}
		}
	}
	if total == 0 {
		pages = f.strayPages()
		total = len(pages)
	}
	return pages, total
}

// strayPages finds the pages of a file whose page tree is lost.
func (f *file) strayPages() []page {
	if !f.rebuilt {
		f.rebuild()
	}
	numbers := make([]int, 0, len(f.entries))
	for num := range f.entries {
		numbers = append(numbers, num)
	}
	slices.Sort(numbers)
	var pages []page
	for _, num := range numbers {
		d := f.dict(ref{num: num})
		if f.name(d["Type"]) == "Page" && len(pages) < maxPages && f.budget.step(1) {
			pages = append(pages, f.page(d, dict{}))
		}
	}
	return pages
}

var inheritable = []name{"Resources", "MediaBox", "CropBox", "Rotate"}

func inherit(above, d dict) dict {
	own := false
	for _, key := range inheritable {
		own = own || d[key] != nil
	}
	if !own {
		return above
	}
	down := dict{}
	for _, key := range inheritable {
		if down[key] = above[key]; d[key] != nil {
			down[key] = d[key]
		}
	}
	return down
}

func (f *file) page(d, above dict) page {
	all := inherit(above, d)
	p := page{dict: d, resources: f.dict(all["Resources"]), view: box{0, 0, 612, 792}}
	if b, ok := f.box(all["MediaBox"]); ok && b.area() > 0 {
		p.view = b
	}
	if b, ok := f.box(all["CropBox"]); ok && b.intersect(p.view).area() > 0 {
		p.view = b.intersect(p.view)
	}
	p.rotate = ((f.intOr(all["Rotate"], 0)%360 + 360) % 360) / 90 * 90
	return p
}

func (f *file) box(o object) (box, bool) {
	v := f.numbers(o, 4)
	if v == nil {
		return box{}, false
	}
	return newBox(v[0], v[1], v[2], v[3]), true
}

// content joins a page's content streams; a token never spans two (§7.8.2).
func (f *file) content(d dict) []byte {
	o := f.resolve(d["Contents"])
	if s, ok := o.(*stream); ok {
		return f.decode(s)
	}
	var out []byte
	parts, _ := o.(array)
	for _, part := range parts {
		if s := f.stream(part); s != nil && len(out) < maxStream && f.budget.step(1) {
			out = append(append(out, f.decode(s)...), '\n')
		}
	}
	return out
}

// hiddenLayers lists the optional content groups that are off when a file is
// opened (§8.11.4.3).
func (f *file) hiddenLayers() map[ref]bool {
	hidden := map[ref]bool{}
	properties := f.dict(f.dict(f.trailer["Root"])["OCProperties"])
	config := f.dict(properties["D"])
	if f.name(config["BaseState"]) == "OFF" {
		for _, o := range f.array(properties["OCGs"]) {
			if r, ok := o.(ref); ok {
				hidden[r] = true
			}
		}
		for _, o := range f.array(config["ON"]) {
			if r, ok := o.(ref); ok {
				delete(hidden, r)
			}
		}
	}
	for _, o := range f.array(config["OFF"]) {
		if r, ok := o.(ref); ok {
			hidden[r] = true
		}
	}
	return hidden
}

package office

import (
	"slices"
	"strings"
)

// once writes headers or footers, each text once: sections repeat them.
func (d *docReader) once(dir, kind string) {
	var names []string
	for name := range d.p.parts {
		if strings.HasPrefix(name, clean(dir+"/"+kind)) && strings.HasSuffix(name, ".xml") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	seen := map[string]bool{}
	for _, name := range names[:min(len(names), 50)] {
		inner := &writer{max: 5000, removed: d.w.removed}
		_ = d.part(name, inner) // what can be read of it
		text := strings.TrimSpace(inner.b.String())
		if text != "" && !seen[text] {
			seen[text] = true
			d.w.block(text)
		}
	}
}

// note is a footnote, an endnote or a comment.
type note struct{ id, author, text string }

// maxNotes of a document, maxNote characters of each.
const (
	maxNotes = 1000
	maxNote  = 4000
)

func (d *docReader) notes(name, element string) (list []note) {
	x, err := d.p.xml(name)
	if err != nil {
		return nil
	}
	defer x.close()
	for x.next() && len(list) < maxNotes {
		if x.start != element {
			continue
		}
		if kind := x.attr("type"); kind != "" && kind != "normal" {
			x.skip() // the line between text and notes
			continue
		}
		n := note{id: x.attr("id"), author: single(cut(x.attr("author"), 200))}
		inner := &writer{max: maxNote, removed: d.w.removed}
		d.walk(x, inner, x.depth-1)
		if n.text = single(inner.b.String()); n.text != "" {
			list = append(list, n)
		}
	}
	return list
}

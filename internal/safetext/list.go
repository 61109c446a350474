package safetext

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// listState is a list being written.
type listState struct {
	ordered bool
	next    int
}

// listing writes a list; one in another follows its item without an empty line.
func (r *renderer) listing(n *html.Node) {
	if len(r.list) > 0 {
		r.w.breaks = min(r.w.breaks, 1)
	}
	r.w.breakLine(1 + min(1, max(0, 1-len(r.list))))
	start, ok := ordinal(attrOf(n, "start"))
	if !ok {
		start = 1
	}
	r.list = append(r.list, listState{ordered: n.Data == "ol", next: start})
	r.children(n)
	r.list = r.list[:len(r.list)-1]
	r.w.breakLine(1 + min(1, max(0, 1-len(r.list))))
}

func (r *renderer) item(n *html.Node) {
	marker := "- "
	if last := len(r.list) - 1; last >= 0 && r.list[last].ordered {
		state := &r.list[last]
		if value, ok := ordinal(attrOf(n, "value")); ok {
			state.next = value
		}
		marker = strconv.Itoa(state.next) + ". "
		state.next++
	}
	r.w.breakLine(1)
	r.w.fresh = !r.w.inline
	r.within(n, strings.Repeat(" ", len(marker)), marker)
	r.w.fresh = false
	r.w.breaks = min(r.w.breaks, 1)
	r.w.breakLine(1)
}

// ordinal is the number of a list item.
func ordinal(s string) (n int, ok bool) {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	return n, err == nil && n >= 0 && n <= 1e6
}

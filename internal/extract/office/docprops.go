package office

import "strconv"

// paragraphProperties reads pPr; the mark at its end has no text.
func (s *scan) paragraphProperties() {
	x := s.x
	n := len(s.open)
	if n == 0 {
		x.skip()
		return
	}
	para := s.open[n-1]
	level, numbered := 0, false
	for outside := x.depth - 1; x.depth > outside && x.next(); {
		switch x.start {
		case "rPr", "sectPr", "pPrChange":
			x.skip()
		case "pStyle":
			if style, ok := s.styles[x.attr("val")]; ok {
				para.style = style
			}
		case "ilvl":
			level, _ = strconv.Atoi(x.attr("val")) // 0 is the outermost
		case "numId":
			numbered = x.attr("val") != "0"
		case "outlineLvl":
			if n, err := strconv.Atoi(x.attr("val")); err == nil && n >= 0 && n < 9 {
				para.style.heading = n + 1
			}
		case "shd":
			para.shaded = shades(x.attr("fill"))
		}
	}
	if (numbered || para.style.listed) && para.style.heading == 0 {
		para.list = max(0, level) + 1
	}
}

func (s *scan) cellProperties() {
	x := s.x
	for outside := x.depth - 1; x.depth > outside && x.next(); {
		if t := s.table(); x.start == "shd" && t != nil {
			t.shaded = shades(x.attr("fill"))
		}
	}
}

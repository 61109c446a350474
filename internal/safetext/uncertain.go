package safetext

import (
	"maps"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Reasons why text could not be proven visible, as Result.Uncertain counts them.
const (
	doubtImage       = "text_over_image"
	doubtPositioned  = "positioned_text"
	doubtCovered     = "covered_text" // something opaque may be drawn over it
	doubtBlended     = "blended_text"
	doubtConditional = "conditional_styles" // for some readers only
	doubtUnknown     = "unknown_styles"     // a property, value, unit or rule that is not understood
	doubtCollapsed   = "collapsed_details"
	doubtClipped     = "clipped_text"
	doubtShifted     = "shifted_text"
	doubtMasked      = "masked_text"
	doubtGenerated   = "generated_text"
	doubtColor       = "computed_colours"
	doubtFaint       = "faint_text"
	doubtSmall       = "small_text"
	doubtFont        = "embedded_font"
	doubtReordered   = "reordered_text"
	doubtAnimated    = "animated_text"
	doubtElement     = "unknown_elements"
	doubtTooMany     = "too_many_styles"
	doubtTooComplex  = "too_complex"
)

// uncertain collects the text that could not be proven visible.
type uncertain struct {
	count map[string]int
	text  []Hidden
	room  int // characters still kept
}

func (u *uncertain) add(reason, text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	if u.count == nil {
		u.count = map[string]int{}
	}
	u.count[reason]++
	if u.room <= 0 {
		return
	}
	if line := Line(clip(text, 4*u.room)); line != "" {
		line = firstRunes(line, u.room)
		u.room -= len(line)
		u.text = append(u.text, Hidden{Kind: reason, Text: line})
	}
}

func (u *uncertain) reasons() []string { return slices.Sorted(maps.Keys(u.count)) }

// tooComplex is the result for HTML that nests too deeply for a tree, or would
// take more than its share of work: nothing of it is proven visible.
func tooComplex(src string, removed counter) Result {
	u := uncertain{room: maxHiddenText}
	z := html.NewTokenizer(strings.NewReader(src))
	var b strings.Builder
	for raw := false; b.Len() < 4*maxHiddenText; {
		switch z.Next() {
		case html.ErrorToken:
			u.add(doubtTooComplex, b.String())
			return Result{Removed: removed, Uncertain: u.count, UncertainText: u.text, Doubts: u.reasons()}
		case html.StartTagToken:
			name, _ := z.TagName()
			raw = string(name) == "style" || string(name) == "script"
		case html.EndTagToken:
			raw = false
		case html.TextToken:
			if !raw {
				b.WriteString(html.UnescapeString(string(z.Raw())) + " ")
			}
		}
	}
	u.add(doubtTooComplex, b.String())
	return Result{Removed: removed, Uncertain: u.count, UncertainText: u.text, Doubts: u.reasons()}
}

package pdf

// Everything a file makes us do is counted, so that a hostile one ends with
// what was read so far. The numbers are far above any mail seen and keep the
// work within a few seconds and a few hundred MB (the child has 10 s and 1 GB).
const (
	maxPages      = 2_000      // more than anyone reads aloud to a model
	maxTreeNodes  = 250_000    // page tree nodes visited while counting pages
	maxObjects    = 1 << 20    // entries of the cross-reference table
	maxSections   = 1_024      // cross-reference sections in a /Prev chain
	maxNesting    = 64         // arrays and dictionaries inside each other
	maxElements   = 1 << 18    // of one array or dictionary: /Widths of a CID font has 2^16
	maxValues     = 4_000_000  // array elements and dictionary entries kept in memory
	maxSteps      = 40_000_000 // 30 to 100 ns each: a token, a quarter of a glyph, 16 comparisons
	glyphSteps    = 4          // of a glyph drawn, with its share of the arranging
	maxUnpacked   = 256 << 20  // bytes out of all filters together
	maxStream     = 64 << 20   // bytes out of the filters of one stream
	maxPageGlyphs = 250_000    // a page of 8 pt text on A3 has 20,000
	maxFormDepth  = 12         // form XObjects inside each other
	maxForms      = 20_000     // form XObjects drawn in all
	maxStateDepth = 256        // q without Q
	maxRectangles = 512        // filled areas of a page remembered as backgrounds
	maxFilters    = 8          // filters of one stream, one after the other
)

// A budget is what may still be spent on a document.
type budget struct {
	steps, values, bytes, forms int
	cut                         bool // a stream or a page was larger than we read
}

func newBudget() *budget {
	return &budget{steps: maxSteps, values: maxValues, bytes: maxUnpacked, forms: maxForms}
}

// step pays for n small pieces of work and reports whether they may be done.
func (b *budget) step(n int) bool {
	b.steps -= n
	return b.steps > 0
}

func (b *budget) value() bool {
	b.values--
	return b.values > 0
}

// spent reports whether reading stopped because of a limit.
func (b *budget) spent() bool {
	return b.steps <= 0 || b.values <= 0 || b.bytes <= 0 || b.forms <= 0
}

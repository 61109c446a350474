package safetext

import "strings"

// harmless properties cannot hide text, whatever their value. The names are
// those of the CSS specifications (https://www.w3.org/Style/CSS/all-properties)
// and of Chromium 156, and attributes and misspellings that senders write as
// properties, which no browser knows.
var harmless = wordSet(`
	border-color border-top-color border-right-color border-bottom-color border-left-color border-style border-top-style border-right-style
	border-bottom-style border-left-style border-radius border-top-left-radius border-top-right-radius border-bottom-left-radius
	border-bottom-right-radius border-collapse  border-image border-image-source border-image-slice border-image-width
	border-image-outset border-image-repeat outline-color outline-style outline-offset caption-side caret-color cursor
	empty-cells font-style font-weight font-variant font-variant-caps font-variant-numeric font-variant-ligatures font-variant-east-asian
	font-stretch font-kerning font-synthesis font-optical-sizing font-language-override font-smooth font-smoothing hyphens hyphenate-character
	image-rendering    align-content align-items align-self   
	list-style list-style-image list-style-position list-style-type orphans widows page page-break-after page-break-before page-break-inside
	break-after break-before break-inside pointer-events quotes resize scroll-behavior scrollbar-width scrollbar-color scrollbar-gutter
	scroll-snap-type scroll-snap-align scroll-margin scroll-padding overscroll-behavior overscroll-behavior-x overscroll-behavior-y
	 table-layout text-align text-align-last text-decoration text-decoration-color text-decoration-line text-decoration-style
	text-decoration-thickness text-decoration-skip text-decoration-skip-ink text-underline-offset text-underline-position text-justify
	text-rendering text-size-adjust text-transform   text-wrap-style touch-action user-select 
	word-break overflow-wrap line-break will-change clear src unicode-range
	background-attachment background-origin
	counter-reset counter-increment counter-set order   flex-grow flex-wrap flex flex-basis flex-shrink gap row-gap column-gap
	grid-gap grid-row-gap grid-column-gap grid-auto-flow grid-template-areas object-position text-emphasis text-emphasis-color hanging-punctuation
	accent-color print-color-adjust color-adjust forced-color-adjust speak voice-family behavior column-fill column-rule image-orientation
	transform-style  perspective-origin transition-property transition-duration transition-timing-function transition-delay
	transition isolation ruby-position ruby-align tap-highlight-color box-orient box-lines box-ordinal-group box-align box-pack box-flex box-direction box-decoration-break nbsp-mode line-break
	interpolation-mode text-combine-upright  text-orientation size speak-as clear-fix text-box-trim text-spacing
	valign align bgcolor cellpadding cellspacing href target alt
	margin-bottom font-color text-color font-face font-decoration text-weight font-align padding-block-start border-width-top link a-link
	marker marker-start marker-end fill stroke stroke-width text-anchor mso-hide panose-1 line-heigh line-hight
	scrollbar-base-color scrollbar-face-color zoom-adjust layout-grid punctuation-wrap word-spacing-mode colour boder text-autospace layout-flow tab-interval
	scrollbar-arrow-color scrollbar-track-color text-effect text-line-through text-fit text-underline text-kashida
	text-kashida-space table-border-color-light table-border-color-dark ime-mode
	orient app-region language image-resolution unicode-bidi-mode max-lines-mode
	columns column-count column-width column-span orphans appearance font-size-delta margin-collapse direction-mode border-block border-inline
	border-block-color border-inline-color border-block-style border-inline-style`)

// vendors' prefixes whose properties only concern readers that cannot be told
// from others, or that have no effect in any of today's browsers.
var foreignPrefixes = []string{"mso-", "-ms-", "-o-", "-khtml-", "-apple-", "-premailer-", "ms-", "o-", "tab-", "font-mso-", "mos-", "mc-", "yui-", "en-", "-ro-", "-qt-", "-evernote-", "-en-", "-xv-", "-aw-"}

// guarded properties may hide text, and are not worked out but for these
// values, which leave it as it is.
var guarded = map[string]map[string]bool{
	"aspect-ratio": wordSet("auto"), "container-type": wordSet("normal inline-size"), "container": wordSet("none"), "offset-path": wordSet("none"), "offset": wordSet("none"),
	"mask-border": wordSet("none"), "-webkit-mask-box-image": wordSet("none"), "shape-outside": wordSet("none"), "unicode-bidi": wordSet("normal embed isolate plaintext"),
	"perspective": wordSet("none"), "backdrop-filter": wordSet("none"), "background-blend-mode": wordSet("normal"), "position-anchor": wordSet("auto none normal"),
	"grid-template": wordSet("none"), "initial-letter": wordSet("normal"), "text-orientation": wordSet("mixed upright sideways"), "object-view-box": wordSet("none"),
	"mask-composite": wordSet("add"), "font-palette": wordSet("normal light dark"), "line-clamp": wordSet("none"), "max-lines": wordSet("none"), "float-defer": wordSet("none"),
	"translate-z": wordSet(""), "position-area": wordSet("none"), "inset-area": wordSet("none"), "font-feature-settings": wordSet("normal"), "font-variation-settings": wordSet("normal"),
	"reading-flow": wordSet("normal"), "overlay": wordSet("none"), "border-shape": wordSet("none"), "box-reflect": wordSet("none"), "contain-intrinsic-size": wordSet("none"),
	"contain-intrinsic-height": wordSet("none"), "contain-intrinsic-width": wordSet("none"), "paint-order": wordSet("normal stroke fill"), "text-overflow": nil,
	"text-fill": nil, "rotate": nil, "color-scheme": nil, "vertical-align": nil, "text-wrap": nil, "transform-origin": nil, "border-spacing": nil, "justify-content": nil, "justify-items": nil, "flex-direction": nil,
	"writing-mode": wordSet("horizontal-tb lr lr-tb"), "tab-size": wordSet("1 2 3 4 5 6 7 8"), "background-repeat": nil, "background-position": nil, "background-size": nil,
}

func wordSet(list string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(list) {
		set[word] = true
	}
	return set
}

// harmlessProperty reports a property that hides nothing.
func harmlessProperty(property string) bool {
	if harmless[property] || property == "" {
		return true
	}
	for _, prefix := range foreignPrefixes {
		if strings.HasPrefix(property, prefix) {
			return true
		}
	}
	for _, prefix := range []string{"-webkit-", "-moz-", "-epub-"} {
		if plain, ok := strings.CutPrefix(property, prefix); ok {
			return prefix == "-moz-" && !tracked(plain) || harmless[plain]
		}
	}
	// What is no name at all is dropped by every browser.
	return strings.ContainsFunc(property, func(r rune) bool { return r < 0x80 && !isNameByte(byte(r)) })
}

// tracked reports a property that is followed.
func tracked(property string) bool {
	return validators[property] != nil || shorthands[property] != nil || aliases[property] != ""
}

// harmlessValue reports a value that cannot hide text whatever else is declared;
// where it holds for some readers only nobody need care.
func harmlessValue(property, text string) bool {
	switch property {
	case "display":
		return text == "block" || text == "inline-block" || text == "inline" || strings.HasPrefix(text, "table") && !strings.Contains(text, "column")
	case "width", "max-width", "height", "max-height", "min-width", "min-height":
		return text == "100%" || text == "auto" || text == "none"
	case "visibility":
		return text == "visible"
	case "opacity":
		return text == "1"
	case "font-size":
		n, unit, _ := number(text)
		px, ok := pixels(text)
		return ok && px >= leastReadable && px <= 100 || unit == "%" && n >= 50 && n <= 400
	case "overflow-x", "overflow-y":
		return text == "visible"
	case "float":
		return text == "none"
	case "position":
		return text == "static" || text == "relative"
	case "padding-top", "padding-right", "padding-bottom", "padding-left", "margin-left", "margin-top", "margin-right":
		px, ok := pixels(text)
		return text == "auto" || ok && px >= 0 && px <= 60
	case "font-family", "background-image", "text-decoration", "white-space", "line-height", "background-clip":
		return text == "none" || text == "normal" || text == "inherit"
	}
	return false
}

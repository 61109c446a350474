package safetext

import (
	"strings"

	"golang.org/x/net/html"
)

// maxPictures is as far as Pictures counts.
const maxPictures = 1000

// Pictures counts the pictures that a page places in its text, hidden ones too;
// not those of one pixel, which count readers.
func Pictures(source string) int {
	n := 0
	for z := html.NewTokenizer(strings.NewReader(source)); n < maxPictures; {
		switch z.Next() {
		case html.ErrorToken:
			return n
		case html.StartTagToken, html.SelfClosingTagToken:
			if name, more := z.TagName(); string(name) == "img" && more && !pixel(z) {
				n++
			}
		}
	}
	return n
}

// pixel reports an image whose width or height is 0 or 1.
func pixel(z *html.Tokenizer) bool {
	for more := true; more; {
		var key, value []byte
		key, value, more = z.TagAttr()
		if k, v := string(key), strings.TrimSuffix(strings.TrimSpace(string(value)), "px"); (k == "width" || k == "height") && (v == "0" || v == "1") {
			return true
		}
	}
	return false
}

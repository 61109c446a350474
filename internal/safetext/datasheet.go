package safetext

import (
	"encoding/base64"
	"net/url"
	"strings"
)

// dataSheet is a style sheet that a data: URL brings along (RFC 2397), "" for
// any other: nothing is loaded, by mail readers neither.
func dataSheet(href string) string {
	head, data, ok := strings.Cut(clip(strings.TrimSpace(href), maxSheet), ",")
	head = strings.ToLower(head)
	if !ok || !strings.HasPrefix(head, "data:text/css") {
		return ""
	}
	if plain, err := url.PathUnescape(data); err == nil {
		data = plain
	}
	if strings.HasSuffix(head, ";base64") {
		plain, err := base64.StdEncoding.DecodeString(data)
		if err != nil {
			return ""
		}
		data = string(plain)
	}
	return data
}

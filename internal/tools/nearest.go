package tools

import (
	"strings"

	"mail-imap-mcp/internal/config"
)

// nearest finds the known name a mistaken one was probably meant to be: a
// misspelt one, or one of which only a part was given ("id" is no part: three
// letters at least). "" means none is near.
func nearest(name string, known []string) string {
	name = strings.ToLower(name)
	if near := config.Nearest(name, known); near != "" || len(name) < 3 {
		return near
	}
	for _, k := range known {
		if strings.HasPrefix(k, name) || strings.HasSuffix(k, "_"+name) || strings.HasPrefix(name, k) {
			return k
		}
	}
	return ""
}

package guard

import (
	"fmt"
	"slices"
	"strings"

	"mail-imap-mcp/internal/config"
)

// CheckAllowTools holds MAIL_IMAP_ALLOW_TOOLS to the tools that there are: a name
// that is none is an error for the owner, with the nearest one.
func CheckAllowTools(allow, known []string) error {
	for _, name := range allow {
		if slices.Contains(known, name) {
			continue
		}
		if near := config.Nearest(name, known); near != "" {
			return fmt.Errorf("MAIL_IMAP_ALLOW_TOOLS names %q; did you mean %s?", name, near)
		}
		return fmt.Errorf("MAIL_IMAP_ALLOW_TOOLS names %q; the tools are %s", name, strings.Join(known, ", "))
	}
	return nil
}

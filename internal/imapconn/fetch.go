package imapconn

import (
	"strconv"
	"strings"

	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/safetext"
)

const (
	// MaxFlags and maxFlagChars are kept of a message's flags: real ones are
	// below ten short words, and others may set them in shared mailboxes.
	MaxFlags     = 64
	maxFlagChars = 128
)

// ShownFlags are a message's flags fit to be shown; nil where none were told.
func ShownFlags(flags []imap.Flag) []string {
	if flags == nil {
		return nil
	}
	shown := make([]string, 0, len(flags))
	for _, f := range flags[:min(len(flags), MaxFlags)] {
		if len(f) <= maxFlagChars {
			shown = append(shown, safetext.Line(string(f)))
		}
	}
	return shown
}

// Fetch begins a UID FETCH of a few messages.
func (c *Conn) Fetch(uids []uint32, options *imap.FetchOptions) *imap.Fetch {
	return c.client.UIDFetch(imap.UIDSetNum(uids...), options)
}

// Part asks for size bytes of a section.
func Part(part []int, specifier imap.PartSpecifier, offset, size int64) *imap.BodySection {
	return &imap.BodySection{Part: part, Specifier: specifier, Offset: offset, Size: size}
}

// PartPath turns a section number such as "1.2" into its path; the empty id is
// the whole message.
func PartPath(id string) []int {
	if id == "" {
		return nil
	}
	var path []int
	for field := range strings.SplitSeq(id, ".") {
		n, err := strconv.Atoi(field)
		if err != nil {
			return nil
		}
		path = append(path, n)
	}
	return path
}

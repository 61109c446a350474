package change

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/message"
)

// printOptions asks in addition for what a message is recognised by in another
// mailbox, about 200 bytes of each.
func printOptions(o *imap.FetchOptions) *imap.FetchOptions {
	o.RFC822Size, o.InternalDate = true, true
	o.BodySection = append(o.BodySection, &imap.BodySection{
		Specifier: imap.PartSpecifierHeader, HeaderFields: []string{"Message-ID"}, Size: printBytes,
	})
	return o
}

// fingerprint recognises a message in another mailbox: by its size and its
// Message-ID or, where it has none, by its size and INTERNALDATE, which COPY and
// MOVE should preserve (RFC 9051 §6.4.7) and not all servers do. Messages of the
// same print are told apart by how many there are. Empty: nothing to go by.
func fingerprint(r *imap.Message) string {
	if r.RFC822Size == 0 {
		return "" // not told
	}
	header, _ := r.Section(nil, imap.PartSpecifierHeader)
	mark := strings.TrimSpace(message.ParseHeader(header).Get("Message-ID"))
	if mark == "" {
		mark = strconv.FormatInt(r.InternalDate.Unix(), 10)
	}
	sum := sha256.Sum256([]byte(strconv.FormatInt(r.RFC822Size, 10) + "|" + mark))
	return hex.EncodeToString(sum[:8])
}

package mailbox

import (
	"strings"

	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/message"
)

// compressFrom is how many bytes must be to come for a round trip to be spent on
// having them compressed: what 20 Mbit/s bring in two round trips.
const compressFrom = 256 << 10

// packedAlready are the types of files that hardly get smaller.
var packedAlready = []string{
	"image/", "audio/", "video/", "font/", "application/pdf", "application/zip", "application/gzip", "application/x-gzip",
	"application/x-7z", "application/x-rar", "application/vnd.rar", "application/x-xz", "application/x-bzip", "application/zstd",
	"application/vnd.openxmlformats", "application/vnd.oasis", "application/epub", "application/java-archive",
	"application/vnd.android", "application/pkcs7", "application/x-pkcs7", "application/pgp",
}

// notPacked are images that do.
var notPacked = []string{"image/svg", "image/bmp", "image/tiff", "image/x-ms-bmp"}

// compressible is how many bytes of a part's source compress well.
func compressible(part *message.Part, asked int64) int64 {
	if hasPrefix(part.MediaType, packedAlready) && !hasPrefix(part.MediaType, notPacked) {
		return 0
	}
	return min(part.Size, asked)
}

func hasPrefix(s string, prefixes []string) bool {
	for _, prefix := range prefixes {
		if strings.HasPrefix(s, prefix) {
			return true
		}
	}
	return false
}

// compress has the connection compressed where so many bytes are to come. Nothing
// may be asked for before.
func compress(c *imapconn.Conn, size int64) error {
	if size < compressFrom {
		return nil
	}
	return c.Compress()
}

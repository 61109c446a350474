package extract

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"mail-imap-mcp/internal/message"
)

// zipEncrypted is bit 0 of the general purpose flags (APPNOTE 4.4.4).
const zipEncrypted = 1

// readZIP lists the names in an archive and what a careful person would want to
// know of them. Nothing is unpacked, so a bomb does nothing, and sizes are what
// the archive says.
func readZIP(j *job) document {
	r, err := zip.NewReader(bytes.NewReader(j.data), int64(len(j.data)))
	if err != nil {
		return without(Damaged, "the archive's list of files cannot be read; it is damaged or was cut")
	}
	l := newListing("ZIP archive")
	for _, f := range r.File {
		l.add(entry{name: zipName(f), size: f.UncompressedSize64, encrypted: f.Flags&zipEncrypted != 0, dir: strings.HasSuffix(f.Name, "/")})
	}
	return l.document()
}

// zipName is a file's name in Unicode: what is not UTF-8 is in code page 437
// (APPNOTE appendix D).
func zipName(f *zip.File) string {
	if !f.NonUTF8 || utf8.ValidString(f.Name) {
		return f.Name
	}
	text, _ := message.DecodeText(&message.Part{MediaType: "text/plain", Params: map[string]string{"charset": "cp437"}}, []byte(f.Name))
	return text
}

// byteCount is a size in words.
func byteCount(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d bytes", n)
	case n < 1000_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1000_000)
}

package extract

import "bytes"

const (
	// oleMagic begins a compound file (MS-CFB §2.2).
	oleMagic = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

	// encryptedPackage is the stream, named in UTF-16, that holds a document
	// with a password (MS-OFFCRYPTO §2.3.4.4).
	encryptedPackage = "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"
)

// readOLE says which of the things in that container it is: a document with a
// password, or one of the formats that Office had before 2007.
func readOLE(j *job) document {
	if bytes.Contains(j.data, []byte(encryptedPackage)) {
		return without(Encrypted, "the document is encrypted; it needs a password to be read")
	}
	return without(Unsupported, "it is in a format of old Office or Outlook (.doc, .xls, .ppt, .msg), which is not read; the sender could save it as PDF or in the new format")
}

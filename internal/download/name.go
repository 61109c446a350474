package download

import (
	"fmt"
	"mime"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"mail-imap-mcp/internal/safetext"
)

const (
	// maxNameBytes leaves room for a number below the 255 bytes that file
	// systems allow, 143 on encrypted ones (eCryptfs).
	maxNameBytes = 120

	// maxExtension is the longest ending that counts as one.
	maxExtension = 16

	unnamed = "attachment"
)

// deviceNames open devices on Windows, with any extension.
var deviceNames = []string{
	"con", "prn", "aux", "nul", "conin$", "conout$", "clock$",
	"com0", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "com¹", "com²", "com³",
	"lpt0", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9", "lpt¹", "lpt²", "lpt³",
}

// SafeName makes of a sender's file name one that names a plain file in the
// directory it is put in, on every system: no path, no characters that are
// invisible or mean something to a shell or a file system, not hidden, no
// device, at most 120 bytes. A name of which nothing is left becomes
// "attachment" with the media type's usual ending.
func SafeName(suggested, mediaType string) string {
	name := safetext.Line(suggested)
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`<>:"|?*`+"`$;&'%{}!^~", r), r < ' ', r == 0x7f, r == unicode.ReplacementChar:
			return '_'
		case unicode.IsSpace(r):
			return ' '
		case r > unicode.MaxLatin1 && !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S):
			return '_'
		}
		return r
	}, name)
	name = strings.Join(strings.Fields(name), " ")
	// A leading dot hides, a leading dash is an option; Windows drops dots and
	// blanks at the end.
	name = strings.TrimRight(strings.TrimLeft(name, ".- "), ". ")
	stem, _, _ := strings.Cut(strings.ToLower(name), ".")
	if slices.Contains(deviceNames, strings.TrimSpace(stem)) {
		name = "_" + name
	}
	if name = shorten(name); strings.Trim(name, "_ .") == "" {
		return unnamed + extensionOf(mediaType)
	}
	return name
}

// extensionOf is the usual ending of a media type, "" when there is none that
// is known everywhere.
func extensionOf(mediaType string) string {
	usual := map[string]string{
		"application/pdf": ".pdf", "text/plain": ".txt", "text/html": ".html", "text/csv": ".csv", "text/calendar": ".ics",
		"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "application/zip": ".zip", "message/rfc822": ".eml",
	}
	if known, ok := usual[mediaType]; ok {
		return known
	}
	if endings, err := mime.ExtensionsByType(mediaType); err == nil && len(endings) > 0 {
		return endings[0]
	}
	return ""
}

// shorten cuts a long name before its ending, never within a character.
func shorten(name string) string {
	if len(name) <= maxNameBytes {
		return name
	}
	ending := filepath.Ext(name)
	if len(ending) > maxExtension {
		ending = ""
	}
	stem := strings.ToValidUTF8(name[:maxNameBytes-len(ending)], "")
	return strings.TrimRight(stem, ". ") + ending
}

// numbered is the name of the n-th try: "name.pdf", "name (2).pdf".
func numbered(name string, n int) string {
	if n == 0 {
		return name
	}
	ending := filepath.Ext(name)
	return fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, ending), n+1, ending)
}

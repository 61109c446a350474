package extract

import (
	"bytes"
	"slices"
	"strings"
)

// format is one kind of attachment.
type format struct {
	name  string   // with its article: "a PDF"
	types []string // media types; one that ends in "/" stands for all of them
	exts  []string
	// magic tells the format by its content; nil if that cannot be.
	magic func(*job) bool
	// binary formats are known by their magic for certain, so content wins over
	// declaration; the others are text of some kind.
	binary bool
	// refines says that a text/plain with one of the extensions is meant.
	refines bool
	// read makes text; none has what to say where that cannot be.
	read func(*job) document
	none string
}

// calendarName is the name of the format that is read without a child.
const calendarName = "a calendar file"

// formats are all that are known, in the order in which their magic is tried.
func formats() []format {
	return []format{
		{name: "a PDF", types: []string{"application/pdf", "application/x-pdf"}, exts: []string{"pdf"}, magic: isPDF, binary: true, read: readPDF},
		{
			name: "an office document",
			types: []string{
				"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
				"application/vnd.openxmlformats-officedocument.presentationml.presentation", "application/vnd.oasis.opendocument.text",
				"application/vnd.oasis.opendocument.spreadsheet", "application/vnd.oasis.opendocument.presentation",
				"application/vnd.ms-word.document.macroenabled.12", "application/vnd.ms-excel.sheet.macroenabled.12", "application/vnd.ms-powerpoint.presentation.macroenabled.12",
			},
			exts: []string{"docx", "docm", "xlsx", "xlsm", "pptx", "pptm", "odt", "ods", "odp"}, magic: isOffice, binary: true, read: readOffice,
		},
		{name: "RTF", types: []string{"application/rtf", "text/rtf", "application/x-rtf"}, exts: []string{"rtf"}, magic: startsWith(`{\rtf`), binary: true, read: readRTF},
		{name: "a ZIP archive", types: []string{"application/zip", "application/x-zip-compressed", "application/x-zip", "application/java-archive"}, exts: []string{"zip", "jar"}, magic: startsWith("PK\x03\x04", "PK\x05\x06"), binary: true, read: readZIP},
		{name: "a TAR archive", types: []string{"application/x-tar", "application/tar"}, exts: []string{"tar"}, magic: isTar, binary: true, read: readTar},
		{name: "a winmail.dat of Outlook", types: []string{"application/ms-tnef", "application/vnd.ms-tnef"}, exts: []string{"tnef"}, magic: startsWith("\x78\x9f\x3e\x22"), binary: true, read: readTNEF},
		{name: "a gzip file", types: []string{"application/gzip", "application/x-gzip", "application/x-compressed-tar"}, exts: []string{"gz", "tgz"}, magic: startsWith("\x1f\x8b\x08"), binary: true, read: readGzip},
		{name: "a document of an old Office, or an Outlook message", types: []string{"application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint", "application/vnd.ms-outlook", "application/x-ole-storage"}, exts: []string{"doc", "dot", "xls", "xlt", "ppt", "pps", "msg"}, magic: startsWith(oleMagic), binary: true, read: readOLE},
		{name: "a picture", types: []string{"image/"}, exts: []string{"png", "jpg", "jpeg", "gif", "webp", "bmp", "tif", "tiff", "heic", "ico"}, magic: startsWith("\x89PNG\r\n", "\xff\xd8\xff", "GIF87a", "GIF89a", "II*\x00", "MM\x00*"), binary: true, none: "it is a picture"},
		{name: "a drawing", types: []string{"image/svg+xml"}, exts: []string{"svg"}, none: "it is a picture"}, // text in it may be anywhere, or nowhere
		{name: "sound", types: []string{"audio/"}, exts: []string{"mp3", "wav", "ogg", "flac", "m4a"}, magic: startsWith("ID3\x03", "ID3\x04", "OggS\x00", "fLaC\x00"), binary: true, none: "it is sound"},
		{name: "a film", types: []string{"video/"}, exts: []string{"mp4", "mov", "avi", "mkv", "webm"}, none: "it is a film"},
		{name: "a typeface", types: []string{"font/"}, exts: []string{"ttf", "otf", "woff", "woff2"}, none: "it is a typeface"},
		{name: "an archive", types: []string{"application/x-7z-compressed", "application/vnd.rar", "application/x-rar-compressed", "application/x-rar", "application/x-xz", "application/x-bzip2"}, exts: []string{"7z", "rar", "xz", "bz2"}, magic: startsWith("7z\xbc\xaf\x27\x1c", "Rar!\x1a\x07", "\xfd7zXZ\x00", "BZh91AY&SY"), binary: true, none: "it is an archive of a kind that is not opened"},
		{name: "a program", types: []string{"application/x-msdownload", "application/x-dosexec", "application/vnd.microsoft.portable-executable", "application/x-executable"}, exts: []string{"exe", "dll", "scr", "com", "msi"}, magic: isProgram, binary: true, none: "it is a program"},
		{name: "a message", types: []string{"message/rfc822", "message/global", "multipart/related"}, exts: []string{"eml", "mht", "mhtml"}, read: readEML},
		{name: "HTML", types: []string{"text/html", "application/xhtml+xml"}, exts: []string{"html", "htm", "xhtml"}, magic: isHTML, read: readHTML},
		{name: calendarName, types: []string{"text/calendar", "application/ics", "text/x-vcalendar"}, exts: []string{"ics", "vcs", "ifb"}, magic: startsWith("BEGIN:VCALENDAR"), refines: true, read: readCalendar},
		{name: "a contact card", types: []string{"text/vcard", "text/x-vcard", "text/directory"}, exts: []string{"vcf", "vcard"}, magic: startsWith("BEGIN:VCARD"), refines: true, read: readContact},
		{name: "a CSV table", types: []string{"text/csv", "text/comma-separated-values", "text/x-csv", "application/csv", "application/x-csv", "text/tab-separated-values"}, exts: []string{"csv", "tsv", "tab"}, refines: true, read: readCSV},
		plainText(),
	}
}

// plainText is every text that is shown as it is.
func plainText() format {
	return format{
		name: "plain text",
		types: []string{
			"text/plain", "text/", "application/json", "application/xml", "application/yaml", "application/x-yaml", "application/toml", "application/sql",
			"application/javascript", "application/x-javascript", "application/x-sh", "application/x-subrip", "application/pgp-keys", "application/x-ndjson",
			"message/delivery-status", "message/disposition-notification", "message/global-delivery-status",
		},
		exts: []string{
			"txt", "text", "log", "md", "markdown", "json", "ndjson", "jsonl", "xml", "yaml", "yml", "toml", "ini", "conf", "cfg", "properties", "env", "tex", "bib", "rst", "adoc", "org",
			"srt", "vtt", "sql", "diff", "patch", "asc", "pem", "go", "py", "rs", "c", "h", "cpp", "java", "js", "ts", "css", "sh", "ps1", "bat", "rb", "php", "pl", "lua",
		},
		read: readPlain,
	}
}

// unknown is a format for what cannot be told.
func unknown() format { return format{name: "of an unknown kind", read: unreadable("")} }

// Supported reports whether text can be made of a type, by media type or else
// by the file name's extension. What is declared may be wrong: Text looks at
// the content too.
func Supported(mediaType, filename string) bool {
	mediaType = strings.ToLower(strings.TrimSpace(mediaType))
	if f, ok := byType(mediaType); ok && f.none == "" {
		return true
	}
	f, ok := byExtension(extensionOf(filename))
	return (ok && f.none == "") || strings.EqualFold(filename, "winmail.dat")
}

// byType finds the format of a media type: its own row, then its family's.
func byType(mediaType string) (format, bool) {
	family, _, _ := strings.Cut(mediaType, "/")
	for _, key := range []string{mediaType, family + "/"} {
		for _, f := range formats() {
			if slices.Contains(f.types, key) {
				return readable(f), true
			}
		}
	}
	// RFC 6839: what is after the plus is the form it is written in.
	if strings.HasSuffix(mediaType, "+json") || strings.HasSuffix(mediaType, "+xml") || strings.HasSuffix(mediaType, "+yaml") {
		return plainText(), true
	}
	return format{}, false
}

func byExtension(ext string) (format, bool) {
	for _, f := range formats() {
		if ext != "" && slices.Contains(f.exts, ext) {
			return readable(f), true
		}
	}
	return format{}, false
}

// byContent finds the first format whose magic fits.
func byContent(j *job, binary bool) (format, bool) {
	for _, f := range formats() {
		if f.binary == binary && f.magic != nil && f.magic(j) {
			return readable(f), true
		}
	}
	return format{}, false
}

// readable gives a format that cannot be read a reader that says so.
func readable(f format) format {
	if f.read == nil {
		f.read = unreadable(f.none)
	}
	return f
}

// unreadable says that no text can be made of it.
func unreadable(why string) func(*job) document {
	return func(j *job) document {
		note := "no text can be made of " + typeName(j)
		if why != "" {
			note = why + "; " + note
		}
		return without(Unsupported, note)
	}
}

// startsWith is the magic of formats that begin with one of these.
func startsWith(magic ...string) func(*job) bool {
	return func(j *job) bool {
		return slices.ContainsFunc(magic, func(m string) bool { return bytes.HasPrefix(j.data, []byte(m)) })
	}
}

// isProgram knows a Windows program: "MZ" may begin a text, but the bytes
// behind it are then no zeros.
func isProgram(j *job) bool {
	const stub = 64
	return bytes.HasPrefix(j.data, []byte("\x7fELF")) ||
		(bytes.HasPrefix(j.data, []byte("MZ")) && len(j.data) >= stub && bytes.IndexByte(j.data[:stub], 0) >= 0)
}

package extract

import (
	"fmt"
	"math"
	"path"
	"slices"
	"strings"

	"mail-imap-mcp/internal/safetext"
)

const (
	// maxNameBytes is what is shown of one name, half of it from the end, where
	// the extension is; file systems allow 255 bytes.
	maxNameBytes = 1000

	// manyBlanks in a row push the end of a name out of sight.
	manyBlanks = 4
)

// entry is one file of an archive, as the archive describes it.
type entry struct {
	name      string
	size      uint64
	encrypted bool
	dir       bool
	link      string // where a symbolic link leads
}

// listing collects an archive's files; only the first are written.
type listing struct {
	kind      string
	b         strings.Builder
	files     int // all that are not directories
	listed    int
	encrypted int
	unpacked  uint64
	removed   map[string]int
	cut       bool // the archive goes on beyond what was read
}

func newListing(kind string) *listing { return &listing{kind: kind, removed: map[string]int{}} }

// add counts a file and writes it, if it is among the first.
func (l *listing) add(e entry) {
	if e.encrypted {
		l.encrypted++
	}
	remarks := remarksOn(e)
	if e.dir && len(remarks) == 0 {
		return // the files in it say its name
	}
	l.files++
	if l.unpacked += e.size; l.unpacked < e.size {
		l.unpacked = math.MaxUint64 // a directory that lies
	}
	if l.listed >= maxListed {
		return
	}
	l.listed++
	name := e.name
	if len(name) > maxNameBytes {
		name = name[:maxNameBytes/2] + "…" + name[len(name)-maxNameBytes/2:]
	}
	clean := safetext.Plain(name)
	for kind, n := range clean.Removed {
		l.removed[kind] += n
	}
	facts := append([]string{byteCount(int64(min(e.size, math.MaxInt64)))}, remarks...)
	fmt.Fprintf(&l.b, "- %s (%s)\n", safetext.Line(name), strings.Join(facts, "; "))
}

// document is the list.
func (l *listing) document() document {
	if l.files == 0 {
		return without(Empty, "the archive holds no files")
	}
	head := fmt.Sprintf("%s, %d files, %s unpacked as it says\n", l.kind, l.files, byteCount(int64(min(l.unpacked, math.MaxInt64))))
	if more := l.files - l.listed; more > 0 {
		fmt.Fprintf(&l.b, "and %d more files\n", more)
	}
	d := document{status: OK, text: head + l.b.String(), removed: l.removed}
	if l.encrypted > 0 {
		d.note = fmt.Sprintf("%d of the files need a password to be opened", l.encrypted)
	}
	if l.cut {
		d.note = sentence(d.note, "the archive is damaged, or too large when unpacked, so files may be missing from the list")
	}
	return d
}

// remarksOn are the facts about a name that is not what it seems.
func remarksOn(e entry) []string {
	var remarks []string
	if e.encrypted {
		remarks = append(remarks, "encrypted")
	}
	if e.link != "" {
		remarks = append(remarks, "a link to "+safetext.Line(e.link[:min(len(e.link), maxNameBytes)]))
	}
	if leavesFolder(e.name) {
		remarks = append(remarks, "its path leads out of the folder it is unpacked to")
	}
	if doubleExtension(e.name) {
		remarks = append(remarks, "a program with the extension of a document before its own")
	}
	if strings.Contains(e.name, strings.Repeat(" ", manyBlanks)) {
		remarks = append(remarks, "blanks hide the end of its name")
	}
	return remarks
}

// leavesFolder reports an absolute path, one with a drive, or one with "..".
func leavesFolder(name string) bool {
	name = strings.ReplaceAll(name, `\`, "/")
	drive := len(name) > 1 && name[1] == ':'
	return drive || strings.HasPrefix(name, "/") || slices.Contains(strings.Split(name, "/"), "..")
}

// programs are extensions that run when opened, on some system.
var programs = []string{
	"exe", "scr", "com", "bat", "cmd", "pif", "msi", "js", "jse", "vbs", "vbe", "wsf", "wsh", "hta", "ps1", "lnk", "cpl", "jar", "reg", "iso", "img",
	"vhd", "chm", "url", "dll", "app", "command", "sh", "desktop", "apk", "dmg", "pkg",
}

// papers are extensions that people trust.
var papers = []string{
	"pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp", "rtf", "txt", "csv", "htm", "html", "jpg", "jpeg", "png", "gif", "tif", "tiff",
	"mp3", "mp4", "mov", "zip", "eml", "ics", "vcf",
}

// doubleExtension reports "invoice.pdf.exe", also with blanks in it.
func doubleExtension(name string) bool {
	name = strings.ToLower(safetext.Line(path.Base(strings.ReplaceAll(name, `\`, "/"))))
	last := strings.LastIndexByte(name, '.')
	if last < 0 || !slices.Contains(programs, strings.TrimSpace(name[last+1:])) {
		return false
	}
	before := name[:last]
	return slices.Contains(papers, strings.TrimSpace(before[strings.LastIndexByte(before, '.')+1:]))
}

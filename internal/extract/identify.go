package extract

import (
	"fmt"
	"slices"

	"mail-imap-mcp/internal/safetext"
)

// generic types say nothing: mail programs give them to what they do not know.
var generic = []string{
	"", "application/octet-stream", "application/x-octet-stream", "binary/octet-stream", "application/binary",
	"application/download", "application/x-download", "application/force-download", "application/unknown", "application/x-unknown",
}

// identify decides what an attachment is: what is declared, by media type or
// else extension, unless the content says otherwise for certain. A note tells
// of a declaration that was wrong.
func identify(j *job) (f format, note string) {
	declared, known := declaredFormat(j)
	if content, ok := byContent(j, true); ok {
		if known && content.name != declared.name {
			note = disagreement(j, content)
		}
		return content, note
	}
	switch {
	case known && declared.magic != nil && declared.binary:
		// It has not the magic it should: is it something else, or damaged?
		if found, ok := textual(j); ok {
			return found, disagreement(j, found)
		}
		return declared, ""
	case known && !declared.binary && declared.none == "" && !looksLikeText(j):
		return unknown(), "it is declared as " + typeName(j) + " but is no text"
	case known:
		return declared, ""
	}
	if found, ok := textual(j); ok {
		return found, ""
	}
	return unknown(), ""
}

// declaredFormat is what the mail says it is.
func declaredFormat(j *job) (format, bool) {
	byName, named := byExtension(j.extension)
	declared, known := byType(j.mediaType)
	switch {
	case slices.Contains(generic, j.mediaType), !known:
		return byName, named
	case j.mediaType == "text/plain" && named && byName.refines:
		return byName, true
	}
	return declared, true
}

// textual is what kind of text it is, if it is text at all.
func textual(j *job) (format, bool) {
	if !looksLikeText(j) {
		return format{}, false
	}
	if f, ok := byContent(j, false); ok {
		return f, true
	}
	if f, ok := byExtension(j.extension); ok && !f.binary && f.none == "" {
		return f, true
	}
	return plainText(), true
}

// disagreement tells of a declaration that the content proves wrong.
func disagreement(j *job, found format) string {
	return fmt.Sprintf("it is declared as %s but is %s", typeName(j), found.name)
}

// typeName is the declared type, which the sender wrote, fit for a note.
func typeName(j *job) string {
	const maxTypeChars = 100
	name, _ := clipText(safetext.Line(j.mediaType), maxTypeChars, maxTypeChars)
	switch {
	case name != "":
		return name
	case j.extension != "":
		ext, _ := clipText(safetext.Line(j.extension), maxTypeChars, maxTypeChars)
		return "a ." + ext + " file"
	}
	return "a file of no declared type"
}

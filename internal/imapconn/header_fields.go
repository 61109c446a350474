package imapconn

import (
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
)

// plainFields is options whose names of header fields are sent as atoms. go-imap
// quotes them, as RFC 9051 §9 allows (header-fld-name is an astring), but some
// servers take the quotes for a part of the name and every header for empty
// (mailo.com: go-imap's pull request 589). go-imap writes a specifier as it is.
func plainFields(options *imap.FetchOptions) *imap.FetchOptions {
	if options == nil || !slices.ContainsFunc(options.BodySection, hasPlainFields) {
		return options
	}
	plain := *options
	plain.BodySection = slices.Clone(options.BodySection)
	for i, s := range plain.BodySection {
		if hasPlainFields(s) {
			section := *s
			section.Specifier += imap.PartSpecifier(".FIELDS (" + strings.Join(s.HeaderFields, " ") + ")")
			section.HeaderFields = nil
			plain.BodySection[i] = &section
		}
	}
	return &plain
}

// hasPlainFields reports whether a section is of header fields all of which can
// be atoms.
func hasPlainFields(s *imap.FetchItemBodySection) bool {
	return s.Specifier == imap.PartSpecifierHeader && len(s.HeaderFields) > 0 && !slices.ContainsFunc(s.HeaderFields, func(name string) bool {
		return name == "" || strings.ContainsFunc(name, func(c rune) bool {
			return c <= ' ' || c > '~' || strings.ContainsRune(`(){%*"\]`, c)
		})
	})
}

package safetext

import "strings"

// How ShortenLinks leaves links.
const (
	LinksShort = "short" // text and host
	LinksNone  = "none"  // text alone
)

// ShortenLinks takes the long addresses of web pages out of safe text: of
// [text](https://host/path?…) it leaves [text](host) or, with LinksNone, [text]; of
// an address that stands as text https://host/… or (link). Any other mode changes nothing.
//
// What is left of a text cut between two blanks begins as the whole does, so
// that offsets into it hold.
func ShortenLinks(text, mode string) string {
	if mode != LinksShort && mode != LinksNone {
		return text
	}
	var b strings.Builder
	for rest := text; ; {
		i := strings.Index(rest, "://")
		if i < 0 {
			b.WriteString(rest)
			return withoutNotes(b.String())
		}
		start := schemeStart(rest, i)
		end := i + 3 + urlLength(rest[i+3:])
		target := strings.HasSuffix(rest[:start], "](") // of a link with a text
		if close := strings.IndexByte(rest[i:end], ')'); target && close >= 0 {
			end = i + close
		} else {
			end = start + len(strings.TrimRight(rest[start:end], ".,;:!?'*_)"))
		}
		_, host := linkTarget(rest[start:end])
		if start == i || host == "" {
			b.WriteString(rest[:i+3])
			rest = rest[i+3:]
			continue
		}
		before := rest[:start]
		written := rest[start:end]
		rest = rest[end:]
		switch {
		case mode == LinksShort && target:
			written = host
		case mode == LinksShort && len(host)+len("https:///…") < len(written):
			written = "https://" + host + "/…"
		case mode == LinksShort:
		case target && strings.HasPrefix(rest, ")"):
			// What follows must not take the place of the address.
			before, written, rest = strings.TrimSuffix(before, "("), "", rest[1:]
			if strings.HasPrefix(rest, "(") || strings.HasPrefix(rest, "[") || strings.HasPrefix(rest, ":") {
				written = " "
			}
		case strings.HasSuffix(before, "]"):
			written = " (link)"
		default:
			written = "(link)"
		}
		b.WriteString(before + written)
	}
}

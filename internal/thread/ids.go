package thread

import (
	"slices"
	"strings"
	"unicode"

	"mail-imap-mcp/internal/message"
)

// threadFields are what says where in a conversation a message belongs (RFC
// 5322 §3.6.4). References is asked for on its own, for it is the long one.
var (
	identityFields   = []string{"Message-Id", "In-Reply-To"}
	referencesFields = []string{"References"}
)

// lineage is what a message says of itself and its ancestors, without angle
// brackets. All of it was written by its sender.
type lineage struct {
	id      string   // "" when it has none
	parents []string // In-Reply-To, then References from the nearest on
	chained bool     // it names what it answers, but not what came before
}

// readLineage takes the ids from a message's header sections.
func readLineage(headers []message.Header) lineage {
	var l lineage
	var parents, references []string
	for _, h := range headers {
		for _, f := range h.Fields() {
			switch strings.ToLower(f.Name) {
			case "message-id":
				if ids := parseMessageIDs(f.Value); l.id == "" && len(ids) > 0 {
					l.id = ids[0]
				}
			case "in-reply-to":
				parents = append(parents, parseMessageIDs(f.Value)...)
			case "references":
				references = append(references, parseMessageIDs(f.Value)...)
			}
		}
	}
	l.chained = len(parents) > 0 && len(references) == 0
	slices.Reverse(references)
	seen := map[string]bool{l.id: true} // a message is not its own parent
	for _, id := range slices.Concat(keepEnds(parents), keepEnds(references)) {
		if !seen[id] {
			seen[id] = true
			l.parents = append(l.parents, id)
		}
	}
	return l
}

// keepEnds leaves out the middle of a list of references, nearest first, that
// is too long to be looked at.
func keepEnds(ids []string) []string {
	if len(ids) <= maxReferences {
		return ids
	}
	return slices.Concat(ids[:maxReferences-maxFirstReference], ids[len(ids)-maxFirstReference:])
}

// parseMessageIDs reads a Message-ID, In-Reply-To or References field as it
// came. What stands between angle brackets counts, whatever is between the ids:
// blanks, commas, comments, phrases (RFC 5322 §4.5.4: obsolete forms, still
// sent). Blanks within an id come from folding at the wrong place. Only in a
// field without any bracket do bare words with an @ count.
func parseMessageIDs(field string) []string {
	if strings.Contains(field, "=?") {
		// An encoded word has no place here (RFC 2047 §5), and is sent.
		field = message.DecodeHeaderText(field)
	}
	var ids []string
	add := func(id string) {
		id = strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) {
				return -1
			}
			return r
		}, id)
		if id != "" && len(id) <= maxThreadIDBytes && strings.IndexFunc(id, unicode.IsControl) < 0 {
			ids = append(ids, id)
		}
	}
	if !strings.Contains(field, "<") {
		for _, word := range strings.FieldsFunc(field, func(r rune) bool { return unicode.IsSpace(r) || r == ',' || r == ';' }) {
			if word = strings.Trim(word, "<>\"'()"); strings.Contains(word, "@") {
				add(word)
			}
		}
		return ids
	}
	for rest := field; ; {
		_, after, found := strings.Cut(rest, "<")
		if !found {
			return ids
		}
		end := strings.IndexAny(after, "<>")
		switch {
		case end >= 0 && after[end] == '>':
			add(after[:end])
			rest = after[end+1:]
			continue
		case end < 0:
			end = len(after)
		}
		// No bracket closes it: it is as long as it has no blank.
		if words := strings.FieldsFunc(after[:end], func(r rune) bool { return unicode.IsSpace(r) || r == ',' }); len(words) > 0 {
			add(words[0])
		}
		rest = after[end:]
	}
}

package mailtest

import (
	"slices"
	"strings"
	"time"
	"unicode"
)

// pacific is where Gmail's days begin, in search as in its API's guide.
var pacific = time.FixedZone("PST", -8*60*60)

// term is one term of Gmail's search language.
type term struct {
	operator string // lower case; empty: words
	value    string
	not      bool
}

// gmailRaw reads a query of Gmail's search language: words, "phrases", -not,
// OR between two terms, and the operators of matchTerm; others are words.
// Words match whole, unlike in SEARCH. Trash and Spam are left out unless the
// query names them.
func (k *keys) gmailRaw(query string) test {
	var groups [][]term // each has to have a term that matches
	or := false
	everywhere := false
	for _, t := range terms(query) {
		if t.operator == "" && t.value == "OR" && len(groups) > 0 {
			or = true
			continue
		}
		everywhere = everywhere || t.operator == "in" && slices.Contains([]string{"anywhere", "trash", "spam"}, strings.ToLower(t.value))
		if or {
			groups[len(groups)-1] = append(groups[len(groups)-1], t)
		} else {
			groups = append(groups, []term{t})
		}
		or = false
	}
	return func(h hit) bool {
		if isBin(k.open.name) && !everywhere {
			return false
		}
		for _, group := range groups {
			any := false
			for _, t := range group {
				any = any || k.matchTerm(h, t) != t.not
			}
			if !any {
				return false
			}
		}
		return true
	}
}

// terms splits a query. A quoted phrase is one value, also behind an operator.
func terms(query string) (list []term) {
	for query = strings.TrimSpace(query); query != ""; query = strings.TrimSpace(query) {
		var t term
		query, t.not = strings.CutPrefix(query, "-")
		end := strings.IndexAny(query, ` "`)
		if end < 0 {
			end = len(query)
		}
		t.value, query = query[:end], query[end:]
		if strings.HasPrefix(query, `"`) {
			phrase, rest, _ := strings.Cut(query[1:], `"`)
			t.value, query = t.value+phrase, rest
		}
		if operator, value, ok := strings.Cut(t.value, ":"); ok && value != "" {
			t.operator, t.value = strings.ToLower(operator), value
		}
		list = append(list, t)
	}
	return list
}

func (k *keys) matchTerm(h hit, t term) bool {
	value := strings.ToLower(t.value)
	header := h.header()
	field := func(names ...string) bool {
		for _, name := range names {
			if hasWords(decodeHeader(header.Get(name)), value) {
				return true
			}
		}
		return false
	}
	switch t.operator {
	case "from", "cc", "bcc", "subject":
		return field(t.operator)
	case "to":
		return field("To", "Cc", "Bcc")
	case "rfc822msgid":
		return strings.EqualFold(strings.Trim(header.Get("Message-Id"), "<> "), strings.Trim(value, "<>"))
	case "has":
		return value == "attachment" && strings.Contains(strings.ToLower(string(h.raw())), "\ncontent-disposition: attachment")
	case "after", "newer", "before", "older":
		day, ok := rawDay(value)
		return ok && h.arrived.Before(day) == (t.operator == "before" || t.operator == "older")
	case "newer_than", "older_than":
		units := map[byte]int{'d': 1, 'm': 30, 'y': 365}
		days := atoi(value[:len(value)-1]) * units[value[len(value)-1]]
		return h.arrived.Before(k.o.Now().AddDate(0, 0, -days)) == (t.operator == "older_than")
	case "larger", "smaller":
		return (len(h.raw()) > atoi(value)) == (t.operator == "larger")
	case "label":
		for _, b := range k.letters.boxes { // blanks may be written as hyphens
			if strings.EqualFold(strings.NewReplacer(" ", "-", "/", "-").Replace(b.name), strings.NewReplacer(" ", "-", "/", "-").Replace(value)) {
				return b.holds(h.letter)
			}
		}
		return k.letters.find(placeOf[value]).holds(h.letter)
	case "in", "is":
		switch {
		case value == "anywhere":
			return true
		case value == "unread":
			return !h.hasFlag(`\Seen`)
		case flagOf[value] != "":
			return h.hasFlag(flagOf[value])
		}
		return k.letters.find(placeOf[value]).holds(h.letter)
	case "":
		headers, bodies := textsOf(h.letter)
		return hasWords(headers+"\n"+bodies, value)
	}
	headers, bodies := textsOf(h.letter)
	return hasWords(headers+"\n"+bodies, t.operator+" "+value)
}

// rawDay reads 2026/01/31, 2026-1-31 or seconds since 1970.
func rawDay(value string) (time.Time, bool) {
	if day, err := time.ParseInLocation("2006/1/2", strings.ReplaceAll(value, "-", "/"), pacific); err == nil {
		return day, true
	}
	return time.Unix(int64(atoi(value)), 0), atoi(value) > 0
}

// hasWords reports whether the words of want follow each other in the text, whole.
func hasWords(text, want string) bool {
	split := func(s string) string {
		return " " + strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsNumber(r) && r != '_'
		}), " ") + " "
	}
	return strings.Contains(split(text), split(want))
}

package mailtest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2/imapserver"
)

// esearch writes the answer of RFC 4731 §3.1, with PARTIAL (RFC 9394 §3.1, and
// RFC 5267 §4.4 for SORT). Hits are in the order asked for.
func (t *talk) esearch(tag string, byUID bool, returns []word, hits []hit, byModseq bool) string {
	asked := joinWords(returns)
	if asked == "" {
		asked = "ALL"
	}
	if strings.Contains(asked, "ALL") && strings.Contains(asked, "PARTIAL") {
		return "BAD Either ALL or PARTIAL"
	}
	list := make([]uint32, len(hits))
	for i, h := range hits {
		list[i] = h.number(byUID)
	}
	said := fmt.Sprintf("* ESEARCH (TAG %q)", tag)
	if byUID {
		said += " UID"
	}
	options := strings.Fields(asked)
	for i := 0; i < len(options); i++ {
		switch o := options[i]; {
		case o == "COUNT":
			said += fmt.Sprint(" COUNT ", len(list))
		case o == "PARTIAL" && t.has("PARTIAL") && i+1 < len(options):
			i++
			from, to, ok := partialOf(options[i], len(list))
			if !ok {
				return "BAD Not a range of results"
			}
			set := "NIL"
			if from < to {
				set = numbers(list[from:to])
			}
			said += fmt.Sprintf(" PARTIAL (%s %s)", options[i], set)
		case o == "PARTIAL" || o != "MIN" && o != "MAX" && o != "ALL":
			return "BAD Unknown return option"
		case len(list) == 0: // nothing is said of no result
		case o == "MIN":
			said += fmt.Sprint(" MIN ", slices.Min(list))
		case o == "MAX":
			said += fmt.Sprint(" MAX ", slices.Max(list))
		default:
			said += " ALL " + numbers(list)
		}
	}
	if byModseq && len(hits) > 0 {
		said += fmt.Sprint(" MODSEQ ", highestOf(hits))
	}
	t.say("%s", said)
	return ""
}

// sort is RFC 5256 §3. The subject is compared without Re: and Fwd: only.
func (t *talk) sort(tag string, byUID bool, words []word) string {
	at := 0
	if len(words) > 1 && strings.EqualFold(words[0].text, "RETURN") {
		at = 2
	}
	if len(words) < at+3 || words[at].kind != '(' {
		return "BAD Could not parse command"
	}
	type criterion struct {
		key     string
		reverse bool
	}
	var criteria []criterion
	reverse := false
	for _, w := range words[at].list {
		name := strings.ToUpper(w.text)
		if name == "REVERSE" {
			reverse = true
			continue
		}
		if !slices.Contains([]string{"ARRIVAL", "CC", "DATE", "FROM", "SIZE", "SUBJECT", "TO"}, name) {
			return "BAD Unknown sort key"
		}
		criteria = append(criteria, criterion{name, reverse})
		reverse = false
	}
	return t.search(tag, byUID, func(hits []hit) {
		sorted := map[uint32]map[string]string{}
		for _, h := range hits {
			sorted[h.uid] = map[string]string{}
			for _, c := range criteria {
				sorted[h.uid][c.key] = sortValue(h, c.key)
			}
		}
		slices.SortStableFunc(hits, func(a, b hit) int {
			for _, c := range criteria {
				d := strings.Compare(sorted[a.uid][c.key], sorted[b.uid][c.key])
				if c.reverse {
					d = -d
				}
				if d != 0 {
					return d
				}
			}
			return 0
		})
	}, words)
}

func sortValue(h hit, key string) string {
	switch key {
	case "ARRIVAL":
		return fmt.Sprintf("%020d", h.arrived.Unix())
	case "SIZE":
		return fmt.Sprintf("%020d", len(h.raw()))
	}
	e := imapserver.ExtractEnvelope(h.header())
	switch key {
	case "DATE":
		if e.Date.IsZero() {
			return fmt.Sprintf("%020d", h.arrived.Unix())
		}
		return fmt.Sprintf("%020d", e.Date.Unix())
	case "SUBJECT":
		s := strings.ToLower(strings.TrimSpace(e.Subject))
		for strings.HasPrefix(s, "re:") || strings.HasPrefix(s, "fwd:") || strings.HasPrefix(s, "fw:") {
			_, s, _ = strings.Cut(s, ":")
			s = strings.TrimSpace(s)
		}
		return s
	}
	list := e.From
	switch key {
	case "TO":
		list = e.To
	case "CC":
		list = e.Cc
	}
	if len(list) == 0 {
		return ""
	}
	return strings.ToLower(list[0].Mailbox) // RFC 5256 §3: the mailbox of the first address
}

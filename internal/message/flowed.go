package message

import "strings"

// unfold joins flowed lines (RFC 3676 §4): a line that ends in a blank goes on
// in the next of the same quote depth; a leading blank is stuffing.
func unfold(text string, delSp bool) string {
	var b strings.Builder
	flowing, depth := false, 0
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		quotes := len(line) - len(strings.TrimLeft(line, ">"))
		rest := strings.TrimPrefix(line[quotes:], " ")
		if flowing && (quotes != depth || rest == "-- ") {
			b.WriteByte('\n')
			flowing = false
		}
		if !flowing && quotes > 0 {
			b.WriteString(strings.Repeat(">", quotes) + " ")
		}
		depth = quotes
		// "-- " is the signature's separator, not a flowed line (§4.3).
		if flowing = strings.HasSuffix(rest, " ") && rest != "-- "; flowing {
			if delSp {
				rest = strings.TrimSuffix(rest, " ")
			}
			b.WriteString(rest)
			continue
		}
		b.WriteString(rest)
		b.WriteByte('\n')
	}
	return b.String()
}

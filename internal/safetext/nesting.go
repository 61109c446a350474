package safetext

import "strings"

// style reads the block of a style rule: declarations, and rules nested in it
// (CSS Nesting §2).
func (s *sheet) style(prelude, block string, depth int, unsure bool) {
	nests := strings.Contains(block, "{")
	if s.unread = s.unread || nests && (depth >= maxBlocks || len(prelude) > maxOuter); !nests || s.unread {
		s.add(prelude, block, unsure)
		return
	}
	var own strings.Builder
	for rest := block; rest != "" && s.rules < maxRules; {
		open := declarationEnd(rest)
		if open == len(rest) || rest[open] == ';' {
			own.WriteString(rest[:open] + ";")
			rest = rest[min(open+1, len(rest)):]
			continue
		}
		inner := strings.TrimSpace(rest[:open])
		end := blockEnd(rest, open)
		body := rest[open+1 : max(end, open+1)]
		rest = rest[min(end+1, len(rest)):]
		if strings.HasPrefix(inner, "@") {
			if holds := groupHolds(inner); holds != no { // @layer inside a rule is read as if it were none
				s.style(prelude, body, depth+1, unsure || holds == maybe)
			}
			continue
		}
		if selectors := nested(prelude, inner); len(selectors) <= maxValue {
			s.style(selectors, body, depth+1, unsure)
		} else {
			s.unread = true
		}
	}
	s.add(prelude, own.String(), unsure)
}

// declarationEnd is where the declaration at the start of s ends, or the block
// of a nested rule begins.
func declarationEnd(s string) int {
	start := strings.TrimLeft(s, " \t\r\n\f"+commentMark)
	custom := strings.HasPrefix(start, "--") // its value may have braces
	depth := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '(' || c == '[' || c == '{' && custom:
			depth++
		case (c == ')' || c == ']' || c == '}') && depth > 0:
			depth--
		case depth == 0 && (c == ';' || c == '{'):
			return i
		}
	}
	return len(s)
}

// nested is a selector list inside a rule for outer.
func nested(outer, inner string) string {
	var list []string
	for inner != "" && len(list) < maxCompounds {
		var one string
		one, inner = cutOutside(inner, ',')
		if !strings.Contains(one, "&") {
			one = "& " + one
		}
		list = append(list, strings.ReplaceAll(one, "&", ":is("+outer+")"))
	}
	return strings.Join(list, ",")
}

package answer

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// This file knows what models were trained to take for the beginning of another
// speaker's words or of a tool call: chat markup in angle brackets or square
// ones, tags of tool calls, speakers at the start of a line, and the keys of a
// call in JSON. Upper and lower case are one. It is code and no regular
// expression, for every text of every answer goes through it.

// tagWords begin the name of a tag. An address in angle brackets is none,
// whatever its first letters: no address ends a name as tagEnd has it.
var tagWords = []string{
	"tool", "function", "invoke", "parameter", "system", "sys", "assistant", "human", "user", "developer", "model", "instruction",
	"im_start", "im_end", "start_of", "end_of", "bos", "eos", "think", "thought", "scratchpad", "observation", "python_tag", "context", "document", "search_result",
}

// boxWords are whole names in square brackets.
var boxWords = []string{
	"inst", "sys", "system", "assistant", "human", "developer", "tool", "tool_call", "tool_calls", "available_tools", "tool_result", "tool_results",
	"tool_content", "system_prompt",
}

// speakers begin a line; headings do behind a # only.
var (
	speakers = []string{"system", "assistant", "human", "user", "developer", "tool", "model", "action input", "observation"}
	headings = []string{"instruction", "response", "input"}
)

// callKeys are keys of a tool call in JSON, in which case counts.
var callKeys = []string{
	"tool_call", "tool_calls", "tool_use", "tool_name", "tool_input", "function_call", "function", "arguments", "parameters", "recipient_name",
}

// longestWord is longer than any of these words.
const longestWord = 24

// withoutChatTags takes the bracket off "<tool_call>", "</ system", "<|im_start".
func withoutChatTags(s string) string { return replaceSigns(s, '<', "＜", "‹", chatTag) }

// withoutChatBoxes takes it off "[INST]" and "[/SYS]".
func withoutChatBoxes(s string) string { return replaceSigns(s, '[', "［", "(", chatBox) }

// nextSign finds the next sign, narrow or wide, and its size; -1 for none.
func nextSign(s string, narrow byte, wide string) (at, size int) {
	for i := range len(s) {
		switch {
		case s[i] == narrow:
			return i, 1
		case s[i] == wide[0] && strings.HasPrefix(s[i:], wide):
			return i, len(wide)
		}
	}
	return -1, 0
}

// replaceSigns puts instead in the place of each sign, narrow or wide, that match
// knows by what is behind it, and goes on behind that.
func replaceSigns(s string, narrow byte, wide, instead string, match func(string) int) string {
	var b strings.Builder
	done, at := 0, 0
	for {
		i, width := nextSign(s[at:], narrow, wide)
		if i < 0 {
			break
		}
		i += at
		at = i + width
		if size := match(s[at:]); size > 0 {
			b.WriteString(s[done:i])
			b.WriteString(instead)
			done = i + width
			at += size
		}
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

// chatTag is the size of what makes a chat tag of a bracket before s, 0 for
// nothing: a bar, a short s, or a name that begins with one of tagWords.
func chatTag(s string) int {
	if r, width := utf8.DecodeRuneInString(s); r == '|' || r == '｜' {
		return width
	}
	at := size(s, "/")
	name := at
	for name < len(s) && strings.IndexByte(" \t\n\f\r", s[name]) >= 0 {
		name++
	}
	for _, space := range []string{"antml:", "anthropic:"} {
		if n := foldedPrefix(s[name:], space); n > 0 {
			name += n
			break
		}
	}
	if word, n := foldedWord(s[name:], true); slices.ContainsFunc(tagWords, func(w string) bool { return strings.HasPrefix(word, w) }) {
		end, width := utf8.DecodeRuneInString(s[name+n:])
		if width == 0 || strings.ContainsRune(" \t\n\f\r<>＞/=:|\"'[", end) {
			return name + n + width
		}
	}
	if n := foldedPrefix(s[at:], "s"); n > 0 {
		if end, width := utf8.DecodeRuneInString(s[at+n:]); end == '>' || end == '＞' {
			return at + n + width
		}
	}
	return 0
}

// chatBox is the size of one of boxWords and its closing bracket.
func chatBox(s string) int {
	at := size(s, "/")
	word, n := foldedWord(s[at:], false)
	at += n
	if end, width := utf8.DecodeRuneInString(s[at:]); (end == ']' || end == '］') && slices.Contains(boxWords, word) {
		return at + width
	}
	return 0
}

// withoutCallKeys puts plain quotes around the keys of a tool call.
func withoutCallKeys(s string) string {
	var b strings.Builder
	done, at := 0, 0
	for {
		i, width := nextSign(s[at:], '"', "＂")
		if i < 0 {
			break
		}
		i += at
		at = i + width
		key, size := callKey(s[at:])
		if size == 0 {
			continue
		}
		b.WriteString(s[done:i] + "'" + key + "'")
		at += size
		done = at
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

// callKey is one of callKeys with a quote behind it and then a colon, and the
// size of key and quote.
func callKey(s string) (key string, size int) {
	n := 0
	for n < len(s) && n < longestWord && (s[n] >= 'a' && s[n] <= 'z' || s[n] == '_') {
		n++
	}
	quote, width := utf8.DecodeRuneInString(s[n:])
	if quote != '"' && quote != '＂' || !slices.Contains(callKeys, s[:n]) {
		return "", 0
	}
	rest := strings.TrimLeft(s[n+width:], " \t\n\f\r")
	if strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, "：") {
		return s[:n], n + width
	}
	return "", 0
}

// withoutSpeakers takes the colon from lines that begin like another speaker's.
func withoutSpeakers(s string) string {
	if !strings.Contains(s, ":") && !strings.Contains(s, "：") {
		return s
	}
	var b strings.Builder
	done := 0
	for at := 0; at < len(s); {
		if colon := speakerColon(s[at:]); colon >= 0 {
			_, width := utf8.DecodeRuneInString(s[at+colon:])
			b.WriteString(s[done:at+colon] + " -")
			done = at + colon + width
			at = done
		}
		next := strings.IndexByte(s[at:], '\n')
		if next < 0 {
			break
		}
		at += next + 1
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

// speakerColon is where the colon is behind the speaker that s begins with, -1
// when it begins with none.
func speakerColon(s string) int {
	rest := strings.TrimLeft(s, " \t>*#_\\")
	before := s[:len(s)-len(rest)]
	size := foldedAny(rest, speakers)
	if size == 0 && strings.HasSuffix(strings.TrimRight(before, " "), "#") {
		size = foldedAny(rest, headings)
	}
	if size == 0 {
		return -1
	}
	rest = strings.TrimLeft(rest[size:], " \t*_\\")
	if strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, "：") {
		return len(s) - len(rest)
	}
	return -1
}

// size is how many bytes prefix takes at the beginning of s.
func size(s, prefix string) int {
	if strings.HasPrefix(s, prefix) {
		return len(prefix)
	}
	return 0
}

// lower is the letter that r is where case does not count: ſ is an s, and K of
// Kelvin a k.
func lower(r rune) rune {
	switch {
	case r >= 'A' && r <= 'Z':
		return r | 0x20
	case r == 'ſ':
		return 's'
	case r == '\u212a':
		return 'k'
	}
	return r
}

// foldedPrefix is how many bytes of s the word takes at its beginning, 0 for
// another.
func foldedPrefix(s, word string) int {
	at := 0
	for _, c := range word {
		r, width := utf8.DecodeRuneInString(s[at:])
		if lower(r) != c {
			return 0
		}
		at += width
	}
	return at
}

func foldedAny(s string, words []string) int {
	for _, w := range words {
		if n := foldedPrefix(s, w); n > 0 {
			return n
		}
	}
	return 0
}

// foldedWord is the beginning of the name that s begins with, in lower case, and
// the size of the whole: letters and underscores, also hyphens where those count.
func foldedWord(s string, hyphens bool) (word string, size int) {
	var letters [longestWord]byte
	n := 0
	for size < len(s) {
		r, width := utf8.DecodeRuneInString(s[size:])
		r = lower(r)
		if (r < 'a' || r > 'z') && r != '_' && (r != '-' || !hyphens) {
			break
		}
		if n < len(letters) {
			letters[n] = byte(r)
			n++
		}
		size += width
	}
	return string(letters[:n]), size
}

package safety

import (
	"strings"
	"unicode/utf8"
)

// The marks below are looked for as they are, in any case, and through the
// backslashes by which Markdown escapes them.

// chatMarks stand between the turns of a model's dialogue, or at the head of
// its instructions.
var chatMarks = []string{
	"<|im_start|>", "<|im_end|>", "<|system|>", "<|user|>", "<|assistant|>", "<|endoftext|>", "<|start_header_id|>", "<|eot_id|>",
	"<|begin_of_text|>", "<start_of_turn>", "<end_of_turn>", "<<sys>>", "<system>", "</system>", "<system_prompt>", "</system_prompt>", "<system-reminder>",
	"[inst]", "[/inst]", "[system]", "[system prompt]", "[system message]", "### system", "### instruction", "### assistant", "### human", "### user:",
	"#system:", "{{#system", "### new instructions",
}

// callMarks begin what a model writes to call a tool, or what it is told a tool
// answered.
var callMarks = []string{
	"<tool_call>", "</tool_call>", "<tool_calls>", "<function_call>", "<function_calls>", "</function_calls>", "<tool_use>", "<tool_result>", "<function_results>", "<invoke name=", "<tool_code>",
	"<|tool_call", "<|python_tag|>", "[tool_calls]", "[tool_call]", "{\"tool_calls\"", "\"tool_calls\":", "\"function_call\":", "{\"tool\":", "{\"function\":", "```tool_code", "```tool_call",
	"<antml", "<use_mcp_tool>", "<mcp",
}

const (
	saysChat  = "The text imitates the marks between the turns of an AI's dialogue."
	saysCall  = "The text imitates a tool call."
	saysTool  = "The text names a tool of this server."
	saysLines = "The text imitates the lines of a dialogue with an AI."
)

// maxMarks is how many marks of one text are reported.
const maxMarks = 2 * maxPerKind

// markers finds imitated marks.
func markers(text string) []finding {
	text = text[:min(len(text), maxFolded)]
	var out []finding
	n, at := 0, 0 // characters and bytes counted
	report := func(kind, message string, i, j int) {
		n += utf8.RuneCountInString(text[at:i])
		at = i
		out = append(out, finding{kind, message, false, n, n + utf8.RuneCountInString(text[i:j])})
	}
	for i := 0; i < len(text) && len(out) < maxMarks; i++ {
		switch c := text[i]; c {
		case '<', '[', '#', '{', '"', '`':
			if j := anyMark(text, i, chatMarks); j > 0 {
				report(KindChatMarkers, saysChat, i, j)
				i = j - 1
			} else if j := anyMark(text, i, callMarks); j > 0 {
				report(KindToolCall, saysCall, i, j)
				i = j - 1
			} else if c == '{' {
				if j := callObject(text, i); j > 0 {
					report(KindToolCall, saysCall, i, j)
					i = j - 1
				}
			}
		case 'i', 'I':
			if i > 0 && isBase64(text[i-1]) {
				continue
			}
			if j := toolName(text, i); j > 0 {
				report(KindToolCall, saysTool, i, j)
				i = j - 1
			}
		case 's', 'S', 'a', 'A', 'l', 'L':
			if j := roleLine(text, i); j > 0 {
				report(KindChatMarkers, saysLines, i, j)
				i = j - 1
			}
		}
	}
	return out
}

// anyMark is the end of the mark that stands at i, 0 for none.
func anyMark(text string, i int, marks []string) int {
	for _, m := range marks {
		if j := markAt(text, i, m); j > 0 {
			return j
		}
	}
	return 0
}

// markAt compares from i, without case and backslashes, blanks as one.
func markAt(text string, i int, mark string) int {
	limit := min(len(text), i+3*len(mark))
	for k := 0; k < len(mark); {
		if i >= limit {
			return 0
		}
		c := text[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		switch {
		case c == mark[k]:
			k++
		case c == '\\':
		case c == ' ' && k > 0 && mark[k-1] != ' ':
			if i+1 < len(text) && text[i+1] == ' ' {
				return 0 // one blank may stand anywhere
			}
		default:
			return 0
		}
		i++
	}
	return i
}

// callReach is how far behind its name, in bytes, a call has its arguments.
const callReach = 300

// callObject recognises {"name": …, "arguments": …} in its usual spellings.
func callObject(text string, i int) int {
	rest := strings.ToLower(strings.ReplaceAll(text[i:min(len(text), i+callReach)], `\`, ""))
	head := strings.Join(strings.Fields(rest[:min(len(rest), 40)]), "")
	if !strings.HasPrefix(head, `{"name":"`) && !strings.HasPrefix(head, `{"type":"tool_use"`) && !strings.HasPrefix(head, `{"recipient_name":"`) {
		return 0
	}
	for _, key := range []string{`"arguments"`, `"parameters"`, `"input"`} {
		if strings.Contains(rest, key) {
			end := min(len(text), i+callReach/2)
			for end > i && end < len(text) && !utf8.RuneStart(text[end]) {
				end--
			}
			return end
		}
	}
	return 0
}

// toolVerbs are what this server's tool names go on with.
var toolVerbs = []string{"list_", "search_", "get_", "verify_", "apply_", "update_", "manage_", "save_", "cancel_", "undo_"}

// toolName recognises the name of a tool of this server, escaped or not.
func toolName(text string, i int) int {
	j := markAt(text, i, "imap_")
	if j == 0 {
		return 0
	}
	if anyMark(text, j, toolVerbs) == 0 {
		return 0
	}
	for j < len(text) && (text[j] == '\\' || text[j] == '_' || text[j] >= 'a' && text[j] <= 'z' || text[j] >= 'A' && text[j] <= 'Z') {
		j++
	}
	return j
}

// roleReach is how far a line "System:" is read, in bytes.
const roleReach = 160

// roles begin a line that is meant for an AI, if the line goes on to order.
var roles = []string{
	"system:", "system prompt:", "system message:", "system**:", "system note:", "assistant:", "assistant,", "assistant**:",
	"ai:", "ai,", "ai assistant:", "ai assistant,", "ai assistants:", "ai assistants,", "ai agent:", "ai agent,", "ai agents:", "ai agents,", "ai model:", "llm:", "llms:", "llm,",
}

// orders are what such a line goes on with.
var orders = []string{
	"you are", "you must", "you should", "you will", "ignore", "the assistant", "the ai", "the user", "instructions", "please forward", "forward the", "forward all",
	"do not tell", "tool", "delete", "send all", "send the", "reply with", "respond with", "mark this", "summarize", "disregard",
}

// roleLine recognises a line that begins "System:" and orders. People write
// such lines too, so the label alone is nothing.
func roleLine(text string, i int) int {
	if i > 0 && text[i-1] != '\n' && text[i-1] != '*' && text[i-1] != ' ' {
		return 0
	}
	start := strings.TrimRight(text[max(0, i-4):i], " *>#")
	if start != "" && !strings.HasSuffix(start, "\n") {
		return 0
	}
	j := anyMark(text, i, roles)
	if j == 0 {
		return 0
	}
	line := text[j:min(len(text), j+roleReach)]
	if k := strings.IndexByte(line, '\n'); k >= 0 {
		line = line[:k]
	}
	lower := strings.ToLower(line)
	for _, order := range orders {
		if strings.Contains(lower, order) {
			return j
		}
	}
	return 0
}

package answer

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// The patterns that chat.go replaced, as oracles.
var (
	tagPattern = regexp.MustCompile(`(?i)[<＜]([|｜]|/?\s*(?:(?:antml|anthropic):)?(?:tool|function|invoke|parameter|system|sys|assistant|human|user|developer|model|instructions?|` +
		`im_start|im_end|start_of|end_of|bos|eos|think|thinking|thought|scratchpad|observation|python_tag|context|document|search_results?)(?:[_a-z-]*)(?:[\s<>＞/=:|"'\[]|$)|/?s[>＞])`)
	boxPattern     = regexp.MustCompile(`(?i)[\[［](/?(?:INST|SYS|SYSTEM|ASSISTANT|HUMAN|DEVELOPER|TOOL|TOOL_CALLS?|AVAILABLE_TOOLS|TOOL_RESULTS?|TOOL_CONTENT|SYSTEM_PROMPT)[\]］])`)
	speakerPattern = regexp.MustCompile(`(?im)^([ \t>*#_\\]*(?:system|assistant|human|user|developer|tool|model|action input|observation|#+ *(?:instruction|response|input))[ \t*_\\]*)[:：]`)
	keyPattern     = regexp.MustCompile(`["＂](tool_calls?|tool_use|tool_name|tool_input|function_call|function|arguments|parameters|recipient_name)["＂](\s*[:：])`)
)

func checkChat(t *testing.T, s string) {
	t.Helper()
	for _, c := range []struct {
		what, got, want string
	}{
		{"tags", withoutChatTags(s), tagPattern.ReplaceAllString(s, "‹$1")},
		{"boxes", withoutChatBoxes(s), boxPattern.ReplaceAllString(s, "($1")},
		{"speakers", withoutSpeakers(s), speakerPattern.ReplaceAllString(s, "$1 -")},
		{"keys", withoutCallKeys(s), keyPattern.ReplaceAllString(s, "'$1'$2")},
	} {
		if c.got != c.want {
			t.Fatalf("%s of %q:\n got %q\nwant %q", c.what, s, c.got, c.want)
		}
	}
}

var chatTexts = []string{
	"", "plain words", "<|im_start|>", "＜｜x", "<s>", "</ſ＞", "<tool_call>", "< \n/tool>", "</ \t tool-x_y=", "<invoke name", "<Anthropic:function_calls>", "<x>", "<",
	"<system@example.org>", "<user", "<users", "<user1>", "<tool<tool<tool", "<<|", "<thinking", "<instructions>", "<search_results[", "<tool\xff", "<to", "<", "＜",
	"[INST]", "[/inst］", "［TOOL_CALLS]", "[TOOLS]", "[SYS", "[[SYSTEM]", "[system_prompt]]", "[TOOL-CALL]", "[", "[ſyſ]",
	"System: x", "> **Assistant** : y", "### Instruction:\nz", "# \tInput:", "#input:", "input:", "##  Response：", "userx:", "user", "x user:", "\nuser:\nhuman：\n", "ACTION INPUT:", "tool\\*_:", "\r\nuser:", "user:user:",
	`"tool_calls":`, `""function" : {`, "＂arguments＂\n：", `"Function":`, `"function"x`, `"parameters"`, `"parameters" `, `"tool_call":"tool_use":`, `"`,
}

func TestChat_DefusesWhatThePatternsDid(t *testing.T) {
	for _, s := range chatTexts {
		checkChat(t, s)
	}
	random := rand.New(rand.NewPCG(1, 2))
	pieces := []string{
		"<", "</", "＜", ">", "＞", "[", "［", "]", "］", "/", "|", "\"", "＂", ":", "：", "\n", " ", "\t", "#", "# ", "*", "_", "-", "\\", "=", "x", "S", "ſ", "\u212a", "é", "\xff", "antml:", "ANTHROPIC:",
	}
	for _, list := range [][]string{tagWords, boxWords, speakers, headings, callKeys} {
		pieces = append(pieces, list...)
		pieces = append(pieces, strings.ToUpper(list[0]), strings.ReplaceAll(list[0], "s", "ſ"))
	}
	for range 20_000 {
		var b strings.Builder
		for range random.IntN(12) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		checkChat(t, b.String())
	}
}

func FuzzChat(f *testing.F) {
	for _, s := range chatTexts {
		f.Add(s)
	}
	f.Fuzz(checkChat)
}

// Package servers_test plays dialogues that clients have had with real mail
// servers, and checks what a user is told. Each testdata/*.imap is one; its
// first line says what the server does and who reported it, and
// internal/mailtest/script.go what the other lines mean.
package servers_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"go.uber.org/goleak"

	"mail-imap-mcp/internal/app"
	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/extract"
	"mail-imap-mcp/internal/mailtest"
)

// patience is what a call may take in any case.
const patience = 25 * time.Second

func TestMain(m *testing.M) {
	extract.RunIfChild()
	goleak.VerifyTestMain(m)
}

func TestServers_TheAnswerSaysWhatIsThere(t *testing.T) {
	files, err := filepath.Glob("testdata/*.imap")
	if err != nil || len(files) == 0 {
		t.Fatalf("no dialogues: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".imap"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			script, err := mailtest.ParseScript(string(text))
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			play(t, script)
		})
	}
}

func play(t *testing.T, script *mailtest.Script) {
	server := mailtest.NewScriptServer(t, script)
	session := connect(t, server, script)
	for _, call := range script.Calls {
		if call.Tool == "sleep" {
			var of struct{ S float64 }
			if err := json.Unmarshal(call.Arguments, &of); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Duration(of.S * float64(time.Second)))
			continue
		}
		got := ask(t, session, call)
		got.root["sent"] = strings.Join(server.Commands(), "\n")
		told := false
		complain := func(format string, args ...any) {
			if !told {
				told = true
				t.Logf("%s\n%s %s\n%s", script.About, call.Tool, call.Arguments, got.text)
			}
			t.Errorf(format, args...)
		}
		for _, rule := range call.Right {
			value, holds, err := got.check(rule)
			if err != nil {
				t.Fatalf("right: %s: %v", rule, err)
			}
			if !holds {
				complain("right: %s\n  it is %s", rule, value)
			}
		}
		for _, wrong := range call.Wrong {
			if regexp.MustCompile("(?s)" + wrong).MatchString(got.text) {
				complain("wrong: %s", wrong)
			}
		}
	}
}

// connect gives a client of a product that is told of nothing but this server.
func connect(t *testing.T, server *mailtest.ScriptServer, script *mailtest.Script) *mcp.ClientSession {
	t.Helper()
	vars := map[string]string{
		"MAIL_IMAP_DEFAULT_HOST": "127.0.0.1", "MAIL_IMAP_DEFAULT_PORT": strconv.Itoa(server.Port()), "MAIL_IMAP_DEFAULT_TLS": "none",
		"MAIL_IMAP_DEFAULT_USER": "u@example.test", "MAIL_IMAP_DEFAULT_PASS": "secret-1",
		"MAIL_IMAP_RATE_READS": "off", "MAIL_IMAP_RATE_WRITES": "off", "MAIL_IMAP_ANSWERS": "json",
		"MAIL_IMAP_SOCKET_TIMEOUT_MS": "8000", "MAIL_IMAP_CONNECT_TIMEOUT_MS": "4000", "MAIL_IMAP_GREETING_TIMEOUT_MS": "4000",
	}
	if script.Write {
		vars["MAIL_IMAP_WRITE_ENABLED"] = "true"
	}
	var environ []string
	for name, value := range vars {
		if _, ok := script.Env[name]; !ok {
			environ = append(environ, name+"="+value)
		}
	}
	for name, value := range script.Env {
		environ = append(environ, name+"="+value)
	}
	cfg, err := config.Load(config.Source{Environ: environ})
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	near, far := mcp.NewInMemoryTransports()
	serving, err := a.Server.Connect(t.Context(), far, nil)
	if err != nil {
		t.Fatal(err)
	}
	session, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), near, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = session.Close()
		_ = serving.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = a.Close(ctx)
	})
	return session
}

// answer is what a tool said.
type answer struct {
	root map[string]any // summary, data, meta or error; seconds; sent: the commands so far, a line each
	text string         // 'summary' status=ok, then the data; or the error
}

func ask(t *testing.T, session *mcp.ClientSession, call mailtest.ScriptCall) answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	start := time.Now()
	result, err := session.CallTool(ctx, &mcp.CallToolParams{Name: "imap_" + call.Tool, Arguments: call.Arguments})
	if err != nil {
		return answer{text: err.Error(), root: map[string]any{"seconds": time.Since(start).Seconds(), "error": map[string]any{"message": err.Error()}}}
	}
	got := answer{text: "ERR"}
	for _, c := range result.Content {
		if text, ok := c.(*mcp.TextContent); ok {
			got.text += " " + text.Text
		}
	}
	source := []byte(strings.TrimPrefix(got.text, "ERR "))
	if !result.IsError {
		if source, err = json.Marshal(result.StructuredContent); err != nil {
			t.Fatal(err)
		}
	}
	d := json.NewDecoder(strings.NewReader(string(source)))
	d.UseNumber()
	if err := d.Decode(&got.root); err != nil {
		t.Fatalf("%s: %v", source, err)
	}
	if !result.IsError {
		var b strings.Builder
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(got.root["data"]); err != nil {
			t.Fatal(err)
		}
		got.text = fmt.Sprintf("'%s' status=%s %s", show(got.root["summary"]), got.at("status"), &b)
	}
	got.root["seconds"] = json.Number(strconv.FormatFloat(time.Since(start).Seconds(), 'f', 2, 64))
	return got
}

var (
	ruleForm = regexp.MustCompile(`^(.+?) (=|!=|~|!~|<|>) (.*)$`)
	stepForm = regexp.MustCompile(`\[(\w+)=([^\]]*)\]|[^.\[\]]+`)
)

// check says whether one of "PATH OP VALUE || PATH OP VALUE" holds. A path
// begins in data, or with summary, data, meta, error, seconds or sent; its steps
// are names, numbers, [name=value] for the element that has it, # for how many,
// * for all, joined by commas. What is not there is "-". The operators are =, !=,
// < and >, and ~ and !~ for patterns.
func (a answer) check(rule string) (values string, holds bool, err error) {
	var are []string
	for _, one := range strings.Split(rule, " || ") {
		value, ok, err := a.checkOne(one)
		if ok || err != nil {
			return value, ok, err
		}
		are = append(are, value)
	}
	return strings.Join(are, " || "), false, nil
}

func (a answer) checkOne(rule string) (value string, holds bool, err error) {
	m := ruleForm.FindStringSubmatch(rule)
	if m == nil {
		return "", false, fmt.Errorf("not PATH OP VALUE")
	}
	value = a.at(m[1])
	switch m[2] {
	case "=":
		return value, value == m[3], nil
	case "!=":
		return value, value != m[3], nil
	case "<", ">":
		want, err := strconv.ParseFloat(m[3], 64)
		if err != nil {
			return "", false, err
		}
		is, err := strconv.ParseFloat(value, 64)
		return value, err == nil && (is < want) == (m[2] == "<") && is != want, nil
	}
	re, err := regexp.Compile("(?s)" + m[3])
	if err != nil {
		return "", false, err
	}
	return value, re.MatchString(value) == (m[2] == "~"), nil
}

func (a answer) at(path string) string {
	steps := stepForm.FindAllStringSubmatch(path, -1)
	v := a.root["data"]
	switch steps[0][0] {
	case "summary", "data", "meta", "error", "seconds", "sent":
		v = a.root
	}
	return show(walk(v, steps))
}

func walk(v any, steps [][]string) any {
	if len(steps) == 0 || v == nil {
		return v
	}
	step, rest := steps[0], steps[1:]
	list, _ := v.([]any)
	switch {
	case step[1] != "":
		for _, e := range list {
			if show(walk(e, [][]string{{step[1], "", ""}})) == step[2] {
				return walk(e, rest)
			}
		}
		return nil
	case step[0] == "#":
		return len(list)
	case step[0] == "*":
		all := make([]string, len(list))
		for i, e := range list {
			all[i] = show(walk(e, rest))
		}
		return strings.Join(all, ",")
	case list != nil:
		if n, err := strconv.Atoi(step[0]); err == nil && n < len(list) {
			return walk(list[n], rest)
		}
		return nil
	}
	object, _ := v.(map[string]any)
	return walk(object[step[0]], rest)
}

func show(v any) string {
	switch v := v.(type) {
	case nil:
		return "-"
	case string:
		return v
	case map[string]any, []any:
		var b strings.Builder
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		_ = e.Encode(v)
		return strings.TrimSpace(b.String())
	}
	return fmt.Sprint(v)
}

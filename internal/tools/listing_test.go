package tools_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/jsonschema-go/jsonschema"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/tools"
)

// bytesPerToken is what the contract reckons with.
const bytesPerToken = 4

// listings are the contract's budgets: when reading only, and with everything
// on.
var listings = []struct {
	name      string
	with      setup
	tools     int
	maxTokens int // of names, descriptions and input schemas
	maxBytes  int // of tools/list
}{
	{"reading", setup{}, 8, 2_500, 24_000},
	{"everything", setup{writes: true}, 15, 5_000, 48_000},
}

// listed is the listing as a client gets it.
func listed(t *testing.T, with setup) []*mcp.Tool {
	t.Helper()
	r, err := connectWith(t, mailtest.NewMemory(t), with).ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return r.Tools
}

func TestListing_StaysWithinTheTokenBudget(t *testing.T) {
	t.Parallel()
	for _, l := range listings {
		t.Run(l.name, func(t *testing.T) {
			list := listed(t, l.with)
			if len(list) != l.tools {
				t.Errorf("%d tools are listed, want %d", len(list), l.tools)
			}
			model := 0
			for _, tool := range list {
				schema, err := json.Marshal(tool.InputSchema)
				if err != nil {
					t.Fatal(err)
				}
				model += len(tool.Name) + len(tool.Description) + len(schema)
			}
			whole, err := json.Marshal(list)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("before the model %d tokens, the whole listing %d bytes", model/bytesPerToken, len(whole))
			if model >= l.maxTokens*bytesPerToken {
				t.Errorf("names, descriptions and input schemas are %d bytes, %d tokens; the budget is %d", model, model/bytesPerToken, l.maxTokens)
			}
			if len(whole) >= l.maxBytes {
				t.Errorf("tools/list is %d bytes; the budget is %d", len(whole), l.maxBytes)
			}
		})
	}
}

// hints are the annotations of the tools that change something: whether they
// may destroy, and whether doing it again changes nothing more. All others say
// that they only read.
var hints = map[string]struct{ destructive, idempotent bool }{
	"imap_apply_to_messages":    {true, false},
	"imap_update_message_flags": {false, true},
	"imap_manage_mailbox":       {true, false},
	"imap_save_draft":           {false, false},
	"imap_cancel_operation":     {false, true},
	"imap_undo_operation":       {false, false},
}

func TestListing_AnnotationsAreHonest(t *testing.T) {
	t.Parallel()
	for _, l := range listings {
		changing := 0
		for _, tool := range listed(t, l.with) {
			a := tool.Annotations
			if a == nil || a.DestructiveHint == nil || a.OpenWorldHint == nil {
				t.Fatalf("%s: annotations %+v", tool.Name, a)
			}
			h, changes := hints[tool.Name]
			if changes {
				changing++
			}
			if a.ReadOnlyHint == changes || *a.DestructiveHint != h.destructive || a.IdempotentHint != (h.idempotent || !changes) {
				t.Errorf("%s %s: readOnly %t, destructive %t, idempotent %t", l.name, tool.Name, a.ReadOnlyHint, *a.DestructiveHint, a.IdempotentHint)
			}
			if open := tool.Name != "imap_list_accounts"; *a.OpenWorldHint != open {
				t.Errorf("%s: openWorldHint is not %t", tool.Name, open)
			}
			if tool.Title == "" || tool.Description == "" || tool.OutputSchema == nil {
				t.Errorf("%s: title, description or output schema is missing", tool.Name)
			}
		}
		if want := len(hints); (l.with.writes && changing != want) || (!l.with.writes && changing != 0) {
			t.Errorf("%s: %d tools change something", l.name, changing)
		}
	}
}

// By \Deleted the flags tool removes for good, where that is allowed.
func TestListing_FlagsAreDestructiveWhereTheyMayRemove(t *testing.T) {
	t.Parallel()
	for _, tool := range listed(t, setup{writes: true, writing: config.Writing{AllowPermanentDelete: true}}) {
		if tool.Name == "imap_update_message_flags" && !*tool.Annotations.DestructiveHint {
			t.Error("it says that it only adds")
		}
	}
}

// A change of the contract shows in review as a change of these files.
func TestListing_IsAsSnapshotted(t *testing.T) {
	t.Parallel()
	for _, tool := range listed(t, setup{writes: true}) {
		tool.Meta = nil
		got, err := json.MarshalIndent(tool, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden(t, filepath.Join("testdata", "tools", tool.Name+".json"), append(got, '\n'))
	}
	files, err := filepath.Glob(filepath.Join("testdata", "tools", "*.json"))
	if err != nil || len(files) != len(tools.Definitions(tools.Features{})) {
		t.Errorf("%d snapshots of %d tools (%v)", len(files), len(tools.Definitions(tools.Features{})), err)
	}
}

func TestReference_IsUpToDate(t *testing.T) {
	t.Parallel()
	golden(t, filepath.Join("..", "..", "docs", "tools.md"), []byte(reference(t)))
}

// golden compares with a file, or writes it with -update.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; write it with: make docs", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is stale; write it anew with make docs:\n%s", path, cmp.Diff(string(want), string(got)))
	}
}

// Every answer fits the tool's output schema, as structured content and, for
// fences change text and not shape, as text content too.
func TestAnswers_FitTheOutputSchema(t *testing.T) {
	t.Parallel()
	srv, id := withLetter(t)
	good := connect(t, srv)
	bad := connect(t, mailtest.NewFaulty(t, srv, mailtest.FaultAuth()))
	schemas := map[string]*jsonschema.Resolved{}
	for _, d := range tools.Definitions(tools.Features{}) {
		resolved, err := d.Tool().OutputSchema.(*jsonschema.Schema).Resolve(nil)
		if err != nil {
			t.Fatal(err)
		}
		schemas[d.Name] = resolved
	}
	changing, letterID := withLetter(t)
	callEach(t, connectWriting(t, changing), everyWrite(letterID), func(tool string, r reply) { fits(t, tool, r) })
	for name, session := range map[string]*mcp.ClientSession{"ok": good, "failed": bad} {
		for _, c := range everyCall(id) {
			t.Run(name+" "+c.tool, func(t *testing.T) {
				r := call(t, session, c.tool, c.arguments)
				if r.result.IsError {
					t.Fatalf("tool error %s", r.text)
				}
				var fenced map[string]any
				if err := json.Unmarshal([]byte(r.text), &fenced); err != nil {
					t.Fatal(err)
				}
				for what, answer := range map[string]map[string]any{"structured": r.structured, "text": fenced} {
					if err := schemas[c.tool].Validate(answer); err != nil {
						t.Errorf("%s content: %v\n%s", what, err, r.text)
					}
				}
			})
		}
	}
}

// The example of each tool in the reference is one the tool understands.
func TestReference_ExamplesAreUnderstood(t *testing.T) {
	t.Parallel()
	session := connectWriting(t, mailtest.NewMemory(t))
	for _, d := range tools.Definitions(tools.Features{}) {
		if r := call(t, session, d.Name, d.Example); r.result.IsError {
			if code, message := r.refused(t); code == "invalid_input" || strings.Contains(message, "inside this server") {
				t.Errorf("%s %s: %s: %s", d.Name, d.Example, code, message)
			}
		}
	}
}

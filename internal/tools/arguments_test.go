package tools_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/tools"
)

// maxRefusal is the most that comes back for bad input.
const maxRefusal = 64_000

// sane checks that a call got an answer, or a refusal that is short and blames
// what was asked for, not this server.
func sane(t *testing.T, session *mcp.ClientSession, tool string, arguments any) reply {
	t.Helper()
	raw, err := json.Marshal(arguments)
	if err != nil {
		t.Fatal(err)
	}
	r := call(t, session, tool, string(raw))
	if !r.result.IsError {
		return r
	}
	code, message := r.refused(t)
	if code == string(contract.Internal) || code == string(contract.Timeout) || len(r.text) > maxRefusal {
		t.Errorf("%s %.300s: %s: %.300s (%d bytes)", tool, raw, code, message, len(r.text))
	}
	return r
}

// example are the arguments of a tool's example, about a message that is there.
func example(t *testing.T, d tools.Definition, id string) map[string]any {
	t.Helper()
	arguments := map[string]any{}
	if err := json.Unmarshal([]byte(strings.ReplaceAll(d.Example, "imap:default:INBOX:1700000000:42", id)), &arguments); err != nil {
		t.Fatal(err)
	}
	if _, writes := d.Tool().InputSchema.(*jsonschema.Schema).Properties["dry_run"]; writes {
		arguments["dry_run"] = true
	}
	return arguments
}

// odd are values that an argument may be given, whatever it takes.
var odd = []any{
	nil, "", " ", "x", "true", "10", "[]", `["a"]`, "{}", "null", "\x00", "a\r\nA1 LOGOUT\r\n", "\u202e\u200b", "\xff", strings.Repeat("é", 50_000), strings.Repeat("[", 20_000),
	0, -1, 1, 1.5, 1e300, 1 << 53, true, false,
	[]any{},
	[]any{nil},
	[]any{""},
	[]any{1},
	[]any{"a", []any{"b"}},
	[]any{map[string]any{}},
	slices.Repeat([]any{"imap:default:INBOX:1:1"}, 999), slices.Repeat([]any{"x"}, 2_000),
	map[string]any{},
	map[string]any{"a": 1},
	map[string]any{"name": nil},
	map[string]any{"message_id": "x", "part_id": strings.Repeat("1.", 5_000)},
}

// Each argument of each tool is given everything that a model may think of.
func TestArguments_AnAnswerOrInvalidInput(t *testing.T) {
	t.Parallel()
	for _, d := range tools.Definitions(tools.Features{}) {
		t.Run(d.Name, func(t *testing.T) {
			t.Parallel()
			srv, id := withLetter(t)
			session := connectWith(t, srv, setup{writes: true, writing: config.Writing{Confirm: config.ConfirmNever}})
			for name, p := range d.Tool().InputSchema.(*jsonschema.Schema).Properties {
				values := slices.Clone(odd)
				for _, bound := range []*float64{p.Minimum, p.Maximum} {
					if bound != nil {
						values = append(values, *bound-1, *bound, *bound+1, fmt.Sprint(int64(*bound)))
					}
				}
				for _, v := range p.Enum {
					values = append(values, v, strings.ToUpper(v.(string)), []any{v})
				}
				for _, v := range values {
					arguments := example(t, d, id)
					arguments[name] = v
					sane(t, session, d.Name, arguments)
				}
				// What is as good as not given changes nothing.
				without := example(t, d, id)
				delete(without, name)
				want := sane(t, session, d.Name, without)
				for _, none := range []any{nil, "", []any{}} {
					without[name] = none
					if got := sane(t, session, d.Name, without); got.result.IsError != want.result.IsError {
						t.Errorf("%s as %v answers %.200s, left out %.200s", name, none, got.text, want.text)
					}
				}
			}
		})
	}
}

// Random arguments, known and unknown, nested in any way.
func TestArguments_RandomJSON(t *testing.T) {
	t.Parallel()
	srv, id := withLetter(t)
	session := connectWith(t, srv, setup{writes: true, writing: config.Writing{Confirm: config.ConfirmNever}})
	for _, d := range tools.Definitions(tools.Features{}) {
		r := rand.New(rand.NewPCG(11, uint64(len(d.Name))))
		names := append(slices.Sorted(maps.Keys(d.Tool().InputSchema.(*jsonschema.Schema).Properties)), "nonsense", strings.Repeat("n", 70_000))
		for range 60 {
			arguments := example(t, d, id)
			for range 1 + r.IntN(4) {
				name := names[r.IntN(len(names)-1)]
				if r.IntN(50) == 0 {
					name = names[len(names)-1]
				}
				arguments[name] = randomJSON(r, 3)
			}
			sane(t, session, d.Name, arguments)
		}
	}
}

// randomJSON is any value, at most so deep.
func randomJSON(r *rand.Rand, depth int) any {
	switch n := r.IntN(10); {
	case n < 4 || depth == 0:
		return odd[r.IntN(len(odd))]
	case n < 6:
		return r.Int64() >> r.IntN(64)
	case n < 8:
		list := []any{}
		for range r.IntN(5) {
			list = append(list, randomJSON(r, depth-1))
		}
		return list
	default:
		object := map[string]any{}
		for range r.IntN(4) {
			object[[]string{"name", "value", "message_id", "part_id", "a"}[r.IntN(5)]] = randomJSON(r, depth-1)
		}
		return object
	}
}

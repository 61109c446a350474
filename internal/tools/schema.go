package tools

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	layout "mail-imap-mcp/internal/answer"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
)

// bounds are what a Go type cannot say about an argument.
type bounds map[string]*jsonschema.Schema

func between(lo, hi int64) *jsonschema.Schema {
	return &jsonschema.Schema{Minimum: jsonschema.Ptr(float64(lo)), Maximum: jsonschema.Ptr(float64(hi))}
}

func betweenOr(lo, hi, otherwise int64) *jsonschema.Schema {
	s := between(lo, hi)
	s.Default = json.RawMessage(strconv.FormatInt(otherwise, 10))
	return s
}

func chars(lo, hi int) *jsonschema.Schema {
	return &jsonschema.Schema{MinLength: &lo, MaxLength: &hi}
}

// atMost bounds a list and each of its members.
func atMost(n int, member *jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{MaxItems: &n, Items: member}
}

// oneOf is one of some values; otherwise is the default, empty for none.
func oneOf(otherwise string, values ...string) *jsonschema.Schema {
	s := &jsonschema.Schema{}
	if otherwise != "" {
		s.Default = json.RawMessage(strconv.Quote(otherwise))
	}
	for _, v := range values {
		s.Enum = append(s.Enum, v)
	}
	return s
}

func otherwise(value string) *jsonschema.Schema {
	return &jsonschema.Schema{Default: json.RawMessage(value)}
}

// The sets that MAIL_IMAP_TOOLSETS names.
const (
	setRead       = "read"
	setOrganize   = "organize"
	setDrafts     = "drafts"
	setMailboxes  = "mailboxes"
	setOperations = "operations" // comes with any set that writes
)

// spec is how a tool is written down.
type spec[In any] struct {
	name, title, description string
	bounds                   bounds
	required                 []string
	hidden                   []string // understood only to be refused in clear words
	closed                   bool     // talks to nobody: openWorldHint false
	acts                     bool     // changes something that is not mail: makes a file, ends an operation
	class                    guard.Class
	set                      string // of MAIL_IMAP_TOOLSETS; empty: read
	repeatable               bool   // of a tool that changes something: doing it again changes nothing more
	example                  string
	labels                   labels

	// One of these: what a tool that reads does, and one that changes mail.
	call   func(context.Context, *server, *In) (answer, error)
	change func(context.Context, *invocation, *In) (answer, error)
}

// envelope is the shape of an answer, for the output schema.
type envelope[Data any] struct {
	Summary string        `json:"summary"`
	Data    Data          `json:"data"`
	Meta    contract.Meta `json:"meta"`
}

// define makes a tool's definition from its input and data types.
func define[In, Data any](s spec[In]) Definition {
	if s.set == "" {
		s.set = setRead
	}
	data := reflect.TypeFor[Data]()
	s.labels.mailText = mailTextOf(data)
	return Definition{
		Name:    s.name,
		Example: s.example,
		labels:  s.labels,
		data:    data,
		class:   s.class,
		set:     s.set,
		tool:    func() *mcp.Tool { return listing[In, Data](s) },
		call: func(ctx context.Context, inv *invocation, raw json.RawMessage) (answer, error) {
			args, err := decode[In](raw)
			if err != nil {
				return answer{}, err
			}
			if s.change != nil {
				return s.change(ctx, inv, args)
			}
			return s.call(ctx, inv.server, args)
		},
	}
}

// mailTextOf are the fields of an answer that a sender wrote, for its labels.
func mailTextOf(data reflect.Type) []string {
	fields := layout.MailFields(data)
	for i := range fields {
		fields[i] = "data." + fields[i]
	}
	return fields
}

// listing is what a client is told of a tool.
func listing[In, Data any](s spec[In]) *mcp.Tool {
	open := !s.closed
	changes := s.acts || s.class >= guard.Write
	destructive := s.class == guard.Destructive
	in := schemaOf[In](s.name)
	in.Required = s.required
	for _, name := range s.hidden {
		delete(in.Properties, name)
		in.PropertyOrder = slices.DeleteFunc(in.PropertyOrder, func(p string) bool { return p == name })
	}
	for name, b := range s.bounds {
		constrain(in.Properties[name], b)
	}
	return &mcp.Tool{
		Name:        s.name,
		Title:       s.title,
		Description: s.description,
		Annotations: &mcp.ToolAnnotations{
			ReadOnlyHint:    !changes,
			DestructiveHint: &destructive,
			IdempotentHint:  !changes || s.repeatable,
			OpenWorldHint:   &open,
		},
		InputSchema:  in,
		OutputSchema: outputSchema[Data](s.name),
	}
}

// schemaOf derives a schema. The types are ours: a failure is a mistake in the
// program that the first test run shows, not a state of the world.
func schemaOf[T any](tool string) *jsonschema.Schema {
	s, err := jsonschema.For[T](nil)
	if err != nil {
		panic(fmt.Sprintf("schema of %s: %v", tool, err))
	}
	tidy(s)
	return s
}

// outputSchema is the shape of an answer without what costs bytes in every
// listing and tells a client nothing: the width of Go's integers, and that
// later versions will not add fields, which they may.
func outputSchema[Data any](tool string) *jsonschema.Schema {
	s := schemaOf[envelope[Data]](tool)
	slim(s)
	return s
}

func slim(s *jsonschema.Schema) {
	if s == nil {
		return
	}
	s.Minimum, s.Maximum = nil, nil
	if s.Properties != nil {
		s.AdditionalProperties = nil
	}
	for _, p := range s.Properties {
		slim(p)
	}
	slim(s.Items)
}

// tidy drops what only Go knows: that a pointer or slice could be nil. Ours
// are left out or empty, never null, and a list of types is harder to read.
func tidy(s *jsonschema.Schema) {
	if s == nil {
		return
	}
	if len(s.Types) == 2 && s.Types[0] == "null" {
		s.Type, s.Types = s.Types[1], nil
	}
	for _, p := range s.Properties {
		tidy(p)
	}
	tidy(s.Items)
}

// constrain adds bounds to a property.
func constrain(s, b *jsonschema.Schema) {
	s.Minimum, s.Maximum = b.Minimum, b.Maximum
	s.MinLength, s.MaxLength = b.MinLength, b.MaxLength
	s.Enum, s.Default, s.Pattern = b.Enum, b.Default, b.Pattern
	s.MaxItems = b.MaxItems
	if b.Items != nil {
		constrain(s.Items, b.Items)
	}
}

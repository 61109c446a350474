package tools

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	layout "mail-imap-mcp/internal/answer"
	"mail-imap-mcp/internal/argument"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
)

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
	required                 []string
	hidden                   map[string]string                // values of arguments that are understood only to be refused in clear words
	shape                    func(in, out *jsonschema.Schema) // leaves out of the schemas what the owner does not allow; nil: nothing
	closed                   bool                             // talks to nobody: openWorldHint false
	acts                     bool                             // changes something that is not mail: makes a file, ends an operation
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

// input is a tool's arguments.
type input interface {
	// touches says what the call is about, before anything acts. What is malformed
	// is an error, beside what is known all the same.
	touches(ctx context.Context, s *server) (guard.Touch, error)
}

// request is a call whose arguments are read.
type request struct {
	touch guard.Touch
	err   error // what is wrong with them
	run   func(context.Context, *invocation) (answer, error)
}

// define makes a tool's definition from its input and data types.
func define[In, Data any, P interface {
	*In
	input
}](s spec[In]) Definition {
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
		read: func(ctx context.Context, srv *server, raw json.RawMessage) (r request) {
			var in *In
			var unknown []shortID
			if in, r.err = argument.Decode[In](raw); r.err == nil {
				unknown = srv.writeOut(argument.IDs(in))
				r.touch, r.err = P(in).touches(ctx, srv)
			}
			r.run = func(ctx context.Context, inv *invocation) (answer, error) {
				if len(unknown) > 0 {
					if err := inv.complete(ctx, unknown, P(in).touches); err != nil {
						return answer{}, err
					}
				}
				if s.change != nil {
					return s.change(ctx, inv, in)
				}
				return s.call(ctx, inv.server, in)
			}
			return r
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
	argument.Describe(in, reflect.TypeFor[In]())
	for name, hidden := range s.hidden {
		p := in.Properties[name]
		p.Enum = slices.DeleteFunc(p.Enum, func(v any) bool { return v == hidden })
	}
	out := outputSchema[Data](s.name)
	if s.shape != nil {
		s.shape(in, out)
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
		OutputSchema: out,
	}
}

// leaveOut takes a property out of an object's schema.
func leaveOut(s *jsonschema.Schema, name string) {
	delete(s.Properties, name)
	s.PropertyOrder = slices.DeleteFunc(s.PropertyOrder, func(p string) bool { return p == name })
}

// schemaOf derives a schema. The types are ours: a failure is a mistake in the
// program that the first test run shows, not a state of the world.
func schemaOf[T any](tool string) *jsonschema.Schema {
	s, err := jsonschema.For[T](&jsonschema.ForOptions{TypeSchemas: map[reflect.Type]*jsonschema.Schema{
		reflect.TypeFor[argument.OneOrMore](): {Type: "string"}, // some clients know no union of types
	}})
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

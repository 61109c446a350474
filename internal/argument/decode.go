// Package argument reads what a caller gives a tool: the arguments of a call, as
// models write them, into a typed input whose tags say what each may be, once for
// the schema that a client is told and for what is enforced.
package argument

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"mail-imap-mcp/internal/contract"
)

// Decode reads a call's arguments, once, into a struct whose fields are pointers,
// nil where nothing was given, and holds them to what the fields' tags say (rule).
// An input that has a method Settle is asked to drop what then counts for nothing.
// Errors are invalid_input (*contract.Error) and name the argument, not its value.
//
// It reads what models write: "", null and empty lists are not given; numbers,
// booleans and lists may come as strings, and one string is a list of one. An
// unknown argument and a wrong type are refused by name.
func Decode[In any](raw json.RawMessage) (*In, error) {
	in := new(In)
	into := reflect.ValueOf(in).Elem()
	if len(bytes.TrimSpace(raw)) > 0 {
		if err := decodeObject(raw, "", into); err != nil {
			return in, err
		}
	}
	if s, ok := any(in).(interface{ Settle() }); ok {
		s.Settle()
	}
	return in, enforce("", into)
}

// argument is a field of an input with the name a caller gives it.
type argument struct {
	name  string
	field reflect.StructField
	value reflect.Value
}

// argumentsOf are the fields of an input that are arguments; the unexported ones
// are what the tool makes of them.
func argumentsOf(input reflect.Value) (list []argument) {
	for i := range input.NumField() {
		if f := input.Type().Field(i); f.IsExported() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			list = append(list, argument{name, f, input.Field(i)})
		}
	}
	return list
}

func decodeObject(raw json.RawMessage, path string, into reflect.Value) error {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(unquoted(raw, '{'), &object); err != nil {
		what := "the arguments"
		if path != "" {
			what = strings.TrimSuffix(path, ".")
		}
		return wrongType(what, "an object", raw)
	}
	arguments := argumentsOf(into)
	given := []string{}
	for name := range object {
		given = append(given, name)
	}
	slices.Sort(given) // the same wrong call gets the same answer
	for _, name := range given {
		i := slices.IndexFunc(arguments, func(a argument) bool { return a.name == name })
		if i < 0 {
			return unknownArgument(name, path, arguments)
		}
		if value := bytes.TrimSpace(object[name]); !isNothing(value) {
			if err := decodeField(value, path+name, arguments[i].value); err != nil {
				return err
			}
		}
	}
	return nil
}

// isNothing reports whether a value is as good as none.
func isNothing(value []byte) bool {
	return slices.Contains([]string{"null", `""`, "[]", "{}"}, string(value))
}

// unquoted is a value that came as a string, where that begins as such a value
// does; 0 stands for any.
func unquoted(raw json.RawMessage, begins byte) json.RawMessage {
	var text string
	if raw = bytes.TrimSpace(raw); len(raw) == 0 || raw[0] != '"' || json.Unmarshal(raw, &text) != nil {
		return raw
	}
	if text = strings.TrimSpace(text); begins != 0 && !strings.HasPrefix(text, string(begins)) {
		return raw
	}
	return json.RawMessage(text)
}

// decodeField sets one pointer field.
func decodeField(raw json.RawMessage, name string, field reflect.Value) error {
	value := reflect.New(field.Type().Elem())
	switch value.Elem().Kind() {
	case reflect.Struct:
		if err := decodeObject(raw, name+".", value.Elem()); err != nil || value.Elem().IsZero() {
			return err
		}
	case reflect.Int64:
		n, ok := wholeNumber(unquoted(raw, 0))
		if !ok {
			return wrongType(name, "a whole number, for example 10", raw)
		}
		value.Elem().SetInt(n)
	case reflect.Bool:
		if json.Unmarshal(bytes.ToLower(unquoted(raw, 0)), value.Interface()) != nil {
			return wrongType(name, "true or false", raw)
		}
	case reflect.Slice:
		if err := decodeList(raw, name, value.Elem()); err != nil {
			return err
		}
		if value.Elem().Len() == 0 {
			return nil
		}
	default:
		if json.Unmarshal(raw, value.Interface()) != nil {
			return wrongType(name, "a string", raw)
		}
	}
	field.Set(value)
	return nil
}

// maxMembers is more than any list takes.
const maxMembers = 1_000

// decodeList sets a list of strings or objects; what is none is a list of one.
func decodeList(raw json.RawMessage, name string, into reflect.Value) error {
	want, begins := "a list of strings", byte('"')
	objects := into.Type().Elem().Kind() == reflect.Struct
	if objects {
		want, begins = "a list of objects", '{'
	}
	var list []json.RawMessage
	if json.Unmarshal(unquoted(raw, '['), &list) != nil {
		if raw[0] != begins { // "[Gmail]/Sent" is a text that begins as a list
			return wrongType(name, want, raw)
		}
		list = []json.RawMessage{raw}
	}
	list = slices.DeleteFunc(list, func(member json.RawMessage) bool {
		return !objects && isNothing(bytes.TrimSpace(member))
	})
	if len(list) > maxMembers {
		return contract.Errorf(contract.InvalidInput, "%s has %d members; give fewer", name, len(list))
	}
	into.Set(reflect.MakeSlice(into.Type(), len(list), len(list)))
	for i, member := range list {
		if objects {
			if err := decodeObject(member, fmt.Sprintf("%s[%d].", name, i), into.Index(i)); err != nil {
				return err
			}
		} else if json.Unmarshal(member, into.Index(i).Addr().Interface()) != nil {
			return wrongType(name, want, raw)
		}
	}
	return nil
}

// wholeNumber reads a JSON number without fraction: 10, and 10.0 or 1e1, which
// JSON Schema counts as integers too.
func wholeNumber(raw json.RawMessage) (int64, bool) {
	text := string(bytes.TrimSpace(raw))
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, !strings.HasPrefix(text, "+")
	}
	var f float64
	if json.Unmarshal(raw, &f) != nil || f != math.Trunc(f) || math.Abs(f) >= 1<<53 {
		return 0, false
	}
	return int64(f), true
}

// wrongType says which argument has the wrong type and what it has; never the
// value.
func wrongType(name, want string, raw json.RawMessage) error {
	got := "a number"
	switch trimmed := bytes.TrimSpace(raw); {
	case len(trimmed) == 0:
	case trimmed[0] == '"':
		got = "a string"
	case trimmed[0] == '{':
		got = "an object"
	case trimmed[0] == '[':
		got = "a list"
	case trimmed[0] == 't', trimmed[0] == 'f':
		got = "true or false"
	case trimmed[0] == 'n':
		got = "null"
	}
	switch {
	case strings.HasPrefix(want, "a whole") && got == "a number":
		got = "another number"
	case strings.HasPrefix(want, "a list of") && got == "a list":
		got = "a list of something else"
	case strings.HasPrefix(want, "a whole") && got == "a string":
		got = "a string that is none"
	}
	return &contract.Error{
		Code:    contract.InvalidInput,
		Message: fmt.Sprintf("%s must be %s, not %s", name, want, got),
		Details: map[string]any{"argument": name},
	}
}

// MaxEchoed is how much of an unknown name is repeated to the caller.
const MaxEchoed = 64

func unknownArgument(given, path string, arguments []argument) error {
	known := []string{}
	for _, a := range arguments {
		known = append(known, a.name)
	}
	name := Echo(path + given)
	e := &contract.Error{
		Code:    contract.InvalidInput,
		Details: map[string]any{"argument": name, "known": known},
	}
	e.Message = fmt.Sprintf("unknown argument %q", name)
	if near := nearestArgument(Echo(given), known); near != "" {
		e.Message += fmt.Sprintf("; did you mean %q?", path+near)
		return e
	}
	if len(known) == 0 {
		e.Message += "; this tool takes none"
		return e
	}
	e.Message += "; known are " + strings.Join(known, ", ")
	return e
}

// Echo is what a caller wrote, short enough to be repeated to them.
func Echo(s string) string {
	if len(s) > MaxEchoed {
		return strings.ToValidUTF8(s[:MaxEchoed], "") + "…"
	}
	return s
}

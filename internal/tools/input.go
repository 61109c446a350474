package tools

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

// decode reads arguments into a struct whose fields are pointers: null and
// absent both leave nil. An unknown argument and a wrong type are refused by
// name; bounds are the tool's business.
func decode[In any](raw json.RawMessage) (*In, error) {
	in := new(In)
	if len(bytes.TrimSpace(raw)) == 0 {
		return in, nil
	}
	return in, decodeObject(raw, "", reflect.ValueOf(in).Elem())
}

func decodeObject(raw json.RawMessage, path string, into reflect.Value) error {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(raw, &object); err != nil {
		what := "the arguments"
		if path != "" {
			what = strings.TrimSuffix(path, ".")
		}
		return wrongType(what, "an object", raw)
	}
	fields := map[string]reflect.Value{}
	names := []string{}
	for i := range into.NumField() {
		name, _, _ := strings.Cut(into.Type().Field(i).Tag.Get("json"), ",")
		fields[name] = into.Field(i)
		names = append(names, name)
	}
	given := []string{}
	for name := range object {
		given = append(given, name)
	}
	slices.Sort(given) // the same wrong call gets the same answer
	for _, name := range given {
		field, known := fields[name]
		if !known {
			return unknownArgument(path+name, path, names)
		}
		if value := object[name]; !isNull(value) {
			if err := decodeField(value, path+name, field); err != nil {
				return err
			}
		}
	}
	return nil
}

// decodeField sets one pointer field.
func decodeField(raw json.RawMessage, name string, field reflect.Value) error {
	value := reflect.New(field.Type().Elem())
	switch value.Elem().Kind() {
	case reflect.Struct:
		if err := decodeObject(raw, name+".", value.Elem()); err != nil {
			return err
		}
	case reflect.Int64:
		n, ok := wholeNumber(raw)
		if !ok {
			return wrongType(name, "a whole number, for example 10", raw)
		}
		value.Elem().SetInt(n)
	case reflect.Bool:
		if json.Unmarshal(raw, value.Interface()) != nil {
			return wrongType(name, "true or false", raw)
		}
	case reflect.Slice:
		if value.Elem().Type().Elem().Kind() == reflect.Struct {
			if err := decodeList(raw, name, value.Elem()); err != nil {
				return err
			}
			break
		}
		if json.Unmarshal(raw, value.Interface()) != nil {
			return wrongType(name, "a list of strings", raw)
		}
	default:
		if json.Unmarshal(raw, value.Interface()) != nil {
			return wrongType(name, "a string", raw)
		}
	}
	field.Set(value)
	return nil
}

// decodeList sets a list of objects.
func decodeList(raw json.RawMessage, name string, into reflect.Value) error {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return wrongType(name, "a list of objects", raw)
	}
	if len(list) > maxObjects {
		return contract.Errorf(contract.InvalidInput, "%s has %d members; give fewer", name, len(list))
	}
	into.Set(reflect.MakeSlice(into.Type(), len(list), len(list)))
	for i, member := range list {
		if err := decodeObject(member, fmt.Sprintf("%s[%d].", name, i), into.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

// maxObjects is more members than any tool takes in a list of objects.
const maxObjects = 1_000

// wholeNumber reads a JSON number without fraction: 10, and 10.0 or 1e1, which
// JSON Schema counts as integers too.
func wholeNumber(raw json.RawMessage) (int64, bool) {
	text := string(bytes.TrimSpace(raw))
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, true
	}
	var f float64
	if json.Unmarshal(raw, &f) != nil || f != math.Trunc(f) || math.Abs(f) >= 1<<53 {
		return 0, false
	}
	return int64(f), true
}

func isNull(raw json.RawMessage) bool { return string(bytes.TrimSpace(raw)) == "null" }

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
	if strings.HasPrefix(want, "a whole") && got == "a number" {
		got = "another number"
	}
	return &contract.Error{
		Code:    contract.InvalidInput,
		Message: fmt.Sprintf("%s must be %s, not %s", name, want, got),
		Details: map[string]any{"argument": name},
	}
}

// maxEchoed is how much of an unknown name is repeated to the caller.
const maxEchoed = 64

func unknownArgument(name, path string, known []string) error {
	name = echo(name)
	e := &contract.Error{
		Code:    contract.InvalidInput,
		Details: map[string]any{"argument": name, "known": known},
	}
	e.Message = fmt.Sprintf("unknown argument %q", name)
	if near := nearest(strings.TrimPrefix(name, path), known); near != "" {
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

// isTrue is an optional argument that was given as true.
func isTrue(given *bool) bool { return given != nil && *given }

// echo is what a caller wrote, short enough to be repeated to them.
func echo(s string) string {
	if len(s) > maxEchoed {
		return strings.ToValidUTF8(s[:maxEchoed], "") + "…"
	}
	return s
}

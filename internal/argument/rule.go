package argument

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/google/jsonschema-go/jsonschema"

	"mail-imap-mcp/internal/contract"
)

// rule is what the tags of a field say about the argument. They are the one place
// where its bounds stand: a client is told of them in the schema (Describe), and
// arguments are held to them before a tool sees them (enforce).
//
//	bounds:"1..100"           a number's; above:"…" is a hint for one beyond them
//	text:"mailbox"            what a text, or each text of a list, may be (texts)
//	enum:"text,html,both"     the values of a text; also:"plain=text" are other words for them
//	items:"250"               how many members a list may have
//	default:"10"              what stands in for one that is not given
//	means:"10"                the same, put in by the tool, which must know the difference
type rule struct {
	lo, hi   int64
	bounded  bool
	above    string
	text     *textRule
	isID     bool
	enum     []string
	also     map[string]string
	items    int
	fallback string // JSON
	fills    bool
}

// OneOrMore is a text, or a list of which any one is meant.
type OneOrMore []string

// textRule bounds a text. A length of 0 is left to check.
type textRule struct {
	lo, hi int // characters
	check  func(argument, s string) error
}

var texts = map[string]*textRule{
	"mailbox": {1, contract.MaxMailboxChars, contract.CheckMailbox},
	"search":  {1, contract.MaxTextChars, contract.CheckText},
	"header":  {0, 0, contract.CheckHeaderName},
	"part":    {1, contract.MaxPartChars, contract.CheckPart},
	"address": {1, contract.MaxAddressBytes, nil},
	"subject": {0, contract.MaxSubjectChars, contract.CheckSubject},
	"body":    {0, contract.MaxDraftBodyChars, contract.CheckDraftBody},
	"keyword": {0, 0, contract.CheckFlag},
}

// ruleOf reads the tags. They are ours: a mistake in one shows in the first test.
func ruleOf(f reflect.StructField) (r rule) {
	if tag, ok := f.Tag.Lookup("bounds"); ok {
		lo, hi, _ := strings.Cut(tag, "..")
		r.lo, r.hi, r.bounded = int64(mustInt(lo)), int64(mustInt(hi)), true
	}
	r.above = f.Tag.Get("above")
	if tag := f.Tag.Get("text"); tag == "id" {
		r.isID = true
	} else if tag != "" {
		if r.text = texts[tag]; r.text == nil {
			panic("no such text: " + tag)
		}
	}
	if tag := f.Tag.Get("enum"); tag != "" {
		r.enum, r.also = strings.Split(tag, ","), map[string]string{}
	}
	for pair := range strings.SplitSeq(f.Tag.Get("also"), ",") {
		if word, value, ok := strings.Cut(pair, "="); ok {
			r.also[word] = value
		}
	}
	if tag := f.Tag.Get("items"); tag != "" {
		r.items = mustInt(tag)
	}
	if r.fallback, r.fills = f.Tag.Lookup("default"); !r.fills {
		r.fallback = f.Tag.Get("means")
	}
	return r
}

func mustInt(s string) int {
	n, err := strconv.Atoi(strings.ReplaceAll(s, "_", ""))
	if err != nil {
		panic(err)
	}
	return n
}

// describe puts the rule in a schema.
func (r rule) describe(s *jsonschema.Schema) {
	if r.bounded {
		s.Minimum, s.Maximum = jsonschema.Ptr(float64(r.lo)), jsonschema.Ptr(float64(r.hi))
	}
	if r.items > 0 && s.Items != nil {
		s.MaxItems = &r.items
	}
	if of := s; r.text != nil && r.text.hi > 0 {
		if s.Items != nil {
			of = s.Items
		}
		of.MinLength, of.MaxLength = &r.text.lo, &r.text.hi
	}
	for _, v := range r.enum {
		s.Enum = append(s.Enum, v)
	}
	if r.fallback != "" {
		s.Default = json.RawMessage(r.fallback)
		if s.Type == "string" {
			s.Default = json.RawMessage(strconv.Quote(r.fallback))
		}
	}
}

// enforce holds the arguments of an input to their rules.
func enforce(path string, input reflect.Value) error {
	for _, a := range argumentsOf(input) {
		r, name := ruleOf(a.field), path+a.name
		if n, ok := a.value.Interface().(*int64); ok && n != nil && *n == 0 && r.bounded && r.lo > 0 {
			a.value.SetZero() // as models write it that have to write something
		}
		if a.value.IsNil() {
			if r.fills {
				r.fill(a)
			}
			continue
		}
		if err := r.enforce(name, a.value.Elem()); err != nil {
			return err
		}
	}
	return nil
}

func (r rule) fill(a argument) {
	value := reflect.New(a.value.Type().Elem())
	if s, ok := value.Interface().(*string); ok {
		*s = r.fallback
	} else if err := json.Unmarshal([]byte(r.fallback), value.Interface()); err != nil {
		panic(err)
	}
	a.value.Set(value)
}

func (r rule) enforce(name string, v reflect.Value) error {
	switch v.Kind() {
	case reflect.Int64:
		return r.enforceNumber(name, v.Int())
	case reflect.String:
		return r.enforceText(name, v)
	case reflect.Struct:
		return enforce(name+".", v)
	case reflect.Slice:
		if r.isID {
			v.Set(reflect.ValueOf(Unique(v.Interface().([]string))))
		}
		if n := v.Len(); r.items > 0 && n > r.items {
			return contract.Errorf(contract.InvalidInput, "%s has %d members; at most %d are allowed", name, n, r.items)
		}
		for i := range v.Len() {
			member := fmt.Sprintf("%s[%d]", name, i)
			if _, one := v.Interface().(OneOrMore); one && v.Len() == 1 {
				member = name
			}
			if err := r.enforce(member, v.Index(i)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r rule) enforceNumber(name string, n int64) error {
	if !r.bounded {
		return nil
	}
	err := contract.CheckRange(name, n, r.lo, r.hi)
	if err != nil && n > r.hi && r.above != "" {
		return contract.Errorf(contract.InvalidInput, "%w; %s", err, r.above)
	}
	return err
}

func (r rule) enforceText(name string, v reflect.Value) error {
	s := v.String()
	if r.enum != nil {
		word := strings.ToLower(s)
		if value, ok := r.also[word]; ok {
			word = value
		}
		if !slices.Contains(r.enum, word) {
			return contract.Errorf(contract.InvalidInput, "%s must be one of %s, not %q", name, strings.Join(r.enum, ", "), Echo(s))
		}
		v.SetString(word)
	}
	switch {
	case r.text == nil:
	case r.text.check != nil:
		return r.text.check(name, s)
	default:
		if n := utf8.RuneCountInString(s); n > r.text.hi {
			return contract.Errorf(contract.InvalidInput, "%s has %d characters; at most %d are allowed", name, n, r.text.hi)
		}
	}
	return nil
}

// Unique leaves out what a list has already.
func Unique[T comparable](list []T) []T {
	seen := map[T]bool{}
	return slices.DeleteFunc(list, func(s T) bool {
		again := seen[s]
		seen[s] = true
		return again
	})
}

// Describe puts what the tags of an input say into its schema.
func Describe(s *jsonschema.Schema, input reflect.Type) {
	for i := range input.NumField() {
		f := input.Field(i)
		if !f.IsExported() {
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		p, of := s.Properties[name], f.Type.Elem()
		ruleOf(f).describe(p)
		if of.Kind() == reflect.Slice {
			p, of = p.Items, of.Elem()
		}
		if of.Kind() == reflect.Struct {
			Describe(p, of)
		}
	}
}

package answer

import (
	"reflect"
	"slices"
	"strings"
)

// Who wrote a field of an answer is said once, as a tag of the field, and one
// walker fences and labels accordingly. Every string in the data of an answer has
// one of these tags:
//
//	mail:"line"    a sender's words, as long as a header line
//	mail:"text"    a sender's words, of any length
//	mail:"quote"   a sender's words that prove something; their author is not named
//	server:"name"  the mail server's name for something, given back as it is
//	server:"line"  the mail server's words
//	own:"…"        this server's words, and values in a form of its own
//
// The bare address of the author of a struct's fields is in its field author.
const (
	tagMail   = "mail"
	tagServer = "server"
	tagOwn    = "own"

	mailText  = "text"
	mailQuote = "quote"
	words     = "line"
)

// Fenced is a copy of an answer in which everything that a sender wrote is marked:
// what is longer than a header line stands between the markers, under one nonce.
// Whatever in it, and in names and values, imitates them or another speaker has
// lost its sign.
func Fenced(data any) any {
	return newFence().walked(reflect.ValueOf(data), "").Interface()
}

// walk fences what v holds; tag is the tag of the field that v is.
func (f fence) walk(v reflect.Value, tag reflect.StructTag) {
	switch v.Kind() {
	case reflect.Struct:
		if author := v.FieldByName("author"); author.IsValid() {
			f = f.by(author.String())
		}
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() || field.Anonymous {
				f.walk(v.Field(i), field.Tag)
			}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			c := reflect.New(v.Type().Elem())
			c.Elem().Set(v.Elem())
			f.walk(c.Elem(), tag)
			v.Set(c)
		}
	case reflect.Slice:
		if !v.IsNil() && v.Type().Elem().Kind() != reflect.Uint8 {
			c := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
			reflect.Copy(c, v)
			for i := range c.Len() {
				f.walk(c.Index(i), tag)
			}
			v.Set(c)
		}
	case reflect.Map:
		if !v.IsNil() {
			c := reflect.MakeMapWithSize(v.Type(), v.Len())
			for key, value := range v.Seq2() {
				c.SetMapIndex(key, f.walked(value, tag))
			}
			v.Set(c)
		}
	case reflect.Interface:
		if !v.IsNil() {
			v.Set(f.walked(v.Elem(), tag))
		}
	case reflect.String:
		v.SetString(f.field(v.String(), tag))
	}
}

// walked is a copy of v that was walked.
func (f fence) walked(v reflect.Value, tag reflect.StructTag) reflect.Value {
	c := reflect.New(v.Type()).Elem()
	c.Set(v)
	f.walk(c, tag)
	return c
}

func (f fence) field(s string, tag reflect.StructTag) string {
	switch who := tag.Get(tagMail); {
	case who == mailText:
		return f.wrap(s)
	case who == mailQuote && s != "":
		return f.by("").wrap(s)
	case who == words, tag.Get(tagServer) == words:
		return f.long(s)
	}
	return Own(s)
}

// MailFields are the fields that a sender wrote of the data of an answer, as a
// label names them: messages[].from. It is for a type of struct.
func MailFields(t reflect.Type) []string { return slices.Compact(mailFields(t, nil)) }

func mailFields(t reflect.Type, path []string) (list []string) {
	for field := range fieldsOf(t) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		inner, at := field.Type, append(slices.Clone(path), name)
		if field.Anonymous && name == "" {
			at = path
		}
		for inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Slice {
			if inner.Kind() == reflect.Slice && inner.Elem().Kind() == reflect.Struct {
				at = append(slices.Clone(path), name+"[]")
			}
			inner = inner.Elem()
		}
		switch {
		case inner.Kind() == reflect.Struct:
			list = append(list, mailFields(inner, at)...)
		case field.Tag.Get(tagMail) != "":
			list = append(list, strings.Join(at, "."))
		}
	}
	return list
}

// Untagged are the string fields of the data of an answer that do not say who
// wrote them. There must be none.
func Untagged(t reflect.Type) (list []string) {
	for field := range fieldsOf(t) {
		inner := field.Type
		for inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Slice {
			inner = inner.Elem()
		}
		tagged := field.Tag.Get(tagMail) + field.Tag.Get(tagServer) + field.Tag.Get(tagOwn)
		switch {
		case inner.Kind() == reflect.Struct:
			list = append(list, Untagged(inner)...)
		case inner.Kind() == reflect.String && tagged == "":
			list = append(list, t.Name()+"."+field.Name)
		}
	}
	return list
}

// fieldsOf yields the fields of a struct that are part of an answer.
func fieldsOf(t reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		if t.PkgPath() == "time" {
			return
		}
		for i := range t.NumField() {
			if field := t.Field(i); (field.IsExported() || field.Anonymous) && field.Tag.Get("json") != "-" && !yield(field) {
				return
			}
		}
	}
}

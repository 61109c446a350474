package argument

import (
	"fmt"
	"reflect"
)

// ID is an argument, or a member of one, that names a message.
type ID struct {
	Name string  // as the caller wrote it: message_ids[3]
	Text *string // of the input
}

// IDs are those of an input, a pointer to a struct, that the tags call ids.
func IDs(input any) []ID { return idsOf("", reflect.ValueOf(input).Elem()) }

func idsOf(path string, input reflect.Value) (list []ID) {
	for _, a := range argumentsOf(input) {
		if a.value.IsNil() {
			continue
		}
		name, v := path+a.name, a.value.Elem()
		switch isID := ruleOf(a.field).isID; {
		case v.Kind() == reflect.Slice:
			for i := range v.Len() {
				member := fmt.Sprintf("%s[%d]", name, i)
				if v.Index(i).Kind() == reflect.Struct {
					list = append(list, idsOf(member+".", v.Index(i))...)
				} else if isID {
					list = append(list, ID{member, v.Index(i).Addr().Interface().(*string)})
				}
			}
		case isID:
			list = append(list, ID{name, a.value.Interface().(*string)})
		}
	}
	return list
}

package argument

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"mail-imap-mcp/internal/contract"
)

// input has a field of each kind that tools have.
type input struct {
	ID     *string    `json:"message_id,omitempty" text:"id"`
	IDs    *[]string  `json:"message_ids,omitempty" text:"id" items:"3"`
	From   *OneOrMore `json:"from,omitempty" text:"search" items:"2"`
	Mode   *string    `json:"mode,omitempty" enum:"text,html" also:"plain=text" default:"text"`
	Limit  *int64     `json:"limit,omitempty" bounds:"1..100" means:"10"`
	Exact  *bool      `json:"exact,omitempty"`
	Attach *[]part    `json:"attach,omitempty" items:"2"`
}

type part struct {
	ID *string `json:"message_id" text:"id"`
}

// Whatever a caller writes, there is an input within its bounds, or invalid_input
// that repeats little of it.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		`{}`, ``, `null`, `[]`, `"{\"limit\":\"7\"}"`, `{"limit":"1e1","exact":"TRUE","mode":"Plain","from":"a"}`, `{"message_ids":"[\"a\",\"a\"]","attach":{"message_id":"x"}}`,
		`{"limit":0,"from":["",null,"[Gmail]/Sent"]}`, `{"limit":1e400}`, `{"message_id":"` + strings.Repeat("x", 300) + `"}`, `{"unknown` + strings.Repeat("x", 300) + `":1}`, `{"a":{"a":{"a":{}}}}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		in, err := Decode[input](json.RawMessage(raw))
		var refused *contract.Error
		switch {
		case err != nil && (!errors.As(err, &refused) || refused.Code != contract.InvalidInput || len(err.Error()) > 1_000):
			t.Fatalf("%q is refused with %v", raw, err)
		case err != nil:
			return
		case *in.Mode != "text" && *in.Mode != "html", in.Limit != nil && (*in.Limit < 1 || *in.Limit > 100), in.IDs != nil && len(*in.IDs) > 3, in.From != nil && len(*in.From) > 2:
			t.Errorf("%q is beyond its bounds: %+v", raw, in)
		}
		for _, id := range IDs(in) {
			if *id.Text = "changed"; id.Name == "" {
				t.Errorf("%q has an id without a name", raw)
			}
		}
	})
}

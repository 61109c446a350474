package tools

import (
	"slices"
	"testing"

	"mail-imap-mcp/internal/argument"
)

func TestFlags_MeanWhatAPersonMeans(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		args                 string
		add, remove, replace []string
	}{
		{`"operation":"add","flags":["read"]`, []string{`\Seen`}, nil, nil},
		{`"operation":"add","flags":["\\Read"]`, []string{`\Seen`}, nil, nil},
		{`"operation":"ADD","flags":["SEEN"]`, []string{`\Seen`}, nil, nil},
		{`"operation":"add","flags":"unread"`, nil, []string{`\Seen`}, nil},
		{`"operation":"remove","flags":["unread"]`, []string{`\Seen`}, nil, nil},
		{`"operation":"remove","flags":["read"]`, nil, []string{`\Seen`}, nil},
		{`"operation":"add","flags":["unread","starred"]`, []string{`\Flagged`}, []string{`\Seen`}, nil},
		{`"operation":"remove","flags":["unstarred","answered"]`, []string{`\Flagged`}, []string{`\Answered`}, nil},
		{`"operation":"add","flags":["important","flagged","starred"]`, []string{"$Important", `\Flagged`}, nil, nil},
		{`"operation":"add","flags":["\\Important"]`, []string{"$Important"}, nil, nil},
		{`"operation":"add","flags":["$Forwarded"]`, []string{"$Forwarded"}, nil, nil},
		{`"operation":"add","keywords":["read"]`, []string{"read"}, nil, nil},
		{`"operation":"add","flags":["draft"],"keywords":["Tea"]`, []string{`\Draft`, "Tea"}, nil, nil},
		{`"operation":"replace","flags":["read"]`, nil, nil, []string{`\Seen`}},
	} {
		in, err := read[updateMessageFlagsInput](`{"message_ids":"` + anID + `",` + tc.args + `}`)
		if err != nil || !slices.Equal(in.q.Add, tc.add) || !slices.Equal(in.q.Remove, tc.remove) || !slices.Equal(in.q.Replace, tc.replace) {
			t.Errorf("%s: add %q, remove %q, replace %q (%v)", tc.args, in.q.Add, in.q.Remove, in.q.Replace, err)
		}
	}
}

func TestFlags_DeletedIsGatedHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	for args, removes := range map[string]bool{
		`"operation":"add","flags":["deleted"]`:        true,
		`"operation":"add","flags":["\\DELETED"]`:      true,
		`"operation":"add","keywords":["\\Deleted"]`:   true,
		`"operation":"replace","flags":["\\deleted"]`:  true,
		`"operation":"remove","flags":["undeleted"]`:   true,
		`"operation":"remove","flags":["\\Deleted"]`:   false,
		`"operation":"add","flags":["undeleted"]`:      false,
		`"operation":"add","keywords":["not_deleted"]`: false,
	} {
		in, err := argument.Decode[updateMessageFlagsInput]([]byte(`{"message_ids":"` + anID + `",` + args + `}`))
		if err != nil {
			t.Fatal(err)
		}
		touch, err := in.touches(t.Context(), bare())
		if err != nil || touch.Removes != removes {
			t.Errorf("%s: removes %t (%v)", args, touch.Removes, err)
		}
	}
}

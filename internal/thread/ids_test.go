package thread

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"mail-imap-mcp/internal/imap"

	"mail-imap-mcp/internal/message"
)

func TestParseMessageIDs_AsTheyAreReallyWritten(t *testing.T) {
	t.Parallel()
	for field, want := range map[string][]string{
		"<a@b.example>":                      {"a@b.example"},
		"<a@b> <c@d>":                        {"a@b", "c@d"},
		"<a@b>,<c@d>; <e@f>":                 {"a@b", "c@d", "e@f"},
		"<a@b><c@d>":                         {"a@b", "c@d"},
		"  <a@b>\t<c@d>  ":                   {"a@b", "c@d"},
		"< a@b >":                            {"a@b"},
		"<a@ b>":                             {"a@b"},
		"a@b c@d":                            {"a@b", "c@d"},
		"a@b,c@d":                            {"a@b", "c@d"},
		"a@b>":                               {"a@b"},
		"<a@b":                               {"a@b"},
		"<a@b <c@d>":                         {"a@b", "c@d"},
		"<a@b and more <c@d>":                {"a@b", "c@d"},
		"<<a@b>>":                            {"a@b"},
		"<>":                                 nil,
		"":                                   nil,
		"< >":                                nil,
		"nothing here":                       nil,
		"<no-at-sign>":                       {"no-at-sign"},
		`Your message of "Mon, 2 Nov" <a@b>`: {"a@b"},
		"<a@b> (Bob's message of Monday)":    {"a@b"},
		"message by bob@c.example of Monday <a@b>": {"a@b"},
		"=?utf-8?q?=3Ca=40b=3E?=":                  {"a@b"},
		`<"a b"@c>`:                                {`"ab"@c`},
		"<größe@b>":                                {"größe@b"},
		"<a\x00b@c> <d@e>":                         {"d@e"},
		"<" + strings.Repeat("a", 512) + ">":       {strings.Repeat("a", 512)},
		"<" + strings.Repeat("a", 513) + "> <b@c>": {"b@c"},
	} {
		if got := parseMessageIDs(field); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", field, got, want)
		}
	}
}

func TestReadLineage_NearestFirstAndBounded(t *testing.T) {
	t.Parallel()
	var references []string
	for i := range 200 {
		references = append(references, fmt.Sprintf("<%d@x>", i))
	}
	l := readLineage([]message.Header{
		message.ParseHeader([]byte("Message-ID: <me@x>\r\nIn-Reply-To: <199@x>\r\n")),
		message.ParseHeader([]byte("References: " + strings.Join(references, "\r\n ") + " <me@x>\r\n")),
	})
	if l.id != "me@x" || l.parents[0] != "199@x" || l.parents[1] != "198@x" || l.parents[len(l.parents)-1] != "0@x" {
		t.Errorf("id %q, parents %q", l.id, l.parents)
	}
	if len(l.parents) > maxReferences || slices.Contains(l.parents, "me@x") || slices.Contains(l.parents, "100@x") || l.chained {
		t.Errorf("%d parents: %q", len(l.parents), l.parents)
	}
}

func FuzzParseMessageIDs(f *testing.F) {
	for _, seed := range []string{"<a@b> <c@d>", "a@b, c@d", "<a@b <c@d>", "=?utf-8?q?=3Ca=40b=3E?=", "<<>>", "<\xff@\xfe>", "< \r\n\t@>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, field string) {
		ids := parseMessageIDs(field)
		for _, id := range ids {
			if id == "" || len(id) > maxThreadIDBytes || strings.IndexFunc(id, unicode.IsControl) >= 0 || strings.IndexFunc(id, unicode.IsSpace) >= 0 {
				t.Errorf("%q in %q", id, field)
			}
			// Written as it should be, it is read as the same.
			if again := parseMessageIDs("<" + id + ">"); !strings.ContainsAny(id, "<>") && !strings.Contains(id, "=?") && !slices.Equal(again, []string{id}) {
				t.Errorf("%q becomes %q", id, again)
			}
		}
		l := readLineage([]message.Header{message.ParseHeader([]byte("References: " + field))})
		if len(l.parents) > maxReferences {
			t.Errorf("%d parents", len(l.parents))
		}
	})
}

func TestBaseSubject_WithoutWhatProgramsPutBefore(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"The harbour":                     "The harbour",
		"Re: The harbour":                 "The harbour",
		"RE: AW: Re[2]: Fwd: The harbour": "The harbour",
		"[list] Re: [list] The harbour":   "The harbour",
		"Re: [harbour-l]":                 "[harbour-l]",
		"Antwort: The harbour":            "Antwort: The harbour",
		"Meeting at 10: bring: tea":       "Meeting at 10: bring: tea",
		"Re: Hi":                          "",
		"Re:":                             "",
		"":                                "",
		"回复：港口的问题":                        "港口的问题",
		strings.Repeat("é", 100):          strings.Repeat("é", 30),
	} {
		if got := baseSubject(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

func TestNearest_TakesBothSidesWithoutExpandingRanges(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		set    imap.UIDSet
		around uint32
		n      int
		want   []uint32
	}{
		{"half and half", imap.UIDSet{{Start: 1, Stop: 400_000_000}}, 1000, 4, []uint32{998, 999, 1000, 1001}},
		{"at the beginning", imap.UIDSet{{Start: 1, Stop: 400_000_000}}, 1, 3, []uint32{1, 2, 3}},
		{"at the end", imap.UIDSet{{Start: 1, Stop: 10}}, 10, 3, []uint32{8, 9, 10}},
		{"the highest there is", imap.UIDSet{{Start: 1<<32 - 2, Stop: 1<<32 - 1}}, 1<<32 - 1, 3, []uint32{1<<32 - 2, 1<<32 - 1}},
		{"scattered", imap.UIDSet{{Start: 3, Stop: 3}, {Start: 7, Stop: 8}, {Start: 20, Stop: 20}}, 7, 2, []uint32{3, 7}},
		{"none", nil, 7, 2, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := slices.Sorted(slices.Values(nearest(tc.set, tc.around, tc.n))); !slices.Equal(got, tc.want) {
				t.Errorf("%v, want %v", got, tc.want)
			}
		})
	}
}

func TestPacks_StayBelowACommandsLength(t *testing.T) {
	t.Parallel()
	var ids []string
	for i := range 500 {
		ids = append(ids, fmt.Sprintf("%s%d@example.org", strings.Repeat("x", i%400), i))
	}
	ids = append(ids, "größe@example.org")
	groups := packs(ids, maxThreadCommands)
	if len(groups) != maxThreadCommands {
		t.Errorf("%d commands", len(groups))
	}
	for _, group := range groups {
		bytes := 0
		for _, id := range group {
			bytes += 3*len(id) + len(`OR ( HEADER "References" "" ) OR ( HEADER "In-Reply-To" "" ) ( HEADER "Message-Id" "" )`)
		}
		if len(group) == 0 || bytes > 8192 {
			t.Errorf("%d ids, %d bytes", len(group), bytes)
		}
	}
	if one := packs([]string{"größe@x", "a@x"}, 2); len(one) != 2 || one[0][0] != "a@x" {
		t.Errorf("%q", one)
	}
}

func TestPlaceByName_InManyLanguagesAndNotTooDeep(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]place{
		"Sent": placeSent, "INBOX/Sent Items": placeSent, "Gesendete Elemente": placeSent, "Отправленные": placeSent, "SENT": placeSent,
		"Archiv": placeArchive, "INBOX/Archive": placeArchive, "[Gmail]/All Mail": placeAll, "已发送": placeSent,
	} {
		if got, score := placeByName(name, '/'); got != want || score == 0 {
			t.Errorf("%s: %v, %d", name, got, score)
		}
	}
	for _, name := range []string{"Projects/Old/Sent", "Sentinel", "INBOX", "Archived by Bob"} {
		if _, score := placeByName(name, '/'); score != 0 {
			t.Errorf("%s is a guess", name)
		}
	}
}

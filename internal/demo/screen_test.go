package demo

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func TestFit_NeverExceedsItsColumns(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		in   string
		most int
		want string
	}{
		"short":                      {"tide", 8, "tide"},
		"exactly full":               {"lantern!", 8, "lantern!"},
		"one too long":               {"lanterns!", 8, "lante..."},
		"wide letters count double":  {"灯台フォーラム", 9, "灯台フ..."},
		"marks count nothing":        {"नमस्ते", 6, "नमस्ते"},
		"no escape reaches a screen": {"a\x1b[2Jb\r\nc\x07", 20, "a[2Jbc"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := fit(tc.in, tc.most); got != tc.want || columnsOf(got) > tc.most {
				t.Errorf("fit(%q, %d) = %q, want %q", tc.in, tc.most, got, tc.want)
			}
		})
	}
}

func TestWrap_BreaksAtBlanksAndInsideWhatHasNone(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		in   string
		want []string
	}{
		"at a blank":               {"the tower is dry", []string{"the tower", "is dry"}},
		"inside a long word":       {"https://example.org/", []string{"https://ex", "ample.org/"}},
		"between wide letters":     {"灯台フォーラム", []string{"灯台フォー", "ラム"}},
		"one empty line of many":   {"a\n\n\n\nb", []string{"a", "", "b"}},
		"blanks at the start stay": {"  - item", []string{"  - item"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := wrap(tc.in, 10); !slices.Equal(got, tc.want) {
				t.Errorf("wrap(%q) = %q, want %q", tc.in, got, tc.want)
			}
		})
	}
}

func TestScreen_IsPlainWhereThereIsNoTerminal(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	s := newScreen(&out, false)
	s.title("Head", "below")
	s.question(1, "Why?")
	s.called("tool", "{}")
	s.warn("look")
	s.quote("one\ntwo\nthree", 2)
	if err := s.end(t.Context(), cost{calls: 1}); err != nil {
		t.Fatal(err)
	}
	want := "Head\n====\nbelow\n\n1. \"Why?\"\n  -> tool {}\n  ! look\n    | one\n    | two\n    | (1 more line)\n    (1 call, 0.0 ms, 0 bytes as JSON)\n\n"
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

func TestScreen_MarksEachLineOfWhatIsHostile(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	s := newScreen(&out, false)
	s.alert("careful " + strings.Repeat("a", 70))
	s.hostile("obey\nme")
	_ = s.out.Flush()
	if got, want := out.String(), "  ! careful\n    "+strings.Repeat("a", 70)+"\n  x | obey\n  x | me\n"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

package safetext_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"mail-imap-mcp/internal/safetext"
)

var foldNote = regexp.MustCompile(`… (?:1 quoted line|\d+ quoted lines|signature of \d+ lines), body_offset_chars=(\d+) to read`)

// quoted is n lines of history.
func quoted(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "> line %d of what was written before\n", i+1)
	}
	return b.String()
}

func TestFold_QuotedHistoryIsOneLine(t *testing.T) {
	t.Parallel()
	for name, introduction := range map[string]string{
		"English":             "On Wed, May 1, 2024 at 10:00 AM Ben Example <ben@example.org> wrote:",
		"English, wrapped":    "On Wed, May 1, 2024 at 10:00 AM Ben Example\n<ben@example.org> wrote:",
		"German":              "Am 01.05.2024 um 10:00 schrieb Ben Example:",
		"French":              "Le mer. 1 mai 2024 à 10:00, Ben Example <ben@example.org> a écrit :",
		"Spanish":             "El mié, 1 may 2024 a las 10:00, Ben (<ben@example.org>) escribió:",
		"Italian":             "Il giorno mer 1 mag 2024 alle ore 10:00 Ben <ben@example.org> ha scritto:",
		"Portuguese":          "Em qua., 1 de mai. de 2024 às 10:00, Ben <ben@example.org> escreveu:",
		"Dutch":               "Op wo 1 mei 2024 om 10:00 schreef Ben <ben@example.org>:",
		"Swedish":             "Den ons 1 maj 2024 kl 10:00 skrev Ben <ben@example.org>:",
		"Polish":              "śr., 1 maj 2024 o 10:00 Ben <ben@example.org> napisał(a):",
		"Czech":               "st 1. 5. 2024 v 10:00 odesílatel Ben <ben@example.org> napsal:",
		"Russian":             "ср, 1 мая 2024 г. в 10:00, Ben <ben@example.org>:\n",
		"Russian, by program": "01.05.2024 10:00, Ben пишет:",
		"Japanese":            "2024年5月1日(水) 10:00 Ben <ben@example.jp>:",
		"Chinese":             "Ben <ben@example.org> 于2024年5月1日周三 10:00写道：",
		"Korean":              "2024년 5월 1일 (수) 오전 10:00, Ben <ben@example.org>님이 작성:",
		"Turkish":             "Ben <ben@example.org>, 1 May 2024 Çar, 10:00 tarihinde şunu yazdı:",
	} {
		t.Run(name, func(t *testing.T) {
			text := safetext.Plain("Yes, gladly.\n\n" + introduction + "\n" + quoted(30)).Text
			piece, next, truncated := safetext.Fold(text, 0, 4000)
			if truncated || next != utf8.RuneCountInString(text) {
				t.Errorf("next %d, truncated %t", next, truncated)
			}
			lines := strings.Split(piece, "\n")
			if len(lines) != 3 || !foldNote.MatchString(lines[2]) {
				t.Errorf("folded to %q", piece)
			}
			if own := safetext.Own(text); own != "Yes, gladly." {
				t.Errorf("own text %q", own)
			}
			if s := safetext.Snippet(text, 100); s != "Yes, gladly." {
				t.Errorf("snippet %q", s)
			}
		})
	}
}

func TestFold_HeadOfTheAnsweredMailStartsHistory(t *testing.T) {
	t.Parallel()
	body := "\n\n" + strings.Repeat("What was written before, at some length.\n", 10)
	for name, head := range map[string]string{
		"marker":   "-----Original Message-----\nFrom: Ben\nSent: Monday\nTo: Ann\nSubject: Tea",
		"German":   "Von: Ben Example <ben@example.org>\nGesendet: Montag, 6. Mai 2024 09:12\nAn: Ann\nBetreff: Tee",
		"bold":     "**From:** Ben Example <ben@example.org>\n**Sent:** Monday\n**To:** Ann\n**Subject:** Tea",
		"French":   "De : Ben <ben@example.org>\nEnvoyé : lundi 6 mai 2024 09:12\nÀ : Ann\nObjet : Thé",
		"Japanese": "差出人: Ben\n送信日時: 2024年5月6日\n宛先: Ann\n件名: お茶",
		"ruled":    "________________________________\nFrom: Ben\nSent: Monday\nTo: Ann\nSubject: Tea",
		"wrapped":  "From: Ben\nSent: Monday\nTo: Ann,\n Cleo, and many others\nSubject: Tea",
	} {
		t.Run(name, func(t *testing.T) {
			text := safetext.Plain("Yes.\n\n" + head + body).Text
			piece, _, _ := safetext.Fold(text, 0, 4000)
			if !foldNote.MatchString(piece) || strings.Contains(piece, "before") || safetext.Own(text) != "Yes." {
				t.Errorf("folded to %q, own %q", piece, safetext.Own(text))
			}
		})
	}
}

func TestFold_WhatIsContentStays(t *testing.T) {
	t.Parallel()
	letter := strings.Repeat("The letter itself, which is what this mail is for.\n", 10)
	for name, text := range map[string]string{
		"forwarded":                 "FYI\n\n---------- Forwarded message ---------\nFrom: Ben\nDate: Mon\nSubject: Tea\nTo: Ann\n\n" + letter,
		"forwarded, German":         "Zur Info\n\n-------- Weitergeleitete Nachricht --------\nBetreff: Tee\nDatum: Mo\nVon: Ben\nAn: Ann\n\n" + letter,
		"forwarded, quoted":         "FYI\n\nBegin forwarded message:\n\n> From: Ben\n> Subject: Tea\n>\n" + quoted(20),
		"nothing but quote":         quoted(20),
		"nothing but a head":        "From: Ben\nSent: Monday\nTo: Ann\nSubject: Tea\n\n" + letter,
		"short quotes and answers":  "> Tea?\n> Or coffee, which is what I would rather have?\n\nTea.\n\n> When would be a good time for you to come over?\n\nAt five.",
		"a quote in a list":         "Rules:\n\n- first\n\n  > " + strings.Repeat("words of the rule, ", 30) + "\n\n- second",
		"two dashes above a letter": "Hello\n--\n" + strings.Repeat("line of text\n", 30),
	} {
		t.Run(name, func(t *testing.T) {
			text = safetext.Plain(text).Text
			if piece, _, _ := safetext.Fold(text, 0, 4000); piece != text {
				t.Errorf("folded to %q", piece)
			}
		})
	}
}

func TestFold_SignatureIsOneLine(t *testing.T) {
	t.Parallel()
	text := safetext.Plain("See you.\n\n-- \nAnn Example\nGardener, Example Gardens\n1 Long Road\nTelephone 555 0100\n\nOn Monday 6 May Ben wrote:\n" + quoted(9)).Text
	piece, _, _ := safetext.Fold(text, 0, 4000)
	if n := len(foldNote.FindAllString(piece, -1)); n != 2 || strings.Contains(piece, "Gardener") {
		t.Errorf("folded to %q", piece)
	}
	for _, line := range []string{"Sent from my iPhone", "Von meinem iPad gesendet", "Get Outlook for iOS", "iPhoneから送信"} {
		if own := safetext.Own("Yes.\n\n" + line); own != "Yes." {
			t.Errorf("own text %q", own)
		}
	}
}

func TestFold_LongQuoteBetweenAnswersIsFolded(t *testing.T) {
	t.Parallel()
	text := safetext.Plain("Tea.\n\n" + quoted(6) + "\nAnd cake.\n\n" + quoted(5) + "\nAt five.").Text
	piece, _, _ := safetext.Fold(text, 0, 4000)
	if want := "Tea.\n\n… 6 quoted lines, body_offset_chars=6 to read\n\nAnd cake.\n\n" + quoted(5) + "\nAt five."; piece != want {
		t.Errorf("folded to %q", piece)
	}
}

func TestOwn_LeavesOutWhatListsAndCompaniesAdd(t *testing.T) {
	t.Parallel()
	for name, added := range map[string]string{
		"a list's footer":   "_______________________________________________\nGardeners mailing list\nhttps://lists.example.org/gardeners",
		"a secrecy notice":  "This e-mail and any attachments are confidential and intended for the addressee only.",
		"a German notice":   "Diese E-Mail enthält vertrauliche Informationen und ist nur für den Empfänger bestimmt.",
		"a group's footer":  "-- \nYou received this message because you are subscribed to the group.\nTo leave it, write to leave@example.org.",
		"all of them":       "-- \nAnn\n\nSent from my iPhone\n\nConfidentiality notice: for your eyes only.",
		"a telephone's own": "Gesendet mit der Mail App",
	} {
		if own := safetext.Own("Tea at five.\n\nBring cake.\n\n" + added); own != "Tea at five.\n\nBring cake." {
			t.Errorf("%s: own text %q", name, own)
		}
	}
	for name, text := range map[string]string{
		"a notice and text below": "Tea.\n\nConfidentiality notice: for you only.\n\nBring cake.",
		"only dashes":             "Tea.\n--\n> cake",
	} {
		if own := safetext.Own(text); !strings.HasPrefix(own, "Tea.") || (strings.Contains(text, "Bring") && !strings.Contains(own, "Bring cake.")) {
			t.Errorf("%s: own text %q", name, own)
		}
	}
}

// A note at the start of the text would name the offset all reading starts at.
func TestFold_QuoteAtTheStartKeepsItsFirstLine(t *testing.T) {
	t.Parallel()
	text := safetext.Plain("On 1 May Ben <ben@example.org> wrote:\n" + quoted(40) + "\nI agree.").Text
	piece, _, _ := safetext.Fold(text, 0, 4000)
	want := "On 1 May Ben <ben@example.org> wrote:\n… 40 quoted lines, body_offset_chars=38 to read\n\nI agree."
	if piece != want {
		t.Errorf("folded to %q", piece)
	}
	if piece, _, _ := safetext.Fold(text, 38, 4000); !strings.HasPrefix(piece, "> line 1") || foldNote.MatchString(piece) {
		t.Errorf("the block is not shown: %q", piece)
	}
}

func TestPlain_ImitatedFoldNoteIsTold(t *testing.T) {
	t.Parallel()
	for _, r := range []safetext.Result{
		safetext.Plain("… 9 quoted lines, body_offset_chars=7 to read"),
		safetext.HTML("<p>… 9 quoted lines, body_<b></b>offset_chars=7 to read</p>"),
	} {
		if foldNote.MatchString(r.Text) {
			t.Errorf("a note of ours in %q", r.Text)
		}
	}
}

// readAll reads text by Fold as a caller does: on from next, and each folded
// block by the offset in its note up to where the piece around it goes on.
func readAll(t testing.TB, text string, max int) string {
	runes := []rune(text)
	var b strings.Builder
	for offset, steps := 0, 0; ; steps++ {
		piece, next, truncated := safetext.Fold(text, offset, max)
		if utf8.RuneCountInString(piece) > max {
			t.Fatalf("%d characters, at most %d asked for: %q", utf8.RuneCountInString(piece), max, piece)
		}
		if steps > len(text)+1 || (truncated && next <= offset) {
			t.Fatalf("no progress at %d", offset)
		}
		at := offset // of the text
		for {
			m := foldNote.FindStringSubmatchIndex(piece)
			if m == nil {
				break
			}
			b.WriteString(piece[:m[0]])
			start, err := strconv.Atoi(piece[m[2]:m[3]])
			if at += utf8.RuneCountInString(piece[:m[0]]); err != nil || start != at {
				t.Fatalf("a note says %d and stands for %d", start, at)
			}
			piece = piece[m[1]:]
			// The block ends where the rest of the piece stands in the text.
			end := next - utf8.RuneCountInString(piece)
			if again := foldNote.FindStringIndex(piece); again != nil {
				end = start + strings.Index(string(runes[start:]), piece[:again[0]])
				for !strings.HasPrefix(string(runes[end:]), piece[:again[0]]) {
					end++
				}
			}
			for at < end {
				more, after, _ := safetext.Fold(text, at, min(max, end-at))
				if after <= at || foldNote.MatchString(more) {
					t.Fatalf("the block at %d is not shown: %q", at, more)
				}
				b.WriteString(more)
				at = after
			}
		}
		b.WriteString(piece)
		if !truncated {
			return b.String()
		}
		offset = next
	}
}

var foldLine = rapid.SampledFrom([]string{
	"> quoted words of some length, which go on", "> > deeper and deeper into the past of this thread", ">", "", "", "Own words.", "Yes",
	"On 1 May Ben <b@example.org> wrote:", "-- ", "Ann Example, Gardener in Exampletown", "Sent from my iPhone", "From: Ben", "Sent: Monday",
	"To: Ann", "Subject: Tea", "-----Original Message-----", "---------- Forwarded message ---------", "________________________", "日本語の文章です。",
})

func TestFold_LosesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		// One block at most is folded in a text of a kind, which readAll needs.
		own := rapid.SliceOfN(rapid.StringMatching(`[a-z]{3,9} [a-z]{3,9}`), 1, 20).Draw(rt, "own")
		text := safetext.Plain(strings.Join(own, "\n") + "\n\nOn 1 May Ben wrote:\n" + quoted(rapid.IntRange(1, 40).Draw(rt, "quoted"))).Text
		max := rapid.IntRange(1, 600).Draw(rt, "max")
		if got := readAll(t, text, max); got != text {
			rt.Fatalf("read %q of %q", got, text)
		}
	})
	rapid.Check(t, func(rt *rapid.T) {
		text := safetext.Plain(strings.Join(rapid.SliceOfN(foldLine, 0, 60).Draw(rt, "lines"), "\n")).Text
		checkFold(t, text, rapid.IntRange(1, 300).Draw(rt, "max"))
	})
}

// checkFold checks what holds for any text: bounds, progress, and that what a
// piece shows is the text but for its notes.
func checkFold(t testing.TB, text string, max int) {
	t.Helper()
	runes := []rune(text)
	for offset, steps := 0, 0; steps < 200; steps++ {
		piece, next, truncated := safetext.Fold(text, offset, max)
		if utf8.RuneCountInString(piece) > max || next > len(runes) || truncated != (next < len(runes)) {
			t.Fatalf("%d characters of at most %d, next %d of %d, truncated %t", utf8.RuneCountInString(piece), max, next, len(runes), truncated)
		}
		shown := string(runes[offset:next])
		for i, part := range foldNote.Split(piece, -1) {
			at := strings.Index(shown, part)
			if at < 0 || (i == 0 && at != 0) {
				t.Fatalf("%q is not what stands at %d of %q", part, offset, text)
			}
			shown = shown[at+len(part):]
		}
		if !truncated {
			return
		}
		if next <= offset {
			t.Fatalf("no progress at %d", offset)
		}
		offset = next
	}
}

func FuzzFold(f *testing.F) {
	f.Add("Yes.\n\nOn 1 May Ben wrote:\n"+quoted(9)+"\n-- \nAnn", 50)
	f.Add("a\n-----Original Message-----\nFrom: b\nTo: c\nSubject: d\n"+quoted(3), 7)
	f.Fuzz(func(t *testing.T, in string, max int) {
		if max < 1 || max > 16_000 || len(in) > 20_000 {
			t.Skip()
		}
		text := safetext.Plain(in).Text
		checkFold(t, text, max)
		if own := safetext.Own(text); len(own) > len(text) {
			t.Fatalf("own text %q is longer than %q", own, text)
		}
	})
}

package mailtest

import (
	"bufio"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

func TestSynthetic_MakesUpWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	s := NewSynthetic(t, SyntheticOptions{})
	signIn(t, s, func(c *imapclient.Client) {
		data, err := c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait()
		if err != nil || data.NumMessages != 1_000_000 {
			t.Fatalf("%+v %v", data, err)
		}
		count := func(criteria *imap.SearchCriteria) uint32 {
			t.Helper()
			found, err := c.UIDSearch(criteria, &imap.SearchOptions{ReturnCount: true}).Wait()
			if err != nil {
				t.Fatal(err)
			}
			return found.Count
		}
		text := func(s string) *imap.SearchCriteria { return &imap.SearchCriteria{Text: []string{s}} }
		if got := count(text("each10")); got != 100_000 {
			t.Errorf("each10 matches %d", got)
		}
		if got := count(text("all")); got != 1_000_000 {
			t.Errorf("all matches %d", got)
		}
		if got := count(text("nothing")); got != 0 {
			t.Errorf("another text matches %d", got)
		}
		since := &imap.SearchCriteria{Since: time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)}
		if got := count(since); got != 721 { // from midnight to noon
			t.Errorf("since the last day %d arrived", got)
		}
		window := text("each100")
		window.UID = []imap.UIDSet{{imap.UIDRange{Start: 999_000, Stop: 0}}}
		found, err := c.UIDSearch(window, &imap.SearchOptions{ReturnAll: true}).Wait()
		if err != nil || len(found.AllUIDs()) != 11 {
			t.Errorf("the newest window has %v %v", found.All, err)
		}
		msgs, err := c.Fetch(imap.UIDSetNum(1_000_000), &imap.FetchOptions{
			UID: true, Flags: true, InternalDate: true, RFC822Size: true, Envelope: true,
			BodyStructure: &imap.FetchItemBodyStructure{Extended: true},
			BodySection: []*imap.FetchItemBodySection{
				{Specifier: imap.PartSpecifierHeader, HeaderFields: []string{"Subject"}, Peek: true},
				{Part: []int{1}, Partial: &imap.SectionPartial{Offset: 5, Size: 2}, Peek: true},
			},
		}).Collect()
		if err != nil || len(msgs) != 1 {
			t.Fatalf("%v %v", msgs, err)
		}
		m := msgs[0]
		if m.UID != 1_000_000 || !m.InternalDate.Equal(Newest) || !strings.Contains(m.Envelope.Subject, "each100000") {
			t.Errorf("the newest message is %+v", m)
		}
		if got := string(m.BodySection[1].Bytes); got != "is" {
			t.Errorf("two bytes of the text are %q", got)
		}
	})
}

// A list of a million numbers would take 4 MB and their text 7 MB.
func TestSynthetic_AnswersAMillionNumbersWithoutKeepingThem(t *testing.T) {
	s := NewSynthetic(t, SyntheticOptions{NoESearch: true})
	c := dialRaw(t, s)
	c.open(s.Account("default"))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	if _, err := c.Write([]byte("s UID SEARCH TEXT each2\r\n")); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(c)
	read := 0
	for {
		part, err := in.ReadSlice(' ')
		read += len(part)
		if err != nil {
			t.Fatalf("after %d bytes: %v", read, err)
		}
		if strings.HasSuffix(string(part), "\ns ") {
			break
		}
	}
	runtime.ReadMemStats(&after)
	if read < 3_000_000 {
		t.Errorf("the answer was %d bytes", read)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
		t.Errorf("%d bytes were allocated", used)
	}
}

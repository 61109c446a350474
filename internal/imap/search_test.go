package imap

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// matches is an answer to SEARCH in a line.
func matches(d *SearchData) string {
	s := fmt.Sprintf("%s min=%d max=%d", d.All, d.Min, d.Max)
	if d.HasCount() {
		s += fmt.Sprintf(" count=%d", d.Count)
	}
	if d.HasAll() {
		s += " all"
	}
	if d.LookedDownTo != 0 {
		s += fmt.Sprintf(" down to %d", d.LookedDownTo)
	}
	if !d.Answered() {
		s += " unanswered"
	}
	return s
}

func TestSearch_ReadsWhatServersSend(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, says, want string }{
		{"plain", "* SEARCH 2 3 5\r\n%t1 OK", "2:3,5 min=2 max=5 count=3 all"},
		{"plain, nothing", "* SEARCH\r\n%t1 OK", " min=0 max=0 count=0 all"},
		{"plain, downwards, twice, overlapping", "* SEARCH 9 8 3 4 9 3 1\r\n%t1 OK", "1,3:4,8:9 min=1 max=9 count=5 all"},
		{"plain, ascending with one from before", "* SEARCH 1 2 3 2\r\n%t1 OK", "1:3 min=1 max=3 count=3 all"},
		{"plain in several rows", "* SEARCH 5 6\r\n* SEARCH 2\r\n* search 6 7\r\n%t1 OK", "2,5:7 min=2 max=7 count=4 all"},
		{"plain, blanks and words and what is no UID", "* SEARCH  2\t3 x 0 -1 4294967296 18446744073709551617 7) \r\n%t1 OK", "2:3,7 min=2 max=7 count=3 all"},
		{"plain with MODSEQ", "* SEARCH 2 (MODSEQ 917) \r\n%t1 OK", "2 min=2 max=2 count=1 all"},
		{"no row", "%t1 OK", " min=0 max=0 all unanswered"},
		{"ESEARCH", "* ESEARCH (TAG \"%t1\") UID MIN 2 MAX 9 COUNT 3 ALL 2,8:9\r\n%t1 OK", "2,8:9 min=2 max=9 count=3 all"},
		{"ESEARCH without tag and UID", "* ESEARCH COUNT 3 ALL 2,8:9\r\n%t1 OK", "2,8:9 min=2 max=9 count=3 all"},
		{"ESEARCH, count only", "* ESEARCH (TAG \"%t1\") UID COUNT 3\r\n%t1 OK", " min=0 max=0 count=3"},
		{"ESEARCH of nothing", "* ESEARCH (TAG \"%t1\") UID COUNT 0\r\n%t1 OK", " min=0 max=0 count=0 all"},
		{"ESEARCH without any item", "* ESEARCH (TAG \"%t1\") UID\r\n%t1 OK", " min=0 max=0 all"},
		{"ESEARCH, items in parentheses, tag as an atom", "* ESEARCH (TAG %t1) (UID COUNT 1 ALL 5)\r\n%t1 OK", "5 min=5 max=5 count=1 all"},
		{"ESEARCH, items in lower case", "* esearch (tag \"%t1\") uid count 1 all 5\r\n%t1 OK", "5 min=5 max=5 count=1 all"},
		{"ESEARCH downwards, overlapping, the wrong way round", "* ESEARCH UID ALL 9:7,3:5,4:6,4,2\r\n%t1 OK", "2:9 min=2 max=9 count=8 all"},
		{"ESEARCH with what is no set in it", "* ESEARCH UID ALL 5,x,0,*,7:x,4294967296,8\r\n%t1 OK", "5,8 min=5 max=8 count=2 all"},
		{"ESEARCH with MODSEQ, in parentheses too", "* ESEARCH UID COUNT 1 MODSEQ (9)\r\n* ESEARCH UID ALL 5 MODSEQ 11\r\n%t1 OK", "5 min=5 max=5 count=1 all"},
		{"ESEARCH, unknown items, a value left out", "* ESEARCH UID X-A (1 2) X-B ALL COUNT 1\r\n* ESEARCH UID ALL 5\r\n%t1 OK", "5 min=5 max=5 count=1 all"},
		{"ESEARCH of 4,000,000,000", "* ESEARCH UID ALL 1:4000000000\r\n%t1 OK", "1:4000000000 min=1 max=4000000000 count=4000000000 all"},
		{"ESEARCH of everything", "* ESEARCH UID ALL 1:4294967295,4294967295\r\n%t1 OK", "1:4294967295 min=1 max=4294967295 count=4294967295 all"},
		{"ESEARCH of a command that is over", "* ESEARCH (TAG \"%t0\") UID COUNT 7\r\n* ESEARCH (TAG \"%t1\") UID COUNT 3\r\n%t1 OK", " min=0 max=0 count=3"},
		{"ESEARCH of a stranger's tag", "* ESEARCH (TAG \"A00000001\") UID COUNT 3\r\n%t1 OK", " min=0 max=0 count=3"},
		{"MESSAGELIMIT", "* ESEARCH UID ALL 5\r\n%t1 OK [MESSAGELIMIT 1000 23] partly", "5 min=5 max=5 count=1 all down to 23"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, _ := dial(tt.says + " done\r\n%t2 OK\r\n")
			q := c.UIDSearch(&SearchCriteria{}, &SearchOptions{ReturnAll: true})
			if got := matches(must[*SearchData](t)(q.Wait())); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			understood(t, c)
			if err := c.Noop().Wait(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSearch_AnswersOfAFlightAreNotSwapped(t *testing.T) {
	t.Parallel()
	for _, says := range []string{
		"* SEARCH 1\r\n%t1 OK\r\n* SEARCH 2\r\n%t2 OK\r\n",
		"* ESEARCH (TAG \"%t1\") UID ALL 1\r\n%t1 OK\r\n* ESEARCH (TAG \"%t2\") UID ALL 2\r\n%t2 OK\r\n",
		"* ESEARCH (TAG \"%t2\") UID ALL 2\r\n* ESEARCH (TAG \"%t1\") UID ALL 1\r\n%t2 OK\r\n%t1 OK\r\n",
	} {
		c, _ := dial(says)
		first, second := c.UIDSearch(&SearchCriteria{}, nil), c.UIDSearch(&SearchCriteria{}, nil)
		if two, one := must[*SearchData](t)(second.Wait()), must[*SearchData](t)(first.Wait()); one.All.String() != "1" || two.All.String() != "2" {
			t.Errorf("%q: %s, %s", says, one.All, two.All)
		}
	}
	c, _ := dial("%t1 NO\r\n* SEARCH 2\r\n%t2 OK\r\n") // the first is refused, the second answered
	first, second := c.UIDSearch(&SearchCriteria{}, nil), c.UIDSearch(&SearchCriteria{}, nil)
	if two := must[*SearchData](t)(second.Wait()); two.All.String() != "2" {
		t.Errorf("the second found %s", two.All)
	}
	if one, err := first.Wait(); err == nil || one.Answered() {
		t.Errorf("the first: %v, %v", one, err)
	}
}

func TestUIDSet_NormalIsAscendingWithoutOverlaps(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		var set UIDSet
		in := map[UID]bool{}
		for range rnd.IntN(8) {
			a, b := rnd.Uint32N(20)+1, rnd.Uint32N(20)+1
			set = append(set, UIDRange{min(a, b), max(a, b)})
			for uid := min(a, b); uid <= max(a, b); uid++ {
				in[uid] = true
			}
		}
		before := set.String()
		got := set.normal()
		if nums := got.Nums(100); len(nums) != len(in) || got.Len() != len(in) || !slices.IsSorted(nums) || len(slices.Compact(nums)) != len(in) {
			t.Fatalf("%s became %s", before, got)
		}
	}
}

func TestUIDSet_NumbersOf32BitsDoNotOverflow(t *testing.T) {
	t.Parallel()
	const top = 1<<32 - 1
	set := UIDSetNum(top, top-1, 1, top)
	if set.String() != fmt.Sprintf("1,%d:%d", top-1, top) || set.Len() != 3 || !set.Contains(top) || set.Contains(2) {
		t.Error(set)
	}
	if got := (UIDSet{{Start: top - 1, Stop: top}}).Nums(10); len(got) != 2 {
		t.Error(got)
	}
	if got := (UIDSet{{Start: 5}}).String(); got != "5:*" {
		t.Error(got)
	}
	if got := (UIDSet{{Start: 1, Stop: top}, {Start: top, Stop: top}}).normal(); len(got) != 1 {
		t.Error(got)
	}
}

func TestCopyUID_PairsInTheOrderOfTheServer(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ says, want string }{
		{"%t1 OK [COPYUID 7 1:3 11:13] done", "7 [1 2 3] [11 12 13]"},
		{"* OK [COPYUID 7 1:3 11:13] moved\r\n%t1 OK done", "7 [1 2 3] [11 12 13]"},
		{"%t1 OK [copyuid 7 5,2:3,9 14,11:13] done", "7 [5 2 3 9] [14 11 12 13]"},
		{"%t1 OK [COPYUID 7 3:1 13:11] done", "7 [1 2 3] [11 12 13]"},
		{"* OK [COPYUID 7 1 11]\r\n* OK [COPYUID 7 2 12]\r\n%t1 OK done", "7 [1 2] [11 12]"},
		{"* OK [COPYUID 7 1 11]\r\n* OK [COPYUID 8 2 12]\r\n%t1 OK done", "7 [1] [11]"},
		{"%t1 OK [COPYUID 7 1:3 11:12] sizes differ", "0 [] []"},
		{"%t1 OK [COPYUID 7 1:x 11:12] no set", "0 [] []"},
		{"%t1 OK [COPYUID 7] nothing", "0 [] []"},
		{"%t1 OK [COPYUID 7 1 11 not closed", "0 [] []"},
		{"%t1 OK [COPYUID x 1 11] no number", "0 [] []"},
		{"%t1 OK done", "0 [] []"},
	} {
		c, _ := dial(tt.says + "\r\n")
		d := must[CopyData](t)(c.UIDMove(UIDSetNum(1, 2, 3), "x").Wait())
		if got := fmt.Sprint(d.UIDValidity, d.Source, d.Dest); got != tt.want {
			t.Errorf("%q: %s, want %s", tt.says, got, tt.want)
		}
	}
	c, _ := dial("%t1 OK [COPYUID 7 1:4294967295 1:4294967295] done\r\n")
	if d := must[CopyData](t)(c.UIDCopy(UIDSetNum(1), "x").Wait()); len(d.Source) != maxPairs || len(d.Dest) != maxPairs {
		t.Errorf("%d, %d pairs kept", len(d.Source), len(d.Dest))
	}
	c, _ = dial("%t1 OK [COPYUID 7 " + strings.Repeat("1,", 40_000) + "1 1] longer than is read\r\n%t2 OK\r\n")
	if d := must[CopyData](t)(c.UIDCopy(UIDSetNum(1), "x").Wait()); d.Source != nil {
		t.Errorf("%d pairs of what was not read to its end", len(d.Source))
	}
}

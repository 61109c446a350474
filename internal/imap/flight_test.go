package imap

import (
	"errors"
	"io"
	"strings"
	"testing"
)

func TestSection_ShorterThanAnnouncedEndsAtTheTag(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, says, want string }{
		{"by 100", "{105}\r\nhello)\r\n", "hello"},
		{"by 4", "{9}\r\nhello)\r\n", "hello"},
		{"by exactly what is behind it", "{8}\r\nhello)\r\n", "hello"},
		{"by all", "{8}\r\n", ""},
		{"and the row is not closed", "{7}\r\nhello\r\n", "hello"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, _ := dial("* 1 FETCH (UID 5 BODY[] " + tt.says + "%t1 OK done\r\n* 2 EXISTS\r\n%t2 OK\r\n")
			f := c.UIDFetch(UIDSetNum(5), &FetchOptions{BodySection: []*BodySection{{}}})
			rows := must[[]*Message](t)(f.Wait())
			if len(rows) != 1 || !rows[0].Short || string(rows[0].Sections[0].Data) != tt.want {
				t.Fatalf("%+v", rows)
			}
			if err := c.Noop().Wait(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// silence fails the test where the client reads on although nothing more is due.
type silence struct{ t *testing.T }

func (s silence) Read([]byte) (int, error) {
	s.t.Error("read behind what was due")
	return 0, errors.New("silence")
}

func TestQuoted_WithALineEndIsNotReadBehindItsEnd(t *testing.T) {
	t.Parallel()
	c, s := dial("")
	s.Reader = io.MultiReader(strings.NewReader("\"a\r\nb\")"), silence{t})
	if text, err := c.r.quoted(); err != nil || text != "a\r\nb" {
		t.Fatalf("%q, %v", text, err)
	}
}

func TestOffer_RowsOfTheOldMailboxAreNotGivenToCommandsOfTheNextOne(t *testing.T) {
	t.Parallel()
	c, _ := dial("* 5 FETCH (UID 7 FLAGS (\\Deleted))\r\n" + // of A, whose SELECT of B has not been answered
		"* SEARCH 7\r\n* OK [UIDNEXT 9] of B\r\n* 3 EXISTS\r\n%t1 OK [READ-ONLY] B\r\n" +
		"* 1 FETCH (UID 7 FLAGS (\\Seen))\r\n%t2 OK\r\n* SEARCH 8\r\n%t3 OK\r\n")
	c.selected = Mailbox{Name: "A"}
	open, fetch := c.Examine("B"), c.UIDFetch(UIDSetNum(7), &FetchOptions{Flags: true})
	search := c.UIDSearch(&SearchCriteria{}, nil)
	rows := must[[]*Message](t)(fetch.Wait())
	if len(rows) != 1 || len(rows[0].Flags) != 1 || rows[0].Flags[0] != FlagSeen {
		t.Errorf("rows %+v", rows)
	}
	if found := must[*SearchData](t)(search.Wait()); found.All.String() != "8" {
		t.Errorf("found %s", found.All)
	}
	if box := must[Mailbox](t)(open.Wait()); box.UIDNext != 9 || box.NumMessages != 3 || c.Selected().Name != "B" {
		t.Errorf("open %+v", box)
	}
}

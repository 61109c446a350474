package thread_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
	"mail-imap-mcp/internal/thread"
)

// answering is a message that names others.
func answering(n int, text string, parents ...string) []byte {
	at := time.Date(2026, 11, 20, 8+n, 0, 0, 0, time.UTC)
	references := ""
	if len(parents) > 0 {
		references = "In-Reply-To: " + parents[len(parents)-1] + "\r\nReferences: " + strings.Join(parents, " ") + "\r\n"
	}
	return fmt.Appendf(nil, "From: p%d@example.org\r\nDate: %s\r\nSubject: Tent\r\nMessage-ID: <c%d@x>\r\n%s\r\n%s\r\n",
		n, at.Format(time.RFC1123Z), n, references, text)
}

func TestThread_LooksForMissingAncestorsInEveryMailboxButJunkAndTrash(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		for _, name := range []string{"Projects", "Projects/Tent", "Deleted Items", "Spam"} {
			srv.Create(t, name)
		}
		rig.Put(t, srv, "Projects/Tent", answering(0, "The first."))
		rig.Put(t, srv, "Deleted Items", answering(1, "In Trash.", "<c0@x>"))
		rig.Put(t, srv, "Spam", answering(2, "In Junk.", "<c0@x>"))
		seed := rig.Put(t, srv, "INBOX", answering(4, "The last.", "<c0@x>", "<c1@x>", "<c2@x>", "<c3@x>"))
		r := find(t, connect(t, srv), thread.Query{ID: seed})
		if got := texts(r); !slices.Equal(got, []string{"The first.", "The last."}) {
			t.Errorf("%q", got)
		}
		if r.Missing != 3 || len(r.Issues) > 0 {
			t.Errorf("%d missing, issues %+v", r.Missing, r.Issues)
		}
		if !slices.Contains(r.Searched, "Projects/Tent") || slices.Contains(r.Searched, "Deleted Items") || slices.Contains(r.Searched, "Spam") {
			t.Errorf("searched %q", r.Searched)
		}
	})
}

func TestThread_PagesByPosition(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		var seed contract.MessageID
		for i := range 7 {
			var parents []string
			if i > 0 {
				parents = []string{"<c0@x>"}
			}
			seed = rig.Put(t, srv, "INBOX", answering(i, fmt.Sprintf("Text %d.", i), parents...))
		}
		service := connect(t, srv)
		var all []string
		for position := 1; ; {
			r := find(t, service, thread.Query{ID: seed, Limit: 3, Position: position})
			if r.Total != 7 || r.Earlier != position-1 {
				t.Fatalf("at %d: %d in all, %d earlier", position, r.Total, r.Earlier)
			}
			all = append(all, texts(r)...)
			if r.Later == 0 {
				break
			}
			position += len(r.Messages)
		}
		if len(all) != 7 || all[0] != "Text 0." || all[6] != "Text 6." {
			t.Errorf("%q", all)
		}
		if r := find(t, service, thread.Query{ID: seed, Position: 8}); len(r.Messages) != 0 || r.Total != 7 {
			t.Errorf("beyond the end: %d messages of %d", len(r.Messages), r.Total)
		}
	})
}

func TestThread_IsLimitedByCharacters(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		rig.Put(t, srv, "INBOX", answering(0, "Short."))
		seed := rig.Put(t, srv, "INBOX", answering(1, strings.Repeat("A long letter. ", 250), "<c0@x>"))
		r := find(t, connect(t, srv), thread.Query{ID: seed, MaxChars: 1000})
		if got := texts(r); r.CutTexts != 1 || got[0] != "Short." || len(got[0])+len(got[1]) > 1000 || len(got[1]) < 800 {
			t.Errorf("%d cut; texts of %d and %d", r.CutTexts, len(got[0]), len(got[1]))
		}
	})
}

func TestThread_ATextThatDidNotComeIsAnIssue(t *testing.T) {
	t.Parallel()
	memory := mailtest.NewMemory(t)
	rig.Put(t, memory, "INBOX", answering(0, "The first."))
	seed := rig.Put(t, memory, "INBOX", answering(1, "The second.", "<c0@x>"))
	service := connect(t, mailtest.NewFaulty(t, memory, mailtest.FaultAt("UID FETCH", func(x *mailtest.Exchange) {
		if strings.Contains(x.Line, "BODY.PEEK[1]") {
			x.Reply("* 1 FETCH (UID 1 BODY[1]<0> NIL)\r\n* 2 FETCH (UID 2 BODY[1]<0> NIL)\r\n%T OK done\r\n")
		}
	})))
	r, err := service.Thread(t.Context(), thread.Query{ID: seed})
	if err != nil {
		t.Fatal(err)
	}
	if r.Unread != 2 || len(r.Issues) != 1 || r.Issues[0].Stage != "body" || r.Messages[0].BodyText != nil {
		t.Errorf("%d unread, issues %+v", r.Unread, r.Issues)
	}
}

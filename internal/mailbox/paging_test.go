package mailbox_test

import (
	"fmt"
	"os"
	"testing"

	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
)

// pagingSize is how many matches are paged through: CI's long form walks ten
// thousand, the short one a sample.
func pagingSize() int {
	if os.Getenv("MAIL_IMAP_TEST_LONG") != "" {
		return 10_000
	}
	return 1_000
}

func TestSearch_PagingWhileOthersAppendAndExpungeShowsEachSurvivorOnce(t *testing.T) {
	t.Parallel()
	for _, criteria := range []mailbox.Criteria{{}, {From: "ada"}} {
		rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
			total := pagingSize()
			batch := make([]mailtest.Message, total)
			for n := range batch {
				batch[n] = rig.Numbered(n)
			}
			uids := srv.Append(t, "INBOX", batch...)
			service := connect(t, srv)

			expunged := map[string]bool{}
			seen := map[string]int{}
			q := mailbox.SearchQuery{Criteria: criteria, Limit: 100}
			for page := 0; ; page++ {
				r := rig.Search(t, service, q)
				for _, m := range r.Messages {
					seen[m.ID.String()]++
				}
				if !r.HasMore {
					break
				}
				q = mailbox.SearchQuery{Cursor: r.NextCursor}
				// One is taken from what was shown, one from what is to come,
				// and new mail arrives on top.
				shown, coming := total-50-100*page, total-180-100*page
				for _, n := range []int{shown, coming} {
					if n > 0 && n < total {
						srv.Expunge(t, "INBOX", uids[n])
						expunged[fmt.Sprintf("number %d", n)] = true
					}
				}
				if page < 20 {
					srv.Append(t, "INBOX", rig.Numbered(total+page))
				}
			}
			for id, times := range seen {
				if times != 1 {
					t.Errorf("%s was shown %d times", id, times)
				}
			}
			validity := srv.UIDValidity(t, "INBOX")
			missing := 0
			for n, uid := range uids {
				if seen[fmt.Sprintf("imap:%s:INBOX:%d:%d", rig.Account, validity, uid)] == 0 && !expunged[fmt.Sprintf("number %d", n)] {
					missing++
				}
			}
			if missing > 0 {
				t.Errorf("%d surviving messages were never shown", missing)
			}
		})
	}
}

package mailtest

import (
	"bytes"
	"slices"
	"testing"
	"time"
)

func TestServers_ShowWhatIsStoredAndChangeNothing(t *testing.T) {
	t.Parallel()
	eachServer(t, func(t *testing.T, behind Server) {
		date := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		behind.Create(t, "Entwürfe/日本語")
		first := Message{Raw: sampleMail("first"), Date: date, Flags: []string{"$Forwarded", "\\Flagged"}}
		behind.Append(t, "Entwürfe/日本語", first, Message{Raw: sampleMail("second")}, Message{Raw: sampleMail("third")})
		behind.Expunge(t, "Entwürfe/日本語", 2)
		for _, s := range []Server{behind, NewFaulty(t, behind), Record(t, behind)} {
			for range 2 {
				list := s.Messages(t, "Entwürfe/日本語")
				if len(list) != 2 || list[0].UID != 1 || list[1].UID != 3 {
					t.Fatalf("there are %+v", list)
				}
				if !bytes.Equal(list[0].Raw, first.Raw) || !list[0].Date.Equal(date) || !slices.Equal(list[0].Flags, first.Flags) {
					t.Errorf("the first is %+v", list[0])
				}
				if len(list[1].Flags) != 0 {
					t.Errorf("the last has flags %v", list[1].Flags)
				}
			}
			if list := s.Messages(t, "Archive"); len(list) != 0 {
				t.Errorf("in the empty mailbox are %+v", list)
			}
			names := s.Mailboxes(t)
			if !slices.Contains(names, "Entwürfe/日本語") || !slices.Contains(names, "INBOX") || !slices.IsSorted(names) {
				t.Errorf("mailboxes are %v", names)
			}
		}
		behind.Recreate(t, "Entwürfe/日本語")
		if list := behind.Messages(t, "Entwürfe/日本語"); len(list) != 0 {
			t.Errorf("after it was made anew there are %+v", list)
		}
		behind.Remove(t, "Entwürfe/日本語")
		if names := behind.Mailboxes(t); slices.Contains(names, "Entwürfe/日本語") {
			t.Errorf("after its removal there are %v", names)
		}
	})
}

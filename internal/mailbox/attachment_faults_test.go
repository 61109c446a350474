package mailbox_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/extract"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
	"mail-imap-mcp/internal/message"
)

// spoilt is a sink that counts how often it began again, and may end the call
// when the first bytes come.
type spoilt struct {
	sink
	resets int
	first  func()
}

func (s *spoilt) Reset() error { s.resets++; return s.sink.Reset() }

func (s *spoilt) Write(b []byte) (int, error) {
	if s.first != nil && s.Len() == 0 {
		s.first()
	}
	return s.sink.Write(b)
}

func saveTo(ctx context.Context, service *mailbox.Service, id contract.MessageID, to *spoilt) (int64, error) {
	_, size, err := service.SaveAttachment(ctx, mailbox.AttachmentQuery{ID: id, PartID: "2"}, func(message.Attachment) (mailbox.Sink, error) { return to, nil })
	return size, err
}

var encodedSize = regexp.MustCompile(`(?i)("base64") \d+`)

// claims makes a server say that the attachments have this size.
func claims(size string) mailtest.Fault {
	return mailtest.FaultAt("UID FETCH", func(x *mailtest.Exchange) {
		x.Rewrite(func(unit []byte) []byte {
			if !bytes.Contains(unit, []byte("BODYSTRUCTURE (")) {
				return unit
			}
			return encodedSize.ReplaceAll(unit, []byte("$1 "+size))
		})
	})
}

func TestAttachment_ASizeThatIsWrongLosesNothing(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		size  int // of the attachment
		claim string
		whole bool
	}{
		"a tenth":                 {1 << 20, "100000", true},
		"nothing":                 {100_000, "0", true},
		"one byte less":           {1 << 20, "1433000", true},
		"ten times as much":       {1 << 20, "14000000", true},
		"4 GB":                    {100_000, "4294967295", false}, // more than is read, and so refused
		"far less than is there":  {6 << 20, "10", false},
		"a piece less than there": {5 << 20, "4000000", false},
	} {
		t.Run(name, func(t *testing.T) {
			rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
				content := noise(tt.size)
				id := rig.Put(t, srv, "INBOX", rig.Enclosing("application/octet-stream", "x.bin", content))
				service := connect(t, mailtest.NewFaulty(t, srv, claims(tt.claim)))
				var file spoilt
				size, err := saveTo(t.Context(), service, id, &file)
				if tt.whole && (err != nil || size != int64(len(content)) || !bytes.Equal(file.Bytes(), content)) {
					t.Errorf("saved %d of %d bytes: %v", size, len(content), err)
				}
				if !tt.whole && err == nil {
					t.Errorf("a file of %d bytes, of %d, is said to be whole", size, len(content))
				}
				a, err := service.AttachmentBytes(t.Context(), mailbox.AttachmentQuery{ID: id, PartID: "2", Offset: 1000, Max: 1000})
				if err != nil || !bytes.Equal(a.Data, content[1000:2000]) || !a.Truncated {
					t.Errorf("its beginning: %d bytes, %v", len(a.Data), err)
				}
			})
		})
	}
}

// atPiece does something to the FETCH of an attachment's second piece.
func atPiece(do func(x *mailtest.Exchange)) mailtest.Fault {
	return mailtest.FaultAt("UID FETCH", func(x *mailtest.Exchange) {
		if strings.Contains(x.Line, "[2]<2097152.") {
			do(x)
		}
	})
}

// instead answers the FETCH of the second piece in the server's turn.
func instead(untagged, tagged string) func(x *mailtest.Exchange) {
	return func(x *mailtest.Exchange) {
		x.Rewrite(func(unit []byte) []byte {
			switch {
			case !bytes.HasPrefix(unit, []byte("* ")):
				return []byte(x.Tag + " " + tagged + "\r\n")
			case bytes.Contains(unit[:min(len(unit), 100)], []byte("[2]<2097152>")):
				return []byte(untagged)
			}
			return unit // of a command before it
		})
	}
}

func TestAttachment_AServerThatFailsWhilePiecesComeIsSaidInWords(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		fault mailtest.Fault
		codes string
	}{
		"a piece without its bytes": {atPiece(instead("* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n", "OK done")), "unavailable"},
		"no row for a piece":        {atPiece(instead("", "OK done")), "unavailable"},
		"another message's piece":   {atPiece(instead("* 1 FETCH (UID 99 BODY[2]<2097152> \"x\")\r\n", "OK done")), "unavailable"},
		"a piece from the beginning": {atPiece(func(x *mailtest.Exchange) {
			x.Rewrite(func(unit []byte) []byte { return bytes.Replace(unit, []byte("[2]<2097152>"), []byte("[2]"), 1) })
		}), "unavailable"},
		"NO to a piece":          {atPiece(instead("", "NO [SERVERBUG] sorry")), "internal unavailable"},
		"never the second piece": {atPiece((*mailtest.Exchange).Swallow), "timeout"},
		"closed at the second":   {atPiece((*mailtest.Exchange).HangUp), "unavailable internal"},
	} {
		t.Run(name, func(t *testing.T) {
			srv := mailtest.NewMemory(t)
			id := rig.Put(t, srv, "INBOX", rig.Enclosing("text/plain", "x.txt", bytes.Repeat([]byte("a row of text\n"), 6<<20/14)))
			service := hasty(t, mailtest.NewFaulty(t, srv, tt.fault))
			var file spoilt
			_, err := saveTo(t.Context(), service, id, &file)
			var fault *contract.Fault
			if !errors.As(err, &fault) || !strings.Contains(tt.codes, string(fault.Code)) {
				t.Errorf("save: %v, want %s", err, tt.codes)
			}
			m, err := service.Get(t.Context(), mailbox.GetQuery{ID: id, BodyMax: 100, Mode: mailbox.ModeText, Attachments: true, AttachmentText: 1000})
			if err != nil || len(m.Issues) == 0 || len(m.Attachments) != 1 || m.Attachments[0].Text == nil || m.Attachments[0].Text.Status == extract.OK {
				t.Errorf("with the message: %+v, %v", m, err)
			}
			if early := name == "closed at the second"; !early && (m == nil || m.BodyText == nil || !strings.Contains(*m.BodyText, "enclosed")) {
				t.Errorf("the body is lost: %+v", m)
			}
			if _, err := service.List(t.Context(), mailbox.ListQuery{}); err != nil {
				t.Errorf("the next call fails: %v", err)
			}
		})
	}
}

// cutAfter closes the connection when so many bytes of an attachment's rows were
// sent, once.
func cutAfter(n int) mailtest.Fault {
	var mu sync.Mutex
	left, cut, over := n, false, false
	return mailtest.FaultAt("UID FETCH", func(x *mailtest.Exchange) {
		if !strings.Contains(x.Line, "[2]<") {
			return
		}
		x.Rewrite(func(unit []byte) []byte {
			mu.Lock()
			defer mu.Unlock()
			switch {
			case over:
				return unit
			case cut: // what was left of the row before is sent by now
				over = true
				x.HangUp()
				return nil
			case !bytes.Contains(unit[:min(len(unit), 100)], []byte("[2]<")):
				return unit
			}
			if cut = len(unit) > left; cut {
				return unit[:left]
			}
			left -= len(unit)
			return unit
		})
	})
}

func TestAttachment_CutAnywhereIsNeverAWholeFile(t *testing.T) {
	t.Parallel()
	content := noise(3 << 20) // 4.3 MB encoded: three pieces
	srv := mailtest.NewMemory(t)
	id := rig.Put(t, srv, "INBOX", rig.Enclosing("application/octet-stream", "x.bin", content))
	for _, n := range []int{0, 1, 20, 40, 41, 50, 1000, 1 << 20, 2<<20 - 1, 2 << 20, 2<<20 + 50, 2<<20 + 100, 3 << 20, 4 << 20, 4_200_000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			service := connect(t, mailtest.NewFaulty(t, srv, cutAfter(n)))
			var file spoilt
			size, err := saveTo(t.Context(), service, id, &file)
			var fault *contract.Fault
			if !errors.As(err, &fault) {
				t.Errorf("saved %d of %d bytes: %v", size, len(content), err)
			}
			var again spoilt
			if size, err := saveTo(t.Context(), service, id, &again); err != nil || size != int64(len(content)) || !bytes.Equal(again.Bytes(), content) {
				t.Errorf("again: %d of %d bytes: %v", size, len(content), err)
			}
		})
	}
}

func TestAttachment_CancelledWhilePiecesComeEndsAndTheNextWorks(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		content := noise(12 << 20)
		id := rig.Put(t, srv, "INBOX", rig.Enclosing("application/octet-stream", "x.bin", content))
		service := connect(t, srv)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		n, err := saveTo(ctx, service, id, &spoilt{first: cancel})
		var fault *contract.Fault
		if !errors.As(err, &fault) {
			t.Errorf("cancelled: %d bytes saved, %v", n, err)
		}
		var file spoilt
		if size, err := saveTo(t.Context(), service, id, &file); err != nil || size != int64(len(content)) || !bytes.Equal(file.Bytes(), content) {
			t.Errorf("the next: %d bytes, %v", size, err)
		}
	})
}

func TestAttachment_AConnectionThatDiedIdleIsReplacedAndTheFileWhole(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		content := noise(3 << 20)
		id := rig.Put(t, srv, "INBOX", rig.Enclosing("application/octet-stream", "x.bin", content))
		service := connect(t, srv)
		for range 2 {
			var file spoilt
			if size, err := saveTo(t.Context(), service, id, &file); err != nil || size != int64(len(content)) || !bytes.Equal(file.Bytes(), content) {
				t.Errorf("%d bytes, begun again %d times: %v", size, file.resets, err)
			}
			srv.Restart(t)
		}
	})
}

func TestAttachment_OfAMessageWhoseStructureIsGarbled(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		table := []byte("item,price\nlamp,12.50\n")
		small := rig.Enclosing("text/csv", "prices.csv", table)
		id := rig.Put(t, srv, "INBOX", small)
		service := connect(t, mailtest.NewFaulty(t, srv, mailtest.FaultBadStructure(id.UID)))
		m := rig.Get(t, service, mailbox.GetQuery{ID: id, Attachments: true, AttachmentText: 1000})
		if len(m.Attachments) != 1 || m.Attachments[0].Text.Status != extract.OK || !strings.Contains(m.Attachments[0].Text.Text, "12.50") || len(m.Notes) == 0 {
			t.Errorf("attachments %+v, notes %q", m.Attachments, m.Notes)
		}
		if got := saved(t, service, mailbox.AttachmentQuery{ID: id, PartID: "2"}); !bytes.Equal(got, table) {
			t.Errorf("saved %q", got)
		}

		// Of a long source only the beginning is taken apart: what ends in it is
		// whole, what does not is not said to be.
		long := mixed("Content-Type: text/plain\n\nTwo.", part("text/csv; name=prices.csv", "base64", rig.Wrapped(table)), part("text/plain; name=long.txt", "base64", rig.Wrapped(noise(2<<20))))
		id = rig.Put(t, srv, "INBOX", long)
		service = connect(t, mailtest.NewFaulty(t, srv, mailtest.FaultBadStructure(id.UID)))
		m = rig.Get(t, service, mailbox.GetQuery{ID: id, Attachments: true, AttachmentText: 1000})
		if len(m.Attachments) != 2 || m.Attachments[0].Text.Status != extract.OK || m.Attachments[1].Text.Status == extract.OK || strings.Contains(m.Attachments[1].Text.Note, "25 MB") {
			t.Errorf("attachments %+v", m.Attachments)
		}
		if got := saved(t, service, mailbox.AttachmentQuery{ID: id, PartID: "2"}); !bytes.Equal(got, table) {
			t.Errorf("saved %q", got)
		}
		opened := false
		_, _, err := service.SaveAttachment(t.Context(), mailbox.AttachmentQuery{ID: id, PartID: "3"}, func(message.Attachment) (mailbox.Sink, error) { opened = true; return &sink{}, nil })
		if err == nil || opened {
			t.Errorf("a beginning was saved as a whole (opened %t): %v", opened, err)
		}
	})
}

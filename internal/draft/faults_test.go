package draft_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/draft"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
)

// drafts are how many messages lie in Drafts.
func drafts(t *testing.T, srv mailtest.Server) int {
	t.Helper()
	return rig.Search(t, connect(t, srv).Mail, mailbox.SearchQuery{Mailbox: "Drafts", Limit: 10}).Total
}

// answerLost lets the server do everything and loses its answer to an APPEND.
func answerLost() mailtest.Fault {
	return mailtest.FaultAt("APPEND", func(x *mailtest.Exchange) {
		x.Rewrite(func(response []byte) []byte {
			if bytes.HasPrefix(response, []byte("+")) {
				return response
			}
			x.HangUp()
			return nil
		})
	}).Times(1)
}

func TestDraft_LostAnswerIsLookedForAndNothingIsSavedTwice(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		faulty := mailtest.NewFaulty(t, srv, answerLost())
		service := connect(t, faulty)
		save(t, service, draft.Query{Body: "Once."}) // and reads it back
		if n := drafts(t, srv); n != 1 {
			t.Errorf("%d drafts, want 1\n%v", n, faulty.Commands())
		}
	})
}

func TestDraft_CutBeforeTheServerHasItIsSaidToBeNotSaved(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		faulty := mailtest.NewFaulty(t, srv, mailtest.FaultClose("APPEND").Times(1))
		service := connect(t, faulty)
		p := prepare(t, service, draft.Query{Body: "Never."})
		_, err := service.Save(t.Context(), p)
		var fault *contract.Fault
		if !errors.As(err, &fault) || !fault.Retryable || !strings.Contains(fault.Message, "nothing was saved") {
			t.Errorf("%v", err)
		}
		if n := drafts(t, srv); n != 0 {
			t.Errorf("%d drafts, want none", n)
		}
		if saved, err := service.Save(t.Context(), p); err != nil || saved.ID == nil || drafts(t, srv) != 1 {
			t.Errorf("the next try: %+v, %v", saved, err)
		}
	})
}

func TestDraft_WhatCannotBeFoundOutIsSaidToBeUnknown(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	faulty := mailtest.NewFaulty(t, srv, answerLost(), mailtest.FaultNO("EXAMINE", "not now"))
	service := connect(t, faulty)
	_, err := service.Save(t.Context(), prepare(t, service, draft.Query{Body: "Perhaps."}))
	var fault *contract.Fault
	if !errors.As(err, &fault) || fault.Retryable || !strings.Contains(fault.Message, "look into Drafts") {
		t.Errorf("%v", err)
	}
}

func TestDraft_ServerThatDoesNotAnswerMayStillSaveIt(t *testing.T) {
	t.Parallel()
	faulty := mailtest.NewFaulty(t, mailtest.NewMemory(t), mailtest.FaultHang("APPEND"))
	service := hasty(t, faulty)
	_, err := service.Save(t.Context(), prepare(t, service, draft.Query{Body: "Perhaps."}))
	var fault *contract.Fault
	if !errors.As(err, &fault) || fault.Retryable || fault.Code != contract.Timeout || !strings.Contains(fault.Message, "look there") {
		t.Errorf("%v", err)
	}
}

func TestDraft_ConnectionThatDiedIdleIsReplaced(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		faulty := mailtest.NewFaulty(t, srv)
		service := connect(t, faulty)
		p := prepare(t, service, draft.Query{Body: "Later."})
		faulty.Drop()
		if saved, err := service.Save(t.Context(), p); err != nil || saved.ID == nil || drafts(t, srv) != 1 {
			t.Errorf("%+v, %v", saved, err)
		}
	})
}

func TestDraft_RefusalIsTold(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewDovecot(t)
	for text, want := range map[string]string{"[OVERQUOTA] quota exceeded": "quota exceeded", "[TRYCREATE] no such mailbox": "imap_manage_mailbox"} {
		faulty := mailtest.NewFaulty(t, srv, mailtest.FaultNO("APPEND", text).Times(1))
		service := connect(t, faulty)
		p := prepare(t, service, draft.Query{Body: strings.Repeat("more than a literal that is sent at once\n", 200)})
		if _, err := service.Save(t.Context(), p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
		if n := drafts(t, srv); n != 0 {
			t.Errorf("%s: %d drafts", text, n)
		}
	}
}

func TestDraft_WithoutADraftsMailboxSaysWhatToDo(t *testing.T) {
	t.Parallel()
	list := func(rows string) mailtest.Fault { return mailtest.FaultReply("LIST", rows+"%T OK done\r\n") }
	for name, tt := range map[string]struct{ rows, want string }{
		"none":      {"* LIST () \"/\" INBOX\r\n* LIST () \"/\" \"Projects/Old/Drafts\"\r\n* LIST (\\NoSelect) \"/\" Drafts\r\n", ""},
		"marked":    {"* LIST () \"/\" Drafts\r\n* LIST (\\drafts) \"/\" Half-written\r\n", "Half-written"},
		"by name":   {"* LIST () \".\" INBOX\r\n* LIST () \".\" \"INBOX.Entw&APw-rfe\"\r\n", "INBOX.Entwürfe"},
		"commonest": {"* LIST () \"/\" Bozze\r\n* LIST () \"/\" drafts\r\n", "drafts"},
	} {
		t.Run(name, func(t *testing.T) {
			service := connect(t, mailtest.NewFaulty(t, mailtest.NewMemory(t), list(tt.rows)))
			p, err := service.Prepare(t.Context(), draft.Query{})
			var refused *contract.Error
			switch {
			case tt.want == "" && (!errors.As(err, &refused) || refused.Code != contract.NotFound || !strings.Contains(refused.Message, "imap_manage_mailbox")):
				t.Errorf("%+v, %v", p, err)
			case tt.want != "" && (err != nil || p.Mailbox != tt.want):
				t.Errorf("%+v, %v, want %s", p, err, tt.want)
			}
		})
	}
}

func TestDraft_ForwardsAMessageWhoseStructureTheServerGarbles(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	id := rig.Put(t, srv, "INBOX", question(srv))
	service := connect(t, mailtest.NewFaulty(t, srv, mailtest.FaultBadStructure(id.UID)))
	p := prepare(t, service, draft.Query{Forward: &id})
	if len(p.Attachments) != 2 || p.Attachments[0].Size != int64(len("item,price\n\xf6l,12\n")) || len(p.Issues) != 0 {
		t.Errorf("%+v", p)
	}
}

// What is cut off where a source is taken apart here is not passed on as if it
// were whole.
func TestDraft_PassesOnNoHalfAttachments(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	id := rig.Put(t, srv, "INBOX", rig.Enclosing("application/octet-stream", "big.bin", bytes.Repeat([]byte("x"), 2<<20)))
	service := connect(t, mailtest.NewFaulty(t, srv, mailtest.FaultBadStructure(id.UID)))
	p := prepare(t, service, draft.Query{Forward: &id})
	if len(p.Attachments) != 0 || len(p.Issues) != 1 || !strings.Contains(p.Issues[0].Message, "big.bin") {
		t.Errorf("%+v", p)
	}
	_, err := service.Prepare(t.Context(), draft.Query{Attach: []draft.PartRef{{ID: id, PartID: "2"}}})
	var refused *contract.Error
	if !errors.As(err, &refused) || refused.Code != contract.Unavailable {
		t.Errorf("%v", err)
	}
}

// Originals that are hardly mail can be answered and forwarded, too.
func TestDraft_AnswersWhateverThereIs(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		service := connect(t, srv)
		for name, source := range map[string][]byte{
			"nothing":         []byte("\r\n"),
			"no sender":       rig.Mail("Subject: x", "hi\n"),
			"odd sender":      rig.Mail("From: <>, \"a\" <b c@d>, x@\xff", "hi\n"),
			"only a file":     rig.Mail("From: ada@example.net\nContent-Type: application/pdf; name=x.pdf\nContent-Transfer-Encoding: base64", "AAAA\n"),
			"file of no type": rig.Mail("From: ada@example.net\nContent-Type: (none)\nContent-Disposition: attachment; filename*=utf-8''%0d%0aBcc%3a%20x", "\x00\x01\n"),
			"many ids":        rig.Mail("From: ada@example.net\nReferences: "+strings.Repeat("<a@b>\n ", 500)+"\nMessage-ID: <"+strings.Repeat("i", 900)+"@b>", "hi\n"),
			"encoded breaks":  rig.Mail("From: =?utf-8?q?=0D=0ABcc:_x?= <ada@example.net>\nSubject: =?utf-8?q?=0D=0ABcc:_x=00?=", "hi\n"),
		} {
			id := rig.Put(t, srv, "INBOX", source)
			for _, q := range []draft.Query{{ReplyTo: &id, ReplyAll: true, Body: "Hm."}, {Forward: &id, Body: "Look."}} {
				_, m := save(t, service, q)
				if header(m, "Bcc") != "" || m.BodyText == nil || !strings.HasPrefix(*m.BodyText, q.Body) {
					t.Errorf("%s: %+v", name, m)
				}
			}
		}
	})
}

// A forward of as many attachments as fit takes no more memory than any call,
// and says what it left out. The server runs outside of this process.
func TestDraft_OfTwentyFiveMegabytesKeepsACallWithinItsMemory(t *testing.T) {
	srv := mailtest.NewDovecot(t)
	var body strings.Builder
	const size = 8 << 20
	for n := range 4 {
		fmt.Fprintf(&body, "--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename=\"f%d.bin\"\nContent-Transfer-Encoding: base64\n\n%s", n, rig.Wrapped(bytes.Repeat([]byte{byte(n), 1, 2, 3}, size/4)))
	}
	id := rig.Put(t, srv, "INBOX", rig.Mail("From: ada@example.net\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b", body.String()+"--b--\n"))
	service := connect(t, srv)
	body.Reset()
	var saved atomic.Pointer[draft.Saved]
	peak := rig.HeapPeak(t, func() {
		p, err := service.Prepare(t.Context(), draft.Query{Forward: &id})
		if err != nil || len(p.Attachments) != 3 || len(p.Issues) != 1 || !strings.Contains(p.Issues[0].Message, "f3.bin") {
			t.Errorf("%+v, %v", p, err)
			return
		}
		s, err := service.Save(t.Context(), p)
		if err != nil {
			t.Error(err)
			return
		}
		saved.Store(s)
	})
	t.Logf("%d MiB at most", peak>>20)
	if peak > rig.MaxCallMemory {
		t.Errorf("%d MiB, want at most %d", peak>>20, rig.MaxCallMemory>>20)
	}
	if s := saved.Load(); s != nil {
		a, err := service.Mail.AttachmentBytes(t.Context(), mailbox.AttachmentQuery{ID: *s.ID, PartID: "4", Offset: size - 8, Max: 100})
		if err != nil || !bytes.Equal(a.Data, []byte{2, 1, 2, 3, 2, 1, 2, 3}) {
			t.Errorf("%+v, %v", a, err)
		}
	}
	_, err := service.Prepare(t.Context(), draft.Query{Attach: []draft.PartRef{{ID: id, PartID: "1"}, {ID: id, PartID: "2"}, {ID: id, PartID: "3"}, {ID: id, PartID: "4"}}})
	var refused *contract.Error
	if !errors.As(err, &refused) || refused.Code != contract.InvalidInput || !strings.Contains(refused.Message, "25 MB") {
		t.Errorf("32 MB: %v", err)
	}
}

// Courier takes no APPEND to the mailbox that is open for reading.
func TestDraft_IsSavedWhereTheOpenMailboxIsNotAppendedTo(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	var mu sync.Mutex
	var open string
	refused, appends := 0, 0
	service := connect(t, mailtest.NewFaulty(t, srv, mailtest.FaultAt("*", func(x *mailtest.Exchange) {
		mu.Lock()
		defer mu.Unlock()
		switch x.Verb {
		case "EXAMINE", "SELECT":
			open = x.Verb + " " + x.Line
		case "APPEND":
			appends++
			if strings.HasPrefix(open, "EXAMINE") && strings.Contains(open, "Drafts") {
				refused++
				x.Reply("%T NO Current box is selected READ-ONLY.\r\n")
			}
		}
	})))
	for range 3 {
		_, m := save(t, service, draft.Query{Body: "Hello."}) // and reads it, which opens Drafts
		if m.ID.Mailbox != "Drafts" {
			t.Errorf("saved in %q", m.ID.Mailbox)
		}
	}
	if n := drafts(t, srv); n != 3 || appends != 4 || refused != 1 {
		t.Errorf("%d drafts by %d APPENDs, %d refused; want 3 by 4, and one refusal, for it is remembered", n, appends, refused)
	}
}

package mailtest

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if os.Getenv(keepsDovecot) != "" {
		dieWithDovecot()
	}
	goleak.VerifyTestMain(m)
}

// keepsDovecot makes this program one that starts a Dovecot and is killed.
const keepsDovecot = "MAIL_IMAP_TEST_KEEPS_DOVECOT"

// dieWithDovecot starts a Dovecot, says where it is, and waits for its end.
func dieWithDovecot() {
	p, err := sharedDovecot(DovecotOptions{})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(p.dir)
	select {}
}

// eachServer runs f against the in-process server and Dovecot.
func eachServer(t *testing.T, f func(t *testing.T, s Server)) {
	t.Run("memory", func(t *testing.T) { f(t, NewMemory(t)) })
	t.Run("dovecot", func(t *testing.T) { f(t, NewDovecot(t)) })
}

// client signs in to a server, over STARTTLS when asked.
func signIn(t *testing.T, s Server, f func(c *imapclient.Client)) {
	t.Helper()
	r := remote{acc: s.Account("default"), roots: s.RootCAs()}
	r.with(t, "client", func(c *imapclient.Client) error {
		f(c)
		return nil
	})
}

func sampleMail(subject string) []byte {
	return Mail{From: "Anna <anna@example.org>", To: "me@example.org", Subject: subject, Text: "Hello\r\nthere\r\n"}.Bytes()
}

func TestServers_MailAppendedIsListedSearchedAndRead(t *testing.T) {
	t.Parallel()
	eachServer(t, func(t *testing.T, s Server) {
		raw := sampleMail("Übung macht den Meister")
		uids := s.Append(t, "INBOX", Message{Raw: raw, Flags: []string{"\\Seen"}}, Message{Raw: sampleMail("second")})
		if len(uids) != 2 || uids[0] >= uids[1] {
			t.Fatalf("UIDs are %v", uids)
		}
		s.Create(t, "Entwürfe/日本語")
		signIn(t, s, func(c *imapclient.Client) {
			list, err := c.List("", "*", &imap.ListOptions{ReturnSpecialUse: true}).Collect()
			if err != nil {
				t.Fatal(err)
			}
			found := map[string][]imap.MailboxAttr{}
			for _, l := range list {
				found[l.Mailbox] = l.Attrs
			}
			if _, ok := found["Entwürfe/日本語"]; !ok {
				t.Errorf("the international name is missing: %v", found)
			}
			if !bytes.Contains([]byte(joinAttrs(found["Sent"])), []byte("\\Sent")) {
				t.Errorf("Sent has attributes %v", found["Sent"])
			}
			if _, err := c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
				t.Fatal(err)
			}
			data, err := c.UIDSearch(&imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "Subject", Value: "übung"}}}, nil).Wait()
			if err != nil {
				t.Fatal(err)
			}
			if got := data.AllUIDs(); len(got) != 1 || uint32(got[0]) != uids[0] {
				t.Errorf("search for an encoded subject found %v, want %d", got, uids[0])
			}
			msgs, err := c.Fetch(imap.UIDSetNum(imap.UID(uids[0])), &imap.FetchOptions{
				UID: true, Flags: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}},
			}).Collect()
			if err != nil || len(msgs) != 1 {
				t.Fatalf("fetch: %v %v", msgs, err)
			}
			if got := msgs[0].BodySection[0].Bytes; !bytes.Equal(got, raw) {
				t.Errorf("read back\n%q, want\n%q", got, raw)
			}
			if len(msgs[0].Flags) == 0 || msgs[0].Flags[0] != imap.FlagSeen {
				t.Errorf("flags are %v", msgs[0].Flags)
			}
		})
		s.Expunge(t, "INBOX", uids[0])
		signIn(t, s, func(c *imapclient.Client) {
			data, err := c.Select("INBOX", nil).Wait()
			if err != nil || data.NumMessages != 1 {
				t.Errorf("after the expunge: %+v %v", data, err)
			}
		})
	})
}

func joinAttrs(attrs []imap.MailboxAttr) string {
	var b bytes.Buffer
	for _, a := range attrs {
		_, _ = io.WriteString(&b, string(a)+" ")
	}
	return b.String()
}

func TestServers_RestartKeepsMailPortsAndUIDValidity(t *testing.T) {
	t.Parallel()
	restart := func(t *testing.T, s Server) {
		s.Append(t, "INBOX", Message{Raw: sampleMail("kept")})
		before := s.UIDValidity(t, "INBOX")
		s.Restart(t)
		if after := s.UIDValidity(t, "INBOX"); after != before {
			t.Errorf("UIDVALIDITY was %d and is %d", before, after)
		}
		signIn(t, s, func(c *imapclient.Client) {
			if data, err := c.Select("INBOX", nil).Wait(); err != nil || data.NumMessages != 1 {
				t.Errorf("INBOX: %+v %v", data, err)
			}
		})
	}
	eachServer(t, restart)
	t.Run("private dovecot", func(t *testing.T) { restart(t, NewDovecotWith(t, DovecotOptions{Private: true})) })
}

func TestServers_SearchUnderstandsEncodedBodiesAndSectionsArePrecise(t *testing.T) {
	t.Parallel()
	eachServer(t, func(t *testing.T, s Server) {
		raw := Mail{
			From: "Jörg <j@example.org>", To: "me@example.org", Subject: "forms", Charset: "iso-8859-1", Encoding: "base64",
			Text: "Schöne Grüße aus Köln\n", HTML: "<p>nur im HTML: Äpfel</p>",
			Attachments: []Attachment{{Name: "Übersicht.pdf", ContentType: "application/pdf", Content: []byte("%PDF-1.7 content")}},
		}.Bytes()
		uid := s.Append(t, "INBOX", Message{Raw: raw})[0]
		signIn(t, s, func(c *imapclient.Client) {
			if _, err := c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
				t.Fatal(err)
			}
			header := func(k, v string) *imap.SearchCriteria {
				return &imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: k, Value: v}}}
			}
			for _, search := range []struct {
				name     string
				criteria *imap.SearchCriteria
				want     int
			}{
				{"body in base64 and Latin-1", &imap.SearchCriteria{Body: []string{"GRÜSSE"}}, 0},
				{"body, case ignored", &imap.SearchCriteria{Body: []string{"grüße AUS köln"}}, 1},
				{"second part", &imap.SearchCriteria{Text: []string{"äpfel"}}, 1},
				{"text finds headers", &imap.SearchCriteria{Text: []string{"jörg"}}, 1},
				{"body does not", &imap.SearchCriteria{Body: []string{"jörg"}}, 0},
				{"from", header("From", "jörg"), 1},
				{"absent header", header("X-None", ""), 0},
				{"present header", header("Subject", ""), 1},
				{"not", &imap.SearchCriteria{Not: []imap.SearchCriteria{*header("From", "jörg")}}, 0},
				{"uid beyond the end", &imap.SearchCriteria{UID: []imap.UIDSet{{imap.UIDRange{Start: 900, Stop: 0}}}}, 1},
			} {
				found, err := c.UIDSearch(search.criteria, &imap.SearchOptions{ReturnCount: true, ReturnAll: true}).Wait()
				if err != nil || int(found.Count) != search.want {
					t.Errorf("%s: found %+v %v, want %d", search.name, found, err, search.want)
				}
			}
			item := func(part []int, spec imap.PartSpecifier, p *imap.SectionPartial, fields ...string) *imap.FetchItemBodySection {
				return &imap.FetchItemBodySection{Part: part, Specifier: spec, Partial: p, HeaderFields: fields, Peek: true}
			}
			msgs, err := c.Fetch(imap.UIDSetNum(imap.UID(uid)), &imap.FetchOptions{
				BodyStructure: &imap.FetchItemBodyStructure{Extended: true},
				BodySection: []*imap.FetchItemBodySection{
					item([]int{2}, "", &imap.SectionPartial{Offset: 1, Size: 4}),
					item([]int{1, 1}, imap.PartSpecifierMIME, nil),
					item(nil, imap.PartSpecifierHeader, nil, "subject"),
				},
			}).Collect()
			if err != nil || len(msgs) != 1 {
				t.Fatalf("fetch: %v %v", msgs, err)
			}
			for i, want := range []string{"VBER", "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: base64\r\n\r\n", "Subject: forms\r\n\r\n"} {
				if got := string(msgs[0].BodySection[i].Bytes); got != want {
					t.Errorf("section %d is %q, want %q", i, got, want)
				}
			}
			mixed, ok := msgs[0].BodyStructure.(*imap.BodyStructureMultiPart)
			if !ok || len(mixed.Children) != 2 || mixed.Extended == nil {
				t.Fatalf("structure %#v", msgs[0].BodyStructure)
			}
			file, ok := mixed.Children[1].(*imap.BodyStructureSinglePart)
			if !ok || file.Disposition() == nil || file.Disposition().Value != "attachment" {
				t.Errorf("attachment %#v", mixed.Children[1])
			}
		})
	})
}

func TestServers_AnswerID(t *testing.T) {
	t.Parallel()
	eachServer(t, func(t *testing.T, s Server) {
		signIn(t, s, func(c *imapclient.Client) {
			if !c.Caps().Has(imap.CapID) {
				t.Errorf("ID is not among %v", c.Caps())
			}
			if _, err := c.ID(&imap.IDData{Name: "test"}).Wait(); err != nil {
				t.Error(err)
			}
		})
	})
}

func TestMemory_BrokenMailIsServedWhole(t *testing.T) {
	t.Parallel()
	m := NewMemory(t)
	mails := [][]byte{
		[]byte("Subject: empty multipart\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\nno parts\r\n"),
		[]byte("no colon here\r\nSubject: late\r\n\r\nbody\r\n"),
		[]byte(""),
		[]byte("Subject: no end"),
		[]byte("Content-Type: ;;;\r\nSubject: =?utf-8?B?!!?=\r\n\r\nbody\r\n"),
	}
	for _, raw := range mails {
		m.Append(t, "INBOX", Message{Raw: raw})
	}
	signIn(t, m, func(c *imapclient.Client) {
		if _, err := c.Select("INBOX", nil).Wait(); err != nil {
			t.Fatal(err)
		}
		if _, err := c.UIDSearch(&imap.SearchCriteria{Text: []string{"x"}}, nil).Wait(); err != nil {
			t.Error(err)
		}
		msgs, err := c.Fetch(imap.SeqSet{imap.SeqRange{Start: 1, Stop: 0}}, &imap.FetchOptions{
			Envelope: true, BodyStructure: &imap.FetchItemBodyStructure{Extended: true},
			BodySection: []*imap.FetchItemBodySection{{Peek: true}},
		}).Collect()
		if err != nil || len(msgs) != len(mails) {
			t.Fatalf("%d messages, %v", len(msgs), err)
		}
		for i, msg := range msgs {
			if !bytes.Equal(msg.BodySection[0].Bytes, mails[i]) {
				t.Errorf("message %d is %q", i+1, msg.BodySection[0].Bytes)
			}
		}
	})
}

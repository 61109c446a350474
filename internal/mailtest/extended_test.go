package mailtest

import (
	"bufio"
	"compress/flate"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"

	"mail-imap-mcp/internal/config"
)

// asker is a signed-in connection that says lines and hears whole answers.
type asker struct {
	t   *testing.T
	in  *bufio.Reader
	out io.Writer
	n   int
}

func connect(t *testing.T, s *Extended) *asker {
	t.Helper()
	c := dialRaw(t, s)
	a := &asker{t: t, in: bufio.NewReader(c), out: c}
	a.line()
	return a
}

func signedIn(t *testing.T, s *Extended) *asker {
	t.Helper()
	a := connect(t, s)
	if said := a.login(s.Account("default")); !strings.Contains(said, "%t OK") {
		t.Fatalf("sign-in: %s", said)
	}
	return a
}

func (a *asker) login(acc config.Account) string {
	return a.ask("LOGIN " + acc.User + " " + acc.Password.Reveal())
}

func (a *asker) line() string {
	a.t.Helper()
	line, err := a.in.ReadString('\n')
	if err != nil {
		a.t.Fatalf("read: %q %v", line, err)
	}
	return strings.TrimRight(line, "\r\n")
}

// ask says a command and answers all lines up to the tagged one, with %t for
// the tag. Lines behind the first are literals: each waits for its go-ahead.
func (a *asker) ask(command string) string {
	a.t.Helper()
	a.n++
	tag := fmt.Sprintf("a%03d", a.n)
	parts := strings.Split(command, "\n")
	if strings.Contains(parts[0], "+}") { // does not wait
		parts = []string{command}
	}
	_, _ = fmt.Fprintf(a.out, "%s %s\r\n", tag, parts[0])
	var said []string
	for {
		line := a.line()
		if strings.HasPrefix(line, "+ ") && len(parts) > 1 {
			parts = parts[1:]
			_, _ = io.WriteString(a.out, parts[0]+"\r\n")
			continue
		}
		said = append(said, strings.ReplaceAll(line, tag, "%t"))
		if strings.HasPrefix(line, tag+" ") {
			return strings.Join(said, "\n")
		}
	}
}

// play has a dialogue: C: what is said, S: the lines that must come, all of
// them, with … for whatever stands there.
func (a *asker) play(dialogue string) {
	a.t.Helper()
	command, want := "", []string{}
	check := func() {
		a.t.Helper()
		if command == "" {
			return
		}
		form := strings.ReplaceAll(regexp.QuoteMeta(strings.Join(want, "\n")), "…", ".*")
		if said := a.ask(command); !regexp.MustCompile("^(?s:" + form + ")$").MatchString(said) {
			a.t.Errorf("%s is answered\n%s\nwant\n%s", command, said, strings.Join(want, "\n"))
		}
		command, want = "", nil
	}
	for _, line := range strings.Split(strings.TrimSpace(dialogue), "\n") {
		line = strings.TrimSpace(line)
		if said, ok := strings.CutPrefix(line, "C: "); ok {
			check()
			command = strings.ReplaceAll(said, `\n`, "\n")
		} else {
			want = append(want, strings.TrimPrefix(strings.TrimPrefix(line, "S:"), " "))
		}
	}
	check()
}

var noon = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

// three is a server with three messages, of three days.
func three(t *testing.T, o ExtendedOptions) *Extended {
	t.Helper()
	o.Now = func() time.Time { return noon }
	s := NewExtended(t, o)
	for i, m := range []Mail{
		{From: "Anna <anna@example.org>", Subject: "Lunch", Text: "At noon, says the café.\n", MessageID: "one@x"},
		{From: "Bert <bert@example.org>", Subject: "Re: Lunch", Text: "Fine.\n", MessageID: "two@x", InReplyTo: "one@x"},
		{From: "Cleo <cleo@example.org>", Subject: "Bill", HTML: "<p>Pay <b>now</b></p>", MessageID: "three@x"},
	} {
		m.To, m.Date = "me@example.org", noon.AddDate(0, 0, i-3)
		s.Append(t, "INBOX", Message{Raw: m.Bytes(), Date: m.Date})
	}
	return s
}

func TestExtended_SearchAnswersAsInTheRFCs(t *testing.T) {
	a := signedIn(t, three(t, ExtendedOptions{}))
	a.play(`
		C: EXAMINE INBOX
		S: * FLAGS (\Answered \Flagged \Draft \Deleted \Seen)
		S: * OK [PERMANENTFLAGS ()] Read-only.
		S: * OK [UIDVALIDITY 4242] UIDs valid.
		S: * 3 EXISTS
		S: * 0 RECENT
		S: * OK [UIDNEXT 4] Predicted next UID.
		S: * OK [HIGHESTMODSEQ …]
		S: * OK [MAILBOXID (F4242)] Ok
		S: %t OK [READ-ONLY] INBOX selected. (Success)
		C: SEARCH ALL
		S: * SEARCH 1 2 3
		S: %t OK …
		C: UID SEARCH SUBJECT "no such"
		S: * SEARCH
		S: %t OK …
		C: UID SEARCH RETURN (MIN MAX COUNT) OR FROM bert (SUBJECT "bill" NOT SEEN)
		S: * ESEARCH (TAG "%t") UID MIN 2 MAX 3 COUNT 2
		S: %t OK …
		C: UID SEARCH RETURN () 1:*
		S: * ESEARCH (TAG "%t") UID ALL 1:3
		S: %t OK …
		C: UID SEARCH RETURN (COUNT ALL) SUBJECT "no such"
		S: * ESEARCH (TAG "%t") UID COUNT 0
		S: %t OK …
		C: UID SEARCH RETURN (PARTIAL 2:5) ALL
		S: * ESEARCH (TAG "%t") UID PARTIAL (2:5 2:3)
		S: %t OK …
		C: UID SEARCH RETURN (PARTIAL -1:-2 COUNT) ALL
		S: * ESEARCH (TAG "%t") UID PARTIAL (-1:-2 2:3) COUNT 3
		S: %t OK …
		C: UID SEARCH RETURN (PARTIAL 24000:24500) ALL
		S: * ESEARCH (TAG "%t") UID PARTIAL (24000:24500 NIL)
		S: %t OK …
		C: UID SEARCH RETURN (ALL PARTIAL 1:2) ALL
		S: %t BAD …
		C: UID SORT (REVERSE ARRIVAL) UTF-8 ALL
		S: * SORT 3 2 1
		S: %t OK …
		C: UID SORT RETURN (COUNT PARTIAL 1:2) (SUBJECT REVERSE DATE) UTF-8 ALL
		S: * ESEARCH (TAG "%t") UID COUNT 3 PARTIAL (1:2 3,2)
		S: %t OK …
		C: UID SEARCH YOUNGER 172800
		S: * SEARCH 2 3
		S: %t OK …
		C: UID SEARCH OLDER 172801
		S: * SEARCH 1
		S: %t OK …
		C: UID SEARCH SINCE 29-Jan-2026 SENTBEFORE 30-Jan-2026
		S: * SEARCH 2
		S: %t OK …
		C: UID SEARCH SAVEDSINCE 31-Jan-2026 SAVEDATESUPPORTED
		S: * SEARCH 1 2 3
		S: %t OK …
		C: UID SEARCH SUBJECT café
		S: %t BAD …
		C: UID SEARCH TEXT {5}\ncafé
		S: %t BAD …
		C: UID SEARCH CHARSET UTF-8 TEXT {5}\ncafé
		S: * SEARCH 1
		S: %t OK …
		C: UID SEARCH CHARSET KOI8-R ALL
		S: %t NO [BADCHARSET (UTF-8)] …
		C: UID SEARCH X-GM-RAW "lunch"
		S: %t BAD …
	`)
}

func TestExtended_FetchAnswersAsInTheRFCs(t *testing.T) {
	s := three(t, ExtendedOptions{LazyPreviews: true})
	a := signedIn(t, s)
	a.play(`
		C: FETCH 1 FLAGS
		S: %t BAD Select a mailbox first
		C: NOOP
		S: %t OK Success
	`)
	a.ask("EXAMINE INBOX")
	a.play(`
		C: UID FETCH 1:2 (EMAILID THREADID SAVEDATE)
		S: * 1 FETCH (UID 1 EMAILID (M1278455344230334865) THREADID (T1278455344230334865) SAVEDATE "31-Jan-2026 12:00:00 +0000")
		S: * 2 FETCH (UID 2 EMAILID (M1278455344230334866) THREADID (T1278455344230334865) SAVEDATE "31-Jan-2026 12:00:00 +0000")
		S: %t OK Success
		C: FETCH 2:3 (PREVIEW)
		S: * 2 FETCH (PREVIEW "Fine.")
		S: * 3 FETCH (PREVIEW "Pay now")
		S: %t OK Success
		C: FETCH 2 (UID PREVIEW (LAZY))
		S: * 2 FETCH (UID 2 PREVIEW NIL)
		S: %t OK Success
		C: UID FETCH 1:* (UID FLAGS) (PARTIAL -1:-2)
		S: * 2 FETCH (UID 2 FLAGS ())
		S: * 3 FETCH (UID 3 FLAGS ())
		S: %t OK Success
		C: FETCH 1:* (FLAGS) (PARTIAL 1:2)
		S: %t BAD …
		C: UID FETCH 2 (BODY.PEEK[HEADER.FIELDS (SUBJECT)] BODY.PEEK[1]<1.3>)
		S: * 2 FETCH (UID 2 BODY[HEADER.FIELDS (SUBJECT)] {22}
		S: Subject: Re: Lunch
		S:
		S:  BODY[1]<1> {3}
		S: ine)
		S: %t OK Success
		C: UID FETCH 2 (ENVELOPE BODYSTRUCTURE)
		S: * 2 FETCH (UID 2 ENVELOPE ("Thu, 29 Jan 2026 12:00:00 +0000" "Re: Lunch" (("Bert" NIL "bert" "example.org")) …) BODYSTRUCTURE ("text" "plain" ("charset" "utf-8") NIL NIL "quoted-printable" 7 1 NIL NIL NIL NIL))
		S: %t OK Success
		C: FETCH 9 FLAGS
		S: %t BAD …
		C: FETCH 1 (FLAGS X-GM-LABELS)
		S: %t BAD …
		C: GETQUOTAROOT INBOX
		S: * QUOTAROOT "INBOX" ""
		S: * QUOTA "" (STORAGE 1 15728640 MESSAGE 3 1000000)
		S: %t OK Success
		C: LIST "" "S*" RETURN (SUBSCRIBED STATUS (MESSAGES SIZE DELETED MAILBOXID))
		S: * LIST (\HasNoChildren \Sent \Subscribed) "/" "Sent"
		S: * STATUS "Sent" (MESSAGES 0 SIZE 0 DELETED 0 MAILBOXID (F4243))
		S: %t OK Success
		C: CREATE Entw&APw-rfe
		S: %t OK [MAILBOXID (F4248)] Success
	`)
	if names := s.Mailboxes(t); !slices.Contains(names, "Entwürfe") {
		t.Errorf("the mailboxes are %q", names)
	}
}

func TestExtended_ModSequencesAndVanishedAsInRFC7162(t *testing.T) {
	s := three(t, ExtendedOptions{})
	a, other := signedIn(t, s), signedIn(t, s)
	a.play(`
		C: ENABLE QRESYNC X-NONE
		S: * ENABLED QRESYNC
		S: %t OK Success
	`)
	a.ask("SELECT INBOX")
	other.ask("SELECT INBOX")
	first := regexp.MustCompile(`MODSEQ (\d+)`).FindStringSubmatch(a.ask("STATUS INBOX (HIGHESTMODSEQ)"))[1]
	other.play(`
		C: UID STORE 2 +FLAGS.SILENT (\Deleted work)
		S: %t OK STORE (Success)
		C: UID EXPUNGE 1:2
		S: * 2 EXPUNGE
		S: %t OK Success
		C: STORE 1 (UNCHANGEDSINCE 1) +FLAGS (\Seen)
		S: %t OK [MODIFIED 1] STORE (Success)
		C: STORE 1 +FLAGS (\Seen)
		S: * 1 FETCH (FLAGS (\Seen) MODSEQ (…))
		S: %t OK STORE (Success)
	`)
	a.play(`
		C: SEARCH MODSEQ ` + first + `
		S: * SEARCH 1 3 (MODSEQ …)
		S: * 1 FETCH (UID 1 FLAGS (\Seen) MODSEQ (…))
		S: %t OK …
		C: NOOP
		S: * VANISHED 2
		S: %t OK Success
		C: UID FETCH 1:* (FLAGS) (CHANGEDSINCE ` + first + ` VANISHED)
		S: * VANISHED (EARLIER) 2
		S: * 1 FETCH (UID 1 FLAGS (\Seen) MODSEQ (…))
		S: %t OK Success
		C: UID SEARCH RETURN (COUNT) MODSEQ 1
		S: * ESEARCH (TAG "%t") UID COUNT 2 MODSEQ …
		S: %t OK …
		C: ENABLE UIDONLY
		S: %t BAD …
	`)
	again := signedIn(t, s)
	again.ask("ENABLE QRESYNC")
	said := again.ask("SELECT INBOX (QRESYNC (4242 " + first + " 1:3))")
	for _, want := range []string{"* VANISHED (EARLIER) 2\n", "* 1 FETCH (UID 1 FLAGS (\\Seen) MODSEQ ("} {
		if !strings.Contains(said, want) {
			t.Errorf("QRESYNC is answered\n%s\nwithout %s", said, want)
		}
	}
}

func TestExtended_TwoSessionsSeeEachOther(t *testing.T) {
	s := three(t, ExtendedOptions{Without: []string{"UIDPLUS"}})
	a := signedIn(t, s)
	a.play(`
		C: UID EXPUNGE 1
		S: %t BAD Unknown command
	`)
	a.ask("SELECT INBOX")
	a.n++
	_, _ = io.WriteString(a.out, "i IDLE\r\n")
	if a.line() != "+ idling" {
		t.Fatal("it does not idle")
	}
	s.Append(t, "INBOX", Message{Raw: sampleMail("four")})
	if said := a.line(); said != "* 4 EXISTS" {
		t.Errorf("new mail is told %q", said)
	}
	s.Expunge(t, "INBOX", 2)
	if said := a.line(); said != "* 2 EXPUNGE" {
		t.Errorf("expunged mail is told %q", said)
	}
	_, _ = io.WriteString(a.out, "DONE\r\n")
	if said := a.line(); !strings.HasPrefix(said, "i OK") {
		t.Errorf("DONE is answered %q", said)
	}
	a.play(`
		C: UID MOVE 1,3 Archive
		S: * 2 EXPUNGE
		S: * 1 EXPUNGE
		S: %t OK Success
		C: UID COPY 4 Nowhere
		S: %t NO [TRYCREATE] …
		C: APPEND INBOX (\Seen) "01-Jan-2026 00:00:00 +0000" {10}\nSubject: x
		S: * 2 EXISTS
		S: %t OK Success
	`)
	if got := s.Messages(t, "Archive"); len(got) != 2 {
		t.Errorf("in Archive are %d", len(got))
	}
	// RFC 7888 §5: LITERAL- is for 4096 bytes; the literal is read over.
	if said := a.ask("APPEND INBOX {4097+}\r\n" + strings.Repeat("x", 4097)); said != "%t BAD [TOOBIG] Such a literal has to wait for the go-ahead" {
		t.Errorf("a long literal without go-ahead is answered %q", said)
	}
	if said := a.ask("APPEND INBOX {4096+}\r\n" + strings.Repeat("x", 4096)); !strings.HasSuffix(said, "%t OK Success") {
		t.Errorf("a literal of 4096 bytes is answered %q", said)
	}
}

func TestExtended_CompressesBehindTheTaggedOK(t *testing.T) {
	s := three(t, ExtendedOptions{})
	a := signedIn(t, s)
	a.play(`
		C: COMPRESS DEFLATE
		S: %t OK DEFLATE active
	`)
	w, _ := flate.NewWriter(a.out, flate.BestSpeed)
	a.in, a.out = bufio.NewReader(flate.NewReader(a.in)), flushing{w}
	a.play(`
		C: COMPRESS DEFLATE
		S: %t NO [COMPRESSIONACTIVE] …
		C: STATUS INBOX (MESSAGES)
		S: * STATUS "INBOX" (MESSAGES 3)
		S: %t OK Success
	`)
	if heard := s.Heard(); !slices.Equal(heard, []string{"COMPRESS DEFLATE", "COMPRESS DEFLATE", "STATUS INBOX (MESSAGES)"}) {
		t.Errorf("it heard %q", heard)
	}
}

type flushing struct{ *flate.Writer }

func (f flushing) Write(p []byte) (int, error) {
	n, err := f.Writer.Write(p)
	if err == nil {
		err = f.Flush()
	}
	return n, err
}

// The client of today gets along with each of them.
func TestExtended_AreServersAsAnyOther(t *testing.T) {
	for _, profile := range []Profile{Everything, Gmail, Yahoo} {
		t.Run(string(profile), func(t *testing.T) {
			var s Server = NewExtended(t, ExtendedOptions{Profile: profile})
			s.Create(t, "日本語")
			uids := s.Append(t, "INBOX", Message{Raw: sampleMail("Übung"), Flags: []string{`\Seen`}}, Message{Raw: sampleMail("two")})
			signIn(t, s, func(c *imapclient.Client) {
				list, err := c.List("", "*", nil).Collect()
				if err != nil || !slices.ContainsFunc(list, func(l *imapListData) bool { return l.Mailbox == "日本語" }) {
					t.Errorf("LIST: %v %v", list, err)
				}
				if data, err := c.Select("INBOX", nil).Wait(); err != nil || data.NumMessages != 2 {
					t.Errorf("SELECT: %v %v", data, err)
				}
			})
			s.Expunge(t, "INBOX", uids[0])
			if got := s.Messages(t, "INBOX"); len(got) != 1 || got[0].UID != uids[1] {
				t.Errorf("what is left: %v", got)
			}
			before := s.UIDValidity(t, "日本語")
			s.Recreate(t, "日本語")
			if s.UIDValidity(t, "日本語") == before {
				t.Error("the mailbox made anew has the same UIDVALIDITY")
			}
		})
	}
}

// Whatever is said, the server lives: a panic would end the test binary of a
// client that sent something odd.
func FuzzExtended_AnswersWhateverIsSaid(f *testing.F) {
	for _, seed := range []string{
		`UID SEARCH RETURN (PARTIAL -1:-5 COUNT) OR (NOT X-GM-RAW "-a:b OR") MODSEQ "x" all 5`, `SORT RETURN () (REVERSE DATE) UTF-8 OR`,
		`UID FETCH *:1 (BODY[1.2.MIME]<0.5> PREVIEW (LAZY) BODYSTRUCTURE) (CHANGEDSINCE 1 VANISHED PARTIAL 9:1)`,
		`STORE 1 (UNCHANGEDSINCE 0) -X-GM-LABELS.SILENT (\\Inbox &)`, `LIST (SUBSCRIBED) "" (a "%") RETURN (STATUS (SIZE))`,
		`SELECT INBOX (QRESYNC (4242 1 1:* (1 1)))`, `UID MOVE 1:* "[Gmail]/Trash"`, `APPEND INBOX (a) "x" ""`, `RENAME a b`,
		`UID STORE 1:* X-GM-LABELS ()`, `UID SEARCH X-GM-RAW newer_than:x`, `FETCH 1 ALL`, `UID EXPUNGE 0:*`, `UID`, `STATUS INBOX`,
	} {
		f.Add(seed)
	}
	servers := []*Extended{}
	for _, o := range []ExtendedOptions{{Profile: Gmail, With: afterAll}, {Profile: Yahoo, MessageLimit: 2, With: afterAll}} {
		o.Now = func() time.Time { return noon }
		servers = append(servers, &Extended{o: o, caps: extendedCaps(o)})
	}
	f.Fuzz(func(t *testing.T, line string) {
		for _, s := range servers {
			s.letters, s.heard = newLetters(s.o), nil
			for _, m := range []string{"", "Subject: x\r\n\r\ny", "Content-Type: multipart/mixed\r\n\r\n--\r\n"} {
				s.letters.deliver(s.letters.find("INBOX"), []byte(m), nil, noon)
			}
			c := &talk{Extended: s, signedIn: true, enabled: map[string]bool{}, in: bufio.NewReader(strings.NewReader("")), to: io.Discard}
			c.answer("a", "ENABLE", "QRESYNC")
			c.answer("a", "SELECT", "INBOX")
			verb, args, _ := strings.Cut(line, " ")
			if status := c.answer("a", strings.ToUpper(verb), args); status == "" {
				t.Errorf("%q is answered nothing", line)
			}
		}
	})
}

var afterAll = strings.Fields(afterSignIn[Everything])

package demo

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/quotedprintable"
	netmail "net/mail"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	gomessage "github.com/emersion/go-message"
	msgcharset "github.com/emersion/go-message/charset"

	"mail-imap-mcp/internal/message"
	"mail-imap-mcp/internal/safety"
)

var testNow = time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC)

// every calls fn with each message of the corpus.
func every(t *testing.T, fn func(t *testing.T, box string, l Letter)) {
	t.Helper()
	for _, b := range Corpus(testNow) {
		for _, l := range b.Letters {
			fn(t, b.Name, l)
		}
	}
}

func TestCorpus_HasAboutTwoHundredMessages(t *testing.T) {
	t.Parallel()
	n := 0
	for _, b := range Corpus(testNow) {
		t.Logf("%-20s %d", b.Name, len(b.Letters))
		n += len(b.Letters)
		if len(b.Letters) == 0 && b.Name != "Projects" {
			t.Errorf("mailbox %s is empty", b.Name)
		}
	}
	if n < 190 || n > 210 {
		t.Errorf("the corpus has %d messages, want about 200", n)
	}
}

func TestCorpus_IsTheSameForTheSameNow(t *testing.T) {
	t.Parallel()
	a, b := Corpus(testNow), Corpus(testNow)
	for i := range a {
		for j := range a[i].Letters {
			if !bytes.Equal(a[i].Letters[j].Raw, b[i].Letters[j].Raw) {
				t.Fatalf("%s message %d differs between two corpora of the same moment", a[i].Name, j)
			}
		}
	}
}

func TestCorpus_ArrivesInOrderAndNeverInTheFuture(t *testing.T) {
	t.Parallel()
	last, box := time.Time{}, ""
	every(t, func(t *testing.T, name string, l Letter) {
		if name == box && l.Date.Before(last) {
			t.Errorf("%s: a message of %s follows one of %s", name, l.Date, last)
		}
		if l.Date.After(testNow) {
			t.Errorf("%s: a message is dated %s, after now", name, l.Date)
		}
		last, box = l.Date, name
	})
}

func TestCorpus_EveryMessageIsWellFormed(t *testing.T) {
	t.Parallel()
	ids := map[string]bool{}
	addresses := netmail.AddressParser{WordDecoder: &mime.WordDecoder{CharsetReader: msgcharset.Reader}}
	every(t, func(t *testing.T, box string, l Letter) {
		m, err := netmail.ReadMessage(bytes.NewReader(l.Raw))
		if err != nil {
			t.Fatalf("%s: %v\n%.300s", box, err, l.Raw)
		}
		for _, name := range []string{"From", "To"} {
			if _, err := addresses.ParseList(m.Header.Get(name)); err != nil {
				t.Errorf("%s: %s %q: %v", box, name, m.Header.Get(name), err)
			}
		}
		if date, err := m.Header.Date(); err != nil || !date.Equal(l.Date) {
			t.Errorf("%s: Date %q, want %s", box, m.Header.Get("Date"), l.Date)
		}
		id := m.Header.Get("Message-Id")
		if ids[id] || id == "" {
			t.Errorf("%s: Message-ID %q is not unique", box, id)
		}
		ids[id] = true
		for line := range bytes.SplitSeq(l.Raw, []byte("\r\n")) {
			if bytes.ContainsAny(line, "\r\n\x00") || len(line) > maxLine {
				t.Errorf("%s %s: a line is not a line of mail: %.80q", box, id, line)
			}
		}
	})
}

// TestCorpus_EveryPartDecodesInItsCharset walks every message with the MIME
// reader and charsets of go-message, not with our own writer's inverse.
func TestCorpus_EveryPartDecodesInItsCharset(t *testing.T) {
	t.Parallel()
	charsets := map[string]int{}
	every(t, func(t *testing.T, box string, l Letter) {
		e, err := gomessage.Read(bytes.NewReader(l.Raw))
		if err != nil {
			t.Fatalf("%s: %v", box, err)
		}
		subject, err := e.Header.Text("Subject")
		if err != nil || !utf8.ValidString(subject) || strings.Contains(subject, "=?") {
			t.Errorf("%s: subject %q: %v", box, subject, err)
		}
		walk(t, e, func(mediaType string, params map[string]string, body []byte) {
			if !strings.HasPrefix(mediaType, "text/") {
				return
			}
			charsets[strings.ToLower(params["charset"])]++
			if !utf8.Valid(body) || bytes.ContainsRune(body, utf8.RuneError) {
				t.Errorf("%s %q: %s in %s does not decode", box, subject, mediaType, params["charset"])
			}
		})
	})
	for _, want := range []string{"utf-8", "iso-8859-1", "iso-8859-2", "iso-8859-7", "iso-8859-15", "koi8-r", "windows-1252", "windows-1254", "windows-1256", "iso-2022-jp", "gb18030", "euc-kr"} {
		if charsets[want] == 0 {
			t.Errorf("no text is in %s", want)
		}
	}
}

func walk(t *testing.T, e *gomessage.Entity, leaf func(mediaType string, params map[string]string, body []byte)) {
	t.Helper()
	mr := e.MultipartReader()
	if mr == nil {
		mediaType, params, err := e.Header.ContentType()
		if err != nil {
			t.Errorf("Content-Type: %v", err)
		}
		body, err := io.ReadAll(e.Body)
		if err != nil {
			t.Errorf("%s: %v", mediaType, err)
		}
		leaf(mediaType, params, body)
		return
	}
	for {
		p, err := mr.NextPart()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Errorf("part: %v", err)
			return
		}
		walk(t, p, leaf)
	}
}

func TestCorpus_TextsComeBackAsWritten(t *testing.T) {
	t.Parallel()
	want := map[string]string{}
	for _, f := range foreignLetters {
		want[f.subject] = f.text
	}
	every(t, func(t *testing.T, _ string, l Letter) {
		e, err := gomessage.Read(bytes.NewReader(l.Raw))
		if err != nil {
			t.Fatal(err)
		}
		subject, _ := e.Header.Text("Subject")
		text, ok := want[subject]
		if !ok || e.MultipartReader() != nil {
			return
		}
		body, err := io.ReadAll(e.Body)
		if err != nil || strings.ReplaceAll(string(body), "\r\n", "\n") != text {
			return // another message of the same subject: checked by what is left over
		}
		delete(want, subject)
	})
	for subject := range want {
		t.Errorf("%q does not come back as it was written", subject)
	}
}

// TestCorpus_NamesOnlyExampleHosts keeps the demo from pointing at anybody.
func TestCorpus_NamesOnlyExampleHosts(t *testing.T) {
	t.Parallel()
	host := regexp.MustCompile(`(?:[A-Za-z0-9]@|https?://)([A-Za-z0-9.-]+)`)
	example := regexp.MustCompile(`(^|\.)(example|example\.(com|org|net))$|^192\.0\.2\.\d+$`)
	check := func(t *testing.T, where string, text []byte) {
		for _, m := range host.FindAllSubmatch(text, -1) {
			if h := strings.TrimRight(string(m[1]), "."); !example.MatchString(h) {
				t.Errorf("%s names the host %q", where, h)
			}
		}
	}
	every(t, func(t *testing.T, box string, l Letter) {
		head, _, _ := bytes.Cut(l.Raw, []byte("\r\n\r\n"))
		check(t, box, head)
		e, err := gomessage.Read(bytes.NewReader(l.Raw))
		if err != nil {
			t.Fatal(err)
		}
		walk(t, e, func(mediaType string, _ map[string]string, body []byte) {
			if strings.HasPrefix(mediaType, "text/") {
				check(t, box, body)
			}
		})
	})
}

func TestCorpus_ConversationsHoldTogether(t *testing.T) {
	t.Parallel()
	known, answers := map[string]bool{}, 0
	every(t, func(t *testing.T, _ string, l Letter) {
		m, err := netmail.ReadMessage(bytes.NewReader(l.Raw))
		if err != nil {
			t.Fatal(err)
		}
		known[m.Header.Get("Message-Id")] = true
	})
	every(t, func(t *testing.T, box string, l Letter) {
		m, err := netmail.ReadMessage(bytes.NewReader(l.Raw))
		if err != nil {
			t.Fatal(err)
		}
		parent := m.Header.Get("In-Reply-To")
		if parent == "" {
			return
		}
		answers++
		if !known[parent] {
			t.Errorf("%s: %q answers %s, which is nowhere", box, m.Header.Get("Subject"), parent)
		}
		if !strings.HasSuffix(strings.TrimSpace(m.Header.Get("References")), parent) {
			t.Errorf("%s: References %q do not end in %s", box, m.Header.Get("References"), parent)
		}
	})
	if answers < 20 {
		t.Errorf("only %d messages answer another", answers)
	}
}

// TestCorpus_TheReceiverVouchesForHonestSenders reads the verdicts as the server
// does that the demo is played with.
func TestCorpus_TheReceiverVouchesForHonestSenders(t *testing.T) {
	t.Parallel()
	failed := map[string]int{}
	every(t, func(t *testing.T, box string, l Letter) {
		h := message.ParseHeader(l.Raw)
		if strings.Contains(h.Get("From"), me.address) {
			return
		}
		a := safety.Authenticate(h, "127.0.0.1", receiver)
		if a.By != receiver {
			t.Errorf("%s: nobody checked %s: %+v", box, h.Get("From"), a)
		}
		if !a.Authenticated() {
			failed[box]++
		}
	})
	if failed[inbox] != 1 || failed[junk] != 7 || len(failed) != 2 {
		t.Errorf("senders that do not pass: %v; want the phishing mail and the junk", failed)
	}
}

func TestCorpus_TheNewsletterTracksItsReader(t *testing.T) {
	t.Parallel()
	source := ""
	every(t, func(_ *testing.T, _ string, l Letter) {
		if strings.Contains(string(l.Raw), "#212") {
			text, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(l.Raw)))
			if err == nil {
				source = string(text)
			}
		}
	})
	for what, want := range map[string]string{
		"a parameter that follows the reader": "?utm_source=letter",
		"a tracking pixel":                    `width="1" height="1"`,
		"a hidden preheader":                  "display:none;max-height:0;overflow:hidden;mso-hide:all\">" + issues[0].preheader,
	} {
		if !strings.Contains(source, want) {
			t.Errorf("the newsletter has no %s, which the demo says was removed", what)
		}
	}
}

func TestCorpus_AttachmentNamesAreDecoded(t *testing.T) {
	t.Parallel()
	found := false
	every(t, func(_ *testing.T, _ string, l Letter) {
		for _, line := range strings.Split(string(l.Raw), "\r\n") {
			if value, ok := strings.CutPrefix(line, "Content-Disposition: "); ok && strings.Contains(line, "Rechnung") {
				_, params, err := mime.ParseMediaType(value)
				found = found || err == nil && params["filename"] == "Rechnung 2041 – Geländer.pdf"
			}
		}
	})
	if !found {
		t.Error("no attachment is called Rechnung 2041 – Geländer.pdf")
	}
}

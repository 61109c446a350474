package imapconn

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// hostile are seeds of both fuzz targets: what has hurt go-imap, and every
// response it knows.
func hostile() []string {
	deep := func(before, open string) string { return before + strings.Repeat(open, 2000) }
	return []string{
		honest,
		deep("* 1 FETCH (UID 1 BODYSTRUCTURE ", "("),
		deep("* 1 FETCH (UID 1 BODY ", "("),
		deep("* 1 FETCH (UID 1 ENVELOPE ", "("),
		deep("* THREAD ", "("),
		deep("* THREAD ", "()"),
		deep("* LIST () NIL x (\"A\" ", "("),
		deep("* NAMESPACE ((\"\" NIL \"X\" ", "("),
		deep("* ESEARCH (TAG \"T5\") X ", "("),
		deep("* STATUS INBOX (X ", "("),
		"* 1 FETCH (UID 1 BODYSTRUCTURE (\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 5 (NIL {9}\r\n=?a?q?b?= NIL NIL NIL NIL NIL NIL \"((((\" \"<a@b>\") (\"text\" \"plain\" NIL NIL NIL NIL 0) 1))\r\n",
		"* 1 FETCH (UID 1 FLAGS (\\Seen) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE 5 MODSEQ (5) BINARY.SIZE[1] 5 BODY[1.2.HEADER.FIELDS (A)]<0> \"x\")\r\n",
		"* ID (\"name\" \"x\" \"y\")\r\n* ID NIL\r\n",
		"* ACL INBOX a lrs b {3}\r\nlrs\r\n* MYRIGHTS INBOX lrs\r\n",
		"* QUOTA \"\" (STORAGE 1 2)\r\n* QUOTAROOT INBOX \"\"\r\n",
		"* METADATA INBOX (/a {3}\r\n(((  /b NIL)\r\n* METADATA \"\" /a /b\r\n",
		"* SORT 3 2 1\r\n* SEARCH 3 2 1 (MODSEQ 9)\r\n* ESEARCH UID ALL 1:400000000,9,7 COUNT 2\r\n",
		"* 5 EXPUNGE\r\n* 5 RECENT\r\n* OK [UIDNEXT 5] x\r\n* OK [HIGHESTMODSEQ 5]\r\n* OK [COPYUID 1 1:2 $]\r\n",
		"* OK [FOO x\r\n* X {9}\r\n]\r\n* X (\r\n",
		"* CAPABILITY (\r\n",
		"T1 OK [APPENDUID 1 2] done\r\nT2 NO x\r\nT3 BAD\r\nT4 OK\r\nT5 OK\r\n",
		"* LIST () \"/\" &AAA-\r\n* LIST (\\X) NIL \"a\" (OLDNAME (\"b\") CHILDINFO (\"SUBSCRIBED\"))\r\n",
	}
}

// FuzzGuard: what passes is a beginning of what came, and the same however the
// stream is cut.
func FuzzGuard(f *testing.F) {
	for i, s := range hostile() {
		f.Add([]byte(s), uint64(i))
	}
	f.Fuzz(func(t *testing.T, in []byte, seed uint64) {
		for _, l := range []guardLimits{defaultGuardLimits(), smallGuardLimits()} {
			out, refusal := guarded(t, bytes.NewReader(in), l)
			if !strings.HasPrefix(string(in), out) || (refusal == nil) != (len(out) == len(in)) {
				t.Fatalf("passed %q of %q, refusal %v", out, in, refusal)
			}
			rnd := rand.New(rand.NewPCG(seed, 1))
			again, refusalAgain := guarded(t, pieces{bytes.NewReader(in), rnd}, l)
			if again != out || (refusal == nil) != (refusalAgain == nil) ||
				refusal != nil && *refusal != *refusalAgain {
				t.Fatalf("in pieces %q, %v; at once %q, %v", again, refusalAgain, out, refusal)
			}
		}
	})
}

// serverConn gives a client the guarded stream and swallows its commands.
type serverConn struct {
	net.Conn // of a pipe, for deadlines and Close
	g        *guard
}

func (c serverConn) Read(p []byte) (int, error)  { return c.g.Read(p) }
func (c serverConn) Write(p []byte) (int, error) { return len(p), nil }

// FuzzGuard_GoImapSurvivesWhatPasses gives go-imap what passes the guard, with
// commands of every kind waiting for it: it must come to an end, without the
// stack overflow no recover catches.
func FuzzGuard_GoImapSurvivesWhatPasses(f *testing.F) {
	for _, s := range hostile() {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		askEverything(t, in)
	})
}

// TestGuard_GoImapComesToAnEndAtTheLimits sends what costs go-imap most: what
// it sorts, takes apart or keeps in more than linear time or space.
func TestGuard_GoImapComesToAnEndAtTheLimits(t *testing.T) {
	var descending strings.Builder
	for i := 30_000; i > 0; i-- {
		fmt.Fprintf(&descending, " %d", 2*i)
	}
	search := "* SEARCH" + descending.String() + "\r\n"
	set := strings.ReplaceAll(strings.TrimSpace(descending.String()), " ", ",")
	envelope := func(n int) string {
		return `* 1 FETCH (UID 1 ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL "(` + strings.Repeat("a", n) + "\" NIL))\r\n"
	}
	for name, in := range map[string]string{
		"descending SEARCH":  strings.Repeat(search, 10),
		"descending ESEARCH": strings.Repeat("* ESEARCH (TAG \"T5\") UID ALL "+set+"\r\n", 10),
		"long In-Reply-To":   strings.Repeat(envelope(16_000), 100),
		"many In-Reply-To":   strings.Repeat(envelope(1_000), 10_000),
		"empty threads":      strings.Repeat("* THREAD"+strings.Repeat(" ()", 100_000)+"\r\n", 10),
		"EXPUNGE rows":       strings.Repeat("* 1 EXPUNGE\r\n", 300_000),
		"FETCH rows":         strings.Repeat("* 1 FETCH (UID 1)\r\n", 250_000),
		"capabilities":       "* CAPABILITY" + strings.Repeat(" A (", 1_000) + "\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			_, refusal := guarded(t, strings.NewReader(in), defaultGuardLimits())
			if refusal == nil {
				t.Error("nothing was refused")
			}
			askEverything(t, []byte(in))
		})
	}
}

// askEverything is one such dialogue.
func askEverything(t *testing.T, in []byte) {
	near, far := net.Pipe()
	defer far.Close()
	begin, begun := io.Pipe()
	stream := io.MultiReader(strings.NewReader("* OK [CAPABILITY IMAP4rev1 ESEARCH] ready\r\n"), begin, bytes.NewReader(in))
	client := imapclient.New(serverConn{near, newGuard(stream, defaultGuardLimits())}, nil)
	if err := client.WaitGreeting(); err != nil {
		t.Fatal(err)
	}
	all := &imap.SearchOptions{ReturnAll: true}
	uids := imap.UIDSet{{Start: 1, Stop: 0}}
	var waiting sync.WaitGroup
	wait := func(w func()) { waiting.Go(w) }
	noop := client.Noop()
	wait(func() { _ = noop.Wait() })
	examine := client.Select("INBOX", &imap.SelectOptions{ReadOnly: true})
	wait(func() { _, _ = examine.Wait() })
	list := client.List("", "*", &imap.ListOptions{ReturnStatus: &imap.StatusOptions{NumMessages: true}})
	wait(func() { _ = list.Close() })
	fetch := client.Fetch(uids, &imap.FetchOptions{UID: true, BodyStructure: &imap.FetchItemBodyStructure{Extended: true}})
	wait(func() { _ = fetch.Close() })
	search := client.UIDSearch(&imap.SearchCriteria{}, all)
	wait(func() { _, _ = search.Wait() })
	thread := client.Thread(&imapclient.ThreadOptions{Algorithm: imap.ThreadReferences, SearchCriteria: &imap.SearchCriteria{}})
	wait(func() { _, _ = thread.Wait() })
	sorted := client.Sort(&imapclient.SortOptions{SearchCriteria: &imap.SearchCriteria{}, SortCriteria: []imapclient.SortCriterion{{Key: imapclient.SortKeyDate}}})
	wait(func() { _, _ = sorted.Wait() })
	namespace := client.Namespace()
	wait(func() { _, _ = namespace.Wait() })
	acl := client.GetACL("INBOX")
	wait(func() { _, _ = acl.Wait() })
	quota := client.GetQuotaRoot("INBOX")
	wait(func() { _, _ = quota.Wait() })
	meta := client.GetMetadata("INBOX", []string{"/a"}, nil)
	wait(func() { _, _ = meta.Wait() })
	id := client.ID(nil)
	wait(func() { _, _ = id.Wait() })

	_ = begun.Close() // now the server answers
	done := make(chan struct{})
	go func() {
		defer close(done)
		waiting.Wait()
	}()
	for _, ch := range []<-chan struct{}{done, client.Closed()} {
		select {
		case <-ch:
		case <-time.After(time.Minute):
			panic("go-imap did not come to an end") // t.Fatal would leave it running
		}
	}
	_ = client.Close()
}

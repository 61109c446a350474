package mailbox_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
	"mail-imap-mcp/internal/safety"
)

const (
	// mostOnWanted and leastOnPhishing are the goals: in a hundred mails, those
	// with a warning.
	mostOnWanted    = 3
	leastOnPhishing = 60
)

// warnings are the kinds of the warnings on each mail, read as a client reads it.
func warnings(t *testing.T, list []labelled) [][]string {
	t.Helper()
	srv := mailtest.NewMemoryWith(t, mailtest.MemoryOptions{User: "bo@northlight.example"})
	msgs := make([]mailtest.Message, len(list))
	for i, l := range list {
		msgs[i].Raw = l.bytes()
	}
	uids := srv.Append(t, "INBOX", msgs...)
	a := srv.Account(rig.Account)
	a.AuthservID = "mx.northlight.example"
	service := rig.ConnectAs(t, a, srv).Mail
	out := make([][]string, len(list))
	for i := range list {
		m := rig.Get(t, service, mailbox.GetQuery{
			ID: contract.MessageID{Account: rig.Account, Mailbox: "INBOX", UIDValidity: srv.UIDValidity(t, "INBOX"), UID: uids[i]}, BodyMax: 2000, Attachments: true,
		})
		for _, s := range m.Signals {
			if s.Level == safety.Warning {
				out[i] = append(out[i], s.Kind+": "+s.Evidence)
			}
		}
	}
	return out
}

// rate is the percentage of mails with a warning; those that are as they should
// not be are told in the log.
func rate(t *testing.T, what string, list []labelled, want bool) float64 {
	t.Helper()
	n := 0
	kinds := map[string]int{}
	for i, found := range warnings(t, list) {
		if len(found) > 0 {
			n++
		}
		if (len(found) > 0) != want {
			if kinds[list[i].kind]++; kinds[list[i].kind] <= 3 {
				t.Logf("%s: %s: %q from %s: %s", what, list[i].kind, list[i].mail.Subject, list[i].mail.From, strings.Join(found, "; "))
			}
		}
	}
	percent := 100 * float64(n) / float64(max(len(list), 1))
	t.Logf("%s: warnings on %d of %d, %.1f %%", what, n, len(list), percent)
	return percent
}

func TestSignals_WarnOfPhishingAndNotOfWantedMail(t *testing.T) {
	t.Parallel()
	if got := rate(t, "wanted", wanted(), false); got > mostOnWanted {
		t.Errorf("warnings on %.1f %% of wanted mail, want %d at most", got, mostOnWanted)
	}
	if got := rate(t, "phishing", phishing(), true); got < leastOnPhishing {
		t.Errorf("warnings on %.1f %% of phishing, want %d at least", got, leastOnPhishing)
	}
}

// TestSignals_OnMailOfStrangers reads mail that is not ours: the shared corpus,
// and what stands in MAIL_IMAP_TEST_WANTED, a directory of mails or of mbox
// files. They are the test mails of mail software, most of them odd on purpose.
func TestSignals_OnMailOfStrangers(t *testing.T) {
	t.Parallel()
	var list []labelled
	for _, root := range append(filepath.SplitList(os.Getenv("MAIL_IMAP_TEST_WANTED")), "../../../shared/corpus", "../../../shared/mail") {
		_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.Contains(path, "html") && root == "../../../shared/corpus" {
				return nil //nolint:nilerr // a corpus that is not there
			}
			raw, err := os.ReadFile(path)
			if err != nil || len(raw) > 4<<20 || !looksLikeMail(raw) {
				return nil //nolint:nilerr // no mail
			}
			list = append(list, labelled{kind: path, raw: raw})
			return nil
		})
	}
	if len(list) == 0 {
		t.Skip("there is no shared corpus here")
	}
	if got := rate(t, "strangers", list, false); got > 3*mostOnWanted {
		t.Errorf("warnings on %.1f %%", got)
	}
}

// looksLikeMail reports a file that begins with a header field.
func looksLikeMail(raw []byte) bool {
	first, _, _ := strings.Cut(string(raw[:min(len(raw), 200)]), ":")
	return slices.Contains([]string{"return-path", "received", "from", "date", "delivered-to", "x-repro", "message-id", "to", "subject", "mime-version", "reply-to", "sender", "authentication-results", "dkim-signature", "x-original-to", "envelope-to"}, strings.ToLower(first))
}

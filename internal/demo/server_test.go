package demo

import (
	"crypto/tls"
	"net"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"mail-imap-mcp/internal/config"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// TestMailServer_KeepsTheWholeCorpus asks over IMAP, with the configuration the
// demo gives to the real server.
func TestMailServer_KeepsTheWholeCorpus(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s, err := startMailServer(now)
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := s.config(false, config.AnswersJSON)
	if err != nil {
		t.Fatal(err)
	}
	if len(cfg.Warnings) > 0 {
		t.Errorf("the demo's configuration is warned about: %q", cfg.Warnings)
	}
	a := cfg.Accounts[0]
	c, err := imapclient.DialTLS(net.JoinHostPort(a.Host, strconv.Itoa(a.Port)), &imapclient.Options{TLSConfig: &tls.Config{RootCAs: cfg.RootCAs, ServerName: a.Host, MinVersion: tls.VersionTLS12}})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Login(a.User, a.Password.Reveal()).Wait(); err != nil {
		t.Fatal(err)
	}
	for _, b := range Corpus(now) {
		data, err := c.Select(b.Name, &imap.SelectOptions{ReadOnly: true}).Wait()
		if err != nil {
			t.Fatalf("EXAMINE %s: %v", b.Name, err)
		}
		if int(data.NumMessages) != len(b.Letters) {
			t.Errorf("%s has %d messages, want %d", b.Name, data.NumMessages, len(b.Letters))
		}
		unseen, err := c.UIDSearch(&imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagSeen}}, nil).Wait()
		if err != nil {
			t.Fatalf("SEARCH UNSEEN in %s: %v", b.Name, err)
		}
		want := 0
		for _, l := range b.Letters {
			if !slices.Contains(l.Flags, seen) {
				want++
			}
		}
		if got := len(unseen.AllUIDs()); got != want {
			t.Errorf("%s has %d unread messages, want %d", b.Name, got, want)
		}
	}
	if err := c.Logout().Wait(); err != nil {
		t.Errorf("LOGOUT: %v", err)
	}
	_ = c.Close()
	if err := s.close(); err != nil {
		t.Errorf("close: %v", err)
	}
	if _, err := os.Stat(s.dir); !os.IsNotExist(err) {
		t.Errorf("the certificate's directory is still there: %v", err)
	}
}

package demo

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"mail-imap-mcp/internal/app"
	"mail-imap-mcp/internal/audit"
	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/secret"
)

// mailServer is the embedded IMAPS server with the demo's mail in it. It
// listens on loopback only; its password, certificate and audit key are made
// afresh.
type mailServer struct {
	memory *mailtest.Memory
	dir    string // for the CA's certificate and the audit

	auditKey  string // in base64
	cursorKey string // likewise
}

// startMailServer starts it and delivers the mail. Close it.
func startMailServer(now time.Time) (*mailServer, error) {
	dir, err := os.MkdirTemp("", "mail-imap-mcp-demo-")
	if err != nil {
		return nil, fmt.Errorf("demo: a directory for the certificate: %w", err)
	}
	s := &mailServer{dir: dir, auditKey: newKey(), cursorKey: newKey()}
	if s.memory, err = mailtest.StartMemory(mailtest.MemoryOptions{Dir: dir}); err != nil {
		return nil, errors.Join(fmt.Errorf("demo: embedded mail server: %w", err), s.close())
	}
	if err := s.fill(now); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// standing are the mailboxes that the embedded server has from the start.
var standing = map[string]bool{inbox: true, archive: true, drafts: true, junk: true, sent: true, trash: true}

func (s *mailServer) fill(now time.Time) error {
	for _, b := range Corpus(now) {
		if !standing[b.Name] {
			if err := s.memory.CreateMailbox(b.Name); err != nil {
				return fmt.Errorf("demo: make mailbox %s: %w", b.Name, err)
			}
		}
		messages := make([]mailtest.Message, len(b.Letters))
		for i, l := range b.Letters {
			messages[i] = mailtest.Message{Raw: l.Raw, Flags: l.Flags, Date: l.Date}
		}
		if _, err := s.memory.Deliver(b.Name, messages...); err != nil {
			return fmt.Errorf("demo: deliver to %s: %w", b.Name, err)
		}
	}
	return nil
}

// withMailServer runs do beside an embedded mail server, which is stopped then.
func withMailServer(do func(*mailServer) error) error {
	mail, err := startMailServer(time.Now())
	if err != nil {
		return err
	}
	return errors.Join(do(mail), mail.close())
}

// app is the real server for this mailbox, which may change mail where writing
// says so. Serve or close it.
func (s *mailServer) app(writing bool, answers string, log *slog.Logger) (*app.App, error) {
	cfg, err := s.config(writing, answers)
	if err != nil {
		return nil, err
	}
	a, err := app.New(cfg, log)
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	return a, nil
}

// config is read the way a person's own is: from environment variables, with
// the certificate of the embedded server as an extra root. The audit goes to
// the directory that close removes. A tour asks faster than a person does, so
// nothing is limited to a rate.
func (s *mailServer) config(writing bool, answers string) (*config.Config, error) {
	account := s.memory.Account("default")
	prefix := account.EnvPrefix()
	environ := []string{
		prefix + "HOST=" + account.Host,
		prefix + "PORT=" + strconv.Itoa(account.Port),
		prefix + "USER=" + account.User,
		prefix + "PASS=" + account.Password.Reveal(),
		prefix + "AUTHSERV_ID=" + receiver,
		"MAIL_IMAP_CA_CERT_PATH=" + s.memory.CAPath(),
		"MAIL_IMAP_WRITE_ENABLED=" + strconv.FormatBool(writing),
		"MAIL_IMAP_ANSWERS=" + answers,
		"MAIL_IMAP_CURSOR_KEY=" + s.cursorKey, // a cursor is of use in both forms of answers
		"MAIL_IMAP_RATE_READS=off",
		"MAIL_IMAP_RATE_WRITES=off",
	}
	if writing {
		environ = append(environ, "MAIL_IMAP_AUDIT_FILE="+s.auditFile(), audit.EnvKey+"="+s.auditKey)
	}
	cfg, err := config.Load(config.Source{Environ: environ})
	if err != nil {
		return nil, fmt.Errorf("demo: configuration of the embedded server: %w", err)
	}
	return cfg, nil
}

// auditFile is where the audit lies for as long as the demo runs.
func (s *mailServer) auditFile() string { return filepath.Join(s.dir, "audit.jsonl") }

// key is the audit's, as its reader takes it.
func (s *mailServer) key() (secret.Value, error) {
	key, err := audit.ParseKey(audit.EnvKey, s.auditKey)
	if err != nil {
		return secret.Value{}, fmt.Errorf("demo: the key of the audit: %w", err)
	}
	return key, nil
}

// newKey is a key of 32 bytes for one run, in base64.
func newKey() string {
	key := make([]byte, audit.KeyBytes)
	_, _ = rand.Read(key) // never fails (crypto/rand)
	return base64.StdEncoding.EncodeToString(key)
}

// close stops the server and leaves nothing on disk.
func (s *mailServer) close() error {
	var err error
	if s.memory != nil {
		err = s.memory.Close()
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}

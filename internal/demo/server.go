package demo

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/mailtest"
)

// mailServer is the embedded IMAPS server with the demo's mail in it. It
// listens on loopback only; its password and certificate are made afresh.
type mailServer struct {
	memory *mailtest.Memory
	dir    string // for the CA's certificate
}

// startMailServer starts it and delivers the mail. Close it.
func startMailServer(now time.Time) (*mailServer, error) {
	dir, err := os.MkdirTemp("", "mail-imap-mcp-demo-")
	if err != nil {
		return nil, fmt.Errorf("demo: a directory for the certificate: %w", err)
	}
	s := &mailServer{dir: dir}
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

// config is read the way a person's own is: from environment variables, with
// the certificate of the embedded server as an extra root.
func (s *mailServer) config() (*config.Config, error) {
	account := s.memory.Account("default")
	prefix := account.EnvPrefix()
	cfg, err := config.Load(config.Source{Environ: []string{
		prefix + "HOST=" + account.Host,
		prefix + "PORT=" + strconv.Itoa(account.Port),
		prefix + "USER=" + account.User,
		prefix + "PASS=" + account.Password.Reveal(),
		prefix + "AUTHSERV_ID=" + receiver,
		"MAIL_IMAP_CA_CERT_PATH=" + s.memory.CAPath(),
	}})
	if err != nil {
		return nil, fmt.Errorf("demo: configuration of the embedded server: %w", err)
	}
	return cfg, nil
}

// close stops the server and leaves nothing on disk.
func (s *mailServer) close() error {
	var err error
	if s.memory != nil {
		err = s.memory.Close()
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}

package mailtest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"
)

var (
	loginLine = regexp.MustCompile(`Info: Login: user=<([^>]+)>.* rport=(\d+), mpid=(\d+).* session=<([^>]+)>`)
	endLine   = regexp.MustCompile(`<([^<>]+)>: Info: Disconnected`)
)

// login is one connection that signed in, and what serves it.
type login struct {
	id   string
	user string
	pid  int
	over bool
}

// logins are known from Dovecot's log, each line of which is read once.
type logins struct {
	mu     sync.Mutex
	read   int64             // bytes of the log
	byPort map[int]*login    // the client's port: the last there was
	byID   map[string]*login // with those that ended before they began, in the log
}

// look reads on in the log.
func (s *logins) look(path string) {
	f, err := os.Open(path)
	if err != nil {
		return
	}
	defer f.Close()
	text, err := io.ReadAll(io.NewSectionReader(f, s.read, 1<<40))
	if err != nil {
		return
	}
	if s.byID == nil {
		s.byPort, s.byID = map[int]*login{}, map[string]*login{}
	}
	whole := bytes.LastIndexByte(text, '\n') + 1
	s.read += int64(whole)
	for line := range bytes.Lines(text[:whole]) {
		if m := loginLine.FindSubmatch(line); m != nil {
			port, _ := strconv.Atoi(string(m[2]))
			one := s.named(string(m[4]))
			one.user = string(m[1])
			one.pid, _ = strconv.Atoi(string(m[3]))
			s.byPort[port] = one
		} else if m := endLine.FindSubmatch(line); m != nil {
			s.named(string(m[1])).over = true
		}
	}
}

// named is the session of an id. Two processes write the log: the end may stand
// before the sign-in.
func (s *logins) named(id string) *login {
	if s.byID[id] == nil {
		s.byID[id] = &login{id: id}
	}
	return s.byID[id]
}

// ended reports whether the process that served a client's port is done with it.
func (p *dovecotProcess) ended(port int) bool {
	p.logins.mu.Lock()
	defer p.logins.mu.Unlock()
	p.logins.look(p.path("log"))
	one := p.logins.byPort[port]
	return one != nil && one.over
}

// settle waits until the process that served the connection from a local port
// is done with it, as it says in the log. That the connection has ended does not tell:
// Dovecot's sign-in process, which carries the bytes, closes it as soon as the
// client is gone, while the other still acts on what it was sent.
func (d *Dovecot) settle(ctx context.Context, port int) {
	for ctx.Err() == nil && !d.process.ended(port) {
		select {
		case <-ctx.Done():
		case <-time.After(time.Millisecond):
		}
	}
}

// of are the sessions of a user, as far as the log tells.
func (p *dovecotProcess) of(user string) []login {
	p.logins.mu.Lock()
	defer p.logins.mu.Unlock()
	p.logins.look(p.path("log"))
	var list []login
	for _, one := range p.logins.byID {
		if one.user == user {
			list = append(list, *one)
		}
	}
	return list
}

// allOver waits until a user had at least so many sessions and all have ended.
func (p *dovecotProcess) allOver(user string, atLeast int) error {
	for deadline := time.Now().Add(dovecotStop); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		list := p.of(user)
		if len(list) >= atLeast && !slices.ContainsFunc(list, func(l login) bool { return !l.over }) {
			return nil
		}
	}
	return fmt.Errorf("a session of %s did not end within %v\n%s", user, dovecotStop, p.log())
}

// endSessions ends the processes that serve the user, as a Dovecot that stops
// ends them, and waits until they are done.
func (d *Dovecot) endSessions() error {
	// Once a later session's end is in the log, what signed in before is there too.
	later, err := d.process.addUser()
	if err != nil {
		return err
	}
	defer later.Close()
	if err := later.try(func(c *imapclient.Client) error { return c.Noop().Wait() }); err != nil {
		return err
	}
	if err := d.process.allOver(later.user, 1); err != nil {
		return err
	}
	for _, s := range d.process.of(d.user) {
		if process, err := os.FindProcess(s.pid); err == nil && !s.over {
			_ = process.Signal(syscall.SIGTERM)
		}
	}
	return d.process.allOver(d.user, 0)
}

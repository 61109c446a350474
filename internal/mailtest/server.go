// Package mailtest is the mail servers to test against: an in-process one, a
// real Dovecot, one that makes up a million messages, and ones that misbehave;
// with a proxy that records the dialogue and counts round trips and bytes.
//
// Everything listens on loopback only, and passwords and certificates are made
// at run time. It shares no code with what it tests.
package mailtest

import (
	"crypto/rand"
	"crypto/x509"
	"strings"
	"testing"
	"time"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/secret"
)

// Message is one mail to put into a mailbox.
type Message struct {
	Raw   []byte    // CRLF line ends
	Flags []string  // "\\Seen"
	Date  time.Time // INTERNALDATE; zero: now
}

// Stored is one message as it is in a mailbox.
type Stored struct {
	UID   uint32
	Raw   []byte
	Flags []string  // sorted; without \Recent, which is not the message's (RFC 9051 §2.3.2)
	Date  time.Time // INTERNALDATE
}

// Server is a mail server under test with one account whose password is random.
type Server interface {
	Name() string                                                  // "memory", "dovecot"
	Account(id string) config.Account                              // implicit TLS on loopback; ID is id
	StartTLSAccount(id string) config.Account                      // the STARTTLS port
	CAPath() string                                                // PEM file of the CA that signed the server's certificate
	RootCAs() *x509.CertPool                                       // the same
	Create(t testing.TB, mailbox string)                           // decoded name
	Append(t testing.TB, mailbox string, msgs ...Message) []uint32 // delivers over a connection of its own; UIDs in order
	Expunge(t testing.TB, mailbox string, uids ...uint32)          // from another connection
	UIDValidity(t testing.TB, mailbox string) uint32
	Messages(t testing.TB, mailbox string) []Stored // what is in it, by ascending UID; changes nothing, not even \Recent
	Mailboxes(t testing.TB) []string                // decoded names of those that can be selected, sorted
	Remove(t testing.TB, mailbox string)            // deletes a mailbox with its mail, from another connection
	Recreate(t testing.TB, mailbox string)          // deletes it and makes it anew, empty, under another UIDVALIDITY
	Restart(t testing.TB)                           // drops every connection, keeps mail and ports
}

// loopback is the only address servers listen on.
const loopback = "127.0.0.1"

// endpoint is where a server listens and who may sign in.
type endpoint struct {
	imaps, starttls int
	user            string
	password        secret.Value
	ca              *authority
}

// userPrefix begins every user's name.
const userPrefix = "user-"

func newUser() (string, secret.Value) {
	// Lower case: Dovecot folds user names.
	return userPrefix + strings.ToLower(rand.Text()[:8]) + "@example.org", secret.New(rand.Text())
}

// Account is the account over implicit TLS.
func (e *endpoint) Account(id string) config.Account {
	return config.Account{
		ID: id, Host: loopback, Port: e.imaps, TLS: config.TLSImplicit,
		User: e.user, Password: e.password, Auth: config.AuthAuto,
	}
}

// StartTLSAccount is the account over STARTTLS.
func (e *endpoint) StartTLSAccount(id string) config.Account {
	a := e.Account(id)
	a.Port, a.TLS = e.starttls, config.TLSStartTLS
	return a
}

// CAPath is the PEM file of the CA; empty when the server was given no
// directory to write it to.
func (e *endpoint) CAPath() string { return e.ca.path }

// RootCAs holds the CA alone.
func (e *endpoint) RootCAs() *x509.CertPool { return e.ca.pool }

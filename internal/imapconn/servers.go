package imapconn

import (
	"path"
	"strings"
)

// Provider is what is known beforehand of a mail provider. docs/servers.md is
// generated from Providers, Software, QuirkDocs and Lenience.
type Provider struct {
	Name string
	// Hosts are the names of its IMAP servers, as patterns of path.Match.
	Hosts []string
	// Quirks are those that are certain, so that no account pays for finding
	// them out. What may change, or holds of some of its servers only, is found
	// out instead.
	Quirks []Quirk
	// Connections is how many connections an account has at most; 0: as many as
	// with any other server.
	Connections int
	// Window is how many of the newest messages of a mailbox are shown to those
	// that number messages; 0: all.
	Window uint32
	// SignIn is what a user needs to know before the first sign-in.
	SignIn   string
	Findings []Finding
}

// Server is what is known of a server program, wherever it runs.
type Server struct {
	Name string
	// Says is a part of its greeting or of its answer to ID; "": not known.
	Says     string
	Findings []Finding
}

// Finding is something a server does otherwise than one might expect.
type Finding struct {
	Does string // what the server does
	Then string // what is done about it
	// Reported names public reports, as "project#number"; Seen says where it was
	// seen by us. At least one is given.
	Reported, Seen string
	Dialogues      []string // tests in test/servers that play it, by number
}

// QuirkDoc says of a quirk what it means for who uses the account.
type QuirkDoc struct {
	Quirk Quirk
	Found string // how it is found out, and what that costs
	Then  string // what is done from then on, and what that costs
}

// Lenient is something that every server is forgiven.
type Lenient struct {
	Comes     string // what some server sends
	Read      string // how it is read
	Dialogues []string
}

// ProviderOf is the provider that an IMAP host belongs to; nil: none that is
// known. Case does not matter.
func ProviderOf(host string) *Provider {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for i := range Providers {
		for _, pattern := range Providers[i].Hosts {
			if ok, err := path.Match(pattern, host); ok && err == nil {
				return &Providers[i]
			}
		}
	}
	return nil
}

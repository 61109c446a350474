package mailtest

import (
	"fmt"
	"os"
	"os/user"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// nobody is who owns the mail when root runs the test: Dovecot refuses root.
const nobody = 65534

func mailUID() int {
	if uid := os.Getuid(); uid != 0 {
		return uid
	}
	return nobody
}

func mailGID() int {
	if os.Getuid() != 0 {
		return os.Getgid()
	}
	return nobody
}

// configuration is a dovecot.conf (2.3) that touches nothing outside its
// directory and runs as whoever runs the test.
func (p *dovecotProcess) configuration() string {
	var b strings.Builder
	fmt.Fprintf(&b, `
base_dir = %[1]s/run
state_dir = %[1]s/state
log_path = %[1]s/log
protocols = imap
listen = %[2]s
ssl = required
ssl_min_protocol = TLSv1.2
ssl_cert = <%[1]s/cert.pem
ssl_key = <%[1]s/key.pem
disable_plaintext_auth = yes
auth_mechanisms = plain login
auth_failure_delay = 0
auth_verbose = yes
# With the client's port, by which a connection's session is found; see logins.
login_log_format_elements = user=<%%u> method=%%m rport=%%b mpid=%%e %%c session=<%%{session}>
first_valid_uid = 1
first_valid_gid = 0
mail_uid = %[3]d
mail_gid = %[4]d
mail_fsync = never
mail_max_userip_connections = 1000
# INBOX is the root of the tree, names are UTF-8 on disk.
mail_location = maildir:~/mail:LAYOUT=fs:UTF-8
passdb {
  driver = passwd-file
  args = %[1]s/passwd/%%u
}
userdb {
  driver = static
  args = home=%[1]s/users/%%u
}
`, p.dir, loopback, mailUID(), mailGID())
	b.WriteString(p.services())
	b.WriteString(`
namespace inbox {
  inbox = yes
  separator = /
`)
	for _, name := range []string{"Sent", "Drafts", "Trash", "Junk", "Archive"} {
		fmt.Fprintf(&b, "  mailbox %s {\n", name)
		if !slices.Contains(p.without, imap.CapSpecialUse) {
			fmt.Fprintf(&b, "    special_use = \\%s\n", name)
		}
		b.WriteString("    auto = subscribe\n  }\n")
	}
	b.WriteString("}\n")
	if p.capabilities != "" {
		fmt.Fprintf(&b, "protocol imap {\n  imap_capability = %s\n}\n", p.capabilities)
	}
	return b.String()
}

func (p *dovecotProcess) services() string {
	var b strings.Builder
	if os.Getuid() != 0 {
		// Without root nothing can change its user or its root directory.
		name, group := fmt.Sprint(os.Getuid()), fmt.Sprint(os.Getgid())
		if me, err := user.Current(); err == nil {
			name = me.Username
		}
		if g, err := user.LookupGroupId(group); err == nil {
			group = g.Name
		}
		fmt.Fprintf(&b, "default_internal_user = %s\ndefault_internal_group = %s\ndefault_login_user = %s\n", name, group, name)
	}
	fmt.Fprintf(&b, `
service imap-login {
  chroot =
  service_count = 0
  client_limit = 1000
  process_limit = 2
  inet_listener imap {
    port = %d
  }
  inet_listener imaps {
    port = %d
    ssl = yes
  }
}
service imap {
  # A process for each connection, as everywhere. Serving several would make a
  # sign-in take 3 ms and not 8, but then one whose client has gone waits two
  # minutes for a lock in a mailbox that was deleted, and keeps others waiting.
  service_count = 1
  process_limit = 1000
}
service anvil {
  chroot =
  # Without the penalty, or a test of wrong passwords slows the next one.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
`, p.starttls, p.imaps)
	return b.String()
}

// preLogin are capabilities that the sign-in process adds of its own accord.
func preLogin(c imap.Cap) bool {
	return c == imap.CapStartTLS || c == imap.CapLoginDisabled || strings.HasPrefix(string(c), "AUTH=")
}

// capabilitiesWithout is the list of all that a Dovecot has after sign-in, as
// the shared one says, less what one is to be without.
func capabilitiesWithout(without []imap.Cap) (string, error) {
	p, err := sharedDovecot(DovecotOptions{})
	if err != nil {
		return "", err
	}
	d, err := p.addUser()
	if err != nil {
		return "", err
	}
	defer d.Close()
	var names []string
	err = d.try(func(c *imapclient.Client) error {
		caps, err := c.Capability().Wait()
		for name := range caps {
			if !slices.Contains(without, name) && !preLogin(name) {
				names = append(names, string(name))
			}
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("capabilities of dovecot: %w", err)
	}
	slices.Sort(names)
	return strings.Join(names, " "), nil
}

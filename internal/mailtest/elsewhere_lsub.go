package mailtest

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Subscribed is the decoded names of what the user is subscribed to, by LSUB
// (RFC 3501 §6.3.9), which go-imap's client does not send: for servers without
// LIST-EXTENDED.
func (r *remote) Subscribed(t testing.TB) []string {
	t.Helper()
	dialer := &net.Dialer{Timeout: remoteTimeout}
	conn, err := tls.DialWithDialer(dialer, "tcp", net.JoinHostPort(r.acc.Host, strconv.Itoa(r.acc.Port)), &tls.Config{RootCAs: r.roots})
	if err != nil {
		t.Fatalf("subscriptions: %v", err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(remoteTimeout))
	in := bufio.NewReader(conn)
	var found []string
	say := func(tag, command string) {
		if _, err := fmt.Fprintf(conn, "%s %s\r\n", tag, command); err != nil {
			t.Fatalf("subscriptions: %v", err)
		}
		for {
			unit, err := readUnit(in)
			if err != nil {
				t.Fatalf("subscriptions: %v", err)
			}
			words := splitWords(strings.TrimRight(string(unit), "\r\n"))
			if len(words) > 4 && strings.EqualFold(words[1], "LSUB") && !strings.Contains(strings.ToLower(words[2]), `\noselect`) {
				found = append(found, decodeName(unquoteName(words[4])))
			}
			if words[0] == tag {
				if len(words) < 2 || words[1] != "OK" {
					t.Fatalf("subscriptions: %q", unit)
				}
				return
			}
		}
	}
	say("a", "LOGIN "+quoteName(r.acc.User)+" "+quoteName(r.acc.Password.Reveal()))
	say("b", `LSUB "" "*"`)
	say("c", "LOGOUT")
	return found
}

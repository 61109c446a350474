package rig

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailtest"
)

// Mail makes a plain message out of header lines and a body.
func Mail(header, body string) []byte {
	return []byte(strings.ReplaceAll(strings.TrimSpace(header)+"\n\n"+body, "\n", "\r\n"))
}

// Numbered makes the n-th of a row of plain messages.
func Numbered(n int) mailtest.Message {
	return mailtest.Message{Raw: Mail(fmt.Sprintf(`From: Ada <ada@example.org>
To: bob@example.org
Subject: number %d
Date: Mon, 02 Nov 2026 10:00:00 +0100
Message-ID: <n%d@example.org>`, n, n), fmt.Sprintf("This is message number %d.\n", n))}
}

// Wrapped is b in base64 as mail has it.
func Wrapped(b []byte) string {
	s := base64.StdEncoding.EncodeToString(b)
	var out strings.Builder
	for len(s) > 76 {
		out.WriteString(s[:76] + "\n")
		s = s[76:]
	}
	return out.String() + s + "\n"
}

// Enclosing is a mail with one attachment in base64, part 2.
func Enclosing(mediaType, name string, content []byte) []byte {
	return Mail(`From: Ada <ada@example.org>
To: bob@example.org
Subject: enclosed
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b`, fmt.Sprintf(`--b
Content-Type: text/plain

See what is enclosed.
--b
Content-Type: %s; name="%s"
Content-Disposition: attachment; filename="%s"
Content-Transfer-Encoding: base64

%s--b--
`, mediaType, name, name, Wrapped(content)))
}

// Put appends one message and names it.
func Put(t *testing.T, srv mailtest.Server, box string, raw []byte) contract.MessageID {
	t.Helper()
	uids := srv.Append(t, box, mailtest.Message{Raw: raw})
	return contract.MessageID{Account: Account, Mailbox: box, UIDValidity: srv.UIDValidity(t, box), UID: uids[0]}
}

package safety

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mail-imap-mcp/internal/message"
	"mail-imap-mcp/internal/safetext"
)

// crlf makes a header of lines.
func crlf(lines ...string) message.Header {
	return message.ParseHeader([]byte(strings.Join(lines, "\r\n") + "\r\n\r\n"))
}

// got is the verdicts in one line: by spf dkim dmarc arc domain.
func got(a Authentication) string {
	return fmt.Sprint(a.By, " ", a.SPF, " ", a.DKIM, " ", a.DMARC, " ", a.ARC, " ", a.Domain)
}

const author = "From: A <a@sender.example>\r\nTo: b@mine.example\r\nSubject: s"

func TestAuthenticate(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		host, trusted string
		lines         []string
		want          string
		note          string
	}{
		"named id": {
			"", "mx.mine.example",
			[]string{"Authentication-Results: mx.mine.example; spf=pass smtp.mailfrom=sender.example; dkim=pass header.d=sender.example; dmarc=pass header.from=sender.example; arc=none", author},
			"mx.mine.example pass pass pass none sender.example", "",
		},
		"id in other case, a version and a final dot": {
			"", "MX.Mine.Example",
			[]string{"Authentication-Results: mx.MINE.example. 1; dmarc=fail header.from=sender.example", author},
			"mx.mine.example unknown unknown fail unknown sender.example", "",
		},
		"no results": {"", "mx.mine.example", []string{author}, " unknown unknown unknown unknown ", ""},
		"no trusted id": {
			"imap.mine.example", "",
			[]string{"Authentication-Results: mx.mine.example; dmarc=pass", author},
			" unknown unknown unknown unknown ", "not the receiving server",
		},
		"nothing was checked": {
			"", "mx.mine.example",
			[]string{"Authentication-Results: mx.mine.example; none", author},
			"mx.mine.example unknown unknown unknown unknown ", "does not report DMARC",
		},
		"forged below the real one": {
			"", "mx.mine.example",
			[]string{
				"Authentication-Results: mx.mine.example; dmarc=fail header.from=sender.example",
				"Received: from evil.example by mx.mine.example; Mon, 2 Nov 2026 10:00:00 +0000",
				"Authentication-Results: mx.mine.example; dmarc=pass header.from=sender.example; spf=pass", author,
			},
			"mx.mine.example unknown unknown fail unknown sender.example", "further down",
		},
		"forged directly below the real one": {
			"", "mx.mine.example",
			[]string{
				"Received: from evil.example by mx.mine.example; Mon, 2 Nov 2026 10:00:00 +0000",
				"Authentication-Results: mx.mine.example; dmarc=fail header.from=sender.example",
				"Authentication-Results: mx.mine.example; dmarc=pass header.from=sender.example", author,
			},
			"mx.mine.example unknown unknown fail unknown sender.example", "second field",
		},
		"another server's above": {
			"", "mx.mine.example",
			[]string{
				"Authentication-Results: other.example; dmarc=pass", "Authentication-Results: mx.mine.example; dmarc=none", author,
			},
			"mx.mine.example unknown unknown none unknown ", "“other.example”",
		},
		"only forged, below another's hop": {
			"", "mx.mine.example",
			[]string{
				"Received: from relay.example by mx.mine.example; Mon, 2 Nov 2026 10:00:00 +0000",
				"Received: from evil.example by relay.example; Mon, 2 Nov 2026 10:00:00 +0000",
				"Authentication-Results: mx.mine.example; dmarc=pass header.from=sender.example", author,
			},
			" unknown unknown unknown unknown ", "relay.example",
		},
		"only forged, among the author's fields": {
			"", "mx.mine.example",
			[]string{
				"Received: from evil.example by mx.mine.example; Mon, 2 Nov 2026 10:00:00 +0000", author, "Authentication-Results: mx.mine.example; spf=pass; dkim=pass; dmarc=pass header.from=sender.example",
			},
			" unknown unknown unknown unknown ", "the author wrote",
		},
		"a failure counts wherever it stands": {
			"", "mx.mine.example",
			[]string{
				"Received: from evil.example by mx.mine.example; Mon, 2 Nov 2026 10:00:00 +0000", author, "Authentication-Results: mx.mine.example; spf=pass; dmarc=fail header.from=sender.example",
			},
			"mx.mine.example unknown unknown fail unknown sender.example", "",
		},
		"a mail that no server handed on has no order": {
			"", "mx.mine.example",
			[]string{
				author, "Authentication-Results: mx.mine.example; dmarc=pass header.from=sender.example", "Authentication-Results: other.example; dmarc=fail",
			},
			"mx.mine.example unknown unknown pass unknown sender.example", "other.example",
		},
		"internal hops above": {
			"", "mx.mine.example",
			[]string{
				"Received: from mx (localhost [127.0.0.1]) by store1.internal (Cyrus) with LMTPA",
				"Received: by 10.0.0.7 with SMTP id x", "Received: from mx by store3.mine.example with LMTP",
				"Authentication-Results: mx.mine.example; dmarc=pass header.from=sender.example",
				"Received: from mail.sender.example by mx.mine.example", author,
			},
			"mx.mine.example unknown unknown pass unknown sender.example", "",
		},
		"a field below the server's own hop": {
			"", "mail.protonmail.ch",
			[]string{
				"Received: from x by mailin.protonmail.ch (Postfix) with ESMTPS id 1",
				"Authentication-Results: mail.protonmail.ch; dmarc=pass (p=none dis=none)\r\n header.from=sender.example",
				"Authentication-Results: mail.protonmail.ch; spf=pass smtp.mailfrom=sender.example",
				"Authentication-Results: mail.protonmail.ch; dkim=pass (2048-bit key)\r\n header.d=sender.example", author,
			},
			"mail.protonmail.ch pass pass pass unknown sender.example", "",
		},
		"several ids": {
			"", "a.mine.example, b.mine.example",
			[]string{"Authentication-Results: b.mine.example; spf=softfail", author},
			"b.mine.example softfail unknown unknown unknown ", "",
		},
		"hosts below": {
			"", "*.mx.mine.example",
			[]string{"Authentication-Results: n7.mx.mine.example; dmarc=pass header.from=sender.example", author},
			"n7.mx.mine.example unknown unknown pass unknown sender.example", "",
		},
		"hosts below do not include the name itself": {
			"", ".mx.mine.example",
			[]string{"Authentication-Results: mx.mine.example; dmarc=pass", author},
			" unknown unknown unknown unknown ", "",
		},
		"hosts below do not include look-alikes": {
			"", ".mine.example",
			[]string{"Authentication-Results: evilmine.example; dmarc=pass", author},
			" unknown unknown unknown unknown ", "",
		},
		"comments and quotes hold no results": {
			"", "mx.mine.example",
			[]string{
				`Authentication-Results: mx.mine.example; spf=fail (a; dmarc=pass (b) ; dmarc=pass) smtp.mailfrom="x; dmarc=pass header.from=y"@evil.example; dmarc=none`, author,
			},
			"mx.mine.example fail unknown none unknown ", "",
		},
		"an unclosed comment hides the rest": {
			"", "mx.mine.example",
			[]string{"Authentication-Results: mx.mine.example; spf=fail (a; dmarc=pass", author},
			"mx.mine.example fail unknown unknown unknown ", "",
		},
		"a result smuggled out of a comment": {
			"", "mx.mine.example",
			[]string{
				`Authentication-Results: mx.mine.example; spf=pass (domain of "x); dmarc=pass header.from=sender.example (" designates) smtp.mailfrom=e.example; dmarc=fail header.from=sender.example`, author,
			},
			"mx.mine.example pass unknown fail unknown sender.example", "contradict",
		},
		"DMARC passed for another domain": {
			"", "mx.mine.example",
			[]string{"Authentication-Results: mx.mine.example; dmarc=pass header.from=evil.example", author},
			"mx.mine.example unknown unknown unknown unknown evil.example", "passed for",
		},
		"several From addresses": {
			"", "mx.mine.example",
			[]string{"Authentication-Results: mx.mine.example; dmarc=pass header.from=sender.example", author, "From: boss@bank.example"},
			"mx.mine.example unknown unknown unknown unknown sender.example", "exactly one",
		},
		"an aligned signature wins": {
			"", "mx.mine.example",
			[]string{
				"Authentication-Results: mx.mine.example; dkim=fail header.d=sender.example; dkim=pass header.d=list.example; dkim=pass header.i=@mail.sender.example", author,
			},
			"mx.mine.example unknown pass unknown unknown ", "list.example",
		},
		"words outside the RFC": {
			"", "mx.mine.example",
			[]string{"Authentication-Results: mx.mine.example; spf=PASS; dkim=maybe; dmarc=bestguesspass; arc=success", author},
			"mx.mine.example pass unknown unknown unknown ", "",
		},
		"blanks around the sign, a method's version": {
			"", "mx.mine.example",
			[]string{"Authentication-Results: mx.mine.example; spf/1 = pass reason = \"ok; dmarc=pass\"; dmarc = fail", author},
			"mx.mine.example pass unknown fail unknown ", "",
		},
		"ARC's own fields do not count": {"", "mx.mine.example", []string{"ARC-Authentication-Results: i=1; mx.mine.example; dmarc=pass", author}, " unknown unknown unknown unknown ", ""},

		"Gmail": {"imap.gmail.com", "", []string{
			"Delivered-To: b@mine.example", "Received: by 2002:a05:6214:1234 with SMTP id x; Mon, 2 Nov 2026 02:00:00 -0800",
			"ARC-Authentication-Results: i=1; mx.google.com; dmarc=pass", "Return-Path: <a@sender.example>",
			"Received: from m.sender.example (m.sender.example. [192.0.2.1]) by mx.google.com with ESMTPS id y",
			"Received-SPF: pass (google.com: domain of a@sender.example designates 192.0.2.1 as permitted sender)",
			"Authentication-Results: mx.google.com;\r\n       dkim=pass header.i=@sender.example header.s=s1 header.b=abc;\r\n       spf=pass (google.com: domain of a@sender.example designates 192.0.2.1 as permitted sender) smtp.mailfrom=a@sender.example;\r\n       dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=sender.example",
			author,
		}, "mx.google.com pass pass pass unknown sender.example", ""},
		"Microsoft": {
			"outlook.office365.com", "",
			[]string{
				"Received: from A.namprd05.prod.outlook.com (2603::1) by B.namprd05.prod.outlook.com with HTTPS; Mon, 2 Nov 2026 10:00:00 +0000",
				"Authentication-Results: spf=pass (sender IP is 192.0.2.1)\r\n smtp.mailfrom=sender.example; mine.example; dkim=pass (signature was verified)\r\n header.d=sender.example;mine.example; dmarc=pass action=none\r\n header.from=sender.example;compauth=pass reason=100",
				"Received-SPF: Pass (protection.outlook.com: domain of sender.example designates)",
				"Received: from m.sender.example (192.0.2.1) by A.mail.protection.outlook.com (10.1.2.3) with Microsoft SMTP Server", author,
			},
			"outlook.com pass pass pass unknown sender.example", "",
		},
		"Microsoft's form from a sender": {
			"outlook.office365.com", "",
			[]string{
				"Received: from A.outlook.com by B.prod.outlook.com with HTTPS",
				"Received: from evil.example (192.0.2.66) by A.mail.protection.outlook.com with Microsoft SMTP Server",
				"Authentication-Results: spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=sender.example; dmarc=pass header.from=sender.example", author,
			},
			" unknown unknown unknown unknown ", "without the name",
		},
		"Microsoft's form elsewhere": {
			"imap.mine.example", "mx.mine.example",
			[]string{
				"Authentication-Results: spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=sender.example; dmarc=pass header.from=sender.example", author,
			},
			" unknown unknown unknown unknown ", "without the name",
		},
		"Yahoo": {
			"imap.mail.yahoo.com", "",
			[]string{
				"Received: from 10.1.1.1 by atlas206.free.mail.ne1.yahoo.com with HTTPS; Mon, 2 Nov 2026 10:00:00 +0000", "Return-Path: <a@sender.example>",
				"Authentication-Results: atlas206.free.mail.ne1.yahoo.com;\r\n dkim=unknown;\r\n spf=none smtp.mailfrom=sender.example;\r\n dmarc=pass(p=NONE) header.from=sender.example;",
				"Received: from 192.0.2.1 (EHLO m.sender.example) by 10.2.2.2 with SMTPs", author,
			},
			"atlas206.free.mail.ne1.yahoo.com none unknown pass unknown sender.example", "",
		},
		"iCloud": {
			"imap.mail.me.com", "",
			[]string{
				"Received: from p00-mx.me.com by p00-store.me.com (Dovecot) with LMTP",
				"Authentication-Results: bimi.icloud.com; bimi=none", "X-ARC-Info: policy=fail; arc=none", "Authentication-Results: arc.icloud.com; arc=none",
				"Authentication-Results: dmarc.icloud.com; dmarc=pass header.from=sender.example", "X-DMARC-Info: pass=pass",
				"Authentication-Results: dkim-verifier.icloud.com;\r\n\tdkim=pass (2048-bit key) header.d=sender.example",
				"Authentication-Results: spf.icloud.com; spf=pass (spf.icloud.com: domain of a@sender.example) smtp.mailfrom=a@sender.example", author,
			},
			"dmarc.icloud.com pass pass pass none sender.example", "",
		},
		"Zoho without a semicolon": {
			"imap.zoho.com", "",
			[]string{
				"Authentication-Results: mx.zoho.com;\r\n\tdkim=pass\r\n\tspf=pass (zoho.com: domain of x) smtp.mailfrom=a@sender.example;", author,
			},
			"mx.zoho.com pass pass unknown unknown ", "",
		},
		"Fastmail": {
			"imap.fastmail.com", "",
			[]string{"Authentication-Results: phl-mx-04.messagingengine.com;\r\n  dkim=pass (2048-bit rsa key sha256) header.d=sender.example;\r\n  dmarc=pass policy.published-domain-policy=none header.from=sender.example;\r\n  spf=pass smtp.mailfrom=sender.example", author},
			"phl-mx-04.messagingengine.com pass pass pass unknown sender.example", "",
		},
		"the recipient's domain, as Outlook writes when sending": {
			"imap.gmx.net", "",
			[]string{
				"Received: from mout.example by mx-ha.gmx.net (mxgmx114) with ESMTPS", author, "authentication-results: gmx.net; dkim=none (message not signed)\r\n header.d=none;gmx.net; dmarc=none action=none header.from=sender.example;",
			},
			" unknown unknown unknown unknown ", "the author wrote",
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := Authenticate(crlf(c.lines...), c.host, c.trusted)
			if got(a) != c.want {
				t.Errorf("got  %q\nwant %q\nnotes %q", got(a), c.want, a.Notes)
			}
			if c.note != "" && !strings.Contains(strings.Join(a.Notes, "\n"), c.note) {
				t.Errorf("no note with %q in %q", c.note, a.Notes)
			}
		})
	}
}

func TestAuthenticate_IsBounded(t *testing.T) {
	t.Parallel()
	for _, unit := range []string{" ", "(", "a =", ";", "\"", "x=y "} {
		Authenticate(crlf("Authentication-Results: mx.mine.example; "+strings.Repeat(unit, 60<<10/len(unit))+"z", "Received: by "+strings.Repeat(unit, 60<<10/len(unit))), "", "mx.mine.example")
	}
	var lines []string
	for i := range 900 {
		lines = append(lines, fmt.Sprintf("Authentication-Results: host%d.example; dmarc=pass %s", i, strings.Repeat("; spf=pass", 500)))
	}
	a := Authenticate(crlf(lines...), "", "mx.mine.example")
	if len(a.Notes) > maxNotes || a.DMARC != Unknown {
		t.Errorf("%d notes, DMARC %s", len(a.Notes), a.DMARC)
	}
}

func FuzzAuthenticate(f *testing.F) {
	for _, seed := range []string{
		"Authentication-Results: mx.a.example; spf=pass (x (y) z) smtp.mailfrom=\"a b\"@c; dmarc=pass header.from=d.example\r\nFrom: a@d.example",
		"Authentication-Results: (((;;==\"\\", "Received: by\r\nAuthentication-Results: spf=pass dkim=fail;;; = = ;\r\n", "Authentication-Results: x/1 = y /2 ; none",
	} {
		f.Add([]byte(seed), "imap.gmail.com", "mx.a.example, .b")
	}
	words := []Verdict{Unknown, "pass", "fail", "softfail", "neutral", "none", "temperror", "permerror", "policy"}
	f.Fuzz(func(t *testing.T, b []byte, host, trusted string) {
		h := message.ParseHeader(b)
		a := Authenticate(h, host, trusted)
		for _, v := range []Verdict{a.SPF, a.DKIM, a.DMARC, a.ARC} {
			if !slices.Contains(words, v) {
				t.Errorf("verdict %q", v)
			}
		}
		if a.By == "" && (a.DMARC != Unknown || a.SPF != Unknown || a.DKIM != Unknown) {
			t.Errorf("verdicts from nowhere: %+v", a)
		}
		for _, s := range append(a.Notes, a.By, a.Domain) {
			if s != safetext.Line(s) {
				t.Errorf("not a safe line: %q", s)
			}
		}
		Signals(Facts{Header: h, From: message.ParseAddresses(h.Get("From")), Authentication: a})
	})
}

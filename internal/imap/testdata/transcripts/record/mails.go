package main

// ordinary are the mails in INBOX that most dialogues are about.
var ordinary = []string{
	crlf(`Date: Mon, 02 Nov 2026 10:00:00 +0100
From: "Ada, Countess \"L\"" <ada@example.org>
To: bob@example.org, =?utf-8?q?J=C3=B6rg?= <joerg@example.org>
Cc: carol@example.org
Subject: Tea at four
Message-ID: <tea@example.org>
Content-Type: text/plain; charset=utf-8

Put the kettle on. {5}
`),
	crlf(`Received: from a by b; Mon, 02 Nov 2026 11:00:00 +0100
Date: Mon, 02 Nov 2026 11:00:00 +0100
From: bob@example.org
To: ada@example.org
Subject: Re: Tea at four
Message-ID: <re1@example.org>
In-Reply-To: <tea@example.org>
References: <tea@example.org>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="out er"

--out er
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset="utf-8"; format=flowed
Content-Transfer-Encoding: quoted-printable
Content-Language: en, de

With scones=2E
--inner
Content-Type: text/html

<p>With scones.
--inner--
--out er
Content-Type: application/pdf; name="=?utf-8?q?Men=C3=BC.pdf?="
Content-Disposition: attachment; filename*=utf-8''Men%C3%BC.pdf; size=21
Content-Transfer-Encoding: base64
Content-ID: <menu@example.org>
Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==
Content-Location: http://example.org/menu.pdf
Content-Description: a "menu" \ list

JVBERi0xLjQKJSVFT0YKAAECAwQF
--out er
Content-Type: message/rfc822

From: carol@example.org
To: undisclosed-recipients:;
Subject: inner "subject" \ here
Date: Sun, 01 Nov 2026 09:00:00 +0000
Content-Type: multipart/mixed; boundary=deep

--deep

deep text
--deep
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: 8bit

second
--deep--
--out er--
`),
	crlf(`Date: Mon, 02 Nov 2026 12:00:00 +0100
From: Team: ada@example.org, "Bob B." <bob@example.org>;, carol@example.org
Sender: =?utf-8?q?gr=C3=BCn?= <gruen@example.org>
Reply-To: <@route.example,@two.example:ada@example.org>
To: undisclosed-recipients:;
Bcc: hidden@example.org
Subject: =?utf-8?q?gr=C3=BCner_Tee?=
Message-ID: <green@example.org>
In-Reply-To: <re1@example.org>
References: <tea@example.org>
 <re1@example.org>

green
`),
	crlf("Date: Mon, 02 Nov 2026 13:00:00 +0100\nFrom: J\xc3\xb6rg <joerg@example.org>\nTo: ada@example.org\nSubject: raw gr\xc3\xbcn \xe4 and {7}\nMessage-ID: <raw@example.org>\n\nraw \xff body\n"),
}

// odd are mails that are odd in their header, beside those of the folder given.
var odd = []string{
	"\n",
	"no header at all, and no colon in it\n",
	"Subject: only a subject",
	"From: \nTo: ,\nCc: ;\nSubject:\nDate:\nMessage-ID:\nIn-Reply-To:\n\nempty fields\n",
	"From: <>\nTo: <@>\nSubject: nobody\nSender: @\nReply-To: \"\" <>\n\nx\n",
	"From: a@b@c.example, d\nTo: \"unclosed <x@example.org>\nCc: (comment) y@example.org (another (nested))\nSubject: broken addresses\n\nx\n",
	"From: group:;\nTo: a: b@example.org, c: d@example.org;;\nCc: x:y:z@example.org;\nSubject: groups in groups\n\nx\n",
	"Subject: quotes \" and \\ backslash \\\" {12}\nFrom: \"q\\\"uote \\\\ d\" <\"odd local\"@example.org>\n\nx\n",
	"Subject: a literal {12}\nFrom: \"{3}\" <x@example.org>\nMessage-ID: {5}\n\nx\n",
	"Subject: NIL\nFrom: NIL <NIL@NIL>\nMessage-ID: NIL\nContent-Type: NIL/NIL; NIL=NIL\n\nx\n",
	"Subject: tab\there\n\tand folded\n twice\nFrom:\n  folded@example.org\n\nx\n",
	"Subject: bell \x07 escape \x1b[0m delete \x7f\nFrom: \"a\x01b\" <x@example.org>\n\nx\n",
	"Subject: 8-bit \xe4\xf6\xfc and \xc3\xa4 \xe2\x80\xae rtl\nFrom: \xe4 <\xf6@ex\xe4mple.org>\nContent-Type: text/plain; name=\xfc.txt\n\nx\n",
	"Content-Type: multipart/mixed; boundary=\"\"\n\n--\n\na\n----\n",
	"Content-Type: multipart/mixed; boundary\n\n--x\n\na\n--x--\n",
	"Content-Type: multipart/mixed; boundary=x\n\n",
	"Content-Type: multipart/mixed; boundary=x\n\n--x--\n",
	"Content-Type: multipart/mixed; boundary=x\n\n--x\n--x\n\n--x--\n",
	"Content-Type: multipart/; boundary=x\n\n--x\nContent-Type: /plain\n\na\n--x\nContent-Type: text\n\nb\n--x\nContent-Type:\n\nc\n--x--\n",
	"Content-Type: text/plain; charset=utf-8; charset=latin1; =x; y=; z; \"q\"=v; w=\"a\\\"b\\\\c\"\n\nx\n",
	"Content-Type: text/plain; name*0*=utf-8'en'%41; name*1=b; name*2*=%43; title*=''x\n\nx\n",
	"Content-Disposition: ; filename=x\nContent-Type: application/octet-stream\n\nx\n",
	"Content-Disposition: attachment; filename=\"quo\\\"te\\\\.txt\"; creation-date=\"Mon, 02 Nov 2026 13:00:00 +0100\"\nContent-Language: en (English), de\nContent-Location: a b c\nContent-MD5:\n\nx\n",
	"Content-Language: ,\nContent-ID: no brackets\nContent-Description: =?utf-8?q?=C3=BC?=\nContent-Transfer-Encoding: (comment) base64 extra\n\nx\n",
	"Content-Type: message/rfc822\n\n",
	"Content-Type: message/rfc822\n\nno header here either\n",
	"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogaGlkZGVuCgp4Cg==\n",
	"Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\nContent-Type: message/rfc822\n\nSubject: three deep\n\nx\n",
	"Content-Type: message/global; x=y\n\nSubject: global\n\nx\n",
	"Content-Type: message/delivery-status\n\nReporting-MTA: dns; example.org\n\n",
	"Content-Type: message/partial; id=a; number=1; total=2\n\nSubject: partial\n\nx\n",
	"Content-Type: message/external-body; access-type=URL; URL=\"http://example.org/\"\n\nContent-Type: text/plain\n\n",
	"Content-Type: multipart/digest; boundary=x\n\n--x\n\nSubject: first\n\na\n--x\nContent-Type: text/plain\n\nb\n--x--\n",
	"Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n--x\n\na\n--x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n--x\nContent-Type: text/rfc822-headers\n\nSubject: returned\n--x--\n",
	"Date: nonsense\nDate: Mon, 02 Nov 2026 13:00:00 +0100\nSubject: two\nSubject: subjects\nFrom: a@example.org\nFrom: b@example.org\nMessage-ID: <a@b>\nMessage-ID: <c@d>\n\nx\n",
	"Message-ID: <unclosed@example.org\nIn-Reply-To: Your message of \"Monday\" <a@b> <c@d>\nReferences: <a@b><c@d>,<e@f>\nSubject: ids\n\nx\n",
}

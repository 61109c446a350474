package demo

import (
	"fmt"
	"time"
)

// writeReports writes what mail servers and programs write: a delivery failure,
// a read receipt, an absence notice.
func writeReports(d *desk) {
	lost := d.put(sent, mail{
		from: me, to: []person{{"Harbour Master", "harbor-master@port.example"}}, subject: "Berth for the tender", date: d.ago(4, 6, 0),
		flags: []string{seen}, body: flowed("Good morning,\n\nmay we have berth 3 for the tender from Monday to Wednesday?\n\nMaya Lindholm\n"),
	})
	d.bounce(lost)
	asked := d.put(sent, mail{
		from: me, to: []person{sofia}, subject: "Loan agreement for the signal lamps", date: d.ago(6, 5, 0), flags: []string{seen},
		fields: []field{{"Disposition-Notification-To", me.address}},
		body:   flowed("Hola Sofía,\n\nthe agreement is ready. Shall I send two signed copies by post?\n\nMaya\n"),
	})
	d.readReceipt(asked)
	d.put(inbox, mail{
		from: piotr, subject: "Odp.: Spare bulbs for the tower (poza biurem)", in: latin2, date: d.ago(4, 6, 30), flags: []string{seen},
		fields: []field{{"Auto-Submitted", "auto-replied"}, {"X-Auto-Response-Suppress", "All"}},
		body:   plain(latin2, "Dzień dobry,\n\njestem poza biurem do poniedziałku. Odpowiem po powrocie.\n\nPiotr Wiśniewski\n"),
	})
}

// bounce reports that m could not be delivered (RFC 3464).
func (d *desk) bounce(m mail) {
	to := m.to[0].address
	text := fmt.Sprintf("Your message could not be delivered to\n\n  <%s>\n\nThe server of port.example said:\n  550 5.1.1 no such mailbox (did you mean harbour-master?)\n", to)
	status := fmt.Sprintf("Reporting-MTA: dns; mx.northlight.example\r\nArrival-Date: %s\r\n\r\nFinal-Recipient: rfc822; %s\r\nAction: failed\r\nStatus: 5.1.1\r\nRemote-MTA: dns; mail.port.example\r\nDiagnostic-Code: smtp; 550 5.1.1 no such mailbox\r\n",
		m.date.Format(time.RFC1123Z), to)
	body := multipart("report",
		plain(utf8QP, text),
		part{mediaType: "message/delivery-status", body: []byte(status)},
		part{mediaType: "message/rfc822", body: m.source()})
	body.mediaType += "; report-type=delivery-status"
	d.put(inbox, mail{
		from: person{"Mail Delivery System", "mailer-daemon@mx.northlight.example"}, subject: "Undelivered Mail Returned to Sender",
		date: m.date.Add(2 * time.Minute), inReplyTo: m.messageID(), references: []string{m.messageID()},
		fields: []field{{"Auto-Submitted", "auto-replied"}}, body: body,
	})
}

// readReceipt says that m was displayed (RFC 8098).
func (d *desk) readReceipt(m mail) {
	notice := fmt.Sprintf("Reporting-UA: mail.faros.example; Postbox\r\nFinal-Recipient: rfc822;%s\r\nOriginal-Message-ID: %s\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n",
		sofia.address, m.messageID())
	body := multipart("report",
		plain(latin1, "Su mensaje se mostró en la pantalla del destinatario. Esto no garantiza que se\nhaya leído.\n"),
		part{mediaType: "message/disposition-notification", body: []byte(notice)})
	body.mediaType += "; report-type=disposition-notification"
	d.put(inbox, mail{
		from: sofia, subject: "Leído: " + m.subject, in: latin1, date: m.date.Add(95 * time.Minute), flags: []string{seen},
		inReplyTo: m.messageID(), references: []string{m.messageID()}, body: body,
	})
}

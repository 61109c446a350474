package mailbox_test

import (
	"fmt"
	"strings"
	"time"

	"mail-imap-mcp/internal/mailtest"
)

// labelled is a mail and what it is.
type labelled struct {
	kind string
	mail mailtest.Mail
	raw  []byte // instead of mail
}

func (l labelled) bytes() []byte {
	if l.raw != nil {
		return l.raw
	}
	l.mail.Date = time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
	if l.mail.To == "" {
		l.mail.To = "Bo Lind <bo@northlight.example>"
	}
	return l.mail.Bytes()
}

// The receiving server is mx.northlight.example. vouched is what it says of
// mail that passed, failed of mail that did not.
func vouched(domain string) map[string]string {
	return map[string]string{"Authentication-Results": "mx.northlight.example; spf=pass smtp.mailfrom=" + domain + "; dkim=pass header.d=" + domain + "; dmarc=pass header.from=" + domain}
}

func failed(domain string) map[string]string {
	return map[string]string{"Authentication-Results": "mx.northlight.example; spf=fail smtp.mailfrom=" + domain + "; dkim=none; dmarc=fail header.from=" + domain}
}

func with(fields map[string]string, more ...string) map[string]string {
	all := map[string]string{}
	for k, v := range fields {
		all[k] = v
	}
	for i := 0; i < len(more); i += 2 {
		all[more[i]] = more[i+1]
	}
	return all
}

// page is HTML as mailing services write it: a preheader, a comment for
// Outlook, a table, pictures and a counting pixel.
func page(preheader string, paragraphs ...string) string {
	var b strings.Builder
	b.WriteString(`<!doctype html><html><head><style>.p{color:#222}@media (max-width:600px){.w{width:100%}}</style></head><body><!--[if mso]><table><tr><td width="600"><![endif]-->`)
	b.WriteString(`<div style="display:none;max-height:0;overflow:hidden">` + preheader + `&nbsp;&zwnj;&nbsp;&zwnj;</div><table width="600" class="w"><tr><td><img src="https://img.example/logo.png" width="120" alt="Logo">`)
	for _, p := range paragraphs {
		b.WriteString("<p>" + p + "</p>")
	}
	b.WriteString(`<img src="https://img.example/open.gif" width="1" height="1"></td></tr></table><!--[if mso]></td></tr></table><![endif]--></body></html>`)
	return b.String()
}

func anchor(text, target string) string { return `<a href="` + target + `">` + text + `</a>` }

// shops are senders of what people want to get.
var shops = []struct{ name, domain, service string }{
	{"Gartenfreund", "gartenfreund.de", "list-manage.com"},
	{"The Reading Room", "readingroom.org", "sendgrid.net"},
	{"Vélo Lyon", "velo-lyon.fr", "mjt.lu"},
	{"Harbor Coffee", "harborcoffee.com", "rs6.net"},
	{"Nordic Tools", "nordictools.se", "click.mailer-north.net"},
	{"Museum am Fluss", "museum-fluss.ch", "crsend.com"},
}

// people write to each other.
var people = []string{"Ada Kern <ada.kern@gmail.com>", "Chase Miller <chase.miller@outlook.com>", "Li Wei <liwei@studio-wei.example>", "Dr. Ines Paz <ines.paz@uni-merida.example>", "Mama <rosa_1951@web.de>"}

var prose = []string{
	"Thank you for the photos. We arrived on Sunday, the garden looks fine, and the neighbours send their love.",
	"Könntest du am Donnerstag den Schlüssel mitbringen? Die Probe fängt um acht an, danach gehen wir essen.",
	"Here are the minutes of the meeting. We agreed on the blue version; the budget will be discussed next week.",
	"The paper was accepted with minor changes. Could you look at section 4 and send me your comments by Monday?",
	"Happy birthday! I hope you have a wonderful day with cake, music and all the people you like.",
	"I changed the password of the router as you asked; it is on the note on the fridge.",
	"Le train part à neuf heures; on se retrouve devant la gare, quai numéro deux.",
	"My new phone number is at the end of this mail. The invoice for the roof came, I paid my half already.",
}

// wanted is mail that its recipient is glad to have.
func wanted() []labelled {
	var list []labelled
	add := func(kind string, m mailtest.Mail) { list = append(list, labelled{kind: kind, mail: m}) }
	for i, s := range shops {
		www, mail := "www."+s.domain, "news@"+s.domain
		click := "https://click." + s.domain + "/t/"
		far := "https://u1234.ct." + s.service + "/ls/click?upn="
		unsubscribe := func(host string) []string {
			return []string{"List-Unsubscribe", "<https://" + host + "/unsub/1>, <mailto:unsub@" + host + ">", "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"}
		}
		text := []string{
			"Our summer catalogue is here: forty pages about gardens, tools and seeds for every kind of soil.",
			anchor("Read more", far+"a") + " or visit " + anchor(www, far+"b") + ", follow us on " + anchor("youtube.com/"+strings.ToLower(s.name[:4]), far+"c") + " and " + anchor("www.instagram.com", far+"d"),
			anchor("Your profile", far+"e") + " · " + anchor("Unsubscribe", far+"f"),
		}
		add("newsletter through a service", mailtest.Mail{From: s.name + " <" + mail + ">", Subject: "Summer at " + s.name, HTML: page("Forty new pages", text...), Headers: with(vouched(s.domain), unsubscribe("u1234.ct."+s.service)...)})
		add("newsletter, not checked", mailtest.Mail{From: s.name + " <" + mail + ">", ReplyTo: "shop." + fmt.Sprint(i) + "@gmail.com", Subject: "Summer at " + s.name, HTML: page("Forty new pages", text...), Headers: with(nil, unsubscribe("u1234.ct."+s.service)...)})
		own := []string{
			"New in our shop this week, for members only: 20 % off with the code SUMMER until Friday. Buy gift cards for your friends, today only!",
			anchor(www, click+"1") + " " + anchor("See it on nytimes.com", click+"2") + " " + anchor("https://"+s.domain+"/sale", click+"3"),
		}
		add("newsletter, clicks counted at home", mailtest.Mail{From: s.name + " <news@mail." + s.domain + ">", Subject: "Only today", HTML: page("20 % off", own...), Text: "New in our shop this week, for members only: 20 % off with the code SUMMER until Friday.\n\nhttps://" + www + "/sale\n\nYou get this mail because you subscribed to our letter. To be taken off the list, answer with the word stop in the subject.", Headers: with(vouched("mail."+s.domain), unsubscribe("click."+s.domain)...)})
		add("newsletter as a stub beside HTML", mailtest.Mail{From: s.name + " <" + mail + ">", Subject: "News", Text: "To read this message please use a program that shows HTML, or open https://" + www + "/mail/1", HTML: page("", text...), Headers: with(nil, unsubscribe("u1234.ct."+s.service)...)})
		add("newsletter of pictures", mailtest.Mail{From: s.name + " <" + mail + ">", Subject: "Last chance: sale ends today", HTML: `<a href="` + click + `1"><img src="https://img.example/1.jpg" width="600" alt="Sale"></a><br>` + anchor("Unsubscribe", click+"2"), Headers: with(vouched(s.domain), unsubscribe("click."+s.domain)...)})
		add("newsletter from a country's site", mailtest.Mail{From: s.name + " <" + mail + ">", Subject: "Grüße", HTML: page("Grüße", anchor("www."+strings.Split(s.domain, ".")[0]+".at", "https://"+s.domain+"/at"))})
		add("receipt", mailtest.Mail{From: s.name + " <orders@" + s.domain + ">", ReplyTo: "service@" + s.domain, Subject: fmt.Sprintf("Your order 4711-%d", i), HTML: page("Thank you for your order", "Thank you for your order. Invoice 2026-11: 3 items, 49.90 EUR, paid by card. Delivery: Thursday.", anchor("Track your parcel", "https://www.dhl.de/track?c=1"), anchor(www, "https://"+www+"/"))})
		add("receipt with an invoice", mailtest.Mail{From: s.name + " <billing@" + s.domain + ">", Subject: "Invoice 2026-1101", Text: "Dear customer,\n\nplease find our invoice enclosed. It will be debited from your account on 15 November as agreed.\n\nKind regards\n" + s.name, Attachments: []mailtest.Attachment{{Name: "invoice-2026-1101.pdf", ContentType: "application/pdf", Content: []byte("%PDF-1.4")}, {Name: "invoice.xml", ContentType: "application/xml", Content: []byte("<a/>")}}})
		add("account mail", mailtest.Mail{From: s.name + " <no-reply@" + s.domain + ">", Subject: "Confirm your address", HTML: page("", "Please confirm your email address to finish your registration. The link is valid for 24 hours.", anchor("Confirm my address", "https://"+www+"/confirm?t=1"), "If you did not register, ignore this mail."), Headers: vouched(s.domain)})
		add("password reset", mailtest.Mail{From: s.name + " <no-reply@" + s.domain + ">", Subject: "Reset your password", HTML: page("", "Somebody asked to reset your password. To choose a new one, click below within 24 hours.", anchor("Reset your password", "https://"+www+"/reset?t=1")), Headers: vouched(s.domain)})
		add("shipping note", mailtest.Mail{From: s.name + " <versand@" + s.domain + ">", Subject: "Ihr Paket ist unterwegs", HTML: page("", "Ihr Paket wurde heute an DHL übergeben. Sendungsnummer 00340434.", anchor("Sendung verfolgen", "https://nolp.dhl.de/1"))})
		add("contact form", mailtest.Mail{From: s.name + " <wordpress@" + s.domain + ">", ReplyTo: "visitor" + fmt.Sprint(i) + "@gmail.com", Subject: "New message from your web site", Text: "Name: A Visitor\nMessage: Are you open on Monday?"})
		add("survey of a service", mailtest.Mail{From: s.name + " <feedback@" + s.domain + ">", ReplyTo: "answers@surveys.example", Subject: "How was it?", HTML: page("", "Tell us how your visit was; it takes two minutes.", anchor("Start", "https://surveys.example/s/1"))})
		list2 := s.domain
		add("list mail", mailtest.Mail{From: people[i%len(people)], ReplyTo: "talk@lists." + list2, Subject: "[talk] Re: meeting", Text: prose[i%len(prose)] + "\n\nOn Monday Bo Lind wrote:\n> When is the meeting?\n\n_______________________________________________\ntalk mailing list\ntalk@lists." + list2 + "\nhttps://lists." + list2 + "/listinfo/talk\n", Headers: with(failed(strings.TrimSuffix(people[i%len(people)][strings.IndexByte(people[i%len(people)], '@')+1:], ">")), "List-Id", "Talk <talk.lists."+list2+">", "List-Post", "<mailto:talk@lists."+list2+">", "Sender", "talk-bounces@lists."+list2, "Precedence", "list")})
		add("list mail, rewritten", mailtest.Mail{From: "\"Ada (ada.kern@gmail.com) via talk\" <talk@lists." + list2 + ">", ReplyTo: "Ada <ada.kern@gmail.com>", Subject: "[talk] code", Text: "See the patch enclosed; run it with\n\n    curl http://192.0.2.7:8080/x | sh\n", Attachments: []mailtest.Attachment{{Name: "fix.sh", ContentType: "text/x-sh", Content: []byte("#!/bin/sh")}}, Headers: map[string]string{"List-Id": "<talk.lists." + list2 + ">", "List-Post": "<mailto:talk@lists." + list2 + ">"}})
		add("service for a customer", mailtest.Mail{From: "\"" + s.domain + "\" <ticket@desk-service.example>", ReplyTo: "help@" + s.domain, Subject: "Ticket 17", Text: "Your ticket was answered: the part is in stock again."})
	}
	for i, p := range people {
		add("plain letter", mailtest.Mail{From: p, Subject: "Hello", Text: prose[i%len(prose)] + "\n\nBest wishes\n"})
		add("letter in both forms", mailtest.Mail{From: p, Subject: "Re: Thursday", Text: prose[(i+1)%len(prose)], HTML: "<div>" + prose[(i+1)%len(prose)] + `</div><div class="gmail_quote">On Monday Bo wrote:<blockquote>` + prose[(i+2)%len(prose)] + "</blockquote></div>"})
		add("letter with a table", mailtest.Mail{From: p, Subject: "Prices", Text: "Item Amount Price Apples 3 1.50 Pears 4 2.50 Plums 12 3.10\n\n" + prose[i], HTML: "<table><tr><td>Item<td>Apples<td>Pears<td>Plums</tr><tr><td>Amount<td>3<td>4<td>12</tr><tr><td>Price<td>1.50<td>2.50<td>3.10</tr></table><p>" + prose[i] + "</p>"})
		add("photos", mailtest.Mail{From: p, Subject: "Pictures of today", HTML: `<img src="cid:a"><img src="cid:b"><br>From my phone`, Attachments: []mailtest.Attachment{{Name: "IMG_1.jpg", ContentType: "image/jpeg", Content: []byte("x"), Inline: true, ContentID: "a"}, {Name: "IMG_2.jpg", ContentType: "image/jpeg", Content: []byte("x"), Inline: true, ContentID: "b"}}})
		add("documents", mailtest.Mail{From: p, Subject: "The papers", Text: prose[(i+3)%len(prose)], Attachments: []mailtest.Attachment{{Name: "minutes v1.2.docx", ContentType: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", Content: []byte("x")}, {Name: "budget.xlsx", Content: []byte("x")}, {Name: "scan.2026.pdf", ContentType: "application/octet-stream", Content: []byte("x")}, {Name: "photos.zip", ContentType: "application/zip", Content: []byte("x")}}})
		add("Exchange's left-over", mailtest.Mail{From: p, Subject: "Fwd: plan", Text: prose[(i+4)%len(prose)], Attachments: []mailtest.Attachment{{Name: "plan.pdf", ContentType: "application/pdf", Content: []byte("x")}, {Name: "ATT00001.htm", ContentType: "text/html", Content: []byte("<br>")}}})
		add("forwarded newsletter", mailtest.Mail{From: p, Subject: "Fwd: Summer", Text: "Look at this!", HTML: "<div>Look at this!</div><blockquote>" + page("Forty pages", "Our summer catalogue is here.", anchor("www.gartenfreund.de", "https://gartenfreund.us1.list-manage.com/track/click?u=1")) + "</blockquote>"})
		add("link to a document", mailtest.Mail{From: p, Subject: "Draft", Text: "The draft is at https://docs.google.com/document/d/1 - please comment by Friday. Minutes: https://www.dropbox.com/s/1"})
		add("calendar invitation", mailtest.Mail{From: p, Subject: "Invitation: Rehearsal @ Thu 5 Nov 2026", Text: "Rehearsal\nThursday 5 November 2026, 20:00\nTown hall\n\nGoing? Yes - Maybe - No", Headers: map[string]string{"Sender": "Google Calendar <calendar-notification@google.com>", "Auto-Submitted": "auto-generated"}, Attachments: []mailtest.Attachment{{Name: "invite.ics", ContentType: "text/calendar; method=REQUEST", Content: []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Rehearsal\r\nDTSTART:20261105T190000Z\r\nUID:1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")}}})
		add("forwarded by another server", mailtest.Mail{From: p, Subject: "Old address", Text: prose[(i+5)%len(prose)], Headers: map[string]string{"Authentication-Results": "mx.northlight.example; spf=fail smtp.mailfrom=x.example; dkim=pass header.d=x.example; dmarc=none"}})
	}
	for _, b := range []struct{ from, link, shown string }{
		{"PayPal <service@paypal.com>", "https://www.paypal.com/activity", "View in your account"},
		{"\"PayPal Service\" <service@paypal.de>", "https://www.paypal.com/de", "Zum Konto"},
		{"Amazon.de <bestellbestaetigung@amazon.de>", "https://www.amazon.de/your-orders", "amazon.de"},
		{"Netflix <info@members.netflix.com>", "https://www.netflix.com/browse", "Watch"},
		{"Microsoft account team <account-security-noreply@accountprotection.microsoft.com>", "https://account.live.com/activity", "Review recent activity"},
		{"Google <no-reply@accounts.google.com>", "https://accounts.google.com/AccountChooser", "Check activity"},
		{"LinkedIn <messages-noreply@linkedin.com>", "https://www.linkedin.com/comm/feed", "See all"},
		{"DHL Paket <noreply@dhl.de>", "https://www.dhl.de/mydhl", "www.dhl.de"},
		{"Apple <no_reply@email.apple.com>", "https://www.icloud.com/", "iCloud"},
		{"\"Ada Kern (Google Docs)\" <comments-noreply@docs.google.com>", "https://docs.google.com/document/d/1", "Open"},
		{"Dropbox <no-reply@dropboxmail.com>", "https://www.dropbox.com/l/1", "Open"},
		{"Facebook <security@facebookmail.com>", "https://www.facebook.com/n/", "Go to Facebook"},
		{"eBay <ebay@ebay.com>", "https://www.ebay.co.uk/itm/1", "View"},
		{"GitHub <noreply@github.com>", "https://github.com/a/b/pull/1", "View it on GitHub"},
		{"Zoom <no-reply@zoom.us>", "https://us02web.zoom.us/j/1", "Join"},
		{"Steam Support <noreply@steampowered.com>", "https://store.steampowered.com/", "Store"},
	} {
		domain := strings.TrimSuffix(b.from[strings.LastIndexByte(b.from, '@')+1:], ">")
		add("well-known sender", mailtest.Mail{From: b.from, Subject: "Your activity", HTML: page("Hello Bo", "Hello Bo, here is what is new.", anchor(b.shown, b.link)), Headers: vouched(domain)})
		add("well-known sender, not checked", mailtest.Mail{From: b.from, Subject: "Your activity", HTML: page("Hello Bo", "Hello Bo, here is what is new.", anchor(b.shown, b.link))})
	}
	add("report of undelivered mail", mailtest.Mail{From: "Mail Delivery System <MAILER-DAEMON@mx.northlight.example>", Subject: "Undelivered Mail Returned to Sender", Text: "I'm sorry to have to inform you that your message could not be delivered to one or more recipients.", Headers: map[string]string{"Auto-Submitted": "auto-replied"}})
	add("monitoring", mailtest.Mail{From: "nagios@ops.northlight.example", Subject: "PROBLEM: disk", Text: "Host 192.168.1.4 disk full, see http://192.168.1.4/nagios/ for more", Headers: vouched("ops.northlight.example")})
	add("colleague's macro sheet", mailtest.Mail{From: "Kim <kim@northlight.example>", Subject: "Plan", Text: "The plan with the new macro.", Attachments: []mailtest.Attachment{{Name: "plan.xlsm", Content: []byte("x")}}, Headers: vouched("northlight.example")})
	add("honest domain in another script", mailtest.Mail{From: "Müller <info@müller-garten.de>", Subject: "Angebot", HTML: page("", "Unser Angebot:", anchor("Ansehen", "https://xn--mller-garten-dlb.de/"))})
	return list
}

// phishing is mail that means harm, one trick each, in several dresses.
func phishing() []labelled {
	var list []labelled
	add := func(kind string, m mailtest.Mail) { list = append(list, labelled{kind: kind, mail: m}) }
	for _, d := range []struct{ from, link string }{
		{"Service <service@paypa1.com>", "https://paypa1.com/login"},
		{"Support <help@rnicrosoft.com>", "https://rnicrosoft.com/"},
		{"Kundendienst <info@arnazon.de>", "https://arnazon.de/konto"},
		{"Billing <billing@netfllix.com>", "https://netfllix.com/update"},
		{"Team <no-reply@linkedln.com>", "https://linkedln.com/"},
		{"Service <info@xn--pypl-53dc.com>", "https://xn--pypl-53dc.com/"},
		{"Bo Lind <bo@northIight.example>", "https://northlighl.example/"},
		{"Paket <info@dhl-paket-zoll.info>", "https://paypal-secure.top/pay"},
		{"Helpdesk <it@mailer-77.example>", "https://login.microsoft.com.session-77.info/"},
		{"Team <x@secure-coinbase.com>", "https://coinbase-wallet.app/verify"},
	} {
		add("look-alike domain", mailtest.Mail{From: d.from, Subject: "Your account", HTML: page("", "There is something to look at in your account.", anchor("Open", d.link))})
	}
	for _, d := range [][2]string{{"https://www.paypal.com/signin", "https://pay.kaskade.example/x"}, {"www.sparkasse.de", "http://kaskade-77.info/s"}, {"https://accounts.google.com", "https://kaskade.example/g"}, {"northlight.example/portal", "https://kaskade.example/n"}, {"www.irs.gov/refund", "https://kaskade.example/r"}, {"https://mybank.com/login", "https://other-host.info/"}, {"https://dhl.de/zoll", "https://paket.kaskade.example/"}} {
		add("link text and target differ", mailtest.Mail{From: "Customer Care <care@kaskade-mail.example>", Subject: "Please check", HTML: page("", "Please look at the following page: ", anchor(d[0], d[1]))})
		add("link text and target differ, on the sender's domain", mailtest.Mail{From: "Customer Care <care@kaskade.example>", Subject: "Please check", HTML: "<p>Please look: " + anchor(d[0], strings.NewReplacer("kaskade-77.info", "kaskade.example", "other-host.info", "kaskade.example").Replace(d[1])) + "</p>"})
	}
	for _, n := range []string{"PayPal", "PayPal Service", "Microsoft account team", "Amazon.de Kundenservice", "DHL Express", "Netflix", "Apple ID Support", "Deutsche Bank", "Sparkasse Online-Banking", "DocuSign", "Office 365", "Fedex Delivery", "Service Postbank", "Volksbank", "Wells Fargo Alerts", "WhatsApp", "P\u0430yP\u0430l", "northlight IT helpdesk"} {
		add("name of one, domain of another", mailtest.Mail{From: "\"" + n + "\" <info@kaskade-mail.example>", Subject: "A message for you", Text: "There is a new message for you. Open https://kaskade-mail.example/m to read it.", Headers: vouched("kaskade-mail.example")})
	}
	for _, n := range []string{"service@paypal.com", "boss@northlight.example", "support@mybank.com", "Ihre bank.de"} {
		add("address in the name", mailtest.Mail{From: "\"" + n + "\" <x17@kaskade.example>", Subject: "Hello", Text: "Please call me back."})
	}
	for _, d := range []string{"northlight.example", "mybank.com", "finance-office.eu", "stadtwerke.de"} {
		add("DMARC failed", mailtest.Mail{From: "Office <office@" + d + ">", Subject: "Statement", Text: "Your statement is ready: https://files.kaskade.example/1", Headers: failed(d)})
		add("answers to freemail", mailtest.Mail{From: "Karin Berg <karin.berg@" + d + ">", ReplyTo: "karin.berg.ceo@gmail.com", Subject: "Are you at your desk?", Text: "I need you to do something for me. Answer here, I am in a meeting."})
	}
	for _, n := range []string{"invoice.pdf.exe", "Rechnung_2026.pdf          .scr", "photo.jpg.js", "scan.docx.vbs", "order.xls.lnk", "bill.pdf.html", "fax.tif.iso"} {
		add("double extension", mailtest.Mail{From: "Accounting <acc@kaskade.example>", Subject: "Invoice", Text: "See the invoice enclosed.", Attachments: []mailtest.Attachment{{Name: n, Content: []byte("x")}}})
	}
	for _, n := range []string{"statement.html", "Voicemail.htm", "payment_advice.shtml", "secure-message.html", "setup.msi", "backup.img", "order.docm", "notes.one", "link.url"} {
		add("attachment that acts", mailtest.Mail{From: "Accounting <acc@kaskade.example>", Subject: "Enclosed", Text: "Please open what is enclosed.", Attachments: []mailtest.Attachment{{Name: n, ContentType: map[bool]string{true: "text/html"}[strings.Contains(n, "htm")], Content: []byte(`<form action="https://kaskade.example/p"><input type=password></form>`)}}})
	}
	for _, t := range []string{
		"Please note that our bank details have changed. Pay the open invoice to the new IBAN below by tomorrow.",
		"Unsere Bankverbindung hat sich geändert. Bitte überweisen Sie die Rechnung auf die neue IBAN.",
		"I need an urgent wire transfer done today. Keep this confidential until I am back.",
		"Can you buy some gift cards for a client today? Scratch them and send me the codes.",
		"Nos coordonnées bancaires ont changé: merci de régler la facture par virement sur le nouvel IBAN.",
		"I have recorded you. Send 1200 USD in bitcoin to this wallet within 48 hours.",
	} {
		add("payment", mailtest.Mail{From: "Karin Berg <karin@kaskade.example>", Subject: "Payment", Text: t})
		add("payment, from a taken account", mailtest.Mail{From: "Karin Berg <karin@supplier.example>", Subject: "Payment", Text: t, Headers: vouched("supplier.example")})
	}
	for _, t := range []string{
		"Your mailbox is almost full. Verify your account within 24 hours or it will be suspended.",
		"Ihr Konto wurde gesperrt. Bitte bestätigen Sie Ihr Passwort innerhalb von 24 Stunden.",
		"Your password expires today. Click below to keep your password, or your mailbox will be locked.",
		"Votre compte a été suspendu. Confirmez votre mot de passe dans les 24 heures.",
		"Su cuenta ha sido bloqueada. Confirme su contraseña en 24 horas.",
		"Il tuo account è stato sospeso. Conferma la tua password entro 24 ore.",
		"Unusual activity: your account is limited. Confirm your identity to restore access.",
	} {
		for _, l := range []string{"https://kaskade-login.web.app/", "https://forms.gle/abc", "https://bit.ly/3x", "https://hacked-school.example/wp/x"} {
			add("form for a password", mailtest.Mail{From: "Mail Service <service@kaskade.example>", Subject: "Action required", HTML: page("", t, anchor("Keep access", l))})
		}
	}
	for _, l := range []string{"https://kaskade.pages.dev/a", "https://docs.google.com/forms/d/e/1", "https://kaskade.weebly.com", "https://tinyurl.com/abc"} {
		add("shared document that wants a sign-in", mailtest.Mail{From: "Files <share@kaskade.example>", Subject: "Document shared with you", HTML: page("", "A document was shared with you. Sign in to your account to view it.", anchor("View document", l))})
	}
	for _, s := range []string{"Action required: your password expires", "MFA: scan now, your account will be locked", "Ihr Konto wird gesperrt: sofort bestätigen"} {
		add("only a picture", mailtest.Mail{From: "IT <it@kaskade.example>", Subject: s, HTML: `<img src="cid:q">`, Attachments: []mailtest.Attachment{{Name: "q.png", ContentType: "image/png", Content: []byte("x"), Inline: true, ContentID: "q"}}})
		add("code to be scanned", mailtest.Mail{From: "IT <it@kaskade.example>", Subject: s, HTML: `<p>Scan the QR code with your phone to keep your account, which expires today.</p><img src="cid:q" width=200>`, Attachments: []mailtest.Attachment{{Name: "q.png", ContentType: "image/png", Content: []byte("x"), Inline: true, ContentID: "q"}}})
	}
	for _, l := range []string{"http://203.0.113.9/login", "http://3405803785/x", "https://www.mybank.com@kaskade.example/", "https://xn--80ak6aa92e.com/"} {
		add("strange host", mailtest.Mail{From: "Info <info@kaskade.example>", Subject: "Info", HTML: page("", "Please have a look.", anchor("Open", l))})
	}
	add("locked archive", mailtest.Mail{From: "Office <o@kaskade.example>", Subject: "Contract", Text: "The contract is enclosed. Password: 7782", Attachments: []mailtest.Attachment{{Name: "contract.zip", ContentType: "application/zip", Content: []byte("x")}}})
	add("delivery fee", mailtest.Mail{From: "Zustellung <info@kaskade.example>", Subject: "Ihr Paket", HTML: page("", "Ihr Paket konnte nicht zugestellt werden. Zahlen Sie die Zollgebühr von 1,99 EUR.", anchor("Zahlen", "https://kaskade-zoll.example/"))})
	add("friend in need", mailtest.Mail{From: "Ada Kern <ada.kern.1@gmail.com>", Subject: "Favor", Text: "Hi, are you busy? I need a favor, I can't talk on the phone."})
	add("voice message", mailtest.Mail{From: "Voice Mail <vm@kaskade.example>", Subject: "New voice message (0:42)", HTML: page("", "You have a new voice message.", anchor("Play", "https://kaskade.example/v"))})
	return list
}

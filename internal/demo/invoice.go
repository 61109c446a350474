package demo

import "fmt"

var steelworks = person{"Köhler Metallbau Buchhaltung", "rechnung@koehler-metallbau.example"}

// bill is one invoice.
type bill struct {
	number    string
	what      string
	net, days int
	box       string
	flags     []string
}

var bills = []bill{
	{"2041", "Geländer Galerie, 1. Abschlag", 4200, 1, inbox, []string{flagged}},
	{"1987", "Aufmaß und Zeichnung", 650, 34, lighthouse, []string{seen}},
}

// writeInvoices writes bills with a real PDF whose name is not ASCII.
func writeInvoices(d *desk) {
	for _, b := range bills {
		tax := b.net * 19 / 100
		text := fmt.Sprintf(`Sehr geehrte Frau Lindholm,

anbei erhalten Sie unsere Rechnung %s über %d,00 EUR.
Der Betrag ist innerhalb von 14 Tagen ohne Abzug fällig.

Mit freundlichen Grüßen
Köhler Metallbau
`, b.number, b.net+tax)
		date := d.ago(b.days, 2, 40)
		file := pdf([]string{
			"K\xf6hler Metallbau", "Hafenstra\xdfe 4", "",
			"Rechnung " + b.number, "Datum " + date.Format("02.01.2006"), "",
			"Northlight Trust, Maya Lindholm", "",
			string(latin1.bytes(b.what)), "",
			fmt.Sprintf("Netto      %8d,00 EUR", b.net),
			fmt.Sprintf("USt 19 %%   %8d,00 EUR", tax),
			fmt.Sprintf("Gesamt     %8d,00 EUR", b.net+tax), "",
			"IBAN XX00 0000 0000 0000 0000 00",
		})
		d.put(b.box, mail{
			from: steelworks, subject: "Rechnung " + b.number + " – " + b.what, in: utf8QP, date: date, flags: b.flags,
			fields: []field{{"Authentication-Results", "mx.northlight.example; dkim=pass header.d=koehler-metallbau.example;\r\n dmarc=pass header.from=koehler-metallbau.example"}},
			body: multipart("mixed",
				plain(utf8QP, text),
				attachment("application/pdf", "Rechnung "+b.number+" – Geländer.pdf", file)),
		})
	}
}

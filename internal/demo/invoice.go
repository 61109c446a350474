package demo

import "fmt"

var steelworks = person{"Köhler Metallbau Buchhaltung", "rechnung@koehler-metallbau.example"}

// bill is one invoice.
type bill struct {
	number string
	what   string
	items  []item
	days   int
	box    string
	flags  []string
}

// item is a line of a bill.
type item struct {
	what, amount string
	net          int // EUR
}

var bills = []bill{
	{"2041", "Geländer Galerie, 1. Abschlag", []item{
		{"Geländer, verzinkt und lackiert", "12 m", 2880},
		{"Pfosten mit Fußplatten", "9 St.", 810},
		{"Montage auf der Galerie", "6 h", 510},
	}, 1, inbox, []string{flagged}},
	{"1987", "Aufmaß und Zeichnung", []item{
		{"Aufmaß vor Ort", "4 h", 340},
		{"Zeichnung, zwei Blätter", "1", 310},
	}, 34, lighthouse, []string{seen}},
}

// writeInvoices writes bills with a real PDF whose name is not ASCII.
func writeInvoices(d *desk) {
	for _, b := range bills {
		text := fmt.Sprintf(`Sehr geehrte Frau Lindholm,

anbei erhalten Sie unsere Rechnung %s über %s.
Der Betrag ist innerhalb von 14 Tagen ohne Abzug fällig.

Mit freundlichen Grüßen
Köhler Metallbau
`, b.number, euro(b.net()+b.tax()))
		date := d.ago(b.days, 2, 40)
		lines := []string{
			"Köhler Metallbau", "Hafenstraße 4", "",
			"Northlight Trust, Maya Lindholm", "",
			"Rechnung " + b.number + " vom " + date.Format("02.01.2006"), b.what, "",
			"Pos.\tLeistung\tMenge\tBetrag",
		}
		for i, it := range b.items {
			lines = append(lines, fmt.Sprintf("%d\t%s\t%s\t%s", i+1, it.what, it.amount, euro(it.net)))
		}
		lines = append(lines,
			"\tNetto\t\t"+euro(b.net()), "\tUSt 19 %\t\t"+euro(b.tax()), "\tGesamtbetrag\t\t"+euro(b.net()+b.tax()), "",
			"Zahlbar bis "+date.AddDate(0, 0, 14).Format("02.01.2006")+" ohne Abzug.",
			"IBAN XX00 0000 0000 0000 0000 00, Verwendungszweck "+b.number)
		d.put(b.box, mail{
			from: steelworks, subject: "Rechnung " + b.number + " – " + b.what, in: utf8QP, date: date, flags: b.flags,
			body: multipart("mixed",
				plain(utf8QP, text),
				attachment("application/pdf", "Rechnung "+b.number+" – Geländer.pdf", pdf(lines))),
		})
	}
}

func (b bill) net() int {
	sum := 0
	for _, it := range b.items {
		sum += it.net
	}
	return sum
}

func (b bill) tax() int { return b.net() * 19 / 100 }

// euro writes an amount as Germans do; cents are not owed here.
func euro(n int) string {
	if n >= 1000 {
		return fmt.Sprintf("%d.%03d,00 EUR", n/1000, n%1000)
	}
	return fmt.Sprintf("%d,00 EUR", n)
}

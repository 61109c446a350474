package demo

import "fmt"

// receipt is a bill already paid, as shops and railways send them.
type receipt struct {
	shop   person
	what   string
	amount string
	days   int
	box    string
	read   bool
}

var receipts = []receipt{
	{person{"Coastal Rail", "tickets@coastalrail.example"}, "Return ticket Port Ellery - Capital Central, coach 7 seat 44", "38.60", 3, inbox, false},
	{person{"Coastal Rail", "tickets@coastalrail.example"}, "Return ticket Port Ellery - Saltmarsh", "12.20", 19, archive, true},
	{person{"Harbour Cafe", "till@harbourcafe.example"}, "Lunch for four, table 9", "61.00", 6, inbox, true},
	{person{"Point Hardware", "orders@pointhardware.example"}, "Marine varnish 5 l (2), brushes (6)", "148.75", 10, inbox, true},
	{person{"Point Hardware", "orders@pointhardware.example"}, "Stainless bolts M12, 200 pieces", "94.00", 27, archive, true},
	{person{"Ferry Line", "booking@ferryline.example"}, "Saturday 09:00, two adults, one bicycle", "44.00", 5, inbox, true},
	{person{"Paper & Post", "hello@paperandpost.example"}, "500 postcards “Tower at dusk”", "72.30", 16, archive, true},
	{person{"Bright Web Hosting", "billing@brightweb.example"}, "northlight.example, hosting for one month", "9.00", 12, inbox, true},
	{person{"Bright Web Hosting", "billing@brightweb.example"}, "northlight.example, hosting for one month", "9.00", 42, archive, true},
	{person{"Old Maps", "shop@oldmaps.example"}, "Chart of the northern approaches, 1887, reprint", "25.50", 30, archive, true},
}

func writeReceipts(d *desk) {
	for _, r := range receipts {
		number := 10_000 + d.random.IntN(80_000)
		var flags []string
		if r.read {
			flags = []string{seen}
		}
		text := fmt.Sprintf("Thank you for your order %d.\n\n  %s\n\n  Total  %s EUR, paid by card ending 0000\n\nQuestions? Just answer this mail.\n%s\n",
			number, r.what, r.amount, r.shop.name)
		page := fmt.Sprintf("<html><body><h2>Thank you for your order %d</h2>\n<table border=\"1\" cellpadding=\"4\"><tr><th>Item</th><th>EUR</th></tr>\n<tr><td>%s</td><td align=\"right\">%s</td></tr>\n<tr><td><b>Total</b></td><td align=\"right\"><b>%s</b></td></tr></table>\n<p>Questions? Just answer this mail.</p></body></html>\n",
			number, r.what, r.amount, r.amount)
		d.put(r.box, mail{
			from: r.shop, subject: fmt.Sprintf("Your receipt from %s, order %d", r.shop.name, number), date: d.ago(r.days, 8, 15), flags: flags,
			body: multipart("alternative", plain(utf8QP, text), html(utf8QP, page)),
		})
	}
}

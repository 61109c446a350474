package demo

// writeDrafts writes what Maya began and has not sent, and what lies in a
// mailbox whose name is not ASCII.
func writeDrafts(d *desk) {
	for _, m := range []struct {
		box     string
		to      person
		subject string
		in      charset
		text    string
		days    int
	}{
		{drafts, misaki, "Re: 灯台フォーラムの会議について", utf8Base64, "田中様\n\nご連絡ありがとうございます。", 0},
		{drafts, person{"Trustees", "trustees@northlight.example"}, "Annual report, first try", utf8QP, "Dear trustees,\n\nthis year 11,240 people climbed the 96 steps, and most of them came down again\nby themselves.\n\n[numbers from Hanna here]\n", 2},
		{drafts, priya, "Re: प्रकाशस्तंभ यात्रा की तारीख़ें", utf8Base64, "नमस्ते प्रिया,\n\nदस बजे का समय ठीक है।\n", 1},
		{oldDrafts, jonas, "Anfrage: Geländer für die Galerie", latin1, "Guten Tag Herr Köhler,\n\nwir möchten das Geländer der Galerie erneuern lassen. Dürfen wir Sie um ein\nAngebot bitten?\n\nMit freundlichen Grüßen\nMaya Lindholm\n", 62},
		{oldDrafts, jonas, "Anfrage: Fensterläden", latin1, "Guten Tag Herr Köhler,\n\nauch die Fensterläden müssten überprüft werden.\n", 50},
		{oldDrafts, person{"Gemeinde Nordstrand", "rathaus@nordstrand.example"}, "Parkplätze für Besucher", latin1, "Sehr geehrte Damen und Herren,\n\nan schönen Tagen fehlen uns zwölf Parkplätze. Wäre die Wiese am Deich möglich?\n", 44},
	} {
		d.put(m.box, mail{
			from: me, to: []person{m.to}, subject: m.subject, in: m.in, date: d.ago(m.days, 1, 30),
			flags: []string{seen, draft}, body: plain(m.in, m.text),
		})
	}
}

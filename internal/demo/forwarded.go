package demo

// writeForwarded writes a mail that carries another one whole (RFC 2046 §5.2.1).
func writeForwarded(d *desk) {
	original := mail{
		id: "fw0.survey", from: person{"Coastguard Engineering", "survey@coastguard.example"}, to: []person{grace},
		subject: "Survey of the tower: result", date: d.ago(3, 9, 0), in: utf8QP,
		body: multipart("mixed",
			plain(utf8QP, "Dear Ms Okafor,\n\nthe tower stands 4 cm out of plumb, as it did in 1954. No movement since.\nThe report is attached.\n\nCoastguard Engineering\n"),
			attachment("application/pdf", "survey.pdf", pdf([]string{"Survey of the tower", "", "Deviation at the gallery: 41 mm to the north-east", "Movement since 1954: none measurable"}))),
	}
	d.put(inbox, mail{
		from: grace, subject: "Fwd: Survey of the tower: result", date: d.ago(3, 4, 0), flags: []string{seen, flagged},
		body: multipart("mixed",
			flowed("Maya,\n\ngood news, see below. We may hang the bell.\n\nGrace\n"),
			part{mediaType: "message/rfc822", disposition: "attachment; filename=\"Survey of the tower.eml\"", body: original.source()}),
	})
}

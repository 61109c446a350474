package demo

import "strings"

// writeJunk writes what the filter caught, and what was thrown away.
func writeJunk(d *desk) {
	for _, s := range []struct {
		from          person
		subject, text string
		days          int
	}{
		{person{"Prize Office", "winner@prizes.example.net"}, "You have WON a cruise!!!", "<html><body><h1><font color=red>CONGRATULATIONS</font></h1><p>You are visitor 1,000,000. <a href=\"http://prizes.example.net/claim?id=4471\">Claim now</a></p></body></html>", 1},
		{person{"Dr. Bernard Obi", "bernard.obi@example.net"}, "Confidential proposal", "<p>Dearest friend, I have 18,500,000 USD in a trunk and nobody to share it with.</p>", 2},
		{person{"SEO Wizards", "rank@seo.example.net"}, "Your lighthouse on page 1 of the search results", "<p>We looked at northlight.example and found <b>47 errors</b>.</p>", 4},
		{person{"Parcel Service", "info@parcel-track.example.net"}, "Parcel on hold: pay 1.99", "<p>Your parcel could not be delivered. <a href=\"http://192.0.2.44/pay\">https://parcel.example/track</a></p>", 5},
		{person{"Crypto Daily", "tips@coins.example.net"}, "This coin will 100x by Friday", "<p>Do not tell anybody.</p>", 7},
		{person{"Cheap Watches", "sale@watches.example.net"}, "Watches, almost real", "<p>From 19.99</p><img src=\"http://watches.example.net/open.gif?m=4471\" width=1 height=1>", 8},
		{person{"Mailbox Admin", "admin@quota.example.net"}, "Mailbox 98% full - verify now", "<p>Your mailbox is almost full. <a href=\"http://quota.example.net/verify\">Verify</a> within 24 hours.</p>", 9},
	} {
		_, domain, _ := strings.Cut(s.from.address, "@")
		d.put(junk, mail{
			from: s.from, subject: s.subject, date: d.ago(s.days, 9, 9), body: html(utf8QP, s.text),
			fields:  []field{{"X-Spam-Flag", "YES"}, {"X-Spam-Score", "9.3"}},
			results: verdicts("fail", "none", domain),
		})
	}
	for i, text := range []string{
		"The ladder in the boat shed is back, thanks for asking everybody.",
		"Lunch is at one today instead of half past twelve.",
		"Whoever took my blue mug: it was a gift. Please.",
		"The car with the open window is mine. Found it, closed it.",
	} {
		d.put(trash, mail{
			from: pick(d, colleagues), subject: []string{"Ladder", "Lunch", "Mug", "Car window"}[i],
			date: d.ago(3+4*i, 2, 0), flags: []string{seen}, body: flowed(text + "\n"),
		})
	}
}

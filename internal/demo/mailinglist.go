package demo

// post is one contribution to the keepers' mailing list.
type post struct {
	who         person
	days, hours int
	answers     int // index of the post it answers; -1: starts a thread
	subject     string
	text        string
	read        bool
}

var keepers = person{"", "keepers@lists.example.org"}

var posts = []post{
	{erik, 13, 2, -1, "Mercury bath: who still has one?", "Ours was drained in 1978, but the pan is still under the lens. Who has dealt\nwith the residue, and what did it cost?\n\nErik", true},
	{person{"Ruth Mackay", "ruth@skerry.example"}, 13, 1, 0, "", "We had it sealed by specialists: two days, paid by the county. Do not sweep!\nDo not vacuum! Close the door and phone them.\n\nRuth", true},
	{nikos, 12, 8, 0, "", "In Greece the fire brigade measured first, free of charge. The reading was\nbelow the limit, so we only put a glass lid on it.\n\nNikos", true},
	{erik, 12, 3, 1, "", "Thank you both. Door closed, phone call made.\n\nErik", true},
	{person{"Ruth Mackay", "ruth@skerry.example"}, 7, 6, -1, "Solar panels on a listed tower", "The heritage officer says no to anything visible from the sea. Is there anybody\nwith panels on the keeper's house instead?\n\nRuth", true},
	{giulia, 7, 4, 4, "", "Yes, eight of them, on the south roof behind the wall. They give 2.4 kW at noon\nand nobody sees them but the gulls.\n\nGiulia", true},
	{zeynep, 6, 9, 4, "", "We were allowed dark panels without frames. Photos on request.\n\nZeynep", true},
	{person{"Ruth Mackay", "ruth@skerry.example"}, 2, 8, 5, "", "Giulia, could you send the officer's letter? Ours would like to see that somebody\nelse said yes first.\n\nRuth", false},
	{giulia, 1, 7, 7, "", "Sent privately, with the stamps and all.\n\nGiulia", false},
}

// writeMailingList writes two threads of a list, with the list's own headers
// (RFC 2919, RFC 2369) and footer.
func writeMailingList(d *desk) {
	written := make([]mail, len(posts))
	for i, p := range posts {
		m := mail{
			from: p.who, to: []person{keepers}, subject: "[keepers] " + p.subject, date: d.ago(p.days, p.hours, 3),
			fields: []field{
				{"Sender", "keepers-bounces@lists.example.org"},
				{"List-Id", "Keepers of lighthouses <keepers.lists.example.org>"},
				{"List-Post", "<mailto:keepers@lists.example.org>"},
				{"List-Unsubscribe", "<mailto:keepers-leave@lists.example.org>"},
				{"List-Archive", "<https://lists.example.org/archives/keepers/>"},
				{"Precedence", "list"},
			},
			body: plain(utf8QP, p.text+"\n\n_______________________________________________\nkeepers mailing list -- keepers@lists.example.org\nTo leave send a mail to keepers-leave@lists.example.org\n"),
		}
		if p.answers >= 0 {
			before := written[p.answers]
			m.subject = before.subject
			if before.inReplyTo == "" {
				m.subject = "Re: " + before.subject
			}
			m.inReplyTo = before.messageID()
			m.references = append(append([]string{}, before.references...), before.messageID())
		}
		if p.read {
			m.flags = []string{seen}
		}
		written[i] = d.put(inbox, m)
	}
}

package demo

import "strings"

// turn is one message of a conversation.
type turn struct {
	who         person
	days, hours int // before now
	text        string
}

// conversation is mail that answers mail. What Maya wrote lies in Sent, what
// was written to her in box, as in a real account.
type conversation struct {
	subject string
	box     string
	with    []person // everyone beside Maya
	unread  int      // the last so many of the others' messages
	turns   []turn
}

func writeConversations(d *desk) {
	for _, c := range conversations {
		d.converse(c)
	}
}

// converse writes a conversation with the headers that hold it together
// (RFC 5322 §3.6.4) and with the quoting of ordinary mail programs.
func (d *desk) converse(c conversation) {
	var references []string
	var before mail
	quoted := ""
	theirs := 0
	for _, t := range c.turns {
		if t.who != me {
			theirs++
		}
	}
	for i, t := range c.turns {
		m := mail{from: t.who, subject: c.subject, date: d.ago(t.days, t.hours, 7*i), in: utf8QP}
		text := strings.TrimSpace(t.text) + "\n"
		if i > 0 {
			m.subject = "Re: " + c.subject
			m.inReplyTo = references[len(references)-1]
			m.references = append([]string{}, references...)
			text += "\nOn " + before.date.Format("Mon, 2 Jan 2006 at 15:04") + ", " + before.from.name + " wrote:\n" + quote(quoted)
		}
		for _, p := range append([]person{me}, c.with...) {
			if p != t.who {
				m.to = append(m.to, p)
			}
		}
		m.body = flowed(text)
		box := sent
		m.flags = []string{seen}
		if t.who != me {
			box = c.box
			if theirs--; theirs < c.unread {
				m.flags = nil
			} else if i+1 < len(c.turns) && c.turns[i+1].who == me {
				m.flags = []string{seen, answered}
			}
		}
		before = d.put(box, m)
		references = append(references, before.messageID())
		quoted = text
	}
}

// quote puts "> " before each line, and drops what was quoted twice before.
func quote(text string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		switch {
		case strings.HasPrefix(line, "> >"):
		case strings.HasPrefix(line, ">"):
			b.WriteString(">" + line + "\n")
		default:
			b.WriteString("> " + line + "\n")
		}
	}
	return b.String()
}

var conversations = []conversation{
	{"Opening day: rain plan", lighthouse, []person{grace, tom}, 1, []turn{
		{grace, 9, 6, `Hi both,

the forecast for opening day is miserable. Do we have a plan if the
marquee cannot go up? The insurance only covers wind up to 60 km/h.

Grace`},
		{me, 9, 3, `We have the boat shed. It holds 80 people standing, 50 seated. I would move
the speeches there and leave the tours as they are: the tower is dry.

Maya`},
		{tom, 8, 5, `The shed has one socket. For the PA and the coffee urn we need a second
circuit, I can run a cable from the workshop if someone signs the form.

Tom`},
		{me, 8, 4, `Signed, the form is in your tray. Grace, can you tell the band?`},
		{grace, 2, 4, `Band knows. They ask for a dry spot of 3 x 4 metres, not under the skylight
this time. The caterer needs the final number of guests by Thursday: 64 or 80?

Grace`},
	}},
	{"Lens transport: which road?", lighthouse, []person{amelie, dev}, 2, []turn{
		{amelie, 15, 2, `Bonjour Maya, bonjour Dev,

the crate will be 2.4 m wide and weigh 900 kg. My driver asks which road he
should take to the point. He does not like the bridge on his map.

Amélie`},
		{dev, 15, 1, `The bridge is rated for 7.5 t, so it is fine. The corner after it is the
problem: 2.6 m between the walls. I measured twice.

Dev`},
		{me, 14, 8, `Then 2.4 m goes through with a hand's breadth on either side, slowly. I will
stand at the corner with a flag and a thermos.

Maya`},
		{amelie, 3, 6, `My driver is brave. We leave on Monday at five and will be with you by noon.
Please have four strong people and no wind.

Amélie`},
		{dev, 3, 5, `Four people found. Wind I cannot promise.

Dev`},
	}},
	{"Budget for the second half of the year", lighthouse, []person{hanna}, 0, []turn{
		{hanna, 41, 3, `Maya,

we are 3,100 under budget because the paint was donated. Shall I move it
to the exhibition cases or keep it for the roof?

Hanna`},
		{me, 41, 1, `Roof, please. The cases can wait, the roof will not.

Maya`},
		{hanna, 40, 7, `Done. The sheet is updated, tab "H2". Total for the roof is now 18,600.`},
		{me, 40, 6, `Thank you! That is the first good number this month.`},
	}},
	{"Volunteers for the Saturday tours", inbox, []person{tom}, 1, []turn{
		{tom, 6, 8, `We have six tours on Saturday and four guides. Ruth has a cold. Could you
take the 11:00 and the 14:00?

Tom`},
		{me, 6, 6, `Eleven yes, fourteen no: the school inspector comes at two. Ask Erik, he
knows more stories than I do.`},
		{tom, 5, 4, `Erik says yes if he may skip the 96 steps. I told him the view is upstairs.

Tom`},
	}},
	{"Foghorn neighbours", inbox, []person{{"Margaret Hale", "m.hale@village.example"}}, 1, []turn{
		{person{"Margaret Hale", "m.hale@village.example"}, 11, 4, `Dear Ms Lindholm,

my late husband loved the foghorn. I do not, at least not at seven on a
Sunday. Would ten o'clock be possible?

Margaret Hale, Coastguard Cottages`},
		{me, 11, 2, `Dear Mrs Hale,

of course. From this week we sound it at ten, and never twice. Would you like
to press the button yourself one Sunday?

Maya Lindholm`},
		{person{"Margaret Hale", "m.hale@village.example"}, 1, 9, `Dear Ms Lindholm,

I should like that very much. May I bring my grandson?

Margaret Hale`},
	}},
	{"Grant report: missing receipts", inbox, []person{hanna, {"Coastal Heritage Fund", "reports@heritage-fund.example"}}, 0, []turn{
		{person{"Coastal Heritage Fund", "reports@heritage-fund.example"}, 26, 4, `Dear Maya Lindholm,

your interim report (reference CHF-4471) arrived complete except for the
receipts of positions 12 and 17. Please send them within 30 days.

Coastal Heritage Fund`},
		{me, 25, 7, `Hanna, do we have these? 12 is the scaffolding, 17 the dehumidifier.`},
		{hanna, 25, 5, `Both in the folder "Grant 2", scanned today. I sent them to the fund.`},
		{person{"Coastal Heritage Fund", "reports@heritage-fund.example"}, 22, 3, `Dear Maya Lindholm,

received with thanks. The second instalment of 24,000 will be paid on the first
of next month.

Coastal Heritage Fund`},
	}},
}

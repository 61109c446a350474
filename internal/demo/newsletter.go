package demo

import (
	_ "embed"
	"fmt"
	"strings"
)

// The templates of HTML mail are kept as files, for they are long and written
// the way mail is: nested tables, preheader, tracking pixel, utm parameters.
var (
	//go:embed mail/newsletter.html
	newsletterHTML string
	//go:embed mail/offer.html
	offerHTML string
)

var tideTable = person{"The Tide Table", "letter@tidetable.example"}

// issue is what differs between the issues of a newsletter.
type issue struct {
	title, preheader, lead string
	stories                [3][2]string // heading, text
	days                   int
	box                    string
	flags                  []string
}

var issues = []issue{
	{"Why the light turns", "Also: a keeper's diary from 1911, and low water on Sunday", "A lamp that burns steadily tells a sailor little. One that flashes in its own rhythm tells him where he is.", [3][2]string{
		{"The lens that saved a fleet", "Augustin Fresnel replaced the mirror by rings of glass, and the light could be seen 20 miles further. We explain how, with a kitchen torch."},
		{"A keeper's diary, 1911", "“Wind north-west, nine. Wound the clockwork every two hours. Cat had kittens in the oil store.”"},
		{"Low water on Sunday", "0.3 m at 11:42: the sand path to the point is dry for about ninety minutes. Bring boots."},
	}, 1, inbox, nil},
	{"Paint that survives the sea", "White is harder than it looks", "Every tower needs a coat every four years. We asked three painters what they use, and why they argue.", [3][2]string{
		{"Lime or silicate?", "Lime breathes and is cheap; silicate lasts twice as long but forgives nothing."},
		{"Ropes, not scaffolding", "Two climbers painted 31 metres in five days. The invoice was half."},
		{"Reader question", "Why are some towers striped? So that you can tell them apart by day."},
	}, 8, inbox, []string{seen}},
	{"Counting birds by lamplight", "A night on the gallery", "In October the lantern room is the best seat in the county. We stayed up and counted.", [3][2]string{
		{"412 redwings", "And one very confused owl."},
		{"Shades that help", "Screens on the landward side keep migrating birds away from the glass."},
		{"Recipe: night watch soup", "Leeks, potatoes, and more pepper than you think."},
	}, 15, inbox, []string{seen}},
	{"Stamps, coins and towers", "Lighthouses on paper money", "More than forty countries print a lighthouse on money or stamps. We found thirty-eight.", [3][2]string{
		{"The smallest tower", "Two metres, on a stamp of four square centimetres."},
		{"A forgery", "The banknote whose light shines the wrong way."},
		{"Swap table", "Readers offer and seek."},
	}, 22, archive, []string{seen}},
	{"The sound of fog", "Horns, bells and cannons", "Before radio, fog was answered with noise. A short history of very loud things.", [3][2]string{
		{"Bells", "Rung by hand, by clockwork, and once by a donkey."},
		{"The diaphone", "Two tones and a grunt: the sound everybody remembers."},
		{"Neighbours", "How loud is too loud, and what the law says."},
	}, 29, archive, []string{seen}},
	{"Boats we loved", "Tenders, pilots and one submarine", "Supplies came by boat, and so did the post, the priest and the piano.", [3][2]string{
		{"The piano", "Eleven men, one crane, no insurance."},
		{"Post at sea", "A keeper's letters took a week in summer and a month in winter."},
		{"Drawings wanted", "Send us your tender's lines plan."},
	}, 36, archive, []string{seen}},
}

// writeNewsletters writes the weekly letter Maya reads and the shop mail she
// does not.
func writeNewsletters(d *desk) {
	for i, s := range issues {
		number := fmt.Sprint(212 - i)
		page := strings.NewReplacer(
			"{{number}}", number, "{{title}}", s.title, "{{preheader}}", s.preheader, "{{lead}}", s.lead,
			"{{h1}}", s.stories[0][0], "{{t1}}", s.stories[0][1],
			"{{h2}}", s.stories[1][0], "{{t2}}", s.stories[1][1],
			"{{h3}}", s.stories[2][0], "{{t3}}", s.stories[2][1],
		).Replace(newsletterHTML)
		d.put(s.box, mail{
			from: tideTable, subject: "The Tide Table #" + number + ": " + s.title, date: d.ago(s.days, 4, 30), flags: s.flags,
			fields: []field{
				{"List-Id", "The Tide Table <letter.tidetable.example>"},
				{"List-Unsubscribe", "<https://tidetable.example/leave?id=4471>, <mailto:leave@tidetable.example>"},
				{"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"},
				{"Precedence", "bulk"},
			},
			body: multipart("alternative",
				plain(utf8QP, "Please enable HTML to view this e-mail.\n"),
				html(utf8QP, page)),
		})
	}
	for _, o := range offers {
		d.offer(o)
	}
}

// offer is a shop's advertisement: HTML alone.
type offer struct {
	shop            person
	subject, before string
	text            string
	days            int
	box             string
	flags           []string
}

var offers = []offer{
	{person{"Harbour Outfitters", "news@harbour-outfitters.example"}, "30% off oilskins until Sunday", "Wet is a choice", "Jackets, trousers and hats for every weather we have.", 2, inbox, nil},
	{person{"Harbour Outfitters", "news@harbour-outfitters.example"}, "Last chance: oilskins", "Only until midnight", "The offer ends tonight. The rain does not.", 4, trash, []string{seen}},
	{person{"Lamp & Wick", "shop@lamp-and-wick.example"}, "New: brass polish that does not smell", "Your lens will thank you", "One tin polishes about nine square metres.", 9, inbox, []string{seen}},
	{person{"Ferry Line", "offers@ferryline.example"}, "Winter timetable and early-bird fares", "Book before the first storm", "Return from 19.90 when booked by the end of the month.", 13, inbox, []string{seen}},
}

func (d *desk) offer(o offer) {
	_, domain, _ := strings.Cut(o.shop.address, "@")
	page := strings.NewReplacer(
		"{{subject}}", o.subject, "{{preheader}}", o.before, "{{text}}", o.text,
		"{{shop}}", strings.ReplaceAll(o.shop.name, "&", "&amp;"), "{{domain}}", domain,
	).Replace(offerHTML)
	d.put(o.box, mail{
		from: o.shop, subject: o.subject, date: d.ago(o.days, 6, 5), flags: o.flags,
		fields: []field{
			{"List-Unsubscribe", "<https://" + domain + "/unsubscribe?u=4471>"},
			{"Precedence", "bulk"},
		},
		body: html(utf8QP, page),
	})
}

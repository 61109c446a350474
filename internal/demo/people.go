package demo

// person is someone who writes or reads mail in the demo. All live under
// names reserved for examples (RFC 2606, RFC 6761), so no address can be real.
type person struct {
	name, address string
}

// me owns the demo mailbox: she turns a disused lighthouse into a museum.
var me = person{"Maya Lindholm", "maya@northlight.example"}

// The people Maya works with.
var (
	grace  = person{"Grace Okafor", "grace@northlight.example"}
	tom    = person{"Tom Becker", "tom@northlight.example"}
	dev    = person{"Dev Patel", "dev@northlight.example"}
	hanna  = person{"Hanna Virtanen", "hanna@northlight.example"}
	jonas  = person{"Jonas Köhler", "jonas.koehler@koehler-metallbau.example"}
	amelie = person{"Amélie Lefèvre", "amelie@atelier-lefevre.example"}
	sofia  = person{"Sofía Muñoz", "sofia.munoz@faros.example"}
	piotr  = person{"Piotr Wiśniewski", "piotr@latarnia.example"}
	irina  = person{"Ирина Соколова", "irina@mayak.example"}
	nikos  = person{"Νίκος Παπαδόπουλος", "nikos@faros-museum.example"}
	misaki = person{"田中 美咲", "misaki.tanaka@todai.example"}
	wangli = person{"王丽", "wang.li@dengta.example"}
	chen   = person{"陳志明", "chen@harbour.example"}
	minjun = person{"김민준", "minjun.kim@deungdae.example"}
	layla  = person{"ليلى حداد", "layla@manara.example"}
	nasrin = person{"نسرین کریمی", "nasrin@fanus.example"}
	priya  = person{"प्रिया शर्मा", "priya@prakash.example"}
	erik   = person{"Erik Åström", "erik.astrom@fyr.example"}
	giulia = person{"Giulia Rossi", "giulia@faro.example"}
	zeynep = person{"Zeynep Yıldız", "zeynep@fener.example"}
)

// colleagues share Maya's office.
var colleagues = []person{grace, tom, dev, hanna}

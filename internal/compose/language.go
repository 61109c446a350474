package compose

import (
	"fmt"
	"strings"
	"sync"
	"unicode"
)

// tongue is how mail programs introduce a quote in a language.
type tongue struct {
	date  string // layout of the day and time
	wrote string // of %[1]s, the date, and %[2]s, who; both stand in each
	words string // its commonest words, by which it is told from the others
}

// tongues are those of English and of languages that are told from it by their
// words; those of other scripts are told by their letters.
var tongues = map[string]tongue{
	"en": english("the and you that for this with have are not will your from please what would can"),
	"de": {"02.01.2006 um 15:04", "Am %[1]s schrieb %[2]s:", "und der die das ich nicht ist sie mit ein für auf wir den zu von es im bitte auch"},
	"fr": {"02/01/2006 à 15:04", "Le %[1]s, %[2]s a écrit :", "le la les et des vous je que pour est une pas nous dans avec sur du bonjour merci"},
	"es": {"02/01/2006 a las 15:04", "El %[1]s, %[2]s escribió:", "el la los que de y en por para con una no su se es gracias muy pero hola"},
	"it": {"02/01/2006 alle 15:04", "Il %[1]s, %[2]s ha scritto:", "il che di e per non una con sono della grazie alla del anche questo ho ciao gli"},
	"pt": {"02/01/2006 às 15:04", "Em %[1]s, %[2]s escreveu:", "o que de não e para uma com você os em do da por mais obrigado muito são"},
	"nl": {"02-01-2006 om 15:04", "Op %[1]s schreef %[2]s:", "de het een en van ik je dat niet is voor met zijn op te we bedankt ook maar"},
	"sv": {"2006-01-02 kl. 15:04", "Den %[1]s skrev %[2]s:", "och att det som är en på jag inte för med vi har till ett tack den om"},
	"da": {"02.01.2006 kl. 15.04", "Den %[1]s skrev %[2]s:", "og at det som er en på jeg ikke for med vi har til af tak hvad dig mig blive efter noget nogen"},
	"nb": {"02.01.2006 kl. 15:04", "Den %[1]s skrev %[2]s:", "og at det som er en på jeg ikke for med vi har til av takk hva deg meg bli etter noe noen"},
	"fi": {"2.1.2006 klo 15.04", "%[2]s kirjoitti %[1]s:", "ja on ei se että oli mutta kun hän olen tämä niin kiitos minä sinä ovat voi myös"},
	"pl": {"02.01.2006 o 15:04", "Dnia %[1]s %[2]s napisał(a):", "i w nie na się że z do to jest jak o proszę dziękuję ale czy od mam"},
	"cs": {"02.01.2006 v 15:04", "Dne %[1]s %[2]s napsal(a):", "a je se na to že v jsem ne s ale pro jak děkuji prosím už by jsou"},
	"hu": {"2006. 01. 02. 15:04", "%[2]s írta (%[1]s):", "a az és nem hogy is egy de van meg ez köszönöm csak már ha azt vagy kérem"},
	"ro": {"02.01.2006 la 15:04", "Pe %[1]s, %[2]s a scris:", "și de la nu că să este cu pentru în mulțumesc din care mai sunt pe bună dar"},
	"tr": {"02.01.2006 15:04", "%[2]s, %[1]s tarihinde yazdı:", "ve bir bu için de da çok ile ne var ben sen teşekkürler olarak daha gibi değil merhaba"},
	// Neighbours, which would be taken for one of these: introduced in English, for
	// no program is known to know their words for it.
	"sk": english("a je sa na to že v som nie s ale pre ako ďakujem prosím už by sú či"),
	"sl": english("in je da na se za ne so pa ki tudi hvala kot v z sem bi ali prosim"),
	"hr": english("i je da na se za ne su li što kao ali hvala sam nije od u te molim"),
	"ca": english("el la els que de i en per amb una no es gràcies molt però són a sé"),
	"gl": english("o que de non e para unha con os en do da por máis grazas moito son pero"),
	"af": english("die en van nie is het vir ek dat in my ons baie dankie maar om met jy"),
	"ru": {"02.01.2006 15:04", "%[1]s, %[2]s пишет:", ""},
	"uk": {"02.01.2006 15:04", "%[1]s, %[2]s пише:", ""},
	"el": {"02/01/2006 15:04", "Στις %[1]s, %[2]s έγραψε:", ""},
	"ja": {"2006/01/02 15:04", "%[1]s %[2]s のメッセージ:", ""},
	"zh": {"2006/01/02 15:04", "%[1]s，%[2]s 写道：", ""},
	"ko": {"2006/01/02 15:04", "%[1]s, %[2]s 님이 작성:", ""},
}

// english is a language of which the introduction is in English.
func english(words string) tongue {
	return tongue{"Mon, 2 Jan 2006 at 15:04", "On %[1]s, %[2]s wrote:", words}
}

const (
	// sampleChars of a text tell its language.
	sampleChars = 2_000

	// sureHits is how many of its commonest words must be there, and sureLead how
	// many more of them than of the next language's.
	sureHits, sureLead = 4, 2
)

// attribution says who wrote what follows, in the language that they wrote in. The
// time is the author's own.
func attribution(o Original) string {
	who := names(o.From)
	if who == "" || o.Date.IsZero() {
		if who == "" {
			who = "somebody"
		}
		return who + " wrote:"
	}
	t := tongues[languageOf(o)]
	return fmt.Sprintf(t.wrote, o.Date.Format(t.date), who)
}

// languageOf is the language of a mail, English where it cannot be told: what its
// Content-Language (RFC 3282) says, if that is one of ours, else the one of which it
// has the letters or the commonest words.
func languageOf(o Original) string {
	tag, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(o.Language)), ",")
	tag, _, _ = strings.Cut(tag, "-")
	if tag == "no" || tag == "nn" {
		tag = "nb"
	}
	if _, known := tongues[tag]; known {
		return tag
	}
	sample := cutChars(o.Text, sampleChars)
	if byLetters := scriptOf(sample); byLetters != "" {
		return byLetters
	}
	hits := map[string]int{}
	for _, word := range strings.FieldsFunc(strings.ToLower(sample), func(r rune) bool { return !unicode.IsLetter(r) }) {
		for _, tag := range languagesOf()[word] {
			hits[tag]++
		}
	}
	best, next := "en", 0
	for tag, n := range hits {
		switch {
		case tag == best:
		case n > hits[best]:
			next, best = hits[best], tag
		case n > next:
			next = n
		}
	}
	if hits[best] < sureHits || hits[best]-next < sureLead {
		return "en"
	}
	return best
}

// languagesOf are the languages of which a word is one of the commonest.
var languagesOf = sync.OnceValue(func() map[string][]string {
	of := map[string][]string{}
	for tag, t := range tongues {
		for _, word := range strings.Fields(t.words) {
			of[word] = append(of[word], tag)
		}
	}
	return of
})

// scriptOf tells a language by the letters that most of a text has, "" where these
// are Latin, or Cyrillic of another language than Russian and Ukrainian.
func scriptOf(s string) string {
	counts := map[string]int{}
	letters := 0
	for _, r := range strings.ToLower(s) {
		switch {
		case !unicode.IsLetter(r):
			continue
		case unicode.In(r, unicode.Hiragana, unicode.Katakana):
			counts["ja"]++
		case unicode.Is(unicode.Hangul, r):
			counts["ko"]++
		case unicode.Is(unicode.Han, r):
			counts["zh"]++
		case unicode.Is(unicode.Greek, r):
			counts["el"]++
		case strings.ContainsRune("іїєґ", r):
			counts["uk"]++
		case strings.ContainsRune("ыэё", r):
			counts["ru"]++
		}
		letters++
	}
	for _, sign := range []struct {
		tag   string
		share int // the least, in hundredths of all letters
	}{{"ja", 20}, {"ko", 30}, {"zh", 30}, {"el", 30}, {"uk", 4}, {"ru", 1}} {
		if n := counts[sign.tag]; n > 0 && 100*n >= sign.share*letters {
			return sign.tag
		}
	}
	return ""
}

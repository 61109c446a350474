package safety

import "unicode"

// leastSaid is how many letters and digits a text must have to say something of
// its own, beside the pictures.
const leastSaid = 60

// pictures draws a mail that leaves its words to a picture, where neither a
// filter nor a model reads them. It is a warning where what little is written
// presses about an account, as with codes that a phone is to scan.
func (d *drawer) pictures(f Facts) {
	if f.Pictures == 0 {
		return
	}
	n := 0
	for _, r := range f.Text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			if n++; n > leastSaid {
				return
			}
		}
	}
	var about class
	for _, t := range fold(f.Header.Text("Subject") + "\n" + f.Text).tokens(false) {
		about |= t.class
	}
	presses := about&(cLogin|cThreat|cScan|cWithin|cConfirm) != 0
	d.add(Signal{Kind: KindPictures, Level: warnIf(presses && !d.bulk && !d.authenticated), Message: "The mail shows a picture and hardly a word, so that what it says was not read."})
}

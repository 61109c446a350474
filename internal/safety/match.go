package safety

import "unicode/utf8"

// token is a word or phrase of the lexicon in a text.
type token struct {
	class      class
	start, end int // characters of the text
}

// maxTokenList bounds the tokens of one text; they are taken from its start.
const maxTokenList = 400_000

// tokens finds the lexicon's words. packed: letters stand together without
// word ends.
func (f folded) tokens(packed bool) []token {
	t := words()
	var list []token
	for i, w := range f.words {
		var found class
		last := 0
		at := t.first[f.buf[w.at]]
		for p := w.at + 1; at != 0; p++ {
			if n := &t.nodes[at]; n.whole|n.stem != 0 {
				c := n.stem
				if packed || f.endsWord(p) {
					c |= n.whole
				}
				if c != 0 {
					found |= c
					last = p
				}
			}
			if p >= len(f.buf) {
				break
			}
			at = t.step(at, f.buf[p])
		}
		if found == 0 {
			continue
		}
		end := w.end
		for k := i + 1; k < len(f.words) && f.words[k].at < last; k++ {
			end = f.words[k].end
		}
		if list = append(list, token{found, w.start, end}); len(list) >= maxTokenList {
			break
		}
	}
	return list
}

// endsWord reports whether a word may end before byte p.
func (f folded) endsWord(p int) bool {
	if p >= len(f.buf) || f.buf[p] == ' ' {
		return true
	}
	r, _ := utf8.DecodeRune(f.buf[p:])
	l, _ := utf8.DecodeLastRune(f.buf[:p])
	return perCharacter(r) || perCharacter(l)
}

// rule is a meaning made of words near each other.
type rule struct {
	kind    string
	message string
	anchor  class
	need    class // all of these within window characters of the anchor
	window  int
	ordered bool  // they follow the anchor
	without class // none of these in between
	after   class // the anchor does not follow one of these directly
	sales   bool  // shops write so too
	negated class // nor has one of these beside it: "do not forget the rules"
}

const (
	saysAside   = "The text tells its reader to set earlier instructions aside, as texts aimed at an AI do."
	saysToAI    = "The text gives an AI that reads along instructions."
	saysRole    = "The text tells its reader to be someone else, as texts aimed at an AI do."
	saysReveal  = "The text asks for the reader's own hidden instructions."
	saysSummary = "The text gives orders to whoever summarises or processes it."
	saysTools   = "The text tells its reader to use its tools."
	saysConceal = "The text asks that the user not be told."
	saysForward = "The text asks for mail or secrets to be sent to an address."
	saysBank    = "The text speaks of changed bank details and a payment."
	saysGift    = "The text asks for gift cards."
	saysHush    = "The text asks for a payment, urgently and in confidence."
	saysHurry   = "The text asks for an urgent transfer."
	saysCoins   = "The text asks for cryptocurrency within a short time."
	saysScan    = "The text asks to scan a code for an account."
	saysLogin   = "The text asks to confirm an account or a password and threatens or presses."
)

var rules = []rule{
	{kind: KindAddressesAI, message: saysAside, anchor: cIgnore, need: cPrev | cInstr, window: 60, without: cMine | cPrevMail, negated: cNot},
	{kind: KindAddressesAI, message: saysToAI, anchor: cDirect},
	{kind: KindAddressesAI, message: saysToAI, anchor: cHail, negated: cPeople},
	{kind: KindAddressesAI, message: saysToAI, anchor: cReader, need: cReads | cThis, window: 60, ordered: true},
	{kind: KindAddressesAI, message: saysRole, anchor: cRole, need: cAI, window: 40, ordered: true, without: cAside},
	{kind: KindAddressesAI, message: saysReveal, anchor: cReveal, need: cPrompt, window: 40},
	{kind: KindAddressesAI, message: saysSummary, anchor: cReading, need: cThis | cMust, window: 80, ordered: true},
	{kind: KindAddressesAI, message: saysTools, anchor: cTools},
	{kind: KindConceals, message: saysConceal, anchor: cNotTell, need: cUser, window: 30, after: cReport},
	{kind: KindForwardMail, message: saysForward, anchor: cSend, need: cMail | cMany | cAddress, window: 110, negated: cNot},
	{kind: KindForwardMail, message: saysForward, anchor: cSend, need: cGuarded | cAddress, window: 110, negated: cNot},
	{kind: KindPayment, message: saysBank, anchor: cBank, need: cChanged | cPay, window: 120},
	{kind: KindPayment, message: saysGift, sales: true, anchor: cGift, need: cBuy | cUrgent, window: 160},
	{kind: KindPayment, message: saysGift, sales: true, anchor: cGift, need: cBuy | cSecret, window: 200},
	{kind: KindPayment, message: saysHush, sales: true, anchor: cPay, need: cUrgent | cSecret, window: 200},
	{kind: KindPayment, message: saysHurry, sales: true, anchor: cWire, need: cUrgent, window: 80},
	{kind: KindPayment, message: saysCoins, sales: true, anchor: cCrypto, need: cWithin | cSend, window: 200},
	{kind: KindPayment, message: saysCoins, sales: true, anchor: cCrypto, need: cWithin | cPay, window: 200},
	{kind: KindCredentials, message: saysLogin, anchor: cLogin, need: cConfirm | cThreat, window: 160},
	{kind: KindCredentials, message: saysLogin, anchor: cLogin, need: cConfirm | cWithin, window: 120},
	{kind: KindCredentials, message: saysScan, anchor: cScan, need: cLogin | cThreat, window: 200},
	{kind: KindCredentials, message: saysScan, anchor: cScan, need: cLogin | cConfirm, window: 120},
	{kind: KindCredentials, message: saysScan, anchor: cScan, need: cThreat | cWithin, window: 200},
}

// maxMatches of one rule in one text; the rest would say the same.
const maxMatches = maxPerKind

// find returns the spans at which the rule holds.
func (r rule) find(list []token) [][2]int {
	var spans [][2]int
	until := 0
	for i, t := range list {
		if t.class&r.anchor == 0 || t.start < until && len(spans) > 0 {
			continue
		}
		if start, end, ok := r.at(list, i); ok {
			spans = append(spans, [2]int{start, end})
			if until = end; len(spans) == maxMatches {
				break
			}
		}
	}
	return spans
}

// maxAround bounds the tokens looked at on either side of an anchor: more than
// a window of characters holds.
const maxAround = 64

// directly is the distance, in characters, at which a word still belongs to
// the next.
const directly = 2

// A negation belongs to a verb that it stands before, or that it follows within
// the object's length ("vergiss deine Schlüssel nicht").
const (
	negatedBefore = 4
	negatedAfter  = 12
)

func (r rule) at(list []token, i int) (start, end int, ok bool) {
	start, end = list[i].start, list[i].end
	if r.after != 0 && i > 0 && list[i-1].class&r.after != 0 && start-list[i-1].end <= directly {
		return 0, 0, false
	}
	if r.negated != 0 && r.isNegated(list, i) {
		return 0, 0, false
	}
	have := list[i].class
	for j := i + 1; j < len(list) && j <= i+maxAround && list[j].start-list[i].end <= r.window; j++ {
		if r.need&^have == 0 {
			break
		}
		if list[j].class&r.without != 0 {
			return 0, 0, false
		}
		if list[j].class&r.need&^have != 0 {
			have |= list[j].class
			end = max(end, list[j].end)
		}
	}
	for j := i - 1; !r.ordered && r.need&^have != 0 && j >= 0 && j >= i-maxAround && list[i].start-list[j].end <= r.window; j-- {
		if list[j].class&r.without != 0 {
			return 0, 0, false
		}
		if list[j].class&r.need&^have != 0 {
			have |= list[j].class
			start = min(start, list[j].start)
		}
	}
	return start, end, r.need&^have == 0
}

// isNegated reports a negation beside token i.
func (r rule) isNegated(list []token, i int) bool {
	t := list[i]
	for j := i - 1; j >= 0 && j >= i-maxBeside && t.start-list[j].end <= negatedBefore; j-- {
		if list[j].class&r.negated != 0 && list[j].end <= t.start {
			return true
		}
	}
	for j := i + 1; j < len(list) && j <= i+maxBeside && list[j].start-t.end <= negatedAfter; j++ {
		if list[j].class&r.negated != 0 && list[j].start >= t.end {
			return true
		}
	}
	return false
}

// maxBeside is how many tokens stand within negatedAfter characters, at most.
const maxBeside = 6

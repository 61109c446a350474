package safetext

import "maps"

// maxMisspelt is how many unknown names are looked up in one mail.
const maxMisspelt = 100

// understood is a list of declarations without those of properties that are only
// misspelt, such as font-wieght: no browser knows them.
func (s *sheet) understood(list []declaration) []declaration {
	kept := list[:0]
	for _, d := range list {
		if d.property != notUnderstood || !s.misspelt(d.text) {
			kept = append(kept, d)
		}
	}
	return kept
}

func (s *sheet) misspelt(name string) bool {
	wrong, known := s.names[name]
	if known || len(name) < 5 || len(name) > 30 || len(s.names) >= maxMisspelt {
		return wrong
	}
	s.match.meter.spend(2_000)
	for _, names := range []func(func(string) bool){maps.Keys(harmless), maps.Keys(validators), maps.Keys(shorthands)} {
		for right := range names {
			if wrong = wrong || oneSlip(name, right); wrong {
				break
			}
		}
	}
	s.names[name] = wrong
	return wrong
}

// oneSlip reports two words that differ by one letter, left out, put in, or
// changed, or by two that changed places.
func oneSlip(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch {
	case len(a) < len(b):
		return a[i:] == b[i+1:]
	case i == len(a):
		return true
	case a[i+1:] == b[i+1:]:
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

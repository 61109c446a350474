package calendar

import "time"

const (
	// maxSteps bounds what one file takes beyond reading its lines: the changes
	// of zones that are looked at for every time in it. A hundred events with a
	// dozen times each in a zone of 1,000 changes take 3 million steps; a step
	// takes some 10 ns.
	maxSteps = 10_000_000

	// zoneSteps are those of looking for a zone by its name: up to three names
	// in several places of the system, each an attempt to open a file.
	zoneSteps = 20_000
)

// budget is what is left for one file, and the zones that were paid for.
type budget struct {
	steps int
	zones map[string]*time.Location // by TZID; nil is a zone that nobody knows
}

func newBudget() *budget { return &budget{steps: maxSteps, zones: map[string]*time.Location{}} }

// spend takes n steps off, and reports whether there were as many.
func (b *budget) spend(n int) bool {
	b.steps -= n
	return b.steps >= 0
}

// spent reports that no more of the file is told.
func (b *budget) spent() bool { return b.steps < 0 }

// zone is namedZone, once for each name.
func (b *budget) zone(id string) *time.Location {
	if zone, known := b.zones[id]; known {
		return zone
	}
	if !b.spend(zoneSteps) {
		return nil
	}
	zone := namedZone(id)
	b.zones[id] = zone
	return zone
}

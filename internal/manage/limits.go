package manage

import "time"

// The bounds of this room.
const (
	// subscribeFlight is how many commands of SUBSCRIBE and UNSUBSCRIBE go out in
	// one flight: at most 256 characters each, together below what is sent in one
	// write.
	subscribeFlight = 50

	// maxPlanNames is how many names of a list are told; more are counted only.
	maxPlanNames = 50

	// statusFlight is how many mailboxes are counted in one flight, and maxCounted
	// how many at all.
	statusFlight = 50
	maxCounted   = 500

	// uncounted is what a mailbox counts for that the server does not count, or
	// that is beyond maxCounted: so many that a person is asked.
	uncounted = 100

	// manageFor bounds what is done once a mailbox is being changed: the caller's
	// going away no longer ends it, for half done is worse than done.
	manageFor = time.Minute

	// settleFor bounds the second connection, on which is looked what happened.
	settleFor = 30 * time.Second
)

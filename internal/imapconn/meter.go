package imapconn

import (
	"sync/atomic"
)

// Stats are the totals of a pool.
type Stats struct {
	Connections int // opened
	Flights     int // writes after something was read: round trips, STARTTLS included
	Commands    int // tagged commands sent
	BytesIn     int64
	BytesOut    int64 // of IMAP, inside TLS
}

// meter counts what a pool's connections did. It is safe for concurrent use.
type meter struct {
	connections, flights, commands, in, out atomic.Int64
}

func (m *meter) stats() Stats {
	return Stats{
		Connections: int(m.connections.Load()),
		Flights:     int(m.flights.Load()),
		Commands:    int(m.commands.Load()),
		BytesIn:     m.in.Load(),
		BytesOut:    m.out.Load(),
	}
}

// commandsIn counts the tagged commands that begin in p, which begins a line
// when atStart; it reports whether what follows p begins a line. Our tags are
// go-imap's T1, T2… and the sign-in dialogue's S1, S2….
func commandsIn(p []byte, atStart bool) (n int, nextAtStart bool) {
	for i := 0; i < len(p); i++ {
		if atStart && startsWithTag(p[i:]) {
			n++
		}
		atStart = p[i] == '\n'
	}
	return n, atStart
}

func startsWithTag(p []byte) bool {
	if p[0] != 'T' && p[0] != 'S' {
		return false
	}
	for i := 1; i < len(p); i++ {
		if p[i] == ' ' {
			return i > 1
		}
		if p[i] < '0' || p[i] > '9' {
			return false
		}
	}
	return false
}

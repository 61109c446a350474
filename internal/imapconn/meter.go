package imapconn

import "sync/atomic"

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

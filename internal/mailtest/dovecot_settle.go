package mailtest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"time"
)

// logTail is how much of the log's end is searched first: some 200 sessions.
const logTail = 128 << 10

var loginSession = regexp.MustCompile(`session=<([^>]+)>`)

// settle waits until the process that served the connection from a local port
// has ended, as it says in the log. That the connection has ended does not tell:
// Dovecot's sign-in process, which carries the bytes, closes it as soon as the
// client is gone, while the other still acts on what it was sent.
func (d *Dovecot) settle(ctx context.Context, port int) {
	for ctx.Err() == nil {
		if d.sessionEnded(port, logTail) || d.sessionEnded(port, 0) {
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Millisecond):
		}
	}
}

// sessionEnded looks in the last bytes of the log, with 0 in all of it.
func (d *Dovecot) sessionEnded(port int, last int64) bool {
	f, err := os.Open(d.process.path("log"))
	if err != nil {
		return false
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && last > 0 && info.Size() > last {
		_, _ = f.Seek(-last, io.SeekEnd)
	}
	text, err := io.ReadAll(f)
	if err != nil {
		return false
	}
	login := bytes.LastIndex(text, fmt.Appendf(nil, " rport=%d", port))
	if login < 0 {
		return false
	}
	session := loginSession.FindSubmatch(text[login:])
	// Two processes write the log: the end may stand before the sign-in.
	return session != nil && bytes.Contains(text, fmt.Appendf(nil, "<%s>: Info: Disconnected", session[1]))
}

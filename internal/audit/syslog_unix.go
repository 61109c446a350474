//go:build unix

package audit

import (
	"fmt"
	"io"
	"log/syslog"
)

// openSyslog connects to the machine's syslog.
func openSyslog() (io.WriteCloser, error) {
	w, err := syslog.New(syslog.LOG_NOTICE|syslog.LOG_AUTHPRIV, "mail-imap-mcp")
	if err != nil {
		return nil, fmt.Errorf("the audit target syslog: %w; is a syslog service running here?", err)
	}
	return w, nil
}

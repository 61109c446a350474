package app

import (
	"io"
	"log/slog"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/secret"
)

// NewLogger logs to w as cfg says. Whatever a log line quotes, the accounts'
// passwords are cut out of it.
func NewLogger(cfg *config.Config, w io.Writer) *slog.Logger {
	redacting := &redactor{w: w}
	for _, a := range cfg.Accounts {
		redacting.secrets = append(redacting.secrets, a.Password)
	}
	opts := &slog.HandlerOptions{Level: cfg.LogLevel}
	if cfg.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(redacting, opts))
	}
	return slog.New(slog.NewTextHandler(redacting, opts))
}

// redactor is a last line of defence: passwords are secret.Values, which never
// print, but a server may echo one in an error of its own.
type redactor struct {
	w       io.Writer
	secrets []secret.Value
}

// Write implements io.Writer; slog's handlers write one whole line at a time.
func (r *redactor) Write(line []byte) (int, error) {
	text := string(line)
	for _, s := range r.secrets {
		text = s.RedactIn(text)
	}
	if _, err := io.WriteString(r.w, text); err != nil {
		return 0, err
	}
	return len(line), nil
}

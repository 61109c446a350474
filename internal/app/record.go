package app

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"mail-imap-mcp/internal/audit"
	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/guard"
)

// openAudit opens where the audit goes; nil: nowhere.
func openAudit(cfg *config.Config, log *slog.Logger) (*audit.Log, error) {
	if len(cfg.Writing.AuditTargets) == 0 {
		return nil, nil
	}
	record, err := audit.Open(audit.Options{Key: cfg.Writing.AuditKey, Targets: cfg.Writing.AuditTargets, Stderr: os.Stderr, Logger: log})
	if err != nil {
		return nil, fmt.Errorf("MAIL_IMAP_AUDIT_FILE: %w", err)
	}
	return record, nil
}

// recorder is the audit as the guard takes it, nil without one.
func recorder(record *audit.Log) guard.Recorder {
	if record == nil {
		return nil
	}
	return record
}

// tell has the audit say that the server starts or stops: between a start and
// the next one without a stop the process died.
func (a *App) tell(ctx context.Context, event string) {
	if a.audit == nil {
		return
	}
	if err := a.audit.Write(ctx, audit.Entry{Event: event}); err != nil {
		a.log.ErrorContext(ctx, "the audit cannot be written; mail is not changed until it can", "event", event, "error", err)
	}
}

package process_test

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"mail-imap-mcp/internal/mailtest"
)

// ends are the ways to stop the server.
var ends = map[string]func(t *testing.T, p *process){
	"SIGTERM": func(t *testing.T, p *process) {
		t.Helper()
		if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
	},
	"end of input": func(_ *testing.T, p *process) { go func() { _ = p.session.Close() }() },
}

// gone waits for the last words of the process, then for its end.
func (p *process) gone(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(40 * time.Second); !strings.Contains(p.stderr(), "msg=stopped") && !strings.Contains(p.stderr(), "did not end in time; what"); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it does not stop\n%s", p.stderr())
		}
	}
	_ = p.session.Close()
}

func TestProcess_AStopFinishesTheChangesUnderWayAndBeginsNoMore(t *testing.T) {
	t.Parallel()
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := mailtest.NewDovecot(t)
			list := scattered(t, srv, 8)
			release := make(chan struct{})
			held := mailtest.NewFaulty(t, srv, mailtest.FaultAt("UID MOVE", func(x *mailtest.Exchange) {
				select {
				case <-release:
				case <-x.Done():
				}
			}))
			file, state := filepath.Join(t.TempDir(), "audit.log"), t.TempDir()
			settings := []string{writing, auditKey, "MAIL_IMAP_AUDIT_FILE=" + file, "MAIL_IMAP_STATE_DIR=" + state}
			p := startWith(t, held, []string{binary}, settings...)
			begun := p.answer(t, "imap_apply_to_messages", map[string]any{"message_ids": list, "action": "move", "destination_mailbox": "Kept"})
			end(t, p)
			await(t, p, "stopping once the changes under way have ended")
			close(release)
			p.gone(t)

			moved := len(srv.Messages(t, "Kept"))
			if moved == 0 || moved == len(list) {
				t.Errorf("%d of %d messages moved", moved, len(list))
			}
			outcomes := find(lines(t, file), "outcome", "", "")
			if len(outcomes) != 1 || outcomes[0].Outcome != "interrupted" || outcomes[0].Counts["done"] != moved || outcomes[0].Counts["not_attempted"] != len(list)-moved {
				t.Errorf("%d moved, and the audit says %+v", moved, outcomes)
			}
			verified(t, file)

			p = startWith(t, srv, []string{binary}, settings...)
			told := p.answer(t, "imap_get_operation", map[string]any{"operation_id": begun["operation_id"]})
			done := 0
			for _, status := range statuses(t, told) {
				if status == "done" {
					done++
				}
			}
			if operation, _ := told["operation"].(map[string]any); operation["state"] != "interrupted" || done != moved {
				t.Errorf("the next process tells %v", told)
			}
		})
	}
}

// await waits until the server's log says something.
func await(t *testing.T, p *process, text string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !strings.Contains(p.stderr(), text); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the log never said %q:\n%s", text, p.stderr())
		}
	}
}

func TestProcess_AStopCallsUnknownWhatTheServerNeverAnswers(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it waits the ten seconds that a change under way has")
	}
	srv := mailtest.NewDovecot(t)
	list := scattered(t, srv, 8)
	file := filepath.Join(t.TempDir(), "audit.log")
	hung := mailtest.NewFaulty(t, srv, mailtest.FaultHang("UID MOVE"))
	p := startWith(t, hung, []string{binary}, writing, auditKey, "MAIL_IMAP_AUDIT_FILE="+file)
	p.answer(t, "imap_apply_to_messages", map[string]any{"message_ids": list, "action": "move", "destination_mailbox": "Kept"})
	ends["SIGTERM"](t, p)
	p.gone(t)
	outcomes := find(lines(t, file), "outcome", "", "")
	if len(outcomes) != 1 || outcomes[0].Counts["done"] != 0 || outcomes[0].Counts["unknown"] == 0 || outcomes[0].Counts["not_attempted"] == 0 {
		t.Errorf("the audit says %+v", outcomes)
	}
	verified(t, file)
	if n := len(srv.Messages(t, "Kept")); n != 0 {
		t.Errorf("%d messages moved", n)
	}
}

package app

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/secret"
)

// The batches that are at the server when the stop comes are finished, none
// begins after it, and both journal and audit say so.
func TestServe_AStopLetsTheChangesUnderWayEndAndBeginsNoMore(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*serving){
		"asked for":           func(s *serving) { s.stop() },
		"the client hangs up": func(s *serving) { s.hangUp() },
	} {
		t.Run(name, func(t *testing.T) {
			const boxes = change.ParallelBatches + 3
			srv := mailtest.NewMemory(t)
			srv.Create(t, "Kept")
			var ids []string
			for i := range boxes {
				box := fmt.Sprintf("From %02d", i)
				srv.Create(t, box)
				for _, uid := range srv.Append(t, box, mailtest.Message{Raw: []byte("Subject: x\r\n\r\nx\r\n")}) {
					ids = append(ids, fmt.Sprintf("imap:default:%s:%d:%d", box, srv.UIDValidity(t, box), uid))
				}
			}
			arrived, release := make(chan struct{}, boxes), make(chan struct{})
			held := mailtest.NewFaulty(t, srv, mailtest.FaultAt("UID MOVE", func(x *mailtest.Exchange) {
				arrived <- struct{}{}
				select {
				case <-release:
				case <-x.Done():
				}
			}))
			dir := t.TempDir()
			record := filepath.Join(dir, "audit.log")
			a := newAppWith(t, held, config.Writing{
				StateDir: dir, AuditTargets: []string{record}, AuditKey: secret.New(strings.Repeat("k", 32)),
				BulkPerMinute: 500, BulkPerDay: 5000, UndoWindow: time.Hour, Confirm: config.ConfirmNever,
			}, true)
			noticed := make(chan struct{})
			stop, once := a.stop, sync.Once{}
			a.stop = func() { stop(); once.Do(func() { close(noticed) }) }
			s := serveApp(t, a)
			arguments, _ := json.Marshal(map[string]any{"message_ids": ids, "action": "move", "destination_mailbox": "Kept"})
			called := make(chan error, 1)
			go func() { called <- s.call("imap_apply_to_messages", string(arguments)) }()
			<-arrived
			end(s)
			<-noticed
			close(release)
			s.ended(t)
			<-called
			_ = s.client.Close()

			moved := len(srv.Messages(t, "Kept"))
			begun := 1 + len(arrived)
			if moved != begun || moved >= boxes {
				t.Errorf("%d of %d messages moved, %d batches had begun", moved, boxes, begun)
			}
			journal := read(t, dir, "operations-*.jsonl")
			if !strings.Contains(journal, `"interrupted"`) {
				t.Errorf("the journal says\n%s", journal)
			}
			audit := read(t, dir, "audit.log")
			want := fmt.Sprintf(`"done":%d,"failed":0,"messages":%d,"not_attempted":%d,"unknown":0`, moved, boxes, boxes-moved)
			if !strings.Contains(audit, `"outcome":"interrupted"`) || !strings.Contains(audit, want) {
				t.Errorf("the audit lacks %s\n%s", want, audit)
			}
		})
	}
}

func read(t *testing.T, dir, pattern string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(files) == 0 {
		entries, _ := os.ReadDir(dir)
		t.Fatalf("no %s in %v: %v", pattern, entries, err)
	}
	var all strings.Builder
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(content)
	}
	return all.String()
}

package manage_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
	"mail-imap-mcp/internal/manage"
)

// However delivering and deleting fall together: a message that the server has
// taken is somewhere afterwards.
func TestManage_NoDeliveryIsLostToADelete(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		service := connect(t, srv)
		for round := range 8 {
			name := fmt.Sprintf("Busy %d", round)
			mustManage(t, service, manage.Query{Action: manage.Create, Mailbox: name})
			programs := []*imapclient.Client{otherProgram(t, srv), otherProgram(t, srv)}
			var taken atomic.Uint32
			var delivering sync.WaitGroup
			for _, program := range programs {
				delivering.Go(func() { keepDelivering(program, name, &taken) })
			}
			// A delivery that Dovecot had begun waits two minutes for a lock in a
			// directory that is no longer there, and is refused then; a DELETE may
			// wait for that.
			leave := time.AfterFunc(2*time.Second, func() {
				for _, program := range programs {
					_ = program.Close()
				}
			})
			if _, err := service.Manage(t.Context(), manage.Query{Action: manage.Delete, Mailbox: name}); err == nil {
				t.Logf("round %d: deleted", round)
			}
			leave.Stop()
			for _, program := range programs {
				_ = program.Close()
			}
			delivering.Wait()
			if found := messagesIn(t, srv, name+"*"); found < taken.Load() {
				t.Errorf("round %d: the server took %d messages, and %d are there", round, taken.Load(), found)
			}
		}
	})
}

// keepDelivering appends a message a few times, and counts those that were taken.
func keepDelivering(program *imapclient.Client, name string, taken *atomic.Uint32) {
	time.Sleep(time.Duration(rand.IntN(4)) * time.Millisecond)
	raw := rig.Numbered(1).Raw
	for range 3 {
		cmd := program.Append(name, int64(len(raw)), nil)
		_, _ = cmd.Write(raw)
		_ = cmd.Close()
		if _, err := cmd.Wait(); err == nil {
			taken.Add(1)
		}
	}
}

// messagesIn counts the messages in all mailboxes of a pattern.
func messagesIn(t *testing.T, srv mailtest.Server, pattern string) (n uint32) {
	t.Helper()
	program := otherProgram(t, srv)
	rows, err := program.List("", pattern, nil).Collect()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		status, err := program.Status(row.Mailbox, &imap.StatusOptions{NumMessages: true}).Wait()
		if err != nil {
			t.Fatal(err)
		}
		n += *status.NumMessages
	}
	return n
}

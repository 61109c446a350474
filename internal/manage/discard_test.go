package manage_test

import (
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailtest"
	"mail-imap-mcp/internal/mailtest/rig"
	"mail-imap-mcp/internal/manage"
)

// To rename a mailbox is to move what is in it, so it is counted, and does not
// lead to where mail is removed.
func TestRename_CountsWhatIsMovedAndLeadsNotToTrash(t *testing.T) {
	t.Parallel()
	rig.OnEveryServer(t, func(t *testing.T, srv mailtest.Server) {
		for _, box := range []string{"Work", "Work/2025", "Work/2026"} {
			srv.Create(t, box)
		}
		srv.Append(t, "Work", rig.Numbered(1), rig.Numbered(2))
		srv.Append(t, "Work/2026", rig.Numbered(3))
		service := connect(t, srv)
		plan := func(from, to string) (*manage.Plan, error) {
			return service.Plan(t.Context(), manage.Query{Account: rig.Account, Action: manage.Rename, Mailbox: from, To: to})
		}
		p, err := plan("Work", "Jobs")
		if err != nil || p.Messages != 3 {
			t.Errorf("the plan is %+v, %v; want 3 messages", p, err)
		}
		for _, to := range []string{"Trash/Work", "Trash/Old/Work", "Junk/Work", "Papierkorb", "Spam"} {
			if _, err := plan("Work", to); err == nil || !strings.Contains(err.Error(), "removed after a while") {
				t.Errorf("to %s: %v", to, err)
			}
		}
		if _, err := plan("Work/2025", "Trash/2025"); err == nil {
			t.Error("a mailbox below another may be renamed to Trash")
		}
		rig.WantCode(t, "renaming to Trash", must(plan("Work", "Trash/x")), contract.InvalidInput, "imap_apply_to_messages")
	})
}

func must(_ *manage.Plan, err error) error { return err }

// What is thrown away comes out again, and has other names where it is.
func TestRename_LeadsOutOfTrash(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	srv.Create(t, "Trash/Old")
	service := connect(t, srv)
	for _, to := range []string{"Trash/Older", "Old"} {
		if _, err := service.Plan(t.Context(), manage.Query{Account: rig.Account, Action: manage.Rename, Mailbox: "Trash/Old", To: to}); err != nil {
			t.Errorf("to %s: %v", to, err)
		}
	}
}

// By way of another name: what is renamed to be Trash brings along what is below
// it.
func TestRename_NothingBecomesTrashByADetour(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemoryWith(t, mailtest.MemoryOptions{Without: []imap.Cap{imap.CapSpecialUse}})
	for _, box := range []string{"Later", "Later/Work"} {
		srv.Create(t, box)
	}
	service := connect(t, srv)
	if _, err := service.Plan(t.Context(), manage.Query{Account: rig.Account, Action: manage.Rename, Mailbox: "Later", To: "Deleted Items"}); err == nil {
		t.Error("a mailbox may be renamed to be Trash")
	}
}

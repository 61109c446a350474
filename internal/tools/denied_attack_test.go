package tools_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailtest"
)

// What is in a denied mailbox is in no answer, and its name in no command.
func TestAttack_NothingOfADeniedMailboxIsRead(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	srv.Create(t, "Private")
	reply := func(id, parent, subject string) mailtest.Message {
		return mailtest.Message{Raw: fmt.Appendf(nil, "From: ada@example.org\r\nTo: me@example.org\r\nSubject: %s\r\nMessage-ID: <%s@x>\r\nReferences: <%s@x>\r\nIn-Reply-To: <%s@x>\r\n\r\ntext of %s\r\n", subject, id, parent, parent, id)}
	}
	id := func(box string, uid uint32) string {
		return contract.MessageID{Account: "default", Mailbox: box, UIDValidity: srv.UIDValidity(t, box), UID: uid}.String()
	}
	open := id("INBOX", srv.Append(t, "INBOX", reply("b", "a", "Re: Deal"))[0])
	private := id("Private", srv.Append(t, "Private", reply("a", "z", "Deal"), reply("c", "b", "Re: Deal"))[0])
	recorded := mailtest.NewFaulty(t, srv)
	a := attack(t, attackSetup{servers: map[string]mailtest.Server{"default": recorded}, account: func(account *config.Account) { account.DenyMailboxes = []string{"private"} }})
	call(t, a.session, "imap_get_thread", `{"message_id":`+quote(open)+`}`).data(t)
	var said strings.Builder
	for _, c := range []struct{ tool, arguments string }{
		{"imap_list_mailboxes", `{}`},
		{"imap_list_mailboxes", `{"pattern":"Priv*"}`},
		{"imap_list_mailboxes", `{"pattern":"Private"}`},
		{"imap_search_messages", `{"mailbox":"Private"}`},
		{"imap_search_messages", `{"mailbox":"*"}`},
		{"imap_get_thread", `{"message_id":` + quote(open) + `}`},
		{"imap_get_thread", `{"message_id":` + quote(private) + `}`},
		{"imap_get_message", `{"message_id":` + quote(private) + `}`},
		{"imap_get_message_raw", `{"message_id":` + quote(private) + `}`},
		{"imap_get_attachment", `{"message_id":` + quote(private) + `,"part_id":"1","mode":"text"}`},
		{"imap_save_draft", `{"reply_to_message_id":` + quote(private) + `}`},
		{"imap_apply_to_messages", `{"message_ids":[` + quote(private) + `],"action":"copy","destination_mailbox":"Archive"}`},
	} {
		said.WriteString(call(t, a.session, c.tool, c.arguments).text)
	}
	for _, uri := range []string{
		strings.Replace(private, "imap:default:Private:", "imap://default/mailbox/Private/message/", 1),
		strings.Replace(private, "imap:default:Private:", "imap://default/mailbox/%50rivate/message/", 1),
	} {
		i := strings.LastIndexByte(uri, ':')
		r, err := a.session.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: uri[:i] + "/" + uri[i+1:]})
		if err == nil {
			t.Errorf("%s is read: %+v", uri, r.Contents[0])
		}
	}
	for _, text := range []string{"text of a", "text of c"} {
		if strings.Contains(said.String(), text) {
			t.Errorf("an answer has %q", text)
		}
	}
	for _, command := range recorded.Commands() {
		if strings.Contains(command, "Private") && !strings.HasPrefix(command, "LIST") { // what a LIST brings is left out
			t.Errorf("sent: %s", command)
		}
	}
	events := 0
	for _, e := range a.lines.of("security") {
		if e.Name == "denied_mailbox" {
			events++
		}
	}
	if events == 0 {
		t.Error("no security event")
	}
}

// What was moved before the owner denied a mailbox, or an account, is not put back
// into it.
func TestAttack_UndoReachesNoMailboxOrAccountThatIsDeniedMeanwhile(t *testing.T) {
	t.Parallel()
	for name, deny := range map[string]func(*config.Account){
		"mailbox denied":    func(account *config.Account) { account.DenyMailboxes = []string{"Projects"} },
		"account read-only": func(account *config.Account) { account.WriteEnabled = false },
	} {
		t.Run(name, func(t *testing.T) {
			srv := mailtest.NewMemory(t)
			srv.Create(t, "Projects")
			state := t.TempDir()
			servers := map[string]mailtest.Server{"default": srv, "other": mailtest.NewMemory(t)}
			var id string
			t.Run("before", func(t *testing.T) {
				a := attack(t, attackSetup{servers: servers, state: state})
				r := call(t, a.session, "imap_apply_to_messages", `{"message_ids":`+quoted(fill(t, srv, "default", "Projects", 1))+`,"action":"archive"}`)
				id = r.data(t)["operation_id"].(string)
			})
			a := attack(t, attackSetup{servers: servers, state: state, account: func(account *config.Account) {
				if account.ID == "default" {
					deny(account)
				}
			}})
			r := call(t, a.session, "imap_undo_operation", `{"operation_id":`+quote(id)+`}`)
			if !r.result.IsError {
				t.Errorf("answer: %s", r.text)
			}
			if len(srv.Messages(t, "Projects")) != 0 || len(srv.Messages(t, "Archive")) != 1 {
				t.Error("it was put back")
			}
		})
	}
}

package tools

import (
	"encoding/json"
	"slices"
	"strings"

	"mail-imap-mcp/internal/contract"
)

// scope is what a call is about, read from its arguments by their names: the
// same for every tool, so that none can forget to say. What is malformed is left
// out; the tool refuses it.
type scope struct {
	account   string
	mailboxes []string
	ids       []string
	dryRun    bool
}

// The names of arguments that say what a call is about. A test holds them to
// the schemas of all tools.
var (
	accountArguments = []string{"account_id", "destination_account_id"} // the second is checked where it is used
	mailboxArguments = []string{"mailbox", "mailboxes", "destination_mailbox"}
	messageArguments = []string{"message_id", "message_ids", "reply_to_message_id", "forward_message_id", "attach"}
)

// scopeOf reads the arguments of a call.
func (s *server) scopeOf(raw json.RawMessage) scope {
	var given map[string]json.RawMessage
	if json.Unmarshal(raw, &given) != nil {
		given = nil
	}
	var sc scope
	_ = json.Unmarshal(given["dry_run"], &sc.dryRun) // the tool refuses what is no boolean
	// The account that messages are taken from comes before the one they go to.
	for _, account := range texts(given["account_id"]) {
		sc.touch(account)
	}
	for _, name := range messageArguments {
		for _, text := range texts(given[name]) {
			if id, err := contract.ParseMessageID(text); err == nil && len(sc.ids) < contract.MaxMessageIDs {
				sc.message(id, name)
			}
		}
	}
	for _, name := range accountArguments {
		for _, account := range texts(given[name]) {
			sc.touch(account)
		}
	}
	for _, name := range mailboxArguments {
		// One of another account is checked where it is opened.
		if to := given["destination_account_id"]; name == "destination_mailbox" && to != nil && !isNull(to) {
			continue
		}
		for _, mailbox := range texts(given[name]) {
			sc.mailbox(mailbox)
		}
	}
	switch {
	case sc.account != "":
	case given["operation_id"] != nil:
		sc.account = s.accountOf(given["operation_id"])
	default:
		sc.account, _ = s.account(nil)
	}
	return sc
}

// accountOf is the account that an operation changed; empty where there is none.
func (s *server) accountOf(operationID json.RawMessage) string {
	for _, id := range texts(operationID) {
		if s.operations == nil {
			break
		}
		if o, err := s.operations.Get(callerLocal, id); err == nil {
			return o.Snapshot(false).Account
		}
	}
	return ""
}

// message notes a message. What is attached may be of any account, and says
// nothing of where the draft goes.
func (sc *scope) message(id contract.MessageID, argument string) {
	if argument != "attach" {
		sc.touch(id.Account)
	}
	if id.Account == sc.account {
		sc.mailbox(id.Mailbox)
	}
	sc.ids = append(sc.ids, id.String())
}

// touch notes the account; of several the first counts: the one that is named,
// then that of the messages, from which they may be taken away. Each other is
// checked where it is used.
func (sc *scope) touch(account string) {
	if id, err := contract.CanonicalAccountID(account); err == nil && sc.account == "" {
		sc.account = id
	}
}

func (sc *scope) mailbox(name string) {
	if contract.CheckMailbox("mailbox", name) == nil && !slices.Contains(sc.mailboxes, name) {
		sc.mailboxes = append(sc.mailboxes, name)
	}
}

// texts are the strings of an argument: itself, its members, or the message_id
// of its members.
func texts(raw json.RawMessage) []string {
	if len(raw) == 0 { // not given
		return nil
	}
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return []string{strings.TrimSpace(one)}
	}
	var many []json.RawMessage
	if json.Unmarshal(raw, &many) != nil {
		return nil
	}
	var list []string
	for _, member := range many[:min(len(many), contract.MaxMessageIDs)] {
		var object struct {
			MessageID string `json:"message_id"`
		}
		switch {
		case json.Unmarshal(member, &one) == nil:
			list = append(list, one)
		case json.Unmarshal(member, &object) == nil && object.MessageID != "":
			list = append(list, object.MessageID)
		}
	}
	return list
}

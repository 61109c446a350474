package tools

import (
	"context"
	"fmt"
	"strings"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
)

const nameUpdateMessageFlags = "imap_update_message_flags"

type updateMessageFlagsInput struct {
	MessageIDs *[]string `json:"message_ids,omitempty" jsonschema:"all of one account"`
	Operation  *string   `json:"operation,omitempty"`
	Flags      *[]string `json:"flags,omitempty" jsonschema:"\\Seen \\Answered \\Flagged \\Draft, or a keyword"`
	DryRun     *bool     `json:"dry_run,omitempty"`
	Token      *string   `json:"confirm_token,omitempty" jsonschema:"only once the person has agreed"`
}

// updateMessageFlags can remove a message, by \Deleted, only where deletes is
// allowed.
func updateMessageFlags(deletes bool) Definition {
	class := guard.Write
	if deletes {
		class = guard.Destructive
	}
	return define[updateMessageFlagsInput, writeData](spec[updateMessageFlagsInput]{
		name:        nameUpdateMessageFlags,
		title:       "Change flags of messages",
		class:       class,
		set:         setOrganize,
		repeatable:  true,
		description: "Mark messages as read, unread, starred or with a keyword. Can be undone.",
		bounds: bounds{
			"message_ids": atMost(contract.MaxMessageIDs, nil),
			"operation":   oneOf("", "add", "remove", "replace"),
			"flags":       atMost(contract.MaxFlags, nil),
		},
		required: []string{"message_ids", "operation", "flags"},
		example:  `{"message_ids": ["imap:default:INBOX:1700000000:42"], "operation": "add", "flags": ["\\Seen"]}`,
		labels:   labels{origin: originMailServer},
		change:   runFlags,
	})
}

func runFlags(ctx context.Context, inv *invocation, in *updateMessageFlagsInput) (answer, error) {
	q, deletes, err := in.query(inv.server)
	if err != nil {
		return answer{}, err
	}
	p, err := inv.Changes.PlanFlags(q)
	if err != nil {
		return answer{}, err
	}
	w := write{
		what:     flagsSentence(*in.Operation, *in.Flags, deletes, p.Change),
		messages: p.Change.Messages(), token: in.Token,
		routine: !deletes, permanent: deletes, destructive: deletes,
		particulars: inv.particulars(p),
		works:       inv.workOf("flags", p),
	}
	if isTrue(in.DryRun) {
		return inv.dryRun(ctx, p, w, "Changed the flags of %s")
	}
	s, err := inv.carryOut(ctx, w)
	if err != nil {
		return notWritten(p, err)
	}
	return written(s, "Changed the flags of %s")
}

// flagsSentence says what a change of flags does. Each flag is quoted, for
// keywords are words of the caller's choice and could read as a sentence.
func flagsSentence(operation string, flags []string, deletes bool, ch *change.Change) string {
	var names []string
	for _, f := range flags {
		names = append(names, fmt.Sprintf("“%s”", f))
	}
	const most = 5
	if len(names) > most {
		names = append(names[:most], fmt.Sprintf("%d more", len(names)-most))
	}
	list := strings.Join(names, ", ")
	of := fmt.Sprintf("%s in %s", contract.Plural(ch.Messages(), "message"), sources(ch))
	if deletes {
		return fmt.Sprintf(`Mark %s as \Deleted, to be deleted for good by any mail program (flags %s)`, of, list)
	}
	switch strings.ToLower(operation) {
	case "remove":
		return fmt.Sprintf("Remove the flags %s from %s", list, of)
	case "replace":
		return fmt.Sprintf("Replace the flags by %s on %s", list, of)
	}
	return fmt.Sprintf("Add the flags %s to %s", list, of)
}

// query reads the arguments. deletes: \Deleted is set, with which any mail
// program may remove the message at any time.
func (in *updateMessageFlagsInput) query(s *server) (q change.FlagsQuery, deletes bool, err error) {
	if q.IDs, err = messageIDs(in.MessageIDs); err != nil {
		return q, false, err
	}
	if in.Flags == nil || len(*in.Flags) == 0 || len(*in.Flags) > contract.MaxFlags {
		return q, false, contract.Errorf(contract.InvalidInput, `flags must have 1 to %d flags, for example ["\\Seen"]`, contract.MaxFlags)
	}
	for i, f := range *in.Flags {
		if err := contract.CheckFlag(fmt.Sprintf("flags[%d]", i), f); err != nil {
			return q, false, err
		}
		deletes = deletes || strings.EqualFold(f, `\Deleted`)
	}
	operation := ""
	if in.Operation != nil {
		operation = strings.ToLower(*in.Operation)
	}
	switch operation {
	case "add":
		q.Add = *in.Flags
	case "remove":
		q.Remove, deletes = *in.Flags, false
	case "replace":
		q.Replace = *in.Flags
	default:
		return q, false, contract.Errorf(contract.InvalidInput, "operation is %q; it must be add, remove or replace", echo(operation))
	}
	if deletes {
		err = s.mayMarkDeleted(q.IDs[0].Account)
	}
	return q, deletes, err
}

// mayMarkDeleted gates \Deleted as what it is.
func (s *server) mayMarkDeleted(account string) error {
	if !s.deletes {
		return contract.Errorf(contract.PermissionDenied, `\Deleted removes a message for good sooner or later, which is not allowed; the owner can allow it with MAIL_IMAP_ALLOW_PERMANENT_DELETE=true. %s with action=delete moves to Trash`, nameApplyToMessages)
	}
	for _, a := range s.Accounts.List() {
		if a.ID == account && a.NeverExpunge {
			return contract.Errorf(contract.PermissionDenied, `nothing is removed for good from account %q (%sNEVER_EXPUNGE), so \Deleted is not set; %s with action=delete moves to Trash`, a.ID, a.EnvPrefix(), nameApplyToMessages)
		}
	}
	return nil
}

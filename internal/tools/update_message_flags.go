package tools

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"mail-imap-mcp/internal/argument"
	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
)

const nameUpdateMessageFlags = "imap_update_message_flags"

type updateMessageFlagsInput struct {
	MessageIDs *[]string `json:"message_ids,omitempty" text:"id" items:"250" jsonschema:"all of one account"`
	Operation  *string   `json:"operation,omitempty" enum:"add,remove,replace"`
	Flags      *[]string `json:"flags,omitempty" items:"32" jsonschema:"read, unread, starred, unstarred, important, answered, draft"`
	Keywords   *[]string `json:"keywords,omitempty" text:"keyword" items:"32" jsonschema:"labels of one's own"`
	DryRun     *bool     `json:"dry_run,omitempty"`
	Token      *string   `json:"confirm_token,omitempty" jsonschema:"only once the person has agreed"`

	q       change.FlagsQuery
	deletes bool // \Deleted is set, with which any mail program may remove the message at any time
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
		required:    []string{"message_ids", "operation"},
		example:     `{"message_ids": ["imap:default:INBOX:1700000000:42"], "operation": "add", "flags": ["read"]}`,
		labels:      labels{origin: originMailServer},
		change:      runFlags,
	})
}

func runFlags(ctx context.Context, inv *invocation, in *updateMessageFlagsInput) (answer, error) {
	p, err := inv.Changes.PlanFlags(in.q)
	if err != nil {
		return answer{}, err
	}
	w := write{
		what:     flagsSentence(in.q, in.deletes, p.Change),
		messages: p.Change.Messages(), token: in.Token,
		routine: !in.deletes, permanent: in.deletes, destructive: in.deletes,
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

// flagsSentence says what a change of flags does.
func flagsSentence(q change.FlagsQuery, deletes bool, ch *change.Change) string {
	of := fmt.Sprintf("%s in %s", contract.Plural(ch.Messages(), "message"), sources(ch))
	switch {
	case deletes:
		return fmt.Sprintf(`Mark %s as \Deleted, to be deleted for good by any mail program (flags %s)`, of, flagList(q.Add, q.Replace))
	case q.Replace != nil:
		return fmt.Sprintf("Replace the flags by %s on %s", flagList(q.Replace), of)
	case len(q.Add) == 0:
		return fmt.Sprintf("Remove the flags %s from %s", flagList(q.Remove), of)
	case len(q.Remove) > 0:
		return fmt.Sprintf("Add the flags %s to %s, and remove %s", flagList(q.Add), of, flagList(q.Remove))
	}
	return fmt.Sprintf("Add the flags %s to %s", flagList(q.Add), of)
}

// flagList names flags, a few of them. Each is quoted, for keywords are words of
// the caller's choice and could read as a sentence.
func flagList(lists ...[]string) string {
	var names []string
	for _, f := range slices.Concat(lists...) {
		names = append(names, fmt.Sprintf("“%s”", f))
	}
	const most = 5
	if len(names) > most {
		names = append(names[:most], fmt.Sprintf("%d more", len(names)-most))
	}
	return strings.Join(names, ", ")
}

func (in *updateMessageFlagsInput) touches(ctx context.Context, s *server) (guard.Touch, error) {
	ids, err := s.messageIDs(ctx, in.MessageIDs)
	t := touching(ids...)
	if err != nil {
		return t, err
	}
	in.q, err = in.query()
	in.q.IDs = ids
	in.deletes = slices.ContainsFunc(slices.Concat(in.q.Add, in.q.Replace), func(f string) bool { return strings.EqualFold(f, `\Deleted`) })
	t.Writes, t.Removes, t.DryRun = []string{t.Account}, in.deletes, isTrue(in.DryRun)
	return t, err
}

// flagWords are what people call flags. Some say that one is not there.
var flagWords = map[string]struct {
	flag string
	off  bool
}{
	"seen": {`\Seen`, false}, "read": {`\Seen`, false}, "unseen": {`\Seen`, true}, "unread": {`\Seen`, true},
	"flagged": {`\Flagged`, false}, "starred": {`\Flagged`, false}, "unflagged": {`\Flagged`, true}, "unstarred": {`\Flagged`, true},
	"answered": {`\Answered`, false}, "replied": {`\Answered`, false}, "unanswered": {`\Answered`, true},
	"important": {"$Important", false}, "unimportant": {"$Important", true}, // the keyword of RFC 8457
	"draft": {`\Draft`, false}, "deleted": {`\Deleted`, false}, "undeleted": {`\Deleted`, true},
}

// query reads what is to be done: "add unread" removes \Seen.
func (in *updateMessageFlagsInput) query() (q change.FlagsQuery, err error) {
	var on, off []string
	for i, f := range value(in.Flags) {
		name := fmt.Sprintf("flags[%d]", i)
		word, known := flagWords[strings.ToLower(strings.TrimPrefix(f, `\`))]
		switch {
		case known && word.off && value(in.Operation) == "replace":
			return q, contract.Errorf(contract.InvalidInput, "%s: %s goes with add and remove only; with replace leave it out", name, strings.TrimPrefix(word.flag, `\`))
		case known && word.off:
			off = append(off, word.flag)
		case known:
			on = append(on, word.flag)
		default:
			if err := contract.CheckFlag(name, f); err != nil {
				return q, err
			}
			if !strings.HasPrefix(f, "$") { // as servers' own keywords do, which were taken here before
				return q, contract.Errorf(contract.InvalidInput, "%s is no flag that is known; put keywords into keywords", name)
			}
			on = append(on, f)
		}
	}
	on = argument.Unique(append(on, value(in.Keywords)...))
	switch {
	case len(on)+len(off) == 0:
		err = contract.Errorf(contract.InvalidInput, `flags is missing; give 1 to %d flags, for example ["read"], or keywords`, contract.MaxFlags)
	case in.Operation == nil:
		err = contract.Errorf(contract.InvalidInput, "operation is missing; it must be add, remove or replace")
	case *in.Operation == "add":
		q.Add, q.Remove = on, off
	case *in.Operation == "remove":
		q.Add, q.Remove = off, on
	default:
		q.Replace = on // not nil, for something is on
	}
	return q, err
}

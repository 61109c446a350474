package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"mail-imap-mcp/internal/audit"
)

// newsletters are the letters in the inbox that the scenes archive.
func (s *stage) newsletters(ctx context.Context) (searchAnswer, error) {
	var found searchAnswer
	err := s.ask(ctx, "imap_search_messages", map[string]any{"mailbox": inbox, "from": tideTable.address}, &found)
	if err == nil && (len(found.Messages) < 2 || found.HasMore) {
		err = fmt.Errorf("demo: %d newsletters are in the inbox", len(found.Messages))
	}
	return found, err
}

// archive is the change of the scenes, as a tool's arguments.
func (s *stage) archive() map[string]any {
	var ids []string
	for _, m := range s.letters.Messages {
		ids = append(ids, m.ID)
	}
	return map[string]any{"message_ids": ids, "action": "archive"}
}

// change asks for a change of mail. A slow one is answered while it is under
// way, and asked for until it is over.
func (s *stage) change(ctx context.Context, tool string, arguments map[string]any, answer *changeAnswer) error {
	err := s.ask(ctx, tool, arguments, answer)
	for err == nil && answer.Progress != nil && !answer.Progress.Done {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pollEvery):
		}
		err = s.ask(ctx, "imap_get_operation", map[string]any{"operation_id": answer.Operation}, answer)
	}
	return err
}

// pollEvery is seldom enough not to fill the screen.
const pollEvery = 500 * time.Millisecond

// playRefused tries to change mail with a server that only reads, as a server
// does where nobody said otherwise, and goes on with one that may.
func playRefused(ctx context.Context, s *stage) (err error) {
	if s.letters, err = s.newsletters(ctx); err != nil {
		return err
	}
	s.fact("%s found", plural(len(s.letters.Messages), "issue"))
	if err := s.askInVain(ctx, "imap_apply_to_messages", s.archive(), "permission_denied"); err != nil {
		return err
	}
	if err := s.leave(); err != nil {
		return err
	}
	return s.enter(ctx, true)
}

// playArchive asks what would happen, has it happen, and looks it up.
func playArchive(ctx context.Context, s *stage) error {
	try := s.archive()
	try["dry_run"] = true
	var would, did changeAnswer
	if err := s.ask(ctx, "imap_apply_to_messages", try, &would); err != nil {
		return err
	}
	for _, m := range would.Result.Messages {
		s.fact("%s: would go to %s", s.subject(m.ID), would.Destination)
	}
	if would.Result.Counts.Done != 0 || len(would.Result.Messages) != len(s.letters.Messages) {
		return fmt.Errorf("demo: the dry run answered %+v", would)
	}
	if err := s.change(ctx, "imap_apply_to_messages", s.archive(), &did); err != nil {
		return err
	}
	if did.Result.Counts.Done != len(s.letters.Messages) {
		return fmt.Errorf("demo: the archiving answered %+v", did)
	}
	s.archived = did.Operation
	s.fact("%s: %s now in %s", did.Operation, plural(did.Result.Counts.Done, "message"), would.Destination)
	return s.audited(ctx, did.Operation)
}

// subject is that of a letter.
func (s *stage) subject(id string) string {
	i := slices.IndexFunc(s.letters.Messages, func(m summary) bool { return m.ID == id })
	if i < 0 {
		return id
	}
	return s.letters.Messages[i].Subject
}

// audited shows what the audit says of an operation: what was meant, written
// before anything was changed, and what came of it.
func (s *stage) audited(ctx context.Context, operation string) error {
	var events []string
	_, err := audit.Show(ctx, s.mail.auditFile(), audit.Filter{Operation: operation}, func(l audit.Line) error {
		said := l.Event
		if l.Outcome != "" {
			said += " " + l.Outcome
		}
		if said += ", " + plural(max(len(l.IDs), l.Counts["done"]), "message"); l.Event == "intent" {
			said += " from " + l.Mailbox
		}
		events = append(events, l.Event)
		s.fact("audit line %d: %s", l.Seq, said)
		return nil
	})
	if err != nil {
		return fmt.Errorf("demo: audit: %w", err)
	}
	if !slices.Equal(events, []string{"intent", "outcome"}) {
		return fmt.Errorf("demo: the audit of %s has %q", operation, events)
	}
	return s.verified(ctx)
}

// verified shows that the audit is what was written.
func (s *stage) verified(ctx context.Context) error {
	key, err := s.mail.key()
	if err != nil {
		return err
	}
	report, err := audit.Verify(ctx, s.mail.auditFile(), key)
	if err != nil {
		return fmt.Errorf("demo: audit: %w", err)
	}
	if !report.Intact() {
		return fmt.Errorf("demo: the audit is not intact: %s", report.Findings[0])
	}
	s.fact("the chain of %d lines is intact: none was changed, added or left out", report.Lines)
	return nil
}

// playUndo takes the change back, and compares.
func playUndo(ctx context.Context, s *stage) error {
	var undone changeAnswer
	if err := s.change(ctx, "imap_undo_operation", map[string]any{"operation_id": s.archived}, &undone); err != nil {
		return err
	}
	now, err := s.newsletters(ctx)
	if err != nil {
		return err
	}
	if !slices.EqualFunc(s.letters.Messages, now.Messages, summary.same) {
		return fmt.Errorf("demo: the inbox had %+v and has %+v", s.letters.Messages, now.Messages)
	}
	unread := 0
	for _, m := range now.Messages {
		if !slices.Contains(m.Flags, seen) {
			unread++
		}
	}
	s.fact("%s back in %s, %d of them unread: all is as before", plural(undone.Result.Counts.Done, "message"), inbox, unread)
	s.letters = now // under new ids
	return nil
}

// same reports whether m is n, wherever it lies.
func (m summary) same(n summary) bool {
	return m.Mailbox == n.Mailbox && m.Subject == n.Subject && m.Date.Equal(n.Date) && m.Size == n.Size && slices.Equal(m.Flags, n.Flags)
}

// playForGood tries what cannot be undone.
func playForGood(ctx context.Context, s *stage) error {
	forGood := s.archive()
	forGood["action"], forGood["permanent"] = "delete", true
	return s.askInVain(ctx, "imap_apply_to_messages", forGood, "permission_denied")
}

// playDraft answers a mail, as far as that is done here.
func playDraft(ctx context.Context, s *stage) error {
	id, err := s.find(ctx, map[string]any{"subject": "Invitation: Walk", "mailbox": inbox})
	if err != nil {
		return err
	}
	var saved changeAnswer
	err = s.change(ctx, "imap_save_draft", map[string]any{"reply_to_message_id": id, "body": "I come, with the old drawings."}, &saved)
	if err != nil {
		return err
	}
	if !saved.Saved && saved.Result.Counts.Done != 1 {
		return fmt.Errorf("demo: the draft was answered with %+v", saved)
	}
	if len(saved.Draft.To) > 0 { // not told again where it had to be asked for
		s.fact("to %s", strings.Join(saved.Draft.To, ", "))
	}
	s.fact("saved in %s, not sent: no tool here sends mail, that is left to you", drafts)
	return nil
}

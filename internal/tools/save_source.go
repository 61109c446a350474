package tools

import (
	"context"
	"fmt"
	"strings"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/mailbox"
	"mail-imap-mcp/internal/message"
	"mail-imap-mcp/internal/thread"
)

const (
	saveConversation = "conversation"

	// maxSavedBytes is what one call saves of a conversation: after that no further
	// message is begun. One message has at most 60 MB.
	maxSavedBytes = 200 << 20
)

// savedSource is a message that was saved as a file.
type savedSource struct {
	MessageID string `json:"message_id" own:"words"`
	Path      string `json:"path" own:"words"`
	SizeBytes int64  `json:"size_bytes"`
}

// saveSources saves a message, or each message of its conversation, as .eml files.
func (s *server) saveSources(ctx context.Context, id contract.MessageID, conversation bool) (answer, error) {
	d := newRawData(mailbox.RawQuery{ID: id}, &mailbox.RawResult{}, outcome{})
	ids, issues := []contract.MessageID{id}, []contract.Issue{}
	if conversation {
		// Its texts are not wanted: one character is the least that can be asked for.
		r, err := s.Threads.Thread(ctx, thread.Query{ID: id, Limit: contract.MaxLimit, MaxChars: 1})
		if err != nil {
			return s.noSource(d, err)
		}
		issues, ids = append(issues, r.Issues...), ids[:0]
		for _, m := range r.Messages {
			ids = append(ids, m.ID)
		}
		if more := r.Earlier + r.Later; more > 0 {
			issues = append(issues, contract.Issue{Code: contract.InvalidInput, Stage: stageSave, Message: fmt.Sprintf("the conversation has %s more than the %d that one call saves; save them one by one", contract.Plural(more, "message"), contract.MaxLimit)})
		}
	}
	for i, one := range ids {
		if ctx.Err() != nil || d.TotalSizeBytes >= maxSavedBytes {
			issues = append(issues, contract.Issue{Code: contract.InvalidInput, Stage: stageSave, Message: fmt.Sprintf("%s of the conversation not saved, for one call saves %d MB and has its time; save them one by one", contract.Plural(len(ids)-i, "message"), maxSavedBytes>>20)})
			break
		}
		saved, err := s.saveSource(ctx, one)
		switch {
		case err != nil && !conversation:
			return s.noSource(d, err)
		case err != nil:
			issues = append(issues, saveIssue(one, err))
		default:
			d.Saved, d.TotalSizeBytes = append(d.Saved, saved), d.TotalSizeBytes+saved.SizeBytes
		}
	}
	d.outcome = newOutcome(issues, len(d.Saved) > 0, contract.NextAction{Instruction: "Tell the person where the files are, and that they are as their senders wrote them, not checked for anything harmful."})
	return answer{fmt.Sprintf("Saved %s, %d bytes", contract.Plural(len(d.Saved), "message"), d.TotalSizeBytes), d}, nil
}

const stageSave = "save"

// saveSource saves one message. A lockdown that withholds it is a refusal.
func (s *server) saveSource(ctx context.Context, id contract.MessageID) (saved savedSource, err error) {
	var o *mailbox.Opened
	var size int64
	file, err := s.saving(func(open func(message.Attachment) (mailbox.Sink, error)) (err error) {
		o, size, err = s.Mail.SaveSource(ctx, id, func(o *mailbox.Opened) (mailbox.Sink, error) {
			return open(message.Attachment{Filename: sourceName(o), ContentType: "message/rfc822"})
		})
		return err
	})
	switch {
	case err != nil:
		return saved, err
	case o.Withheld != "":
		return saved, contract.Errorf(contract.PermissionDenied, "message %s is not saved: %s", id, o.Withheld)
	}
	return savedSource{MessageID: id.String(), Path: file.Path(), SizeBytes: size}, nil
}

// sourceName is a file's name of which nothing is a sender's words, for answers
// say it as ours: the day, the mailbox and the number of the message there.
func sourceName(o *mailbox.Opened) string {
	box := strings.NewReplacer("/", "-", `\`, "-").Replace(o.ID.Mailbox)
	if r := []rune(box); len(r) > maxNameOfBox {
		box = string(r[:maxNameOfBox])
	}
	return fmt.Sprintf("%s %s %d.eml", o.Date.UTC().Format("2006-01-02"), box, o.ID.UID)
}

// maxNameOfBox is how much of a mailbox's name is in that of a file, in characters.
const maxNameOfBox = 20

// saveIssue is why one message of a conversation was not saved.
func saveIssue(id contract.MessageID, err error) contract.Issue {
	is := imapconn.AsIssue(stageSave, err)
	is.Stage, is.MessageID = stageSave, id.String()
	return is
}

// noSource is the answer when nothing was saved.
func (s *server) noSource(d getMessageRawData, err error) (answer, error) {
	summary, o, err := failure(d.AccountID, err)
	d.outcome = o
	return answer{summary, d}, err
}

package tools

import (
	"context"
	"fmt"
	"net/mail"

	"github.com/google/jsonschema-go/jsonschema"

	"mail-imap-mcp/internal/change"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/draft"
	"mail-imap-mcp/internal/guard"
	"mail-imap-mcp/internal/message"
	"mail-imap-mcp/internal/operation"
)

const nameSaveDraft = "imap_save_draft"

type saveDraftInput struct {
	AccountID *string       `json:"account_id,omitempty"`
	To        *[]string     `json:"to,omitempty" text:"address" items:"100" jsonschema:"beside those a reply goes to; Ann <ann@example.org>"`
	Cc        *[]string     `json:"cc,omitempty" text:"address" items:"100"`
	Bcc       *[]string     `json:"bcc,omitempty" text:"address" items:"100"`
	Subject   *string       `json:"subject,omitempty" text:"subject" jsonschema:"default of a reply or forward: Re: or Fwd: and the original's"`
	Body      *string       `json:"body,omitempty" text:"body" jsonschema:"Markdown or plain; what is answered or forwarded is put below"`
	ReplyTo   *string       `json:"reply_to_message_id,omitempty" text:"id"`
	ReplyAll  *bool         `json:"reply_all,omitempty"`
	Forward   *string       `json:"forward_message_id,omitempty" text:"id" jsonschema:"its attachments come along"`
	Attach    *[]attachPart `json:"attach,omitempty" items:"20"`
	Replaces  *string       `json:"replaces_message_id,omitempty" text:"id" jsonschema:"an older draft, moved to Trash once this one is saved"`
	DryRun    *bool         `json:"dry_run,omitempty"`
	Token     *string       `json:"confirm_token,omitempty" jsonschema:"only once the person has agreed"`

	q draft.Query
}

// attachPart is what is attached: a part of a message, or a file of the owner's.
type attachPart struct {
	MessageID *string `json:"message_id,omitempty" text:"id"`
	PartID    *string `json:"part_id,omitempty"`
	File      *string `json:"file,omitempty" jsonschema:"instead: a file the person put into the folder of attachments"`
}

type saveDraftData struct {
	outcome
	AccountID   string         `json:"account_id" own:"words"`
	Mailbox     string         `json:"mailbox" server:"name"`
	MessageID   string         `json:"message_id,omitempty" own:"words"`
	OperationID string         `json:"operation_id,omitempty" own:"words"`
	Replaced    *changedData   `json:"replaced,omitempty" jsonschema:"what became of the older draft"`
	DryRun      bool           `json:"dry_run"`
	Saved       bool           `json:"saved"`
	Draft       draftData      `json:"draft"`
	Operation   *operationData `json:"operation,omitempty" jsonschema:"of a draft that is still being saved"`
	consentData
}

// draftData is a draft as it was, or would be, saved.
type draftData struct {
	From        string          `json:"from" own:"words"`
	To          []string        `json:"to" mail:"line"`
	Cc          []string        `json:"cc" mail:"line"`
	Bcc         []string        `json:"bcc" own:"words"`
	Subject     string          `json:"subject" mail:"line"`
	SizeBytes   int64           `json:"size_bytes"`
	Quoted      bool            `json:"quotes_original"`
	HTML        bool            `json:"has_html"`
	Attachments []draftFileData `json:"attachments"`
}

type draftFileData struct {
	Filename    string `json:"filename" mail:"line"`
	ContentType string `json:"content_type" mail:"line"`
	SizeBytes   int64  `json:"size_bytes"`
}

// saveDraft is the tool; with files it can attach some of the owner's too.
func saveDraft(files bool) Definition {
	var shape func(in, out *jsonschema.Schema)
	if !files {
		shape = func(in, _ *jsonschema.Schema) {
			part := in.Properties["attach"].Items
			leaveOut(part, "file")
			part.Required = []string{"message_id", "part_id"}
		}
	}
	return define[saveDraftInput, saveDraftData](spec[saveDraftInput]{
		name:        nameSaveDraft,
		title:       "Save a draft",
		description: "Write a mail, reply or forward into Drafts, for the person to send: it is never sent from here. A reply quotes the original and goes to its author, with reply_all to everyone. dry_run checks and shows it.",
		class:       guard.Write,
		set:         setDrafts,
		shape:       shape,
		example:     `{"reply_to_message_id": "imap:default:INBOX:1700000000:42", "body": "Thank you, that suits me."}`,
		labels:      labels{origin: originSender},
		change:      runSaveDraft,
	})
}

func runSaveDraft(ctx context.Context, inv *invocation, in *saveDraftInput) (answer, error) {
	q := in.q
	p, err := inv.Drafts.Prepare(ctx, q)
	if err != nil {
		return noDraft(q, err)
	}
	out := make(chan runResult[draft.Saved], 1)
	var result runResult[draft.Saved] // for what goes on after the draft
	w := write{
		what: fmt.Sprintf("Save a draft in %q", p.Mailbox), messages: 1, token: in.Token, to: p.Mailbox,
		particulars: func(context.Context, bool) (particulars, error) { return draftParticulars(p), nil },
		works: []operation.Work{{
			Kind: kindDraft, Account: q.Account,
			Run: func(ctx context.Context, _ int, witness change.Witness) []change.Outcome {
				var r runResult[draft.Saved]
				if r.err = witness(change.Evidence{}); r.err == nil {
					r.value, r.err = inv.Drafts.Save(ctx, p)
				}
				result = r
				out <- r
				return draftOutcome(r.value, r.err)
			},
		}},
	}
	if q.Replaces != nil {
		if err := inv.replacing(ctx, &w, *q.Replaces, &result); err != nil {
			return noDraft(q, err)
		}
	}
	if isTrue(in.DryRun) {
		return inv.wouldSave(ctx, p, w)
	}
	s, err := inv.carryOut(ctx, w)
	switch {
	case err != nil:
		return answer{}, err
	case !s.Done:
		s.ID = w.works[len(w.works)-1].ID // the one that ends last
		return savingDraft(p, s), nil
	}
	saved, err := resultOf(out, s)
	if err != nil {
		return noDraft(q, err)
	}
	a := didSave(p, saved, s.ID)
	if q.Replaces != nil {
		return withReplaced(a, w.works[1].ID, s.Messages[1]), nil
	}
	return a, nil
}

// draftOutcome is a draft as an operation's one message.
func draftOutcome(saved *draft.Saved, err error) []change.Outcome {
	switch {
	case err == nil && saved.ID != nil:
		return []change.Outcome{{ID: *saved.ID, Status: change.Done, NewID: saved.ID}}
	case err == nil:
		return []change.Outcome{{Status: change.Done}}
	}
	return []change.Outcome{failedOutcome(err)}
}

func (in *saveDraftInput) touches(ctx context.Context, s *server) (guard.Touch, error) {
	var err error
	in.q, err = in.query(ctx, s)
	var sources []contract.MessageID
	for _, id := range []*contract.MessageID{in.q.ReplyTo, in.q.Forward, in.q.Replaces} {
		if id != nil {
			sources = append(sources, *id)
		}
	}
	for _, part := range in.q.Attach {
		sources = append(sources, part.ID)
	}
	t := touching(sources...)
	t.DryRun = isTrue(in.DryRun)
	if t.Account = in.q.Account; t.Account != "" {
		t.Writes = []string{t.Account}
	}
	return t, err
}

// query reads the arguments; the mailbox service checks the draft's own bounds.
func (in *saveDraftInput) query(ctx context.Context, s *server) (q draft.Query, err error) {
	for _, id := range []struct {
		arg   string
		given *string
		to    **contract.MessageID
	}{{"replaces_message_id", in.Replaces, &q.Replaces}, {"reply_to_message_id", in.ReplyTo, &q.ReplyTo}, {"forward_message_id", in.Forward, &q.Forward}} {
		if id.given == nil {
			continue
		}
		parsed, err := s.messageID(ctx, id.arg, id.given)
		if err != nil {
			return q, err
		}
		*id.to = &parsed
		q.Account = parsed.Account // a mail is answered from where it came
	}
	if in.AccountID != nil || q.Account == "" {
		if q.Account, err = s.account(in.AccountID); err != nil {
			return q, err
		}
	}
	q.To, q.Cc, q.Bcc = value(in.To), value(in.Cc), value(in.Bcc)
	q.Subject, q.Body, q.ReplyAll = value(in.Subject), value(in.Body), isTrue(in.ReplyAll)
	return q, in.attachments(ctx, s, &q)
}

// attachments reads what is attached.
func (in *saveDraftInput) attachments(ctx context.Context, s *server, q *draft.Query) error {
	if s.files != nil {
		q.Folder = s.files
	}
	for i, a := range value(in.Attach) {
		var ref draft.PartRef
		var err error
		switch {
		case a.File != nil && (a.MessageID != nil || a.PartID != nil):
			return contract.Errorf(contract.InvalidInput, "attach[%d] has a file and a part of a message; give each an entry of its own", i)
		case a.File != nil && s.files == nil:
			return contract.Errorf(contract.PermissionDenied, "no file may be attached here; the owner of this server can allow it by setting MAIL_IMAP_ATTACH_DIR")
		case a.File != nil:
			q.Files = append(q.Files, *a.File)
			continue
		case a.MessageID == nil || a.PartID == nil:
			return contract.Errorf(contract.InvalidInput, "attach[%d] must have message_id and part_id; %s lists attachments with theirs", i, nameGetMessage)
		}
		if ref.ID, err = s.messageID(ctx, fmt.Sprintf("attach[%d].message_id", i), a.MessageID); err != nil {
			return err
		}
		ref.PartID = *a.PartID
		q.Attach = append(q.Attach, ref)
	}
	return nil
}

// noDraft is the answer when nothing was saved, as far as is known.
func noDraft(q draft.Query, err error) (answer, error) {
	summary, o, err := failure(q.Account, err)
	d := newSaveDraftData(&draft.Prepared{Account: q.Account})
	d.outcome, d.Draft.From = o, ""
	return answer{summary, d}, err
}

// wouldSave is the answer to a dry run.
func (inv *invocation) wouldSave(ctx context.Context, p *draft.Prepared, w write) (answer, error) {
	consent, next, err := inv.offer(ctx, w, "Nothing was saved. Show the person whom the draft goes to and what is attached; without dry_run it is saved.")
	if err != nil {
		return answer{}, err
	}
	d := newSaveDraftData(p)
	d.DryRun, d.consentData = true, consent
	d.outcome = newOutcome(p.Issues, true, contract.NextAction{Instruction: next})
	summary := "Would save a draft " + describeDraft(p)
	if len(w.works) > 1 {
		summary += ", and move the one it replaces to Trash"
	}
	return answer{summary, d}, nil
}

// didSave is the answer when the draft is in its mailbox.
func didSave(p *draft.Prepared, saved *draft.Saved, operation string) answer {
	d := newSaveDraftData(p)
	d.Saved, d.OperationID = true, operation
	if saved.ID != nil {
		d.MessageID = saved.ID.String()
	}
	issues := append(append([]contract.Issue{}, p.Issues...), saved.Issues...)
	d.outcome = newOutcome(issues, true, contract.NextAction{Instruction: "Tell the person that the draft is in their Drafts, not sent, and whom it is addressed to; they send it from their mail program."})
	return answer{"Saved a draft " + describeDraft(p) + "; it is not sent", d}
}

// savingDraft is the answer while the draft is under way.
func savingDraft(p *draft.Prepared, s operation.Snapshot) answer {
	d := newSaveDraftData(p)
	d.outcome, d.OperationID, d.Operation = underWay(s), s.ID, newOperationData(s)
	return answer{"Under way: saving a draft " + describeDraft(p), d}
}

// describeDraft is a draft in a few words, none of them a sender's.
func describeDraft(p *draft.Prepared) string {
	with := ""
	if n := len(p.Attachments); n > 0 {
		with = " with " + contract.Plural(n, "attachment")
	}
	return fmt.Sprintf("to %s%s, %d bytes", contract.Plural(len(p.To)+len(p.Cc)+len(p.Bcc), "address"), with, p.Size)
}

func newSaveDraftData(p *draft.Prepared) saveDraftData {
	d := saveDraftData{AccountID: p.Account, Mailbox: p.Mailbox, Draft: draftData{
		From: p.From.Address, To: addressLines(p.To), Cc: addressLines(p.Cc), Bcc: addressLines(p.Bcc),
		Subject: p.Subject, SizeBytes: p.Size, Quoted: p.Quoted, HTML: p.HTML, Attachments: []draftFileData{},
	}}
	for _, f := range p.Attachments {
		d.Draft.Attachments = append(d.Draft.Attachments, draftFileData{f.Filename, f.ContentType, f.Size})
	}
	return d
}

func addressLines(list []mail.Address) []string {
	lines := []string{}
	for _, a := range list {
		lines = append(lines, message.Address{Name: a.Name, Address: a.Address}.String())
	}
	return lines
}

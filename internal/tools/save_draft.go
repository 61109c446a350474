package tools

import (
	"context"
	"fmt"
	"net/mail"
	"slices"

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
	To        *[]string     `json:"to,omitempty" jsonschema:"beside those a reply goes to; Ann <ann@example.org>"`
	Cc        *[]string     `json:"cc,omitempty"`
	Bcc       *[]string     `json:"bcc,omitempty"`
	Subject   *string       `json:"subject,omitempty" jsonschema:"default of a reply or forward: Re: or Fwd: and the original's"`
	Body      *string       `json:"body,omitempty" jsonschema:"Markdown or plain; what is answered or forwarded is put below"`
	ReplyTo   *string       `json:"reply_to_message_id,omitempty"`
	ReplyAll  *bool         `json:"reply_all,omitempty"`
	Forward   *string       `json:"forward_message_id,omitempty" jsonschema:"its attachments come along"`
	Attach    *[]attachPart `json:"attach,omitempty"`
	DryRun    *bool         `json:"dry_run,omitempty"`
	Token     *string       `json:"confirm_token,omitempty" jsonschema:"only once the person has agreed"`
}

// attachPart is a part of a message that is attached.
type attachPart struct {
	MessageID *string `json:"message_id"`
	PartID    *string `json:"part_id"`
}

type saveDraftData struct {
	outcome
	AccountID   string         `json:"account_id"`
	Mailbox     string         `json:"mailbox"`
	MessageID   string         `json:"message_id,omitempty"`
	OperationID string         `json:"operation_id,omitempty"`
	DryRun      bool           `json:"dry_run"`
	Saved       bool           `json:"saved"`
	Draft       draftData      `json:"draft"`
	Operation   *operationData `json:"operation,omitempty" jsonschema:"of a draft that is still being saved"`
	consentData
}

// draftData is a draft as it was, or would be, saved.
type draftData struct {
	From        string          `json:"from"`
	To          []string        `json:"to"`
	Cc          []string        `json:"cc"`
	Bcc         []string        `json:"bcc"`
	Subject     string          `json:"subject"`
	SizeBytes   int64           `json:"size_bytes"`
	Quoted      bool            `json:"quotes_original"`
	HTML        bool            `json:"has_html"`
	Attachments []draftFileData `json:"attachments"`
}

type draftFileData struct {
	Filename    string `json:"filename"`
	ContentType string `json:"content_type"`
	SizeBytes   int64  `json:"size_bytes"`
}

// The texts are not repeated; what is left of the original are header lines.
func (d saveDraftData) fenced(f fence) any {
	d.consentData = d.consentData.fenced(f)
	d.Draft.Subject = f.long(d.Draft.Subject)
	d.Draft.To, d.Draft.Cc = f.lines(d.Draft.To), f.lines(d.Draft.Cc)
	d.Draft.Attachments, d.Issues = slices.Clone(d.Draft.Attachments), slices.Clone(d.Issues)
	for i := range d.Draft.Attachments {
		d.Draft.Attachments[i].Filename = f.long(d.Draft.Attachments[i].Filename)
	}
	for i := range d.Issues {
		d.Issues[i].Message = f.long(d.Issues[i].Message)
	}
	return d
}

func saveDraft() Definition {
	address := chars(1, contract.MaxAddressBytes)
	return define[saveDraftInput, saveDraftData](spec[saveDraftInput]{
		name:        nameSaveDraft,
		title:       "Save a draft",
		description: "Write a mail, reply or forward into Drafts, for the person to send: it is never sent from here. A reply quotes the original and goes to its author, with reply_all to everyone. dry_run checks and shows it.",
		class:       guard.Write,
		set:         setDrafts,
		bounds: bounds{
			"to": atMost(contract.MaxRecipients, address), "cc": atMost(contract.MaxRecipients, address), "bcc": atMost(contract.MaxRecipients, address),
			"attach":  atMost(contract.MaxDraftAttachments, nil),
			"subject": chars(0, contract.MaxSubjectChars),
			"body":    chars(0, contract.MaxDraftBodyChars),
		},
		example: `{"reply_to_message_id": "imap:default:INBOX:1700000000:42", "body": "Thank you, that suits me."}`,
		labels: labels{originSender, []string{
			"data.draft.to", "data.draft.cc", "data.draft.subject", "data.draft.attachments[].filename", "data.draft.attachments[].content_type", "data.issues[].message",
		}},
		change: runSaveDraft,
	})
}

func runSaveDraft(ctx context.Context, inv *invocation, in *saveDraftInput) (answer, error) {
	q, err := in.query(inv.server)
	if err != nil {
		return answer{}, err
	}
	if err := inv.visit.MayWriteTo(ctx, q.Account); err != nil {
		return answer{}, err
	}
	p, err := inv.Drafts.Prepare(ctx, q)
	if err != nil {
		return noDraft(q, err)
	}
	out := make(chan handed[draft.Saved], 1)
	w := write{
		what: fmt.Sprintf("Save a draft in %q", p.Mailbox), messages: 1, token: in.Token, to: p.Mailbox,
		particulars: func(context.Context, bool) (particulars, error) { return draftParticulars(p), nil },
		works: []operation.Work{{
			Kind: kindDraft, Account: q.Account,
			Run: func(ctx context.Context, _ int, witness change.Witness) []change.Outcome {
				var h handed[draft.Saved]
				if h.err = witness(change.Evidence{}); h.err == nil {
					h.made, h.err = inv.Drafts.Save(ctx, p)
				}
				out <- h
				return draftOutcome(h.made, h.err)
			},
		}},
	}
	if isTrue(in.DryRun) {
		return inv.wouldSave(ctx, p, w)
	}
	s, err := inv.carryOut(ctx, w)
	switch {
	case err != nil:
		return answer{}, err
	case !s.Done:
		return savingDraft(p, s), nil
	}
	saved, err := taken(out, s)
	if err != nil {
		return noDraft(q, err)
	}
	return didSave(p, saved, s.ID), nil
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

// query reads the arguments; the mailbox service checks the draft's own bounds.
func (in *saveDraftInput) query(s *server) (q draft.Query, err error) {
	for _, id := range []struct {
		arg   string
		given *string
		to    **contract.MessageID
	}{{"reply_to_message_id", in.ReplyTo, &q.ReplyTo}, {"forward_message_id", in.Forward, &q.Forward}} {
		if id.given == nil {
			continue
		}
		parsed, err := contract.ParseMessageID(*id.given)
		if err != nil {
			return q, contract.Errorf(contract.InvalidInput, "%s: %w", id.arg, err)
		}
		*id.to = &parsed
		q.Account = parsed.Account // a mail is answered from where it came
	}
	if in.AccountID != nil || q.Account == "" {
		if q.Account, err = s.account(in.AccountID); err != nil {
			return q, err
		}
	}
	q.To, q.Cc, q.Bcc = given(in.To), given(in.Cc), given(in.Bcc)
	if in.Subject != nil {
		q.Subject = *in.Subject
	}
	if in.Body != nil {
		q.Body = *in.Body
	}
	q.ReplyAll = in.ReplyAll != nil && *in.ReplyAll
	q.Attach, err = in.parts()
	return q, err
}

func given[T any](list *[]T) []T {
	if list == nil {
		return nil
	}
	return *list
}

// parts are what is attached.
func (in *saveDraftInput) parts() (list []draft.PartRef, err error) {
	for i, a := range given(in.Attach) {
		var ref draft.PartRef
		if a.MessageID == nil || a.PartID == nil {
			return nil, contract.Errorf(contract.InvalidInput, "attach[%d] must have message_id and part_id; %s lists attachments with theirs", i, nameGetMessage)
		}
		if ref.ID, err = contract.ParseMessageID(*a.MessageID); err != nil {
			return nil, contract.Errorf(contract.InvalidInput, "attach[%d].message_id: %w", i, err)
		}
		ref.PartID = *a.PartID
		list = append(list, ref)
	}
	return list, nil
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
	return answer{"Would save a draft " + describeDraft(p), d}, nil
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

package draft

import (
	"cmp"
	"context"
	"fmt"
	"net/mail"
	"strings"

	"mail-imap-mcp/internal/compose"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/people"
)

// File is an attachment of a draft.
type File struct {
	Filename    string
	ContentType string
	Size        int64 // bytes, decoded
	Local       bool  // one of the owner's files, not of a message
}

// Prepared is a draft that is built and checked, and not saved yet. With
// its attachments it takes up to 25 MB of memory.
type Prepared struct {
	Account, Mailbox string // where it will be saved
	From             mail.Address
	To, Cc, Bcc      []mail.Address
	Subject          string
	MessageIDHeader  string // without angle brackets; no other message has it
	Size             int64  // bytes of its source
	HTML             bool   // it has an HTML form beside the plain one
	Quoted           bool   // it holds the original's text
	Attachments      []File
	Issues           []contract.Issue

	message *compose.Message
}

// Saved is a draft that is in the Drafts mailbox.
type Saved struct {
	ID     *contract.MessageID // nil: it is there, but could not be found again
	Issues []contract.Issue
}

// Prepare builds a draft: it reads what is answered, forwarded or attached,
// and finds the Drafts mailbox. It changes nothing. A message costs two flights
// and its text one, its attachments another; where an account is locked down,
// see people.Service.Withhold. What lockdown withholds is neither quoted nor passed on.
func (s *Service) Prepare(ctx context.Context, q Query) (*Prepared, error) {
	named, err := q.check()
	if err != nil {
		return nil, err
	}
	pool, err := s.accounts.Find(q.Account)
	if err != nil {
		return nil, err
	}
	p := &Prepared{Account: pool.Account().ID, Issues: []contract.Issue{}}
	own, err := ownAddresses(pool)
	if err != nil {
		return nil, err
	}
	if p.Mailbox, err = s.people.SpecialBox(ctx, pool, people.UseDrafts); err != nil {
		s.people.ForgetPlaces(pool) // it may be created now
		return nil, imapconn.Classify(stageDraft, err)
	}
	if q.Replaces != nil {
		if err := s.checkReplaced(ctx, pool, *q.Replaces, p.Mailbox); err != nil {
			return nil, err
		}
	}
	room := int64(contract.MaxDraftFileBytes)
	files, err := q.readFiles(&room)
	if err != nil {
		return nil, err
	}
	sources, err := s.draftSources(ctx, q, room)
	if err != nil {
		return nil, err
	}
	p.From = mail.Address{Name: pool.Account().Name, Address: own[0]}
	if q.ReplyTo != nil {
		p.From.Address = cmp.Or(compose.WrittenTo(sources[*q.ReplyTo].original(), own), own[0])
	}
	d := compose.Draft{From: p.From, Subject: q.Subject, Body: q.Body, Date: s.now()}
	d.MessageID = compose.NewMessageID(d.From.Address[strings.LastIndexByte(d.From.Address, '@')+1:])
	p.address(q, &d, sources, named, own)
	p.attach(q, &d, sources, files)
	if p.message, err = compose.Build(d); err != nil {
		return nil, contract.Errorf(contract.InvalidInput, "the draft cannot be built: %w", err)
	}
	p.To, p.Cc, p.Bcc, p.Subject = d.To, d.Cc, d.Bcc, d.Subject
	p.MessageIDHeader, p.Size, p.HTML = d.MessageID, p.message.Size(), p.message.HasHTML()
	return p, nil
}

// address fills in whom the draft goes to, what it is about, and the original.
func (p *Prepared) address(q Query, d *compose.Draft, sources map[contract.MessageID]*draftSource, named compose.Recipients, own []string) {
	r := compose.Recipients{}
	switch {
	case q.ReplyTo != nil:
		from := sources[*q.ReplyTo]
		o := from.original()
		r = compose.Reply(o, own, q.ReplyAll)
		d.InReplyTo, d.References = o.Thread()
		if d.Subject == "" {
			d.Subject = compose.ReplySubject(o.Subject)
		}
		if from.withheld == "" {
			d.Quote = compose.ReplyQuote(o)
		} else {
			p.note(contract.PermissionDenied, "the original is not quoted, and its subject not used: "+from.withheld)
		}
		if len(r.To)+len(named.To) == 0 {
			p.note(contract.InvalidInput, "the original names nobody a reply could go to; the draft has no recipient")
		}
	case q.Forward != nil:
		o := sources[*q.Forward].original()
		d.Quote = compose.ForwardQuote(o)
		_, d.References = o.Thread()
		if d.Subject == "" {
			d.Subject = compose.ForwardSubject(o.Subject)
		}
	}
	p.Quoted = d.Quote != nil
	if p.Quoted && d.Quote.Shortened {
		p.note(contract.InvalidInput, "the original is long: only its beginning is in the draft")
	}
	if r.Unusable > 0 {
		p.note(contract.InvalidInput, contract.Plural(r.Unusable, "address")+" of the original cannot be written to and left out")
	}
	r = r.With(named.To, named.Cc, named.Bcc)
	d.To, d.Cc, d.Bcc = r.To, r.Cc, r.Bcc
}

// attach fills in the attachments: what was asked for, the owner's files, then
// those of a forward.
func (p *Prepared) attach(q Query, d *compose.Draft, sources map[contract.MessageID]*draftSource, files []compose.Attachment) {
	seen := map[PartRef]bool{}
	add := func(ref PartRef, f *draftFile) {
		if f == nil || seen[PartRef{ref.ID, f.partID}] {
			return
		}
		seen[PartRef{ref.ID, f.partID}] = true
		d.Attachments = append(d.Attachments, f.Attachment)
		p.Attachments = append(p.Attachments, File{compose.Filename(f.Filename, f.ContentType), f.ContentType, f.Content.Size(), false})
	}
	for _, ref := range q.Attach {
		add(ref, sources[ref.ID].file(ref.PartID))
	}
	for _, f := range files {
		d.Attachments = append(d.Attachments, f)
		p.Attachments = append(p.Attachments, File{compose.Filename(f.Filename, f.ContentType), f.ContentType, f.Content.Size(), true})
	}
	if q.Forward == nil {
		return
	}
	from := sources[*q.Forward]
	for i := range from.files {
		add(PartRef{*q.Forward, from.files[i].partID}, &from.files[i])
	}
	if n := len(from.leftOut); n > 0 {
		p.note(contract.InvalidInput, fmt.Sprintf("%s of the original left out, for a draft takes %d MB and %d files: %s",
			contract.Plural(n, "attachment"), contract.MaxDraftFileBytes>>20, contract.MaxAttachments, strings.Join(from.leftOut[:min(n, maxLeftOut)], ", ")))
	}
}

// note adds an issue.
func (p *Prepared) note(code contract.Code, text string) {
	p.Issues = append(p.Issues, contract.Issue{Code: code, Stage: stageDraft, Message: text})
}

// ownAddresses are those of an account's owner, the main one first: where none is
// configured and the user's name is none, that at the host, as far as it can be
// written in an address.
func ownAddresses(pool *imapconn.Pool) ([]string, error) {
	a := pool.Account()
	if own := a.OwnAddresses(); len(own) > 0 {
		return own, nil
	}
	for _, address := range []string{a.User + "@" + a.Host, (&mail.Address{Address: a.User + "@" + a.Host}).String(), a.User + "@localhost"} {
		if own, err := compose.ParseAddress(address); err == nil {
			return []string{own.Address}, nil
		}
	}
	return nil, contract.Errorf(contract.InvalidInput, "of the user name of account %q no sender's address can be made; set %sADDRESSES", a.ID, a.EnvPrefix())
}

// check checks all that can be checked without a server, and reads the
// addresses.
func (q Query) check() (named compose.Recipients, err error) {
	switch {
	case q.ReplyTo != nil && q.Forward != nil:
		return named, contract.Errorf(contract.InvalidInput, "reply_to_message_id and forward_message_id exclude each other; give one")
	case q.ReplyAll && q.ReplyTo == nil:
		return named, contract.Errorf(contract.InvalidInput, "reply_all needs reply_to_message_id")
	case q.Replaces != nil && !strings.EqualFold(q.Replaces.Account, q.Account):
		return named, contract.Errorf(contract.InvalidInput, "replaces_message_id is of account %q and the draft of %q; a draft is replaced in its own account", q.Replaces.Account, q.Account)
	case len(q.Attach)+len(q.Files) > contract.MaxDraftAttachments:
		return named, contract.Errorf(contract.InvalidInput, "attach has %d parts and files; at most %d are allowed", len(q.Attach)+len(q.Files), contract.MaxDraftAttachments)
	}
	if err := contract.CheckSubject("subject", q.Subject); err != nil {
		return named, err
	}
	if err := contract.CheckDraftBody("body", q.Body); err != nil {
		return named, err
	}
	for _, ref := range q.Attach {
		if err := contract.CheckPart("attach.part_id", ref.PartID); err != nil {
			return named, err
		}
	}
	for _, list := range []struct {
		arg  string
		from []string
		to   *[]mail.Address
	}{{"to", q.To, &named.To}, {"cc", q.Cc, &named.Cc}, {"bcc", q.Bcc, &named.Bcc}} {
		if *list.to, err = readAddresses(list.arg, list.from); err != nil {
			return named, err
		}
	}
	return named, nil
}

func readAddresses(arg string, list []string) ([]mail.Address, error) {
	if len(list) > contract.MaxRecipients {
		return nil, contract.Errorf(contract.InvalidInput, "%s has %d addresses; at most %d are allowed", arg, len(list), contract.MaxRecipients)
	}
	var out []mail.Address
	for i, s := range list {
		a, err := compose.ParseAddress(s)
		if err != nil {
			return nil, contract.Errorf(contract.InvalidInput, "%s[%d] cannot be used: %w", arg, i, err)
		}
		out = append(out, a)
	}
	return out, nil
}

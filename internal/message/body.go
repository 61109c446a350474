package message

import "strings"

// maxForms is how many pieces of text are shown one below the other: mail with
// text between its pictures has three or four. Later ones are listed as
// attachments.
const maxForms = 8

// Form is one piece of a body in the forms it comes in; either may be nil.
type Form struct{ Text, HTML *Part }

// isBlank reports a text that says nothing. Some senders put one before the HTML.
func (f Form) isBlank() bool { return f.HTML == nil && (f.Text.blank || f.Text.Size == 0) }

// Body is what a person sees when opening a message.
type Body struct {
	// Forms are the pieces that are shown one below the other; mostly one, at
	// most 8.
	Forms []Form
	// Calendar is an invitation to be put in words, nil when there is none.
	Calendar *Part
	// Report is the machine's part of a multipart/report: delivery-status (RFC
	// 3464) or disposition-notification (RFC 8098); nil when there is none. See
	// ReportText.
	Report *Part
	// Encrypted and Signed name the protection in words ("PGP/MIME", "S/MIME"),
	// "" when there is none. Nothing is verified, and a signature may cover only
	// a piece of the message. For PGP inside a text see InlinePGP.
	Encrypted, Signed string
}

// Main is the first piece, which represents the message in a list, but for one
// so small that it may be blank when others follow: servers describe texts of a
// blank wrongly.
func (b Body) Main() Form {
	const doubtful = 4 // bytes: two line ends, or "ok"
	for _, f := range b.Forms {
		if f.HTML != nil || f.Text.Size > doubtful {
			return f
		}
	}
	if len(b.Forms) == 0 {
		return Form{}
	}
	return b.Forms[0]
}

// ChooseBody picks what a person would see when opening the message. In
// multipart/alternative both forms are kept (RFC 2046 §5.1.4); in related it is
// the root (RFC 2387), in signed the first part (RFC 1847); elsewhere it is all
// text that is neither a file nor blank. Messages inside it are attachments.
func ChooseBody(p *Part) Body { return choose(p).body }

// chooser walks a tree once and sorts its parts.
type chooser struct {
	body Body
	// silent parts are neither shown nor listed: a form that was not chosen, a
	// blank text, a control part.
	silent map[*Part]bool
	// invitation is one that came as a file only.
	invitation *Part
}

func choose(p *Part) *chooser {
	c := &chooser{silent: map[*Part]bool{}}
	if p == nil {
		return c
	}
	var blank []Form
	for _, f := range c.forms(p, true) {
		switch {
		case f.isBlank():
			blank = append(blank, f)
			c.silence(f)
		case len(c.body.Forms) < maxForms:
			c.body.Forms = append(c.body.Forms, f)
		case f.HTML != nil && f.Text != nil:
			c.silent[f.Text] = true // listed once, as HTML
		}
	}
	if len(c.body.Forms) == 0 {
		c.body.Forms = blank[:min(len(blank), 1)]
	}
	if c.body.Calendar == nil {
		c.body.Calendar = c.invitation
	}
	return c
}

func (c *chooser) silence(forms ...Form) {
	for _, f := range forms {
		for _, p := range []*Part{f.Text, f.HTML} {
			if p != nil && p.Filename == "" {
				c.silent[p] = true
			}
		}
	}
}

// forms are the pieces of text that the part shows. top is true for the
// message's own part.
func (c *chooser) forms(p *Part, top bool) []Form {
	switch {
	case p.isMultipart():
		if p.isAttachment() && !top {
			return nil
		}
		return c.multipart(p)
	case p.isReport():
		if c.body.Report == nil {
			c.body.Report = p
		}
		return nil
	case p.MediaType == "text/calendar":
		c.calendar(p)
		return nil
	case p.isSMIME():
		c.smime(p)
		return nil
	case p.isAttachment() && (!top || p.MediaType != "text/plain" || p.Filename != ""):
		return nil
	case p.MediaType == "text/html":
		return []Form{{HTML: p}}
	case p.MediaType == "text/plain" || p.isOtherText() || top && p.isUnknownText():
		return []Form{{Text: p}}
	}
	return nil
}

func (c *chooser) multipart(p *Part) []Form {
	switch p.MediaType {
	case "multipart/alternative":
		return c.alternative(p)
	case "multipart/related":
		return c.related(p)
	case "multipart/signed":
		return c.signed(p)
	case "multipart/appledouble":
		// RFC 1740: the first part is what only a Macintosh understands.
		for _, child := range p.Children {
			if child.MediaType == "application/applefile" && len(p.Children) > 1 {
				c.silent[child] = true
			}
		}
	}
	c.encrypted(p)
	return c.pieces(p.Children)
}

// pieces are shown one below the other (RFC 2046 §5.1.3). A text with a file
// name that is not the first is taken for the file that it says it is.
func (c *chooser) pieces(parts []*Part) []Form {
	var all []Form
	begun := false
	for _, p := range parts {
		if begun && p.Filename != "" && strings.HasPrefix(p.MediaType, "text/") && p.MediaType != "text/calendar" {
			continue
		}
		forms := c.forms(p, false)
		for _, f := range forms {
			begun = begun || !f.isBlank()
		}
		all = append(all, forms...)
	}
	return all
}

// alternative keeps the last of the plain and the last of the rich forms, which
// are the sender's best (RFC 2046 §5.1.4).
func (c *chooser) alternative(p *Part) []Form {
	var plain, rich []Form
	for _, child := range p.Children {
		forms := c.forms(child, false)
		switch {
		case len(forms) == 0:
		case hasHTML(forms):
			c.silence(rich...)
			rich = forms
		default:
			c.silence(plain...)
			plain = forms
		}
	}
	switch {
	case rich == nil:
		return plain
	case plain == nil:
		return rich
	case len(rich) == 1 && len(plain) == 1 && !plain[0].isBlank():
		if rich[0].Text != nil {
			c.silence(Form{Text: rich[0].Text})
		}
		return []Form{{Text: plain[0].Text, HTML: rich[0].HTML}}
	}
	// One text stands for several pieces, or says nothing.
	c.silence(plain...)
	return rich
}

func hasHTML(forms []Form) bool {
	for _, f := range forms {
		if f.HTML != nil {
			return true
		}
	}
	return false
}

// related is what its root shows, or where that shows nothing the first part
// that does.
func (c *chooser) related(p *Part) []Form {
	first := root(p)
	if first == nil {
		return nil
	}
	if forms := c.forms(first, false); forms != nil {
		return forms
	}
	for _, child := range p.Children {
		if child == first {
			continue
		}
		if forms := c.forms(child, false); forms != nil {
			return forms
		}
	}
	return nil
}

// root is the part of a multipart/related that the others belong to: the one
// its start parameter names, else the first of the type it names, else the
// first (RFC 2387 §3.1, §3.2).
func root(p *Part) *Part {
	if start := trimID(p.Params["start"]); start != "" {
		for _, child := range p.Children {
			if child.ContentID == start {
				return child
			}
		}
	}
	mediaType := strings.ToLower(strings.TrimSpace(p.Params["type"]))
	for _, child := range p.Children {
		if child.MediaType == mediaType && !child.isAttachment() {
			return child
		}
	}
	if len(p.Children) == 0 {
		return nil
	}
	return p.Children[0]
}

// isOtherText is text of a kind a person can read as it is: text/enriched,
// text/markdown. Calendars, cards and tables are attachments.
func (p *Part) isOtherText() bool {
	switch p.MediaType {
	case "text/enriched", "text/markdown", "text/x-markdown", "text/richtext":
		return true
	}
	return false
}

// isUnknownText is text that is no kind of file known here: RFC 2046 §4.1.4
// wants it shown as plain text, if it is all there is.
func (p *Part) isUnknownText() bool {
	switch p.MediaType {
	case "text/vcard", "text/x-vcard", "text/directory", "text/rtf", "text/css", "text/javascript", "text/x-amp-html", "text/watch-html", "text/rfc822-headers":
		return false
	}
	return strings.HasPrefix(p.MediaType, "text/") && p.Filename == ""
}

// isReport is the machine's part of a multipart/report.
func (p *Part) isReport() bool {
	switch p.MediaType {
	case "message/delivery-status", "message/global-delivery-status",
		"message/disposition-notification", "message/global-disposition-notification":
		return true
	}
	return false
}

// calendar takes an invitation: one that is there to be shown, or a file that
// says what is asked (its method: RFC 5546 §1.4).
func (c *chooser) calendar(p *Part) {
	switch {
	case !p.isAttachment() && c.body.Calendar == nil:
		c.body.Calendar = p
	case p.Params["method"] != "" && c.invitation == nil:
		c.invitation = p
	}
}

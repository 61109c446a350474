package message

// Form is one piece of a body in the forms it comes in; either may be nil.
type Form struct{ Text, HTML *Part }

// Body is what a person sees when opening a message.
type Body struct {
	// Forms are the pieces that are shown one below the other; mostly one.
	Forms []Form
	// Calendar is an invitation to be put in words, nil when there is none.
	Calendar *Part
	// Report is the machine's part of a multipart/report: delivery-status (RFC
	// 3464) or disposition-notification (RFC 8098); nil when there is none.
	Report *Part
	// Encrypted and Signed name the protection in words ("PGP/MIME", "S/MIME"),
	// "" when there is none.
	Encrypted, Signed string
}

// Main is the first piece, which represents the message in a list.
func (b Body) Main() Form {
	if len(b.Forms) == 0 {
		return Form{}
	}
	return b.Forms[0]
}

// ChooseBody picks what a person would see when opening the message. In
// multipart/alternative both forms are kept (RFC 2046 §5.1.4); in related it is
// the root (RFC 2387); elsewhere the first part that has a body.
func ChooseBody(p *Part) Body {
	if form := chooseForm(p); form != (Form{}) {
		return Body{Forms: []Form{form}}
	}
	return Body{}
}

func chooseForm(p *Part) Form {
	var b Form
	if p == nil || p.isAttachment() {
		return b
	}
	switch {
	case p.MediaType == "text/plain":
		b.Text = p
	case p.MediaType == "text/html":
		b.HTML = p
	case p.MediaType == "multipart/alternative":
		// The last form is the sender's best, so later ones win.
		for _, c := range p.Children {
			form := chooseForm(c)
			if form.Text != nil && (b.Text == nil || form.HTML == nil) {
				b.Text = form.Text
			}
			if form.HTML != nil {
				b.HTML = form.HTML
			}
		}
	case p.MediaType == "multipart/related":
		return chooseForm(root(p))
	case p.isMultipart():
		return firstBody(p.Children)
	case len(p.Children) == 0 && p.isOtherText():
		b.Text = p
	}
	return b
}

// firstBody takes the first part that has a body, rather not one that is blank
// by its size: some senders put an empty text before the HTML.
func firstBody(parts []*Part) Form {
	const blankBytes = 4 // two line ends
	var blank Form
	for _, c := range parts {
		form := chooseForm(c)
		switch {
		case form == Form{}:
		case form.HTML != nil || form.Text.Size > blankBytes:
			return form
		case blank == Form{}:
			blank = form
		}
	}
	return blank
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

// root is the part of a multipart/related that the others belong to: the one
// its start parameter names, else the first (RFC 2387 §3.2).
func root(p *Part) *Part {
	if start := trimID(p.Params["start"]); start != "" {
		for _, c := range p.Children {
			if c.ContentID == start {
				return c
			}
		}
	}
	if len(p.Children) == 0 {
		return nil
	}
	return p.Children[0]
}

// Attachment is a part that is listed beside the body.
type Attachment struct {
	Filename    string // "" when the part has no name
	ContentType string
	Size        int64 // bytes once decoded, estimated for base64
	PartID      string
}

// Attachments lists what is not the body: everything with the disposition
// attachment and everything that is no text, except pictures that an HTML body
// shows in place (multipart/related with a Content-ID and no wish to be saved)
// and signatures. A second inline text of a multipart/mixed is listed too, so
// that nothing a person would see goes unmentioned.
func Attachments(p *Part) []Attachment {
	list := []Attachment{}
	if p != nil {
		attachments(p, ChooseBody(p).Main(), false, &list)
	}
	return list
}

func attachments(p *Part, body Form, related bool, list *[]Attachment) {
	switch {
	case p == body.Text || p == body.HTML:
	case p.isMultipart():
		for _, c := range p.Children {
			attachments(c, body, p.MediaType == "multipart/related", list)
		}
	case p.isSignature():
	case related && p.ContentID != "" && !p.isAttachment():
	case p.isAlternativeText():
	default:
		*list = append(*list, Attachment{Filename: p.Filename, ContentType: p.MediaType, Size: p.decodedSize(), PartID: p.ID})
	}
}

// isSignature is the detached part of multipart/signed (RFC 1847).
func (p *Part) isSignature() bool {
	switch p.MediaType {
	case "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature":
		return true
	}
	return false
}

// isAlternativeText is a form of the body that was not chosen.
func (p *Part) isAlternativeText() bool {
	switch p.MediaType {
	case "text/x-amp-html", "text/watch-html":
		return true
	}
	return false
}

// decodedSize takes the transfer encoding off the size: three bytes of four in
// base64, with a line end in 78 (RFC 2045 §6.8).
func (p *Part) decodedSize() int64 {
	if p.Encoding == "base64" {
		return p.Size * 76 / 78 * 3 / 4
	}
	return p.Size
}

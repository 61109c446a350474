package message

// Body is the text of a message in the forms it comes in; either may be nil.
type Body struct{ Text, HTML *Part }

// ChooseBody picks what a person would see when opening the message. In
// multipart/alternative both forms are kept (RFC 2046 §5.1.4); in related it is
// the root (RFC 2387); elsewhere the first part that has a body.
func ChooseBody(p *Part) Body {
	var b Body
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
			form := ChooseBody(c)
			if form.Text != nil && (b.Text == nil || form.HTML == nil) {
				b.Text = form.Text
			}
			if form.HTML != nil {
				b.HTML = form.HTML
			}
		}
	case p.MediaType == "multipart/related":
		return ChooseBody(root(p))
	case p.isMultipart():
		return firstBody(p.Children)
	case len(p.Children) == 0 && p.isOtherText():
		b.Text = p
	}
	return b
}

// firstBody takes the first part that has a body, rather not one that is blank
// by its size: some senders put an empty text before the HTML.
func firstBody(parts []*Part) Body {
	const blankBytes = 4 // two line ends
	var blank Body
	for _, c := range parts {
		form := ChooseBody(c)
		switch {
		case form == Body{}:
		case form.HTML != nil || form.Text.Size > blankBytes:
			return form
		case blank == Body{}:
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
		attachments(p, ChooseBody(p), false, &list)
	}
	return list
}

func attachments(p *Part, body Body, related bool, list *[]Attachment) {
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

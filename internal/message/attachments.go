package message

import "strings"

// Attachment is a part that is listed beside the body.
type Attachment struct {
	Filename    string // "" when the part has no name
	ContentType string
	Size        int64 // bytes once decoded, estimated for base64
	PartID      string
	Note        string // what a person should know of it, in words; mostly ""
}

// Attachments lists what ChooseBody does not show: everything with the
// disposition attachment and everything that is no text, messages among them,
// except pictures that an HTML body shows in place (multipart/related with a
// Content-ID and no wish to be saved) and signatures. An invitation is shown in
// words and listed too, once, as the file it came with if there is one.
func Attachments(p *Part) []Attachment {
	l := &lister{chooser: choose(p), list: []Attachment{}, shown: map[*Part]bool{}}
	if p == nil {
		return l.list
	}
	for _, f := range l.body.Forms {
		l.shown[f.Text], l.shown[f.HTML] = true, true
		l.html = l.html || f.HTML != nil
	}
	l.shown[l.body.Report] = true
	if invitation := l.body.Calendar; invitation != nil && invitation.Filename == "" {
		for _, child := range leaves(p) {
			if child != invitation && child.isCalendarFile() {
				l.shown[invitation] = true
			}
		}
	}
	l.add(p, false)
	return l.list
}

// lister collects attachments in the order of reading.
type lister struct {
	*chooser
	list  []Attachment
	shown map[*Part]bool
	html  bool // an HTML body is shown
}

func (l *lister) add(p *Part, related bool) {
	switch {
	case l.shown[p] || l.silent[p]:
	case len(p.Children) > 0:
		for _, c := range p.Children {
			l.add(c, p.MediaType == "multipart/related")
		}
	case p.isMultipart() && p.ID == "": // nothing is in it
	case p.isSignature():
	case related && l.html && p.ContentID != "" && !p.isAttachment() && p.isShownInPlace():
	case p.isAlternativeText():
	default:
		note := p.Note
		note.add(p.remark())
		l.list = append(l.list, Attachment{Filename: p.Filename, ContentType: p.MediaType, Size: p.decodedSize(), PartID: p.ID, Note: note.String()})
	}
}

// leaves are the parts of a message that have no parts.
func leaves(p *Part) []*Part {
	if len(p.Children) == 0 {
		return []*Part{p}
	}
	var all []*Part
	for _, c := range p.Children {
		all = append(all, leaves(c)...)
	}
	return all
}

// isCalendarFile is an invitation as a file, which is how programs without
// calendar are given it.
func (p *Part) isCalendarFile() bool {
	return p.MediaType == "application/ics" ||
		p.MediaType == "text/calendar" && (p.isAttachment() || p.Filename != "") ||
		p.isAttachment() && strings.HasSuffix(strings.ToLower(p.Filename), ".ics")
}

// isShownInPlace is what HTML can show inside itself.
func (p *Part) isShownInPlace() bool {
	kind, _, _ := strings.Cut(p.MediaType, "/")
	return kind == "image" || kind == "font" || p.MediaType == "text/css"
}

// isAlternativeText is a form of the body that is never chosen.
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

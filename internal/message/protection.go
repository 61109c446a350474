package message

import "strings"

const (
	pgpMIME   = "PGP/MIME"   // RFC 3156
	smime     = "S/MIME"     // RFC 8551
	inlinePGP = "inline PGP" // RFC 9580 §6.2
)

// signed is the first part of multipart/signed; the second is the signature
// (RFC 1847 §2.1). What a list put behind them is not signed, and listed.
func (c *chooser) signed(p *Part) []Form {
	protocol := strings.ToLower(p.Params["protocol"])
	for _, child := range p.Children {
		if child.isSignature() && protocol == "" {
			protocol = child.MediaType
		}
	}
	c.body.Signed = "a signature of an unknown kind"
	switch {
	case strings.Contains(protocol, "pgp"):
		c.body.Signed = pgpMIME
	case strings.Contains(protocol, "pkcs7"):
		c.body.Signed = smime
	}
	return c.pieces(p.Children[:min(len(p.Children), 1)])
}

// isSignature is the detached part of multipart/signed (RFC 1847).
func (p *Part) isSignature() bool {
	switch p.MediaType {
	case "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature":
		return true
	}
	return false
}

// encrypted recognises multipart/encrypted (RFC 1847 §2.2), also where a server
// on the way made a mixed of it.
func (c *chooser) encrypted(p *Part) {
	for _, child := range p.Children {
		if child.MediaType == "application/pgp-encrypted" {
			c.body.Encrypted = pgpMIME
			c.silent[child] = true // "Version: 1" (RFC 3156 §4)
		}
	}
	if p.MediaType == "multipart/encrypted" && c.body.Encrypted == "" {
		c.body.Encrypted = "encryption of an unknown kind"
		if strings.Contains(strings.ToLower(p.Params["protocol"]), "pgp") {
			c.body.Encrypted = pgpMIME
		}
	}
}

// isSMIME is a message inside S/MIME. Gateways make octets of it and leave its
// name.
func (p *Part) isSMIME() bool {
	switch p.MediaType {
	case "application/pkcs7-mime", "application/x-pkcs7-mime":
		return true
	}
	return p.MediaType == "application/octet-stream" && strings.EqualFold(p.Filename, "smime.p7m")
}

// smime reads what an application/pkcs7-mime says of itself (RFC 8551 §3.2.2).
// One that says nothing is mostly encrypted.
func (c *chooser) smime(p *Part) {
	switch kind := strings.ToLower(p.Params["smime-type"]); {
	case kind == "signed-data" || kind == "" && strings.HasSuffix(strings.ToLower(p.Filename), ".p7s"):
		c.body.Signed = smime
	case kind == "enveloped-data", kind == "authenveloped-data", kind == "":
		c.body.Encrypted = smime
	}
}

// InlinePGP recognises a text that is encrypted or signed by PGP in itself (RFC
// 9580 §6.2, §7): each is "inline PGP" or "".
func InlinePGP(text string) (encrypted, signed string) {
	for line := range strings.Lines(text) {
		switch strings.TrimRight(line, " \t\r\n") {
		case "-----BEGIN PGP MESSAGE-----":
			encrypted = inlinePGP
		case "-----BEGIN PGP SIGNED MESSAGE-----":
			signed = inlinePGP
		}
	}
	return encrypted, signed
}

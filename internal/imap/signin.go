package imap

// Login sends LOGIN (RFC 9051 §6.2.3).
func (c *Client) Login(user, password string) *Command {
	e, p := c.begin("LOGIN ")
	e.string(user)
	e.raw(" ").string(password)
	c.send(e, p)
	return &Command{c, p}
}

// Authenticate sends AUTHENTICATE (RFC 9051 §6.2.2). initial, in base64, goes
// along where the server has SASL-IR (RFC 4959); next answers each further
// challenge, and false cancels the exchange.
func (c *Client) Authenticate(mechanism, initial string, next func(challenge string) (answer string, ok bool)) *Command {
	e, p := c.begin("AUTHENTICATE " + mechanism)
	sent := c.caps.Has(CapSASLIR)
	if sent {
		e.raw(" " + initial)
	}
	var asked string
	p.take = func(data untagged) bool {
		text, ok := data.(challenge)
		asked = string(text)
		return ok
	}
	p.more = func() ([]byte, bool) {
		if !sent {
			sent = true
			return []byte(initial), true
		}
		if next == nil {
			return nil, false
		}
		answer, ok := next(asked)
		return []byte(answer), ok
	}
	c.send(e, p)
	return &Command{c, p}
}

// StartTLS sends STARTTLS (RFC 9051 §6.2.1). When it is answered, nothing may be
// Buffered, and the client goes on over TLS, which the caller puts below it.
func (c *Client) StartTLS() *Command { return c.simple("STARTTLS") }

// Compress sends COMPRESS DEFLATE (RFC 4978). When it is answered, the client
// goes on over a compressed connection (Upgrade).
func (c *Client) Compress() *Command { return c.simple("COMPRESS DEFLATE") }

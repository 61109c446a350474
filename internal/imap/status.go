package imap

import "strings"

// StatusOptions are the items of STATUS (RFC 9051 §6.3.11).
type StatusOptions struct {
	NumMessages, UIDNext, UIDValidity, NumUnseen bool
}

func (o *StatusOptions) words() string {
	var words []string
	for _, item := range []struct {
		on   bool
		name string
	}{
		{o.NumMessages, "MESSAGES"},
		{o.UIDNext, "UIDNEXT"},
		{o.UIDValidity, "UIDVALIDITY"},
		{o.NumUnseen, "UNSEEN"},
	} {
		if item.on {
			words = append(words, item.name)
		}
	}
	return strings.Join(words, " ")
}

// StatusData is what STATUS says of a mailbox; what was not said is nil or 0.
type StatusData struct {
	Mailbox     string
	NumMessages *uint32
	NumUnseen   *uint32
	UIDNext     UID
	UIDValidity uint32
}

// Status asks for a mailbox's counts (RFC 9051 §6.3.11).
func (c *Client) Status(mailbox string, options *StatusOptions) *Query[*StatusData] {
	e, p := c.begin("STATUS")
	e.mailbox(mailbox).raw(" (" + options.words() + ")")
	q := &Query[*StatusData]{Command: Command{c, p}, answer: &StatusData{Mailbox: mailbox}}
	p.take = func(data untagged) bool {
		got, ok := data.(*StatusData)
		if !ok || inboxed(got.Mailbox) != inboxed(mailbox) && c.asksStatus(got.Mailbox) {
			return false
		}
		q.answer = got
		return true
	}
	p.about = mailbox
	c.send(e, p)
	return q
}

// asksStatus reports whether a STATUS of this mailbox is under way. A row that
// spells the name in another way goes to the first STATUS.
func (c *Client) asksStatus(mailbox string) bool {
	for _, p := range c.open {
		if p.about != "" && inboxed(p.about) == inboxed(mailbox) {
			return true
		}
	}
	return false
}

func (c *Client) readStatus() (untagged, error) {
	var items string
	raw, err := c.r.name(&items)
	if err != nil {
		return nil, err
	}
	data := &StatusData{Mailbox: decodeName(raw)}
	words := strings.FieldsFunc(items, func(r rune) bool { return strings.ContainsRune(" \t()", r) })
	for i := 0; i+1 < len(words); i++ {
		n, ok := parseNumber64(words[i+1])
		if !ok {
			continue
		}
		small := uint32(min(n, 1<<32-1))
		switch strings.ToUpper(words[i]) {
		case "MESSAGES":
			data.NumMessages = &small
		case "UNSEEN":
			data.NumUnseen = &small
		case "UIDNEXT":
			data.UIDNext = small
		case "UIDVALIDITY":
			data.UIDValidity = small
		}
	}
	return data, nil
}

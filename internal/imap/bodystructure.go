package imap

import (
	"slices"
	"strings"
)

// BodyStructure is a server's description of a message or part (RFC 9051 §7.5.2).
// A multipart has Type "multipart" and its parts in Children.
type BodyStructure struct {
	Type, Subtype     string
	Params            map[string]string // names as the server sent them
	ID, Encoding      string
	Size              int64 // bytes of the encoded part
	Lines             int64 // of a text; -1: not said
	Disposition       string
	DispositionParams map[string]string
	Children          []*BodyStructure
	Message           *BodyStructure // of a message/rfc822 or message/global; nil: not said
	Envelope          *Envelope      // of the same; nil: not said
}

// Envelope is the header of a message within a message, as far as it is used (RFC
// 9051 §7.5.2). The values are as in the header: encoded words are not decoded.
type Envelope struct {
	Date, Subject string
	From, To      []string // as a header has them: "Name" <user@host>
}

// minLeaf is the fewest fields by which a part is known: up to its encoding. What
// has fewer is no description, and the message is read from its source.
const minLeaf = 6

// structure reads a body. What is missing in it is left empty, so that a part's
// number is right whatever is said of it; nil: it is none.
func (v value) structure() *BodyStructure {
	if v.kind != kindList || len(v.list) == 0 {
		return nil
	}
	if first := v.list[0].kind; first == kindList || (first == kindNil && v.item(1).string() != "" && v.item(2).kind != kindAtom && len(v.list) < 7) {
		return v.multipart()
	}
	if v.item(1).kind == kindList || (len(v.list) > 1 && len(v.list) < minLeaf && !slices.ContainsFunc(v.list[1:], func(v value) bool { return v.kind != kindNil })) {
		return v.multipart() // without parts: its subtype comes first (pymap 0.36)
	}
	if v.list[0].string() == "" || len(v.list) < minLeaf && !strings.EqualFold(v.list[0].string(), "multipart") {
		return nil
	}
	bs := &BodyStructure{
		Type: v.list[0].string(), Subtype: v.item(1).string(), Params: v.item(2).params(),
		ID: v.item(3).string(), Encoding: v.item(5).string(), Size: v.item(6).number(), Lines: -1,
	}
	if strings.EqualFold(bs.Type, "multipart") { // one without parts
		return bs
	}
	next := 7
	switch {
	case strings.EqualFold(bs.Type, "text"):
		if lines := v.item(7); lines.kind == kindAtom {
			bs.Lines = lines.number()
		}
		next = 8
	case strings.EqualFold(bs.Type, "message") && v.item(8).kind == kindList && (v.item(7).kind == kindList || v.item(7).kind == kindNil):
		bs.Message, bs.Envelope = v.item(8).structure(), v.item(7).envelope()
		next = 10
	}
	bs.disposition(v, next)
	return bs
}

// hole keeps the place of a part that is not understood. It is one for all: a
// server may send a million.
var hole = &BodyStructure{Type: "application", Subtype: "octet-stream", Lines: -1}

func (v value) multipart() *BodyStructure {
	understood := false
	bs := &BodyStructure{Type: "multipart", Lines: -1}
	i := 0
	for ; i < len(v.list) && v.list[i].kind != kindAtom && v.list[i].kind != kindString; i++ {
		child := v.list[i].structure()
		if child == nil {
			if v.list[i].kind == kindNil {
				continue
			}
			child = hole
		}
		understood = understood || child != hole
		bs.Children = append(bs.Children, child)
	}
	bs.Subtype, bs.Params = v.item(i).string(), v.item(i+1).params()
	if !understood && bs.Subtype == "" {
		return nil
	}
	bs.disposition(v, i+2)
	return bs
}

// disposition finds the disposition behind the basic fields: its place depends on
// fields that servers leave out, so the first list that looks like one counts.
func (bs *BodyStructure) disposition(v value, from int) {
	for i := from; i < len(v.list) && i < from+4; i++ {
		d := v.list[i]
		if d.kind == kindString && (strings.EqualFold(d.text, "attachment") || strings.EqualFold(d.text, "inline")) {
			bs.Disposition = d.text // outside its list
			return
		}
		if d.kind != kindList || len(d.list) == 0 || len(d.list) > 2 || d.list[0].string() == "" {
			continue
		}
		if second := d.item(1).kind; second == kindAtom || second == kindString {
			continue // a list of languages
		}
		bs.Disposition, bs.DispositionParams = d.list[0].string(), d.item(1).params()
		return
	}
}

// params reads pairs of names and values; NIL stands for an empty value (mail.ru:
// himalaya#649).
func (v value) params() map[string]string {
	if len(v.list) == 0 {
		return nil
	}
	params := map[string]string{}
	for i := 0; i < len(v.list); i++ {
		if v.list[i].kind == kindList {
			for name, text := range v.list[i].params() {
				params[name] = text
			}
			continue
		}
		if name := v.list[i].string(); name != "" && i+1 < len(v.list) {
			if _, known := params[name]; !known {
				params[name] = v.list[i+1].string()
			}
		}
		i++
	}
	return params
}

func (v value) envelope() *Envelope {
	if len(v.list) < 6 {
		return nil
	}
	return &Envelope{Date: v.list[0].string(), Subject: v.list[1].string(), From: v.list[2].addresses(), To: v.list[5].addresses()}
}

// addresses reads a list of (name route user host).
func (v value) addresses() []string {
	var list []string
	for _, a := range v.list {
		name, user, host := a.item(0).string(), a.item(2).string(), a.item(3).string()
		if user == "" || host == "" {
			continue
		}
		if name != "" {
			name = `"` + quoter.Replace(name) + `" `
		}
		list = append(list, name+"<"+user+"@"+host+">")
	}
	return list
}

package tools

import (
	"context"
	"fmt"
	"reflect"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
)

// shortID is an argument, or a member of one, that names a message by its short
// id.
type shortID struct {
	name  string
	value reflect.Value // of the input; the id that it stands for goes there
	id    contract.MessageID
	check string
}

// shortIDs are those of an input that the fields' tags call ids.
func (s *server) shortIDs(path string, input reflect.Value) (list []shortID) {
	for _, a := range argumentsOf(input) {
		if a.value.IsNil() {
			continue
		}
		name, isID := path+a.name, ruleOf(a.field).isID
		switch v := a.value.Elem(); {
		case v.Kind() == reflect.Slice:
			for i := range v.Len() {
				member := fmt.Sprintf("%s[%d]", name, i)
				if v.Index(i).Kind() == reflect.Struct {
					list = append(list, s.shortIDs(member+".", v.Index(i))...)
				} else if isID {
					list = s.appendShort(list, member, v.Index(i))
				}
			}
		case isID:
			list = s.appendShort(list, name, v)
		}
	}
	return list
}

func (s *server) appendShort(list []shortID, name string, value reflect.Value) []shortID {
	if id, check, ok := s.parseShort(value.String()); ok {
		list = append(list, shortID{name, value, id, check})
	}
	return list
}

// parseShort reads a short id. The account that it does not name is the one that
// is meant where no account_id is given.
func (s *server) parseShort(text string) (id contract.MessageID, check string, ok bool) {
	if id, check, ok = contract.ParseShort(text); ok && id.Account == "" {
		id.Account, _ = s.account(nil) // never fails without a name
	}
	return id, check, ok
}

// writeOut puts what is known of mailboxes that were opened before into the place
// of short ids, and returns those of the others.
func (s *server) writeOut(list []shortID) (unknown []shortID) {
	for _, short := range list {
		if id, ok := s.Mail.Known(short.id, short.check); ok {
			short.value.SetString(id.String())
		} else {
			unknown = append(unknown, short)
		}
	}
	return unknown
}

// complete asks the mail server for what writeOut did not know, each mailbox once,
// now that the guard has let the call in; and the guard about what the call then
// turns out to touch, for a message may have been moved since.
func (inv *invocation) complete(ctx context.Context, list []shortID, touches func(context.Context, *server) (guard.Touch, error)) error {
	for _, short := range list {
		id, err := inv.Mail.Complete(ctx, short.id, short.check)
		if err != nil {
			return about(short.name, err)
		}
		short.value.SetString(id.String())
	}
	touch, err := touches(ctx, inv.server)
	if err != nil {
		return err
	}
	inv.touch = touch
	return inv.visit.Touches(ctx, touch)
}

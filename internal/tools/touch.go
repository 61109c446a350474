package tools

import (
	"context"
	"errors"
	"strings"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
)

// parseID reads the id of a message in any of its forms: imap:account:mailbox:
// uidvalidity:uid, the URI of the message or of its source, or the short form,
// which has no UIDVALIDITY before it is completed. Every id that a caller gives
// comes through here.
func (s *server) parseID(argument, text string) (id contract.MessageID, err error) {
	text = strings.TrimSpace(text)
	if id, _, ok := s.parseShort(text); ok {
		return id, nil
	}
	if strings.HasPrefix(text, "imap://") {
		id, _, err = contract.ParseMessageURI(text)
	} else {
		id, err = contract.ParseMessageID(text)
	}
	if argument != "message_id" {
		err = about(argument, err)
	}
	return id, err
}

// follow says where messages are by now that the caller has moved.
func (s *server) follow(ctx context.Context, ids ...contract.MessageID) []contract.MessageID {
	if s.operations == nil || len(ids) == 0 {
		return ids
	}
	return s.operations.Follow(guard.Caller(ctx), ids)
}

// messageID reads an argument that names a message.
func (s *server) messageID(ctx context.Context, argument string, given *string) (contract.MessageID, error) {
	if given == nil {
		return contract.MessageID{}, contract.Errorf(contract.InvalidInput, "%s is missing; copy it from a result of %s", argument, nameSearchMessages)
	}
	id, err := s.parseID(argument, *given)
	if err != nil {
		return id, err
	}
	return s.follow(ctx, id)[0], nil
}

// accountNamed is account of another argument.
func (s *server) accountNamed(argument string, given *string) (string, error) {
	id, err := s.account(given)
	return id, about(argument, err)
}

// about names the argument that a refusal is about; other errors, and none, stay
// as they are.
func about(argument string, err error) error {
	var refused *contract.Error
	if errors.As(err, &refused) {
		return contract.Errorf(refused.Code, "%s: %w", argument, refused)
	}
	return err
}

// account resolves account_id, an id or an address of its owner: absent
// means "default" or, where only one account is configured, that one. An unknown
// id is refused by the mailbox service, which knows the configured ones.
func (s *server) account(given *string) (string, error) {
	accounts := s.Accounts.List()
	if given == nil {
		if len(accounts) == 1 {
			return strings.ToLower(accounts[0].ID), nil
		}
		return contract.DefaultAccountID, nil
	}
	name := strings.TrimSpace(*given)
	if !strings.Contains(name, "@") {
		return contract.CanonicalAccountID(name)
	}
	found, known := []string{}, []string{}
	for _, a := range accounts {
		known = append(known, a.ID)
		if a.Owns(name) {
			found = append(found, strings.ToLower(a.ID))
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return "", contract.Errorf(contract.NotFound, "no account has this address; configured: %s (%s)", strings.Join(known, ", "), nameListAccounts)
	}
	return "", contract.Errorf(contract.InvalidInput, "several accounts have this address; give account_id as one of %s", strings.Join(found, ", "))
}

// touching is a call about messages, the first of which says whose.
func touching(ids ...contract.MessageID) (t guard.Touch) {
	places := map[contract.Place]bool{}
	for _, id := range ids {
		if t.Account == "" {
			t.Account = id.Account
		}
		if p := placeOf(id); !places[p] {
			places[p] = true
			t.Places = append(t.Places, p)
		}
		t.IDs = append(t.IDs, id.String())
	}
	return t
}

func placeOf(id contract.MessageID) contract.Place {
	return contract.Place{Account: id.Account, Mailbox: id.Mailbox}
}

// named are mailboxes of an account that a call names.
func named(account string, mailboxes ...string) (list []contract.Place) {
	for _, m := range mailboxes {
		list = append(list, contract.Place{Account: account, Mailbox: m})
	}
	return list
}

// value is an optional argument, zero where it was not given.
func value[T any](given *T) (v T) {
	if given != nil {
		v = *given
	}
	return v
}

// isTrue is an optional argument that was given as true.
func isTrue(given *bool) bool { return value(given) }

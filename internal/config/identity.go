package config

import (
	"net/mail"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxAddresses bounds the own addresses of an account: each sender and
	// recipient is compared with each.
	maxAddresses = 50

	// maxNameChars bounds a person's name; From stays within a few lines.
	maxNameChars = 100
)

// OwnAddresses are the addresses that are the account's owner's: those that
// were named, the main one first, and the user's name if it is one.
func (a Account) OwnAddresses() []string {
	own := slices.Clone(a.Addresses)
	if user, err := mail.ParseAddress(a.User); err == nil && !slices.ContainsFunc(own, func(s string) bool { return strings.EqualFold(s, user.Address) }) {
		own = append(own, user.Address)
	}
	return own
}

// Owns reports whether an address is one of the owner's.
func (a Account) Owns(address string) bool {
	return slices.ContainsFunc(a.OwnAddresses(), func(own string) bool { return strings.EqualFold(own, address) })
}

// personName reads the name that stands in From beside the address.
func (r *reader) personName(name string) string {
	value, _ := r.get(name)
	if utf8.RuneCountInString(value) > maxNameChars || !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl) {
		r.problems.addf("%s is not a name of at most %d characters on one line, for example %s=Ann Example", name, maxNameChars, name)
		return ""
	}
	return value
}

// addresses reads an owner's addresses, comma separated, the main one first.
func (r *reader) addresses(name string) []string {
	value, ok := r.get(name)
	if !ok {
		return nil
	}
	list, err := mail.ParseAddressList(value)
	if err != nil {
		r.problems.addf("%s is no list of addresses; separate them by commas, for example %s=ann@example.org,info@example.org", name, name)
		return nil
	}
	if len(list) > maxAddresses {
		r.problems.addf("%s has %d addresses; at most %d are allowed", name, len(list), maxAddresses)
		return nil
	}
	var own []string
	for _, a := range list {
		own = append(own, a.Address)
	}
	return own
}

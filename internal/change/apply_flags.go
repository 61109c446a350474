package change

import (
	"fmt"
	"slices"
	"strings"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
)

// storeFlags changes flags and reads them back in the same flight: a server may
// answer OK and keep a flag from being set (RFC 9051 §7.1 PERMANENTFLAGS).
func (a *attempt) storeFlags(c *imapconn.Conn) error {
	if flag := a.notKept(); flag != "" {
		return contract.Errorf(contract.InvalidInput, "mailbox %q cannot keep the flag %s; it keeps %s", a.batch.Mailbox, flag, flagList(a.permanent))
	}
	if err := a.begin(); err != nil {
		return err
	}
	set := imap.UIDSetNum(a.present()...)
	var stores []*imap.Fetch
	for _, store := range a.stores() {
		stores = append(stores, c.Client().UIDStore(set, &store))
	}
	look := see(c, a.present(), &imap.FetchOptions{Flags: true})
	for _, store := range stores {
		if err := store.Command.Wait(); err != nil {
			return fmt.Errorf("STORE: %w", err)
		}
	}
	seen, err := look.flags(c)
	if err != nil {
		return err
	}
	a.compareFlags(seen)
	return nil
}

// stores are the STORE commands of the batch.
func (a *attempt) stores() []imap.StoreFlags {
	var list []imap.StoreFlags
	add := func(op imap.StoreFlagsOp, names []string) {
		flags := make([]imap.Flag, len(names))
		for i, name := range names {
			flags[i] = imap.Flag(name)
		}
		list = append(list, imap.StoreFlags{Op: op, Silent: true, Flags: flags})
	}
	switch {
	case a.batch.Replace:
		add(imap.StoreFlagsSet, a.batch.Add)
	case len(a.batch.Add) > 0:
		add(imap.StoreFlagsAdd, a.batch.Add)
	}
	if len(a.batch.Remove) > 0 && !a.batch.Replace {
		add(imap.StoreFlagsDel, a.batch.Remove)
	}
	return list
}

// notKept is a flag that the mailbox does not keep, "" when it keeps all.
func (a *attempt) notKept() string {
	for _, flag := range slices.Concat(a.batch.Add, a.batch.Remove) {
		if !a.keeps(flag) {
			return flag
		}
	}
	return ""
}

// keeps reports whether the mailbox keeps a flag, as far as the server says.
func (a *attempt) keeps(flag string) bool {
	return a.permanent == nil || slices.ContainsFunc(a.permanent, func(f imap.Flag) bool {
		return strings.EqualFold(string(f), flag) || (f == imap.FlagWildcard && !strings.HasPrefix(flag, `\`))
	})
}

func flagList(flags []imap.Flag) string {
	names := []string{}
	for _, f := range flags[:min(len(flags), imapconn.MaxFlags)] {
		if f != imap.FlagWildcard {
			names = append(names, string(f))
		}
	}
	if len(names) == 0 {
		return "none: it is read-only"
	}
	return strings.Join(names, " ")
}

// compareFlags settles each message by the flags it has now.
func (a *attempt) compareFlags(seen map[uint32][]string) {
	for _, p := range a.evidence.Present {
		now, there := seen[p.UID]
		o := Outcome{Status: Done, Added: missing(now, p.Flags), Removed: missing(p.Flags, now)}
		switch {
		case !there:
			o = Outcome{Status: Failed, Code: contract.NotFound, Message: "it was removed by somebody else meanwhile"}
		case now == nil:
			o = Outcome{Status: Unknown, Code: contract.Unavailable, Message: "the mail server did not say which flags it has now"}
		case !a.asWanted(now):
			o.Status, o.Code, o.Message = Failed, contract.Unavailable, "the flags are not as asked for: the mail server did not keep them"
		}
		// What others changed meanwhile is not ours to undo.
		if !a.batch.Replace {
			o.Added = common(o.Added, a.batch.Add)
			o.Removed = common(o.Removed, a.batch.Remove)
		}
		a.settle(p.UID, o)
	}
}

// asWanted reports whether a message has the flags that the batch asks for.
func (a *attempt) asWanted(now []string) bool {
	if len(missing(a.batch.Add, now)) > 0 || len(common(a.batch.Remove, now)) > 0 {
		return false
	}
	return !a.batch.Replace || len(missing(slices.DeleteFunc(slices.Clone(now), isRecent), a.batch.Add)) == 0
}

// missing are the flags that the second list lacks; case does not matter (RFC
// 9051 §2.3.2), and \Recent is the server's own.
func missing(flags, from []string) []string {
	var list []string
	for _, f := range flags {
		if !hasFlag(from, f) && !isRecent(f) {
			list = append(list, f)
		}
	}
	return list
}

func common(flags, with []string) []string {
	var list []string
	for _, f := range flags {
		if hasFlag(with, f) {
			list = append(list, f)
		}
	}
	return list
}

func hasFlag(flags []string, flag string) bool {
	return slices.ContainsFunc(flags, func(f string) bool { return strings.EqualFold(f, flag) })
}

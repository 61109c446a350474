package mailtest

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/emersion/go-imap/v2"
)

// FaultReadOnly has every mailbox be selected read-only: the server gets
// EXAMINE for SELECT (RFC 9051 §6.3.3), and changes of what is selected are
// refused here, since Dovecot 2.3 carries MOVE out even then.
func FaultReadOnly() Fault {
	return namedFault("read-only", "*", func(x *Exchange) {
		switch strings.TrimPrefix(x.Verb, "UID ") {
		case "SELECT":
			tag, rest, _ := strings.Cut(x.Line, " ")
			x.Forward(tag + " EXAMINE" + rest[len("SELECT"):])
		case "MOVE", "STORE", "EXPUNGE":
			x.Reply("%T NO [NOPERM] Mailbox is read-only\r\n")
		}
	})
}

var (
	copyUID    = regexp.MustCompile(`\[COPYUID (\d+) ([0-9:,]+) ([0-9:,]+)\] ?`)
	appendUID  = regexp.MustCompile(`\[APPENDUID [^\]]*\] ?`)
	rfc822Size = regexp.MustCompile(`RFC822\.SIZE (\d+)`)
)

// FaultNoCopyUID has COPY and MOVE not say where messages went, as servers may
// (RFC 4315 §3, "SHOULD").
func FaultNoCopyUID() Fault {
	return Fault{Name: "no COPYUID", response: func(unit []byte) []byte {
		if !isStatus(unit) {
			return unit
		}
		return copyUID.ReplaceAll(unit, nil)
	}}
}

// FaultNoAppendUID has APPEND not say which UID it gave.
func FaultNoAppendUID() Fault {
	return Fault{Name: "no APPENDUID", response: func(unit []byte) []byte {
		if !isStatus(unit) {
			return unit
		}
		return appendUID.ReplaceAll(unit, nil)
	}}
}

// FaultShortCopyUID has COPYUID leave out the last message of each command,
// though it was copied or moved. With one message there is no code at all.
func FaultShortCopyUID() Fault {
	return Fault{Name: "short COPYUID", response: func(unit []byte) []byte {
		m := copyUID.FindSubmatch(unit)
		if m == nil || !isStatus(unit) {
			return unit
		}
		from, to := withoutLast(string(m[2])), withoutLast(string(m[3]))
		code := ""
		if from != "" && to != "" {
			code = "[COPYUID " + string(m[1]) + " " + from + " " + to + "] "
		}
		return copyUID.ReplaceAllLiteral(unit, []byte(code))
	}}
}

// withoutLast takes the last number off a set of ascending UIDs.
func withoutLast(set string) string {
	head, last := "", set
	if i := strings.LastIndexByte(set, ','); i >= 0 {
		head, last = set[:i], set[i+1:]
	}
	first, end, isRange := strings.Cut(last, ":")
	if !isRange {
		return head
	}
	stop, _ := strconv.ParseUint(end, 10, 32)
	rest := imap.UIDSet{}
	start, _ := strconv.ParseUint(first, 10, 32)
	rest.AddRange(imap.UID(start), imap.UID(stop-1))
	if head != "" {
		head += ","
	}
	return head + rest.String()
}

// FaultLies has a command answered with OK though the server never sees it:
// nothing is stored, copied or moved. It gives no UIDs.
func FaultLies(verb string) Fault { return FaultLiesWith(verb, "OK done") }

// FaultLiesWith is FaultLies with this answer behind the tag, which may hold a
// COPYUID or APPENDUID that is made up.
func FaultLiesWith(verb, answer string) Fault {
	return namedFault("lies at "+verb, verb, func(x *Exchange) { x.Pretend("%T " + answer + "\r\n") })
}

// FaultWrongSize has every RFC822.SIZE be off by delta bytes, as Exchange has it.
func FaultWrongSize(delta int) Fault {
	return Fault{Name: "wrong RFC822.SIZE", response: func(unit []byte) []byte {
		at := rfc822Size.FindSubmatchIndex(unit)
		if at == nil || isStatus(unit) {
			return unit
		}
		size, _ := strconv.Atoi(string(unit[at[2]:at[3]]))
		out := append([]byte{}, unit[:at[2]]...)
		out = strconv.AppendInt(out, int64(max(size+delta, 0)), 10)
		return append(out, unit[at[3]:]...)
	}}
}

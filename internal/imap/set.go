package imap

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// UIDRange is the UIDs from Start to Stop, both included. Stop 0 stands for "*",
// the highest UID in the mailbox.
type UIDRange struct{ Start, Stop UID }

// Contains reports whether a UID is in the range.
func (r UIDRange) Contains(uid UID) bool { return uid >= r.Start && (r.Stop == 0 || uid <= r.Stop) }

// UIDSet is a set of UIDs as ranges (RFC 9051 §9, sequence-set). A set that this
// package returns is ascending, without overlaps and without "*".
type UIDSet []UIDRange

// UIDSetNum makes a set of single UIDs.
func UIDSetNum(uids ...UID) UIDSet {
	sorted := slices.Sorted(slices.Values(uids))
	var set UIDSet
	for _, uid := range sorted {
		set.AddNum(uid)
	}
	return set
}

// AddNum adds UIDs. Those that come in ascending order are joined into ranges.
func (s *UIDSet) AddNum(uids ...UID) {
	for _, uid := range uids {
		if n := len(*s); n > 0 && (*s)[n-1].Stop != 0 {
			if last := &(*s)[n-1]; last.Contains(uid) {
				continue
			} else if last.Stop+1 == uid {
				last.Stop = uid
				continue
			}
		}
		*s = append(*s, UIDRange{uid, uid})
	}
}

// Contains reports whether a UID is in the set.
func (s UIDSet) Contains(uid UID) bool {
	return slices.ContainsFunc(s, func(r UIDRange) bool { return r.Contains(uid) })
}

// Len is how many UIDs the set has; "*" counts as one.
func (s UIDSet) Len() int {
	n := 0
	for _, r := range s {
		if r.Stop >= r.Start {
			n += int(r.Stop-r.Start) + 1
		} else {
			n++
		}
	}
	return n
}

// Nums lists the UIDs of a set without "*", at most limit of them.
func (s UIDSet) Nums(limit int) []UID {
	var list []UID
	for _, r := range s {
		for uid := uint64(r.Start); uid <= uint64(r.Stop) && len(list) < limit; uid++ {
			list = append(list, UID(uid))
		}
	}
	return list
}

// String is the set as it is sent.
func (s UIDSet) String() string {
	var sb strings.Builder
	number := func(n UID) {
		if n == 0 {
			sb.WriteByte('*')
			return
		}
		sb.WriteString(strconv.FormatUint(uint64(n), 10))
	}
	for i, r := range s {
		if i > 0 {
			sb.WriteByte(',')
		}
		number(r.Start)
		if r.Stop != r.Start {
			sb.WriteByte(':')
			number(r.Stop)
		}
	}
	return sb.String()
}

// normal puts a set into ascending order and joins what overlaps or touches.
func (s UIDSet) normal() UIDSet {
	slices.SortFunc(s, func(a, b UIDRange) int { return cmp.Compare(a.Start, b.Start) })
	out := s[:0]
	for _, r := range s {
		if n := len(out); n > 0 && uint64(r.Start) <= uint64(out[n-1].Stop)+1 {
			out[n-1].Stop = max(out[n-1].Stop, r.Stop)
			continue
		}
		out = append(out, r)
	}
	return out
}

// parseSet reads a sequence-set in any order; what is no number in it, and 0, is
// left out. At most limit ranges are kept; cut reports that there were more.
func parseSet(s string, limit int) (set UIDSet, cut bool) {
	for item := range strings.SplitSeq(s, ",") {
		from, to, isRange := strings.Cut(item, ":")
		a, okA := parseNumber(from)
		b, okB := a, okA
		if isRange {
			b, okB = parseNumber(to)
		}
		if !okA || !okB || a == 0 || b == 0 {
			continue
		}
		if len(set) >= limit {
			return set, true
		}
		set = append(set, UIDRange{min(a, b), max(a, b)})
	}
	return set, false
}

// parseNumber reads an nz-number or number of 32 bits; 0 where it is none.
func parseNumber(s string) (uint32, bool) {
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil {
		return 0, false
	}
	return uint32(n), true
}

// parseNumber64 reads a number of 63 bits; 0 where it is none.
func parseNumber64(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0, false
	}
	return n, true
}

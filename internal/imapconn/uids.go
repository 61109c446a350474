package imapconn

import "github.com/emersion/go-imap/v2"

// Newest takes up to n of the set's highest UIDs below before, without
// expanding its ranges: a hostile 1:400000000 costs nothing.
func Newest(set imap.NumSet, n int, before uint32) []uint32 {
	ranges, _ := set.(imap.UIDSet)
	var uids []uint32
	for i := len(ranges) - 1; i >= 0 && len(uids) < n; i-- {
		start, stop := uint32(ranges[i].Start), uint32(ranges[i].Stop)
		if before > 0 && stop >= before {
			stop = before - 1
		}
		for uid := stop; uid >= start && uid > 0 && len(uids) < n; uid-- {
			uids = append(uids, uid)
		}
	}
	return uids
}

// CountUIDs counts the set's UIDs below before without expanding it.
func CountUIDs(set imap.NumSet, before uint32) int {
	ranges, _ := set.(imap.UIDSet)
	total := 0
	for _, r := range ranges {
		start, stop := uint32(r.Start), uint32(r.Stop)
		if before > 0 && stop >= before {
			stop = before - 1
		}
		if stop >= start && start > 0 {
			total += int(stop-start) + 1
		}
	}
	return total
}

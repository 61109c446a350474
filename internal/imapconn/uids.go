package imapconn

import "mail-imap-mcp/internal/imap"

// Newest gives the n highest UIDs of a set below before (0: no bound),
// descending, however large its ranges.
func Newest(set imap.UIDSet, n int, before uint32) []uint32 {
	var uids []uint32
	for i := len(set) - 1; i >= 0 && len(uids) < n; i-- {
		start, stop := set[i].Start, set[i].Stop
		if before > 0 && stop >= before {
			stop = before - 1
		}
		for uid := stop; uid >= start && uid > 0 && len(uids) < n; uid-- {
			uids = append(uids, uid)
		}
	}
	return uids
}

// CountUIDs is how many UIDs of a set are below before (0: no bound).
func CountUIDs(set imap.UIDSet, before uint32) int {
	total := 0
	for _, r := range set {
		start, stop := r.Start, r.Stop
		if before > 0 && stop >= before {
			stop = before - 1
		}
		if stop >= start && start > 0 {
			total += int(stop-start) + 1
		}
	}
	return total
}

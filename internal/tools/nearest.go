package tools

import "strings"

// nearest finds the known name closest to a mistaken one: the one it is part
// of or starts like, or the one at the least edit distance, at most a third of
// the name away. "" means none is near.
func nearest(name string, known []string) string {
	name = strings.ToLower(name)
	best, least := "", max(len(name)/3, 1)+1
	for _, k := range known {
		if d := distance(name, k); d < least {
			best, least = k, d
		}
	}
	if best != "" || len(name) < 3 {
		return best
	}
	for _, k := range known {
		if strings.HasPrefix(k, name) || strings.HasSuffix(k, "_"+name) || strings.HasPrefix(name, k) {
			return k
		}
	}
	return ""
}

// distance is the Levenshtein distance of two short names.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}

package imapconn

import (
	"slices"

	"mail-imap-mcp/internal/imap"
)

// FetchEach fetches messages by their UIDs. A server that refuses the set because
// of one message in it (Yahoo: MailKit#358) is asked for halves of it until that
// one is found, all halves in one flight; refused has what it said of each. Beside
// an error stands what came before.
func (c *Conn) FetchEach(uids []uint32, options *imap.FetchOptions) (rows []*imap.Message, refused map[uint32]error, err error) {
	refused = map[uint32]error{}
	sets := [][]uint32{slices.Sorted(slices.Values(uids))}
	for len(sets) > 0 && len(sets[0]) > 0 {
		cmds := make([]*imap.Fetch, len(sets))
		for i, set := range sets {
			cmds[i] = c.Fetch(set, options)
		}
		var halves [][]uint32
		for i, cmd := range cmds {
			came, err := cmd.Wait()
			rows = append(rows, came...)
			switch {
			case err == nil:
				continue
			case !IsRefusal(err):
				return rows, refused, err
			}
			left := slices.DeleteFunc(slices.Clone(sets[i]), func(uid uint32) bool {
				return slices.ContainsFunc(came, func(m *imap.Message) bool { return m.UID == uid && len(m.Sections) >= len(options.BodySection) })
			})
			switch len(left) {
			case 0:
			case 1:
				if len(sets[i]) == 1 {
					refused[left[0]] = err
					continue
				}
				halves = append(halves, left)
			default:
				halves = append(halves, left[:len(left)/2], left[len(left)/2:])
			}
		}
		sets = halves
	}
	return rows, refused, nil
}

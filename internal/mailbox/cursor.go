package mailbox

import (
	"encoding/json"

	"mail-imap-mcp/internal/contract"
)

// OpenCursor reads the cursor of a caller's search: where it goes on, and with
// what criteria.
func (s *Service) OpenCursor(caller, token string) (contract.Cursor, Criteria, error) {
	var criteria Criteria
	cur, err := s.sealer.Open(token)
	if err == nil && (cur.Caller != caller || json.Unmarshal(cur.Criteria, &criteria) != nil) {
		err = contract.Errorf(contract.InvalidInput, "cursor is invalid or expired")
	}
	return cur, criteria, err
}

package mailbox

import (
	"errors"

	"github.com/emersion/go-imap/v2"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imapconn"
)

// isRefusal reports whether the server answered NO or BAD: the command failed
// but the connection lives on.
func isRefusal(err error) bool {
	var refusal *imap.Error
	return errors.As(err, &refusal) && refusal.Type != imap.StatusResponseTypeBye
}

// noteCharsetRefused remembers that an account's server cannot search in UTF-8
// (NO [BADCHARSET (US-ASCII)], as Exchange answers), so that the next search
// does not ask again. A refusal without that code may have had another reason
// and is not remembered.
func (s *Service) noteCharsetRefused(pool *imapconn.Pool, err error) {
	var refusal *imap.Error
	if errors.As(err, &refusal) && refusal.Code == imap.ResponseCodeBadCharset {
		s.noCharset.Store(pool, true)
	}
}

func (s *Service) refusesCharset(pool *imapconn.Pool) bool {
	_, refused := s.noCharset.Load(pool)
	return refused
}

// isFault reports whether talking to the server went wrong, as opposed to a
// request that cannot be served.
func isFault(err error) bool {
	var refused *contract.Error
	return !errors.As(err, &refused)
}

// asIssue puts an error beside what was obtained.
func asIssue(stage string, err error) contract.Issue {
	var fault *contract.Fault
	if errors.As(imapconn.Classify(stage, err), &fault) {
		return fault.Issue()
	}
	var refused *contract.Error
	if errors.As(err, &refused) {
		return contract.Issue{Code: refused.Code, Stage: stage, Message: refused.Message}
	}
	return contract.Issue{Code: contract.Internal, Stage: stage, Message: "the mail could not be read completely"}
}

// isDecodeFailure reports whether the connection broke on what the server sent,
// rather than on the network or the clock: asking in another way can help.
func isDecodeFailure(err error) bool {
	var fault *contract.Fault
	return errors.As(imapconn.Classify("read", err), &fault) && fault.Code == contract.Internal
}

package imapconn

import (
	"errors"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
)

// IsRefusal reports whether the server answered NO or BAD: the command failed
// but the connection lives on.
func IsRefusal(err error) bool {
	var refusal *imap.Error
	return errors.As(err, &refusal) && refusal.Type != imap.StatusResponseTypeBye
}

// IsFault reports whether talking to the server went wrong, as opposed to a
// request that cannot be served.
func IsFault(err error) bool {
	var refused *contract.Error
	return !errors.As(err, &refused)
}

// AsIssue puts an error beside what was obtained.
func AsIssue(stage string, err error) contract.Issue {
	var fault *contract.Fault
	if errors.As(Classify(stage, err), &fault) {
		return fault.Issue()
	}
	var refused *contract.Error
	if errors.As(err, &refused) {
		return contract.Issue{Code: refused.Code, Stage: stage, Message: refused.Message}
	}
	return contract.Issue{Code: contract.Internal, Stage: stage, Message: "the mail could not be read completely"}
}

// IsDecodeFailure reports whether the connection broke on what the server sent,
// rather than on the network or the clock: asking in another way can help.
func IsDecodeFailure(err error) bool {
	var fault *contract.Fault
	return errors.As(Classify("read", err), &fault) && fault.Code == contract.Internal
}

// Said is what a server said when it refused a command, as part of a sentence.
func Said(err error) string {
	var refusal *imap.Error
	if !errors.As(err, &refusal) {
		return ""
	}
	return quoteText(refusal.Text)
}

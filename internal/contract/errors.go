// Package contract is the outward contract in Go: message ids, cursors, error
// codes, the answer envelope and the bounds of every argument. It is pure: no
// network, no files, no MCP.
package contract

import (
	"errors"
	"fmt"
)

// Code says what kind of thing went wrong; clients may rely on the values.
type Code string

// The codes of the contract.
const (
	InvalidInput         Code = "invalid_input"
	AuthFailed           Code = "auth_failed"
	NotFound             Code = "not_found"
	Timeout              Code = "timeout"
	Conflict             Code = "conflict"
	Internal             Code = "internal"
	PermissionDenied     Code = "permission_denied"
	RateLimited          Code = "rate_limited"
	ConfirmationRequired Code = "confirmation_required"
	Unavailable          Code = "unavailable"
)

// Error is a request that cannot be served as it was made: a tool error
// (isError: true). Its message is for the person and the model, and holds no
// secret and nothing a sender wrote.
type Error struct {
	Code    Code
	Message string
	Details map[string]any
	Cause   error // for the log; never part of the answer
}

// Errorf makes an Error. A %w argument becomes the cause; like every argument
// its text is part of the message, so wrap only errors made for people.
func Errorf(code Code, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Code: code, Message: err.Error(), Cause: errors.Unwrap(err)}
}

// Error implements error.
func (e *Error) Error() string { return e.Message }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Fault is something that went wrong while talking to the mail server. It is
// reported as an issue in an answer of status failed or partial, not as a tool
// error, so that what was obtained is kept.
type Fault struct {
	Code      Code
	Stage     string // what was being done: connect, tls, auth, select, search, fetch…
	Message   string
	Retryable bool
	Cause     error // for the log; never part of the answer
}

// Error implements error.
func (f *Fault) Error() string { return f.Message }

// Unwrap gives the cause.
func (f *Fault) Unwrap() error { return f.Cause }

// Issue is the fault as an answer shows it.
func (f *Fault) Issue() Issue {
	return Issue{Code: f.Code, Stage: f.Stage, Message: f.Message, Retryable: f.Retryable}
}

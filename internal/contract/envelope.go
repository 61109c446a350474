package contract

import "time"

// Status says how much of what was asked an answer has.
type Status string

// The statuses of an answer.
const (
	StatusOK      Status = "ok"
	StatusPartial Status = "partial"
	StatusFailed  Status = "failed"
)

// Issue is one thing that went wrong while an answer was made.
type Issue struct {
	Code      Code   `json:"code" own:"words"`
	Stage     string `json:"stage" own:"words"`
	Message   string `json:"message" server:"line"`
	Retryable bool   `json:"retryable"`
	UID       uint32 `json:"uid,omitempty"`
	MessageID string `json:"message_id,omitempty" own:"id"`
}

// NextAction is what a model should sensibly do next.
type NextAction struct {
	Instruction string         `json:"instruction" own:"words"`
	Tool        string         `json:"tool,omitempty" own:"words"`
	Arguments   map[string]any `json:"arguments,omitempty"`
}

// Meta tells when an answer was made and how long it took.
type Meta struct {
	NowUTC     string `json:"now_utc"` // RFC 3339
	DurationMS int64  `json:"duration_ms"`
}

// NewMeta describes a call that started at start and ends now.
func NewMeta(start, now time.Time) Meta {
	return Meta{NowUTC: now.UTC().Format(time.RFC3339), DurationMS: max(now.Sub(start).Milliseconds(), 0)}
}

// Envelope is every tool's answer.
type Envelope struct {
	Summary string `json:"summary"` // one line a person understands
	Data    any    `json:"data"`
	Meta    Meta   `json:"meta"`
}

// ErrorEnvelope is the text of a tool error.
type ErrorEnvelope struct {
	Error ErrorBody `json:"error"`
	Meta  Meta      `json:"meta"`
}

// ErrorBody is what a tool error says.
type ErrorBody struct {
	Code    Code           `json:"code"`
	Message string         `json:"message"`
	Details map[string]any `json:"details"`
}

// NewErrorEnvelope wraps a tool error for the outside.
func NewErrorEnvelope(e *Error, meta Meta) ErrorEnvelope {
	details := e.Details
	if details == nil {
		details = map[string]any{}
	}
	return ErrorEnvelope{Error: ErrorBody{Code: e.Code, Message: e.Message, Details: details}, Meta: meta}
}

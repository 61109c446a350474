package tools

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
	"mail-imap-mcp/internal/safety"
)

// answer is what a tool found out.
type answer struct {
	summary string // one line; nothing in it was written by a sender
	data    payload
}

// payload is the data of an answer. fenced returns it for the text version,
// with every mail-written string of more than a header line between fences.
type payload interface {
	fenced(fence) any
}

// embedding is data that brings further content beside the envelope.
type embedding interface{ content() []mcp.Content }

// attributed is data that knows its origin better than its tool does.
type attributed interface{ origin() string }

// ended is data that says how it went; all that has an outcome does.
type ended interface{ ending() contract.Status }

func (o outcome) ending() contract.Status { return o.Status }

// counted is data that says how many messages' text it brought.
type counted interface{ read() int }

// left is how the call ended, for the guard.
func (a answer) left() guard.Left {
	left := guard.Left{Outcome: string(contract.StatusOK)}
	if e, ok := a.data.(ended); ok {
		left.Outcome = string(e.ending())
	}
	if c, ok := a.data.(counted); ok {
		left.Counts = map[string]int{"read": c.read()}
	}
	return left
}

// outcome is what every answer's data begins with.
type outcome struct {
	Status     contract.Status     `json:"status"`
	Issues     []contract.Issue    `json:"issues"`
	NextAction contract.NextAction `json:"next_action"`
}

// newOutcome is ok without issues, partial with some, and failed when there
// are some and nothing was obtained.
func newOutcome(issues []contract.Issue, obtained bool, next contract.NextAction) outcome {
	o := outcome{Status: contract.StatusOK, Issues: append([]contract.Issue{}, issues...), NextAction: next}
	for i := range o.Issues {
		o.Issues[i].Message = defuseOwn(o.Issues[i].Message)
	}
	switch {
	case len(issues) == 0:
	case obtained:
		o.Status = contract.StatusPartial
	default:
		o.Status = contract.StatusFailed
	}
	return o
}

// failure is the summary and outcome when talking to the mail server went
// wrong and nothing was obtained. Any other error is returned as it is: a tool
// error.
func failure(account string, err error) (string, outcome, error) {
	var refused *contract.Error
	var fault *contract.Fault
	if errors.As(err, &refused) || !errors.As(err, &fault) {
		return "", outcome{}, err
	}
	summary := fmt.Sprintf("Failed while talking to the mail server (%s): %s", fault.Code, fault.Message)
	return summary, newOutcome([]contract.Issue{fault.Issue()}, false, afterFault(account, fault)), nil
}

// afterFault is what to do about a fault.
func afterFault(account string, f *contract.Fault) contract.NextAction {
	switch f.Code {
	case contract.AuthFailed, contract.Timeout, contract.Unavailable:
		return contract.NextAction{
			Instruction: "Find out what is wrong with the account, and tell the person what to change.",
			Tool:        nameVerifyAccount,
			Arguments:   map[string]any{"account_id": account},
		}
	}
	if f.Retryable {
		return contract.NextAction{Instruction: "Make the same call once more; if it fails again, tell the person the message of the issue."}
	}
	return contract.NextAction{Instruction: "Tell the person the message of the issue."}
}

// labels say of whom an answer's text is, and for whom. They travel in _meta.
type labels struct {
	origin   string
	mailText []string // the fields a sender wrote
}

// The origins of an answer's text. A sender counts as authenticated where the
// receiving server says that DMARC passed; of several, where that holds for all.
const (
	originConfiguration = "configuration"
	originMailServer    = "mail-server"
	originSender        = "unauthenticated-sender"
	originAuthenticated = "authenticated-sender"
)

// originOf is the origin of a message's text.
func originOf(a safety.Authentication) string {
	if a.Authenticated() {
		return originAuthenticated
	}
	return originSender
}

// The keys of the labels, and the one confidentiality mail has here.
const (
	metaOrigin          = "mail-imap-mcp/origin"
	metaConfidentiality = "mail-imap-mcp/confidentiality"
	metaMailText        = "mail-imap-mcp/mail-text"

	confidentialOwner = "mailbox-owner"
)

func (l labels) meta() mcp.Meta {
	m := mcp.Meta{metaOrigin: l.origin, metaConfidentiality: confidentialOwner}
	if len(l.mailText) > 0 {
		m[metaMailText] = l.mailText
	}
	return m
}

// result renders the envelope twice, for programs and as fenced text. Names and
// a mail server's words, which are not fenced, are defused wherever they stand.
func (a answer) result(meta contract.Meta, l labels) (*mcp.CallToolResult, error) {
	a.summary = defuseOwn(a.summary)
	f := newFence()
	text, err := marshal(contract.Envelope{Summary: a.summary, Data: a.data.fenced(f), Meta: meta})
	if err != nil {
		return nil, fmt.Errorf("render answer: %w", err)
	}
	text = f.defuseAround(text)
	if known, ok := a.data.(attributed); ok {
		l.origin = known.origin()
	}
	content := []mcp.Content{&mcp.TextContent{Text: text}}
	if more, ok := a.data.(embedding); ok {
		content = append(content, more.content()...)
	}
	return &mcp.CallToolResult{
		Meta:              l.meta(),
		Content:           content,
		StructuredContent: contract.Envelope{Summary: a.summary, Data: a.data, Meta: meta},
	}, nil
}

// errorResult is a tool error: text only, for some clients validate the
// structured content of errors against the output schema and hide the message.
func errorResult(e *contract.Error, meta contract.Meta) *mcp.CallToolResult {
	e = &contract.Error{Code: e.Code, Message: defuseOwn(e.Message), Details: e.Details}
	text, err := marshal(contract.NewErrorEnvelope(e, meta))
	if err != nil {
		// Only details can fail to marshal; the message is what matters.
		text, _ = marshal(contract.NewErrorEnvelope(&contract.Error{Code: e.Code, Message: e.Message}, meta))
	}
	text = newFence().defuseAround(text)
	return &mcp.CallToolResult{Meta: labels{origin: originMailServer}.meta(), IsError: true, Content: []mcp.Content{&mcp.TextContent{Text: text}}}
}

// marshal is compact JSON without HTML escapes, which cost a model tokens and
// readability.
func marshal(v any) (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "", err
	}
	return string(bytes.TrimRight(b.Bytes(), "\n")), nil
}

package tools

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	layout "mail-imap-mcp/internal/answer"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
	"mail-imap-mcp/internal/safety"
)

// answer is what a tool found out.
type answer struct {
	summary string // one line; nothing in it was written by a sender
	data    payload
}

// payload is the data of an answer. text lays it out for a model, below the
// summary as the first line, which it may replace.
type payload interface{ text(t *sheet) }

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
	Status     contract.Status     `json:"status" own:"words"`
	Issues     []contract.Issue    `json:"issues"`
	NextAction contract.NextAction `json:"next_action"`
}

// newOutcome is ok without issues, partial with some, and failed when there
// are some and nothing was obtained.
func newOutcome(issues []contract.Issue, obtained bool, next contract.NextAction) outcome {
	o := outcome{Status: contract.StatusOK, Issues: append([]contract.Issue{}, issues...), NextAction: next}
	for i := range o.Issues {
		o.Issues[i].Message = layout.Own(o.Issues[i].Message)
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

// result renders an answer: as one text for a model or, where the owner chose
// JSON, as the envelope twice, for programs and as fenced text.
func (s *server) result(a answer, meta contract.Meta, l labels) (*mcp.CallToolResult, error) {
	if known, ok := a.data.(attributed); ok {
		l.origin = known.origin()
	}
	result, envelope := &mcp.CallToolResult{Meta: l.meta()}, contract.Envelope{Summary: layout.Own(a.summary), Data: a.data, Meta: meta}
	var text string
	if s.text {
		result.Meta = labels{origin: l.origin}.meta()
		text = s.page(a)
	} else {
		var err error
		if text, err = marshal(layout.Fenced(envelope)); err != nil {
			return nil, fmt.Errorf("render answer: %w", err)
		}
		result.StructuredContent = envelope
	}
	result.Content = []mcp.Content{&mcp.TextContent{Text: text}}
	if more, ok := a.data.(embedding); ok {
		result.Content = append(result.Content, more.content()...)
	}
	return result, nil
}

// errorResult is a tool error: text only, for some clients validate the
// structured content of errors against the output schema and hide the message.
func (s *server) errorResult(e *contract.Error, meta contract.Meta) *mcp.CallToolResult {
	var text string
	if s.text {
		text = s.errorPage(e)
	} else {
		var err error
		if text, err = marshal(layout.Fenced(contract.NewErrorEnvelope(e, meta))); err != nil {
			// Only details can fail to marshal; the message is what matters.
			text, _ = marshal(layout.Fenced(contract.NewErrorEnvelope(&contract.Error{Code: e.Code, Message: e.Message}, meta)))
		}
	}
	origin := originMailServer
	if _, quotes := e.Details[detailQuoted]; quotes {
		origin = originSender
	}
	result := &mcp.CallToolResult{}
	// Protocol 2026-07-28 demands a resultType, which the SDK puts into the results of
	// handlers only, and has no setter for: clients refuse an error of ours without it.
	_ = json.Unmarshal([]byte(`{"resultType":"complete"}`), result)
	result.Meta, result.IsError, result.Content = labels{origin: origin}.meta(), true, []mcp.Content{&mcp.TextContent{Text: text}}
	return result
}

// errorPage is a tool error for a model: a line, and what the call that may follow
// needs.
func (s *server) errorPage(e *contract.Error) string {
	page := layout.NewPage(s.zone, s.now())
	page.First("%s: %s", e.Code, e.Message)
	quoted, _ := e.Details[detailQuoted].([]string)
	for _, line := range quoted {
		page.Mail(layout.Line(line))
	}
	for _, name := range []string{"question", "retry_after_ms", "confirm_token"} {
		if value, ok := e.Details[name]; ok {
			page.Say(name, fmt.Sprint(value))
		}
	}
	return page.String()
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

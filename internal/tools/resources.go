package tools

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
	"mail-imap-mcp/internal/mailbox"
)

// The templates of both resource URIs.
const (
	messageTemplate    = "imap://{account}/mailbox/{mailbox}/message/{uidvalidity}/{uid}"
	messageRawTemplate = messageTemplate + "/raw"

	typeMarkdown = "text/markdown"
	typeMessage  = "message/rfc822"
)

// maxRawResource is the largest source given as a resource, which has no
// offset: whole or not at all.
const maxRawResource = 1 << 20

func (s *server) addResources(m *mcp.Server) {
	m.AddResourceTemplate(&mcp.ResourceTemplate{
		Name: "message", Title: "Message", URITemplate: messageTemplate, MIMEType: typeMarkdown,
		Description: "A message as safe text; the body stands between fences.",
	}, s.readResource)
	m.AddResourceTemplate(&mcp.ResourceTemplate{
		Name: "message_raw", Title: "Message source", URITemplate: messageRawTemplate, MIMEType: typeMessage,
		Description: "A message's unfiltered source, up to 1 MiB.",
	}, s.readResource)
}

// canonicalURI rewrites a resource URI so that the SDK's template matching
// finds it: a mailbox such as "A&B" may come with its "&" unescaped, which RFC
// 3986 §3.3 allows in a path and RFC 6570 §3.2.2 never expands to.
func (s *server) canonicalURI(next mcp.MethodHandler) mcp.MethodHandler {
	return func(ctx context.Context, method string, req mcp.Request) (mcp.Result, error) {
		read, ok := req.(*mcp.ReadResourceRequest)
		if !ok || read.Params == nil || !strings.HasPrefix(read.Params.URI, "imap://") {
			return next(ctx, method, req)
		}
		id, raw, err := contract.ParseMessageURI(read.Params.URI)
		if err != nil {
			return nil, s.rpcError(ctx, err)
		}
		read.Params.URI = strictURI(id, raw)
		return next(ctx, method, req)
	}
}

// strictURI escapes all but RFC 3986's unreserved characters in the mailbox.
func strictURI(id contract.MessageID, raw bool) string {
	mailbox := strings.ReplaceAll(url.QueryEscape(id.Mailbox), "+", "%20")
	uri := fmt.Sprintf("imap://%s/mailbox/%s/message/%d/%d", id.Account, mailbox, id.UIDValidity, id.UID)
	if raw {
		uri += "/raw"
	}
	return uri
}

func (s *server) readResource(ctx context.Context, req *mcp.ReadResourceRequest) (*mcp.ReadResourceResult, error) {
	id, raw, err := contract.ParseMessageURI(req.Params.URI)
	if err != nil {
		return nil, s.rpcError(ctx, err)
	}
	id = s.follow(ctx, id)[0]
	visit, err := s.enterResource(ctx, id, raw)
	if err != nil {
		return nil, s.rpcError(ctx, s.didYouMean(ctx, touching(id), err))
	}
	var contents *mcp.ResourceContents
	if raw {
		contents, err = s.rawResource(ctx, id)
	} else {
		contents, err = s.messageResource(ctx, id)
	}
	if err != nil {
		visit.Leave(ctx, guard.Left{Outcome: "failed"})
		return nil, s.rpcError(ctx, s.didYouMean(ctx, touching(id), err))
	}
	visit.Leave(ctx, guard.Left{Outcome: string(contract.StatusOK), Counts: map[string]int{"read": 1}})
	if contents.Meta == nil {
		contents.Meta = labels{origin: originSender}.meta()
	}
	return &mcp.ReadResourceResult{
		Contents: []*mcp.ResourceContents{contents},
		// Flags change and mail is private: no cache in between may keep it.
		Cacheable: mcp.Cacheable{CacheScope: "private"},
	}, nil
}

// enterResource has a resource pass the guard as the tool that reads the same:
// what the owner switched off as a tool is off as a resource.
func (s *server) enterResource(ctx context.Context, id contract.MessageID, raw bool) (*guard.Visit, error) {
	tool := getMessage()
	if raw {
		tool = getMessageRaw(false)
	}
	return s.guard.Enter(ctx, tool.asked(guard.Caller(ctx), touching(id)))
}

// rpcError puts any error in the form resources have.
func (s *server) rpcError(ctx context.Context, err error) error {
	var fault *contract.Fault
	if errors.As(err, &fault) {
		return rpcError(&contract.Error{Code: fault.Code, Message: fault.Message})
	}
	return rpcError(s.refusal(ctx, "resources/read", err))
}

func (s *server) rawResource(ctx context.Context, id contract.MessageID) (*mcp.ResourceContents, error) {
	r, err := s.Mail.Raw(ctx, mailbox.RawQuery{ID: id, MaxBytes: maxRawResource})
	if err != nil {
		return nil, err
	}
	if r.Withheld != "" {
		return nil, contract.Errorf(contract.PermissionDenied, "%s", r.Withheld)
	}
	if r.Truncated {
		return nil, contract.Errorf(contract.InvalidInput,
			"the source has %d bytes; a resource has at most %d: read it in pieces with %s", r.TotalSize, maxRawResource, nameGetMessageRaw)
	}
	return &mcp.ResourceContents{URI: id.RawURI(), MIMEType: typeMessage, Blob: r.Data}, nil
}

func (s *server) messageResource(ctx context.Context, id contract.MessageID) (*mcp.ResourceContents, error) {
	q := mailbox.GetQuery{ID: id, BodyMax: contract.MaxBodyChars, Mode: mailbox.ModeText, Attachments: true}
	m, err := s.Mail.Get(ctx, q)
	if err != nil {
		return nil, err
	}
	return &mcp.ResourceContents{URI: id.URI(), MIMEType: typeMarkdown, Text: s.page(newGetAnswer(q, m)), Meta: labels{origin: originOf(m.Authentication)}.meta()}, nil
}

func total(counts map[string]int) int {
	n := 0
	for _, c := range counts {
		n += c
	}
	return n
}

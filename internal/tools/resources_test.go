package tools_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/mailtest"
)

func TestServer_AdvertisesOnlyWhatItDoes(t *testing.T) {
	t.Parallel()
	session := connect(t, mailtest.NewMemory(t))
	r := session.InitializeResult()
	c := r.Capabilities
	//nolint:staticcheck // deprecated, and that it is not advertised is the point
	if c.Logging != nil || c.Prompts != nil || c.Tools == nil || c.Resources == nil || c.Completions == nil {
		t.Errorf("capabilities %+v", c)
	}
	if !strings.Contains(r.Instructions, "[untrusted mail text NONCE begins]") || len(r.Instructions) > 2000 {
		t.Errorf("instructions of %d bytes: %s", len(r.Instructions), r.Instructions)
	}
}

func TestResource_MailboxWithEveryKindOfCharacter(t *testing.T) {
	t.Parallel()
	const name = "A&B = 100% ärger+c"
	srv := mailtest.NewMemory(t)
	srv.Create(t, name)
	uids := srv.Append(t, name, mailtest.Message{Raw: []byte(letter)})
	id := contract.MessageID{Account: "default", Mailbox: name, UIDValidity: srv.UIDValidity(t, name), UID: uids[0]}
	session := connect(t, srv)
	r, err := session.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: id.URI()})
	if err != nil {
		t.Fatal(err)
	}
	c := r.Contents[0]
	if c.URI != id.URI() || c.MIMEType != "text/markdown" || !strings.Contains(c.Text, "Subject: Tea") {
		t.Errorf("contents %+v", c)
	}
	before, _, _ := strings.Cut(c.Text, "[untrusted mail text")
	if strings.Contains(before, "Tea") {
		t.Error("a subject stands outside the fence")
	}
	r, err = session.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: id.RawURI()})
	if err != nil || string(r.Contents[0].Blob) != letter || r.Contents[0].MIMEType != "message/rfc822" {
		t.Errorf("raw %v, %v", r, err)
	}
}

func TestResource_SourceAboveTheCapIsRefusedWithTheWayOut(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	big := letter + strings.Repeat("x", 76) + "\r\n" + strings.Repeat(strings.Repeat("y", 76)+"\r\n", 14_000)
	uids := srv.Append(t, "INBOX", mailtest.Message{Raw: []byte(big)})
	id := contract.MessageID{Account: "default", Mailbox: "INBOX", UIDValidity: srv.UIDValidity(t, "INBOX"), UID: uids[0]}
	_, err := connect(t, srv).ReadResource(t.Context(), &mcp.ReadResourceParams{URI: id.RawURI()})
	rpcRefusal(t, err, jsonrpc.CodeInvalidParams, contract.InvalidInput, "imap_get_message_raw")
}

func TestResource_ErrorsCarryTheContractsCode(t *testing.T) {
	t.Parallel()
	srv, _ := withLetter(t)
	session := connect(t, srv)
	for uri, want := range map[string]struct {
		code  contract.Code
		words string
	}{
		"imap://default/mailbox/INBOX/message/1/0":    {contract.InvalidInput, "wrong uid"},
		"imap://default/mailbox/INBOX/message/1/1":    {contract.Conflict, "stale"},
		"imap://nobody/mailbox/INBOX/message/1/1":     {contract.NotFound, "not configured"},
		"imap://default/mailbox/Nowhere/message/1/1":  {contract.NotFound, "Nowhere"},
		"imap://default/mailbox/a%0D%0Ab/message/1/1": {contract.InvalidInput, "no valid mailbox"},
	} {
		_, err := session.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: uri})
		rpcCode := int64(jsonrpc.CodeInvalidParams)
		if want.code == contract.NotFound {
			rpcCode = -32002 // MCP, Resources: resource not found
		}
		rpcRefusal(t, err, rpcCode, want.code, want.words)
	}
}

func rpcRefusal(t *testing.T, err error, rpcCode int64, code contract.Code, words string) {
	t.Helper()
	var rpc *jsonrpc.Error
	if !errors.As(err, &rpc) {
		t.Errorf("no JSON-RPC error: %v", err)
		return
	}
	var data struct {
		Code contract.Code `json:"code"`
	}
	if err := json.Unmarshal(rpc.Data, &data); err != nil || data.Code != code || rpc.Code != rpcCode || !strings.Contains(rpc.Message, words) {
		t.Errorf("error %d %s %s, want %s with %q", rpc.Code, rpc.Message, rpc.Data, code, words)
	}
}

func TestCompletion_SuggestsAccountsAndMailboxes(t *testing.T) {
	t.Parallel()
	srv := mailtest.NewMemory(t)
	srv.Create(t, "Ärger")
	session := connect(t, srv)
	for _, tc := range []struct {
		argument, value string
		chosen          map[string]string
		want            []string
	}{
		{"account", "", nil, []string{"default"}},
		{"account", "x", nil, []string{}},
		{"mailbox", "in", nil, []string{"INBOX"}},
		{"mailbox", "ä", map[string]string{"account": "Default"}, []string{"Ärger"}},
		{"uid", "", nil, []string{}},
	} {
		p := &mcp.CompleteParams{
			Ref:      &mcp.CompleteReference{Type: "ref/resource", URI: "imap://{account}/mailbox/{mailbox}/message/{uidvalidity}/{uid}"},
			Argument: mcp.CompleteParamsArgument{Name: tc.argument, Value: tc.value},
		}
		if tc.chosen != nil {
			p.Context = &mcp.CompleteContext{Arguments: tc.chosen}
		}
		r, err := session.Complete(t.Context(), p)
		if err != nil || !slices.Equal(r.Completion.Values, tc.want) {
			t.Errorf("%s %q: %v, %v; want %v", tc.argument, tc.value, r, err, tc.want)
		}
	}
}

package tools_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"

	"mail-imap-mcp/internal/tools"
)

const referenceHead = `# Tools

<!-- Generated from the tool definitions in internal/tools by: make docs. Do not edit. -->

By default (` + "`MAIL_IMAP_ANSWERS=text`" + `) an answer is one text for a model: a first line that a person would say; then everything that
strangers wrote, between one pair of markers; then this server's own lines, each only where it says something. Messages have short
ids, ` + "`INBOX/8921~kxfq`" + ` (` + "`work:INBOX/8921~kxfq`" + ` where there are several accounts), which every argument takes, as it does the long form and
the URI. One answer of each tool is in [internal/tools/testdata/answers](../internal/tools/testdata/answers).

    3 messages found in INBOX; 3 shown, newest first (times: Europe/Berlin)
    [untrusted mail text 38104772 begins]
    INBOX/8921~kxfq  Mon 30 Nov 21:18 unread Rota <rota@club.example>  Rota for Wednesday  [rota.pdf 120 kB]
    …
    [untrusted mail text 38104772 ends]
    more: cursor=AYAn…

A tool error is a line, ` + "`code: what is wrong; what to do`" + `, with ` + "`isError`" + `.

With ` + "`MAIL_IMAP_ANSWERS=json`" + ` every tool answers with an envelope, as structured content and as JSON text; the tables below are of its data:

    {"summary": "one line", "data": {…}, "meta": {"now_utc": "…", "duration_ms": 12}}

- ` + "`data.status`" + ` is ` + "`ok`, `partial` or `failed`" + `; ` + "`data.issues`" + ` says what went wrong while talking to the mail server;
  ` + "`data.next_action`" + ` is what to do next. The tables below leave these three out.
- A request that cannot be served is a tool error (` + "`isError`" + `), as text only: ` + "`{\"error\": {\"code\", \"message\", \"details\"}, \"meta\"}`" + `.
- In the text, mail-written strings of more than a header line stand between ` + "`[untrusted mail text NONCE begins]`" + ` and
  ` + "`[untrusted mail text NONCE ends]`" + `, with a nonce new in every call. Structured content is not fenced: there ` + "`_meta`" + ` names the
  fields that a sender wrote. ` + "`raw_source_base64`" + ` is never fenced, so that it can be decoded.
- ` + "`from`, `to` and `cc`" + ` of a message are written as a header has them: ` + "`Ada <ada@example.org>, Bob <bob@example.org>`" + `.
- ` + "`null`" + ` means that an argument is not given. Dates of messages are RFC 3339 with their zone; days of arrival are the mail server's.
- ` + "`last_days: 1`" + ` means since midnight in UTC of yesterday, as exactly as the server can tell; a cursor keeps the day it meant when the search began.
- On Gmail ` + "`query`" + ` looks for whole words, as Gmail does, and for letters only where that finds nothing.

`

// reference renders docs/tools.md.
func reference(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(referenceHead)
	for _, d := range tools.Definitions(tools.Features{}) {
		fmt.Fprintf(&b, "## %s\n\n*%s.* %s\n\n", d.Name, d.Tool().Title, d.Tool().Description)
		in := d.Tool().InputSchema.(*jsonschema.Schema)
		if len(in.Properties) == 0 {
			b.WriteString("Takes no arguments.\n\n")
		} else {
			b.WriteString("| argument | type | bounds | default | meaning |\n|---|---|---|---|---|\n")
			argumentRows(&b, in, "")
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "Example:\n\n```json\n%s\n```\n\n", d.Example)
		b.WriteString("| in `data` | type | meaning |\n|---|---|---|\n")
		outputRows(&b, d.Tool().OutputSchema.(*jsonschema.Schema).Properties["data"], "")
		a := d.Tool().Annotations
		fmt.Fprintf(&b, "\nAnnotations: readOnlyHint %t, destructiveHint %t, idempotentHint %t, openWorldHint %t.\n\n",
			a.ReadOnlyHint, *a.DestructiveHint, a.IdempotentHint, *a.OpenWorldHint)
	}
	b.WriteString(referenceTail)
	return b.String()
}

const referenceTail = `# Resources

| template | content |
|---|---|
| ` + "`imap://{account}/mailbox/{mailbox}/message/{uidvalidity}/{uid}`" + ` | ` + "`text/markdown`" + `: header and body as safe text, at most 16,000 characters of body, between fences |
| ` + "`imap://{account}/mailbox/{mailbox}/message/{uidvalidity}/{uid}/raw`" + ` | ` + "`message/rfc822`" + `: the source as it is; more than 1 MiB is refused: use imap_get_message_raw |

` + "`account` and `mailbox`" + ` can be completed. Errors are JSON-RPC errors with the contract's code in ` + "`data.code`" + `.
`

func argumentRows(b *strings.Builder, s *jsonschema.Schema, prefix string) {
	for _, name := range s.PropertyOrder {
		p := s.Properties[name]
		meaning := p.Description
		if slices.Contains(s.Required, name) {
			meaning = strings.TrimSuffix("required; "+meaning, "; ")
		}
		fmt.Fprintf(b, "| `%s%s` | %s | %s | %s | %s |\n", prefix, name, p.Type, limits(p), string(p.Default), meaning)
		argumentRows(b, p, prefix+name+".")
	}
}

// limits writes a property's bounds: 1..100, 1..256 characters, a|b.
func limits(p *jsonschema.Schema) string {
	switch {
	case p.Minimum != nil && p.Maximum != nil:
		return fmt.Sprintf("%.0f..%.0f", *p.Minimum, *p.Maximum)
	case p.MinLength != nil && p.MaxLength != nil:
		return fmt.Sprintf("%d..%d characters", *p.MinLength, *p.MaxLength)
	case len(p.Enum) > 0:
		words := []string{}
		for _, v := range p.Enum {
			words = append(words, fmt.Sprintf("`%v`", v))
		}
		return strings.Join(words, ", ")
	}
	return ""
}

func outputRows(b *strings.Builder, s *jsonschema.Schema, prefix string) {
	for _, name := range s.PropertyOrder {
		if prefix == "" && slices.Contains([]string{"status", "issues", "next_action"}, name) {
			continue
		}
		p, path := s.Properties[name], prefix+name
		kind := p.Type
		if p.Type == "array" {
			path, kind = path+"[]", "list of "+p.Items.Type
		}
		meaning := p.Description
		if !slices.Contains(s.Required, name) {
			meaning = strings.TrimSuffix("may be absent; "+meaning, "; ")
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", path, kind, meaning)
		outputRows(b, p, path+".")
		if p.Items != nil {
			outputRows(b, p.Items, path+".")
		}
	}
}

// The example is written by hand: it is shown as it stands and must be JSON.
func TestReference_ExamplesAreJSON(t *testing.T) {
	t.Parallel()
	for _, d := range tools.Definitions(tools.Features{}) {
		if !json.Valid([]byte(d.Example)) {
			t.Errorf("%s: %s", d.Name, d.Example)
		}
	}
}

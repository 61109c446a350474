package tools

import (
	"context"
	"encoding/base64"
	"fmt"

	"github.com/google/jsonschema-go/jsonschema"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
	"mail-imap-mcp/internal/mailbox"
)

// maxRawBytes is the most that one answer brings of a source.
const maxRawBytes = 64_000

const nameGetMessageRaw = "imap_get_message_raw"

type getMessageRawInput struct {
	MessageID   *string `json:"message_id,omitempty" text:"id"`
	MaxBytes    *int64  `json:"max_bytes,omitempty" bounds:"1..64000" default:"16000"`
	OffsetBytes *int64  `json:"offset_bytes,omitempty" bounds:"0..4294967295" default:"0"`
	Save        *string `json:"save,omitempty" enum:"message,conversation" jsonschema:"instead: keep all of it, or each message of its conversation, as .eml files in the directory the owner chose"`

	q mailbox.RawQuery
}

type getMessageRawData struct {
	outcome
	AccountID         string `json:"account_id" own:"words"`
	MessageID         string `json:"message_id" own:"words"`
	MessageRawURI     string `json:"message_raw_uri" own:"words"`
	TotalSizeBytes    int64  `json:"total_size_bytes"`
	ReturnedBytes     int    `json:"returned_bytes"`
	OffsetBytes       int64  `json:"offset_bytes"`
	Truncated         bool   `json:"truncated"`
	RawSourceBase64   string `json:"raw_source_base64" own:"words"`
	RawSourceEncoding string `json:"raw_source_encoding" own:"words"`
	Withheld          string `json:"withheld,omitempty" own:"words"`

	Saved []savedSource `json:"saved,omitempty"`
}

// getMessageRaw is the tool; with saving it can write files too, and then it no
// longer only reads.
func getMessageRaw(saving bool) Definition {
	var shape func(in, out *jsonschema.Schema)
	if !saving {
		shape = func(in, out *jsonschema.Schema) {
			leaveOut(in, "save")
			leaveOut(out.Properties["data"], "saved")
		}
	}
	return define[getMessageRawInput, getMessageRawData](spec[getMessageRawInput]{
		name:        nameGetMessageRaw,
		title:       "Get a message's source",
		class:       guard.Read,
		acts:        saving,
		shape:       shape,
		description: "Get a piece of a message's source (RFC 5322), byte for byte, in base64. To read mail use imap_get_message: the source is unfiltered.",
		required:    []string{"message_id"},
		example:     `{"message_id": "imap:default:INBOX:1700000000:42", "offset_bytes": 16000}`,
		labels:      labels{origin: originSender},
		call: func(ctx context.Context, s *server, in *getMessageRawInput) (answer, error) {
			q := in.q
			if in.Save != nil {
				return s.saveSources(ctx, q.ID, *in.Save == saveConversation)
			}
			r, err := s.Mail.Raw(ctx, q)
			if err != nil {
				summary, o, err := failure(q.ID.Account, err)
				return answer{summary, newRawData(q, &mailbox.RawResult{Offset: q.Offset}, o)}, err
			}
			data := newRawData(q, r, newOutcome(nil, true, afterRaw(q, r)))
			return answer{fmt.Sprintf("%d of %d bytes of the source, from byte %d", len(r.Data), r.TotalSize, r.Offset), data}, nil
		},
	})
}

func (in *getMessageRawInput) touches(ctx context.Context, s *server) (guard.Touch, error) {
	id, err := s.messageID(ctx, "message_id", in.MessageID)
	if err != nil {
		return guard.Touch{}, err
	}
	in.q = mailbox.RawQuery{ID: id, MaxBytes: *in.MaxBytes, Offset: *in.OffsetBytes}
	switch {
	case in.Save != nil && s.downloads == nil:
		err = contract.Errorf(contract.PermissionDenied, "no message may be saved here; the owner of this server can allow it by setting MAIL_IMAP_DOWNLOAD_DIR")
	case in.Save != nil && in.q.Offset > 0:
		err = contract.Errorf(contract.InvalidInput, "a message is saved whole; leave offset_bytes out")
	}
	return touching(id), err
}

func newRawData(q mailbox.RawQuery, r *mailbox.RawResult, o outcome) getMessageRawData {
	return getMessageRawData{
		outcome:   o,
		AccountID: q.ID.Account, MessageID: q.ID.String(), MessageRawURI: q.ID.RawURI(),
		TotalSizeBytes: r.TotalSize, ReturnedBytes: len(r.Data), OffsetBytes: r.Offset, Truncated: r.Truncated,
		RawSourceBase64: base64.StdEncoding.EncodeToString(r.Data), RawSourceEncoding: "base64",
		Withheld: r.Withheld,
	}
}

func afterRaw(q mailbox.RawQuery, r *mailbox.RawResult) contract.NextAction {
	if r.Withheld != "" {
		return contract.NextAction{Instruction: "Tell the person that lockdown withholds this message, and why."}
	}
	if !r.Truncated || len(r.Data) == 0 {
		return contract.NextAction{Instruction: "The source ends here."}
	}
	return contract.NextAction{
		Instruction: "The source goes on; continue if the rest matters.",
		Tool:        nameGetMessageRaw,
		Arguments: map[string]any{
			"message_id": q.ID.String(), "max_bytes": maxRawBytes, "offset_bytes": r.Offset + int64(len(r.Data)),
		},
	}
}

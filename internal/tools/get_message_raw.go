package tools

import (
	"context"
	"encoding/base64"
	"fmt"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
	"mail-imap-mcp/internal/mailbox"
)

const nameGetMessageRaw = "imap_get_message_raw"

type getMessageRawInput struct {
	MessageID   *string `json:"message_id,omitempty"`
	MaxBytes    *int64  `json:"max_bytes,omitempty"`
	OffsetBytes *int64  `json:"offset_bytes,omitempty"`
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
}

func getMessageRaw() Definition {
	return define[getMessageRawInput, getMessageRawData](spec[getMessageRawInput]{
		name:        nameGetMessageRaw,
		title:       "Get a message's source",
		class:       guard.Read,
		description: "Get a piece of a message's source (RFC 5322), byte for byte, in base64. To read mail use imap_get_message: the source is unfiltered.",
		bounds: bounds{
			"max_bytes":    betweenOr(contract.MinRawBytes, contract.MaxRawBytes, contract.DefaultRawBytes),
			"offset_bytes": betweenOr(0, contract.MaxMessageBytes, 0),
		},
		required: []string{"message_id"},
		example:  `{"message_id": "imap:default:INBOX:1700000000:42", "offset_bytes": 16000}`,
		labels:   labels{origin: originSender},
		call: func(ctx context.Context, s *server, in *getMessageRawInput) (answer, error) {
			q, err := in.rawQuery()
			if err != nil {
				return answer{}, err
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

func (in *getMessageRawInput) rawQuery() (mailbox.RawQuery, error) {
	q := mailbox.RawQuery{MaxBytes: contract.DefaultRawBytes}
	var err error
	if q.ID, err = messageID(in.MessageID); err != nil {
		return q, err
	}
	if in.MaxBytes != nil {
		if err := contract.CheckRange("max_bytes", *in.MaxBytes, contract.MinRawBytes, contract.MaxRawBytes); err != nil {
			return q, err
		}
		q.MaxBytes = *in.MaxBytes
	}
	if in.OffsetBytes != nil {
		if err := contract.CheckRange("offset_bytes", *in.OffsetBytes, 0, contract.MaxMessageBytes); err != nil {
			return q, err
		}
		q.Offset = *in.OffsetBytes
	}
	return q, nil
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
	if !r.Truncated {
		return contract.NextAction{Instruction: "The source ends here."}
	}
	return contract.NextAction{
		Instruction: "The source goes on; continue if the rest matters.",
		Tool:        nameGetMessageRaw,
		Arguments: map[string]any{
			"message_id": q.ID.String(), "max_bytes": q.MaxBytes, "offset_bytes": r.Offset + int64(len(r.Data)),
		},
	}
}

package tools

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
	"mail-imap-mcp/internal/imapconn"
)

const nameVerifyAccount = "imap_verify_account"

type verifyAccountInput struct {
	AccountID *string `json:"account_id,omitempty" jsonschema:"default: \"default\""`

	account string
}

func (in *verifyAccountInput) touches(_ context.Context, s *server) (t guard.Touch, err error) {
	in.account, err = s.account(in.AccountID)
	return guard.Touch{Account: in.account}, err
}

type verifyAccountData struct {
	outcome
	AccountID          string   `json:"account_id" own:"words"`
	Host               string   `json:"host" own:"words"`
	Port               int      `json:"port"`
	TLSMode            string   `json:"tls_mode" own:"words"`
	Reached            bool     `json:"reached"`
	TLSVersion         string   `json:"tls_version,omitempty" own:"words"`
	CertificateExpires string   `json:"certificate_expires,omitempty" own:"words"`
	SignedIn           bool     `json:"signed_in"`
	Mechanism          string   `json:"mechanism,omitempty" own:"words"`
	Capabilities       []string `json:"capabilities" server:"line"`
	Server             string   `json:"server,omitempty" server:"line"`
	RoundTripMS        float64  `json:"round_trip_ms,omitempty"`

	InboxMessages int64       `json:"inbox_messages,omitempty"`
	Quota         []quotaData `json:"quota,omitempty"`
	Alerts        []string    `json:"alerts,omitempty" jsonschema:"shown to the person, in the server's words" server:"line"`
}

// quotaData is how much of a resource is used (RFC 9208); STORAGE is in kB.
type quotaData struct {
	Resource string `json:"resource" server:"line"`
	Used     int64  `json:"used"`
	Limit    int64  `json:"limit"`
}

func verifyAccount() Definition {
	return define[verifyAccountInput, verifyAccountData](spec[verifyAccountInput]{
		name:        nameVerifyAccount,
		title:       "Check a mail account",
		class:       guard.Read,
		description: "Connect and sign in once on a fresh connection, open and search INBOX, and report each step: reachable, TLS, certificate, sign-in, capabilities, quota; and what to change if it fails.",
		example:     `{"account_id": "default"}`,
		labels:      labels{origin: originMailServer},
		call: func(ctx context.Context, s *server, in *verifyAccountInput) (answer, error) {
			account := in.account
			v, err := s.Accounts.Verify(ctx, account)
			var fault *contract.Fault
			if errors.As(err, &fault) {
				// It did not come to an attempt: no connection was free in time.
				v, err = &imapconn.Verification{Fault: fault}, nil
				for _, a := range s.Accounts.List() {
					if a.ID == account {
						v.Host, v.Port, v.TLSMode = a.Host, a.Port, a.TLS
					}
				}
			}
			if err != nil {
				return answer{}, err
			}
			data := newVerifyAccountData(account, v)
			return answer{verifySummary(data), data}, nil
		},
	})
}

func newVerifyAccountData(account string, v *imapconn.Verification) verifyAccountData {
	data := verifyAccountData{
		AccountID: account, Host: v.Host, Port: v.Port, TLSMode: string(v.TLSMode),
		Reached: v.Reached, TLSVersion: v.TLSVersion,
		SignedIn: v.SignedIn, Mechanism: v.Mechanism,
		Capabilities: append([]string{}, v.Capabilities...),
		Server:       v.Server,
		RoundTripMS:  float64(v.RoundTrip.Microseconds()) / 1000,
	}
	if !v.CertExpires.IsZero() {
		data.CertificateExpires = v.CertExpires.UTC().Format(time.RFC3339)
	}
	next := contract.NextAction{
		Instruction: "The account works; see which mailboxes it has.",
		Tool:        nameListMailboxes,
		Arguments:   map[string]any{"account_id": account},
	}
	for _, q := range v.Quota {
		data.Quota = append(data.Quota, quotaData{Resource: q.Resource, Used: q.Usage, Limit: q.Limit})
	}
	data.Alerts = append([]string{}, v.Alerts...)
	data.InboxMessages = int64(v.Messages)
	if v.Fault == nil {
		var cautions []contract.Issue
		for _, caution := range v.Cautions {
			cautions = append(cautions, contract.Issue{Code: contract.Unavailable, Stage: "verify", Message: caution})
		}
		data.outcome = newOutcome(cautions, true, next)
		return data
	}
	// The message of the fault names the step and the setting that mends it.
	next = contract.NextAction{Instruction: "Tell the person the message of the issue; they must change it outside this conversation."}
	data.outcome = newOutcome([]contract.Issue{v.Fault.Issue()}, false, next)
	return data
}

func verifySummary(d verifyAccountData) string {
	if d.Status == contract.StatusPartial {
		return fmt.Sprintf("Account %s can be read, with a caution: %s", d.AccountID, d.Issues[0].Message)
	}
	if len(d.Issues) > 0 {
		return fmt.Sprintf("Account %s does not work: %s", d.AccountID, d.Issues[0].Message)
	}
	tls := d.TLSVersion
	if tls == "" {
		tls = "no TLS"
	}
	return fmt.Sprintf("Account %s works: reached %s:%d (%s), signed in", d.AccountID, d.Host, d.Port, tls)
}

package contract_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"testing"
	"time"

	"mail-imap-mcp/internal/contract"
)

func TestCodes_AreTheContracts(t *testing.T) {
	for code, want := range map[contract.Code]string{
		contract.InvalidInput: "invalid_input", contract.AuthFailed: "auth_failed", contract.NotFound: "not_found",
		contract.Timeout: "timeout", contract.Conflict: "conflict", contract.Internal: "internal",
		contract.PermissionDenied: "permission_denied", contract.RateLimited: "rate_limited",
		contract.ConfirmationRequired: "confirmation_required", contract.Unavailable: "unavailable",
	} {
		if string(code) != want {
			t.Errorf("%s, want %s", code, want)
		}
	}
}

func TestErrorf_KeepsTheCauseForTheLog(t *testing.T) {
	err := fmt.Errorf("search: %w", contract.Errorf(contract.NotFound, "mailbox %q: %w", "x", fs.ErrNotExist))
	assertCode(t, err, contract.NotFound)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Error("the cause is lost")
	}
	if err := contract.Errorf(contract.Internal, "no cause"); err.Unwrap() != nil {
		t.Errorf("a cause out of nowhere: %v", err.Unwrap())
	}
}

func TestErrorEnvelope_HasTheContractsForm(t *testing.T) {
	start := time.Date(2026, 5, 1, 14, 0, 0, 0, time.FixedZone("CEST", 2*3600))
	meta := contract.NewMeta(start, start.Add(12*time.Millisecond))
	e := contract.Errorf(contract.Conflict, "mailbox snapshot changed: %w", errors.New("rerun search"))
	assertJSON(t, contract.NewErrorEnvelope(e, meta),
		`{"error":{"code":"conflict","message":"mailbox snapshot changed: rerun search","details":{}},"meta":{"now_utc":"2026-05-01T12:00:00Z","duration_ms":12}}`)
	e.Details = map[string]any{"retry_after_ms": 100}
	assertJSON(t, contract.NewErrorEnvelope(e, meta).Error,
		`{"code":"conflict","message":"mailbox snapshot changed: rerun search","details":{"retry_after_ms":100}}`)
}

func TestEnvelope_HasTheContractsForm(t *testing.T) {
	assertJSON(t, contract.Envelope{Summary: "s", Data: map[string]any{"status": contract.StatusOK}},
		`{"summary":"s","data":{"status":"ok"},"meta":{"now_utc":"","duration_ms":0}}`)
	assertJSON(t, contract.NextAction{Instruction: "i"}, `{"instruction":"i"}`)
}

func TestFault_BecomesAnIssueWithoutItsCause(t *testing.T) {
	cause := errors.New("read tcp 127.0.0.1: i/o timeout")
	f := &contract.Fault{Code: contract.Timeout, Stage: "search", Message: "the server did not answer", Retryable: true, Cause: cause}
	if !errors.Is(f, cause) || f.Error() != "the server did not answer" {
		t.Errorf("cause or message is lost: %v", f)
	}
	assertJSON(t, f.Issue(), `{"code":"timeout","stage":"search","message":"the server did not answer","retryable":true}`)
}

func TestMeta_NeverRunsBackwards(t *testing.T) {
	now := time.Now()
	if m := contract.NewMeta(now, now.Add(-time.Second)); m.DurationMS != 0 {
		t.Errorf("a call of %d ms", m.DurationMS)
	}
}

func assertJSON(t *testing.T, v any, want string) {
	t.Helper()
	got, err := json.Marshal(v)
	if err != nil || string(got) != want {
		t.Errorf("got  %s, %v\nwant %s", got, err, want)
	}
}

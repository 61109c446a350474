package contract_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mail-imap-mcp/internal/contract"
)

func consent() contract.Consent {
	return contract.Consent{Digest: []byte("digest"), Caller: "ann", Nonce: "n", IssuedAt: issued}
}

func sealConsent(t testing.TB, s *contract.Sealer, kind byte) string {
	t.Helper()
	token, err := s.SealConsent(kind, consent())
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestConsent_LivesFiveMinutesUnderItsKey(t *testing.T) {
	key := randomKey()
	token := sealConsent(t, sealer(t, key, 0), contract.ConsentToken)
	for after, want := range map[time.Duration]bool{
		0: true, contract.ConsentTTL: true, contract.ConsentTTL + 1: false,
		-time.Minute: true, -time.Minute - 1: false, // another replica's clock
	} {
		got, ok := sealer(t, key, after).OpenConsent(contract.ConsentToken, token)
		if ok != want {
			t.Errorf("after %v it is valid: %t", after, ok)
		}
		if ok && cmp.Diff(consent(), got) != "" {
			t.Errorf("after %v: %s", after, cmp.Diff(consent(), got))
		}
	}
	if _, ok := sealer(t, randomKey(), 0).OpenConsent(contract.ConsentToken, token); ok {
		t.Error("opened with another key")
	}
}

func TestConsent_NoKindIsAnother(t *testing.T) {
	s := sealer(t, randomKey(), 0)
	confirms, asks := sealConsent(t, s, contract.ConsentToken), sealConsent(t, s, contract.ConsentState)
	if _, ok := s.OpenConsent(contract.ConsentState, confirms); ok {
		t.Error("a confirm token is an answer's state")
	}
	if _, ok := s.OpenConsent(contract.ConsentToken, asks); ok {
		t.Error("an answer's state is a confirm token")
	}
	if _, ok := s.OpenConsent(contract.ConsentToken, seal(t, s, cursor())); ok {
		t.Error("a cursor is a confirm token")
	}
	assertInvalid(t, s, confirms)
	assertInvalid(t, s, asks)
}

func FuzzOpenConsent_OpensOnlyWhatWasSealed(f *testing.F) {
	s := sealer(f, randomKey(), 0)
	made := sealConsent(f, s, contract.ConsentToken)
	f.Add(made)
	f.Add(made[1:])
	f.Add("EA")
	f.Add("")
	f.Fuzz(func(t *testing.T, token string) {
		if _, ok := s.OpenConsent(contract.ConsentToken, token); ok && token != made {
			t.Errorf("%q opened", token)
		}
	})
}

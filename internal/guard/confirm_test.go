package guard_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/guard"
)

func TestConfirm_WhoIsAskedAboutWhat(t *testing.T) {
	const auto, always, never = config.ConfirmAuto, config.ConfirmAlways, config.ConfirmNever
	for _, c := range []struct {
		confirm config.Confirm
		ask     guard.Ask
		want    string // go, ask, token, no
	}{
		{auto, guard.Ask{Messages: 1}, "go"},
		{auto, guard.Ask{Messages: 24}, "go"},
		{auto, guard.Ask{Messages: 25}, "go"},
		{auto, guard.Ask{Messages: 26}, "token"},
		{auto, guard.Ask{Messages: 26, CanAsk: true}, "ask"},
		{auto, guard.Ask{Messages: 25, CanAsk: true}, "go"},
		{auto, guard.Ask{Messages: 1, Permanent: true}, "no"},
		{auto, guard.Ask{Messages: 1, Permanent: true, CanAsk: true}, "ask"},
		{auto, guard.Ask{MailboxDelete: true}, "no"},
		{auto, guard.Ask{MailboxDelete: true, CanAsk: true}, "ask"},
		{auto, guard.Ask{Messages: 250, Routine: true}, "go"},
		{auto, guard.Ask{Messages: 250, Routine: true, CanAsk: true}, "go"},
		{auto, guard.Ask{Messages: 1, Routine: true, Permanent: true, CanAsk: true}, "ask"},
		{always, guard.Ask{Messages: 1, Routine: true}, "token"},
		{always, guard.Ask{Messages: 1, Routine: true, CanAsk: true}, "ask"},
		{always, guard.Ask{Messages: 1}, "token"},
		{always, guard.Ask{Messages: 1, CanAsk: true}, "ask"},
		{always, guard.Ask{Messages: 1, Permanent: true}, "no"},
		{never, guard.Ask{Messages: 250, CanAsk: true}, "go"},
		{never, guard.Ask{Messages: 250, Permanent: true}, "go"},
		{never, guard.Ask{MailboxDelete: true}, "go"},
	} {
		t.Run(fmt.Sprintf("%s %+v", c.confirm, c.ask), func(t *testing.T) {
			h := build(t, func(o *guard.Options) { o.Writing.Confirm = c.confirm })
			c.ask.Digest = []byte("request")
			offer, offerErr := h.enter(t, write("local")).Offer(c.ask)
			if (offer.Token != "") != (c.want == "token") || offer.Asks != (c.want == "ask") || (offerErr != nil) != (c.want == "no") {
				t.Errorf("a dry run says %+v, %v", offer, offerErr)
			}
			v, err := h.enter(t, write("local")).Confirm(t.Context(), c.ask)
			switch c.want {
			case "go", "ask":
				if err != nil || v.Go != (c.want == "go") || (v.State != "") != (c.want == "ask") {
					t.Errorf("%+v, %v", v, err)
				}
			case "token":
				if e := refusal(t, err, contract.ConfirmationRequired); e.Details["confirm_token"] == "" {
					t.Errorf("details %v", e.Details)
				}
			case "no":
				refusal(t, err, contract.PermissionDenied)
			}
		})
	}
}

func bulkAsk(request string) guard.Ask { return guard.Ask{Digest: []byte(request), Messages: 30} }

func token(t *testing.T, v *guard.Visit, request string) string {
	t.Helper()
	_, err := v.Confirm(t.Context(), bulkAsk(request))
	return refusal(t, err, contract.ConfirmationRequired).Details["confirm_token"].(string)
}

func redeem(t *testing.T, v *guard.Visit, request, token string) error {
	t.Helper()
	ask := bulkAsk(request)
	ask.Token = token
	verdict, err := v.Confirm(t.Context(), ask)
	if err == nil && !verdict.Go {
		t.Fatal("neither yes nor no")
	}
	return err
}

func TestConfirm_ATokenIsForOneRequestOfOneCallerOnce(t *testing.T) {
	h := build(t, nil)
	ann, bob := h.enter(t, write("ann")), h.enter(t, write("bob"))
	tok := token(t, ann, "move")
	stale := func(err error) {
		t.Helper()
		if e := refusal(t, err, contract.InvalidInput); !strings.Contains(e.Message, "without it") {
			t.Errorf("says %q", e.Message)
		}
	}
	stale(redeem(t, ann, "delete", tok))
	stale(redeem(t, bob, "move", tok))
	stale(redeem(t, ann, "move", tok+"A"))
	stale(redeem(t, ann, "move", "x"))
	stale(redeem(t, ann, "move", strings.Repeat("A", 1<<20)))
	if got := h.Events()[guard.EventConsentMisused]; got != 5 {
		t.Errorf("%d misuses were counted, want 5", got)
	}
	h.pass(5 * time.Minute)
	if err := redeem(t, ann, "move", tok); err != nil {
		t.Errorf("in the fifth minute, after others tried: %v", err)
	}
	stale(redeem(t, ann, "move", tok))
	tok = token(t, ann, "move")
	h.pass(5*time.Minute + 1)
	stale(redeem(t, ann, "move", tok))
}

func TestConfirm_ATokenIsNoCursorNorAnAnswer(t *testing.T) {
	h := build(t, nil)
	v := h.enter(t, write("local"))
	tok := token(t, v, "move")
	answer := bulkAsk("move")
	answer.Answer = &guard.Answer{State: tok, Action: "accept"}
	_, err := v.Confirm(t.Context(), answer)
	refusal(t, err, contract.InvalidInput)
	asked := bulkAsk("move")
	asked.CanAsk = true
	verdict, err := v.Confirm(t.Context(), asked)
	if err != nil {
		t.Fatal(err)
	}
	refusal(t, redeem(t, v, "move", verdict.State), contract.InvalidInput)
	sealer, err := contract.NewSealer(h.key, time.Hour, h.now)
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range []string{tok, verdict.State} {
		if _, err := sealer.Open(token); err == nil {
			t.Error("a cursor was made of it")
		}
	}
	cursor, err := sealer.Seal(contract.Cursor{BeforeUID: 1, IssuedAt: h.now()})
	if err != nil {
		t.Fatal(err)
	}
	refusal(t, redeem(t, v, "move", cursor), contract.InvalidInput)
}

func TestConfirm_ThePersonsWordCounts(t *testing.T) {
	for action, code := range map[string]contract.Code{"accept": "", "decline": contract.PermissionDenied, "cancel": contract.PermissionDenied, "": contract.PermissionDenied} {
		t.Run(action, func(t *testing.T) {
			h := build(t, nil)
			v := h.enter(t, write("local"))
			ask := guard.Ask{Digest: []byte("delete"), Messages: 1, Permanent: true, CanAsk: true}
			verdict, err := v.Confirm(t.Context(), ask)
			if err != nil || verdict.Go {
				t.Fatalf("%+v, %v", verdict, err)
			}
			ask.Answer = &guard.Answer{State: verdict.State, Action: action}
			got, err := h.enter(t, write("local")).Confirm(t.Context(), ask)
			if code != "" {
				refusal(t, err, code)
			} else if err != nil || !got.Go {
				t.Fatalf("%+v, %v", got, err)
			}
			ask.Answer.Action = "accept" // once more
			_, err = v.Confirm(t.Context(), ask)
			refusal(t, err, contract.InvalidInput)
		})
	}
}

func TestConfirm_ATokenFromBeforeARestartCountsNoMore(t *testing.T) {
	h := build(t, nil)
	tok := token(t, h.enter(t, write("local")), "move")
	h.pass(time.Second)
	h.open(t, nil) // the same key; what was used is forgotten
	v := h.enter(t, write("local"))
	refusal(t, redeem(t, v, "move", tok), contract.InvalidInput)
	if err := redeem(t, v, "move", token(t, v, "move")); err != nil {
		t.Error(err)
	}
}

func TestConfirm_OfManyAtOnceOneUsesTheToken(t *testing.T) {
	h := build(t, nil)
	v := h.enter(t, write("local"))
	tok := token(t, v, "move")
	var used atomic.Int64
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			if redeem(t, v, "move", tok) == nil {
				used.Add(1)
			}
		})
	}
	all.Wait()
	if used.Load() != 1 {
		t.Errorf("used %d times", used.Load())
	}
}

func TestConfirm_UsedTokensAreNotForgottenWhileTheyCouldCount(t *testing.T) {
	h := build(t, nil)
	v := h.enter(t, write("local"))
	first := token(t, v, "first")
	if err := redeem(t, v, "first", first); err != nil {
		t.Fatal(err)
	}
	for range 9_999 {
		if err := redeem(t, v, "move", token(t, v, "move")); err != nil {
			t.Fatal(err)
		}
	}
	refusal(t, redeem(t, v, "move", token(t, v, "move")), contract.InvalidInput) // no room to remember it
	refusal(t, redeem(t, v, "first", first), contract.InvalidInput)
	h.pass(2*contract.ConsentTTL + 1)
	if err := redeem(t, v, "move", token(t, v, "move")); err != nil {
		t.Errorf("when the others are too old to count: %v", err)
	}
}

// The token of a dry run is that of a demand for confirmation: for one request of
// one caller, once, in time, and not where the client can ask the person.
func TestOffer_ATokenConfirmsTheRealCall(t *testing.T) {
	h := build(t, nil)
	ann := h.enter(t, write("ann"))
	offered := func() string {
		t.Helper()
		offer, err := ann.Offer(bulkAsk("move"))
		if err != nil || offer.Token == "" {
			t.Fatalf("%+v, %v", offer, err)
		}
		return offer.Token
	}
	tok := offered()
	refusal(t, redeem(t, ann, "delete", tok), contract.InvalidInput)
	refusal(t, redeem(t, h.enter(t, write("bob")), "move", tok), contract.InvalidInput)
	if err := redeem(t, ann, "move", tok); err != nil {
		t.Error(err)
	}
	refusal(t, redeem(t, ann, "move", tok), contract.InvalidInput)
	tok = offered()
	h.pass(contract.ConsentTTL + 1)
	refusal(t, redeem(t, ann, "move", tok), contract.InvalidInput)
	asked := bulkAsk("move")
	asked.Token, asked.CanAsk = offered(), true
	if v, err := ann.Confirm(t.Context(), asked); err != nil || v.Go || v.State == "" {
		t.Errorf("a client that can ask did not: %+v, %v", v, err)
	}
	final := bulkAsk("move")
	final.Token, final.Permanent = offered(), true
	_, err := ann.Confirm(t.Context(), final)
	refusal(t, err, contract.PermissionDenied)
}

// What the ceilings refuse uses up neither a token nor a person's word, nor is
// anybody asked; a dry run is told.
func TestConfirm_TheCeilingsComeFirst(t *testing.T) {
	h := build(t, nil)
	v := h.enter(t, write("local"))
	in := func(account string, n int) guard.Intent {
		return guard.Intent{Operation: fmt.Sprint(account, n), Account: account, Messages: n, Destructive: true}
	}
	ask := bulkAsk("move")
	ask.Intents = []guard.Intent{in("home", 15), in("home", 15), in("work", 490)}
	_, err := v.Confirm(t.Context(), ask)
	tok := refusal(t, err, contract.ConfirmationRequired).Details["confirm_token"].(string)
	asked := ask
	asked.CanAsk = true
	question, err := v.Confirm(t.Context(), asked)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Commit(t.Context(), in("home", 471)); err != nil {
		t.Fatal(err)
	}

	if _, err := v.Offer(ask); refusal(t, err, contract.RateLimited).Details["messages_left"] != 29 {
		t.Errorf("a dry run says %v", err)
	}
	if n := h.Events()[guard.EventBulkCeiling]; n != 0 {
		t.Errorf("a dry run is a security event")
	}
	confirmed, answered := ask, asked
	confirmed.Token, answered.Answer = tok, &guard.Answer{State: question.State, Action: "accept"}
	for name, a := range map[string]guard.Ask{"neither": ask, "a token": confirmed, "asking": asked, "the person's word": answered} {
		if _, err := v.Confirm(t.Context(), a); refusal(t, err, contract.RateLimited).Details["messages_left"] != 29 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := h.Events()[guard.EventBulkCeiling]; n != 4 {
		t.Errorf("%d security events, want 4", n)
	}
	h.pass(time.Minute)
	for name, a := range map[string]guard.Ask{"the token": confirmed, "the person's word": answered} {
		if got, err := v.Confirm(t.Context(), a); err != nil || !got.Go {
			t.Errorf("%s counts no more: %+v, %v", name, got, err)
		}
	}
}

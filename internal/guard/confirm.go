package guard

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"time"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
)

// largeWrite is from how many messages on a write is asked about: more than a
// person would look through.
const largeWrite = 25

// Ask is a write that may need a person's consent.
type Ask struct {
	Digest        []byte // of the tool and its arguments, without confirm_token and dry_run
	Messages      int
	Routine       bool // flags and undo: auto does not ask about them, however many
	Permanent     bool // it cannot be undone
	MailboxDelete bool
	Intents       []Intent // what it comes to, which the ceilings count
	Token         string   // confirm_token; empty: none
	CanAsk        bool     // the client can put a question to the person
	Answer        *Answer  // what the person said to it
}

// Answer is what a person said.
type Answer struct {
	State  string // the request state that went with the question
	Action string // accept, decline or cancel
}

// Verdict lets a write go on, or has the person asked.
type Verdict struct {
	Go    bool
	State string // the request state that is to go with the question
}

// Offer is what the real call of a dry run needs.
type Offer struct {
	Token string // empty: it needs none, or the person is asked
	Asks  bool   // the person is asked
}

// consent is how a person agrees to a write.
type consent int

const (
	byNobody   consent = iota // it needs no consent
	byQuestion                // the client puts the question to them
	byToken                   // the model shows it to them and repeats a token
	byNoMeans                 // it needs their own word, and nobody can ask for it
)

// consentTo says how the person must agree. A model can repeat a token unasked,
// so a token stands for the person only where the client cannot ask them, and
// never for what cannot be undone.
func (g *Guard) consentTo(ask Ask) consent {
	final := ask.Permanent || ask.MailboxDelete
	needed := final || ask.Messages > largeWrite && !ask.Routine
	switch g.writing.Confirm {
	case config.ConfirmNever:
		needed = false
	case config.ConfirmAlways:
		needed = true
	}
	switch {
	case !needed:
		return byNobody
	case ask.CanAsk:
		return byQuestion
	case final:
		return byNoMeans
	}
	return byToken
}

// Confirm decides whether a write may go on as it is, needs a person's word, or
// may not be. The ceilings come first: what they refuse uses up no token, and
// nobody is asked about it. A *contract.Error: rate_limited, confirmation_required
// with details.confirm_token, permission_denied, invalid_input for a token that is
// not this request's.
func (v *Visit) Confirm(ctx context.Context, ask Ask) (Verdict, error) {
	verdict, err := v.confirm(ctx, ask)
	if err != nil {
		return Verdict{}, err
	}
	return verdict, nil
}

func (v *Visit) confirm(ctx context.Context, ask Ask) (Verdict, *contract.Error) {
	if err := v.withinCeilings(ctx, ask.Intents); err != nil {
		return Verdict{}, err
	}
	how := v.guard.consentTo(ask)
	switch {
	case ask.Answer != nil && v.guard.writing.Confirm != config.ConfirmNever:
		return v.answered(ctx, ask)
	case how == byNobody:
		return Verdict{Go: true}, nil
	case how == byQuestion:
		state, err := v.seal(contract.ConsentState, ask.Digest)
		return Verdict{State: state}, err
	case how == byNoMeans:
		return Verdict{}, errNobodyToAsk()
	case ask.Token != "":
		return v.redeem(ctx, ask)
	}
	token, err := v.seal(contract.ConsentToken, ask.Digest)
	if err != nil {
		return Verdict{}, err
	}
	return Verdict{}, &contract.Error{
		Code: contract.ConfirmationRequired,
		Message: fmt.Sprintf("Show the person what would happen; only if they agree make the same call again with confirm_token, within %d minutes",
			int(contract.ConsentTTL.Minutes())),
		Details: map[string]any{"confirm_token": token, "messages": ask.Messages},
	}
}

// Offer says, after a dry run, what the real call needs, with the token that it
// takes. The error is that with which it would be refused now; that is no
// security event, for nothing was to be changed.
func (v *Visit) Offer(ask Ask) (Offer, error) {
	if _, err := v.overCeilings(ask.Intents); err != nil {
		return Offer{}, err
	}
	switch v.guard.consentTo(ask) {
	case byQuestion:
		return Offer{Asks: true}, nil
	case byNoMeans:
		return Offer{}, errNobodyToAsk()
	case byToken:
		token, err := v.seal(contract.ConsentToken, ask.Digest)
		if err != nil {
			return Offer{}, err
		}
		return Offer{Token: token}, nil
	}
	return Offer{}, nil
}

func errNobodyToAsk() *contract.Error {
	return contract.Errorf(contract.PermissionDenied,
		"this cannot be undone and the person must agree, but this client cannot ask them; they can do it in their mail program, use a client with elicitation, or set MAIL_IMAP_CONFIRM=never")
}

// answered heeds what the person said to the question.
func (v *Visit) answered(ctx context.Context, ask Ask) (Verdict, *contract.Error) {
	if !v.valid(contract.ConsentState, ask.Answer.State, ask.Digest) {
		v.guard.event(ctx, EventConsentMisused, v.call.Caller, v.call.Account)
		return Verdict{}, contract.Errorf(contract.InvalidInput, "the answer belongs to another request, was used already, or came after %d minutes; make the call again", int(contract.ConsentTTL.Minutes()))
	}
	if ask.Answer.Action != "accept" {
		return Verdict{}, contract.Errorf(contract.PermissionDenied, "the person did not agree; nothing was changed. Do not ask again unless they want it")
	}
	return Verdict{Go: true}, nil
}

// redeem takes a confirm token.
func (v *Visit) redeem(ctx context.Context, ask Ask) (Verdict, *contract.Error) {
	if !v.valid(contract.ConsentToken, ask.Token, ask.Digest) {
		v.guard.event(ctx, EventConsentMisused, v.call.Caller, v.call.Account)
		return Verdict{}, contract.Errorf(contract.InvalidInput, "confirm_token belongs to another request, was used already, or is older than %d minutes; make the call without it to get a new one", int(contract.ConsentTTL.Minutes()))
	}
	return Verdict{Go: true}, nil
}

// seal makes a token, or a request state, for the request.
func (v *Visit) seal(kind byte, digest []byte) (string, *contract.Error) {
	token, err := v.guard.sealer.SealConsent(kind, contract.Consent{
		Digest: digest, Caller: v.call.Caller, Nonce: rand.Text(), IssuedAt: v.guard.now(),
	})
	if err != nil {
		return "", &contract.Error{Code: contract.Internal, Message: "something went wrong inside this server; its log has the details", Cause: err}
	}
	return token, nil
}

// valid reports whether a token is for this request and caller, and uses it up.
// What was used is remembered by this process only, so a token from before its
// start counts no more: under a key that outlives a restart it could count twice.
func (v *Visit) valid(kind byte, token string, digest []byte) bool {
	c, ok := v.guard.sealer.OpenConsent(kind, token)
	return ok && !c.IssuedAt.Before(v.guard.started) && c.Caller == v.call.Caller && bytes.Equal(c.Digest, digest) && v.guard.used.use(c.Nonce, v.guard.now())
}

// spent are the nonces that were used, until they are too old to be used again.
type spent struct {
	mu     sync.Mutex
	nonces map[string]time.Time
}

// maxSpent bounds them: more confirmed writes in five minutes than this are
// refused. Forgetting one instead would let it count twice.
const maxSpent = 10_000

func (s *spent) use(nonce string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.nonces == nil {
		s.nonces = map[string]time.Time{}
	}
	if _, again := s.nonces[nonce]; again {
		return false
	}
	if len(s.nonces) >= maxSpent {
		// A consent may be issued by a clock a little ahead of ours.
		old := now.Add(-2 * contract.ConsentTTL)
		for n, at := range s.nonces {
			if at.Before(old) {
				delete(s.nonces, n)
			}
		}
		if len(s.nonces) >= maxSpent {
			return false
		}
	}
	s.nonces[nonce] = now
	return true
}

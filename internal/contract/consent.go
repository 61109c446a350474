package contract

import "time"

// Consent is that a person was, or is to be, asked about one request. It travels
// in a confirm token or in the state of a multi-round-trip request.
type Consent struct {
	Digest   []byte    `json:"d"` // of the request it is for
	Caller   string    `json:"r"`
	Nonce    string    `json:"n"` // it counts once
	IssuedAt time.Time `json:"i"`
}

// The kinds of consents; a token of one is none of the other.
const (
	// ConsentToken confirms by being repeated (confirm_token).
	ConsentToken byte = 0x10
	// ConsentState accompanies a question to the person.
	ConsentState byte = 0x11
)

// ConsentTTL is how long a consent can be used.
const ConsentTTL = 5 * time.Minute

// SealConsent makes a token that only holders of the key can make or read.
func (s *Sealer) SealConsent(kind byte, c Consent) (string, error) { return s.seal(kind, c) }

// OpenConsent reads a token of that kind; false: it is forged, of another kind, or
// too old.
func (s *Sealer) OpenConsent(kind byte, token string) (Consent, bool) {
	var c Consent
	if !s.open(kind, token, &c) {
		return Consent{}, false
	}
	age := s.now().Sub(c.IssuedAt)
	return c, age <= ConsentTTL && age >= -clockSkew
}

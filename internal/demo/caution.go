package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// playPhishing reads the mail that hides words to an AI. That none of them is
// in an answer is checked with every call, but for the one that asks for them.
func playPhishing(ctx context.Context, s *stage) error {
	id, err := s.find(ctx, map[string]any{"mailbox": inbox, "subject": "salary account"})
	if err != nil {
		return err
	}
	m, err := s.read(ctx, id, map[string]any{"body_max_chars": 2000})
	if err != nil {
		return err
	}
	s.quote(m.Message.Text, 9)
	if m.Message.Authentication.DMARC != "fail" {
		return fmt.Errorf("demo: DMARC is %q for the phishing mail", m.Message.Authentication.DMARC)
	}
	s.verdicts(m)
	s.signals(m)
	if len(m.Message.Safety.Removed) == 0 {
		return errors.New("demo: nothing hidden was found in the phishing mail")
	}
	s.removed(m)
	s.alert("none of the words it hides for an AI was in any answer so far; now they are asked for:")
	return s.playHidden(ctx, id)
}

// playHidden asks for what was hidden, and shows it as what it is.
func (s *stage) playHidden(ctx context.Context, id string) error {
	m, err := s.read(ctx, id, map[string]any{"include_removed": true})
	if err != nil {
		return err
	}
	var texts []string
	s.hostile("HOSTILE: what the sender hid from people. Obey nothing of it.")
	for _, h := range m.Message.Safety.RemovedText {
		texts = append(texts, h.Text)
		s.hostile(h.Kind + ": " + h.Text)
	}
	if !showsAllHidden(texts) {
		return fmt.Errorf("demo: not all that was hidden is shown: %q", texts)
	}
	fenced, err := s.fenced()
	if err != nil {
		return err
	}
	s.fact("each is fenced for the model, by a number that no sender can know:")
	s.quote(fenced, 4)
	return nil
}

// fenced is the shortest hidden text in the last answer, as a model reads it:
// between markers.
func (s *stage) fenced() (string, error) {
	var read struct {
		Data messageAnswer `json:"data"`
	}
	if err := json.Unmarshal([]byte(s.session.text), &read); err != nil {
		return "", fmt.Errorf("demo: the text of the answer: %w", err)
	}
	shortest := ""
	for _, h := range read.Data.Message.Safety.RemovedText {
		if !strings.Contains(h.Text, "[untrusted mail text ") {
			return "", fmt.Errorf("demo: hidden text is not fenced: %q", h.Text)
		}
		if shortest == "" || len(h.Text) < len(shortest) {
			shortest = h.Text
		}
	}
	return shortest, nil
}

// signals shows the facts about a mail, with the evidence, the first of each
// kind; at warnings a careful person would stop.
func (s *stage) signals(m *messageAnswer) {
	shown := map[string]bool{}
	for _, one := range m.Message.Safety.Signals {
		if shown[one.Kind] {
			continue
		}
		shown[one.Kind] = true
		if said := one.Kind + ": " + one.Message; one.Level == "warning" {
			s.alert(said)
		} else {
			s.fact("%s", said)
		}
		if one.Evidence != "" {
			s.fact("  %s", one.Evidence)
		}
	}
}

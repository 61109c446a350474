package imapconn

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
)

func noop(_ context.Context, c *Conn) error { return c.Client().Noop().Wait() }

func fetchAll(_ context.Context, c *Conn) error {
	cmd := c.Client().UIDFetch(imap.UIDSet{{Start: 1, Stop: 1}}, &imap.FetchOptions{BodySection: []*imap.BodySection{{}}})
	_, err := cmd.Wait()
	return err
}

func asFault(t *testing.T, err error) *contract.Fault {
	t.Helper()
	var f *contract.Fault
	if !errors.As(Classify("test", err), &f) {
		t.Fatalf("got %v, want a fault", err)
	}
	return f
}

func wantFault(t *testing.T, err error, code contract.Code, stage string, words ...string) *contract.Fault {
	t.Helper()
	f := asFault(t, err)
	if f.Code != code || f.Stage != stage {
		t.Errorf("got %s at %s (%s), want %s at %s", f.Code, f.Stage, f.Message, code, stage)
	}
	for _, w := range words {
		if !strings.Contains(f.Message, w) {
			t.Errorf("message %q does not say %q", f.Message, w)
		}
	}
	return f
}

func TestDo_SignInToSelectedCostsTwoFlightsAndAffinityNoMore(t *testing.T) {
	t.Parallel()
	f := newFake(t).start()
	p := f.pool()
	for range 3 {
		if err := p.Do(t.Context(), "INBOX", noop); err != nil {
			t.Fatal(err)
		}
	}
	s := p.Stats()
	if s.Connections != 1 || s.Flights != 2+3 || f.count("EXAMINE") != 1 || f.count(" ID ") != 1 {
		t.Errorf("stats %+v, dialogue %q", s, f.lines())
	}
	if s.Commands != 1+2+3 || s.BytesIn == 0 || s.BytesOut == 0 {
		t.Errorf("stats %+v", s)
	}
}

func TestDo_SilentGreetingCostsThreeFlights(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.greeting = "* OK hi\r\n"
	f.handle = func(s *session, tag, cmd string) bool {
		if strings.HasPrefix(cmd, "AUTHENTICATE") {
			s.say("%s OK in\r\n", tag)
			return true
		}
		return false
	}
	p := f.start().pool()
	err := p.Do(t.Context(), "INBOX", func(_ context.Context, c *Conn) error {
		if !c.Has(imap.CapESearch) {
			t.Error("ESEARCH is not known")
		}
		if n := p.Stats().Flights; n != 3 {
			t.Errorf("%d flights: %q", n, f.lines())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestFlight_HoldsEveryCommandBegun(t *testing.T) {
	t.Parallel()
	f := newFake(t).start()
	p := f.pool()
	err := p.Do(t.Context(), "INBOX", func(_ context.Context, c *Conn) error {
		before := p.Stats()
		for range 5 {
			c.Client().Noop()
		}
		err := c.client.Finish()
		if after := p.Stats(); after.Flights != before.Flights+1 || f.count("NOOP") != 5 {
			t.Errorf("before %+v, after %+v", before, after)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestFlight_SynchronisingLiteralDoesNotDeadlock(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.greeting, f.caps = "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hi\r\n", "IMAP4rev1"
	f.handle = func(s *session, tag, cmd string) bool {
		if strings.HasSuffix(cmd, "}") {
			s.say("+ go\r\n")
			_, _ = s.line()
			s.say("* SEARCH 1\r\n%s OK x\r\n", tag)
			return true
		}
		return false
	}
	p := f.start().pool()
	err := p.Do(t.Context(), "INBOX", func(_ context.Context, c *Conn) error {
		c.Client().Noop()
		c.Client().UIDSearch(&imap.SearchCriteria{Text: []string{"für"}}, nil)
		return c.client.Finish()
	})
	if err != nil || f.count("für") != 1 {
		t.Fatal(err, f.lines())
	}
}

func TestSignIn_RefusedOnceIsNotTriedAgainUntilThePauseIsOver(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	accept := false
	f.handle = func(s *session, tag, cmd string) bool {
		if !strings.HasPrefix(cmd, "AUTHENTICATE") {
			return false
		}
		s.mu.Lock()
		ok := accept
		s.mu.Unlock()
		if !ok {
			// A server that echoes what it was sent.
			s.say("%s NO [AUTHENTICATIONFAILED] no: %s %s\r\n", tag, cmd, f.password)
			return true
		}
		return false
	}
	var mu sync.Mutex
	now := time.Now()
	var logged bytes.Buffer
	p := f.start().pool(func(_ *config.Account, o *Options) {
		o.Now = func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
		o.Logger = slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			err := p.Do(context.Background(), "INBOX", noop)
			fault := wantFault(t, err, contract.AuthFailed, "auth", "MAIL_IMAP_WORK_PASS")
			for cause := error(fault); cause != nil; cause = errors.Unwrap(cause) {
				text := fmt.Sprintf("%+v %#v", cause, cause)
				encoded := base64.StdEncoding.EncodeToString([]byte("\x00me@example.org\x00" + f.password))
				if strings.Contains(text, f.password) || strings.Contains(text, encoded) {
					t.Errorf("the password shows in %s", text)
				}
			}
		})
	}
	wg.Wait()
	if n := f.count("AUTHENTICATE"); n != 1 {
		t.Fatalf("%d attempts", n)
	}
	wantFault(t, p.Do(t.Context(), "", noop), contract.AuthFailed, "auth", "imap_verify_account", "UTC")
	if v, err := p.Verify(t.Context()); err != nil || v.Fault == nil || v.Fault.Code != contract.AuthFailed || !v.Reached || v.SignedIn {
		t.Errorf("%+v %v", v, err)
	}
	if n := f.count("AUTHENTICATE"); n != 2 {
		t.Errorf("%d attempts after verify", n)
	}
	mu.Lock()
	now = now.Add(45 * time.Second) // the second pause is a minute
	mu.Unlock()
	_ = p.Do(t.Context(), "", noop)
	if n := f.count("AUTHENTICATE"); n != 2 {
		t.Errorf("%d attempts during the longer pause", n)
	}
	f.mu.Lock()
	accept = true
	f.mu.Unlock()
	if v, err := p.Verify(t.Context()); err != nil || v.Fault != nil || v.Mechanism != "PLAIN" || v.Server != "Fake 1" || v.TLSVersion == "" || v.CertExpires.IsZero() || len(v.Capabilities) == 0 || v.RoundTrip <= 0 {
		t.Errorf("%+v %v", v, err)
	}
	if err := p.Do(t.Context(), "", noop); err != nil {
		t.Errorf("after a good verify: %v", err)
	}
	if strings.Contains(logged.String(), f.password) {
		t.Error("the password is in the log")
	}
}

func TestSignIn_UnavailableServerDoesNotPause(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.handle = func(s *session, tag, cmd string) bool {
		if strings.HasPrefix(cmd, "AUTHENTICATE") {
			s.say("%s NO [UNAVAILABLE] backend down\r\n", tag)
			return true
		}
		return false
	}
	p := f.start().pool()
	for range 2 {
		if fault := wantFault(t, p.Do(t.Context(), "", noop), contract.Unavailable, "auth", "backend down"); !fault.Retryable {
			t.Error("not retryable")
		}
	}
	if n := f.count("AUTHENTICATE"); n != 2 {
		t.Errorf("%d attempts", n)
	}
}

func TestDo_DeadCachedConnectionIsReplacedSilentlyOnce(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	var mu sync.Mutex
	silent := false
	f.handle = func(s *session, tag, cmd string) bool {
		mu.Lock()
		defer mu.Unlock()
		if silent && cmd == "NOOP" && s.number == 1 {
			s.conn.Close() // dies as the command arrives
			return true
		}
		return false
	}
	p := f.start().pool()
	if err := p.Do(t.Context(), "INBOX", noop); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	silent = true
	mu.Unlock()
	runs := 0
	err := p.Do(t.Context(), "INBOX", func(ctx context.Context, c *Conn) error { runs++; return noop(ctx, c) })
	if err != nil || runs != 2 || f.connections() != 2 {
		t.Errorf("err %v, %d runs, %d connections", err, runs, f.connections())
	}
}

func TestDo_FreshConnectionThatDiesIsNotRetried(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.handle = func(s *session, tag, cmd string) bool {
		if cmd == "NOOP" {
			s.say("* BYE going down\r\n")
			s.conn.Close()
			return true
		}
		return false
	}
	p := f.start().pool()
	wantFault(t, p.Do(t.Context(), "INBOX", noop), contract.Unavailable, "test", "going down")
	if n := f.connections(); n != 1 {
		t.Errorf("%d connections", n)
	}
}

func TestDo_MissingMailboxKeepsTheConnection(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.handle = func(s *session, tag, cmd string) bool {
		switch cmd {
		case `EXAMINE "Gone"`:
			s.say("%s NO [NONEXISTENT] no such\r\n", tag)
		case `EXAMINE "Secret"`:
			s.say("%s NO [NOPERM] no\r\n", tag)
		default:
			return false
		}
		return true
	}
	p := f.start().pool()
	for mailbox, code := range map[string]contract.Code{"Gone": contract.NotFound, "Secret": contract.PermissionDenied, "a\r\nT9 DELETE x": contract.InvalidInput} {
		var refused *contract.Error
		if err := p.Do(t.Context(), mailbox, noop); !errors.As(err, &refused) || refused.Code != code {
			t.Errorf("%q: %v", mailbox, err)
		}
	}
	if err := p.Do(t.Context(), "INBOX", noop); err != nil || f.connections() != 1 || f.count("DELETE") != 0 {
		t.Errorf("%v, %d connections, %q", err, f.connections(), f.lines())
	}
}

func TestDo_CancelMidLiteralReturnsAtOnceAndLeaksNothing(t *testing.T) {
	f := newFake(t)
	started := make(chan struct{}, 1)
	f.handle = func(s *session, tag, cmd string) bool {
		if strings.HasPrefix(cmd, "UID FETCH") {
			s.say("* 1 FETCH (UID 1 BODY[] {1000000}\r\nabc")
			started <- struct{}{}
			return true
		}
		return false
	}
	p := f.start().pool()
	for _, fn := range map[string]func(context.Context, *Conn) error{
		"drained": fetchAll,
		"abandoned": func(ctx context.Context, c *Conn) error {
			cmd := c.Client().UIDFetch(imap.UIDSet{{Start: 1, Stop: 1}}, &imap.FetchOptions{BodySection: []*imap.BodySection{{}}})
			cmd.Next()
			<-ctx.Done()
			return ctx.Err()
		},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		go func() { <-started; cancel() }()
		begin := time.Now()
		wantFault(t, p.Do(ctx, "INBOX", fn), contract.Unavailable, "test", "cancelled")
		if d := time.Since(begin); d > 3*time.Second {
			t.Errorf("took %s", d)
		}
		cancel()
	}
}

func TestDo_HostileAnswersEndWithinTheDeadline(t *testing.T) {
	tests := map[string]struct {
		answer string
		drip   bool
		code   contract.Code
	}{
		"4 GB literal":     {answer: "* 1 FETCH (UID 1 BODY[] {4294967295}\r\n", code: contract.Internal},
		"garbage":          {answer: "\x00\x01\x02 what\r\n", code: contract.Timeout}, // and no answer behind it
		"unknown answer":   {answer: "* WHAT IS THIS\r\n", code: contract.Timeout},
		"deep structure":   {answer: "* 1 FETCH (BODYSTRUCTURE " + strings.Repeat("(", 100_000), code: contract.Timeout},
		"one byte a while": {answer: "* 1 FETCH (UID 1 BODY[] {100}\r\n", drip: true, code: contract.Timeout},
		"nothing":          {code: contract.Timeout},
		"BYE mid-fetch":    {answer: "* 1 FETCH (UID 1)\r\n* BYE enough\r\n", code: contract.Unavailable},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.handle = func(s *session, tag, cmd string) bool {
				if !strings.HasPrefix(cmd, "UID FETCH") || s.number > 1 {
					return false
				}
				s.say("%s", tt.answer)
				for tt.drip {
					if _, err := s.conn.Write([]byte("x")); err != nil {
						return true
					}
					time.Sleep(50 * time.Millisecond)
				}
				if strings.Contains(tt.answer, "BYE") {
					s.conn.Close()
				}
				return true
			}
			p := f.start().pool(func(_ *config.Account, o *Options) { o.SocketTimeout = time.Second })
			begin := time.Now()
			ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
			defer cancel()
			fault := asFault(t, p.Do(ctx, "INBOX", fetchAll))
			if fault.Code != tt.code || time.Since(begin) > 5*time.Second {
				t.Errorf("%s: %s after %s", fault.Code, fault.Message, time.Since(begin))
			}
			if err := p.Do(t.Context(), "INBOX", fetchAll); err != nil {
				t.Errorf("the next call: %v", err)
			}
		})
	}
}

func TestPool_CapMakesCallersWaitAndHonoursTheirContext(t *testing.T) {
	t.Parallel()
	f := newFake(t).start()
	p := f.pool(func(_ *config.Account, o *Options) { o.MaxIdle = 0 })
	release := make(chan struct{})
	var wg, in sync.WaitGroup
	in.Add(minConnections)
	for range minConnections {
		wg.Go(func() {
			_ = p.Do(context.Background(), "", func(context.Context, *Conn) error { in.Done(); <-release; return nil })
		})
	}
	in.Wait()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := p.Do(ctx, "", noop); err == nil {
		t.Error("a fifth connection was opened")
	}
	close(release)
	wg.Wait()
	if n := f.connections(); n != minConnections {
		t.Errorf("%d connections", n)
	}
}

func TestPool_IdleConnectionsAreSignedOutAfterTheirTime(t *testing.T) {
	t.Parallel()
	f := newFake(t).start()
	p := f.pool(func(_ *config.Account, o *Options) { o.IdleTTL = 50 * time.Millisecond })
	if err := p.Do(t.Context(), "", noop); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(5 * time.Second); f.count("LOGOUT") == 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("no LOGOUT")
		}
	}
}

func TestClose_SignsOutCancelsAndRefuses(t *testing.T) {
	t.Parallel()
	f := newFake(t).start()
	p := f.pool()
	if err := p.Do(t.Context(), "", noop); err != nil {
		t.Fatal(err)
	}
	begun, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- p.Do(context.Background(), "INBOX", func(ctx context.Context, c *Conn) error {
			close(begun)
			<-ctx.Done()
			return ctx.Err()
		})
	}()
	<-begun
	if err := p.Do(t.Context(), "", noop); err != nil { // a second, idle one
		t.Fatal(err)
	}
	if err := p.Close(t.Context()); err != nil {
		t.Error(err)
	}
	wantFault(t, <-ended, contract.Unavailable, "test", "shutting down")
	if f.count("LOGOUT") != 1 {
		t.Errorf("dialogue %q", f.lines())
	}
	asFault(t, p.Do(t.Context(), "", noop))
}

func TestDo_PanicClosesTheConnectionAndPropagates(t *testing.T) {
	t.Parallel()
	f := newFake(t).start()
	p := f.pool()
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = p.Do(t.Context(), "", func(context.Context, *Conn) error { panic("x") })
	}()
	if err := p.Do(t.Context(), "", noop); err != nil || f.connections() != 2 {
		t.Errorf("%v, %d connections", err, f.connections())
	}
}

func TestSelected_FollowsExistsAndNotedUIDs(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.handle = func(s *session, tag, cmd string) bool {
		if cmd == "NOOP" {
			s.say("* 5 EXISTS\r\n")
		}
		return false
	}
	p := f.start().pool()
	err := p.Do(t.Context(), "INBOX", func(ctx context.Context, c *Conn) error {
		if got, want := c.Selected(), (Selected{Name: "INBOX", UIDValidity: 7, UIDNext: 10, NumMessages: 3}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		if err := noop(ctx, c); err != nil {
			return err
		}
		c.NoteUID(11)
		c.NoteUID(4)
		if got, want := c.Selected(), (Selected{Name: "INBOX", UIDValidity: 7, UIDNext: 12, NumMessages: 5}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestID_AnswerThatBreaksTheParserIsNotAskedForAgain(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.handle = func(s *session, tag, cmd string) bool {
		if strings.HasPrefix(cmd, "ID") {
			s.say("* ID (\"name\" NIL)\r\n%s OK x\r\n", tag)
			return true
		}
		return false
	}
	p := f.start().pool()
	if err := p.Do(t.Context(), "INBOX", noop); err != nil || f.count(" ID ") != 1 {
		t.Errorf("%v %q", err, f.lines())
	}
}

func TestDo_SilentCachedConnectionIsReplacedWithinSeconds(t *testing.T) {
	f := newFake(t)
	var mu sync.Mutex
	now, silent := time.Now(), false
	f.handle = func(s *session, tag, cmd string) bool {
		mu.Lock()
		defer mu.Unlock()
		return silent && s.number == 1 // as behind a NAT that forgot us
	}
	p := f.start().pool(func(_ *config.Account, o *Options) {
		o.SocketTimeout = time.Minute
		o.IdleTTL = time.Hour
		o.Now = func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	})
	if err := p.Do(t.Context(), "INBOX", noop); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	now, silent = now.Add(2*trustFor), true
	mu.Unlock()
	begin := time.Now()
	if err := p.Do(t.Context(), "INBOX", noop); err != nil || f.connections() != 2 || time.Since(begin) > 4*probeFor {
		t.Errorf("%v, %d connections, %s", err, f.connections(), time.Since(begin))
	}
}

package mailtest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
)

// relay carries a client's commands to a server and its responses back, whole
// response by whole response, so that it may put in its own.
type relay struct {
	client *client
	server net.Conn

	// onCommand sees the first line of each command, and may answer it itself.
	// nil: every command is forwarded.
	onCommand func(x *Exchange)
	// onResponse may replace a response; nil drops it. nil: left alone.
	onResponse func(unit []byte) []byte

	out  sync.Mutex // one whole response at a time to the client
	mu   sync.Mutex
	taps map[string]func(unit []byte) []byte // by tag: responses until its completion
	// A literal that was announced waits for the server's "+", or for the end of
	// its command, which refuses it.
	announced string
	wanted    chan bool
}

// Exchange is one command of a client, before the server has seen it.
type Exchange struct {
	Tag  string
	Verb string // upper case, "UID FETCH" for the UID commands
	Line string // the command's first line without CRLF; a literal's bytes are not in it

	ctx      context.Context //nolint:containedctx // it lives as long as the connection
	relay    *relay
	answered bool
	instead  string // forwarded in place of the first line
	lie      string // said when the command has come whole
}

// run relays until either side ends.
func (r *relay) run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r.taps = map[string]func([]byte) []byte{}
	stop := context.AfterFunc(ctx, func() {
		_ = r.client.Close()
		_ = r.server.Close()
	})
	defer stop()
	var wg sync.WaitGroup
	wg.Go(func() {
		defer cancel()
		_ = r.responses()
	})
	err := r.commands(ctx)
	// A client that said it sends no more may still read, and the server acts on
	// all it got. One that is cut off has no use for the server's last words.
	if server, ok := r.server.(interface{ CloseWrite() error }); !ok || !errors.Is(err, io.EOF) || server.CloseWrite() != nil {
		cancel()
	}
	wg.Wait()
	_ = r.server.Close()
}

func (r *relay) responses() error {
	in := bufio.NewReader(r.server)
	first := true
	for {
		unit, err := readUnit(in)
		if err != nil {
			return err
		}
		if first && r.client.greeted {
			first = false
			continue
		}
		first = false
		if unit = r.tapped(unit); len(unit) == 0 {
			continue
		}
		if err := r.send(unit); err != nil {
			return err
		}
	}
}

// tapped lets the taps and onResponse change a response.
func (r *relay) tapped(unit []byte) []byte {
	if r.onResponse != nil {
		unit = r.onResponse(unit)
	}
	if len(unit) == 0 {
		return nil
	}
	tag, _, _ := bytes.Cut(unit, []byte(" "))
	r.mu.Lock()
	if invited := bytes.HasPrefix(unit, []byte("+")); r.announced != "" && (invited || string(tag) == r.announced) {
		r.announced = ""
		r.wanted <- invited
	}
	var tap func([]byte) []byte
	for of, t := range r.taps {
		if string(tag) == "*" || string(tag) == of {
			tap = t
		}
	}
	delete(r.taps, string(tag))
	r.mu.Unlock()
	if tap != nil {
		unit = tap(unit)
	}
	return unit
}

func (r *relay) send(unit []byte) error {
	r.out.Lock()
	defer r.out.Unlock()
	_, err := r.client.Write(unit)
	return err
}

func (r *relay) commands(ctx context.Context) error {
	in := bufio.NewReader(r.client)
	for {
		line, err := readLine(in)
		if err != nil {
			return err
		}
		x := r.exchange(ctx, line)
		// A line without a blank continues AUTHENTICATE or ends IDLE.
		if x != nil && r.onCommand != nil {
			r.onCommand(x)
		}
		if x != nil && x.Verb == "COMPRESS" && !x.answered {
			x.Reply("%T NO a relay has to understand what it relays\r\n")
		}
		if x != nil && x.instead != "" {
			line = []byte(x.instead + "\r\n")
		}
		if err := r.rest(ctx, in, line, x == nil || !x.answered, x != nil && x.lie != ""); err != nil {
			return err
		}
		if x != nil && x.lie != "" {
			x.Reply(x.lie)
		}
	}
}

func (r *relay) exchange(ctx context.Context, line []byte) *Exchange {
	text := strings.TrimRight(string(line), "\r\n")
	tag, rest, ok := strings.Cut(text, " ")
	if !ok {
		return nil
	}
	verb, args, _ := strings.Cut(rest, " ")
	verb = strings.ToUpper(verb)
	if verb == "UID" {
		sub, _, _ := strings.Cut(args, " ")
		verb += " " + strings.ToUpper(sub)
	}
	return &Exchange{Tag: tag, Verb: verb, Line: text, ctx: ctx, relay: r}
}

// rest forwards a command's first line and what follows of it, or discards it,
// inviting the literals when it is to be taken all the same.
func (r *relay) rest(ctx context.Context, in *bufio.Reader, line []byte, forward, invite bool) error {
	var to io.Writer = r.server
	if !forward {
		to = io.Discard
	}
	tag, _, _ := strings.Cut(string(line), " ")
	for {
		size, sync, ok := literalAtEnd(line)
		if ok && sync && forward {
			r.mu.Lock()
			r.announced, r.wanted = tag, make(chan bool, 1)
			r.mu.Unlock()
		}
		if _, err := to.Write(line); err != nil {
			return err
		}
		if ok && sync && forward {
			select {
			case wanted := <-r.wanted:
				if !wanted {
					return nil // refused: what comes next is another command
				}
			case <-ctx.Done():
				return ctx.Err()
			}
		} else if ok && sync && invite {
			if err := r.send([]byte("+ go on\r\n")); err != nil {
				return err
			}
		} else if !ok || sync {
			// Answered instead of "+": the client must not send it (RFC 9051 §4.3).
			return nil
		}
		if _, err := io.CopyN(to, in, int64(size)); err != nil {
			return err
		}
		var err error
		if line, err = readLine(in); err != nil {
			return err
		}
	}
}

// Reply answers the command in the server's stead; the server never sees it.
// %T in the text stands for the tag. CRLF is not added.
func (x *Exchange) Reply(text string) {
	x.answered = true
	_ = x.relay.send([]byte(strings.ReplaceAll(text, "%T", x.Tag)))
}

// Forward has the server get another first line instead, without CRLF.
func (x *Exchange) Forward(line string) { x.instead = line }

// Pretend takes the command whole, with its literals, hides it from the server
// and answers with text as Reply does.
func (x *Exchange) Pretend(text string) { x.answered, x.lie = true, text }

// Swallow hides the command from the server and says nothing.
func (x *Exchange) Swallow() { x.answered = true }

// HangUp closes the connection at once.
func (x *Exchange) HangUp() {
	x.answered = true
	_ = x.relay.client.Close()
}

// Done ends when the connection does.
func (x *Exchange) Done() <-chan struct{} { return x.ctx.Done() }

// Rewrite changes the server's responses to this command, each whole with its
// literals and CRLF, up to and including the tagged one. nil drops a response.
func (x *Exchange) Rewrite(change func(response []byte) []byte) {
	x.relay.mu.Lock()
	defer x.relay.mu.Unlock()
	x.relay.taps[x.Tag] = change
}

// String is the command without the secrets of sign-in.
func (x *Exchange) String() string {
	switch x.Verb {
	case "LOGIN", "AUTHENTICATE":
		return fmt.Sprintf("%s %s [redacted]", x.Tag, x.Verb)
	}
	return x.Line
}

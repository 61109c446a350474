// Package demo is a mailbox of made-up mail, an embedded mail server to keep it
// in, and a guided transcript that plays the real MCP server against it.
package demo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Play starts the embedded mail server and the real MCP server, asks it what a
// person would ask, and writes the real answers to w. On a terminal it uses
// colours and short pauses; elsewhere it writes plain lines of at most 80
// columns and takes about a second. It returns the first thing that went wrong,
// ctx's end included, so that a silent failure cannot look like a demo.
func Play(ctx context.Context, w io.Writer, terminal bool) (err error) {
	defer func() {
		// A call that was cut short may say only that its connection closed.
		if err != nil && ctx.Err() != nil {
			err = errors.Join(ctx.Err(), err)
		}
	}()
	return withMailServer(func(mail *mailServer) (err error) {
		st := &stage{screen: newScreen(w, terminal), mail: mail}
		defer func() { err = errors.Join(err, st.leave()) }()
		if err := st.enter(ctx, false); err != nil {
			return err
		}
		return st.play(ctx)
	})
}

// stage is where the scenes are played.
type stage struct {
	*screen
	mail    *mailServer
	session *session // nil: none
	spent   cost     // in this scene

	letters  searchAnswer // that are archived, as they were
	archived string       // the operation that did it
}

// enter starts a server that may change mail where writing says so.
func (s *stage) enter(ctx context.Context, writing bool) (err error) {
	s.session, err = connect(ctx, s.mail, writing)
	return err
}

// leave ends it.
func (s *stage) leave() error {
	if s.session == nil {
		return nil
	}
	session := s.session
	s.session = nil
	return session.close()
}

// scene is a question of a person and how it is answered.
type scene struct {
	question string
	play     func(context.Context, *stage) error
}

func (s *stage) play(ctx context.Context) error {
	s.title("Mail IMAP MCP: a demo", "The real server on a made-up mailbox; what follows are its real answers.")
	for i, sc := range scenes {
		s.spent = cost{}
		s.question(i+1, sc.question)
		if err := sc.play(ctx, s); err != nil {
			return errors.Join(err, s.out.Flush())
		}
		if err := s.end(ctx, s.spent); err != nil {
			return err
		}
	}
	s.next()
	if err := s.out.Flush(); err != nil {
		return fmt.Errorf("demo: write: %w", err)
	}
	return nil
}

// ask calls a tool, shows the call and adds up what it cost.
func (s *stage) ask(ctx context.Context, tool string, arguments map[string]any, data any) error {
	s.called(tool, brief(arguments))
	c, err := s.session.call(ctx, tool, arguments, data)
	s.spent.calls += c.calls
	s.spent.took += c.took
	s.spent.bytes += c.bytes
	s.spent.model += c.model
	return err
}

// askInVain is ask for what must be refused with code; it shows why it was.
func (s *stage) askInVain(ctx context.Context, tool string, arguments map[string]any, code string) error {
	err := s.ask(ctx, tool, arguments, &struct{}{})
	var refused *refusal
	switch {
	case err == nil:
		return fmt.Errorf("demo: %s was not refused", tool)
	case !errors.As(err, &refused):
		return err
	case refused.code != code:
		return fmt.Errorf("demo: %s was refused with %s, not with %s", tool, refused.code, code)
	}
	s.alert("refused: " + refused.message)
	return nil
}

// brief writes arguments in short: of a cursor only the beginning, of several ids
// how many they are, and how much is asked for after what is asked for.
func brief(arguments map[string]any) string {
	const most = 24 // of a cursor
	names := slices.SortedFunc(maps.Keys(arguments), func(a, b string) int {
		return cmp.Or(cmp.Compare(amount(a), amount(b)), cmp.Compare(a, b))
	})
	var b strings.Builder
	for _, name := range names {
		value := arguments[name]
		text, ok := value.(string)
		if ok && name == "cursor" {
			text = fit(text, most)
		}
		if ok {
			value = strconv.Quote(text)
		}
		if ids, ok := value.([]string); ok {
			value = "[" + plural(len(ids), "id") + "]"
		}
		fmt.Fprintf(&b, "%s: %v, ", name, value)
	}
	return "{" + strings.TrimSuffix(b.String(), ", ") + "}"
}

// amount is 1 for arguments that say how much is asked for.
func amount(name string) int {
	if name == "limit" || name == "body_max_chars" {
		return 1
	}
	return 0
}

// next says how to go on with one's own mail.
func (s *stage) next() {
	s.print(s.styled(bold, "next: connect your own mailbox"), "",
		"    MAIL_IMAP_DEFAULT_HOST=imap.example.org",
		"    MAIL_IMAP_DEFAULT_USER=you@example.org",
		"    MAIL_IMAP_DEFAULT_PASS=your-app-password", "",
		"Put these three into the configuration of your MCP client:", "")
	for _, line := range clientConfig("mail", "mail-imap-mcp", nil, map[string]string{
		"MAIL_IMAP_DEFAULT_HOST": "imap.example.org",
		"MAIL_IMAP_DEFAULT_USER": "you@example.org",
		"MAIL_IMAP_DEFAULT_PASS": "your-app-password",
	}) {
		s.print("    " + line)
	}
	s.print("", "Or look around this mailbox with your client first: mail-imap-mcp demo --serve")
}

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
	"time"
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
	mail, err := startMailServer(time.Now())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, mail.close()) }()
	cfg, err := mail.config()
	if err != nil {
		return err
	}
	s, err := connect(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	return (&stage{screen: newScreen(w, terminal), session: s}).play(ctx)
}

// stage is where the scenes are played.
type stage struct {
	*screen
	session *session
	spent   cost // in this scene
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
	return err
}

// brief writes arguments in short: of a cursor only the beginning, and how much
// is asked for after what is asked for.
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

package mailtest

import (
	"regexp"
	"strings"
	"testing"
)

// TestServers_AnswerChangesAlike asks both servers the same, in this order.
func TestServers_AnswerChangesAlike(t *testing.T) {
	t.Parallel()
	dialogue := []struct{ line, want string }{
		{`UID STORE 1 +FLAGS (Project $x)`, `\* 1 FETCH \(.*FLAGS \((\\Recent )?Project \$x\)`},
		{`UID COPY 1:3 Nowhere`, `z NO \[TRYCREATE\]`},
		{`UID COPY 1,99 Archive`, `z OK \[COPYUID \d+ 1 1\]`},
		{`UID COPY 99 Archive`, `z OK [^\[]`},
		{`UID MOVE 99 Archive`, `z OK [^\[]`},
		{`CREATE a/b/c`, `z OK`},
		{`LIST "" a/b`, `\\Noselect \\HasChildren`},
		{`STATUS a/b (MESSAGES)`, `z NO`},
		{`LSUB "" a/b/c`, `^z OK`},
		{`SUBSCRIBE a/b/c`, `z OK`},
		{`LSUB "" a/b/c`, `a/b/c`},
		{`UNSUBSCRIBE a/b/c`, `z OK`},
		{`LSUB "" a/b/c`, `^z OK`},
		{`SUBSCRIBE nowhere`, `z NO`},
		{`UNSUBSCRIBE nowhere`, `z OK`},
		{`CREATE p`, `z OK`},
		{`CREATE p`, `z NO \[ALREADYEXISTS\]`},
		{`CREATE p/q`, `z OK`},
		{`RENAME p r`, `z OK`},
		{`STATUS r/q (MESSAGES)`, `z OK`},
		{`STATUS p/q (MESSAGES)`, `z NO`},
		{`RENAME r Archive`, `z NO \[ALREADYEXISTS\]`},
		{`RENAME none x`, `z NO \[NONEXISTENT\]`},
		{`DELETE r`, `z OK`},
		{`LIST "" r`, `\\Noselect \\HasChildren`},
		{`STATUS r/q (MESSAGES)`, `z OK`},
		{`DELETE r`, `z NO`},
		{`DELETE r/q`, `z OK`},
		{`CREATE INBOX`, `z NO \[ALREADYEXISTS\]`},
		{`DELETE INBOX`, `z NO`},
	}
	eachServer(t, func(t *testing.T, s Server) {
		for range 3 {
			s.Append(t, "INBOX", Message{Raw: sampleMail("x")})
		}
		s.Create(t, "Ready")
		c := opened(t, s)
		for _, d := range dialogue {
			said := c.say("z "+d.line, "z ")
			if !strings.HasSuffix(said, "\n") {
				said += c.say("", "\n")
			}
			if !regexp.MustCompile(d.want).MatchString(said) {
				t.Errorf("%s is answered %q, want %s", d.line, said, d.want)
			}
		}
	})
}

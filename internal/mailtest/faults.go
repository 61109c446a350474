package mailtest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// FaultAt calls do whenever a command arrives: the verb in upper case, "UID
// FETCH" for UID commands, "*" for every one.
func FaultAt(verb string, do func(x *Exchange)) Fault {
	return namedFault("at "+verb, verb, do)
}

func namedFault(name, verb string, do func(x *Exchange)) Fault {
	return Fault{Name: name, at: verb, do: do}
}

// FaultRefused has nobody listen on the port.
func FaultRefused() Fault { return Fault{Name: "connection refused", closed: true} }

// FaultSilent accepts, does TLS and says nothing.
func FaultSilent() Fault { return Fault{Name: "silent", greeting: drain} }

// FaultGreeting greets with these bytes, as they are, and then only listens.
func FaultGreeting(text string) Fault {
	return Fault{Name: "greeting", greeting: func(ctx context.Context, c *client) {
		_, _ = io.WriteString(c, text)
		drain(ctx, c)
	}}
}

// FaultGarbage greets as something that is no IMAP server.
func FaultGarbage() Fault {
	return FaultGreeting("SSH-2.0-OpenSSH_9.2\r\n\x00\xff\x1b[2J garbage\r\n")
}

// FaultPreauth greets with PREAUTH on both ports.
func FaultPreauth() Fault {
	return Fault{Name: "preauth", startTLS: startTLSFault{preauth: true}, response: func(unit []byte) []byte {
		if bytes.HasPrefix(unit, []byte("* OK [CAPABILITY")) {
			return append([]byte("* PREAUTH"), unit[len("* OK"):]...)
		}
		return unit
	}}
}

// FaultNoStartTLS has the STARTTLS port without STARTTLS, as if stripped on the way.
func FaultNoStartTLS() Fault {
	return Fault{Name: "STARTTLS stripped", startTLS: startTLSFault{stripped: true}}
}

// FaultInjected sends text in the clear behind the OK to STARTTLS, in the same
// segment, as somebody on the way would.
func FaultInjected(text string) Fault {
	return Fault{Name: "injected before TLS", startTLS: startTLSFault{injected: text}}
}

// FaultWrongHost has a certificate for another host.
func FaultWrongHost() Fault {
	return Fault{Name: "wrong host", certificate: certificateOptions{host: "imap.other.example"}}
}

// FaultExpired has a certificate that ended yesterday.
func FaultExpired() Fault {
	return Fault{Name: "expired", certificate: certificateOptions{notAfter: time.Now().Add(-24 * time.Hour)}}
}

// FaultUnknownCA has a certificate of a CA other than the one that is told.
func FaultUnknownCA() Fault { return Fault{Name: "unknown CA", unknownCA: true} }

// FaultAuth refuses every sign-in.
func FaultAuth() Fault {
	return Fault{Name: "auth", at: "*", do: func(x *Exchange) {
		if x.Verb == "LOGIN" || x.Verb == "AUTHENTICATE" {
			x.Reply("%T NO [AUTHENTICATIONFAILED] Authentication failed.\r\n")
		}
	}}
}

// FaultSlow answers a command only after d.
func FaultSlow(verb string, d time.Duration) Fault {
	return namedFault("slow "+verb, verb, func(x *Exchange) { x.pause(d) })
}

// FaultHang never answers a command.
func FaultHang(verb string) Fault { return namedFault("hang at "+verb, verb, (*Exchange).Swallow) }

// FaultNO answers a command with NO and this text, which may begin with a code.
func FaultNO(verb, text string) Fault {
	return namedFault("NO to "+verb, verb, func(x *Exchange) { x.Reply("%T NO " + text + "\r\n") })
}

// FaultReply answers a command with these bytes; %T stands for the tag.
func FaultReply(verb, text string) Fault {
	return namedFault("reply to "+verb, verb, func(x *Exchange) { x.Reply(text) })
}

// FaultClose closes the connection when a command arrives.
func FaultClose(verb string) Fault { return namedFault("close at "+verb, verb, (*Exchange).HangUp) }

// FaultBye answers a command with BYE and closes. During a FETCH it comes
// behind the first message.
func FaultBye(verb, text string) Fault {
	return namedFault("BYE at "+verb, verb, func(x *Exchange) {
		seen := 0
		x.Rewrite(func(unit []byte) []byte {
			if seen++; seen == 1 && strings.Contains(verb, "FETCH") && bytes.HasPrefix(unit, []byte("* ")) {
				return unit
			}
			_ = x.relay.send([]byte("* BYE " + text + "\r\n"))
			_ = x.relay.client.Close()
			return nil
		})
	})
}

// FaultCutLiteral closes the connection in the middle of the first literal of
// the answer to a command.
func FaultCutLiteral(verb string) Fault {
	return namedFault("cut literal at "+verb, verb, func(x *Exchange) {
		x.Rewrite(func(unit []byte) []byte {
			line, _, _ := bytes.Cut(unit, []byte("\n"))
			size, _, ok := literalAtEnd(line)
			if !ok || isStatus(line) {
				return unit
			}
			_ = x.relay.send(unit[:len(line)+1+size/2])
			_ = x.relay.client.Close()
			return nil
		})
	})
}

// FaultHugeLiteral announces a literal of size bytes in the answer to a FETCH
// and sends zeros for as long as the client takes them.
func FaultHugeLiteral(verb string, size int64) Fault {
	return namedFault("huge literal at "+verb, verb, func(x *Exchange) {
		x.Reply(fmt.Sprintf("* 1 FETCH (UID 1 BODY[] {%d}\r\n", size))
		x.flood(bytes.Repeat([]byte{'a'}, 64<<10), size)
	})
}

// FaultEndlessRows answers a command with untagged rows without end; %d in row
// becomes a growing number.
func FaultEndlessRows(verb, row string) Fault {
	return namedFault("endless rows at "+verb, verb, func(x *Exchange) {
		x.answered = true
		for n := 1; x.ctx.Err() == nil; {
			var chunk strings.Builder
			for range 500 {
				chunk.WriteString(strings.ReplaceAll(row, "%d", strconv.Itoa(n)) + "\r\n")
				n++
			}
			if x.relay.send([]byte(chunk.String())) != nil {
				return
			}
		}
	})
}

// FaultLongLine answers a command with an untagged line of size bytes, then OK.
func FaultLongLine(verb string, size int) Fault {
	return namedFault("long line at "+verb, verb, func(x *Exchange) {
		x.answered = true
		if x.relay.send([]byte("* OK ")) != nil || !x.flood(bytes.Repeat([]byte{'x'}, 64<<10), int64(size)) {
			return
		}
		x.Reply("\r\n%T OK done\r\n")
	})
}

// flood sends up to size bytes and reports whether all went out.
func (x *Exchange) flood(chunk []byte, size int64) bool {
	for size > 0 && x.ctx.Err() == nil {
		n := min(size, int64(len(chunk)))
		if x.relay.send(chunk[:n]) != nil {
			return false
		}
		size -= n
	}
	return size == 0
}

// FaultDrip sends the answer to a command a byte at a time.
func FaultDrip(verb string, every time.Duration) Fault {
	return namedFault("drip at "+verb, verb, func(x *Exchange) {
		x.Rewrite(func(unit []byte) []byte {
			for i := range unit {
				if !x.pause(every) || x.relay.send(unit[i:i+1]) != nil {
					return nil
				}
			}
			return nil
		})
	})
}

// FaultDripGreeting sends the greeting a byte at a time and never ends it.
func FaultDripGreeting(every time.Duration) Fault {
	return Fault{Name: "drip greeting", greeting: func(ctx context.Context, c *client) {
		_, _ = io.WriteString(c, "* OK ")
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(every):
			}
			if _, err := io.WriteString(c, "x"); err != nil {
				return
			}
		}
	}}
}

// FaultDeepStructure answers a FETCH that asks for BODYSTRUCTURE with one
// nested depth times: it overflows the stack of a recursive parser.
func FaultDeepStructure(depth int) Fault {
	return Fault{Name: "deep structure", at: "*", do: func(x *Exchange) {
		if strings.HasSuffix(x.Verb, "FETCH") && strings.Contains(x.Line, "BODYSTRUCTURE") {
			x.Reply("* 1 FETCH (UID 1 BODYSTRUCTURE " + strings.Repeat("(", depth) + "\r\n%T OK done\r\n")
		}
	}}
}

// bodyStructure is where a BODYSTRUCTURE begins in a FETCH response.
var (
	bodyStructure = regexp.MustCompile(`BODYSTRUCTURE \(`)
	uidItem       = regexp.MustCompile(`\bUID (\d+)`)
)

// FaultBadStructure garbles the BODYSTRUCTURE of one message, so that it does
// not parse though its parentheses match; everything else of it and every
// other message is well.
func FaultBadStructure(uid uint32) Fault {
	return Fault{Name: "bad structure", response: func(unit []byte) []byte {
		at := bodyStructure.FindIndex(unit)
		m := uidItem.FindSubmatch(unit)
		if at == nil || m == nil || string(m[1]) != strconv.FormatUint(uint64(uid), 10) {
			return unit
		}
		end := closing(unit, at[1]-1)
		if end < 0 {
			return unit
		}
		bad := append([]byte{}, unit[:at[0]]...)
		bad = append(bad, `BODYSTRUCTURE ("text" NIL ("charset") 7 ("x" "y"))`...)
		return append(bad, unit[end+1:]...)
	}}
}

// closing finds the parenthesis that closes the one at open, minding strings
// and literals.
func closing(unit []byte, open int) int {
	depth, quoted := 0, false
	for i := open; i < len(unit); i++ {
		switch c := unit[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{':
			line, _, _ := bytes.Cut(unit[i:], []byte("\n"))
			if size, _, ok := literalAtEnd(line); ok {
				i += len(line) + size
			}
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// FaultHugeESearch answers UID SEARCH RETURN with the set 1:last.
func FaultHugeESearch(last uint32) Fault {
	return namedFault("huge ESEARCH", "UID SEARCH", func(x *Exchange) {
		x.Reply(fmt.Sprintf("* ESEARCH (TAG \"%%T\") UID COUNT %d ALL 1:%d\r\n%%T OK done\r\n", last, last))
	})
}

// FaultBadCharset refuses searches with CHARSET, as Exchange does.
func FaultBadCharset() Fault {
	return Fault{Name: "BADCHARSET", at: "*", do: func(x *Exchange) {
		if strings.HasSuffix(x.Verb, "SEARCH") && strings.Contains(strings.ToUpper(x.Line), " CHARSET ") {
			x.Reply("%T NO [BADCHARSET (US-ASCII)] The specified charset is not supported.\r\n")
		}
	}}
}

var quotedName = regexp.MustCompile(`"([A-Za-z-]+)"`)

// FaultQuotesInNames takes the quotes around the name of a header field for part
// of the name, so that there is no such field.
func FaultQuotesInNames() Fault {
	return Fault{Name: "quotes in names", at: "*", do: func(x *Exchange) {
		if strings.Contains(x.Line, "HEADER.FIELDS (") {
			x.Forward(quotedName.ReplaceAllString(x.Line, "X-Quoted-$1"))
		}
	}}
}

// Without hides capabilities, so that a client must do without.
func Without(capabilities ...string) Fault {
	return Fault{Name: "without " + strings.Join(capabilities, " "), response: func(unit []byte) []byte {
		if !isCapabilities(unit) {
			return unit
		}
		for _, c := range capabilities {
			hide := regexp.MustCompile(`(?i) ` + regexp.QuoteMeta(c) + `([ \]\r])`)
			unit = hide.ReplaceAll(unit, []byte("$1"))
		}
		return unit
	}}
}

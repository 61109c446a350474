package message_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"mail-imap-mcp/internal/message"
)

// hostile mail by what it repeats n times.
var hostile = []struct {
	name   string
	n      int
	source func(n int) string
}{
	{"nested multiparts, unterminated", 10_000, func(n int) string {
		return strings.Repeat("Content-Type: multipart/mixed; boundary=b\n\n--b\n", n)
	}},
	{"nested multiparts of distinct names, closed", 10_000, func(n int) string {
		var open, end strings.Builder
		for i := range n {
			fmt.Fprintf(&open, "Content-Type: multipart/mixed; boundary=b%d.\n\n--b%d.\n", i, i)
			fmt.Fprintf(&end, "\n--b%d.--", n-1-i)
		}
		return open.String() + "\nhello" + end.String()
	}},
	{"nested messages", 10_000, func(n int) string { return strings.Repeat("Content-Type: message/rfc822\n\n", n) }},
	{"multiparts that name no boundary", 10_000, func(n int) string {
		return strings.Repeat("Content-Type: multipart/mixed\n\n--b\n", n)
	}},
	{"tiny parts", 100_000, func(n int) string {
		return "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n\nx\n", n)
	}},
	{"tiny messages", 100_000, func(n int) string {
		return "Content-Type: multipart/digest; boundary=b\n\n" + strings.Repeat("--b\n\nSubject: x\n\ny\n", n)
	}},
	{"boundary look-alikes", 400_000, func(n int) string {
		return "Content-Type: multipart/mixed; boundary=" + strings.Repeat("b", 20) + "\n\n" + strings.Repeat("--"+strings.Repeat("b", 21)+"\n", n)
	}},
	{"boundary look-alikes of another name", 400_000, func(n int) string {
		return "Content-Type: multipart/mixed; boundary=declared\n\n" + strings.Repeat("--looks-like-one-too-\n", n)
	}},
	{"header fields", 3_000_000, func(n int) string { return strings.Repeat("X: y\n", n) }},
	{"one header line", 1_000_000, func(n int) string { return "Subject: " + strings.Repeat("y", n) + "\n\nhello" }},
	{"folded lines", 1_000_000, func(n int) string { return "Subject: y\n" + strings.Repeat(" z\n", n) }},
	{"parameters", 1_000_000, func(n int) string { return "Content-Type: text/plain" + strings.Repeat("; a=b", n) + "\n\nhello" }},
	{"continuations", 100_000, func(n int) string {
		var b strings.Builder
		b.WriteString("Content-Disposition: attachment")
		for i := range n {
			fmt.Fprintf(&b, ";\n filename*%d*=%%C3%%A4", i)
		}
		return b.String() + "\n\nhello"
	}},
	{"encoded words", 100_000, func(n int) string { return "Subject: " + strings.Repeat("=?utf-8?Q?=C3?= ", n) + "\n\nx" }},
	{"beginnings of encoded words", 1_000_000, func(n int) string { return "Subject: " + strings.Repeat("=?a?Q?", n/6) + "\n\nx" }},
	{"addresses", 100_000, func(n int) string { return "To: " + strings.Repeat("a@b.example,", n) + "\n\nx" }},
	{"comments in an address", 1_000_000, func(n int) string { return "To: " + strings.Repeat("(", n) + "\n\nx" }},
	{"closed comments in an address", 500_000, func(n int) string {
		return "To: " + strings.Repeat("(", n) + strings.Repeat(")", n) + "\n\nx"
	}},
	{"groups", 500_000, func(n int) string { return "To: " + strings.Repeat("g:", n) + "\n\nx" }},
	{"open quotes", 1_000_000, func(n int) string { return "To: " + strings.Repeat(`"a `, n/3) + "\n\nx" }},
	{"lines that end in CR", 5_000_000, func(n int) string {
		return "Content-Type: multipart/mixed; boundary=b\r\r" + strings.Repeat("\r", n)
	}},
	{"escapes", 3_000_000, func(n int) string {
		return "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n" + strings.Repeat("= ", n)
	}},
	{"padding", 3_000_000, func(n int) string {
		return "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n" + strings.Repeat("A=", n)
	}},
	{"shifts", 3_000_000, func(n int) string {
		return "Content-Type: text/plain; charset=iso-2022-kr\n\n" + strings.Repeat("\x0e!\x0f", n)
	}},
	{"plus signs of UTF-7", 3_000_000, func(n int) string {
		return "Content-Type: text/plain; charset=utf-7\n\n" + strings.Repeat("+A", n)
	}},
	{"recipients of a report", 50_000, func(n int) string {
		return "Content-Type: message/delivery-status\n\n" + strings.Repeat("Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.0.0\n\n", n)
	}},
}

// readAll does everything that is done with a mail and returns how much came of
// it.
func readAll(source string) (parts, text int) {
	root, header, sections := message.Parse([]byte(source))
	header.Note()
	text += len(header.Text("Subject"))
	for _, name := range []string{"From", "To"} {
		for _, a := range header.Addresses(name) {
			text += len(a.String()) + len(a.Deceptive())
		}
	}
	body := message.ChooseBody(root)
	for _, form := range body.Forms {
		for _, p := range []*message.Part{form.Text, form.HTML} {
			if p != nil {
				decoded, _ := message.DecodeText(p, sections[p.ID])
				text += len(decoded)
			}
		}
	}
	if body.Report != nil {
		text += len(message.ReportText(body.Report, sections[body.Report.ID]))
	}
	for _, a := range message.Attachments(root) {
		text += len(a.Filename)
		n, _ := io.Copy(io.Discard, root.Find(a.PartID).Decode(strings.NewReader(sourceOf(sections, a.PartID))))
		text += int(n)
	}
	text += len(root.Notes())
	return len(sections), text
}

func sourceOf(sections map[string][]byte, id string) string {
	b := sections[id]
	return string(b[:min(len(b), 1<<20)])
}

// What a sender can nest or repeat is bounded: each mail has at most 1,000
// parts, and one twice as long takes about twice as long. The factor is
// generous, and a busy machine is given three tries: quadratic work would take
// sixteen times as long for four times the size, mostly minutes, each time.
func TestParse_HostileMailTakesLinearTime(t *testing.T) {
	if testing.Short() {
		t.Skip("the mails are large")
	}
	const factor, noise, tries = 10, time.Second, 3
	for _, tt := range hostile {
		t.Run(tt.name, func(t *testing.T) {
			took := func(n int) time.Duration {
				source := tt.source(n)
				begin := time.Now()
				if parts, _ := readAll(source); parts > 1000 {
					t.Errorf("%d parts", parts)
				}
				return time.Since(begin)
			}
			for range tries {
				quarter, whole := took(tt.n/4), took(tt.n)
				if whole <= factor*quarter+noise {
					return
				}
				t.Logf("a quarter takes %s, the whole %s", quarter, whole)
			}
			t.Error("the time is not linear")
		})
	}
}

func TestParse_BeyondTwentyLevelsIsClosedAndSaid(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]string{
		"multiparts": strings.Repeat("Content-Type: multipart/mixed; boundary=b\n\n--b\n", 3) + nestedTo(40),
		"messages":   strings.Repeat("Content-Type: message/rfc822\n\n", 40) + "\nhello",
	} {
		t.Run(name, func(t *testing.T) {
			root, _, sections := message.Parse([]byte(source))
			if notes := fmt.Sprint(root.Notes()); !strings.Contains(notes, "20 levels") {
				t.Errorf("notes are %s", notes)
			}
			// Nothing is lost: what is closed can be fetched.
			closed := false
			for _, content := range sections {
				closed = closed || strings.Contains(string(content), "hello")
			}
			if !closed {
				t.Error("what is inside is not in any section")
			}
		})
	}
}

func nestedTo(levels int) string {
	var open, end strings.Builder
	for i := range levels {
		fmt.Fprintf(&open, "Content-Type: multipart/mixed; boundary=n%d.\n\n--n%d.\n", i, i)
		fmt.Fprintf(&end, "\n--n%d.--", levels-1-i)
	}
	return open.String() + "\nhello" + end.String()
}

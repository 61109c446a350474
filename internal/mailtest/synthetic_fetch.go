package mailtest

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
)

// raw makes a message up.
func (s *Synthetic) raw(n uint32) []byte {
	return fmt.Appendf(nil, "Date: %s\r\nFrom: %s <p%02d@example.org>\r\nTo: me@example.org\r\n"+
		"Message-ID: <%d@mail.example.org>\r\nSubject: %s\r\nMIME-Version: 1.0\r\n"+
		"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n%s",
		s.arrived(n).Format(time.RFC1123Z), person(n), n%100, n, subject(n), syntheticBody(n))
}

func (s *Synthetic) arrived(n uint32) time.Time {
	return Newest.Add(-time.Duration(s.o.Messages-n) * time.Minute)
}

func person(n uint32) string { return fmt.Sprintf("Person %02d", n%100) }

// subject has the words that a search finds it by.
func subject(n uint32) string {
	text := fmt.Sprintf("Message %d all", n)
	for _, k := range []uint32{2, 3, 10, 100, 1000, 10_000, 100_000} {
		if n%k == 0 {
			text += fmt.Sprintf(" each%d", k)
		}
	}
	return text
}

func syntheticBody(n uint32) string {
	return fmt.Sprintf("This is message %d.\r\nIt was made up.\r\n", n)
}

func (d *dialogue) fetch(byUID bool, words []word) string {
	if len(words) < 2 {
		return "BAD what shall be fetched?"
	}
	spans, ok := parseSpans(words[0].text, d.o.Messages)
	if !ok {
		return "BAD not a sequence set"
	}
	items := words[1].list
	if words[1].kind != '(' {
		items = words[1:2]
	}
	for _, s := range spans {
		for n := s.from; n <= min(s.to, d.o.Messages); n++ {
			if err := d.fetchOne(n, byUID, items); err != nil {
				return "BAD " + err.Error()
			}
		}
	}
	return "OK done"
}

func (d *dialogue) fetchOne(n uint32, byUID bool, items []word) error {
	fmt.Fprintf(d.out, "* %d FETCH (", n)
	separator := ""
	if byUID {
		fmt.Fprintf(d.out, "UID %d", n)
		separator = " "
	}
	for _, item := range items {
		name := strings.ToUpper(item.text)
		if name == "UID" && byUID {
			continue
		}
		_, _ = io.WriteString(d.out, separator)
		separator = " "
		if err := d.item(n, name); err != nil {
			return err
		}
	}
	_, err := io.WriteString(d.out, ")\r\n")
	return err
}

func (d *dialogue) item(n uint32, name string) error {
	switch name {
	case "UID":
		fmt.Fprintf(d.out, "UID %d", n)
	case "FLAGS":
		var flags []string
		if n%unseenEvery != 0 {
			flags = append(flags, `\Seen`)
		}
		if n%flaggedEvery == 0 {
			flags = append(flags, `\Flagged`)
		}
		fmt.Fprintf(d.out, "FLAGS (%s)", strings.Join(flags, " "))
	case "INTERNALDATE":
		fmt.Fprintf(d.out, "INTERNALDATE %q", d.arrived(n).Format("_2-Jan-2006 15:04:05 -0700"))
	case "RFC822.SIZE":
		fmt.Fprintf(d.out, "RFC822.SIZE %d", len(d.raw(n)))
	case "ENVELOPE":
		from := fmt.Sprintf(`((%q NIL "p%02d" "example.org"))`, person(n), n%100)
		fmt.Fprintf(d.out, `ENVELOPE (%q %q %s %s %s ((NIL NIL "me" "example.org")) NIL NIL NIL "<%d@mail.example.org>")`,
			d.arrived(n).Format(time.RFC1123Z), subject(n), from, from, from, n)
	case "BODYSTRUCTURE":
		fmt.Fprintf(d.out, `BODYSTRUCTURE ("text" "plain" ("charset" "utf-8") NIL NIL "7bit" %d 2 NIL NIL NIL NIL)`, len(syntheticBody(n)))
	default:
		return d.section(n, name)
	}
	return nil
}

// section answers BODY[...] and BODY.PEEK[...] with <offset.size>.
func (d *dialogue) section(n uint32, name string) error {
	spec, after, ok := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(name, "BODY"), ".PEEK"), "]")
	if !strings.HasPrefix(name, "BODY") || !ok || !strings.HasPrefix(spec, "[") {
		return fmt.Errorf("unknown item %s", name)
	}
	spec = spec[1:]
	item := &imap.FetchItemBodySection{}
	label := "BODY[" + spec + "]"
	if after != "" {
		offset, size, _ := strings.Cut(strings.Trim(after, "<>"), ".")
		o, err1 := strconv.ParseInt(offset, 10, 64)
		s, err2 := strconv.ParseInt(size, 10, 64)
		if err1 != nil || err2 != nil {
			return fmt.Errorf("bad partial %s", after)
		}
		item.Partial = &imap.SectionPartial{Offset: o, Size: s}
		label += "<" + offset + ">"
	}
	head, fields, _ := strings.Cut(spec, " ")
	fields = strings.Trim(fields, "()")
	switch head {
	case "":
	case "1":
		item.Specifier = imap.PartSpecifierText // the only part of a message is its text
	case "TEXT", "HEADER":
		item.Specifier = imap.PartSpecifier(head)
	case "HEADER.FIELDS", "HEADER.FIELDS.NOT":
		item.Specifier = imap.PartSpecifierHeader
		list := strings.Fields(strings.ReplaceAll(fields, `"`, ""))
		if head == "HEADER.FIELDS" {
			item.HeaderFields = list
		} else {
			item.HeaderFieldsNot = list
		}
	default:
		return fmt.Errorf("unknown section %s", spec)
	}
	content := sectionOf(d.raw(n), item)
	fmt.Fprintf(d.out, "%s {%d}\r\n", label, len(content))
	_, err := d.out.Write(content)
	return err
}

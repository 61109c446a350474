package imap

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// StoreFlagsOp says how STORE changes flags.
type StoreFlagsOp string

// The operations of STORE (RFC 9051 §6.4.6).
const (
	StoreFlagsSet StoreFlagsOp = ""
	StoreFlagsAdd StoreFlagsOp = "+"
	StoreFlagsDel StoreFlagsOp = "-"
)

// StoreFlags is a change of flags. Silent asks the server not to tell the flags
// that result.
type StoreFlags struct {
	Op     StoreFlagsOp
	Silent bool
	Flags  []Flag
}

// UIDStore sends UID STORE (RFC 9051 §6.4.9). Its rows are the flags that result.
func (c *Client) UIDStore(set UIDSet, flags *StoreFlags) *Fetch {
	item := string(flags.Op) + "FLAGS"
	if flags.Silent {
		item += ".SILENT"
	}
	e, p := c.begin("UID STORE " + set.String() + " " + item)
	e.flags(flags.Flags)
	return c.fetch(e, p, set, &FetchOptions{Flags: true})
}

// CopyData pairs the messages of COPY or MOVE with their copies (COPYUID, RFC
// 4315 §3): the i-th source became the i-th destination, in the order in which
// the server named them.
type CopyData struct {
	UIDValidity  uint32
	Source, Dest []UID
}

// maxPairs is how many pairs of a command's COPYUID are kept.
const maxPairs = 64 << 10

// UIDCopy sends UID COPY (RFC 9051 §6.4.9).
func (c *Client) UIDCopy(set UIDSet, mailbox string) *Query[CopyData] {
	return c.copy("UID COPY", set, mailbox)
}

// UIDMove sends UID MOVE (RFC 6851). Without the capability it must not be sent.
func (c *Client) UIDMove(set UIDSet, mailbox string) *Query[CopyData] {
	return c.copy("UID MOVE", set, mailbox)
}

func (c *Client) copy(verb string, set UIDSet, mailbox string) *Query[CopyData] {
	e, p := c.begin(verb + " " + set.String())
	e.mailbox(mailbox)
	q := &Query[CopyData]{Command: Command{c, p}}
	p.take = func(data untagged) bool {
		s, ok := data.(*status)
		if ok && s.code == ResponseCodeCopyUID { // of MOVE it comes untagged, of COPY tagged
			q.answer.add(s.arg)
			return true
		}
		return false
	}
	c.send(e, p)
	return q
}

// add reads "UIDVALIDITY source-set dest-set", in the order in which the sets were
// written; a range the wrong way round is one the right way (RFC 9051 §9). Sets of
// unequal size pair nothing.
func (d *CopyData) add(arg string) {
	words := strings.Fields(arg)
	if len(words) != 3 {
		return
	}
	validity, ok := parseNumber(words[0])
	source, _ := parseSet(words[1], maxPairs)
	dest, _ := parseSet(words[2], maxPairs)
	if !ok || source.Len() != dest.Len() || (d.UIDValidity != 0 && d.UIDValidity != validity) {
		return
	}
	d.UIDValidity = validity
	room := maxPairs - len(d.Source)
	d.Source, d.Dest = append(d.Source, source.Nums(room)...), append(d.Dest, dest.Nums(room)...)
}

// UIDExpunge sends UID EXPUNGE (RFC 4315 §2.1), which removes the messages of the
// set that are marked \Deleted, and no others.
func (c *Client) UIDExpunge(set UIDSet) *Command { return c.simple("UID EXPUNGE " + set.String()) }

// vanished is VANISHED (RFC 7162 §3.2.10).
type vanished struct {
	uids    UIDSet
	earlier bool
}

func (c *Client) readVanished() (untagged, error) {
	list, err := c.r.all()
	v := &vanished{}
	for _, item := range list {
		if item.kind == kindList {
			v.earlier = strings.EqualFold(item.item(0).string(), "EARLIER")
			continue
		}
		set, _ := parseSet(item.string(), maxNumbers)
		v.uids = append(v.uids, set...)
	}
	return v, err
}

// AppendData is which message APPEND made (APPENDUID, RFC 4315 §3); zero: the
// server did not say.
type AppendData struct {
	UIDValidity uint32
	UID         UID
}

// AppendOptions are what a message is given with APPEND.
type AppendOptions struct {
	Flags []Flag
	Time  time.Time // INTERNALDATE; zero: now
}

// Append sends APPEND (RFC 9051 §6.3.12) with a message of size bytes, which
// write writes when the server asks for it. Where it writes fewer or fails, the
// connection ends, and with it the command: the server takes nothing of it then.
func (c *Client) Append(mailbox string, size int64, write func(io.Writer) error, options *AppendOptions) *Query[AppendData] {
	e, p := c.begin("APPEND")
	e.mailbox(mailbox)
	if options != nil && len(options.Flags) > 0 {
		e.flags(options.Flags)
	}
	if options != nil && !options.Time.IsZero() {
		e.raw(" " + dateTime(options.Time))
	}
	e.raw(" ").announce(size)
	if len(e.buf) > 0 {
		e.pieces = append(e.pieces, piece{data: e.buf})
		e.buf = nil
	}
	e.pieces = append(e.pieces, piece{write: func(w io.Writer) error {
		// A caller writes lines of 76 bytes, and each write is a TLS record.
		buffered := bufio.NewWriterSize(w, 16<<10)
		counted := &counter{w: buffered, left: size}
		if err := write(counted); err != nil {
			return fmt.Errorf("write the message: %w", err)
		}
		if err := buffered.Flush(); err != nil {
			return fmt.Errorf("write the message: %w", err)
		}
		if counted.left != 0 {
			return fmt.Errorf("write the message: %d of %d bytes: %w", size-counted.left, size, io.ErrShortWrite)
		}
		return nil
	}})
	q := &Query[AppendData]{Command: Command{c, p}}
	p.take = func(data untagged) bool {
		if s, ok := data.(*status); ok && s.code == ResponseCodeAppendUID {
			words := strings.Fields(s.arg)
			if len(words) == 2 {
				q.answer.UIDValidity, _ = parseNumber(words[0])
				q.answer.UID, _ = parseNumber(words[1])
			}
			return true
		}
		return false
	}
	c.send(e, p)
	return q
}

// counter passes on at most so many bytes.
type counter struct {
	w    io.Writer
	left int64
}

// Write implements io.Writer.
func (c *counter) Write(b []byte) (int, error) {
	if int64(len(b)) > c.left {
		return 0, io.ErrShortWrite
	}
	n, err := c.w.Write(b)
	c.left -= int64(n)
	return n, err
}

// Create sends CREATE (RFC 9051 §6.3.4).
func (c *Client) Create(mailbox string) *Command { return c.named("CREATE", mailbox) }

// Delete sends DELETE (RFC 9051 §6.3.5).
func (c *Client) Delete(mailbox string) *Command { return c.named("DELETE", mailbox) }

// Rename sends RENAME (RFC 9051 §6.3.6).
func (c *Client) Rename(mailbox, to string) *Command { return c.named("RENAME", mailbox, to) }

// Subscribe sends SUBSCRIBE (RFC 9051 §6.3.7).
func (c *Client) Subscribe(mailbox string) *Command { return c.named("SUBSCRIBE", mailbox) }

// Unsubscribe sends UNSUBSCRIBE (RFC 9051 §6.3.8).
func (c *Client) Unsubscribe(mailbox string) *Command { return c.named("UNSUBSCRIBE", mailbox) }

func (c *Client) named(verb string, mailboxes ...string) *Command {
	e, p := c.begin(verb)
	for _, name := range mailboxes {
		e.mailbox(name)
	}
	c.send(e, p)
	return &Command{c, p}
}

// Quota is how much of a resource of a quota root is used (RFC 9208). STORAGE is
// in units of 1024 bytes.
type Quota struct {
	Root, Resource string
	Usage, Limit   int64
}

// QuotaRoot asks which quotas a mailbox counts against (GETQUOTAROOT, RFC 9208
// §4.1.2).
func (c *Client) QuotaRoot(mailbox string) *Query[[]Quota] {
	e, p := c.begin("GETQUOTAROOT")
	e.mailbox(mailbox)
	q := &Query[[]Quota]{Command: Command{c, p}}
	p.take = func(data untagged) bool {
		got, ok := data.([]Quota)
		q.answer = append(q.answer, got...)
		return ok
	}
	c.send(e, p)
	return q
}

func (c *Client) readQuota() (untagged, error) {
	list, err := c.r.all()
	quotas := []Quota{}
	for i := 1; i < len(list); i++ {
		for triple := range slices.Chunk(list[i].list, 3) {
			if len(triple) == 3 {
				quotas = append(quotas, Quota{list[0].string(), strings.ToUpper(triple[0].string()), triple[1].number(), triple[2].number()})
			}
		}
	}
	return quotas, err
}

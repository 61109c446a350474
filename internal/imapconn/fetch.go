package imapconn

import (
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"mail-imap-mcp/internal/safetext"
)

const (
	// MaxFlags and maxFlagChars are kept of a message's flags: real ones are
	// below ten short words, and others may set them in shared mailboxes.
	MaxFlags     = 64
	maxFlagChars = 128
)

// Row is what one FETCH response brought for one message.
type Row struct {
	UID          uint32
	Seq          uint32
	Flags        []string
	InternalDate time.Time
	Size         int64
	Structure    imap.BodyStructure
	Sections     []Section
}

// Section is the bytes of one BODY[…] item.
type Section struct {
	Part      []int
	Specifier imap.PartSpecifier
	Offset    int64 // -1: the server did not say
	Data      []byte
}

// Find returns the bytes of a section and whether the server sent it at all.
func (r *Row) Find(part []int, specifier imap.PartSpecifier) ([]byte, bool) {
	for _, s := range r.Sections {
		if s.Specifier == specifier && slices.Equal(s.Part, part) {
			return s.Data, true
		}
	}
	return nil, false
}

// FetchRows drains one FETCH and hands each row to use. Rows beyond maxRows
// and section bytes beyond maxSection are read off the wire and dropped: the
// server decides what it sends, we decide what is kept.
//
// A FETCH is drained before a command that was pipelined with it is waited for:
// Dovecot may answer a NOOP only after the FETCH behind it, and go-imap reads no
// further until a row is taken.
func FetchRows(c *Conn, cmd *imapclient.FetchCommand, maxRows int, maxSection int64, use func(Row)) error {
	for n := 0; ; n++ {
		msg := cmd.Next()
		if msg == nil {
			return cmd.Close()
		}
		if n >= maxRows {
			continue
		}
		r, err := readRow(msg, maxSection)
		if err != nil {
			c.Client().Forget(cmd)
			return err
		}
		use(r)
	}
}

// readRow reads one message's items. An error means that a literal broke off
// with the connection.
func readRow(msg *imapclient.FetchMessageData, maxSection int64) (Row, error) {
	r := Row{Seq: msg.SeqNum}
	for {
		switch item := msg.Next().(type) {
		case nil:
			return r, nil
		case imapclient.FetchItemDataUID:
			r.UID = uint32(item.UID)
		case imapclient.FetchItemDataFlags:
			r.Flags = make([]string, 0, len(item.Flags))
			for _, f := range item.Flags[:min(len(item.Flags), MaxFlags)] {
				if len(f) <= maxFlagChars {
					r.Flags = append(r.Flags, safetext.Line(string(f)))
				}
			}
		case imapclient.FetchItemDataInternalDate:
			r.InternalDate = item.Time
		case imapclient.FetchItemDataRFC822Size:
			r.Size = item.Size
		case imapclient.FetchItemDataBodyStructure:
			r.Structure = item.BodyStructure
		case imapclient.FetchItemDataBodySection:
			s := Section{Part: item.Section.Part, Specifier: item.Section.Specifier, Offset: -1}
			if item.Section.Partial != nil {
				s.Offset = item.Section.Partial.Offset
			}
			if item.Literal != nil {
				data, err := io.ReadAll(io.LimitReader(item.Literal, maxSection))
				if err == nil && int64(len(data)) < min(item.Literal.Size(), maxSection) {
					err = io.ErrUnexpectedEOF
				}
				if err != nil {
					return r, err
				}
				s.Data = data
			}
			r.Sections = append(r.Sections, s)
		}
	}
}

// UIDFetch sends a UID FETCH for a few UIDs.
func UIDFetch(c *Conn, uids []uint32, opts *imap.FetchOptions) *imapclient.FetchCommand {
	var set imap.UIDSet
	// Ascending order keeps the library's insertion sort linear.
	for _, uid := range slices.Sorted(slices.Values(uids)) {
		set.AddNum(imap.UID(uid))
	}
	opts.UID = true
	return c.Client().Fetch(set, opts)
}

// BodySection asks for size bytes of a section without setting \Seen.
func BodySection(part []int, specifier imap.PartSpecifier, offset, size int64) *imap.FetchItemBodySection {
	return &imap.FetchItemBodySection{
		Part:      part,
		Specifier: specifier,
		Partial:   &imap.SectionPartial{Offset: offset, Size: size},
		Peek:      true,
	}
}

// PartPath turns a section number such as "1.2" into the path go-imap wants;
// the empty id is the whole message.
func PartPath(id string) []int {
	if id == "" {
		return nil
	}
	var path []int
	for field := range strings.SplitSeq(id, ".") {
		n, err := strconv.Atoi(field)
		if err != nil {
			return nil
		}
		path = append(path, n)
	}
	return path
}

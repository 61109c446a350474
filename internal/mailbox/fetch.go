package mailbox

import (
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/safetext"
)

// row is what one FETCH response brought for one message.
type row struct {
	uid          uint32
	seq          uint32
	flags        []string
	internalDate time.Time
	size         int64
	structure    imap.BodyStructure
	sections     []section
}

// section is the bytes of one BODY[…] item.
type section struct {
	part      []int
	specifier imap.PartSpecifier
	offset    int64 // -1: the server did not say
	data      []byte
}

// find returns the bytes of a section and whether the server sent it at all.
func (r *row) find(part []int, specifier imap.PartSpecifier) ([]byte, bool) {
	for _, s := range r.sections {
		if s.specifier == specifier && slices.Equal(s.part, part) {
			return s.data, true
		}
	}
	return nil, false
}

// fetchRows drains one FETCH and hands each row to use. Rows beyond maxRows
// and section bytes beyond maxSection are read off the wire and dropped: the
// server decides what it sends, we decide what is kept.
//
// A FETCH is drained before a command that was pipelined with it is waited for:
// Dovecot may answer a NOOP only after the FETCH behind it, and go-imap reads no
// further until a row is taken.
func fetchRows(c *imapconn.Conn, cmd *imapclient.FetchCommand, maxRows int, maxSection int64, use func(row)) error {
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
func readRow(msg *imapclient.FetchMessageData, maxSection int64) (row, error) {
	r := row{seq: msg.SeqNum}
	for {
		switch item := msg.Next().(type) {
		case nil:
			return r, nil
		case imapclient.FetchItemDataUID:
			r.uid = uint32(item.UID)
		case imapclient.FetchItemDataFlags:
			r.flags = make([]string, 0, len(item.Flags))
			for _, f := range item.Flags[:min(len(item.Flags), maxFlags)] {
				if len(f) <= maxFlagChars {
					r.flags = append(r.flags, safetext.Line(string(f)))
				}
			}
		case imapclient.FetchItemDataInternalDate:
			r.internalDate = item.Time
		case imapclient.FetchItemDataRFC822Size:
			r.size = item.Size
		case imapclient.FetchItemDataBodyStructure:
			r.structure = item.BodyStructure
		case imapclient.FetchItemDataBodySection:
			s := section{part: item.Section.Part, specifier: item.Section.Specifier, offset: -1}
			if item.Section.Partial != nil {
				s.offset = item.Section.Partial.Offset
			}
			if item.Literal != nil {
				data, err := io.ReadAll(io.LimitReader(item.Literal, maxSection))
				if err == nil && int64(len(data)) < min(item.Literal.Size(), maxSection) {
					err = io.ErrUnexpectedEOF
				}
				if err != nil {
					return r, err
				}
				s.data = data
			}
			r.sections = append(r.sections, s)
		}
	}
}

// uidFetch sends a UID FETCH for a few UIDs.
func uidFetch(c *imapconn.Conn, uids []uint32, opts *imap.FetchOptions) *imapclient.FetchCommand {
	var set imap.UIDSet
	// Ascending order keeps the library's insertion sort linear.
	for _, uid := range slices.Sorted(slices.Values(uids)) {
		set.AddNum(imap.UID(uid))
	}
	opts.UID = true
	return c.Client().Fetch(set, opts)
}

// bodySection asks for size bytes of a section without setting \Seen.
func bodySection(part []int, specifier imap.PartSpecifier, offset, size int64) *imap.FetchItemBodySection {
	return &imap.FetchItemBodySection{
		Part:      part,
		Specifier: specifier,
		Partial:   &imap.SectionPartial{Offset: offset, Size: size},
		Peek:      true,
	}
}

// partPath turns a section number such as "1.2" into the path go-imap wants;
// the empty id is the whole message.
func partPath(id string) []int {
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

package mailbox

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imap"
	"mail-imap-mcp/internal/imapconn"
	"mail-imap-mcp/internal/message"
	"mail-imap-mcp/internal/safetext"
)

// piece is the beginning of one body part that is wanted as text.
type piece struct {
	uid   uint32
	part  *message.Part
	bytes int64
}

// addSnippets fetches the beginning of each message's text, messages with the
// same section together, all in one flight. Without snippets the page is still
// a page: what goes wrong here becomes an issue.
func (s *Service) addSnippets(ctx context.Context, sr *search, p *page, list []*Found) []contract.Issue {
	for _, f := range list {
		if f.previewed(sr.snippet) {
			snippet := safetext.Snippet(safetext.Plain(*f.preview).Text, sr.snippet)
			f.Snippet = &snippet
		}
	}
	wants := snippetPieces(list)
	if len(wants) == 0 {
		return nil
	}
	err := sr.pool.Do(ctx, sr.mailbox, func(_ context.Context, c *imapconn.Conn) error {
		if err := p.sameMailbox(c); err != nil {
			return err
		}
		texts, err := fetchPieces(c, wants)
		for _, f := range list {
			if text, ok := texts[f.ID.UID]; ok {
				snippet := safetext.Snippet(text, sr.snippet)
				f.Snippet = &snippet
			}
		}
		return err
	})
	if err != nil {
		return []contract.Issue{imapconn.AsIssue("snippet", err)}
	}
	return nil
}

// previewed reports whether the server's preview (RFC 8970) says as much as a snippet
// of so many characters. It must be of a message that is one plain text: of HTML
// servers show what the sender hid. What is quoted in it cannot be told from what was
// written, for it is one line, and how long a server's previews are is its own affair.
func (f *Found) previewed(chars int) bool {
	if f.preview == nil || f.Part == nil || f.Withheld != "" || f.Part.MediaType != "text/plain" || strings.ContainsAny(*f.preview, ">") ||
		strings.Contains(*f.preview, "-----") || strings.Contains(*f.preview, "_____") {
		return false
	}
	if body, ok := BodyPart(f.Part); !ok || body != f.Part {
		return false
	}
	n := int64(len(*f.preview))
	return utf8.RuneCountInString(*f.preview) > chars || f.Part.Size <= n+n/8+8
}

// snippetPieces shares the page's byte budget among its HTML parts.
func snippetPieces(list []*Found) []piece {
	var wants []piece
	html := 0
	for _, f := range list {
		part, ok := BodyPart(f.Part)
		if !ok || f.Withheld != "" || f.Snippet != nil {
			continue
		}
		if part.MediaType == "text/html" {
			html++
		}
		wants = append(wants, piece{uid: f.ID.UID, part: part, bytes: snippetTextBytes})
	}
	for i, w := range wants {
		if w.part.MediaType == "text/html" {
			share := int64((snippetPageBytes - (len(wants)-html)*snippetTextBytes) / html)
			wants[i].bytes = max(min(share, snippetHTMLBytes), snippetFloorBytes)
		} else if len(wants) > 20 {
			wants[i].bytes = snippetFloorBytes
		}
	}
	return wants
}

// BodyPart is the part whose text represents the message: text/plain, unless
// it is too small to say anything beside an HTML part.
func BodyPart(root *message.Part) (*message.Part, bool) {
	if root == nil {
		return nil, false
	}
	body := message.ChooseBody(root).Main()
	switch {
	case body.Text != nil && (body.HTML == nil || body.Text.Size >= meaningfulBytes):
		return body.Text, true
	case body.HTML != nil:
		return body.HTML, true
	}
	return body.Text, body.Text != nil
}

// meaningfulBytes is the least a text/plain part beside HTML must have to be
// taken for the message: shorter ones say "view this in your browser" at best.
const meaningfulBytes = 24

// fetchPieces gets the pieces in one flight: one FETCH for each section number
// and size that occurs, sent together.
func fetchPieces(c *imapconn.Conn, wants []piece) (map[uint32]string, error) {
	type key struct {
		id    string
		bytes int64
	}
	groups := map[key][]uint32{}
	var order []key
	parts := map[uint32]*message.Part{}
	for _, w := range wants {
		k := key{w.part.ID, w.bytes}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], w.uid)
		parts[w.uid] = w.part
	}
	cmds := make([]*imap.Fetch, len(order))
	for i, k := range order {
		cmds[i] = c.Fetch(groups[k], &imap.FetchOptions{
			BodySection: []*imap.BodySection{imapconn.Part(imapconn.PartPath(k.id), imap.PartSpecifierNone, 0, k.bytes)},
		})
	}
	sources := map[uint32][]byte{}
	var failed error
	for i, k := range order {
		rows, err := cmds[i].Wait()
		for _, m := range rows {
			if data, ok := m.Section(imapconn.PartPath(k.id), imap.PartSpecifierNone); ok && parts[m.UID] != nil {
				sources[m.UID] = data
			}
		}
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("FETCH text: %w", err))
		}
	}
	texts := make(map[uint32]string, len(sources))
	for uid, source := range sources {
		texts[uid] = plainText(parts[uid], source)
	}
	return texts, failed
}

// plainText is the safe text of a body part's (possibly cut) source.
func plainText(part *message.Part, encoded []byte) string {
	safe, _ := Render(part, encoded)
	return safe.Text
}

// Render makes safe text of a body part's (possibly cut) source, and says what
// was wrong with it.
func Render(part *message.Part, encoded []byte) (safetext.Result, message.Note) {
	text, note := message.DecodeText(part, encoded)
	if part.MediaType == "text/html" {
		return safetext.HTML(text), note
	}
	return safetext.Plain(text), note
}

package mailbox

import (
	"time"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/extract"
	"mail-imap-mcp/internal/message"
	"mail-imap-mcp/internal/safetext"
	"mail-imap-mcp/internal/safety"
)

// ListQuery asks for an account's mailboxes.
type ListQuery struct {
	Account string
	// Pattern narrows the list: "*" matches anything, "%" anything but the
	// hierarchy delimiter (RFC 9051 §6.3.9). Empty lists all.
	Pattern string
}

// Info describes one mailbox.
type Info struct {
	Name       string // decoded, with the server's own delimiter
	Delimiter  string // "" for a flat name space
	SpecialUse string // RFC 6154 attribute without its backslash, lower-case: "sent"; "" when none
	Selectable bool
	Total      *uint32 // nil when the server did not say
	Unread     *uint32
}

// ListResult is the answer to a ListQuery.
type ListResult struct {
	Account   string
	Mailboxes []Info
	Truncated bool // more than contract.MaxMailboxes exist
	Issues    []contract.Issue

	unusable int      // names that cannot be passed back
	problems []string // what could not be understood
}

// Either stands between alternatives; no text that is searched for has it.
const Either = "\n"

// Criteria say which messages of a mailbox match; all given ones must.
// From, To and Cc may have alternatives, any of which matches, with Either between.
// The JSON form travels inside cursors.
type Criteria struct {
	Query         string       `json:"q,omitempty"` // anywhere in header or body (TEXT)
	From          string       `json:"f,omitempty"`
	To            string       `json:"t,omitempty"`
	Cc            string       `json:"c,omitempty"`
	Subject       string       `json:"s,omitempty"`
	Body          string       `json:"b,omitempty"`
	UnreadOnly    bool         `json:"u,omitempty"`
	FlaggedOnly   bool         `json:"l,omitempty"`
	HasAttachment *bool        `json:"a,omitempty"`
	LargerThan    int64        `json:"g,omitempty"` // bytes, exclusive (RFC 9051 LARGER)
	SmallerThan   int64        `json:"m,omitempty"` // bytes, exclusive
	Header        *HeaderMatch `json:"h,omitempty"`
	Since         string       `json:"i,omitempty"` // YYYY-MM-DD, inclusive, day of arrival
	Before        string       `json:"e,omitempty"` // YYYY-MM-DD, exclusive
	// Exact: Since begins at midnight in UTC. SINCE knows only the days of
	// whatever zone the server keeps dates in, YOUNGER the second (RFC 5032).
	Exact bool `json:"x,omitempty"`
	// Letters: Query is compared letter by letter, where Gmail's words found nothing.
	Letters bool `json:"p,omitempty"`
}

// HeaderMatch asks for a header field that contains a value; an empty value
// asks that the field exists.
type HeaderMatch struct {
	Name  string `json:"n"`
	Value string `json:"v,omitempty"`
}

// SearchQuery asks for one page of matches, newest arrival first.
type SearchQuery struct {
	Account      string
	Mailbox      string
	Cursor       string // continues an earlier search; its criteria then count
	Criteria     Criteria
	Limit        int
	SnippetChars int // 0: no snippets
	Caller       string
}

// MaxNamed is how many attachments of a message a list names.
const MaxNamed = 5

// Summary is a message as a list shows it.
type Summary struct {
	ID              contract.MessageID
	Date            time.Time // of arrival (INTERNALDATE) when the header has none
	From, To        []message.Address
	Subject         string
	Flags           []string
	Size            int64                // bytes
	AttachmentCount *int                 // nil when the structure is unknown
	Attached        []message.Attachment // without text; the first MaxNamed of them
	Snippet         *string
	// Withheld says why lockdown keeps the sender's words back, "" when it does
	// not. Then only addresses are left of From and To, and Subject is empty.
	Withheld string
}

// SearchResult is one page of matches.
type SearchResult struct {
	Account          string
	Mailbox          string
	UIDValidity      uint32
	Total            int
	TotalApproximate bool
	Attempted        int // messages of this page
	Returned         int
	Failed           int
	Messages         []Summary
	NextCursor       string
	HasMore          bool
	ShownOnly        bool // lockdown: what is withheld was not searched
	Issues           []contract.Issue
	Alone            []Alone // what each criterion finds by itself, where all together find nothing
	Continued        bool    // a page after a cursor: the newest matches are on an earlier one
}

// Body modes of GetQuery.
const (
	ModeText = "text"
	ModeHTML = "html"
	ModeBoth = "both"
)

// GetQuery asks for one message.
type GetQuery struct {
	ID               contract.MessageID
	BodyMax          int // characters of safe text
	BodyOffset       int
	Mode             string
	Headers          bool
	AllHeaders       bool
	Attachments      bool   // list the attachments
	AttachmentText   int    // characters of text of each attachment; 0: none
	IncludeRemoved   bool   // what was hidden too
	IncludeUncertain bool   // and what could not be proven visible
	Find             string // shows the places of this phrase in place of the body text; "": the text
	Links            string // how links stand in the body text, as safetext.ShortenLinks has it
}

// Attached is an attachment, with its text where that was asked for.
type Attached struct {
	message.Attachment
	Text *extract.Result // nil: not asked for
}

// Message is a message as it is read.
type Message struct {
	Summary
	Cc, ReplyTo          []message.Address
	MessageIDHeader      string
	Headers              []message.Field
	BodyText, BodyHTML   *string
	BodyTruncated        bool
	BodyNextOffset       int
	BodySpan             Span              // what BodyText shows, and Found was looked for in
	Found                []safetext.Place  // where GetQuery.Find stands
	FoundTotal           int               // in all of BodySpan
	Removed              map[string]int    // what was hidden and removed, by kind
	Hidden               []safetext.Hidden // the removed text, when asked for
	Uncertain            map[string]int    // what could not be proven visible and is not in the body, by reason
	UncertainText        []safetext.Hidden // that text; its Kind is the reason
	Links                []safetext.Link   // of the whole body
	Authentication       safety.Authentication
	Signals              []Signal
	Attachments          []Attached
	AttachmentsTruncated bool
	Notes                []string // what was wrong with the mail and how it was read
	Issues               []contract.Issue
}

// Span is a piece of a body text, in characters.
type Span struct {
	From, To int  // the first is 0, and To is behind the last
	Total    int  // of the whole text
	AtLeast  bool // the text goes on beyond Total, how far is not known
	Folded   bool // quotes or signatures in it are folded
}

// Whole reports whether nothing of the text is left out.
func (s Span) Whole() bool { return s.From == 0 && s.To >= s.Total && !s.AtLeast && !s.Folded }

// Signal is a fact a careful person would notice; PartID names the attachment
// it is about, "" for the message itself.
type Signal struct {
	safety.Signal
	PartID string
}

// AttachmentQuery asks for one part of a message.
type AttachmentQuery struct {
	ID     contract.MessageID
	PartID string // IMAP section number
	Offset int64  // characters of text, or bytes
	Max    int64  // characters of text, or bytes
}

// Attachment is one part of a message: its text, or a piece of its bytes.
type Attachment struct {
	message.Attachment
	Withheld string // as in Summary
	Text     *extract.Result
	Signals  []Signal
	Data     []byte
	Offset   int64
	// Truncated: there is more after this piece.
	Truncated bool
	Notes     []string
}

// RawQuery asks for a piece of a message's source.
type RawQuery struct {
	ID               contract.MessageID
	MaxBytes, Offset int64
}

// RawResult is a piece of a message's source.
type RawResult struct {
	TotalSize int64
	Offset    int64
	Data      []byte
	Truncated bool   // there is more after this piece
	Withheld  string // as in Summary
}

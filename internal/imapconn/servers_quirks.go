package imapconn

// QuirkDocs says of each quirk how it is found out and what is done then.
var QuirkDocs = []QuirkDoc{
	{
		NeedsID,
		"A mailbox is refused with NO, no ID was sent, and ID is offered: it is sent and the mailbox asked for again. One flight, once.",
		"ID goes with the first command of every connection, where it is not offered too. It costs nothing: it is pipelined.",
	},
	{
		ESearchLies,
		"RETURN is refused, what it asks for is missing from the answer, or the count and the names contradict each other: the search is made once more without RETURN. One flight.",
		"Searches are plain: in mailboxes of up to 50,000 messages all matches at once, in larger ones windows from the newest on, and the total is a lower bound. That nothing was found comes with a warning.",
	},
	{
		NoHeaderSearch,
		"A search with a header field is refused, or a conversation does not find the very message asked about by its Message-ID. One flight.",
		"Header fields are compared here, 500 candidates a call. A conversation is found by the server's own id of it (THREADID), where it has one; else it is looked for in the ids of the newest 2,000 messages of each mailbox, about 400 bytes each, and says so.",
	},
	{
		NoTextSearch,
		"Nothing on the page has what was searched for: a random word is searched for, which no message has. Or nothing was found: the newest message is searched for by its own sender. One or two flights, until one answer shows that texts are compared; then never again.",
		"The server narrows by date, flags and size; texts are compared here, 500 candidates a call, in headers and the first 8 kB of a body. The answer says so, and its cursor goes on.",
	},
	{
		TextSearchWorks,
		"A message that was found has what was searched for. Nothing.",
		"No quirk: it is remembered that texts are compared, so that it is not asked again.",
	},
	{
		NoCharset,
		"BADCHARSET, or a search with a text outside ASCII is refused. One flight.",
		"Texts outside ASCII are compared here, 500 candidates a call; all else is searched for by the server.",
	},
	{
		NoNesting,
		"The search for messages with attachments, which joins several header fields by OR, is refused. One flight.",
		"Whether a message has attachments is read from the structures of the candidates, 500 a call.",
	},
	{
		NoMove,
		"MOVE is refused as a command (BAD, or words such as \"not supported\"), it is seen that nothing moved, and copying works. Five flights.",
		"As without MOVE: copy, look for the copies, mark and remove what was found, look what is left. Six flights instead of two.",
	},
	{
		NoWithin,
		"YOUNGER is refused. One flight.",
		"The last days are asked for by SINCE.",
	},
	{
		NoPreview,
		"PREVIEW is refused. One flight.",
		"Snippets are made from the texts.",
	},
	{
		NoCompress,
		"COMPRESS is refused (TLS may compress already), what comes is no DEFLATE, or nothing comes of it. One flight; where the stream is broken, the connection.",
		"What is large comes as it is.",
	},
	{
		NoListStatus,
		"LIST RETURN is refused, or brings no counts. One flight.",
		"A plain LIST, and the counts by STATUS, all in one flight: two instead of one.",
	},
	{
		NoGmailRaw,
		"X-GM-RAW is refused. One flight.",
		"Gmail is asked with TEXT.",
	},
	{
		NoAppendToOpen,
		"APPEND to the mailbox that is open with EXAMINE is refused, and taken once that is opened with SELECT. One flight.",
		"SELECT goes ahead of such an APPEND, in the same flight. It costs nothing.",
	},
	{
		NoSequence,
		"FETCH by sequence numbers is refused as a command (BAD). One flight.",
		"The newest messages are searched for: two flights instead of one.",
	},
}

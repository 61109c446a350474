package imapconn

// Lenience is what every server is forgiven (internal/imap). Each line was sent
// by some server; the dialogues name the reports.
var Lenience = []Lenient{
	{"blanks too many or missing, tabs, blanks before a closing parenthesis", "They are skipped.", []string{"08", "10", "25", "106", "413"}},
	{"words and names of items in lower case", "Case does not matter.", []string{"413", "603"}},
	{"empty lines, line ends without CR", "Empty lines are nothing; LF ends a line.", []string{"119", "120"}},
	{"flags with brackets, blanks, quotes or control characters, a lone backslash, NIL for a list", "They are kept as far as they can be shown; the mailbox and its messages are read.", []string{"06", "08", "110", "111", "112", "113"}},
	{"response codes without text, without \"]\", empty or unknown; text that ends like a literal", "The code is what can be read of it; text is text.", []string{"114", "115"}},
	{"responses and FETCH items nobody asked for, rows of other messages, EXPUNGE and VANISHED unasked, tags of nobody, lines that are no response", "They are skipped, or counted where they tell of the mailbox; no answer is made of them.", []string{"64", "121", "122", "123", "124", "125", "405"}},
	{"mailbox names outside quotes with blanks, with quotes that are not escaped, with raw & or 8-bit bytes, as literals, NIL", "The name goes to the line's end. The mailbox is opened by the bytes that the server sent.", []string{"21", "22", "201", "202", "203", "204", "206"}},
	{"delimiters that are empty, unquoted or not escaped; odd attributes; extended data behind a name; the same row twice; rows of LSUB", "They are read or left out; what is lost is named in the answer.", []string{"24", "205", "207", "208", "209", "210"}},
	{"LIST refused, empty, or with options that are offered and refused", "It is asked in the plain way. INBOX exists all the same, or the answer says that the list is empty.", []string{"214", "215", "216"}},
	{"STATUS rows apart from their mailboxes, spelled otherwise, with numbers that are none, or refused for one mailbox", "Counts are put where they belong; what is unknown is left out.", []string{"28", "211", "212", "213"}},
	{"no UIDVALIDITY in the answer to EXAMINE, or 0; no EXISTS; UIDNEXT 0", "STATUS is asked. Without any UIDVALIDITY ids hold for one connection, the answer says so, and nothing is changed.", []string{"11", "116", "117", "118"}},
	{"SEARCH in several rows, without a row, with 0 or words in it, with MODSEQ behind it", "The numbers are joined; what is none is left out.", []string{"104", "105", "106", "107"}},
	{"ESEARCH with parentheses, without tag or UID, with another's tag, with ranges the wrong way round", "It goes to the search that is waiting.", []string{"05", "101", "102", "103"}},
	{"FETCH rows in any order, in pieces, twice, closed too early, without UID, with UID behind a literal", "They are joined by UID, or by the sequence number that had that UID.", []string{"41", "51", "409", "410", "411"}},
	{"a section under another name or without its origin, more of it than was asked for", "It is matched by number and kind, and cut to what was asked for.", []string{"48", "412", "414", "422", "423"}},
	{"literals shorter than announced, strings without their closing quote", "Our tags are random, so a text cannot forge one: where the tag of an answer begins, what was open ends.", []string{"49"}},
	{"a value that is left out, NIL for a text, a text in quotes", "The row goes on. NIL is no empty message: the answer says what is missing.", []string{"45", "415", "420"}},
	{"dates in other forms, in two digits, NIL, or none at all; sizes missing or wrong", "The date is what can be read of it, else that of the Date field; a message without any is listed all the same.", []string{"401", "402", "403", "404", "40a", "40c"}},
	{"structures with holes, with multiparts without parts, with raw 8-bit text, or refused", "What is missing is empty and the numbers of the parts stay right; what cannot be understood is read from the message's source.", []string{"44", "72", "406", "407", "408", "417", "419"}},
	{"FETCH of a set refused or cut short because of one message", "The set is halved until that message is alone. It is named; the others are shown.", []string{"43", "52", "416", "418", "424"}},
	{"greetings and continuations without text, capabilities missing or told late, ID refused, AUTHENTICATE refused where LOGIN works", "What was told last counts; the other way is tried.", []string{"601", "603", "605", "606", "610", "612", "613"}},
	{"refusals for now in words instead of codes; alerts with an address", "They may be tried again and begin no pause. The server's words are shown.", []string{"60", "61", "604", "608", "611", "617"}},
	{"COPYUID and STORE rows that cannot be right", "They are not believed: it is looked what happened.", []string{"701", "703"}},
}

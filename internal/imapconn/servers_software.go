package imapconn

// Software is what is known of server programs, by name.
var Software = []Server{
	{
		Name: "Apache James", Findings: []Finding{
			{
				Does: `Some versions do not encode "&" in mailbox names.`, Then: "A mailbox is opened by the bytes that the server has for it.",
				Reported: "james#3784", Dialogues: []string{"21"},
			},
		},
	},
	{
		Name: "Courier", Says: "Courier-IMAP", Findings: []Finding{
			{
				Does: "Has no MOVE, ESEARCH, LIST-EXTENDED or SPECIAL-USE. All mailboxes are below INBOX.",
				Then: "Each has a fallback, which costs round trips (writing.md, architecture.md).",
				Seen: "5.0.13",
			},
			{
				Does: "Describes a message without MIME-Version as text/plain, whatever its Content-Type.",
				Then: "It is shown as the server describes it.", Seen: "5.0.13",
			},
			{
				Does: `Refuses APPEND to the mailbox that is open with EXAMINE ("Current box is selected READ-ONLY").`,
				Then: "Found out: the mailbox is opened with SELECT first.", Seen: "5.0.13",
			},
		},
	},
	{
		Name: "Cyrus", Says: "Cyrus IMAP", Findings: []Finding{
			{
				Does: "2.4 answers RETURN with a plain SEARCH.", Then: "The answer is taken for what it is.",
				Reported: "cyrus-imapd#1720", Dialogues: []string{"01"},
			},
			{
				Does: "A murder answers COPYUID with two fields.", Then: "Where the messages went is looked up in the destination.",
				Reported: "cyrus-imapd#4027", Dialogues: []string{"701"},
			},
			{
				Does: `Compares without accents: SUBJECT "é" finds e.`, Then: "Its matches are shown.", Seen: "3.6.1",
			},
			{
				Does: "Refuses APPEND of a message with bare line feeds or NUL.", Then: "It is reported as not copied, and the original stays.", Seen: "3.6.1",
			},
		},
	},
	{
		Name: "DavMail", Findings: []Finding{
			{
				Does: "Puts two blanks behind the star.", Then: "Blanks are skipped.",
				Reported: "parsedmarc#505", Dialogues: []string{"10"},
			},
			{
				Does: `Some versions refuse CHARSET "UTF-8" in quotes.`, Then: "CHARSET is named only where a text outside ASCII needs it, and without quotes.",
				Reported: "davmail#61",
			},
		},
	},
	{
		Name: "Domino", Findings: []Finding{
			{
				Does: `Tells INTERNALDATE "00-Jan-0000 00:00:00 +0000" of some messages.`, Then: "That message has no date of arrival; its Date field serves.",
				Reported: "MailKit#1236", Dialogues: []string{"40a"},
			},
			{
				Does: `Has "\" between the levels of mailbox names.`, Then: "Escaped or not, it is read.",
				Reported: "Webklex/php-imap#480", Dialogues: []string{"205"},
			},
		},
	},
	{
		Name: "Dovecot", Says: "Dovecot", Findings: []Finding{
			{
				Does: "Answers a NOOP behind the commands that were pipelined with it, so a search does not see what arrived since.",
				Then: "Where EXISTS rose meanwhile, the search is made once more.", Seen: "2.3.19",
			},
			{
				Does: "Answers STORE, and tells of EXPUNGE, behind the rows of the FETCH that was sent with it; what was removed shows until the command is over.",
				Then: "What is left is looked at in a flight of its own.", Seen: "2.3.19",
			},
			{
				Does: "Has previews (PREVIEW) at hand only of messages of which a client has had one made.",
				Then: "Snippets are made from the texts.", Seen: "2.3.19",
			},
			{
				Does: "Lets MOVE change a mailbox that was opened with EXAMINE.", Then: "What changes opens the mailbox with SELECT, always anew.", Seen: "2.3.19",
			},
			{
				Does: "Ends a session whose open mailbox is renamed or deleted.", Then: "It is left first.", Seen: "2.3.19",
			},
			{
				Does: `Says "* OK Still here" and "Searched 91% of the mailbox" during long commands.`, Then: "It is life, and no answer: the call ends by its own deadline.",
				Reported: "rust-imap#179", Dialogues: []string{"121", "615"},
			},
			{
				Does: "A damaged index gives keywords with control characters.", Then: "They are read and not shown.",
				Reported: "thunderbird-android#4925", Dialogues: []string{"112"},
			},
		},
	},
	{
		Name: "EIMS", Findings: []Finding{
			{
				Does: "Sends the matches of a search in several rows.", Then: "They are joined.",
				Reported: "roundcube#7527", Dialogues: []string{"105"},
			},
		},
	},
	{
		Name: "Exchange (and Outlook.com, Microsoft 365)", Says: "Microsoft Exchange", Findings: []Finding{
			{
				Does: "Offers neither SORT, CONDSTORE nor LIST-STATUS, and ESEARCH in some logs only.", Then: "Where ESEARCH is not offered searches are plain; counts are asked for by STATUS in one flight.",
				Reported: "MailKit#1437, MailKit#1177",
			},
			{
				Does: "Refuses CHARSET UTF-8 (BADCHARSET).", Then: "Found out: texts outside ASCII are compared here.",
				Reported: "MailKit#808, go-imap#48, go-imap#150", Dialogues: []string{"301"},
			},
			{
				Does: "Refuses parentheses, and several ORs, in SEARCH.", Then: "Parentheses are not sent; that OR is refused is found out.",
				Reported: "Home-Assistant-Mail-And-Packages#1407, Home-Assistant-Mail-And-Packages#1282, node-imap#830", Dialogues: []string{"302", "303"},
			},
			{
				Does: "Answers FETCH of some calendar items with OK and no row.", Then: "SEARCH tells that they are there; the answer says that the server does not deliver them.",
				Reported: "offlineimap#62", Dialogues: []string{"43"},
			},
			{
				Does: `Refuses sign-ins for now with "Server Unavailable. 15" and no code.`, Then: "It counts as a refusal for now.",
				Reported: "MailKit#333", Dialogues: []string{"60"},
			},
			{
				Does: "Has base64 in brackets at the end of its greeting, and \"+\" without a blank as a continuation.", Then: "Both are read.",
				Reported: "email-oauth2-proxy#109, MailKit#945", Dialogues: []string{"602", "613"},
			},
			{
				Does: "Sends mailbox names with tabs outside quotes.", Then: "A name outside quotes goes up to the line's end.",
				Reported: "MailKit#945", Dialogues: []string{"22", "203"},
			},
			{
				Does: `Writes "inline" where a structure has a list.`, Then: "It is read.",
				Reported: "MailKit#919", Dialogues: []string{"407"},
			},
			{
				Does: "2003 sends a line behind the tagged OK.", Then: "A line that is no response is skipped.",
				Reported: "libetpan#45", Dialogues: []string{"64"},
			},
		},
	},
	{
		Name: "GreenMail", Says: "GreenMail", Findings: []Finding{
			{
				Does: "Takes quotes for a part of a header field's name.", Then: "Names are sent as atoms.", Seen: "2.1.13", Dialogues: []string{"412"},
			},
			{
				Does: "Compares FROM, TO and CC with whole addresses only, so that a name or a part of an address finds nothing.",
				Then: "What it finds is shown; SUBJECT and TEXT are compared in part.", Seen: "2.1.13",
			},
			{
				Does: "Leaves the blank line at the end of a header out.", Then: "Headers are compared without it.", Seen: "2.1.13",
			},
			{
				Does: "Cannot deliver the parts of a message within a message, and nothing of one in base64.", Then: "Its refusal is told.", Seen: "2.1.13",
			},
			{
				Does: "Reads 12:34 as 00:34 in the date of APPEND.", Then: "The copy is of that time.", Seen: "2.1.13",
			},
			{
				Does: "Some versions ignore the range of a partial FETCH, or leave its origin out.", Then: "What comes is cut to what was asked for.",
				Reported: "GreenMail#187", Dialogues: []string{"48", "414", "422", "423"},
			},
			{
				Does: "Sends rows in any order, flags that are none, and quotes that are not escaped.", Then: "They are read.",
				Reported: "GreenMail#377, GreenMail#633, GreenMail#993", Dialogues: []string{"111", "204", "411"},
			},
		},
	},
	{
		Name: "hMailServer", Findings: []Finding{
			{
				Does: "Sends only the body of a message within a message, and its header as MIME.", Then: "The header is fetched with it.",
				Reported: "hmailserver#459, roundcube#9011", Dialogues: []string{"72"},
			},
		},
	},
	{
		Name: "InterMail", Findings: []Finding{
			{Does: "Quotes flags.", Then: "They are read.", Reported: "MailKit#771", Dialogues: []string{"111"}},
		},
	},
	{
		Name: "mox", Findings: []Finding{
			{
				Does: "Sent the matches of a search in several rows.", Then: "They are joined.",
				Reported: "mox#389", Dialogues: []string{"105"},
			},
		},
	},
	{
		Name: "Postal", Findings: []Finding{
			{
				Does: "Offers MOVE and refuses it with BAD.", Then: "Found out: messages are copied, looked for, and then removed.",
				Reported: "postal#54, php-imap#524", Dialogues: []string{"70"},
			},
		},
	},
	{
		Name: "Proton Mail Bridge (Gluon)", Findings: []Finding{
			{
				Does: "Tells of changes of other messages amid the rows of a FETCH.", Then: "Rows of others are not taken for the answer.",
				Reported: "getmail6#93, proton-bridge#219", Dialogues: []string{"124"},
			},
			{
				Does: `Version 1 and 2 refuse OR and NOT: "unsupported search query".`, Then: "That OR is refused is found out. NOT is not sent.",
				Reported: "proton-bridge#308", Dialogues: []string{"303"},
			},
			{
				Does: "Adds a header field to what is appended.", Then: "A move to it from another account leaves the original where it is, and says so.",
				Reported: "the tests of ProtonMail/gluon (X-Pm-Gluon-Id)",
			},
		},
	},
	{
		Name: "Scalix", Findings: []Finding{
			{
				Does: "Answers FETCH with all rows but one and then NO.", Then: "Those that came are shown; the one that is missing is named.",
				Reported: "imap_tools#203", Dialogues: []string{"416"},
			},
		},
	},
	{
		Name: "SEINE", Findings: []Finding{
			{
				Does: "Names itself first in its capabilities, or tells none.", Then: "What every server has must do.",
				Reported: "emailjs-imap-client#27", Dialogues: []string{"605"},
			},
		},
	},
	{
		Name: "Stalwart", Findings: []Finding{
			{
				Does: "0.11 sends all rows of LIST and then all of STATUS.", Then: "Counts are put to their mailboxes wherever they stand.",
				Reported: "stalwart#1129", Dialogues: []string{"28"},
			},
		},
	},
	{
		Name: "SurgeMail", Findings: []Finding{
			{
				Does: `Puts a blank before ")" of FLAGS.`, Then: "Blanks are skipped.",
				Reported: "defects#48, dmarc-report-viewer#51", Dialogues: []string{"08"},
			},
		},
	},
	{
		Name: "Xeams", Findings: []Finding{
			{
				Does: "Closes a FETCH row behind its literal and goes on in the next line.", Then: "The line is taken for the rest of the row.",
				Reported: "paperless-ngx#13412, imapflow#237", Dialogues: []string{"51"},
			},
		},
	},
	{
		Name: "Zimbra", Findings: []Finding{
			{
				Does: "Refuses two blanks between search keys.", Then: "One is sent.",
				Reported: "roundcube-advanced-search#3",
			},
		},
	},
}

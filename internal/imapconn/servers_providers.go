package imapconn

// Providers are the mail providers of which something is known, by name.
var Providers = []Provider{
	{
		Name: "126, 163, yeah.net (NetEase)", Hosts: []string{"imap.126.com", "imap.163.com", "imap.yeah.net"},
		Quirks: []Quirk{NeedsID},
		Findings: []Finding{
			{
				Does:     `Opens mailboxes only for clients that sent ID: "NO SELECT Unsafe Login". Some of its servers offer ID only after sign-in.`,
				Then:     "ID goes with the first command of every connection.",
				Reported: "himalaya#651, rust-imap#296, offlineimap#696, mail-mcp#20", Dialogues: []string{"63"},
			},
			{
				Does: "Answers STATUS without items.", Then: "The mailbox is listed without counts.",
				Reported: "defects#15", Dialogues: []string{"211"},
			},
			{
				Does: `Writes """" where a structure has a description.`, Then: "That field alone is lost.",
				Reported: "go-imap#659", Dialogues: []string{"407"},
			},
		},
	},
	{
		Name: "263.net",
		Findings: []Finding{
			{
				Does:     `Refuses parentheses in SEARCH: "can't search that criteria".`,
				Then:     "None are sent: several keys stand beside each other, OR and NOT take one key each.",
				Reported: "go-imap#643", Dialogues: []string{"302"},
			},
		},
	},
	{
		Name: "Aliyun", Hosts: []string{"imap.aliyun.com", "imap.mxhichina.com", "imap.qiye.aliyun.com"},
		Findings: []Finding{
			{
				Does: "Refuses OR in SEARCH.", Then: "Found out: attachments are looked for in the structures, conversations in the ids of the newest messages.",
				Reported: "imap_tools#192", Dialogues: []string{"303"},
			},
			{
				Does: "Does not compare the texts of a search.", Then: "Found out: texts are compared here.",
				Reported: "node-imap#686", Dialogues: []string{"31"},
			},
		},
	},
	{
		Name: "AOL for exports", Hosts: []string{"export.imap.aol.com"},
		Quirks: []Quirk{NoHeaderSearch}, Connections: 2, Window: 100_000,
		SignIn: "An app password.",
		Findings: []Finding{
			{
				Does: "Shows the newest 100,000 messages of a mailbox.", Then: "As with Yahoo and AOL.",
				Reported: "logs of other clients, 2026",
			},
		},
	},
	{
		Name: "arcor.de (Vodafone)", Hosts: []string{"imap.arcor.de"},
		Findings: []Finding{
			{
				Does:     `Offers ESEARCH and answered searches with "NO Internal error occurred" in 2019 and 2020.`,
				Then:     "A refused RETURN is asked for as a plain SEARCH; if that is refused too, the answer says so in the server's words.",
				Reported: "MailKit#839, imap_tools#34", Dialogues: []string{"108", "109"},
			},
		},
	},
	{
		Name: "Fastmail", Hosts: []string{"imap.fastmail.com"},
		SignIn: "An app password. OAuth is offered (XOAUTH2, OAUTHBEARER) and not used yet.",
	},
	{
		Name: "Gmail", Hosts: []string{"imap.gmail.com", "imap.googlemail.com"},
		SignIn: "An app password, for which two-step verification must be on. Google refuses the normal password; where it wants a sign-in in the browser, its answer has the address (WEBALERT), and it is shown.",
		Findings: []Finding{
			{
				Does:     `Allows 15 connections to an account, other programs included, and refuses a further one with "Too many simultaneous connections" and no code.`,
				Then:     "At most 4 are opened. The refusal counts as one for now: it may be tried again, and no pause begins.",
				Reported: "MailKit#377, thunderbird-android#2254, imapsync#61", Dialogues: []string{"60"},
			},
			{
				Does: `Has keywords with blanks and "]" in FLAGS and PERMANENTFLAGS ("OIB-Seen-[Gmail]/All Mail").`, Then: "They are read.",
				Reported: "net-imap#241, himalaya#641, MailKit#193", Dialogues: []string{"06", "113"},
			},
			{
				Does: "Tells its capabilities in a row before the tagged OK of the sign-in.", Then: "What was told last counts.",
				Reported: "defects#18, mail-api#214", Dialogues: []string{"606"},
			},
			{
				Does:     "Is slow to answer SEARCH TEXT. X-GM-RAW, its own search, finds whole words, and nothing in Trash and Spam unless asked to.",
				Then:     "Plain words are asked for by X-GM-RAW, in quotes and in:anywhere; what finds nothing is asked for by TEXT.",
				Reported: "Google's documentation of X-GM-EXT-1",
			},
			{
				Does: "Sends response codes without text.", Then: "They are read.",
				Reported: "defects#28", Dialogues: []string{"110", "114"},
			},
			{
				Does:     `Describes multiparts without parts as ("ALTERNATIVE") or "multipart" of size -1.`,
				Then:     "They are multiparts without parts; numbers of the others stay right.",
				Reported: "MailKit#371, MailKit#823, MailKit#1841", Dialogues: []string{"406"},
			},
			{
				Does: "Leaves out the value of an empty part.", Then: "The row goes on with the next item.",
				Reported: "MailKit#1708, MailKit#1841", Dialogues: []string{"45"},
			},
			{
				Does:     "Has labels for mailboxes: removing a message from one takes only the label off, unless that is Trash or Spam.",
				Then:     "A permanent delete elsewhere is refused and says how to do it; answers say what stays in All Mail.",
				Reported: "Google's documentation of X-GM-EXT-1",
			},
		},
	},
	{
		Name: "iCloud", Hosts: []string{"imap.mail.me.com", "*-imap.mail.me.com"},
		Connections: 2,
		SignIn:      "An app password.",
		Findings: []Finding{
			{
				Does: "Tells nearly no capabilities before sign-in.", Then: "Capabilities are read after it.",
				Reported: "logs of other clients, 2026",
			},
			{
				Does:     `Answers RETURN with a plain SEARCH, or with COUNT alone. Where nothing matches there may be no row at all.`,
				Then:     "The plain answer is taken for what it is. Where COUNT comes alone it is found out, and searches are plain from then on.",
				Reported: "MailKit#863, horde/Imap_Client#17, nextcloud/mail#9454, Home-Assistant-Mail-And-Packages#1265", Dialogues: []string{"01", "02", "104"},
			},
			{
				Does:     "Finds nothing by text in some accounts, while dates and flags work.",
				Then:     "Found out: texts are compared here.",
				Reported: "lswith/imap-mcp#7", Dialogues: []string{"34"},
			},
			{
				Does: "Finds ids in header fields only with their angle brackets.", Then: "They are always sent.",
				Reported: "nikolausm/imap-mcp-server#90, ImapEngine#186", Dialogues: []string{"35"},
			},
			{
				Does: "Refuses the names of header fields in quotes.", Then: "They are sent as atoms.",
				Reported: "node-imap#775", Dialogues: []string{"36"},
			},
			{
				Does: "Allows few connections, about 5.", Then: "At most 2 are opened.",
				Reported: "logs of other clients",
			},
		},
	},
	{
		Name: "interia.pl", Hosts: []string{"poczta.interia.pl"},
		Findings: []Finding{
			{
				Does:     "Where IMAP is off it signs in with an ALERT that says so, and then never answers.",
				Then:     "The alert is shown instead of advice to wait longer.",
				Reported: "MailKit#860", Dialogues: []string{"61"},
			},
		},
	},
	{
		Name: "IONOS", Hosts: []string{"imap.ionos.*", "imap.1und1.de", "imap.1and1.*"},
		Findings: []Finding{
			{
				Does:     `Refuses RETURN: "BAD expected search-key instead of RETURN".`,
				Then:     "RETURN is sent only where ESEARCH is offered; where it is refused all the same, searches are plain from then on.",
				Reported: "libredesk#181", Dialogues: []string{"108"},
			},
		},
	},
	{
		Name: "mail.ru", Hosts: []string{"imap.mail.ru"},
		SignIn: "An app password.",
		Findings: []Finding{
			{
				Does: `Writes ("boundary" NIL) in every multipart.`, Then: "NIL is an empty value.",
				Reported: "himalaya#649, himalaya#525, MailKit#124, vmime#159", Dialogues: []string{"44"},
			},
		},
	},
	{
		Name: "mailbox.org", Hosts: []string{"imap.mailbox.org"},
		Findings: []Finding{
			{
				Does: "Ends idle connections after 23 minutes.", Then: "Idle ones are closed after 2 minutes, or the time that is set; one that was ended is replaced unnoticed.",
				Reported: "chatmail/core#5093", Dialogues: []string{"614"},
			},
		},
	},
	{
		Name: "Mailo", Hosts: []string{"mail.mailo.com"},
		Findings: []Finding{
			{
				Does: "Takes quotes for a part of a header field's name, so that messages have neither sender nor subject.", Then: "Names are sent as atoms.",
				Reported: "go-imap#589, defects#19", Dialogues: []string{"36", "412"},
			},
		},
	},
	{
		Name: "Outlook.com and Microsoft 365", Hosts: []string{"outlook.office365.com", "outlook.office.com", "imap-mail.outlook.com"},
		SignIn: "Passwords do not work any more, app passwords neither (Microsoft 365 since 2023, Outlook.com since September 2024: omamail#31, chatmail/provider-db#314), and OAuth is not supported here yet. " +
			"For everything else see Exchange below.",
		Findings: []Finding{
			{
				Does: "Never answers EXAMINE of a quoted name that has \"&-\" in it.", Then: "Names with & are sent as atoms where they can.",
				Reported: "Home-Assistant-Mail-And-Packages#1256", Dialogues: []string{"12"},
			},
			{
				Does:     `Signs in accounts that it does not let read: "User is authenticated but not connected". It can be the wrong mailbox, a missing licence, or too many connections.`,
				Then:     "imap_verify_account opens INBOX and searches it before it says that an account works.",
				Reported: "php-imap#464", Dialogues: []string{"616"},
			},
		},
	},
	{
		Name: "poczta.o2.pl", Hosts: []string{"poczta.o2.pl"},
		Findings: []Finding{
			{
				Does: "Offers ID and refuses it with BAD.", Then: "The refusal changes nothing.",
				Reported: "emailjs-imap-client#116", Dialogues: []string{"612"},
			},
		},
	},
	{
		Name: "Purelymail", Hosts: []string{"imap.purelymail.com"},
		Findings: []Finding{
			{
				Does: "Refuses dates in quotes.", Then: "They are sent without.",
				Reported: "Home-Assistant-Mail-And-Packages#661", Dialogues: []string{"30"},
			},
		},
	},
	{
		Name: "QQ Mail (Tencent)", Hosts: []string{"imap.qq.com", "imap.exmail.qq.com"},
		Quirks: []Quirk{NoTextSearch},
		SignIn: "The authorization code that QQ gives out where IMAP is switched on.",
		Findings: []Finding{
			{
				Does:     "Answers every text criterion of a search with all messages (2018 to 2022; exmail.qq.com too).",
				Then:     "Texts are compared here, 500 candidates a call; the server narrows by date and flags.",
				Reported: "MailKit#946, MailKit#1143, node-imap#686, imapclient#552", Dialogues: []string{"31"},
			},
			{
				Does: `Sends odd flags, "(UID 19436 )", codes without text, and rows in any order.`, Then: "They are read.",
				Reported: "mail-api#209, MailKit#233, mailcore2#1025", Dialogues: []string{"110", "113", "411", "413"},
			},
			{
				Does: `Refuses FETCH in an empty mailbox: "Sequence set is inavlid!".`, Then: "None is sent where nothing is.",
				Reported: "himalaya#572", Dialogues: []string{"421"},
			},
		},
	},
	{
		Name: "Seznam", Hosts: []string{"imap.seznam.cz"},
		Findings: []Finding{
			{
				Does: "Refuses dates in quotes.", Then: "They are sent without.",
				Reported: "php-imap#542, ImapEngine#56", Dialogues: []string{"30"},
			},
		},
	},
	{
		Name: "STRATO", Hosts: []string{"imap.strato.*"},
		Findings: []Finding{
			{
				Does:     "Answers searches with nothing once a client has enabled IMAP4rev2, which it does not offer and accepts.",
				Then:     "IMAP4rev2 is never enabled.",
				Reported: "codefuturist/email-mcp#71, codefuturist/email-mcp#91, nikolausm/imap-mcp-server#138",
			},
		},
	},
	{
		Name: "Yahoo and AOL", Hosts: []string{"*.mail.yahoo.com", "*.mail.yahoo.co.uk", "imap.aol.com"},
		Quirks: []Quirk{NoHeaderSearch}, Connections: 2, Window: 10_000,
		SignIn: "An app password.",
		Findings: []Finding{
			{
				Does:     `Refuses SEARCH HEADER ("NO [SERVERBUG]"), or finds nothing by it.`,
				Then:     "Header fields are compared here; conversations are found by THREADID.",
				Reported: "node-imap#737, MailKit#1055; logs of other clients, 2026", Dialogues: []string{"32"},
			},
			{
				Does:     "Shows the newest 10,000 messages of a mailbox only, unless a client uses UIDONLY.",
				Then:     "UIDONLY is enabled where it is offered. Elsewhere every answer about a mailbox of that size says that older messages may be hidden.",
				Reported: "logs of other clients, 2026",
			},
			{
				Does:     "Refuses the FETCH of a whole set for one message that it cannot read.",
				Then:     "The set is halved until that message is alone; the others are shown, and it is named.",
				Reported: "MailKit#358, imap_tools#229, imapsync#119, imap-backup#218", Dialogues: []string{"52"},
			},
			{
				Does:     "Looks at the newest 1000 messages for a command (MESSAGELIMIT), and has neither ESEARCH nor SORT.",
				Then:     "Searches are plain and go through windows of UIDs, up to 100 in a call; conversations are searched for around the message asked about and among the newest. The answer says so.",
				Reported: "logs of other clients, 2026",
			},
			{
				Does: "Allows few connections, 5 to 10.", Then: "At most 2 are opened.",
				Reported: "logs of other clients",
			},
		},
	},
	{
		Name: "Yandex", Hosts: []string{"imap.yandex.*", "imap.ya.ru"},
		SignIn: "An app password.",
		Findings: []Finding{
			{
				Does: "Refuses dates in quotes.", Then: "They are sent without.",
				Reported: "emailjs-imap-client#42", Dialogues: []string{"30"},
			},
			{
				Does:     "Announces literals longer than they are.",
				Then:     "The tag of the command's answer, which nobody can guess, ends them; the text is marked as incomplete where much is missing.",
				Reported: "MailKit#1997", Dialogues: []string{"49"},
			},
			{
				Does: "Leaves out the value of an empty part.", Then: "The row goes on with the next item.",
				Reported: "MailKit#1708", Dialogues: []string{"45"},
			},
		},
	},
	{
		Name: "Zoho", Hosts: []string{"imap.zoho.*", "imappro.zoho.*"},
		Findings: []Finding{
			{
				Does: `Has "\\*" among the flags of a mailbox.`, Then: "It is read.",
				Reported: "defects#44", Dialogues: []string{"111"},
			},
		},
	},
}

// Unremarkable are providers of which no report of a deviation was found.
var Unremarkable = []string{
	"GMX", "Infomaniak", "Migadu", "OVH", "Posteo", "T-Online", "WEB.DE",
}

package safety

// Kinds of signals. Each is a fact, not a judgement: all of them also occur in
// honest mail, some rarely.
const (
	// The sender.
	KindDisplayName    = "display_name_address" // the display name contains another address or domain than the From address
	KindSeveralFrom    = "several_from"         // more than one From address or From field
	KindReplyTo        = "reply_to_elsewhere"   // answers go to another organisation's domain than From
	KindReturnPath     = "return_path_elsewhere"
	KindSender         = "sender_differs"    // the Sender field names another organisation than From
	KindDeceptive      = "deceptive_domain"  // letters of several scripts, or ones that imitate others (UTS #39)
	KindLookAlike      = "look_alike_domain" // reads like a domain of the account, of the same mail or of a well-known organisation, and is another
	KindPoses          = "name_elsewhere"    // the display name is a well-known organisation's, or the owner's own, and the address is not
	KindDMARC          = "dmarc_failed"
	KindSPF            = "spf_failed"
	KindDKIM           = "dkim_failed"
	KindIgnoredResults = "untrusted_authentication_results" // the mail brought results its own sender or another server wrote

	// Links.
	KindLinkText     = "link_text_elsewhere" // the text names another host or address than the target
	KindLinkAddress  = "link_to_ip_address"
	KindLinkPunycode = "link_to_punycode"
	KindLinkUser     = "link_with_user_info" // https://bank.example@evil.example/
	KindLinkSignIn   = "sign_in_link"        // a text about an account links to a page that anyone could have put up

	// Attachments.
	KindExecutable      = "executable_attachment"
	KindMacro           = "macro_attachment"
	KindDoubleExtension = "double_extension"
	KindDiskImage       = "disk_image_attachment"
	KindHTMLAttachment  = "html_attachment"
	KindTypeMismatch    = "attachment_type_mismatch"
	KindLockedArchive   = "archive_with_password" // an archive, and a text that says its password

	// What the text says.
	KindAddressesAI  = "addresses_ai"         // tells an AI or its reader to set instructions aside, be someone else, or reveal them
	KindChatMarkers  = "chat_markers"         // imitates the markers between a model's turns
	KindToolCall     = "tool_call"            // imitates a tool call, or names a tool of this server
	KindForwardMail  = "asks_to_forward_mail" // asks for mail or secrets to be sent to an address
	KindConceals     = "conceals_from_user"   // asks that the user not be told
	KindEncoded      = "encoded_instructions" // base64 that decodes to one of the above
	KindPayment      = "urgent_payment"       // changed bank details, gift cards, urgent transfers, wallets
	KindCredentials  = "credential_request"   //nolint:gosec // G101: a kind: asks for a password or to confirm an account, under pressure
	KindHiddenOrders = "hidden_instructions"  // one of the above in text no person would have seen
	KindPictures     = "picture_only"         // what the mail says stands in a picture

	// What was hidden.
	KindAlternatives    = "alternatives_differ" // the plain form says what the HTML form, which people see, does not
	KindHiddenText      = "hidden_text"         // much text that no person would have seen
	KindLayoutDependent = "layout_dependent"
)

package mailbox

import (
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"

	"mail-imap-mcp/internal/contract"
	"mail-imap-mcp/internal/imapconn"
)

// place is what a mailbox is to a conversation. The lower is the better place
// to show a message from when it lies in several: what is in Sent was put there
// by the owner, and All Mail (RFC 6154 \All) only shows what lies elsewhere.
type place int

const (
	placeSent place = iota
	placeInbox
	placeOther
	placeArchive
	placeAll
)

// placeUses are the special uses (RFC 6154 §2) in which conversations lie.
var placeUses = map[imap.MailboxAttr]place{
	imap.MailboxAttrSent:    placeSent,
	imap.MailboxAttrArchive: placeArchive,
	imap.MailboxAttrAll:     placeAll,
}

// placeNames are what mailboxes are called that a server does not mark, by
// mail programs in the languages of the most users; the last level of the name,
// in lower case.
var placeNames = map[place][]string{
	placeSent: {
		"sent", "sent items", "sent messages", "sent mail", "sent-mail",
		"gesendet", "gesendete elemente", "gesendete objekte", "gesendete nachrichten",
		"envoyés", "éléments envoyés", "messages envoyés", "courrier envoyé",
		"enviados", "elementos enviados", "mensajes enviados", "correo enviado", "itens enviados", "mensagens enviadas",
		"inviati", "inviata", "posta inviata", "elementi inviati",
		"verzonden", "verzonden items", "verzonden berichten",
		"skickat", "skickade", "skickade objekt", "sendt", "sendte elementer", "sendt post", "sendte", "lähetetyt",
		"wysłane", "elementy wysłane", "odeslané", "odeslaná pošta", "odoslané", "elküldött elemek", "trimise", //nolint:misspell // Polish
		"отправленные", "надіслані", "απεσταλμένα", "gönderilmiş öğeler", "gönderilenler",
		"送信済み", "送信済みアイテム", "送信済みメール", "已发送", "已发送邮件", "已傳送", "寄件備份", "보낸 편지함", "보낸편지함",
		"भेजे गए", "المرسلة", "العناصر المرسلة", "הודעות שנשלחו", "đã gửi", "terkirim",
	},
	placeArchive: {
		"archive", "archives", "archiv", "archivo", "arquivo", "archivio", "archief", "arkiv", "arkisto", "archiwum", "archív",
		"архив", "архів", "αρχείο", "arşiv", "アーカイブ", "归档", "存档", "封存", "보관함", "أرشيف", "ארכיון", "lưu trữ", "arsip",
	},
	placeAll: {
		"all mail", "alle nachrichten", "tous les messages", "todos os e-mails", "tutti i messaggi", "alle berichten",
		"all e-post", "all post", "wszystkie", "вся почта", "すべてのメール", "所有邮件", "所有郵件", "전체보관함",
	},
}

// findPlaces reads a LIST and picks, for each place, the mailbox that is it:
// the one that the server marks, else one whose name says so. Trash, Junk and
// Drafts are not looked into: what lies there was taken out of a conversation,
// or is not in it yet.
func findPlaces(cmd *imapconn.ListCommand) map[place]string {
	marked, named := map[place]string{}, map[place]string{}
	best := map[place]int{}
	for data := cmd.Next(); data != nil; data = cmd.Next() {
		if contract.CheckMailbox("mailbox", data.Mailbox) != nil || slices.ContainsFunc(data.Attrs, unselectable) {
			continue
		}
		for _, attr := range data.Attrs {
			for use, p := range placeUses {
				if equalAttr(attr, use) && marked[p] == "" {
					marked[p] = data.Mailbox
				}
			}
		}
		if p, score := placeByName(data.Mailbox, data.Delim); score > best[p] {
			named[p], best[p] = data.Mailbox, score
		}
	}
	for p, name := range named {
		if marked[p] == "" {
			marked[p] = name
		}
	}
	return marked
}

func unselectable(attr imap.MailboxAttr) bool {
	return equalAttr(attr, imap.MailboxAttrNoSelect) || equalAttr(attr, imap.MailboxAttrNonExistent)
}

// placeByName guesses from a name; score 0 is no guess. Only the top level and
// what is directly below one mailbox (INBOX, [Gmail]) count, the commoner names
// and the higher levels first: "Projects/Old/Sent" is nobody's Sent.
func placeByName(name string, delim rune) (place, int) {
	levels := []string{name}
	if delim != 0 {
		levels = strings.Split(name, string(delim))
	}
	if len(levels) > 2 {
		return 0, 0
	}
	leaf := strings.ToLower(levels[len(levels)-1])
	for p := placeSent; p <= placeAll; p++ {
		if i := slices.Index(placeNames[p], leaf); i >= 0 {
			return p, 3*len(placeNames[p]) - 2*i - len(levels)
		}
	}
	return 0, 0
}

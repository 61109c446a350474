package people

// SpecialUse is what a mailbox is for; the words are those of the answers.
type SpecialUse string

// The special uses (RFC 6154 §2) that the account's own mailboxes have.
const (
	UseSent    SpecialUse = "sent"
	UseArchive SpecialUse = "archive"
	UseAll     SpecialUse = "all"
	UseTrash   SpecialUse = "trash"
	UseJunk    SpecialUse = "junk"
	UseDrafts  SpecialUse = "drafts"
)

// usualNames are what mailboxes are called that a server does not mark, by
// mail programs in the languages of the most users; the last level of the name,
// in lower case, the commoner first.
var usualNames = map[SpecialUse][]string{
	UseSent: {
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
	UseArchive: {
		"archive", "archives", "archiv", "archivo", "arquivo", "archivio", "archief", "arkiv", "arkisto", "archiwum", "archív",
		"архив", "архів", "αρχείο", "arşiv", "アーカイブ", "归档", "存档", "封存", "보관함", "أرشيف", "ארכיון", "lưu trữ", "arsip",
	},
	UseAll: {
		"all mail", "alle nachrichten", "tous les messages", "todos os e-mails", "tutti i messaggi", "alle berichten",
		"all e-post", "all post", "wszystkie", "вся почта", "すべてのメール", "所有邮件", "所有郵件", "전체보관함",
	},
	UseTrash: {
		"trash", "deleted items", "deleted messages", "deleted", "bin", "deleted mail",
		"papierkorb", "gelöschte elemente", "gelöschte objekte", "gelöschte nachrichten", "gelöscht",
		"corbeille", "éléments supprimés", "messages supprimés", "poubelle",
		"papelera", "elementos eliminados", "mensajes eliminados", "eliminados", "lixeira", "lixo", "itens excluídos", "itens eliminados", "reciclagem",
		"cestino", "posta eliminata", "elementi eliminati", "eliminati",
		"prullenbak", "prullenmand", "verwijderde items", "verwijderde berichten",
		"papperskorgen", "papperskorg", "borttaget", "borttagna objekt", "papirkurv", "papirkurven", "slettet post", "slettede elementer", "søppel", "roskakori", "poistetut",
		"kosz", "elementy usunięte", "usunięte", "koš", "odstraněná pošta", "odstránená pošta", "kuka", "törölt elemek", "coș de gunoi", "gunoi", "elemente șterse", //nolint:misspell // Polish
		"корзина", "удаленные", "удалённые", "кошик", "видалені", "κάδος απορριμμάτων", "διαγραμμένα", "çöp kutusu", "çöp", "silinmiş öğeler", "silinenler",
		"ゴミ箱", "削除済みアイテム", "削除済みメール", "废纸篓", "已删除", "已删除邮件", "垃圾桶", "刪除的郵件", "휴지통", "지운 편지함",
		"ट्रैश", "हटाए गए", "المهملات", "سلة المهملات", "العناصر المحذوفة", "אשפה", "פריטים שנמחקו", "thùng rác", "tempat sampah", "sampah",
	},
	UseJunk: {
		"junk", "spam", "junk email", "junk e-mail", "junk mail", "bulk mail", "bulk",
		"spamverdacht", "spam-verdacht", "unerwünscht", "junk-e-mail", "werbung",
		"courrier indésirable", "indésirables", "pourriel",
		"correo no deseado", "no deseado", "lixo eletrônico", "lixo electrónico", "lixo eletrónico", "correio não solicitado",
		"posta indesiderata", "indesiderata", "ongewenste e-mail", "ongewenst", "reclame",
		"skräppost", "søppelpost", "uønsket post", "uønsket e-mail", "roskaposti",
		"wiadomości-śmieci", "niechciane", "nevyžádaná pošta", "nevyžiadaná pošta", "levélszemét", "mesaje nedorite",
		"спам", "нежелательная почта", "небажана пошта", "ανεπιθύμητα", "ανεπιθύμητη αλληλογραφία", "gereksiz e-posta", "gereksiz", "istenmeyen e-posta",
		"迷惑メール", "垃圾邮件", "垃圾郵件", "스팸함", "스팸", "스팸메일함", "정크 메일",
		"स्पैम", "البريد العشوائي", "البريد غير الهام", "דואר זבל", "ספאם", "thư rác", "email sampah",
	},
	UseDrafts: {
		"drafts", "draft", "entwürfe", "entwurf", "brouillons", "brouillon",
		"borradores", "borrador", "rascunhos", "bozze", "concepten", "utkast", "kladder", "kladde", "luonnokset",
		"kopie robocze", "szkice", "wersje robocze", "robocze", "koncepty", "rozepsané", "rozpísané", "piszkozatok", "ciorne", "schițe",
		"черновики", "чернетки", "πρόχειρα", "taslaklar",
		"下書き", "草稿", "草稿箱", "草稿匣", "임시보관함", "임시 보관함",
		"ड्राफ़्ट", "ड्राफ्ट", "المسودات", "مسودات", "טיוטות", "thư nháp", "bản nháp", "draf",
	},
}

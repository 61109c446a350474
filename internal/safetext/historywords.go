package safetext

import (
	"regexp"
	"strings"
	"sync"
)

// Headers of a quoted mail's head.
const (
	headNone = iota
	headFrom
	headDate
	headTo
	headSubject
)

// headerNames are the header names that mail programs put above a quoted mail,
// in the languages they speak.
var headerNames = map[string]int{
	"from": headFrom, "von": headFrom, "de": headFrom, "da": headFrom, "van": headFrom, "från": headFrom, "fra": headFrom, "od": headFrom,
	"от": headFrom, "від": headFrom, "差出人": headFrom, "送信者": headFrom, "发件人": headFrom, "寄件者": headFrom, "寄件人": headFrom,
	"보낸 사람": headFrom, "보낸사람": headFrom, "kimden": headFrom, "gönderen": headFrom, "lähettäjä": headFrom, "feladó": headFrom,
	"de la": headFrom, "από": headFrom, "מאת": headFrom, "من": headFrom, "expéditeur": headFrom, "remitente": headFrom, "mittente": headFrom,
	"sent": headDate, "date": headDate, "gesendet": headDate, "datum": headDate, "envoyé": headDate, "enviado": headDate, "enviado el": headDate,
	"enviada em": headDate, "fecha": headDate, "data": headDate, "inviato": headDate, "verzonden": headDate, "skickat": headDate, "sendt": headDate,
	"dato": headDate, "wysłano": headDate, "wysłane": headDate, "odesláno": headDate, "отправлено": headDate, "дата": headDate, "надіслано": headDate,
	"送信日時": headDate, "日時": headDate, "日付": headDate, "发送时间": headDate, "日期": headDate, "傳送時間": headDate, "寄件日期": headDate,
	"보낸 날짜": headDate, "날짜": headDate, "gönderildi": headDate, "gönderme tarihi": headDate, "tarih": headDate, "lähetetty": headDate,
	"elküldve": headDate, "trimis": headDate, "στάλθηκε": headDate, "נשלח": headDate, "تاريخ الإرسال": headDate, "envoyé le": headDate,
	"to": headTo, "an": headTo, "à": headTo, "para": headTo, "a": headTo, "aan": headTo, "till": headTo, "til": headTo, "do": headTo, "komu": headTo,
	"кому": headTo, "宛先": headTo, "收件人": headTo, "收件者": headTo, "받는 사람": headTo, "받는사람": headTo, "kime": headTo, "alıcı": headTo,
	"vastaanottaja": headTo, "címzett": headTo, "către": headTo, "προς": headTo, "אל": headTo, "إلى": headTo, "cc": headTo, "kopie": headTo,
	"subject": headSubject, "betreff": headSubject, "objet": headSubject, "asunto": headSubject, "oggetto": headSubject, "assunto": headSubject,
	"onderwerp": headSubject, "ämne": headSubject, "emne": headSubject, "temat": headSubject, "předmět": headSubject, "тема": headSubject,
	"件名": headSubject, "主题": headSubject, "主旨": headSubject, "제목": headSubject, "konu": headSubject, "aihe": headSubject, "tárgy": headSubject,
	"subiect": headSubject, "θέμα": headSubject, "נושא": headSubject, "الموضوع": headSubject, "predmet": headSubject,
}

// headerKind is which header of a quoted mail a line is.
func headerKind(s string) int {
	const longestName = 40
	i := strings.IndexAny(s, ":：")
	if i <= 0 || i > longestName {
		return headNone
	}
	return headerNames[strings.ToLower(strings.TrimSpace(s[:i]))]
}

// verbs end the line that introduces a quote.
var verbs = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)(\b(wrote|writes|said|schrieb|geschrieben|a écrit|escribió|escribio|ha scritto|scrisse|escreveu|schreef|het volgende geschreven|` +
		`skrev( följande)?|kirjoitti|írta|a scris|va escriure|menulis|yazdı|napsala?|napisał[a]?)\b|schrieb am\b|napisał\(a\)|napsal\(a\)|írta|écrit|` +
		`escribió|yazdı|пишет|пише|написала?|написал\(а\)|написав|έγραψε|כתב|كتب|ने लिखा|đã viết|เขียนว่า|` +
		`書きました|のメール|のメッセージ|写道|寫道|님이 작성|작성)`)
})

// starters begin it.
var starters = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?i:on|am|le|el|il|em|op|den|dne|dnia|w dniu|в|у|pada|vào|ב|في|em|a|mån|tors|il giorno|no dia)[ ,]|^(19|20)\d\d[-./年년]|^\d{1,2}[./ ]`)
})

// introEnd reports a line that may end an introduction.
func introEnd(s string) bool {
	const longest = 400
	return len(s) <= longest && (strings.HasSuffix(s, ":") || strings.HasSuffix(s, "："))
}

func introStart(s string) bool { return starters().MatchString(s) }

// introSays reports an introduction: who wrote, or when with an address.
func introSays(s string) bool {
	const shortest = 100 // "Ann wrote:" needs no date
	// The commonest first, for a regular expression takes its time.
	if strings.HasSuffix(s, " wrote:") || strings.HasSuffix(s, " schrieb:") || verbs().MatchString(s) {
		return digitOrAt(s) || len(s) < shortest
	}
	return strings.Contains(s, "@") && (starters().MatchString(s) || clock().MatchString(s))
}

// clock is a time of day.
var clock = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\b\d{1,2}[:.h]\d\d\b`) })

var originals = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^[-_–—= ]{2,}\s*(original message|original appointment|ursprüngliche nachricht|originalnachricht|original-nachricht|` +
		`message d'origine|message d’origine|message original|mensaje original|messaggio originale|mensagem original|oorspronkelijk bericht|` +
		`ursprungligt meddelande|originalmeddelande|oprindelig meddelelse|opprinnelig melding|wiadomość oryginalna|oryginalna wiadomość|původní zpráva|` +
		`исходное сообщение|оригінальне повідомлення|元のメッセージ|original message|原始邮件|原始郵件|原始訊息|원본 메시지|원본 메일|orijinal mesaj|özgün ileti|` +
		`alkuperäinen viesti|eredeti üzenet|mesaj original|αρχικό μήνυμα|הודעה מקורית|الرسالة الأصلية)\s*[-_–—= ]{2,}$`)
})

// originalMark reports the line above a quoted mail.
func originalMark(s string) bool { return marked(s) && originals().MatchString(s) }

var forwards = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^[-_–—= ]*(begin forwarded message|forwarded message|forwarded by .*|forwarded mail|weitergeleitete nachricht|anfang der weitergeleiteten (nachricht|e-mail)|` +
		`message transféré|début du message (transféré|réexpédié)|message réexpédié|mensaje reenviado|inicio del mensaje reenviado|messaggio inoltrato|inizio messaggio inoltrato|` +
		`mensagem encaminhada|mensagem reencaminhada|início da mensagem (reencaminhada|encaminhada)|doorgestuurd bericht|begin doorgestuurd bericht|vidarebefordrat (meddelande|brev)|vidarebefordrat mejl|` +
		`videresendt (meddelelse|besked|melding|e-mail)|start på videresendt besked|przekazana wiadomość|wiadomość przekazana dalej|początek przekazanej wiadomości|přeposlaná zpráva|` +
		`пересылаемое сообщение|пересланное сообщение|перенаправленное сообщение|начало переадресованного сообщения|転送メッセージ|転送されたメッセージ|転送メール|転送されたメール|` +
		`转发的邮件|轉寄郵件|转发邮件|轉寄的郵件|전달된 메시지|전달된 메일|iletilen mesaj|yönlendirilmiş ileti|iletilmiş ileti|välitetty viesti|továbbított üzenet|mesaj redirecționat|προωθημένο μήνυμα|` +
		`הודעה שהועברה|رسالة معاد توجيهها|رسالة معاد إرسالها)\s*(:|：)?\s*[-_–—= ]*$`)
})

// forwardMark reports the line above a forwarded mail.
func forwardMark(s string) bool { return marked(s) && forwards().MatchString(s) }

// marked is a cheap first look: such lines are short, and start with dashes or
// end with them or a colon.
func marked(s string) bool {
	const longest = 120
	return s != "" && len(s) <= longest && (strings.IndexByte("-_=", s[0]) >= 0 || strings.HasSuffix(s, ":") || strings.HasSuffix(s, "：") ||
		strings.HasPrefix(s, "–") || strings.HasPrefix(s, "—"))
}

var devices = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^(sent (from|via|with) (my |the )?\S|get outlook for |gesendet (mit|von) |von meinem \S+ gesendet|diese nachricht wurde von meinem|envoyé (de|depuis) mon |envoyé à partir de|` +
		`enviado (desde|do|a partir do|de) mi? ?\S|enviada do meu |inviato (da|dal mio) |verstuurd (vanaf|met|vanuit) |verzonden (vanaf|met|vanuit) |skickat från |sendt fra min |wysłane z |` +
		`odesláno z |отправлено (с|из) |надіслано з |iPhoneから送信|Androidから送信|从我的.*发送|發自我的|发自我的|从我的|.*에서 보냄|.*(iPhone|iPad|telefon).*gönderildi|lähetetty |outlook for (ios|android) )`)
})

// sentFrom reports a line a telephone or a mail program adds.
func sentFrom(s string) bool {
	const longest = 80
	return s != "" && len(s) <= longest && devices().MatchString(s)
}

var disclaimers = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^((legal )?disclaimer\b|confidentiality (notice|note)\b|confidential(ity)?:|this (e-?mail|message|communication)( message)?,? (and|including|together with) any (attachments?|files?)\b|` +
		`diese (e-?mail|nachricht) (enthält|ist) (möglicherweise )?vertraulich|ce (message|courriel)( électronique)? et (toutes )?(les|ses) (pièces|éventuelles)|` +
		`este (mensaje|correo)( electrónico)? (y sus|puede contener)|questo messaggio (e i suoi|può contenere))`)
})

// disclaimer reports the start of a company's notice about secrecy.
func disclaimer(s string) bool {
	const least = 12
	return len(s) >= least && disclaimers().MatchString(s)
}

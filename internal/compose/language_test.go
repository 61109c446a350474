package compose_test

import (
	"strings"
	"testing"
	"time"

	"mail-imap-mcp/internal/compose"
	"mail-imap-mcp/internal/message"
	"mail-imap-mcp/internal/safetext"
)

// Who answers in a language finds the quote introduced in it, as mail programs do,
// so that the next reader's program knows the quote for one.
func TestReply_IntroducesTheQuoteInTheLanguageOfTheMail(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, language, text, want string }{
		{"English", "", "Hello, thank you for your letter. Would you please tell me what we can do about this?", "On Mon, 2 Nov 2026 at 10:00, Ada <ada@example.net> wrote:"},
		{"German", "", "Hallo, vielen Dank für die Nachricht. Ich habe den Plan noch nicht gesehen, aber wir können es am Montag besprechen.", "Am 02.11.2026 um 10:00 schrieb Ada <ada@example.net>:"},
		{"French", "", "Bonjour, merci pour votre message. Je ne suis pas dans le bureau, mais nous avons une réunion avec les autres.", "Le 02/11/2026 à 10:00, Ada <ada@example.net> a écrit :"},
		{"Spanish", "", "Hola, muchas gracias por el mensaje. No sé si los otros pueden venir, pero la reunión es para todos.", "El 02/11/2026 a las 10:00, Ada <ada@example.net> escribió:"},
		{"Italian", "", "Ciao, grazie per il messaggio. Non ho ancora visto gli altri, ma sono alla riunione con una collega.", "Il 02/11/2026 alle 10:00, Ada <ada@example.net> ha scritto:"},
		{"Portuguese", "", "Olá, muito obrigado pela mensagem. Não sei se os outros são da equipa, mas você pode vir com uma amiga em junho.", "Em 02/11/2026 às 10:00, Ada <ada@example.net> escreveu:"},
		{"Dutch", "", "Hallo, bedankt voor het bericht. Ik heb de anderen niet gezien, maar dat is op maandag goed voor een van ons.", "Op 02-11-2026 om 10:00 schreef Ada <ada@example.net>:"},
		{"Swedish", "", "Hej, tack för brevet. Jag har inte sett det än, men vi kan prata om det på måndag och ta med en till som är där.", "Den 2026-11-02 kl. 10:00 skrev Ada <ada@example.net>:"},
		{"Danish", "", "Hej, tak for brevet. Jeg har ikke set noget af det, men hvad med at blive til efter mandag? Jeg ringer til dig.", "Den 02.11.2026 kl. 10.00 skrev Ada <ada@example.net>:"},
		{"Norwegian", "", "Hei, takk for brevet. Jeg har ikke sett noe av det, men hva med å bli til etter mandag? Jeg ringer deg.", "Den 02.11.2026 kl. 10:00 skrev Ada <ada@example.net>:"},
		{"Finnish", "", "Hei, kiitos viestistä. En ole nähnyt sitä, mutta se on hyvä, että kun tulet niin minä olen paikalla, ja hän myös.", "Ada <ada@example.net> kirjoitti 2.11.2026 klo 10.00:"},
		{"Polish", "", "Dzień dobry, dziękuję za wiadomość. Nie wiem, czy jest to możliwe, ale proszę o to, że mam się z nim spotkać w maju.", "Dnia 02.11.2026 o 10:00 Ada <ada@example.net> napisał(a):"},
		{"Czech", "", "Dobrý den, děkuji za zprávu. Nevím, jak to je, ale prosím o to, že se s ním sejdu na konci. Už jsem tam, pro vás.", "Dne 02.11.2026 v 10:00 Ada <ada@example.net> napsal(a):"},
		{"Hungarian", "", "Kedves Ada, köszönöm a levelet. Nem tudom, hogy ez már jó, de van egy kérdés, és azt is kérem, ha meg lehet.", "Ada <ada@example.net> írta (2026. 11. 02. 10:00):"},
		{"Romanian", "", "Bună, mulțumesc pentru mesaj. Nu știu dacă este bine să mai vin, dar sunt la birou și pe seară, cu Ion, din nou.", "Pe 02.11.2026 la 10:00, Ada <ada@example.net> a scris:"},
		{"Turkish", "", "Merhaba, mesaj için teşekkürler. Bu çok iyi ama ben daha görmedim; bir de sen ne diyorsun, var mı gibi.", "Ada <ada@example.net>, 02.11.2026 10:00 tarihinde yazdı:"},
		{"Russian", "", "Здравствуйте, спасибо за письмо. Мы ещё не видели этот план.", "02.11.2026 10:00, Ada <ada@example.net> пишет:"},
		{"Ukrainian", "", "Доброго дня, дякую за лист. Ми ще не бачили цієї пропозиції.", "02.11.2026 10:00, Ada <ada@example.net> пише:"},
		{"Bulgarian", "", "Здравейте, благодаря за писмото. Още не съм видял плана.", "On Mon, 2 Nov 2026 at 10:00, Ada <ada@example.net> wrote:"},
		{"Slovak", "", "Dobrý deň, ďakujem za správu. Neviem, či to je možné, ale prosím o odpoveď na ten list, ako som písal.", "On Mon, 2 Nov 2026 at 10:00, Ada <ada@example.net> wrote:"},
		{"Croatian", "", "Zdravo, hvala na poruci. Ne znam da li je to moguće, ali molim te da se javiš.", "On Mon, 2 Nov 2026 at 10:00, Ada <ada@example.net> wrote:"},
		{"Slovenian", "", "Pozdravljeni, hvala za sporočilo. Ne vem, ali je to mogoče, prosim pa, da se oglasite tudi v torek.", "On Mon, 2 Nov 2026 at 10:00, Ada <ada@example.net> wrote:"},
		{"Catalan", "", "Hola, gràcies pel missatge. No sé si els altres poden venir, però la reunió és per a tots els companys de la feina.", "On Mon, 2 Nov 2026 at 10:00, Ada <ada@example.net> wrote:"},
		{"Galician", "", "Ola, moitas grazas pola mensaxe. Non sei se os outros poden vir, pero a reunión é para todos, unha vez máis, e con café.", "On Mon, 2 Nov 2026 at 10:00, Ada <ada@example.net> wrote:"},
		{"Afrikaans", "", "Hallo, baie dankie vir jou boodskap. Ek weet nie of die ander kan kom nie, maar dit is vir ons almal.", "On Mon, 2 Nov 2026 at 10:00, Ada <ada@example.net> wrote:"},
		{"Greek", "", "Καλημέρα, ευχαριστώ για το μήνυμα.", "Στις 02/11/2026 10:00, Ada <ada@example.net> έγραψε:"},
		{"Japanese", "", "お世話になっております。会議の日程についてご連絡いたします。", "2026/11/02 10:00 Ada <ada@example.net> のメッセージ:"},
		{"Chinese", "", "您好，谢谢您的来信。我们明天开会。", "2026/11/02 10:00，Ada <ada@example.net> 写道："},
		{"Korean", "", "안녕하세요, 메일 감사합니다.", "2026/11/02 10:00, Ada <ada@example.net> 님이 작성:"},
		{"by its header", "de-AT, en", "OK.", "Am 02.11.2026 um 10:00 schrieb Ada <ada@example.net>:"},
		{"by a header of Norwegian", "no", "OK.", "Den 02.11.2026 kl. 10:00 skrev Ada <ada@example.net>:"},
		{"a header that is none", "\r\nBcc: x", "OK.", "On Mon, 2 Nov 2026 at 10:00, Ada <ada@example.net> wrote:"},
		{"too little to tell", "", "Ok, de la.", "On Mon, 2 Nov 2026 at 10:00, Ada <ada@example.net> wrote:"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := compose.Original{
				Date: time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC), From: []message.Address{{Name: "Ada", Address: "ada@example.net"}},
				Language: tt.language, Text: tt.text,
			}
			built := strings.ReplaceAll(parse(t, build(t, compose.Draft{Body: "Yes, gladly.", Quote: compose.ReplyQuote(o)})).Parts[0].Content, "\r", "")
			if !strings.Contains(built, tt.want+"\n") {
				t.Fatalf("the draft is %s, want %s", built, tt.want)
			}
			if own := strings.TrimSpace(safetext.Own(built)); own != "Yes, gladly." {
				t.Errorf("of the answer is left %q", own)
			}
		})
	}
}

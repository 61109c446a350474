package demo

// foreign is a letter in a language of its own and in the charset that people
// there still meet in old mail.
type foreign struct {
	from          person
	in            charset
	subject, text string
	days, hours   int // before now
	box           string
	flags         []string
}

// writeLanguages writes Maya's letters from lighthouses all over the world.
func writeLanguages(d *desk) {
	for _, f := range foreignLetters {
		d.put(f.box, mail{
			from: f.from, subject: f.subject, in: f.in, flags: f.flags,
			date: d.ago(f.days, f.hours, 11), body: plain(f.in, f.text),
		})
	}
}

var foreignLetters = []foreign{
	{jonas, latin1, "Geländer für die Galerie: Maße geprüft", `Guten Tag Frau Lindholm,

die Maße der Galerie sind geprüft. Das Geländer wird 1,10 m hoch, die Stäbe
stehen 11 cm auseinander, wie es die Vorschrift für öffentliche Gebäude
verlangt. Wir können ab dem 14. liefern, wenn die Straße zur Klippe dann
befahrbar ist.

Bitte geben Sie mir bis Freitag Bescheid, ob Grün (RAL 6005) bleiben soll.

Mit freundlichen Grüßen
Jonas Köhler
Köhler Metallbau
`, 1, 5, inbox, nil},
	{amelie, latin9, "Lentille de Fresnel : devis corrigé (12 400 €)", `Bonjour Maya,

Voici le devis corrigé pour la restauration de la lentille : 12 400 € hors
taxes, transport compris. J'ai enlevé le polissage des prismes extérieurs,
que nous pouvons très bien faire sur place avec vos bénévoles.

Le cœur de l'optique est en meilleur état que prévu, c'est une belle surprise.

Bien à vous,
Amélie
`, 2, 3, inbox, []string{flagged}},
	{sofia, utf8QP, "¿Intercambio de exposiciones en primavera?", `Hola Maya:

En el museo estamos preparando el programa de primavera y nos gustaría
enseñar vuestras linternas de señales durante unas ocho semanas. A cambio
podríamos enviaros la colección de mapas náuticos del siglo XVIII.

¿Te parece que hablemos el miércoles por la mañana?

Un abrazo,
Sofía
`, 3, 2, inbox, nil},
	{piotr, latin2, "Żarówki i części zamienne do latarni", `Dzień dobry,

znaleźliśmy w magazynie sześć żarówek, o które Pani pytała, oraz część
mechanizmu obrotowego. Wszystko jest sprawne. Możemy wysłać paczkę w przyszłym
tygodniu, koszt przesyłki to około 180 zł.

Proszę o adres dostawy.

Pozdrawiam serdecznie
Piotr Wiśniewski
`, 4, 7, inbox, []string{seen, answered}},
	{irina, cyrillic, "Встреча смотрителей маяков: программа", `Здравствуйте, Майя!

Встреча смотрителей маяков пройдёт в сентябре. Ваш доклад о музее поставили
на второй день, сразу после обеда. Пришлите, пожалуйста, название и пять
строк о себе до конца месяца.

Гостиницу мы уже забронировали.

С уважением,
Ирина Соколова
`, 2, 9, inbox, nil},
	{nikos, greek, "Φωτογραφίες από τον παλιό φάρο", `Αγαπητή Μάγια,

βρήκα στο αρχείο του μουσείου τρεις φωτογραφίες του φάρου πριν από τον
πόλεμο. Στη μία φαίνεται καθαρά ο παλιός μηχανισμός. Θα τις σαρώσω την
επόμενη εβδομάδα και θα σας τις στείλω.

Με εκτίμηση,
Νίκος Παπαδόπουλος
`, 6, 1, inbox, []string{seen}},
	{misaki, iso2022jp, "灯台フォーラムの会議について", `リンドホルム様

お世話になっております。灯台フォーラムの田中です。
来月の会議の日程が決まりましたので、ご連絡いたします。

日時: 第二木曜日 10時から12時
場所: オンライン

資料は前日までにお送りします。どうぞよろしくお願いいたします。

田中 美咲
`, 1, 8, inbox, nil},
	{misaki, iso2022jp, "展示パネルの翻訳（第一稿）", `リンドホルム様

展示パネルの翻訳の第一稿ができました。ご確認をお願いします。
「霧笛」の説明が少し長いので、短くした案も付けました。

田中 美咲
`, 9, 4, japan, []string{seen}},
	{misaki, utf8Base64, "Re: 展示パネルの翻訳（第一稿）", `リンドホルム様

短い案で進めてくださるとのこと、ありがとうございます。
印刷所への入稿は金曜日の予定です。

田中 美咲
`, 7, 6, japan, []string{seen, flagged}},
	{misaki, iso2022jp, "お礼", `リンドホルム様

先日は灯台をご案内いただき、ありがとうございました。
最上階からの夕日は忘れられません。

田中 美咲
`, 31, 2, japan, []string{seen, answered}},
	{wangli, gb18030, "关于灯塔模型的报价", `林德霍姆女士，您好！

灯塔模型的报价如下：一比五十的木质模型，每个人民币三千二百元，
订购五个以上可以打九折。交货期大约六个星期。

如有问题，请随时联系我。

王丽
`, 5, 3, inbox, nil},
	{chen, utf8Base64, "港口開放日的合作邀請", `林德霍姆女士，您好：

明年五月的港口開放日，我們想邀請貴館一起舉辦燈塔夜遊活動。
預計參加人數約兩百人，接送車輛由我們安排。

期待您的回覆。

陳志明
`, 12, 5, inbox, []string{seen}},
	{minjun, eucKR, "등대 박물관 교류 제안", `린드홀름 관장님께

안녕하세요. 등대 박물관의 김민준입니다.
내년 여름에 두 박물관이 함께 사진전을 열면 어떨까요?
간단한 계획서를 다음 주에 보내 드리겠습니다.

감사합니다.
김민준 드림
`, 6, 9, inbox, nil},
	{layla, arabic, "دعوة إلى مؤتمر المنارات", `السيدة مايا المحترمة،

يسعدنا أن ندعوكم إلى مؤتمر المنارات التاريخية في الخريف القادم.
سنتحمل تكاليف السفر والإقامة لمدة ثلاثة أيام.

نرجو تأكيد الحضور قبل نهاية الشهر.

مع أطيب التحيات
ليلى حداد
`, 4, 2, inbox, nil},
	{nasrin, utf8Base64, "عکس‌های فانوس دریایی", `مایای عزیز،

عکس‌های فانوس دریایی قدیمی را پیدا کردم. کیفیت آن‌ها خوب است و می‌توانید
از آن‌ها در نمایشگاه استفاده کنید. فقط لطفاً نام عکاس را هم بنویسید.

با احترام
نسرین کریمی
`, 8, 3, inbox, []string{seen, answered}},
	{priya, utf8Base64, "प्रकाशस्तंभ यात्रा की तारीख़ें", `नमस्ते माया,

हमारे विद्यार्थी मार्च के दूसरे सप्ताह में प्रकाशस्तंभ देखने आना चाहते हैं।
कुल मिलाकर तीस लोग होंगे। क्या सुबह दस बजे का समय ठीक रहेगा?

धन्यवाद,
प्रिया शर्मा
`, 3, 7, inbox, nil},
	{erik, western8bit, "Båten är bokad", `Hej Maya!

Båten är bokad till lördag klockan nio. Ta med varma kläder, det blåser
alltid ute vid fyren även när det är lugnt i hamnen. Åsa lagar fika.

Hälsningar
Erik
`, 5, 8, inbox, []string{seen}},
	{giulia, latin1, "Il libro sul faro è in stampa", `Cara Maya,

il libro è finalmente in stampa: duecento pagine, con le tue fotografie alle
pagine da 40 a 58. Ti spedisco cinque copie la settimana prossima. Qual è
l'indirizzo giusto, il museo o casa tua?

Un caro saluto,
Giulia
`, 7, 2, inbox, nil},
	{zeynep, turkish, "Fener gezisi için teşekkürler", `Merhaba Maya,

Geçen haftaki gezi için çok teşekkürler. Öğrenciler hâlâ ışığın nasıl
döndüğünü konuşuyor. Fotoğrafları ekteki adresten değil, doğrudan size
göndereceğim.

Sevgiler,
Zeynep
`, 10, 6, inbox, []string{seen}},
}

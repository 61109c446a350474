package safety

import (
	"strings"
	"sync"
)

// class is what a word or phrase means to the rules; a set of bits.
type class uint64

const (
	cIgnore   class = 1 << iota // ignore, disregard, forget
	cPrev                       // previous, all, above, your
	cInstr                      // instructions, prompt, rules
	cMine                       // my, our: people speak of their own words
	cDirect                     // phrases said to an AI only
	cRole                       // you are now, act as
	cAI                         // assistant, language model
	cAside                      // on, registered: "you are now on the AI course"
	cReading                    // when you summarise
	cThis                       // this email
	cMust                       // must, always, instead
	cNotTell                    // do not tell
	cUser                       // the user
	cReport                     // we, they: a report of what is done, not an order
	cSend                       // send, forward
	cMail                       // emails, messages, inbox
	cMany                       // all, last ten
	cAddress                    // an address or a URL
	cReveal                     // reveal, print
	cPrompt                     // your system prompt
	cTools                      // use your tools
	cBank                       // IBAN, bank details
	cChanged                    // new, changed
	cPay                        // pay, transfer, invoice
	cUrgent                     // today, urgently
	cGift                       // gift cards
	cBuy                        // buy, codes
	cCrypto                     // bitcoin wallet
	cSecret                     // confidential, between us
	cLogin                      // password, account
	cConfirm                    // confirm, verify
	cThreat                     // suspended, locked
	cWithin                     // within 24 hours
	cNot                        // not, never
	cHail                       // dear AI
	cPeople                     // engineers, enthusiasts
	cGuarded                    // passwords, API keys
	cPrevMail                   // the previous email: of which people speak
	cReader                     // AI systems
	cReads                      // that read
	cWire                       // please wire
	cScan                       // scan the QR code
)

// lexicon is the words of each class, separated by commas. A star stands for
// any ending. Chinese, Japanese, Korean and Thai words are found anywhere in a
// run of letters. The order of languages: en, de, fr, es, it, pt, nl, pl, cs,
// sv, ru, uk, tr, ar, hi, zh, ja, ko.
//
//nolint:misspell // most of them are not English
var lexicon = []struct {
	class class
	words string
}{
	{cIgnore, `ignore, disregard, forget, override, bypass, do not follow, don't follow, stop following, pay no attention to, set aside,
		ignoriere*, missachte*, vergiss, vergesst, vergessen sie, beachte nicht, ignorez, ignorer, oubliez, oublie, ne tenez pas compte, ne tiens pas compte, ne suivez pas, ne suis pas,
		ignora, ignorad, ignore, olvida, olvide, olvidate de, haz caso omiso, haga caso omiso, no sigas, dimentica, dimenticate, ignorate, non seguire, non tenere conto, desconsidere, desconsidera, esqueca, esquece,
		negeer, vergeet, zignoruj*, ignoruj*, zapomnij*, pomin, pomijaj, zapomen*, ignorera, glom, bortse fran,
		игнорируй*, проигнорируй*, забудь*, не обращай внимания, не следуй*, ігноруй*, проігноруй*, забудь*, не зважай*,
		yok say*, gormezden gel*, goz ardi et*, unut, unutun, dikkate alma*,
		تجاهل, تجاهلي, وتجاهل, انس, لا تتبع, अनदेखा, नजरअंदाज*, भूल जाओ, भूल जाएं, इग्नोर,
		忽略, 忽視, 忽视, 无视, 無視, 忘记, 忘記, 不要理会, 忘れて, 無視して, 従わないで, 무시하*, 무시해*, 잊어*, 잊고, 따르지 마*`},
	{cPrev, `previous, prior, above, earlier, preceding, all, any, your, existing, original, initial, system, safety, former, foregoing, every,
		vorherig*, vorangegangen*, vorig*, bisherig*, fruher*, obig*, alle, deine, ihre, precedent*, anterieur*, ci dessus, toutes, tous les, vos, tes, anterior*, previa*, previo*, todas las, todas, todos, tus, sus,
		precedent*, tutte, tutti, tue, as anteriores, suas, voorgaand*, eerder*, bovenstaand*, je, jouw, poprzedni*, wczesniejsz*, wszystki*, powyzsz*, swoje, predchozi*, vsechn*, tidigare, foregaende, alla,
		предыдущ*, прежн*, все, всех, свои, вышеуказанн*, попередн*, усі, всі, свої, onceki, tum, yukaridaki, butun, السابقة, جميع, كل, أعلاه, पिछले, पिछली, पूर्व, सभी, ऊपर,
		之前, 以前, 先前, 上述, 以上, 所有, 一切, 前面, 前の, これまで, 上記, すべて, 全て, 이전, 앞의, 모든, 위의, 기존`},
	{cInstr, `instruction, instructions, prompt, prompts, guidelines, rules, directives, directions, constraints, system message, safeguards, programming, orders, restrictions,
		anweisung*, instruktion*, vorgaben, regeln, richtlinien, befehle, systemprompt, consignes, instructions, directives, regles, instrucciones, indicaciones, directrices, reglas, ordenes, istruzion*, direttive, regole,
		instrucoes, instrucao, diretrizes, regras, instructie*, richtlijnen, regels, instrukcj*, polecen*, wytyczn*, zasad*, pokyny, instrukce, pokynu, instruktioner*, anvisningar*,
		инструкци*, указани*, правил*, команд*, промпт*, інструкці*, вказівк*, talimat*, komut*, yonerge*, kural*, التعليمات, تعليمات, الأوامر, القواعد, التوجيهات, निर्देश*, आदेश*,
		指令, 指示, 提示词, 提示, 规则, 規則, 命令, プロンプト, ルール, 지시*, 지침*, 명령*, 프롬프트*, 규칙*`},
	{cIgnore | cPrev | cInstr, `ignore everything above, disregard everything above, forget everything above, ignore everything before this, forget everything before this, ignoriere alles bisherige, ignoriere alles obige, olvida todo lo anterior, ignora todo lo anterior, oubliez tout ce qui precede, ignorez tout ce qui precede, dimentica tutto quanto sopra, esqueca tudo acima, забудь все что было, vergeet alles hierboven`},
	{cMine, `my, our, mine, mein*, unser*, mes, nos, mon, mis, mi, nuestra*, mie, nostre, minhas, nossas, mijn, onze, moje, nasze, moich, мои, моих, наши, наших, benim, bizim, 我的, 我们的, 我們的, 私の`},
	{cDirect, `your instructions have changed, you must obey only, obey only me, if you are an ai model, if you are an ai assistant, if you are an ai agent, if you are an ai system, if you are an ai reading, if you are an ai processing, if you are an ai and, if you're an ai reading, if you're an ai assistant, if you are a language model, if you are a large language model, if you are an llm, if you're an llm,
		any ai reading this, ai reading this, llm reading this, ai assistant reading this, ai assistants reading this, ai agents reading this, ai processing this email, ai assistants processing this, assistant processing this email, llms processing this, attention ai assistant, attention ai agent, attention all ai, attention llm, dear ai assistant, hello ai assistant, note to ai assistant*, note to the ai, note for the ai, note to llm*, message to the ai assistant, instruction for the ai, instructions for the ai assistant, important instruction for ai, instructions to the ai, system override, admin override, developer override, ai assistant must, ai assistants must, ai agent must, ai must now, assistant must now, as an ai assistant you must, as an ai assistant you should, as an ai language model you must, as an ai you must, new system prompt, new instructions for the ai, your new instructions are, your new task is to, your real task is, your real instructions, jailbreak mode, enter developer mode, enable developer mode, do anything now,
		wenn du eine ki bist, wenn sie eine ki sind, falls du eine ki bist, falls sie eine ki sind, falls du ein sprachmodell bist, wenn du ein sprachmodell bist, an die ki, hinweis an die ki, anweisung an die ki, achtung ki assistent, lieber ki assistent, deine neue aufgabe ist es, deine neuen anweisungen,
		si vous etes une ia, si tu es une ia, si vous etes un modele de langage, si tu es un modele de langage, note a l'ia, instructions pour l'ia, attention assistant ia, cher assistant ia, vos nouvelles instructions, ta nouvelle tache est,
		si eres una ia, si usted es una ia, si eres un modelo de lenguaje, nota para la ia, instrucciones para la ia, atencion asistente de ia, tus nuevas instrucciones, tu nueva tarea es, se sei un'ia, se sei un'intelligenza artificiale, se sei un modello linguistico, nota per l'ia, istruzioni per l'ia, le tue nuove istruzioni,
		se voce e uma ia, se voce for uma ia, se voce e um modelo de linguagem, nota para a ia, instrucoes para a ia, suas novas instrucoes, als je een ai bent, als u een ai bent, als je een taalmodel bent, instructies voor de ai, opmerking voor de ai, jesli jestes sztuczna inteligencja, jesli jestes modelem jezykowym, jezeli jestes ai, jesli jestes ai, instrukcja dla ai, instrukcje dla ai, pokud jsi umela inteligence, pokyny pro ai, om du ar en ai, instruktioner till ai,
		если ты искусственный интеллект, если вы искусственный интеллект, если ты языковая модель, если вы языковая модель, если ты ии, если вы ии, инструкция для ии, инструкции для ии, вниманию ии, твоя новая задача, якщо ти штучний інтелект, якщо ви штучний інтелект, якщо ви мовна модель, якщо ти мовна модель, якщо ти ші, інструкція для ші, інструкції для ші,
		eger bir yapay zekaysan, eger bir yapay zekaysaniz, eger bir dil modeliysen, yapay zeka icin talimat*, yapay zekaya not, إذا كنت ذكاء اصطناعيا, إذا كنت نموذج لغة, إذا كنت مساعد ذكاء اصطناعي, تعليمات للذكاء الاصطناعي, यदि आप एक एआई, अगर आप एक एआई, यदि आप एआई, अगर आप एआई, एआई के लिए निर्देश,
		如果你是人工智能, 如果你是ai, 如果您是ai, 如果你是一个ai, 如果你是語言模型, 如果你是语言模型, 给ai的指示, 給ai的指示, 致ai助手, ai助手请, あなたがaiなら, あなたがaiであれば, もしあなたがai, aiへの指示, aiアシスタントへ, 당신이 ai라면, 당신이 인공지능이라면, ai에게 지시*, ai 어시스턴트에게, 인공지능에게 지시*`},
	{cRole, `you are now, you are no longer, from now on you are, from now on act as, act as, pretend to be, pretend you are, roleplay as, behave as, you will act as, du bist jetzt, sie sind jetzt, ab jetzt bist du, tu es maintenant, vous etes maintenant, vous etes desormais, ahora eres, a partir de ahora eres, ora sei, da ora sei, agora voce e, a partir de agora voce e, je bent nu, vanaf nu ben je, jestes teraz, od teraz jestes, теперь ты, отныне ты, теперь вы, тепер ти, віднині ти, artik sen, bundan sonra sen, أنت الآن, من الآن أنت, अब आप एक, अब से आप, 你现在是, 你現在是, 从现在起你是, あなたは今から, あなたは今, 이제부터 당신은, 당신은 이제, 너는 이제`},
	{cAI, `ai assistant, ai agent, ai model, an ai, a language model, language model, chatbot, unrestricted ai, unrestricted assistant, unrestricted, jailbroken, dan, evil assistant, different assistant, helpful assistant, root shell, linux terminal, bot without, ki assistent, ki, sprachmodell, assistent ohne, assistant ia, une ia, modele de langage, assistant sans, asistente de ia, una ia, asistente sin, modelo de lenguaje, un'ia, assistente senza, assistente ia, uma ia, assistente sem, assistente de ia, ai assistent, taalmodel, asystentem ai, asystentem bez, modelem jezykowym, ии, ассистент*, помощник без*, ші, асистент*, помічник без*, yapay zeka*, asistan*, ذكاء اصطناعي, مساعد, مساعدا, एआई, सहायक, ai助手, ai助理, 人工智能, 不受限制, aiアシスタント, 制限のない, 인공지능*, ai 비서*, 제한 없는`},
	{cAside, `on, using, subscribed, registered, enrolled, connected, invited, able, ready, eligible, signed up, member, part of`},
	{cReading, `when summarizing, when summarising, when you summarize, when you summarise, if you summarize, if you summarise, if asked to summarize, if asked to summarise, when processing, when reading, when replying to, when answering, before summarizing, before answering, wenn du zusammenfasst, beim zusammenfassen, bei der zusammenfassung, lors du resume, quand vous resumez, lorsque vous resumez, al resumir, cuando resumas, nel riassumere, quando riassumi, ao resumir, bij het samenvatten, podczas podsumowywania, при суммировании, при кратком изложении, коли підсумову*, ozetlerken, عند تلخيص, सारांश बनाते समय, 总结时, 摘要时, 总结这封邮件时, 要約する際, 요약할 때`},
	{cThis, `this mailbox, this inbox, this thread, this conversation, this email, this e mail, this message, this mail, this text, this document, this page, dieser e mail, dieser mail, dieser nachricht, diese e mail, diese nachricht, cet e mail, ce message, ce courriel, este correo, este mensaje, questa email, questo messaggio, este email, esta mensagem, deze e mail, deze mail, dit bericht, tej wiadomosci, этого письма, этом письме, це повідомлення, цього листа, bu e posta*, bu mesaj*, هذه الرسالة, इस ईमेल, इस संदेश, 这封邮件, 此邮件, 這封郵件, このメール, 이 이메일, 이 메일`},
	{cMust, `must, always, include, add, append, instead, tell, say, state, never, do not, write, insert, recommend, muss, musst, immer, fuge, schreibe, erwahne, devez, ajoutez, toujours, mentionnez, debes, siempre, incluye, agrega, devi, sempre, aggiungi, deve, inclua, adicione, moet, altijd, vermeld, musisz, zawsze, dodaj, должен, всегда, добавь*, завжди, додай*, mutlaka, her zaman, ekle, يجب, دائما, أضف, हमेशा, जोड़ें, 必须, 必須, 总是, 添加, 必ず, 追加, 반드시, 항상, 추가`},
	{cNotTell, `never learns, never learn of, must not know, must never know, should not know, does not need to know, must not see, don't show this to, do not mention, don't mention, never mention, do not tell, don't tell, do not inform, don't inform, do not mention this to, don't mention this to, do not mention it to, never mention this to, never tell, never inform, without telling, without informing, without notifying, without alerting, do not notify, don't notify, do not alert, do not reveal this to, do not disclose this to, hide this from, keep this from, do not show this to, do not let,
		sage nicht, sag nicht, sag es nicht, informiere nicht, teile dem nutzer nicht, teile dem benutzer nicht, ohne den nutzer zu, ohne den benutzer zu, verrate nicht, verschweige, ne dites pas, ne dis pas, n'informez pas, n'informe pas, sans informer, sans prevenir, no le digas, no digas, no informes, sin informar, sin avisar, non dire, non informare, senza informare, nao diga, nao informe, sem informar, sem avisar, vertel niet, vertel de gebruiker niet, informeer niet, zonder te vertellen, nie mow, nie informuj, bez informowania, не говори*, не сообщай*, не рассказывай*, не кажи*, не повідомляй*, soyleme*, haber verme*, bilgi verme*, لا تخبر, دون إخبار, न बताएं, मत बताना, को न बताएं, को मत बताना, 不要告诉, 不要告訴, 别告诉, 不要通知, 教えないで, 伝えないで, 知らせないで, 알리지 마*, 말하지 마*`},
	{cUser, `the user, your user, the human user, the human, your human, the mailbox owner, the account owner, the account holder, your owner, your principal, nutzer, benutzer, nutzerin, anwender, l'utilisateur, utilisateur, al usuario, el usuario, usuario, all'utente, utente, ao usuario, o usuario, utilizador, de gebruiker, gebruiker, uzytkownik*, пользовател*, користувач*, kullanici*, المستخدم, उपयोगकर्ता, यूज़र, यूजर, 用户, 用戶, 使用者, ユーザー, 사용자*`},
	{cReport, `we, i, they, it, should, usually, currently, which, wir, nous, on, they, that, systems, who`},
	{cSend, `send, forward, email all, email the, email every, email me all, mail all, bcc all, upload, exfiltrate, transmit, leak, redirect, sende, senden sie, schicke, schicken sie, leite, leiten sie, weiterleiten, envoie, envoyez, transferez, transfere, envia, enviar, reenvia, reenvie, envie, inoltra, invia, inviare, encaminhe, stuur, verstuur, doorsturen, przeslij, wyslij, przekaz, отправь*, перешли*, перешлите, надішли*, перешли*, gonder*, ilet, iletin, أرسل, ارسل, أعد توجيه, भेजें, भेजो, अग्रेषित, फॉरवर्ड, 发送, 發送, 转发, 轉發, 送信, 転送, 전달하*, 전달해*, 보내*, 전송*`},
	{cMail, `emails, e mails, mails, messages, inbox, mailbox, conversation history, chat history, conversation, api key, api keys, passwords, credentials, secrets, contacts, address book, system prompt, verification codes, mail, nachrichten, posteingang, postfach, passworter, kontakte, courriels, messages, boite de reception, mots de passe, correos, mensajes, bandeja de entrada, contrasenas, messaggi, posta in arrivo, mensagens, caixa de entrada, senhas, berichten, postvak, wachtwoorden, wiadomosci, skrzynk*, hasla, письма, писем, сообщени*, пароли, входящие, листи, листів, повідомлення, паролі, e postalar*, epostalar*, mesajlar*, gelen kutusu*, sifreler*, رسائل, الرسائل, كلمات المرور, البريد الوارد, ईमेल, संदेश, इनबॉक्स, पासवर्ड, 邮件, 郵件, 收件箱, 密码, 密碼, メール, 受信トレイ, パスワード, 이메일*, 메일*, 받은편지함*, 비밀번호*`},
	{cMany, `all, every, last, latest, recent, entire, contents of, complete, user's, their, alle, letzten, gesamten, kompletten, tous, toutes, derniers, dernieres, todos, todas, ultimos, ultimas, tutti, tutte, ultimi, ultime, laatste, wszystkie, ostatnie, все, всех, последние, усі, всі, останні, tum, son, butun, جميع, كل, آخر, सभी, पिछले, अंतिम, 所有, 全部, 最近, すべて, 全て, 最新, 모든, 최근, 전체`},
	{cReveal, `reveal, print, output, repeat, disclose, display, show me, tell me, leak, recite, dump, gib, zeige, wiederhole, nenne, affichez, affiche, revelez, repetez, muestra, revela, repite, mostra, rivela, ripeti, mostre, revele, repita, toon, herhaal, onthul, pokaz, ujawnij, powtorz, покажи*, раскрой*, повтори*, виведи, goster, acikla, tekrarla, اعرض, اكشف, दिखाएं, बताएं, 显示, 顯示, 输出, 透露, 表示して, 出力して, 教えて, 보여*, 출력*, 공개*`},
	{cPrompt, `your system prompt, your initial prompt, your initial instructions, your hidden instructions, your original instructions, your developer message, your entire prompt, deinen systemprompt, deinen system prompt, ihren systemprompt, votre prompt systeme, ton prompt systeme, tu prompt de sistema, tu prompt del sistema, il tuo prompt di sistema, seu prompt de sistema, jouw systeemprompt, je systeemprompt, swoj prompt systemowy, свой системный промпт, системный промпт, системний промпт, sistem istemini, موجه النظام, सिस्टम प्रॉम्प्ट, 你的系统提示, 系统提示词, 你的系統提示, システムプロンプト, 시스템 프롬프트*`},
	{cTools, `use your tools to, using your tools, call your tools, use your email tool, use the send_email, call the send_email, invoke the send_email, use your browsing tool, use your mail tools, benutze deine werkzeuge, nutze deine tools, utilise tes outils, utilisez vos outils, usa tus herramientas, usa i tuoi strumenti, use suas ferramentas, gebruik je tools, uzyj swoich narzedzi, используй свои инструменты, використай свої інструменти, araclarini kullan, استخدم أدواتك, अपने टूल का उपयोग, 使用你的工具, 调用你的工具, あなたのツールを使, 도구를 사용해`},
	{cBank, `iban, bank details, bank account, banking details, account details, account number, payment details, sort code, routing number, bankverbindung, bankdaten, kontonummer, kontoverbindung, coordonnees bancaires, compte bancaire, rib, datos bancarios, cuenta bancaria, numero de cuenta, coordinate bancarie, conto bancario, dados bancarios, conta bancaria, bankgegevens, rekeningnummer, numer konta, rachunek bankowy, dane bankowe, cislo uctu, bankuppgifter, kontonummer, реквизиты, банковск*, реквізити, банківськ*, banka hesab*, hesap numaras*, الحساب البنكي, الحساب المصرفي, बैंक खाता, बैंक खाते, 银行账户, 銀行帳戶, 银行账号, 振込先, 銀行口座, 口座番号, 은행 계좌*, 계좌*`},
	{cChanged, `changed, has changed, have changed, new, updated, change of, geandert, neue, neuen, aktualisiert, change, nouvelles, nouveau, modifie*, cambiado, nuevos, nueva, actualizado*, cambiate, nuove, nuovo, aggiornat*, mudaram, mudou, novos, nova, atualizad*, gewijzigd, nieuwe, zmienil*, nowy, nowe, zmiana, zmenil*, nove, andrats, nya, изменил*, новые, новый, новым, змінил*, нові, новий, degisti, yeni, تغير, تغيير, الجديد, बदल गया, नया, नए, 变更, 變更, 更改, 新的, 変更, 新しい, 변경*, 새로운`},
	{cPay, `pay, payment, payments, transfer, wire, invoice, remit, remittance, zahlung, zahlungen, uberweisen, uberweisung, uberweise, rechnung, paiement, virement, facture, virer, pago, pagos, transferencia, transfiera, factura, pagamento, pagamenti, bonifico, fattura, transferencia, fatura, betaling, betalen, overmaken, overboeking, factuur, platnosc*, przelew*, faktur*, zaplac*, platb*, faktura, betalning, faktura, оплат*, платеж*, перевод*, переведи*, счет*, платіж*, переказ*, рахун*, odeme*, havale*, fatura*, الدفع, تحويل, حوّل, الفاتورة, भुगतान, ट्रांसफर, चालान, 付款, 汇款, 匯款, 转账, 轉帳, 发票, 支払, 振込, 送金, 請求書, 결제*, 송금*, 이체*, 입금*`},
	{cUrgent, `urgent, urgently, immediately, today, asap, right away, as soon as possible, before noon, end of day, within the hour, dringend, sofort, noch heute, umgehend, heute, urgent, immediatement, aujourd'hui, tout de suite, urgente, urgentemente, inmediatamente, hoy, hoy mismo, immediatamente, oggi, imediatamente, hoje, dringend, onmiddellijk, vandaag, pilne, pilnie, natychmiast, dzisiaj, dzis, urgentne, ihned, dnes, bradskande, omedelbart, idag, срочно, немедленно, сегодня, терміново, негайно, сьогодні, acil, acilen, hemen, bugun, عاجل, عاجلا, فورا, اليوم, तुरंत, आज, अत्यावश्यक, 紧急, 緊急, 立即, 今天, 马上, 至急, 本日中, 今日中, 긴급*, 즉시, 오늘`},
	{cGift, `gift card, gift cards, gift voucher*, itunes cards, steam cards, prepaid cards, geschenkkarte*, gutscheinkarte*, guthabenkarte*, carte cadeau, cartes cadeaux, tarjeta de regalo, tarjetas de regalo, carte regalo, carta regalo, cartao presente, cartoes presente, vale presente, cadeaukaart*, cadeaubon*, karty podarunkow*, karte podarunkow*, подарочные карты, подарочных карт, подарункові картки, hediye kart*, بطاقات هدايا, بطاقة هدية, गिफ्ट कार्ड, 礼品卡, 禮品卡, 礼品券, ギフトカード, 기프트카드*, 기프트 카드*, 상품권*`},
	{cBuy, `get some, get a few, can you get, need them, need some, buy, purchase, codes, scratch, pick up some, get me, besorge*, besorgen, kaufe, kaufen, codes, acheter, achetez, achete, codes, comprar, compra, compre, codigos, comprare, compra, acquista, codici, codigos, kopen, koop, kup, kupic, kupil, kody, купи*, купить, коды, коди, satin al*, kodlar*, شراء, اشتر, الأكواد, खरीद*, कोड, 购买, 購買, 买, 卡密, 購入, コード, 구매*, 구입*, 사서, 코드*`},
	{cCrypto, `bitcoin, btc, bitcoins, wallet address, crypto wallet, ethereum, usdt, monero, биткоин*, біткоїн*, بيتكوين, बिटकॉइन, 比特币, 比特幣, ビットコイン, 비트코인*`},
	{cSecret, `confidential, between us, keep this quiet, keep this between, do not discuss, don't discuss, discreet, strictly private, tell nobody, tell no one, don't tell anyone, do not tell anyone, vertraulich, unter uns, niemandem, diskret, confidentiel*, entre nous, discret*, confidencial*, entre nosotros, riservat*, tra noi, entre nos, sigilo, vertrouwelijk, onder ons, poufn*, miedzy nami, конфиденциальн*, между нами, никому, конфіденційн*, між нами, нікому, gizli*, aramizda, سري, بيننا, गोपनीय, 保密, 机密, 内密, 極秘, 비밀로, 기밀*`},
	{cScan, `qr code, qr codes, scan the code, scan this code, scan the barcode, scan with your phone, code scannen, scannen sie, scannez, escanea, escanee, scansiona, escaneie, zeskanuj, naskenujte, skanna, отсканируйте, qr код*, qr kodu, 二维码, 二維碼, qrコード, qr코드`},
	{cLogin, `your password, your account, your email account, your e mail account, your email password, email account and password, your webmail, your webmail account, your credentials, your login, your mailbox, your card details, your identity, your pin, account information, ihr konto, ihr passwort, ihr kennwort, ihre zugangsdaten, ihr postfach, ihre kontodaten, dein konto, votre compte, votre mot de passe, vos identifiants, su cuenta, tu cuenta, su contrasena, tu contrasena, sus credenciales, il tuo account, il suo account, la tua password, il suo conto, sua conta, sua senha, uw account, je account, uw wachtwoord, uw rekening, twoje konto, twojego konta, swoje konto, swoje haslo, vas ucet, ditt konto, ваш аккаунт, ваша учетная запись, вашу учетную запись, ваш пароль, ваш счет, ваш обліковий запис, ваш акаунт, ваш рахунок, hesabiniz*, sifreniz*, parolaniz*, حسابك, كلمة المرور, كلمة مرورك, आपका खाता, आपके खाते, अपना पासवर्ड, अपने खाते, 您的账户, 您的帳戶, 您的账号, 您的密码, 你的账户, 你的密码, アカウント, パスワード, 계정*, 비밀번호*`},
	{cConfirm, `confirm, verify, validate, update, enter, re enter, provide, reactivate, sign in, log in, click, bestatigen, bestatige, verifizieren, aktualisieren, geben sie, anmelden, klicken, confirmez, confirmer, verifiez, verifier, saisissez, cliquez, mettez a jour, confirme, confirmar, verifique, verificar, introduzca, actualice, haga clic, confermi, conferma, confermare, verifichi, verifica, verificare, inserisci, clicca, clique, atualize, bevestig*, verifieer, controleer, klik, log in, potwierdz*, zweryfikuj*, kliknij, zaloguj*, potvrdte, overte, bekrafta, verifiera, подтверд*, введите, обновите, перейдите, підтверд*, введіть, оновіть, dogrula*, onayla*, guncelle*, tiklay*, أكد, تأكيد, تحقق, أدخل, انقر, सत्यापित, पुष्टि, दर्ज करें, क्लिक, 确认, 確認, 验证, 驗證, 输入, 点击, 入力, クリック, 확인*, 인증*, 입력*, 클릭*`},
	{cThreat, `suspended, suspension, locked, deactivated, terminated, limited, blocked, will be closed, will be deleted, unusual activity, unauthorized, expire, expires, expired, gesperrt, eingeschrankt, deaktiviert, geschlossen, geloscht, ungewohnliche, ablauf*, suspendu, bloque, desactive, limite, ferme, expire, suspendid*, bloquead*, desactivad*, limitad*, expira, sospes*, bloccat*, disattivat*, limitat*, scade, scadra, suspens*, desativad*, geblokkeerd, opgeschort, gedeactiveerd, verloopt, zablokowan*, zawieszon*, wygas*, zablokovan*, pozastaven*, avstangt, sparrat, заблокирован*, приостановлен*, ограничен*, истекает, заблокован*, призупинен*, закінчу*, askiya alin*, kilitlen*, engellen*, sona er*, تعليق, إيقاف, سيتم إغلاق, حظر, निलंबित, बंद, ब्लॉक, 暂停, 暫停, 冻结, 凍結, 锁定, 停用, 过期, 停止, ロック, 利用制限, 정지*, 차단*, 잠금*, 만료*, 제한*`},
	{cWithin, `within 24 hours, within 48 hours, within 12 hours, within 72 hours, within 36 hours, within 50 hours, within 6 hours, within two days, within 2 days, within three days, within 3 days, immediately, urgently, innerhalb von 24 stunden, innerhalb von 48 stunden, sofort, umgehend, sous 24 heures, dans les 24 heures, immediatement, en 24 horas, de inmediato, inmediatamente, entro 24 ore, immediatamente, subito, em 24 horas, imediatamente, binnen 24 uur, onmiddellijk, w ciagu 24 godzin, natychmiast, do 24 hodin, ihned, inom 24 timmar, в течение 24 часов, немедленно, срочно, протягом 24 годин, негайно, 24 saat icinde, hemen, derhal, خلال 24 ساعة, فورا, 24 घंटे, तुरंत, 24小时, 24小時, 立即, 尽快, 24時間以内, 至急, 直ちに, 24시간*, 즉시`},
	{cNot, `not, don't, never, nicht, nie, niemals, ne, jamais, no, nunca, non, mai, nao, nao se, jamais, niet, nooit, nigdy, не, никогда, ніколи, asla, لا, न, मत, कभी नहीं, 不要, 别, 別, 勿, 切勿`},
	{cHail, `you are an ai, you are an llm, you are a language model, message for the ai, message to the ai, dear ai, hey ai, hello ai, attention ai, note to ai, notes to ai, message to ai, message for ai, instructions to ai, note for ai, to any ai, to all ai, to the ai, hey assistant, hello assistant, attention assistant, attention chatbot, attention language model, dear llm, hey llm, note to llm, hey chatgpt, hey claude, hey copilot, hey gemini, dear chatgpt, dear claude, dear copilot, dear gemini, hallo ki, liebe ki, achtung ki, cher ia, chere ia, attention ia, querida ia, atencion ia, cara ia, attenzione ia, prezada ia, atencao ia, beste ai, let op ai, droga ai, uwaga ai, внимание ии, увага ші, sevgili yapay zeka, dikkat yapay zeka`},
	{cPrevMail, `previous email, previous e mail, previous mail, previous message, previous letter, last email, last mail, last message, earlier email, earlier mail, earlier message, letzten mail, letzte mail, vorherigen mail, vorige mail, letzten nachricht, dernier mail, precedent message, correo anterior, mensaje anterior, email anterior, messaggio precedente, email precedente, vorige mail, vorige bericht, poprzedniego maila, poprzedniej wiadomosci, прошлом письме, предыдущем письме, предыдущее письмо, попередньому листі, onceki e posta, 上一封邮件, 前のメール, 이전 메일, 이전 이메일`},
	{cReader, `ai system, ai systems, ai assistant, ai assistants, ai agent, ai agents, ai model, ai models, language model, language models, llm, llms, chatbot, chatbots, ki assistent, ki assistenten, ki system, ki systeme, assistant ia, assistants ia, asistente de ia, asistentes de ia, assistente ia, assistente de ia, ai assistent, asystent ai, ии ассистент, yapay zeka asistani, مساعد الذكاء الاصطناعي, एआई सहायक, ai助手, aiアシスタント, ai 어시스턴트*`},
	{cReads, `reading, processing, summarizing, summarising, analyzing, analysing, handling, parsing, that reads, that processes, that summarizes, who reads, reads, processes, liest, lesen, verarbeitet, verarbeiten, zusammenfasst, lisant, traitant, qui lit, qui traite, que lea, que lee, que procese, que procesa, che legge, che elabora, que le, que processa, leest, verwerkt, ktory czyta, читающ*, обрабатывающ*, okuyan, يقرأ, पढ़, 阅读, 閱讀, 处理, 読む, 処理する, 읽는, 처리하는`},
	{cWire, `please wire, wire transfer, send a wire, process a wire, urgent wire, urgent payment, urgent transfer, process a payment, make a transfer, eiluberweisung, dringende uberweisung, dringende zahlung, virement urgent, transferencia urgente, bonifico urgente, pagamento urgente, spoedbetaling, pilny przelew, срочный платеж, срочный перевод, терміновий платіж, acil havale, تحويل عاجل, 紧急汇款, 紧急转账, 至急振込, 긴급 송금`},
	{cPeople, `engineer*, enthusiast*, researcher*, developer*, team*, community, lover*, user*, leader*, expert*, friend*, class, group, club, member*, fan, fans, founder*, professional*, practitioner*, student*, learner*, builder*, company, companies, startup*, summit, conference, week, course, kurs*, hub, act, lab, office, department, professor*, manager*, coach, director, principal, editor, conversation, revolution, era, age, market, space, field, sector, industry, boom, race, world, hype, chip*, tool*, product*, feature*`},
	{cGuarded, `api key, api keys, passwords, credentials, conversation history, chat history, address book, system prompt, verification codes, one time codes, private keys, session cookies, passworter, zugangsdaten, mots de passe, contrasenas, senhas, wachtwoorden, hasla, пароли, паролі, sifreleri, كلمات المرور, पासवर्ड, 密码, 密碼, パスワード, 비밀번호*`},
}

// trie finds the words of the lexicon. Nodes are linked by first child and next
// sibling: the whole takes some hundred kB and a step few comparisons.
type trie struct {
	nodes []trieNode
	first [256]int32 // nodes of first bytes
}

type trieNode struct {
	child, next int32
	whole, stem class // of words that end here; stem also within a longer word
	b           byte
}

// words is the lexicon, folded as text is.
var words = sync.OnceValue(func() *trie {
	t := &trie{nodes: make([]trieNode, 1, 32<<10)}
	for _, entry := range lexicon {
		for w := range strings.SplitSeq(entry.words, ",") {
			w, stem := strings.CutSuffix(strings.TrimSpace(w), "*")
			t.add(foldPhrase(w), entry.class, stem)
		}
	}
	return t
})

func (t *trie) add(w string, c class, stem bool) {
	if w == "" {
		return
	}
	at := t.first[w[0]]
	if at == 0 {
		at = t.grow(w[0])
		t.first[w[0]] = at
	}
	for i := 1; i < len(w); i++ {
		n := t.step(at, w[i])
		if n == 0 {
			n = t.grow(w[i])
			t.nodes[n].next = t.nodes[at].child
			t.nodes[at].child = n
		}
		at = n
	}
	t.nodes[at].whole |= c
	if stem || unspaced(lastRune(w)) {
		t.nodes[at].stem |= c
	}
}

func (t *trie) grow(b byte) int32 {
	t.nodes = append(t.nodes, trieNode{b: b})
	return int32(len(t.nodes) - 1)
}

// step is the child of at for b, 0 for none.
func (t *trie) step(at int32, b byte) int32 {
	for n := t.nodes[at].child; n != 0; n = t.nodes[n].next {
		if t.nodes[n].b == b {
			return n
		}
	}
	return 0
}

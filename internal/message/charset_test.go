package message_test

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"

	"mail-imap-mcp/internal/message"
)

func textPart(contentType string) *message.Part {
	root, _, _ := message.Parse([]byte("Content-Type: " + contentType + "\r\n\r\nx"))
	return root
}

func TestDecodeText_DetectsTheCharsetThatNobodyNames(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text string
		encoding   encoding.Encoding
	}{
		{"shift_jis", "こんにちは。これは文字コードを書いていないメールです。", japanese.ShiftJIS},
		{"euc-jp", "こんにちは。これは文字コードを書いていないメールです。", japanese.EUCJP},
		{"euc-kr", "안녕하세요. 이 편지는 문자 집합을 말하지 않습니다.", korean.EUCKR},
		{"gb18030", "您好,这封信没有说明它使用的字符集,请查收附件。", simplifiedchinese.GB18030},
		{"windows-1251", "Здравствуйте, это письмо не называет своей кодировки.", charmap.Windows1251},
		{"koi8-r", "Здравствуйте, это письмо не называет своей кодировки.", charmap.KOI8R},
		{"windows-1252", "Sehr geehrte Damen und Herren, die Größe fällt übrigens für Übergrößen zu groß aus.", charmap.Windows1252},
		{"big5", "您好,這封信沒有說明它使用的字元集,請查收附件。", traditionalchinese.Big5},
	} {
		for _, contentType := range []string{"text/plain", "text/plain; charset=x-nobody-knows"} {
			t.Run(tt.name+" as "+contentType, func(t *testing.T) {
				encoded, err := tt.encoding.NewEncoder().Bytes([]byte(tt.text))
				if err != nil {
					t.Fatal(err)
				}
				got, note := message.DecodeText(textPart(contentType), encoded)
				if got != tt.text || !strings.Contains(note.String(), "read as "+tt.name) {
					t.Errorf("got %q (%s)", got, note)
				}
			})
		}
	}
}

func TestDecodeText_ReadsWhatIsWrittenWrongly(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, contentType, in, want string }{
		{"no semicolon", "text/html charset=koi8-r", "\xf0\xd2\xc9", "При"},
		{"no closing quote", `text/plain; charset="koi8-r; format=fixed`, "\xf0\xd2\xc9", "При"},
		{"a comment", "text/html (by a program); charset=koi8-r", "\xf0\xd2\xc9", "При"},
		{"UTF-16, big end, no mark", "text/plain; charset=utf-16", "\x00H\x00i\x00!", "Hi!"},
		{"UTF-16 under another name", "text/plain; charset=us-ascii", "H\x00i\x00!\x00\r\x00\n\x00", "Hi!\n"},
		{"ISO-2022-KR", "text/plain; charset=iso-2022-kr", "\x1b$)C\x0e>H3g\x0f, \x0e>H3g\x0f\n\x0e>H", "안녕, 안녕\n안"},
		{"Chinese in shifts", "text/plain; charset=iso-2022-cn", "\x1b$)A\x0eDc:C\x0f!", "你好!"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, note := message.DecodeText(textPart(tt.contentType), []byte(tt.in)); got != tt.want {
				t.Errorf("got %q (%s), want %q", got, note, tt.want)
			}
		})
	}
}

func TestDecodeText_SaysThatAUUFileIsInTheText(t *testing.T) {
	t.Parallel()
	file := "begin 644 notes.txt\nM" + strings.Repeat("A", 60) + "\n`\nend\n"
	for text, want := range map[string]bool{
		"See this:\n\n" + file:                       true,
		"We begin 644 things.\nM" + file[:10]:        false,
		strings.Repeat("begin 644 x\n", 1000):        false,
		"begin 644 is a line of a poem\nand goes on": false,
	} {
		if _, note := message.DecodeText(textPart("text/plain; charset=utf-8"), []byte(text)); strings.Contains(note.String(), "uuencoded file") != want {
			t.Errorf("%.30q: note is %q", text, note)
		}
	}
}

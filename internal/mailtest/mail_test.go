package mailtest

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/emersion/go-message/mail"
)

func TestMail_ReadsBackInEveryCharsetAndEncoding(t *testing.T) {
	t.Parallel()
	texts := map[string]string{
		"utf-8": "Grüße, 世界", "iso-8859-1": "Grüße", "windows-1252": "Grüße €", "iso-2022-jp": "こんにちは世界",
		"shift_jis": "こんにちは", "gb18030": "你好", "koi8-r": "Привет", "windows-1251": "Привет, мир",
	}
	for cs, text := range texts {
		for _, encoding := range []string{"", "base64", "8bit"} {
			t.Run(cs+" "+encoding, func(t *testing.T) {
				raw := Mail{
					From: `"` + text + `" <a@example.org>`, To: "b@example.org", Subject: strings.Repeat(text, 9),
					Text: text + "\nmore\n", HTML: "<p>" + text, Charset: cs, Encoding: encoding,
					Attachments: []Attachment{{Name: "Übersicht.pdf", ContentType: "application/pdf", Content: []byte("%PDF")}},
				}.Bytes()
				if bytes.Contains(bytes.ReplaceAll(raw, []byte("\r\n"), nil), []byte("\n")) {
					t.Error("a line ends without CR")
				}
				r, err := mail.CreateReader(bytes.NewReader(raw))
				if err != nil {
					t.Fatal(err)
				}
				if got, err := r.Header.Subject(); err != nil || got != strings.Repeat(text, 9) {
					t.Errorf("subject %q %v", got, err)
				}
				from, err := r.Header.AddressList("From")
				if err != nil || len(from) != 1 || from[0].Name != text {
					t.Errorf("from %v %v", from, err)
				}
				var parts []string
				for {
					p, err := r.NextPart()
					if errors.Is(err, io.EOF) {
						break
					}
					if err != nil {
						t.Fatal(err)
					}
					body, _ := io.ReadAll(p.Body)
					parts = append(parts, string(body))
				}
				if len(parts) != 3 || parts[0] != text+"\r\nmore\r\n" || parts[1] != "<p>"+text || parts[2] != "%PDF" {
					t.Errorf("parts %q", parts)
				}
			})
		}
	}
}

func TestBigMail_IsAsBigAsAsked(t *testing.T) {
	t.Parallel()
	const size = 25 << 20
	if got := len(BigMail("film", size)); got < size*99/100 || got > size*101/100 {
		t.Errorf("25 MB became %d bytes", got)
	}
}

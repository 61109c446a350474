package contact

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var cards = []struct{ name, card, want string }{
	{
		"4.0 with kinds and groups", "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ada Example\r\nORG:Example Works;Towers\r\nTEL;VALUE=uri;TYPE=\"voice,cell\";PREF=1:tel:+49-30-5550100\r\nitem1.EMAIL:ada@example.org\r\nitem1.X-ABLabel:_$!<Other>!$_\r\nADR;TYPE=work:;;1 Gate Road;Old Town;;12345;Germany\r\nBDAY:19900415\r\nNOTE:Line one\\nline two\\, end\r\nEND:VCARD\r\n",
		"Contact: Ada Example\nOrganisation: Example Works, Towers\nPhone (mobile, preferred): +49-30-5550100\nMail (other): ada@example.org\nAddress (work): 1 Gate Road, Old Town, 12345, Germany\nBirthday: 1990-04-15\nNote: Line one\nline two, end\n",
	},
	{
		"2.1 in quoted-printable latin 1", "BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=FCller;J=F6rg;;Dr.\nTEL;WORK;FAX:030 555\nADR;HOME;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:;;Stra=C3=9Fe 1;=\nK=C3=B6ln\nPHOTO;ENCODING=BASE64;JPEG:\n AAAABBBB\n CCCC\n\nEND:VCARD\n",
		"Contact: Dr. Jörg Müller\nPhone (work, fax): 030 555\nAddress (home): Straße 1, Köln\nPhoto: in the card, not shown\n",
	},
	{
		"two cards, one without an end, lower case", "begin:vcard\nfn:One\nbegin:vcard\nfn:Two\nurl:https://two.example.org\n",
		"Contact: One\n\nContact: Two\nWeb: https://two.example.org\n",
	},
	{
		"a card within a card", "BEGIN:VCARD\nFN:Boss\nAGENT:\nBEGIN:VCARD\nFN:Secretary\nEND:VCARD\nTITLE:Head\nEND:VCARD\n",
		"Contact: Boss\nTitle: Head\n",
	},
	{"no name", "BEGIN:VCARD\nBDAY:--0415\nEND:VCARD\n", "Contact: (no name)\nBirthday: 04-15 (no year)\n"},
}

func TestText_SaysCards(t *testing.T) {
	for _, c := range cards {
		t.Run(c.name, func(t *testing.T) {
			got, err := Text([]byte(c.card), 10_000)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestText_WhatIsNoCardIsDamaged(t *testing.T) {
	for _, s := range []string{"", "hello", "BEGIN:VCALENDAR\nEND:VCALENDAR", "FN:Ada"} {
		if got, err := Text([]byte(s), 100); !errors.Is(err, ErrDamaged) {
			t.Errorf("%q: got %q, %v", s, got, err)
		}
	}
}

func TestText_ManyCardsAreCounted(t *testing.T) {
	var b strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&b, "BEGIN:VCARD\nFN:Card %d\nEND:VCARD\n", i)
	}
	got, err := Text([]byte(b.String()), 200_000)
	if err != nil || strings.Count(got, "Contact: ") != maxCards || !strings.HasSuffix(got, "… and 49800 more cards\n") {
		t.Errorf("%v, %d cards", err, strings.Count(got, "Contact: "))
	}
}

func TestText_HostileCardsStaySmall(t *testing.T) {
	for name, middle := range map[string]string{
		"a line of 2 MB":   "NOTE:" + strings.Repeat("é", 1<<20),
		"200,000 phones":   strings.Repeat("TEL:1\n", 200_000),
		"200,000 begins":   "AGENT:\n" + strings.Repeat("BEGIN:VCARD\n", 200_000),
		"200,000 unknowns": strings.Repeat("X-A:1\n", 200_000),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Text([]byte("BEGIN:VCARD\nFN:Real\n"+middle+"\nEND:VCARD\n"), 20_000)
			if err != nil || !strings.Contains(got, "Real") || utf8.RuneCountInString(got) > 20_000 {
				t.Errorf("%d bytes, %v", len(got), err)
			}
		})
	}
}

func FuzzText(f *testing.F) {
	for _, c := range cards {
		f.Add([]byte(c.card))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := Text(data, 1000)
		if err == nil && (utf8.RuneCountInString(got) > 1000 || !utf8.ValidString(got)) {
			t.Errorf("%d characters, valid %v", utf8.RuneCountInString(got), utf8.ValidString(got))
		}
	})
}

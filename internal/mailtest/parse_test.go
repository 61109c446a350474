package mailtest

import (
	"bufio"
	"bytes"
	"testing"
)

func FuzzReadUnit(f *testing.F) {
	f.Add([]byte("* 1 FETCH (BODY[] {3}\r\nabc UID 1)\r\n* OK {5}\r\n"))
	f.Add([]byte("* 1 FETCH (BODY[] {99999999999999999999}\r\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		r := bufio.NewReader(bytes.NewReader(in))
		var all []byte
		for {
			unit, err := readUnit(r)
			all = append(all, unit...)
			if err != nil {
				break
			}
		}
		if !bytes.HasPrefix(in, all) {
			t.Errorf("units %q are not the start of %q", all, in)
		}
	})
}

func FuzzParseWords(f *testing.F) {
	f.Add(`RETURN (COUNT ALL) OR FROM "a \"b" NOT (UID 1:*) BODY[HEADER.FIELDS (FROM)]<0.1>`)
	f.Add(`((((((((((((((((((((((((`)
	f.Fuzz(func(t *testing.T, s string) {
		d := &dialogue{Synthetic: &Synthetic{o: SyntheticOptions{Messages: 10}}}
		q, err := d.compile(parseWords(s))
		if err != nil {
			return
		}
		q.runs(func(from, to uint32) {
			if from < 1 || to > 10 || from > to {
				t.Errorf("%q matches %d:%d of ten", s, from, to)
			}
		})
	})
}

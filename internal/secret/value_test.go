package secret_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"text/template"

	"mail-imap-mcp/internal/secret"
)

type exported struct {
	Name     string
	Password secret.Value
}

type unexported struct {
	name     string
	password secret.Value
	pointer  *secret.Value
	list     []secret.Value
	byName   map[string]secret.Value
	anything any
}

// shapes are the ways a secret gets into what somebody prints.
func shapes(v secret.Value) map[string]any {
	return map[string]any{
		"value":             v,
		"pointer":           &v,
		"exported field":    exported{"n", v},
		"pointer to struct": &exported{"n", v},
		"unexported fields": unexported{"n", v, &v, []secret.Value{v}, map[string]secret.Value{"k": v}, v},
		"slice":             []secret.Value{v},
		"map":               map[string]any{"k": v},
		"map key":           map[secret.Value]int{v: 1},
		"nested":            []any{map[string]any{"k": &exported{"n", v}}},
	}
}

// assertHidden fails when s shows the secret, as text or as bytes in any of
// the forms fmt has.
func assertHidden(t *testing.T, plain, s string) {
	t.Helper()
	numbers := strings.Trim(fmt.Sprintf("%d", []byte(plain)), "[]")
	for _, form := range []string{
		plain, fmt.Sprintf("%x", plain), fmt.Sprintf("%X", plain), numbers,
		base64.StdEncoding.EncodeToString([]byte(plain)), strings.Trim(fmt.Sprintf("%#v", []byte(plain)), "[]byte{}"),
	} {
		if strings.Contains(s, form) {
			t.Errorf("the secret is printed as %q in %q", form, s)
		}
	}
}

func TestValue_NoVerbPrintsIt(t *testing.T) {
	plain := rand.Text()
	v := secret.New(plain)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%c", "%U", "%e", "%p", "%#x", "%+q", "%10.3s", "%!"} {
		for shape, value := range shapes(v) {
			t.Run(verb+" of "+shape, func(t *testing.T) {
				assertHidden(t, plain, fmt.Sprintf(verb, value))
			})
		}
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for name, value := range map[string]any{"value": v, "pointer": &v} {
			if got := fmt.Sprintf(verb, value); got != secret.Redacted {
				t.Errorf("%s of a %s is %q, want %q", verb, name, got, secret.Redacted)
			}
		}
	}
	assertHidden(t, plain, fmt.Sprint(v)+fmt.Sprintln(v)+v.String()+v.GoString())
}

func TestValue_NoEncodingCarriesIt(t *testing.T) {
	plain := rand.Text()
	v := secret.New(plain)
	for shape, value := range shapes(v) {
		t.Run(shape, func(t *testing.T) {
			// An encoder may refuse a shape; what it wrote until then counts.
			var out bytes.Buffer
			_ = json.NewEncoder(&out).Encode(value)
			_ = xml.NewEncoder(&out).Encode(value)
			_ = gob.NewEncoder(&out).Encode(value)
			_ = template.Must(template.New("").Parse("{{.}} {{printf `%v` .}}")).Execute(&out, value)
			if out.Len() == 0 {
				t.Fatal("nothing was written; the test shows nothing")
			}
			assertHidden(t, plain, out.String())
		})
	}
	got, err := json.Marshal(exported{"n", v})
	if err != nil || string(got) != `{"Name":"n","Password":"[redacted]"}` {
		t.Errorf("JSON is %s, %v", got, err)
	}
}

func TestValue_NoLogShowsIt(t *testing.T) {
	plain := rand.Text()
	v := secret.New(plain)
	for format, handler := range map[string]func(*bytes.Buffer) slog.Handler{
		"text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		"json": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
	} {
		for shape, value := range shapes(v) {
			t.Run(format+" of "+shape, func(t *testing.T) {
				var out bytes.Buffer
				log := slog.New(handler(&out)).With("with", value)
				log.Info("m", "attr", value, slog.Group("g", "in", value), "err", fmt.Errorf("wrapped: %v", value))
				if out.Len() == 0 {
					t.Fatal("nothing was logged")
				}
				assertHidden(t, plain, out.String())
			})
		}
	}
	var out bytes.Buffer
	slog.New(slog.NewTextHandler(&out, nil)).Info("m", "password", v)
	if !strings.Contains(out.String(), "password="+secret.Redacted) {
		t.Errorf("log is %q, want the attribute redacted", out.String())
	}
}

func TestValue_NoErrorCarriesIt(t *testing.T) {
	plain := rand.Text()
	v := secret.New(plain)
	err := fmt.Errorf("outer: %w", errors.Join(fmt.Errorf("sign in with %v %s %q %#v", v, v, v, exported{"n", v}), errors.New("other")))
	assertHidden(t, plain, fmt.Sprintf("%v %+v %#v", err, err, err))
}

func TestValue_RevealEmptyEqual(t *testing.T) {
	plain := rand.Text()
	var zero secret.Value
	for _, c := range []struct {
		name  string
		value secret.Value
		plain string
		empty bool
	}{
		{"zero", zero, "", true},
		{"of nothing", secret.New(""), "", true},
		{"of something", secret.New(plain), plain, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.value.Reveal() != c.plain || c.value.Empty() != c.empty {
				t.Error("Reveal or Empty is wrong")
			}
			if c.value.String() != secret.Redacted {
				t.Error("an empty secret prints otherwise than a full one, which tells them apart")
			}
			if !c.value.Equal(secret.New(c.plain)) || c.value.Equal(secret.New(c.plain+"x")) {
				t.Error("Equal is wrong")
			}
		})
	}
}

func TestRedactIn_FindsEverySpelling(t *testing.T) {
	// Every class of character that an encoding treats in its own way.
	plain := rand.Text()[:8] + ` "\/+%&=@é>` + rand.Text()[:8]
	v := secret.New(plain)
	quoted := strconv.Quote(plain)
	cases := map[string]string{
		"plain":           plain,
		"imap quoted":     `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(plain) + `"`,
		"go quoted":       quoted,
		"go quoted ascii": `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(plain) + `"`,
		"query":           url.QueryEscape(plain),
		"path":            url.PathEscape(plain),
		"base64":          base64.StdEncoding.EncodeToString([]byte(plain)),
		"base64 raw":      base64.RawStdEncoding.EncodeToString([]byte(plain)),
		"base64 url":      base64.URLEncoding.EncodeToString([]byte(plain)),
		"base64 url raw":  base64.RawURLEncoding.EncodeToString([]byte(plain)),
	}
	for _, user := range []string{"u", "us", "usr", "you@example.org"} {
		cases["AUTHENTICATE PLAIN of "+user] = base64.StdEncoding.EncodeToString([]byte("\x00" + user + "\x00" + plain))
		cases["XOAUTH2 of "+user] = base64.StdEncoding.EncodeToString([]byte("user=" + user + "\x01auth=Bearer " + plain + "\x01\x01"))
	}
	for name, form := range cases {
		t.Run(name, func(t *testing.T) {
			got := v.RedactIn("NO [ALERT] bad command: " + form + " (twice: " + form + "), sorry")
			if strings.Contains(got, strings.Trim(form, `"`)) || strings.Contains(got, plain[:8]) {
				t.Errorf("still there: %q", got)
			}
			if strings.Count(got, secret.Redacted) != 2 || !strings.HasPrefix(got, "NO [ALERT] bad command: ") || !strings.HasSuffix(got, ", sorry") {
				t.Errorf("the rest of the text suffered: %q", got)
			}
		})
	}
}

func TestRedactIn_LeavesOtherTextAlone(t *testing.T) {
	const text = "NO [AUTHENTICATIONFAILED] Invalid credentials (abc)"
	for name, v := range map[string]secret.Value{
		"no secret":             {},
		"another secret":        secret.New(rand.Text()),
		"too short to be taken": secret.New("abc"),
	} {
		if got := v.RedactIn(text); got != text {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := secret.New("abcd").RedactIn("x abcd y"); got != "x "+secret.Redacted+" y" {
		t.Errorf("the shortest secret that is redacted: %q", got)
	}
}

func FuzzRedactIn(f *testing.F) {
	f.Add("hunter22", "NO hunter22", " tail")
	f.Add("a\"b\\c", "BAD ", "")
	f.Add("pässword", "", "=+/")
	f.Add("acted", "[redacted]", "[red")
	f.Fuzz(func(t *testing.T, plain, before, after string) {
		inMark := strings.Contains(secret.Redacted, plain) //nolint:gocritic // is it a part of the mark?
		if len(plain) < 4 || inMark {
			return
		}
		v := secret.New(plain)
		for _, form := range []string{plain, base64.StdEncoding.EncodeToString([]byte(before + plain + after))} {
			got := v.RedactIn(before + form + after)
			if !strings.Contains(got, secret.Redacted) {
				t.Errorf("%q is not redacted in %q: %q", plain, form, got)
			}
		}
	})
}

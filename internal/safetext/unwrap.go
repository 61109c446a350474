package safetext

import (
	"encoding/base64"
	"net/url"
	"strings"
)

// clickCounters are hosts that lead on to a page named in a parameter, as
// mail services and providers put them around links: host or ".domain", the
// path (a prefix), the parameters.
var clickCounters = [...]struct {
	host, path string
	params     [2]string
}{
	{".safelinks.protection.outlook.com", "/", [2]string{"url"}},
	{"statics.teams.cdn.office.net", "/evergreen-assets/safelinks/", [2]string{"url"}},
	{"urldefense.proofpoint.com", "/v1/url", [2]string{"u"}},
	{"l.facebook.com", "/l.php", [2]string{"u"}},
	{"lm.facebook.com", "/l.php", [2]string{"u"}},
	{"l.instagram.com", "/", [2]string{"u"}},
	{"l.messenger.com", "/l.php", [2]string{"u"}},
	{"www.linkedin.com", "/redir/redirect", [2]string{"url"}},
	{"www.linkedin.com", "/safety/go", [2]string{"url"}},
	{"www.youtube.com", "/redirect", [2]string{"q"}},
	{"slack-redir.net", "/link", [2]string{"url"}},
	{"t.umblr.com", "/redirect", [2]string{"z"}},
	{"out.reddit.com", "/", [2]string{"url"}},
	{"duckduckgo.com", "/l/", [2]string{"uddg"}},
	{"vk.com", "/away.php", [2]string{"to"}},
	{"steamcommunity.com", "/linkfilter/", [2]string{"u", "url"}},
	{"deref-gmx.net", "/mail/client/", [2]string{"redirectUrl"}},
	{"deref-web.de", "/mail/client/", [2]string{"redirectUrl"}},
	{"linkprotect.cudasvc.com", "/url", [2]string{"a"}},
	{"clicktime.symantec.com", "/", [2]string{"u"}},
	{".fireeye.com", "/", [2]string{"u"}},
}

// unwrap is the address of the page that a known click counter leads to, "" if
// a is none. Opaque tokens, which only the counter can read, stay.
func unwrap(a address) string {
	switch {
	case a.host == "urldefense.proofpoint.com" && strings.HasPrefix(a.path, "/v2/url"):
		return proofpointV2(parameter(a.query, "u"))
	case a.host == "urldefense.com" || a.host == "urldefense.us":
		return proofpointV3(a)
	case strings.HasSuffix(a.host, ".awstrack.me"):
		return amazonPath(a.path)
	case googleHost(a.host) && a.path == "/url":
		if target := parameter(a.query, "q"); target != "" {
			return target
		}
		return parameter(a.query, "url")
	}
	for _, c := range clickCounters {
		if !strings.HasSuffix(a.host, c.host) || (c.host[0] != '.' && a.host != c.host) || !strings.HasPrefix(a.path, c.path) {
			continue
		}
		for _, name := range c.params {
			if target := parameter(a.query, name); name != "" && target != "" {
				return target
			}
		}
	}
	return ""
}

// googleHost reports google.com and its national sisters.
func googleHost(host string) bool {
	rest, ok := strings.CutPrefix(strings.TrimPrefix(host, "www."), "google.")
	if !ok {
		return false
	}
	switch rest {
	case "com", "de", "fr", "es", "it", "nl", "pl", "se", "dk", "no", "fi", "pt", "ch", "at", "be", "ie", "ca", "ru", "cz", "gr", "hu", "ro",
		"co.uk", "co.jp", "co.in", "co.kr", "com.au", "com.br", "com.mx", "com.tr", "com.hk", "com.tw", "com.sg":
		return true
	}
	return false
}

// parameter is a decoded query parameter, "" if there is none.
func parameter(query, name string) string {
	for pair := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(strings.TrimPrefix(pair, "amp;"), "=")
		if key == name {
			if decoded, err := url.QueryUnescape(value); err == nil {
				return decoded
			}
			return ""
		}
	}
	return ""
}

// proofpointV2 decodes URL Defense's second form: "-" for "%", "_" for "/".
func proofpointV2(u string) string {
	decoded, err := url.PathUnescape(strings.NewReplacer("-", "%", "_", "/").Replace(u))
	if err != nil {
		return ""
	}
	return decoded
}

// proofpointV3 decodes the third form, /v3/__URL__;BYTES!…: each "*" in the
// URL is the next of the base64url bytes, "**" with a letter several of them.
func proofpointV3(a address) string {
	rest, ok := strings.CutPrefix(a.path, "/v3/__")
	if !ok {
		return ""
	}
	if a.query != "" {
		rest += "?" + a.query
	}
	target, tail, ok := cutLast(rest, "__;")
	if !ok {
		return ""
	}
	encoded, _, _ := strings.Cut(tail, "!")
	bytes, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(encoded, "="))
	if err != nil {
		return ""
	}
	const runs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" // of 2, 3, 4 … bytes
	var b strings.Builder
	for i := 0; i < len(target); i++ {
		if target[i] != '*' {
			b.WriteByte(target[i])
			continue
		}
		n := 1
		if i+2 < len(target) && target[i+1] == '*' {
			if at := strings.IndexByte(runs, target[i+2]); at >= 0 {
				n, i = at+2, i+2
			}
		}
		n = min(n, len(bytes))
		b.Write(bytes[:n])
		bytes = bytes[n:]
	}
	return b.String()
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// amazonPath is the target in a path /L0/https:%2F%2Fhost%2Fpage/…
func amazonPath(path string) string {
	for _, prefix := range []string{"/L0/", "/CL0/"} {
		if rest, ok := strings.CutPrefix(path, prefix); ok {
			encoded, _, _ := strings.Cut(rest, "/")
			if decoded, err := url.PathUnescape(encoded); err == nil {
				return decoded
			}
		}
	}
	return ""
}

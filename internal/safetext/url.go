package safetext

import (
	"net/url"
	"strings"

	"golang.org/x/net/idna"
)

const (
	// maxURL is the longest link target that is shown whole: page addresses
	// fit, click trackers do not.
	maxURL = 160

	// maxHref is the longest that is looked at.
	maxHref = 8 << 10
)

// linkURL makes a link target safe to show: http, https and mailto only, the
// host in ASCII so that look-alike letters show, no user information in front
// of it, no tracking parameters, long ones cut after the path's beginning.
// Anything else is "".
func linkURL(href string) string {
	if len(href) > maxHref {
		href = clip(href, maxHref)
	}
	href = strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f {
			return -1 // browsers drop line ends and tabs in URLs
		}
		return r
	}, scrub(href, nil))
	u, err := url.Parse(href)
	if err != nil {
		return ""
	}
	switch strings.ToLower(u.Scheme) {
	case "mailto":
		address, _, _ := strings.Cut(u.Opaque, "?")
		if address == "" {
			return ""
		}
		return "mailto:" + escapeURL(clip(address, maxURL))
	case "http", "https":
	default:
		return ""
	}
	host := asciiHost(u.Hostname())
	if host == "" {
		return ""
	}
	if port := u.Port(); port != "" {
		host += ":" + port
	}
	path := u.EscapedPath()
	if query := untrack(u.RawQuery); query != "" {
		path += "?" + query
	}
	if u.Fragment != "" {
		path += "#" + u.EscapedFragment()
	}
	if path == "/" {
		path = ""
	}
	out := escapeURL(strings.ToLower(u.Scheme) + "://" + host + path)
	if len(out) > maxURL {
		room := max(maxURL-len("…"), len(u.Scheme)+3+len(host))
		out = clip(out, min(room, len(out))) + "…"
	}
	return out
}

// asciiHost is a host name in its ASCII form, "" if it is none.
func asciiHost(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	if a, err := idna.ToASCII(host); err == nil {
		host = a
	}
	const maxHost = 253 // RFC 1035 §2.3.4
	if len(host) > maxHost || strings.ContainsFunc(host, func(r rune) bool { return r >= 0x80 || strings.ContainsRune("()[]<>\"'`\\|", r) }) {
		return ""
	}
	return strings.ToLower(host)
}

// tracking are query parameters that identify the reader, not the page.
var tracking = map[string]bool{
	"fbclid": true, "gclid": true, "dclid": true, "msclkid": true, "yclid": true, "mc_cid": true, "mc_eid": true,
	"_hsenc": true, "_hsmi": true, "mkt_tok": true, "igshid": true, "vero_id": true, "vero_conv": true,
	"oly_anon_id": true, "oly_enc_id": true, "wickedid": true, "s_cid": true, "ml_subscriber": true, "ml_subscriber_hash": true,
}

// untrack removes tracking parameters and keeps the order of the others.
func untrack(query string) string {
	var kept []string
	for pair := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(strings.ToLower(pair), "=")
		if pair != "" && !strings.HasPrefix(name, "utm_") && !tracking[name] {
			kept = append(kept, pair)
		}
	}
	return strings.Join(kept, "&")
}

// escapeURL percent-encodes what would end a Markdown link or start a tag.
func escapeURL(s string) string {
	return strings.NewReplacer("(", "%28", ")", "%29", "<", "%3C", ">", "%3E", `"`, "%22", "`", "%60", `\`, "%5C", "[", "%5B", "]", "%5D", "|", "%7C", " ", "%20", "*", "%2A").Replace(s)
}

// bareURL is what of a URL must differ to tell a reader something new.
func bareURL(s string) string {
	s = strings.ToLower(strings.NewReplacer(`\`, "", "mailto:", "").Replace(s))
	s = strings.TrimPrefix(strings.TrimPrefix(s, "https://"), "http://")
	return strings.TrimSuffix(s, "/")
}

package safetext

import (
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/net/idna"
)

const (
	// maxURL is the longest link target that is shown whole: page addresses
	// fit, click trackers do not.
	maxURL = 100

	// maxShortPath is how much of the path of a longer one is shown.
	maxShortPath = 40

	// maxHref is the longest that is looked at.
	maxHref = 8 << 10

	// maxHost is the longest host name (RFC 1035 §2.3.4).
	maxHost = 253

	// maxAddress is the longest mail address (RFC 5321 §4.5.3.1.3).
	maxAddress = 254

	// maxUnwrap is how many click counters around each other are taken off.
	maxUnwrap = 4
)

// linkURL makes a link target safe to show: http, https and mailto only, the
// host in full and in ASCII so that look-alike letters show, no user
// information in front of it, no tracking parameters, the page itself instead
// of a known click counter's address, long ones shortened behind the host.
// Anything else is "".
func linkURL(href string) string {
	target, _ := linkTarget(href)
	return target
}

// linkTarget is linkURL together with the host.
func linkTarget(href string) (target, host string) {
	a, ok := resolve(href)
	if !ok {
		return "", ""
	}
	return a.shown(), a.host
}

// fullURL is linkURL for a program to follow: not shortened.
func fullURL(href string) string {
	a, ok := resolve(href)
	if !ok {
		return ""
	}
	return a.full()
}

// resolve takes a link's target apart, and known click counters off.
func resolve(href string) (a address, ok bool) {
	if a, ok = parseAddress(href); !ok {
		return a, false
	}
	for range maxUnwrap {
		inner, ok := parseAddress(unwrap(a))
		if !ok {
			break
		}
		a = inner
	}
	return a, true
}

// address is the target of a link, taken apart as browsers do.
type address struct {
	scheme   string // http, https or mailto
	host     string // ASCII, lower-case
	port     string // with its colon
	path     string // as written; of mailto, the mail address
	query    string // as written, without its question mark
	fragment string // as written, without its number sign
}

// parseAddress follows the URL Standard where it is laxer than RFC 3986, for
// senders write for browsers: blanks and controls are dropped, backslashes are
// slashes, any number of slashes precedes the host.
func parseAddress(href string) (a address, ok bool) {
	href = strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f {
			return -1
		}
		return r
	}, scrub(clip(href, maxHref), nil))
	if strings.HasPrefix(href, "//") {
		href = "https:" + href
	}
	scheme, rest, found := strings.Cut(href, ":")
	if !found {
		return a, false
	}
	a.scheme = strings.ToLower(scheme)
	switch a.scheme {
	case "mailto":
		a.path, _, _ = strings.Cut(rest, "?")
		return a, a.path != "" && len(a.path) <= maxAddress
	case "http", "https":
	default:
		return a, false
	}
	rest, a.fragment, _ = strings.Cut(rest, "#")
	rest, a.query, _ = strings.Cut(rest, "?")
	rest = strings.TrimLeft(strings.ReplaceAll(rest, `\`, "/"), "/")
	authority, _, _ := strings.Cut(rest, "/")
	a.path = rest[len(authority):]
	authority = authority[strings.LastIndexByte(authority, '@')+1:]
	name := authority
	if i := strings.LastIndexByte(authority, ':'); i > strings.LastIndexByte(authority, ']') {
		name, a.port = authority[:i], portOf(authority[i+1:])
	}
	a.host = asciiHost(name)
	return a, a.host != ""
}

// portOf is a port with its colon, "" for none or what is no number.
func portOf(s string) string {
	const longest = 5 // digits of 65535
	if s == "" || len(s) > longest || strings.Trim(s, "0123456789") != "" {
		return ""
	}
	return ":" + s
}

// full is the whole address, without tracking.
func (a address) full() string {
	if a.scheme == "mailto" {
		return "mailto:" + escapeURL(a.path)
	}
	tail := strings.TrimSuffix(a.path, "/")
	if query := untrack(a.query); query != "" {
		tail = a.path + "?" + query
	}
	if a.fragment != "" {
		tail += "#" + a.fragment
	}
	return a.base() + escapeURL(tail)
}

func (a address) base() string { return a.scheme + "://" + a.host + a.port }

// shown is how the address is written in a text.
func (a address) shown() string {
	full := a.full()
	if len(full) <= maxURL || a.scheme == "mailto" {
		return full
	}
	return a.base() + shorten(escapeURL(a.path)) + "…"
}

// shorten keeps what fits of a path, whole words where there are some: what
// follows is a token for the server and says nothing to a reader.
func shorten(path string) string {
	if len(path) <= maxShortPath {
		return path
	}
	short := clip(path, maxShortPath)
	return short[:strings.LastIndexAny(short, "/-_.")+1]
}

// asciiHost is a host name in its ASCII form, "" if it is none.
func asciiHost(host string) string {
	if strings.HasPrefix(host, "[") {
		ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
		if err != nil || !ip.Is6() || ip.Zone() != "" {
			return ""
		}
		return "[" + ip.String() + "]"
	}
	if strings.Contains(host, "%") {
		decoded, err := url.PathUnescape(host)
		if err != nil {
			return ""
		}
		host = scrub(decoded, nil)
	}
	if !isASCII(host) {
		if a, err := idna.Lookup.ToASCII(host); err == nil {
			host = a
		} else if a, err := idna.ToASCII(host); err == nil {
			host = a
		}
	}
	if host == "" || len(host) > maxHost {
		return ""
	}
	for i := range len(host) {
		if c := host[i]; !letterOrDigit(c) && c != '-' && c != '.' && c != '_' {
			return ""
		}
	}
	return strings.ToLower(host)
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) < 0
}

func letterOrDigit(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9'
}

// tracking are query parameters that identify the reader, not the page.
func tracking(name string) bool {
	switch name {
	case "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "ymclid", "twclid", "ttclid", "li_fat_id",
		"igshid", "igsh", "mc_cid", "mc_eid", "mkt_tok", "_hsenc", "_hsmi", "__hssc", "__hstc", "__hsfp", "hsctatracking",
		"vero_id", "vero_conv", "oly_anon_id", "oly_enc_id", "rb_clickid", "wickedid", "s_cid", "cmpid", "epik", "irclickid",
		"ml_subscriber", "ml_subscriber_hash", "sc_src", "sc_lid", "sc_uid", "sc_llid", "sc_eh", "elqtrackid", "elqtrack",
		"_ke", "_kx", "klaviyo_id", "dm_i", "bsft_clkid", "bsft_uid", "bsft_eid", "bsft_mid", "trk_msg", "trk_contact",
		"trk_module", "trk_sid", "mtm_campaign", "mtm_source", "mtm_medium", "pk_campaign", "pk_source", "pk_medium", "ck_subscriber_id":
		return true
	}
	return strings.HasPrefix(name, "utm_")
}

// untrack removes tracking parameters and keeps the order of the others.
func untrack(query string) string {
	if query == "" {
		return ""
	}
	var b strings.Builder
	for pair := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if pair == "" || tracking(strings.ToLower(strings.TrimPrefix(name, "amp;"))) {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('&')
		}
		b.WriteString(pair)
	}
	return b.String()
}

// escapeURL percent-encodes what would end a Markdown link or start a tag.
func escapeURL(s string) string {
	if !strings.ContainsAny(s, "()<>\"`\\[]| *") {
		return s
	}
	return urlEscaper.Replace(s)
}

var urlEscaper = strings.NewReplacer("(", "%28", ")", "%29", "<", "%3C", ">", "%3E", `"`, "%22", "`", "%60", `\`, "%5C",
	"[", "%5B", "]", "%5D", "|", "%7C", " ", "%20", "*", "%2A")

// sameAddress reports that a link's text says all that its target says.
func sameAddress(text, target string) bool {
	return strings.EqualFold(bareURL(text), bareURL(target))
}

// bareURL is what of a URL must differ to tell a reader something new.
func bareURL(s string) string {
	s = strings.TrimPrefix(s, "mailto:")
	if len(s) > len("https://") && strings.EqualFold(s[:4], "http") {
		s = strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(s), "https://"), "http://")
	}
	return strings.TrimSuffix(s, "/")
}

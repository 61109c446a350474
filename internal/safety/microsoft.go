package safety

import (
	"strings"

	"mail-imap-mcp/internal/message"
)

// microsoftID stands for the name Microsoft's results do not give.
const microsoftID = "outlook.com"

// microsoft reports whether results without an authserv-id were written by
// Exchange Online, which writes (2017 to 2025)
//
//	Received: from … by ….outlook.office365.com
//	Authentication-Results: spf=pass (sender IP is …) smtp.mailfrom=…; dkim=…; dmarc=…
//	Received-SPF: Pass (protection.outlook.com: …
//	Received: from mx.sender.example by ….mail.protection.outlook.com
//
// The caller has made sure it is the topmost such field; here the hops above
// must be Microsoft's, at least one, and the next hop below must be its border
// server, with nothing in between but what Exchange puts there.
func (r *reader) microsoft(res results, below []message.Field) bool {
	if len(res.list) == 0 || res.list[0].method != "spf" || len(r.hops) == 0 || r.author {
		return false
	}
	for _, hop := range r.hops {
		if !r.microsoftHost(hop) {
			return false
		}
	}
	for _, f := range below {
		name := strings.ToLower(f.Name)
		switch {
		case name == "received":
			return r.microsoftHost(receivedBy(f.Value))
		case name == "received-spf", strings.HasPrefix(name, "x-ms-"), strings.HasPrefix(name, "x-eop"), strings.HasPrefix(name, "arc-"):
		default:
			return false
		}
	}
	return false
}

// microsoftHost reports a public name below one of Microsoft's mail domains.
func (r *reader) microsoftHost(host string) bool {
	for _, domain := range r.trust.by {
		if strings.HasSuffix(host, "."+domain) && isPublicName(host) {
			return true
		}
	}
	return false
}

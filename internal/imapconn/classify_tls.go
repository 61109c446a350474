package imapconn

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	"mail-imap-mcp/internal/config"
	"mail-imap-mcp/internal/contract"
)

// maxCertNames is how many of a certificate's names an error lists.
const maxCertNames = 5

// tlsFault words what is wrong with TLS, and reports whether it was that.
func (p *Pool) tlsFault(f *contract.Fault, err error) bool {
	host, pre := p.account.Host, p.account.EnvPrefix()
	var (
		unknown  x509.UnknownAuthorityError
		wrong    x509.HostnameError
		invalid  x509.CertificateInvalidError
		notTLS   tls.RecordHeaderError
		alert    tls.AlertError
		verifies *tls.CertificateVerificationError
	)
	switch {
	case errors.As(err, &unknown):
		f.Message = fmt.Sprintf("the certificate of %s is signed by an authority this computer does not know; "+
			"if it is your own, set MAIL_IMAP_CA_CERT_PATH to its certificate (PEM)", host)
	case errors.As(err, &wrong):
		f.Message = fmt.Sprintf("the certificate of the server at %s is not for that name, but for %s; set %sHOST to the name it is for", host, certNames(wrong.Certificate), pre)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		f.Message = fmt.Sprintf("the certificate of %s has expired or is not valid yet (%s to %s); its operator must renew it, or this computer's clock is wrong",
			host, invalid.Cert.NotBefore.UTC().Format("2006-01-02"), invalid.Cert.NotAfter.UTC().Format("2006-01-02"))
	case errors.As(err, &notTLS):
		f.Message = fmt.Sprintf("%s:%d does not speak TLS", host, p.account.Port)
		if p.account.TLS == config.TLSImplicit {
			f.Message += fmt.Sprintf("; use port 993, or %sSECURE=false for STARTTLS (usually port 143)", pre)
		}
	case errors.As(err, &invalid), errors.As(err, &verifies):
		f.Message = fmt.Sprintf("the certificate of %s is not acceptable; its operator must replace it", host)
	case errors.As(err, &alert), strings.HasPrefix(err.Error(), "tls: "), strings.HasPrefix(err.Error(), "remote error: tls"):
		f.Message = fmt.Sprintf("no TLS connection to %s:%d could be agreed on (TLS 1.2 or later is required)", host, p.account.Port)
	default:
		return false
	}
	f.Retryable = false
	return true
}

// certNames lists the names a certificate is for; they are the server's words.
func certNames(cert *x509.Certificate) string {
	if cert == nil {
		return "another"
	}
	names := cert.DNSNames
	for _, ip := range cert.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) == 0 {
		return "none"
	}
	more := ""
	if len(names) > maxCertNames {
		names, more = names[:maxCertNames], "…"
	}
	return serverText(strings.Join(names, ", ")) + more
}

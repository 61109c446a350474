package config_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// newCA makes a self-signed CA and its PEM file.
func newCA(t *testing.T) (*x509.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a CA of this test"},
		NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644); err != nil {
		t.Fatal(err)
	}
	return cert, path
}

func TestLoad_CAIsAddedToTheSystemsRoots(t *testing.T) {
	cert, path := newCA(t)
	cfg := mustLoad(t, "MAIL_IMAP_CA_CERT_PATH="+path)
	if _, err := cert.Verify(x509.VerifyOptions{Roots: cfg.RootCAs}); err != nil {
		t.Errorf("the CA is not trusted: %v", err)
	}
	want, err := x509.SystemCertPool()
	if err != nil {
		want = x509.NewCertPool()
	}
	want.AddCert(cert)
	if !cfg.RootCAs.Equal(want) {
		t.Error("the roots are not the system's and this one")
	}
	if cfg.CACertPath != path {
		t.Errorf("path is %q", cfg.CACertPath)
	}
}

func TestLoad_CAThatCannotBeReadIsAProblem(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "ca.txt")
	large := filepath.Join(dir, "large.pem")
	for path, size := range map[string]int{text: 10, large: 4<<20 + 1} {
		if err := os.WriteFile(path, make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]string{
		dir: "not a regular file", filepath.Join(dir, "gone"): "no such file", text: "no certificate in PEM form", large: "larger than",
	} {
		_, err := load(t, "MAIL_IMAP_CA_CERT_PATH="+path)
		assertProblem(t, err, "MAIL_IMAP_CA_CERT_PATH", path, want)
	}
}

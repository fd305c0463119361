package docstest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// certificates writes what pages on TLS name into a folder: an authority in ca.pem, a
// server's certificate for this machine in cert.pem and key.pem, an authority of callers
// in callers.pem, and one of its certificates in me.pem and me-key.pem.
func certificates(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, pair := range []struct{ authority, certificate, key string }{
		{"ca.pem", "cert.pem", "key.pem"},
		{"callers.pem", "me.pem", "me-key.pem"},
	} {
		caKey, ca := certificate(t, nil, nil)
		key, leaf := certificate(t, ca, caKey)
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		for name, block := range map[string]*pem.Block{
			pair.authority:   {Type: "CERTIFICATE", Bytes: ca.Raw},
			pair.certificate: {Type: "CERTIFICATE", Bytes: leaf.Raw},
			pair.key:         {Type: "PRIVATE KEY", Bytes: der},
		} {
			if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

// certificate makes one that the authority vouches for; without one, an authority.
func certificate(t *testing.T, authority *x509.Certificate, by *ecdsa.PrivateKey) (*ecdsa.PrivateKey, *x509.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: "docs test"},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		DNSNames:     []string{"localhost"},
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	if authority == nil {
		template.IsCA, template.BasicConstraintsValid, template.KeyUsage = true, true, x509.KeyUsageCertSign
		authority, by = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, authority, &key.PublicKey, by)
	if err != nil {
		t.Fatal(err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return key, made
}

package main

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
	"strings"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/server/config"
)

// certify writes name.pem and name.key into dir: a certificate that vouches for itself,
// of this machine's address.
func certify(t *testing.T, dir, name string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{name + ".pem": {Type: "CERTIFICATE", Bytes: cert}, name + ".key": {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(filepath.Join(dir, file), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// Commands over TLS, with a certificate of their own, and what they say without one or
// the other.
func TestCommandsSpeakTLS(t *testing.T) {
	certs, dir := t.TempDir(), t.TempDir()
	file := func(name string) string { return filepath.Join(certs, name) }
	for _, name := range []string{"server", "ada", "stranger"} {
		certify(t, certs, name)
	}
	s := serve(t, dir, "--tls-cert-file", file("server.pem"), "--tls-key-file", file("server.key"), "--tls-client-ca-file", file("ada.pem"))
	defer s.end(t, dir)
	plain := serve(t, t.TempDir())
	defer plain.stop()
	trust := []string{"--tls-ca-file", file("server.pem")}
	shown := func(name string) []string {
		return []string{"--tls-cert-file", file(name + ".pem"), "--tls-key-file", file(name + ".key")}
	}
	for _, c := range []struct {
		target string
		flags  []string
		want   string // empty: it answers
	}{
		{s.addr, append(shown("ada"), trust...), ""},
		{s.addr, shown("ada"), "name its authority with --tls-ca-file"},
		{plain.addr, trust, "does not speak TLS: leave out the --tls flags"},
	} {
		code, _, said := call(t, nil, append([]string{"sites", "--target", c.target}, c.flags...)...)
		if (code == exitOK) != (c.want == "") || !strings.Contains(said, c.want) {
			t.Errorf("%v: %d %q, want %q", c.flags, code, said, c.want)
		}
	}
	// Here the server closes the connection, and what the command sees of that is chance.
	for _, flags := range [][]string{nil, trust, append(shown("stranger"), trust...)} {
		if code, _, said := call(t, nil, append([]string{"sites", "--target", s.addr}, flags...)...); code != exitFailure {
			t.Errorf("%v: %d %s, want it refused", flags, code, said)
		}
	}
}

func TestWhyThereIsNoConnection(t *testing.T) {
	for message, want := range map[string]string{
		"connection refused":                                   "start one with:        vitrine serve",
		"remote error: tls: certificate required":              "give one with --tls-cert-file",
		"error reading server preface: EOF":                    "if it speaks TLS, add --tls",
		"write: broken pipe":                                   "if it wants certificates from its callers, --tls-cert-file",
		"tls: first record does not look like a TLS handshake": "leave out the --tls flags",
	} {
		if got := noConnection("here:1", message).Error(); !strings.Contains(got, want) || !strings.Contains(got, message) || !strings.Contains(got, "here:1") {
			t.Errorf("%s: %q, want %q", message, got, want)
		}
	}
}

// A server that no flag names is the one of the environment; a flag overrules it.
func TestTheEnvironmentNamesTheServer(t *testing.T) {
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"sites"}, "127.0.0.1:1"},
		{[]string{"sites", "--target", "127.0.0.1:2"}, "127.0.0.1:2"},
	} {
		code, _, said := call(t, []string{"VITRINE_TARGET=127.0.0.1:1"}, test.args...)
		if code != exitFailure || !strings.Contains(said, test.want) {
			t.Errorf("%v: exit code %d, %q does not name %s", test.args, code, said, test.want)
		}
	}
	if _, err := config.Load(config.Sources{Environ: []string{"VITRINE_TARGET=127.0.0.1:1"}}); err != nil {
		t.Errorf("a server minds it: %v", err)
	}
}

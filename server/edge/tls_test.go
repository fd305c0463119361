package edge

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
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

	"google.golang.org/grpc/credentials"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/peer"

	"github.com/vitrine-io/vitrine/server/config"

	"google.golang.org/grpc"
)

// pair writes a self-signed certificate and its key, last changed at that time.
func pair(t *testing.T, certFile, keyFile, name string, changed time.Time) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}), changed)
	write(t, keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), changed)
}

func write(t *testing.T, name string, data []byte, changed time.Time) {
	t.Helper()
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(name, changed, changed); err != nil {
		t.Fatal(err)
	}
}

func TestCertificateIsReadAgainWhenItChanges(t *testing.T) {
	cfg := testConfig()
	dir := t.TempDir()
	cfg.TLS.CertFile, cfg.TLS.KeyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	at := time.Now().Add(-time.Hour)
	pair(t, cfg.TLS.CertFile, cfg.TLS.KeyFile, "first", at)
	r := start(t, cfg, &services{})
	// name is the certificate that a new connection is shown.
	name := func() string {
		t.Helper()
		conn := r.dial(t, withTLS(credentials.NewTLS(&tls.Config{InsecureSkipVerify: true})))
		var shown peer.Peer
		if _, err := healthpb.NewHealthClient(conn).Check(testContext(t), &healthpb.HealthCheckRequest{}, grpc.Peer(&shown)); err != nil {
			t.Fatal(err)
		}
		return shown.AuthInfo.(credentials.TLSInfo).State.PeerCertificates[0].Subject.CommonName
	}
	if got := name(); got != "first" {
		t.Fatalf("shown %q, want first", got)
	}

	// In the middle of a renewal the two do not match.
	other := filepath.Join(dir, "other.pem")
	pair(t, cfg.TLS.CertFile, other, "second", at.Add(time.Minute))
	for range 3 {
		if got := name(); got != "first" {
			t.Errorf("in the middle: shown %q, want first still", got)
		}
	}
	if n := strings.Count(r.log.String(), "can't be used"); n != 1 {
		t.Errorf("told %d times, want once:\n%s", n, r.log)
	}
	key, err := os.ReadFile(other)
	if err != nil {
		t.Fatal(err)
	}
	write(t, cfg.TLS.KeyFile, key, at.Add(time.Minute))
	if got := name(); got != "second" {
		t.Errorf("after the renewal: shown %q, want second", got)
	}

	// Files that vanish change nothing either.
	if err := os.Remove(cfg.TLS.CertFile); err != nil {
		t.Fatal(err)
	}
	if got := name(); got != "second" {
		t.Errorf("without the file: shown %q, want second still", got)
	}
}

func TestBadCertificateStopsTheStart(t *testing.T) {
	cfg := testConfig()
	cfg.TLS.CertFile, cfg.TLS.KeyFile = "nowhere.pem", "nowhere.key"
	if _, err := New(Options{Config: cfg}); err == nil || !strings.Contains(err.Error(), `check "tls.cert_file"`) {
		t.Errorf("got %v, want what to do", err)
	}
}

func TestPlainCallersOfATLSServerAreRefused(t *testing.T) {
	cfg := testConfig()
	dir := t.TempDir()
	cfg.TLS.CertFile, cfg.TLS.KeyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	pair(t, cfg.TLS.CertFile, cfg.TLS.KeyFile, "only", time.Now())
	r := start(t, cfg, &services{})
	if _, err := healthpb.NewHealthClient(r.dial(t)).Check(testContext(t), &healthpb.HealthCheckRequest{}); err == nil {
		t.Error("answered without TLS")
	}
}

// Callers' certificates, and the change of who vouches for them.
func TestCallersShowACertificate(t *testing.T) {
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	at := time.Now().Add(-time.Hour)
	for _, name := range []string{"server", "ada", "bob"} {
		pair(t, file(name+".pem"), file(name+".key"), name, at)
	}
	callers := func(name string, changed time.Time) { // who vouches for themselves
		t.Helper()
		text, err := os.ReadFile(file(name + ".pem"))
		if err != nil {
			t.Fatal(err)
		}
		write(t, file("callers.pem"), text, changed)
	}
	ask := func(r *running, name string) error {
		t.Helper()
		mine := &tls.Config{InsecureSkipVerify: true}
		if name != "" {
			cert, err := tls.LoadX509KeyPair(file(name+".pem"), file(name+".key"))
			if err != nil {
				t.Fatal(err)
			}
			// Whatever authorities the server asks for: it is the server that is tested.
			mine.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &cert, nil }
		}
		_, err := healthpb.NewHealthClient(r.dial(t, withTLS(credentials.NewTLS(mine)))).Check(testContext(t), &healthpb.HealthCheckRequest{})
		return err
	}
	want := func(r *running, in map[string]bool) {
		t.Helper()
		for _, name := range []string{"", "ada", "bob"} {
			if err := ask(r, name); (err == nil) != in[name] {
				t.Errorf("%q: %v, want them in: %v", name, err, in[name])
			}
		}
	}
	callers("ada", at)
	cfg := testConfig()
	cfg.TLS = config.TLS{CertFile: file("server.pem"), KeyFile: file("server.key"), ClientCAFile: file("callers.pem"), ClientAuth: config.ClientAuthRequire}
	required := start(t, cfg, &services{})
	want(required, map[string]bool{"ada": true})

	cfg = testConfig()
	cfg.TLS = config.TLS{CertFile: file("server.pem"), KeyFile: file("server.key"), ClientCAFile: file("callers.pem"), ClientAuth: config.ClientAuthRequest}
	requested := start(t, cfg, &services{})
	want(requested, map[string]bool{"ada": true, "": true})

	callers("bob", at.Add(time.Minute))
	want(required, map[string]bool{"bob": true})
	want(requested, map[string]bool{"bob": true, "": true})

	// What is no certificate changes nothing, least of all that one is wanted.
	write(t, file("callers.pem"), []byte("half a fi"), at.Add(2*time.Minute))
	want(required, map[string]bool{"bob": true})
	if !strings.Contains(required.log.String(), `check \"tls.client_ca_file\"`) {
		t.Errorf("the log does not say what is wrong:\n%s", required.log)
	}
}

func TestBadAuthoritiesStopTheStart(t *testing.T) {
	cfg := testConfig()
	dir := t.TempDir()
	cfg.TLS.CertFile, cfg.TLS.KeyFile, cfg.TLS.ClientCAFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"), filepath.Join(dir, "key.pem")
	pair(t, cfg.TLS.CertFile, cfg.TLS.KeyFile, "only", time.Now())
	if _, err := New(Options{Config: cfg}); err == nil || !strings.Contains(err.Error(), `holds no certificate in PEM: check "tls.client_ca_file"`) {
		t.Errorf("got %v, want what to do", err)
	}
}

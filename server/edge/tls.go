package edge

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/vitrine-io/vitrine/server/config"
)

// certificate is the server's key pair, and the authorities of its callers' certificates,
// in files. Each handshake looks whether they changed, which costs some microseconds, so
// that a renewed certificate holds for the next connection. While the files can't be
// read, or don't match, as in the middle of a renewal, what was read last stays.
type certificate struct {
	files config.TLS
	log   *slog.Logger

	mu      sync.Mutex
	loaded  *tls.Config // of gRPC
	read    stamps      // of the files when they were read
	refused stamps      // of files that could not be read; logged once
}

// stamps tell whether one of the files changed.
type stamps [3]struct {
	size     int64
	modified time.Time
}

func newCertificate(files config.TLS, log *slog.Logger) (*certificate, error) {
	c := &certificate{files: files, log: log}
	c.read = c.stamps()
	var err error
	if c.loaded, err = c.load(); err != nil {
		return nil, fmt.Errorf("tls: %w", err)
	}
	return c, nil
}

// config implements tls.Config.GetConfigForClient.
func (c *certificate) config(*tls.ClientHelloInfo) (*tls.Config, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	// The stamps are taken before the files are read: what changes in between
	// is seen by the next handshake.
	now := c.stamps()
	if now == c.read || now == c.refused {
		return c.loaded, nil
	}
	loaded, err := c.load()
	if err != nil {
		c.refused = now
		c.log.Warn("the changed certificate can't be used; the one before stays", "error", err)
		return c.loaded, nil
	}
	c.loaded, c.read, c.refused = loaded, now, stamps{}
	c.log.Info("certificate read again", "file", c.files.CertFile, "expires", loaded.Certificates[0].Leaf.NotAfter)
	return c.loaded, nil
}

// get implements tls.Config.GetCertificate, for callers who need none themselves.
func (c *certificate) get(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	loaded, err := c.config(hello)
	if err != nil {
		return nil, err
	}
	return &loaded.Certificates[0], nil
}

// load reads the files.
func (c *certificate) load() (*tls.Config, error) {
	pair, err := tls.LoadX509KeyPair(c.files.CertFile, c.files.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("certificate %s with key %s: %w: check \"tls.cert_file\" and \"tls.key_file\"", c.files.CertFile, c.files.KeyFile, err)
	}
	loaded := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}, NextProtos: []string{"h2"}}
	if c.files.ClientCAFile == "" {
		return loaded, nil
	}
	loaded.ClientAuth = tls.RequireAndVerifyClientCert
	if c.files.ClientAuth == config.ClientAuthRequest {
		loaded.ClientAuth = tls.VerifyClientCertIfGiven
	}
	// A resumed session would let in whom an authority vouched for that was taken out
	// since. Connections are long: a handshake more is nothing.
	loaded.SessionTicketsDisabled = true
	if loaded.ClientCAs, err = authorities(c.files.ClientCAFile); err != nil {
		return nil, fmt.Errorf("callers' authorities %s: %w: check \"tls.client_ca_file\"", c.files.ClientCAFile, err)
	}
	return loaded, nil
}

// authorities reads certificates in PEM.
func authorities(file string) (*x509.CertPool, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, errors.New("holds no certificate in PEM")
	}
	return pool, nil
}

func (c *certificate) stamps() (all stamps) {
	for i, name := range []string{c.files.CertFile, c.files.KeyFile, c.files.ClientCAFile} {
		if info, err := os.Stat(name); name != "" && err == nil {
			all[i].size, all[i].modified = info.Size(), info.ModTime()
		}
	}
	return all
}

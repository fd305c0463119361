package edge

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// certificate is a key pair in two files. Each handshake looks whether they
// changed, which costs some microseconds, so that a renewed certificate holds
// for the next connection. While the files can't be read, or don't match, as in
// the middle of a renewal, the pair read last stays.
type certificate struct {
	certFile, keyFile string
	log               *slog.Logger

	mu      sync.Mutex
	pair    *tls.Certificate
	read    [2]stamp // of the files when pair was read
	refused [2]stamp // of files that could not be read; logged once
}

// stamp tells whether a file changed.
type stamp struct {
	size     int64
	modified time.Time
}

func newCertificate(certFile, keyFile string, log *slog.Logger) (*certificate, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile, log: log}
	c.read = c.stamps()
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return nil, fmt.Errorf("tls: certificate %s with key %s: %w: check \"tls.cert_file\" and \"tls.key_file\"", certFile, keyFile, err)
	}
	c.pair = &pair
	return c, nil
}

// get implements tls.Config.GetCertificate.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	// The stamps are taken before the files are read: what changes in between
	// is seen by the next handshake.
	now := c.stamps()
	if now == c.read || now == c.refused {
		return c.pair, nil
	}
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		c.refused = now
		c.log.Warn("the changed certificate can't be used; the one before stays", "error", err)
		return c.pair, nil
	}
	c.pair, c.read, c.refused = &pair, now, [2]stamp{}
	c.log.Info("certificate read again", "file", c.certFile, "expires", pair.Leaf.NotAfter)
	return c.pair, nil
}

func (c *certificate) stamps() (stamps [2]stamp) {
	for i, name := range []string{c.certFile, c.keyFile} {
		if info, err := os.Stat(name); err == nil {
			stamps[i] = stamp{info.Size(), info.ModTime()}
		}
	}
	return stamps
}

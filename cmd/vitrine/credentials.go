package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"

	"github.com/spf13/pflag"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/vitrine-io/vitrine/server/auth"
)

// Where a command finds its API key. No flag takes it: everybody on the machine sees
// flags in the list of processes.
const (
	keyEnv     = "VITRINE_API_KEY"
	keyFileEnv = "VITRINE_API_KEY_FILE"
)

// access is how a command gets into the server, as its flags and the environment say.
type access struct {
	keyFile   string
	tls       bool
	caFile    string
	certFile  string
	certKey   string
	plaintext bool
}

func (c *access) flags(fs *pflag.FlagSet) {
	fs.StringVar(&c.keyFile, "api-key-file", "", "`file` with the API key; else "+keyFileEnv+" names one, or "+keyEnv+" is the key itself")
	fs.BoolVar(&c.tls, "tls", false, "speak TLS, and trust the system's authorities")
	fs.StringVar(&c.caFile, "tls-ca-file", "", "speak TLS, and trust the authorities in this PEM `file`")
	fs.StringVar(&c.certFile, "tls-cert-file", "", "PEM `file` with a certificate to show the server (mTLS)")
	fs.StringVar(&c.certKey, "tls-key-file", "", "PEM `file` with that certificate's private key")
	fs.BoolVar(&c.plaintext, "plaintext", false, "send the API key unencrypted to another machine: in a network that you trust")
}

// dialOptions are those of a connection to target.
func (c *access) dialOptions(a *app, target string) ([]grpc.DialOption, error) {
	transport, secure, err := c.transport()
	if err != nil {
		return nil, err
	}
	options := []grpc.DialOption{grpc.WithTransportCredentials(transport)}
	key, err := c.key(a)
	if err != nil || key == nil {
		return options, err
	}
	if !secure && !c.plaintext && !nearby(target) {
		return nil, usagef("the API key would go to %s in plain text: add --tls or --tls-ca-file, or --plaintext if you trust the network in between", target)
	}
	return append(options, grpc.WithPerRPCCredentials(bearer(key.Reveal()))), nil
}

// transport is TLS if a flag asks for it.
func (c *access) transport() (_ credentials.TransportCredentials, secure bool, err error) {
	if (c.certFile == "") != (c.certKey == "") {
		return nil, false, usagef("--tls-cert-file and --tls-key-file belong together: give both")
	}
	if !c.tls && c.caFile == "" && c.certFile == "" {
		return insecure.NewCredentials(), false, nil
	}
	cfg := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.caFile != "" {
		text, err := os.ReadFile(c.caFile)
		if err != nil {
			return nil, false, usagef("--tls-ca-file: %w", err)
		}
		cfg.RootCAs = x509.NewCertPool()
		if !cfg.RootCAs.AppendCertsFromPEM(text) {
			return nil, false, usagef("--tls-ca-file: %s holds no certificate in PEM", c.caFile)
		}
	}
	if c.certFile != "" {
		pair, err := tls.LoadX509KeyPair(c.certFile, c.certKey)
		if err != nil {
			return nil, false, usagef("--tls-cert-file %s with --tls-key-file %s: %w", c.certFile, c.certKey, err)
		}
		cfg.Certificates = []tls.Certificate{pair}
	}
	return credentials.NewTLS(cfg), true, nil
}

// key is the API key, nil if there is none.
func (c *access) key(a *app) (*auth.Secret, error) {
	file, from := c.keyFile, "--api-key-file"
	if file == "" {
		file, from = a.env(keyFileEnv), keyFileEnv
	}
	text := a.env(keyEnv)
	if file != "" {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, usagef("%s: %w", from, err)
		}
		text = string(b)
	} else {
		from = keyEnv
	}
	if text = strings.TrimSpace(text); text == "" {
		if file != "" {
			return nil, usagef("%s: %s is empty", from, file)
		}
		return nil, nil
	}
	secret, err := auth.ParseSecret(text)
	if err != nil {
		return nil, usagef("what %s has %w", from, err)
	}
	return &secret, nil
}

// nearby reports whether what is sent to the target stays on this machine.
func nearby(target string) bool {
	host, _, err := net.SplitHostPort(target)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// bearer sends a secret with every call. Whether the connection may carry it was judged
// when it was made.
type bearer string

// GetRequestMetadata implements credentials.PerRPCCredentials.
func (b bearer) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"authorization": b.header()}, nil
}

func (b bearer) header() string { return "Bearer " + string(b) }

// RequireTransportSecurity implements credentials.PerRPCCredentials.
func (bearer) RequireTransportSecurity() bool { return false }

// notLetIn says what to do where no key, or none in force, was sent.
func notLetIn(target, message string) error {
	return fmt.Errorf("%s lets nobody in without an API key: %s\ngive it in %s, or a file with it in --api-key-file\nthe first key is made while no server runs on the data: vitrine keys create me --role admin --data-dir DIR", target, message, keyEnv)
}

// noConnection says why nothing came of a connection that was made, or else that nobody
// is there.
func noConnection(target, message string) error {
	// A server that refuses a certificate may be gone before its reason arrives.
	const closes = "%s closes the connection: if it speaks TLS, add --tls, or --tls-ca-file for an authority of your own; if it wants certificates from its callers, --tls-cert-file and --tls-key-file"
	for _, known := range []struct{ part, text string }{
		{"certificate required", "%s wants a certificate from its callers: give one with --tls-cert-file and --tls-key-file"},
		{"certificate signed by unknown authority", "%s shows a certificate that nobody trusted vouches for: name its authority with --tls-ca-file"},
		{"first record does not look like a TLS handshake", "%s does not speak TLS: leave out the --tls flags"},
		{"x509: certificate is", "%s shows a certificate of another name"},
		{"server preface", closes}, {"broken pipe", closes}, {"connection reset by peer", closes},
	} {
		if strings.Contains(message, known.part) {
			return fmt.Errorf(known.text+"\n(%s)", target, message)
		}
	}
	return errors.New("no server answers at " + target + "\nstart one with:        vitrine serve\nor, with a shop in it: vitrine demo\n(" + message + ")")
}

// Package auth says who calls and what they may: secrets, the keys in force, and which
// method takes which role. It knows no transport; package edge asks it at every call.
package auth

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"log/slog"
	"strings"
)

// A secret is a prefix that people and secret scanners know, and 36 bytes in
// lower-case base32: 32 random ones and the CRC-32C of these, so that a letter that got
// lost is told from a key that was revoked.
const (
	secretPrefix = "vk_"
	secretRandom = 32
	secretBytes  = secretRandom + crc32.Size
	secretLength = len(secretPrefix) + (8*secretBytes+4)/5 // 61
	shownLength  = len(secretPrefix) + 6                   // 30 of 256 random bits
)

// What is wrong with a text that is no secret.
var (
	errNoSecret = errors.New("is not an API key: one begins with vk_ and has 61 characters")
	errMistyped = errors.New("is no API key as it was given out: a character is wrong or missing")
)

var (
	base32Lower = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)
	castagnoli  = crc32.MakeTable(crc32.Castagnoli)
)

// Secret is what a caller shows. Only Reveal tells it whole: it may be printed and
// logged, and says its first characters then.
type Secret struct{ text string }

// NewSecret makes one of 256 random bits.
func NewSecret(random io.Reader) (Secret, error) {
	var b [secretBytes]byte
	if _, err := io.ReadFull(random, b[:secretRandom]); err != nil {
		return Secret{}, fmt.Errorf("auth: make a secret: %w", err)
	}
	binary.BigEndian.PutUint32(b[secretRandom:], crc32.Checksum(b[:secretRandom], castagnoli))
	return Secret{secretPrefix + base32Lower.EncodeToString(b[:])}, nil
}

// ParseSecret checks that text is a secret, not whether it is in force. The error says
// what is wrong, without the text.
func ParseSecret(text string) (Secret, error) {
	encoded, found := strings.CutPrefix(text, secretPrefix)
	if !found || len(text) < shownLength {
		return Secret{}, errNoSecret
	}
	if len(text) != secretLength {
		return Secret{}, errMistyped
	}
	b, err := base32Lower.DecodeString(encoded)
	if err != nil || len(b) != secretBytes { // the decoder passes over some bytes
		return Secret{}, errMistyped
	}
	if binary.BigEndian.Uint32(b[secretRandom:]) != crc32.Checksum(b[:secretRandom], castagnoli) ||
		base32Lower.EncodeToString(b) != encoded { // bits beyond the last byte
		return Secret{}, errMistyped
	}
	return Secret{text}, nil
}

// Reveal is the whole secret.
func (s Secret) Reveal() string { return s.text }

// Prefix is what may be shown of it.
func (s Secret) Prefix() string { return s.text[:min(shownLength, len(s.text))] }

// String implements fmt.Stringer.
func (s Secret) String() string { return s.Prefix() + "…" }

// GoString implements fmt.GoStringer.
func (s Secret) GoString() string { return s.String() }

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// hash is what is kept of a secret. One round is enough: there are 2^256 secrets, so
// that nobody tries them out, which slow hashes are there to hinder.
func hash(secret string) [sha256.Size]byte { return sha256.Sum256([]byte(secret)) }

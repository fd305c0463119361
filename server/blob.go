package server

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/contact"
)

// blobs seal the contacts of visitors who may not be known, for the caller to keep.
//
// Layout: version 1 | key 2 | nonce 12 | sealed: expiry 4, contacts, zeros | tag 16.
// AES-256-GCM (NIST SP 800-38D); version, key and site are authenticated with it. The
// key is that of the day it was sealed on, derived from the installation's secret
// (HKDF, RFC 5869): random nonces are safe for 2^32 seals a key, some fifty thousand
// a second all day. Keys of days gone by open as well. It has always the same length,
// which so tells nothing.
type blobs struct {
	secret []byte
	chance io.Reader
}

const (
	blobVersion = 1
	blobBytes   = 512
	blobHead    = 1 + 2
	blobNonce   = 12
	blobTag     = 16
	blobPlain   = blobBytes - blobHead - blobNonce - blobTag
	blobExpiry  = 4
	// blobContacts is what is left for the contacts: some forty with fifteen creatives.
	blobContacts = blobPlain - blobExpiry
	day          = 24 * time.Hour
)

// seal writes contacts out.
func (b *blobs) seal(site scoring.SiteID, contacts contact.Log, now time.Time) ([]byte, error) {
	contacts = contacts.Within(blobContacts)
	out := make([]byte, blobHead+blobNonce, blobBytes)
	out[0] = blobVersion
	key := uint16(now.Unix() / int64(day/time.Second))
	binary.BigEndian.PutUint16(out[1:], key)
	if _, err := io.ReadFull(b.chance, out[blobHead:]); err != nil {
		return nil, fmt.Errorf("draw a nonce: %w", err)
	}
	plain := make([]byte, blobExpiry, blobPlain)
	until := max(contacts.Until().Unix(), now.Unix())
	binary.BigEndian.PutUint32(plain, uint32(until))
	plain = contacts.Append(plain)[:blobPlain]
	aead, err := b.cipher(key)
	if err != nil {
		return nil, err
	}
	return aead.Seal(out, out[blobHead:], plain, bound(out, site)), nil
}

// open reads what seal wrote for the site. It adds a violation if there is a blob and
// it is not one of ours for the site.
func (b *blobs) open(v *violations, field string, site scoring.SiteID, blob []byte, now time.Time) contact.Log {
	if len(blob) == 0 {
		return contact.Log{}
	}
	contacts, until, ok := b.read(site, blob)
	if !ok {
		v.add(field, "is not one that Decide returned for this site: hand it in unchanged, or leave it out")
		return contact.Log{}
	}
	if !now.Before(until) {
		return contact.Log{}
	}
	return contacts
}

func (b *blobs) read(site scoring.SiteID, blob []byte) (contacts contact.Log, until time.Time, ok bool) {
	if len(blob) != blobBytes || blob[0] != blobVersion {
		return contacts, until, false
	}
	aead, err := b.cipher(binary.BigEndian.Uint16(blob[1:]))
	if err != nil {
		return contacts, until, false
	}
	plain, err := aead.Open(nil, blob[blobHead:blobHead+blobNonce], blob[blobHead+blobNonce:], bound(blob, site))
	if err != nil {
		return contacts, until, false
	}
	contacts, _, err = contact.Decode(plain[blobExpiry:])
	return contacts, time.Unix(int64(binary.BigEndian.Uint32(plain)), 0), err == nil
}

// bound is what is authenticated beside the contacts.
func bound(blob []byte, site scoring.SiteID) []byte {
	return append(append([]byte(nil), blob[:blobHead]...), site...)
}

func (b *blobs) cipher(key uint16) (cipher.AEAD, error) {
	derived, err := hkdf.Key(sha256.New, b.secret, nil, fmt.Sprintf("vitrine contacts of day %d", key), 32)
	if err != nil {
		return nil, fmt.Errorf("derive the key of contact blobs: %w", err)
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return nil, fmt.Errorf("make the cipher of contact blobs: %w", err)
	}
	return cipher.NewGCM(block)
}

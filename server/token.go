package server

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
)

// idEncoding writes ids in lower-case letters and digits that sort as their
// bytes do (Crockford's alphabet).
var idEncoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// idBytes is the length of a decision id before it is written: 48 bits of time
// in milliseconds and 80 bits of chance, as in a ULID.
const idBytes = 16

// newDecisionID returns an id that sorts by time.
func newDecisionID(now time.Time) scoring.DecisionID {
	var b [idBytes]byte
	binary.BigEndian.PutUint64(b[:], uint64(now.UnixMilli())<<16)
	rand.Read(b[6:]) // never fails
	return scoring.DecisionID(idEncoding.EncodeToString(b[:]))
}

// Tokens sign what an event may later be attributed to. The signature is made
// once a decision; each token adds the item's place to it.
//
// Layout, in base64url: version 1 | decision id 16 | signature 8 | placement 1
// | position 1.
const (
	tokenVersion = 1
	tokenMAC     = 8
	tokenBytes   = 1 + idBytes + tokenMAC + 2
)

// tokens makes and reads attribution tokens under the installation's secret.
type tokens struct{ key []byte }

// forDecision returns a function that writes the token of an item.
func (t *tokens) forDecision(site scoring.SiteID, id scoring.DecisionID) func(placement, position int) string {
	var b [tokenBytes]byte
	b[0] = tokenVersion
	if _, err := idEncoding.Decode(b[1:1+idBytes], []byte(id)); err != nil {
		panic(fmt.Sprintf("server: decision id %q is not ours", id))
	}
	copy(b[1+idBytes:], t.mac(site, b[1:1+idBytes]))
	return func(placement, position int) string {
		b[tokenBytes-2], b[tokenBytes-1] = byte(placement), byte(position)
		return base64.RawURLEncoding.EncodeToString(b[:])
	}
}

// check adds a violation unless token is empty or one of ours for this site.
func (t *tokens) check(v *violations, field string, site scoring.SiteID, token string) {
	if token == "" {
		return
	}
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(b) != tokenBytes || b[0] != tokenVersion ||
		!hmac.Equal(b[1+idBytes:1+idBytes+tokenMAC], t.mac(site, b[1:1+idBytes])) {
		v.add(field, "is not one that Decide returned for this site: echo it unchanged, or leave it out")
	}
}

func (t *tokens) mac(site scoring.SiteID, id []byte) []byte {
	h := hmac.New(sha256.New, t.key)
	h.Write([]byte(site))
	h.Write([]byte{0})
	h.Write(id)
	return h.Sum(nil)[:tokenMAC]
}

package server

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash"
	"io"
	"math"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/vitrine-io/vitrine/scoring"
)

// idEncoding writes ids in lower-case letters and digits that sort as their
// bytes do (Crockford's alphabet).
var idEncoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// idBytes is the length of a decision id before it is written: 48 bits of time
// in milliseconds and 80 bits of chance, as in a ULID.
const idBytes = 16

// newDecisionID returns an id that sorts by time.
func newDecisionID(now time.Time, chance io.Reader) (scoring.DecisionID, error) {
	var b [idBytes]byte
	binary.BigEndian.PutUint64(b[:], uint64(now.UnixMilli())<<16)
	if _, err := io.ReadFull(chance, b[6:]); err != nil {
		return "", fmt.Errorf("draw a decision's id: %w", err)
	}
	return scoring.DecisionID(idEncoding.EncodeToString(b[:])), nil
}

// Tokens sign what an event may later be attributed to. The signature is made
// once a decision; each token adds to it what stood there.
//
// Layout, in base64url: version 2 | decision id 16 | signature 8 | placement 1
// | position 1 | page type 1 | objective 1 | propensity 2. Version 1 ended after
// the position.
//
// What the blend learns from a choice travels in the token, and not by way of the
// decision's record: an event then costs no look-up, and tells the same whether
// the record was kept, is past retention, or lies on another machine. It is not
// signed: a signature an item would cost 5 us a page, and whoever can forge it
// can send any number of clicks as well. What may be learned from one event is
// bounded (scoring/model/outcome.go).
const (
	tokenVersion = 2
	tokenMAC     = 8
	tokenHead    = 1 + idBytes + tokenMAC
	tokenBytes1  = tokenHead + 2
	tokenBytes   = tokenBytes1 + 4
)

// tokens makes and reads attribution tokens under the installation's secret.
type tokens struct {
	key  []byte
	macs sync.Pool // of hash.Hash under the key: to make one takes as long as to use it
}

// signedTokens writes the tokens of a decision's items.
type signedTokens struct {
	bytes   [tokenBytes]byte
	written [(tokenBytes*8 + 5) / 6]byte // in base64
}

// forDecision signs the tokens of a decision.
func (t *tokens) forDecision(site scoring.SiteID, id scoring.DecisionID) *signedTokens {
	s := &signedTokens{}
	b := &s.bytes
	b[0] = tokenVersion
	if _, err := idEncoding.Decode(b[1:1+idBytes], []byte(id)); err != nil {
		panic(fmt.Sprintf("server: decision id %q is not ours", id))
	}
	copy(b[1+idBytes:], t.mac(site, b[1:1+idBytes]))
	return s
}

// of is the token of an item, until the next is asked for.
func (s *signedTokens) of(placement int, led scoring.Led) []byte {
	b := &s.bytes
	b[tokenHead], b[tokenHead+1] = byte(placement), byte(led.Position)
	b[tokenHead+2], b[tokenHead+3] = byte(led.Page), byte(led.Objective)
	binary.BigEndian.PutUint16(b[tokenHead+4:], uint16(math.Ceil(led.Propensity*math.MaxUint16)))
	base64.RawURLEncoding.Encode(s.written[:], b[:])
	return s.written[:]
}

// read returns what a token of ours for this site says of the choice, as far as
// it does: nil for a token of version 1, or none. It adds a violation if there is
// a token and it is not one of ours.
func (t *tokens) read(v *violations, field string, site scoring.SiteID, token string) *scoring.Led {
	if token == "" {
		return nil
	}
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(b) < tokenBytes1 ||
		b[0] == 1 && len(b) != tokenBytes1 || b[0] == tokenVersion && len(b) != tokenBytes || b[0] == 0 || b[0] > tokenVersion ||
		!hmac.Equal(b[1+idBytes:tokenHead], t.mac(site, b[1:1+idBytes])) {
		v.add(field, "is not one that Decide returned for this site: echo it unchanged, or leave it out")
		return nil
	}
	if b[0] == 1 {
		return nil
	}
	led := &scoring.Led{
		Position: int(b[tokenHead+1]), Page: scoring.PageType(b[tokenHead+2]), Objective: scoring.Objective(b[tokenHead+3]),
		Propensity: float64(binary.BigEndian.Uint16(b[tokenHead+4:])) / math.MaxUint16,
	}
	if led.Page > scoring.PageOther || led.Objective > scoring.ObjectiveRevenue {
		v.add(field, "is not one that Decide returned for this site: echo it unchanged, or leave it out")
		return nil
	}
	return led
}

// tokenPlace is where the item of a token stood.
type tokenPlace struct {
	decision            scoring.DecisionID
	placement, position int
	hash                uint64    // of all this
	time                time.Time // that the decision was made
}

// placeOf reads where the item of a token stood; false for what is no token. It does
// not check the signature, as read does.
func placeOf(token string) (p tokenPlace, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(b) < tokenBytes1 {
		return p, false
	}
	return tokenPlace{
		decision:  scoring.DecisionID(idEncoding.EncodeToString(b[1 : 1+idBytes])),
		placement: int(b[tokenHead]), position: int(b[tokenHead+1]),
		hash: hashOf(b[1:1+idBytes], b[tokenHead], b[tokenHead+1]),
		time: time.UnixMilli(int64(binary.BigEndian.Uint64(b[1:]) >> 16)),
	}, true
}

// hashOf stands for the item at a place of a decision.
func hashOf(id []byte, placement, position byte) uint64 {
	return xxhash.Sum64(append(id[:idBytes:idBytes], placement, position))
}

// tokenHashes returns the function that tells, of the items of a decision's placement,
// what tokenPlace.hash will be.
func tokenHashes(id scoring.DecisionID, placement int) func(position int) uint64 {
	var b [idBytes]byte
	if _, err := idEncoding.Decode(b[:], []byte(id)); err != nil {
		panic(fmt.Sprintf("server: decision id %q is not ours", id))
	}
	return func(position int) uint64 { return hashOf(b[:], byte(placement), byte(position)) }
}

func (t *tokens) mac(site scoring.SiteID, id []byte) []byte {
	h, ok := t.macs.Get().(hash.Hash)
	if !ok {
		h = hmac.New(sha256.New, t.key)
	}
	defer t.macs.Put(h)
	h.Reset()
	var b [maxID + 1 + idBytes]byte
	h.Write(append(append(append(b[:0], site...), 0), id...))
	return h.Sum(nil)[:tokenMAC]
}

package server

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"github.com/vitrine-io/vitrine/scoring"
)

// beaconKind says what a beacon tells of; it stands in its URL.
type beaconKind string

// The kinds of beacons.
const (
	beaconView  beaconKind = "v" // a pixel: the creative came into sight
	beaconClick beaconKind = "c" // a redirect: it was clicked
)

// beacon is what stands in a URL that tells of a response to a creative. It names
// the creative beside the token, so that a click finds its landing page when the
// decision is no longer kept.
type beacon struct {
	kind     beaconKind
	site     scoring.SiteID
	campaign scoring.CampaignID
	creative scoring.CreativeID
	token    string // the item's attribution token
}

// beacons makes and reads the URLs of beacons under a key of the installation:
//
//	{base}/{kind}/{site}/{campaign}/{creative}/{token}.{signature}
//
// The signature is over all before it. Where a click leads is never in the URL: it is
// looked up, so that nobody can make a redirect to elsewhere.
type beacons struct {
	base string // without a slash at its end; empty: no URLs are handed out
	key  []byte
}

// beaconMAC is the length of a signature in bytes: 2^-96 for a guess.
const beaconMAC = 12

// maxBeacon bounds the path of a URL: three ids of 63 bytes, a token and a signature
// take less.
const maxBeacon = 512

// url writes the URL of a beacon.
func (s *beacons) url(b beacon) string {
	text := b.text()
	return s.base + text + "." + s.signature(text)
}

// text is the path of the URL before the signature.
func (b *beacon) text() string {
	return "/" + string(b.kind) + "/" + string(b.site) + "/" + string(b.campaign) + "/" + string(b.creative) + "/" + b.token
}

func (s *beacons) signature(text string) string {
	h := hmac.New(sha256.New, s.key)
	h.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:beaconMAC])
}

// read reads the path of a URL. genuine reports whether it is one that url wrote; of
// one that is not, what can be told is told.
func (s *beacons) read(path string) (b beacon, genuine bool) {
	path, rooted := strings.CutPrefix(path, "/")
	if len(path) > maxBeacon || !rooted {
		return b, false
	}
	parts := strings.Split(path, "/")
	names := make([]string, 4)
	for k := range min(len(parts), len(names)) {
		if k > 0 && !validSiteID(parts[k]) {
			break
		}
		names[k] = parts[k]
	}
	b = beacon{kind: beaconKind(names[0]), site: scoring.SiteID(names[1]), campaign: scoring.CampaignID(names[2]), creative: scoring.CreativeID(names[3])}
	if len(parts) != 5 || b.creative == "" || b.kind != beaconView && b.kind != beaconClick {
		return b, false
	}
	token, signature, _ := strings.Cut(parts[4], ".")
	b.token = token
	return b, hmac.Equal([]byte(signature), []byte(s.signature(b.text())))
}

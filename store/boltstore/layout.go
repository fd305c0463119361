package boltstore

import (
	"encoding/binary"
	"time"

	"github.com/vitrine-io/vitrine/store"
)

// The top-level buckets. Below events, decisions and siteData stands one bucket
// a site, named by its number.
//
// journal.db:
//
//	meta       format, installation, seq (the last number given out)
//	events     site -> hour of arrival -> seq -> record; "head" -> seq, written
//	           by retention so that it outlives the hours
//	decisions  site -> hour of arrival -> decision id -> record
//	deciders   site -> hour of arrival -> whose the decisions are (decisioncolumn.go);
//	           "since" -> the last hour that has decisions without it
//	erasures   site, number -> record of an erasure under way
//
// state.db:
//
//	meta       format, installation, watermark, last site number (its sequence)
//	sites      site id -> record
//	siteData   site -> profiles, products, placements, campaigns, creatives,
//	                   segments -> id -> record
//	secrets    name -> record
//	apiKeys    key id -> record
var (
	bucketMeta      = []byte("meta")
	bucketEvents    = []byte("events")
	bucketDecisions = []byte("decisions")
	bucketDeciders  = []byte("deciders")
	bucketErasures  = []byte("erasures")
	bucketSites     = []byte("sites")
	bucketSiteData  = []byte("siteData")
	bucketSecrets   = []byte("secrets")
	bucketAPIKeys   = []byte("apiKeys")

	bucketProfiles   = []byte("profiles")
	bucketProducts   = []byte("products")
	bucketPlacements = []byte("placements")
	bucketCampaigns  = []byte("campaigns")
	bucketCreatives  = []byte("creatives")
	bucketSegments   = []byte("segments")

	keyFormat       = []byte("format")
	keyInstallation = []byte("installation")
	keySeq          = []byte("seq")
	keyHead         = []byte("head")
	keyWatermark    = []byte("watermark")
	keySince        = []byte("since")
)

// siteBuckets are those that every site has in siteData.
var siteBuckets = [][]byte{bucketProfiles, bucketProducts, bucketPlacements, bucketCampaigns, bucketCreatives, bucketSegments}

// format is the version of the layout above. A file with a higher one is not
// opened.
const format = 1

// Keys are big endian, so that their order is that of the numbers.

func seqKey(s store.Seq) []byte { return binary.BigEndian.AppendUint64(nil, uint64(s)) }

// keySeqOf is the inverse of seqKey, and 0 for what is no such key.
func keySeqOf(k []byte) store.Seq {
	if len(k) != 8 {
		return 0
	}
	return store.Seq(binary.BigEndian.Uint64(k))
}

// hour counts hours since 1970.
type hour uint32

func hourOf(t time.Time) hour {
	secs := t.Unix()
	if secs < 0 {
		return 0
	}
	return hour(secs / 3600)
}

func (h hour) end() time.Time { return time.Unix((int64(h)+1)*3600, 0) }

func (h hour) key() []byte { return binary.BigEndian.AppendUint32(nil, uint32(h)) }

// keyHour is the inverse of hour.key; ok is false for what is no such key.
func keyHour(k []byte) (h hour, ok bool) {
	if len(k) != 4 {
		return 0, false
	}
	return hour(binary.BigEndian.Uint32(k)), true
}

// siteNo is the number of a site, never used again.
type siteNo uint32

func (n siteNo) key() []byte { return binary.BigEndian.AppendUint32(nil, uint32(n)) }

func keySiteNo(k []byte) (n siteNo, ok bool) {
	if len(k) != 4 {
		return 0, false
	}
	return siteNo(binary.BigEndian.Uint32(k)), true
}

package boltstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// checker looks for what is wrong in both files, whose pages are sound.
type checker struct {
	ctx       context.Context
	codec     codec
	snapshots snapshots
	most      int               // findings
	progress  func(bytes int64) // how much was looked at; nil: nobody asks

	journal, state *bolt.Tx
	alive          map[siteNo]scoring.SiteID
	seq            store.Seq // the last number given out
	watermark      store.Seq // the last that is in all profiles
	since          hour      // up to here decisions may have no fingerprints
	fingerprints   []byte    // the key of fingerprints
	erasing        map[profileKey]store.Seq

	seen            Inspection
	looked, tellNow int64 // bytes
}

func newChecker(ctx context.Context, codec codec, snapshots snapshots, most int) *checker {
	return &checker{ctx: ctx, codec: codec, snapshots: snapshots, most: most}
}

func (c *checker) run(journal, state *bolt.Tx) {
	c.journal, c.state = journal, state
	for _, f := range []struct {
		name    string
		tx      *bolt.Tx
		buckets [][]byte
	}{
		{journalName, journal, [][]byte{bucketMeta, bucketEvents, bucketDecisions}},
		{stateName, state, [][]byte{bucketMeta, bucketSites, bucketSiteData, bucketSecrets}},
	} {
		for _, b := range f.buckets {
			if f.tx.Bucket(b) == nil {
				c.report(place{file: f.name}, "it has no %s", b)
			}
		}
	}
	if len(c.seen.Findings) > 0 {
		return
	}
	if !bytes.Equal(journal.Bucket(bucketMeta).Get(keyInstallation), state.Bucket(bucketMeta).Get(keyInstallation)) {
		c.report(place{file: stateName}, "it belongs to another data folder than %s", journalName)
	}
	c.alive = make(map[siteNo]scoring.SiteID)
	c.seq = store.Seq(metaNumber(journal, keySeq))
	c.watermark = store.Seq(metaNumber(state, keyWatermark))
	if c.watermark > c.seq {
		c.report(place{file: stateName, bucket: "meta"}, "the watermark %d is ahead of the journal, %d", c.watermark, c.seq)
	}
	c.sites()
	c.secrets()
	c.apiKeys()
	c.erasures()
	for _, no := range slices.Sorted(maps.Keys(c.alive)) {
		c.siteData(no)
		c.events(no)
		c.decisions(no)
		c.snapshotsOf(no)
	}
}

// place is where something is wrong.
type place struct {
	file, bucket string
	key          []byte
}

// report notes a finding. Its words must not be personal.
func (c *checker) report(at place, format string, args ...any) {
	if len(c.seen.Findings) < c.most {
		c.seen.Findings = append(c.seen.Findings, Finding{at.file, at.bucket, bytes.Clone(at.key), fmt.Sprintf(format, args...)})
	}
}

// err is what was found, as one error.
func (c *checker) err() error {
	var all []error
	for _, f := range c.seen.Findings {
		all = append(all, fmt.Errorf("%s: %w", f.what(), store.ErrCorrupt))
	}
	return errors.Join(all...)
}

func (c *checker) enough() bool { return len(c.seen.Findings) >= c.most || c.ctx.Err() != nil }

// look counts what is looked at.
func (c *checker) look(k, v []byte) {
	c.looked += int64(len(k) + len(v))
	if c.progress != nil && c.looked >= c.tellNow {
		c.progress(c.looked)
		c.tellNow = c.looked + copyReport
	}
}

func (c *checker) sites() {
	_ = c.state.Bucket(bucketSites).ForEach(func(k, v []byte) error {
		at := place{stateName, string(bucketSites), k}
		var r siteRecord
		if err := c.codec.decode(v, &r); err != nil {
			c.report(at, "%v", err)
			return nil
		}
		if other, ok := c.alive[r.No]; ok {
			c.report(at, "sites %q and %q share number %d", k, other, r.No)
		}
		if uint64(r.No) > c.state.Bucket(bucketMeta).Sequence() {
			c.report(at, "site %q has number %d, which was never given out", k, r.No)
		}
		c.alive[r.No] = scoring.SiteID(k)
		c.seen.Sites++
		return nil
	})
}

func (c *checker) secrets() {
	_ = c.state.Bucket(bucketSecrets).ForEach(func(k, v []byte) error {
		seed, err := openRecord(v)
		if err == nil && string(k) == fingerprintSecret {
			c.fingerprints, err = deriveSecret(seed, fingerprintSecret, fingerprintKey)
		}
		if err != nil {
			c.report(place{stateName, string(bucketSecrets), k}, "%v", err)
		}
		return nil
	})
	if deciders := c.journal.Bucket(bucketDeciders); deciders != nil {
		c.since, _ = keyHour(deciders.Get(keySince))
	}
}

func (c *checker) apiKeys() {
	b := c.state.Bucket(bucketAPIKeys)
	if b == nil { // of an earlier version
		return
	}
	_ = b.ForEach(func(k, v []byte) error {
		at := place{stateName, string(bucketAPIKeys), k}
		var key store.APIKey
		if err := c.codec.decode(v, &key); err != nil {
			c.report(at, "%v", err)
		} else if string(key.ID) != string(k) {
			c.report(at, "API key %q stands at %q", key.ID, k)
		}
		return nil
	})
}

// erasures notes whose events are still to be deleted.
func (c *checker) erasures() {
	c.erasing = make(map[profileKey]store.Seq)
	b := c.journal.Bucket(bucketErasures)
	if b == nil {
		return
	}
	_ = b.ForEach(func(k, v []byte) error {
		at := place{journalName, string(bucketErasures), k}
		var r erasureRecord
		if err := c.codec.decode(v, &r); err != nil {
			c.report(at, "%v", err)
			return nil
		}
		if len(k) != 12 {
			c.report(at, "a key that is none")
			return nil
		}
		no, _ := keySiteNo(k[:4])
		if seq := keySeqOf(k[4:]); seq > c.seq {
			c.report(at, "the erasure %d is ahead of the journal, %d", seq, c.seq)
		} else {
			c.erasing[profileKey{no, r.Visitor}] = seq
		}
		return nil
	})
}

func (c *checker) siteData(no siteNo) {
	c.seen.Profiles += c.records(no, bucketProfiles, func(_, v []byte) error {
		h, err := decodeProfile(v)
		if err == nil && h.seq > c.seq {
			return fmt.Errorf("is at event %d, the journal ends at %d", h.seq, c.seq)
		}
		return err
	})
	c.seen.Products += c.records(no, bucketProducts, func(k, v []byte) error {
		var p scoring.Product
		err := c.codec.decode(v, &p)
		if err == nil && string(p.ID) != string(k) {
			return fmt.Errorf("%q stands at %q", p.ID, k)
		}
		return err
	})
	c.records(no, bucketPlacements, func(k, v []byte) error { return placements.check(c.codec, k, v) })
	c.records(no, bucketCampaigns, func(k, v []byte) error { return campaigns.check(c.codec, k, v) })
	c.records(no, bucketCreatives, func(k, v []byte) error { return creatives.check(c.codec, k, v) })
	c.records(no, bucketSegments, func(k, v []byte) error { return segments.check(c.codec, k, v) })
}

// records looks at the records of a bucket of a site, and counts them. A folder of an
// earlier version lacks buckets, which opening it makes.
func (c *checker) records(no siteNo, name []byte, fn func(k, v []byte) error) (n int) {
	at := place{file: stateName, bucket: path.Join(string(bucketSiteData), fmt.Sprintf("%08x", uint32(no)), string(name))}
	b := siteBucket(c.state, no, name)
	if b == nil {
		if slices.ContainsFunc(siteBuckets[:3], func(first []byte) bool { return bytes.Equal(first, name) }) {
			c.report(at, "site %q has none", c.alive[no])
		}
		return 0
	}
	cur := b.Cursor()
	for k, v := cur.First(); k != nil && !c.enough(); k, v = cur.Next() {
		n++
		c.look(k, v)
		if err := fn(k, v); err != nil {
			at.key = k
			c.report(at, "number %d of site %q: %v", n, c.alive[no], err)
		}
	}
	return n
}

func inHour(bucket []byte, no siteNo, h []byte) string {
	return fmt.Sprintf("%s/%08x/%x", bucket, uint32(no), h)
}

func (c *checker) events(no siteNo) {
	hours := c.journal.Bucket(bucketEvents).Bucket(no.key())
	if hours == nil {
		return
	}
	profiles := siteBucket(c.state, no, bucketProfiles)
	var last store.Seq
	cur := hours.Cursor()
	for k, v := cur.First(); k != nil && !c.enough(); k, v = cur.Next() {
		at := place{journalName, inHour(bucketEvents, no, k), nil}
		if _, ok := keyHour(k); !ok || v != nil {
			if string(k) != string(keyHead) {
				c.report(at, "site %q: unknown key %x", c.alive[no], k)
			}
			continue
		}
		events := hours.Bucket(k).Cursor()
		for key, value := events.First(); key != nil && !c.enough(); key, value = events.Next() {
			c.look(key, value)
			c.seen.Events++
			at.key = key
			seq := keySeqOf(key)
			if seq <= last {
				c.report(at, "site %q: event %d follows event %d", c.alive[no], seq, last)
			}
			last = seq
			c.event(at, no, seq, value, profiles)
		}
	}
	if last > c.seq {
		c.report(place{file: journalName, bucket: "meta"}, "site %q: event %d is ahead of the journal, %d", c.alive[no], last, c.seq)
	}
}

func (c *checker) event(at place, no siteNo, seq store.Seq, record []byte, profiles *bolt.Bucket) {
	var e scoring.Event
	if err := c.codec.decodeEvent(record, &e); err != nil {
		c.report(at, "site %q, event %d: %v", c.alive[no], seq, err)
		return
	}
	if hash, _ := eventRecordHash(record); hash != eventHash(no, e.ID) {
		c.report(at, "site %q, event %d: the hash of its id is another's", c.alive[no], seq)
	}
	if e.Visitor == "" || seq > c.watermark || profiles == nil || c.erasing[profileKey{no, e.Visitor}] >= seq {
		return
	}
	var h held
	var err error
	if v := profiles.Get([]byte(e.Visitor)); v != nil {
		h, _, err = decodeHead(v)
	}
	if err == nil && (h.seq < seq || !h.chunks.have(chunkOf(seq))) { // a damaged record is told of as such
		c.report(at, "site %q, event %d: its visitor's profile does not know of it", c.alive[no], seq)
	}
}

func (c *checker) decisions(no siteNo) {
	hours := c.journal.Bucket(bucketDecisions).Bucket(no.key())
	if hours == nil {
		return
	}
	cur := hours.Cursor()
	for k, v := cur.First(); k != nil && !c.enough(); k, v = cur.Next() {
		at := place{journalName, inHour(bucketDecisions, no, k), nil}
		h, ok := keyHour(k)
		if !ok || v != nil {
			c.report(at, "site %q: unknown key %x", c.alive[no], k)
			continue
		}
		known := c.deciders(no, h)
		decisions := hours.Bucket(k).Cursor()
		for key, value := decisions.First(); key != nil && !c.enough(); key, value = decisions.Next() {
			c.look(key, value)
			c.seen.Decisions++
			at.key = key
			var d scoring.Decision
			if err := c.codec.decodeDecision(value, &d); err != nil {
				c.report(at, "site %q, decision %q: %v", c.alive[no], key, err)
			} else if string(d.ID) != string(key) {
				c.report(at, "site %q: decision %q stands at %q", c.alive[no], d.ID, key)
			} else if known != nil {
				for _, v := range peopleOf(&d) {
					if !known[decider{fingerprintOf(c.fingerprints, no, v), d.ID}] {
						c.report(at, "site %q, decision %q: it is not among those of its visitor", c.alive[no], key)
					}
				}
			}
		}
	}
}

// deciders are whose the decisions of an hour are; nil for an hour in which nobody
// wrote that down.
func (c *checker) deciders(no siteNo, h hour) map[decider]bool {
	if h <= c.since || c.fingerprints == nil || c.journal.Bucket(bucketDeciders) == nil {
		return nil
	}
	known := make(map[decider]bool)
	column := columnOf(c.journal, no, h)
	if column == nil {
		return known
	}
	at := place{journalName, inHour(bucketDeciders, no, h.key()), nil}
	cur := column.Cursor()
	for k, _ := cur.Seek([]byte{columnFingerprints}); len(k) == 9 && k[0] == columnFingerprints; k, _ = cur.Next() {
		all, err := readColumn(column, uint64(keySeqOf(k[1:])))
		if err != nil {
			at.key = k
			c.report(at, "site %q: %v", c.alive[no], err)
		}
		for _, d := range all {
			known[d] = true
		}
	}
	return known
}

func (c *checker) snapshotsOf(no siteNo) {
	dir := c.snapshots.siteDir(no)
	files, err := os.ReadDir(dir)
	if err != nil {
		return // none yet
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), snapshotSuffix) {
			continue
		}
		at := place{file: path.Join(snapshotsDir, filepath.Base(dir), f.Name())}
		seq, err := loadSnapshot(filepath.Join(dir, f.Name()), func(io.Reader) error { return nil })
		if errors.Is(err, store.ErrNotFound) {
			continue // replaced at this moment
		}
		if err != nil {
			c.report(at, "site %q: %v", c.alive[no], err)
		} else if seq > c.seq {
			c.report(at, "site %q: it is at event %d, the journal ends at %d", c.alive[no], seq, c.seq)
		}
	}
}

//go:build unix

package boltstore

import (
	"context"
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
	"github.com/vitrine-io/vitrine/store"
)

const stepEvents = 10_000 // that each step is taken for by turns

// BenchmarkEventStep takes by themselves the steps of an event from where it comes into
// the store until its visitor's profile is written behind it: of events of visitors as
// Zipf has them, whose profiles are in memory. An op is one event. Of a commit each event
// has its share: the fewer share it, the more it is.
func BenchmarkEventStep(b *testing.B) {
	ctx := context.Background()
	s := benchStore(b, Options{CheckpointEvery: time.Hour, DirtyProfiles: 1 << 20})
	source := newBenchEvents("step", "crowd")
	events := make([]scoring.Event, stepEvents)
	for range 20 {
		source.fill(events)
		if _, err := s.Append(ctx, "shop", events); err != nil {
			b.Fatal(err)
		}
	}
	source.fill(events)
	site, err := s.site("shop")
	orFail(b, err)
	entries := make([]store.Entry, stepEvents)
	profiles := make([]held, stepEvents)
	for i := range events {
		entries[i].Event = events[i]
		profiles[i], err = s.profiles.get(profileKey{site.no, events[i].Visitor})
		orFail(b, err)
		profiles[i].profile = visitor.Apply(profiles[i].profile, &events[i])
	}
	records, hashes, err := s.codec.encodeEvents(site.no, entries)
	orFail(b, err)
	known := newDedupe(time.Hour, 1<<30)
	rng := rand.New(rand.NewPCG(1, 1))
	for range 1_000_000 {
		known.add(1, rng.Uint64())
	}
	seq := store.Seq(1 << 40)
	commit := func(i, n int) {
		orFail(b, s.journal.update(func(tx *bolt.Tx) error {
			r := &request{site: site, records: records[i : i+n], entries: entries[i : i+n]}
			for k := range r.entries {
				seq++
				r.entries[k].Seq = seq
			}
			w := journalWriter{tx: tx, hour: 1 << 20}
			return w.write(r)
		}))
	}
	for _, step := range []struct {
		name string
		size int // events that one call takes
		take func(i int)
	}{
		{"encode", 1, func(i int) { _, _, err := s.codec.encodeEvents(site.no, entries[i:i+1]); orFail(b, err) }},
		{"encode/batch=100", 100, func(i int) { _, _, err := s.codec.encodeEvents(site.no, entries[i:i+100]); orFail(b, err) }},
		{"dedupe", 1, func(i int) { hashes[i] += 1 << 20; known.add(1, hashes[i]) }},
		{"commit/batch=1", 1, func(i int) { commit(i, 1) }},
		{"commit/batch=100", 100, func(i int) { commit(i, 100) }},
		{"commit/batch=1000", 1000, func(i int) { commit(i, 1000) }},
		{"read", 1, func(i int) { _, err := s.profiles.get(profileKey{site.no, events[i].Visitor}); orFail(b, err) }},
		{"apply", 1, func(i int) { profiles[i].profile = visitor.Apply(profiles[i].profile, &events[i]) }},
		{"profile", 1, func(i int) { _, err := encodeProfile(profiles[i]); orFail(b, err) }},
	} {
		b.Run("step="+step.name, func(b *testing.B) { timeStep(b, step.size, stepEvents, step.take) })
	}
}

// BenchmarkDecisionStep takes the steps of a decision's record by themselves, for a page
// of 20 products with three reasons each: 0.6 KB. An op is one decision; those of a
// commit are as many as gather in 50 ms at 5,000 a second.
func BenchmarkDecisionStep(b *testing.B) {
	s := benchStore(b, Options{})
	site, err := s.site("shop")
	orFail(b, err)
	const n = 1000
	decisions := make([]scoring.Decision, n)
	records := make([][]byte, n)
	encoded := make([]*encodedDecision, n)
	for i := range decisions {
		decisions[i] = pageOf20(i)
		records[i], err = s.codec.appendDecision(nil, &decisions[i])
		orFail(b, err)
		encoded[i] = &encodedDecision{
			site: site, id: decisions[i].ID, record: records[i],
			who: owners{of: [2]fingerprint{s.fingerprintOf(site.no, decisions[i].Visitor)}, n: 1},
		}
	}
	made := 0
	var room []byte
	for _, step := range []struct {
		name string
		size int
		take func(i int)
	}{
		{"encode", 1, func(i int) { room, err = s.codec.appendDecision(room[:0], &decisions[i]); orFail(b, err) }},
		{"encode/version=1", 1, func(i int) { _, err := s.codec.encode(&decisions[i]); orFail(b, err) }},
		{"decode", 1, func(i int) { orFail(b, s.codec.decodeDecision(records[i], new(scoring.Decision))) }},
		{"whose", 1, func(i int) {
			for _, v := range peopleOf(&decisions[i]) {
				s.fingerprintOf(site.no, v)
			}
		}},
		{"commit/batch=250", 250, func(i int) {
			batch := encoded[i : i+250]
			for k := range batch {
				made++
				batch[k].id = scoring.DecisionID(fmt.Sprintf("01jx%022d", made))
			}
			orFail(b, s.journal.update(func(tx *bolt.Tx) error {
				w := journalWriter{tx: tx, hour: 1 << 20}
				return w.write(&request{decisions: batch})
			}))
		}},
	} {
		b.Run("step="+step.name, func(b *testing.B) { timeStep(b, step.size, n, step.take) })
	}
}

// pageOf20 is the i-th decision of a page as the shop's demo has them.
func pageOf20(i int) scoring.Decision {
	items := make([]scoring.Item, 20)
	share := func(x float32) float64 { return float64(x) } // scores and shares are worked out in floats of 32 bits
	for n := range items {
		items[n] = scoring.Item{
			Product: scoring.ProductID(fmt.Sprintf("sku-%05d", (i*31+n)%50_000)), Score: share(1 / float32(n+3)), Propensity: 1,
			Reasons: []scoring.Reason{
				{Kind: scoring.ReasonInterest, Share: share(0.5123), Facet: 1<<40 | scoring.FacetID(n%7)},
				{Kind: scoring.ReasonViewedTogether, Share: share(0.3877), Product: "sku-00077", Did: scoring.ProductViewed},
				{Kind: scoring.ReasonPopular, Share: share(0.1)},
			},
		}
	}
	return scoring.Decision{
		ID: scoring.DecisionID(fmt.Sprintf("01jx%022d", i)), Time: time.Unix(1_772_000_000, 123_000).UTC(), Mode: scoring.ModeProfile,
		Visitor: scoring.VisitorID(fmt.Sprintf("visitor-%08d", i)), Allowed: 7,
		Context:     scoring.Context{PageType: scoring.PageHome, Device: scoring.DevicePhone, Locale: "en-GB"},
		DataClasses: []scoring.DataClass{scoring.DataPageContext, scoring.DataProfile, scoring.DataSiteBehaviour},
		Placements:  []scoring.FilledPlacement{{Placement: "home", Items: items}},
	}
}

// timeStep takes a step for one after the other of so many, size at a time, in an order in
// which neighbours do not follow each other, and reports what one takes of the cores.
func timeStep(b *testing.B, size, of int, take func(i int)) {
	b.ReportAllocs()
	before := cpuTime()
	for i := range (b.N + size - 1) / size {
		take(i * 7919 % (of / size) * size)
	}
	b.ReportMetric(float64((cpuTime()-before).Nanoseconds())/1e3/float64(b.N), "cpu-us/op")
}

// cpuTime is what this process has taken of the cores so far.
func cpuTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func orFail(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

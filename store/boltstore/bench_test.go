package boltstore

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

// benchEvents draws product views of visitors that come back as Zipf has it. In
// a crowd of 100,000 most have a few events, and the busiest of 200,000 events
// has some 50; regulars are the first thousand of a list that half of all events
// go to, whose profiles are full.
type benchEvents struct {
	run  string
	zipf *rand.Zipf
	n    atomic.Int64
	mu   sync.Mutex
}

func newBenchEvents(run, who string) *benchEvents {
	rng := rand.New(rand.NewPCG(1, 2))
	if who == "regulars" {
		return &benchEvents{run: run, zipf: rand.NewZipf(rng, 1.1, 50, 20_000)}
	}
	return &benchEvents{run: run, zipf: rand.NewZipf(rng, 1.5, 20_000, 100_000)}
}

func (b *benchEvents) fill(events []scoring.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range events {
		n := b.n.Add(1)
		events[i] = scoring.Event{
			ID:      scoring.EventID(fmt.Sprintf("%s-%012d", b.run, n)),
			Type:    scoring.ProductViewed,
			Visitor: scoring.VisitorID(fmt.Sprintf("visitor-%08d", b.zipf.Uint64())),
			Time:    time.Unix(1_772_000_000+n/100, 123_000),
			Items: []scoring.EventItem{{
				Product: scoring.ProductID(fmt.Sprintf("sku-%05d", n*7919%50_000)), Quantity: 1,
				Facets: []scoring.FacetID{1<<40 | scoring.FacetID(n%20), 1<<41 | scoring.FacetID(n%50), 1<<42 | scoring.FacetID(n%7), 1<<43 | scoring.FacetID(n%9)},
			}},
		}
	}
}

func benchStore(b *testing.B, opts Options) *Store {
	b.Helper()
	s := openTest(b, b.TempDir(), opts)
	if _, err := s.CreateSite(context.Background(), scoring.Site{ID: "shop"}); err != nil {
		b.Fatal(err)
	}
	return s
}

// appendAll appends b.N events in calls of so many, that many at a time, and
// reports events a second.
func appendAll(b *testing.B, inflight, size int, who string, call func(events []scoring.Event) error) {
	b.Helper()
	source := newBenchEvents(b.Name(), who)
	calls := make([][]scoring.Event, (b.N+size-1)/size)
	for i := range calls {
		calls[i] = make([]scoring.Event, size)
		source.fill(calls[i])
	}
	var next atomic.Int64
	b.ReportAllocs()
	b.ResetTimer()
	var wg sync.WaitGroup
	for range inflight {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(calls) {
					return
				}
				if err := call(calls[i]); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(len(calls)*size)/b.Elapsed().Seconds(), "events/s")
}

func BenchmarkAppend(b *testing.B) {
	ctx := context.Background()
	for _, bench := range []struct {
		inflight, size int
		who            string
	}{
		{1, 1, "crowd"}, {16, 1, "crowd"}, {64, 1, "crowd"}, {256, 1, "crowd"},
		{1, 100, "crowd"}, {4, 100, "crowd"}, {16, 100, "crowd"},
		{1, 1000, "crowd"}, {4, 1000, "crowd"}, {16, 1000, "crowd"}, {4, 1000, "regulars"},
	} {
		name := fmt.Sprintf("inflight=%d/batch=%d/visitors=%s", bench.inflight, bench.size, bench.who)
		b.Run(name+"/store=vitrine", func(b *testing.B) {
			s := benchStore(b, Options{})
			appendAll(b, bench.inflight, bench.size, bench.who, func(events []scoring.Event) error {
				_, err := s.Append(ctx, "shop", events)
				return err
			})
		})
		b.Run(name+"/store=bare", func(b *testing.B) {
			bare := newBareJournal(b)
			appendAll(b, bench.inflight, bench.size, bench.who, bare.append)
		})
	}
}

// bareJournal is the least that a group commit on bbolt can do with the same
// bytes: neither profiles nor dedupe. What BenchmarkAppend is held against.
type bareJournal struct {
	db    *bolt.DB
	codec codec
	queue chan *bareCall
	seq   uint64
}

type bareCall struct {
	records [][]byte
	done    chan error
}

func newBareJournal(b *testing.B) *bareJournal {
	db, err := bolt.Open(filepath.Join(b.TempDir(), "bare.db"), 0o600, &bolt.Options{NoFreelistSync: true, FreelistType: bolt.FreelistMapType})
	if err != nil {
		b.Fatal(err)
	}
	j := &bareJournal{db: db, codec: testCodec(b), queue: make(chan *bareCall, 1024)}
	done := spawn(j.run)
	b.Cleanup(func() {
		close(j.queue)
		<-done
		_ = db.Close()
	})
	return j
}

func (j *bareJournal) append(events []scoring.Event) error {
	entries := make([]store.Entry, len(events))
	for i := range events {
		entries[i].Event = events[i]
	}
	records, _, err := j.codec.encodeEvents(1, entries)
	if err != nil {
		return err
	}
	c := &bareCall{records, make(chan error, 1)}
	j.queue <- c
	return <-c.done
}

func (j *bareJournal) run() {
	for first := range j.queue {
		calls, n := []*bareCall{first}, len(first.records)
	grow:
		for n < 3000 {
			select {
			case c, ok := <-j.queue:
				if !ok {
					break grow
				}
				calls = append(calls, c)
				n += len(c.records)
			default:
				break grow
			}
		}
		err := j.db.Update(func(tx *bolt.Tx) error {
			bucket, err := tx.CreateBucketIfNotExists([]byte("events"))
			if err != nil {
				return err
			}
			bucket.FillPercent = 1
			for _, c := range calls {
				for _, r := range c.records {
					j.seq++
					if err := bucket.Put(seqKey(store.Seq(j.seq)), r); err != nil {
						return err
					}
				}
			}
			return nil
		})
		for _, c := range calls {
			c.done <- err
		}
	}
}

func BenchmarkReplay(b *testing.B) {
	ctx := context.Background()
	for _, bench := range []struct {
		events int
		who    string
	}{{1_000_000, "crowd"}, {1_000_000, "regulars"}} {
		b.Run(fmt.Sprintf("events=%d/visitors=%s", bench.events, bench.who), func(b *testing.B) {
			dir := b.TempDir()
			// As after a crash: everything in the journal, no watermark.
			s, err := Open(dir, Options{CheckpointEvery: time.Hour, DirtyProfiles: 1 << 40})
			if err != nil {
				b.Fatal(err)
			}
			if _, err := s.CreateSite(ctx, scoring.Site{ID: "shop"}); err != nil {
				b.Fatal(err)
			}
			source := newBenchEvents("replay", bench.who)
			for range bench.events / 2000 {
				events := make([]scoring.Event, 2000)
				source.fill(events)
				if _, err := s.Append(ctx, "shop", events); err != nil {
					b.Fatal(err)
				}
			}
			crashed := filepath.Join(b.TempDir(), "crashed")
			if err := os.CopyFS(crashed, os.DirFS(dir)); err != nil {
				b.Fatal(err)
			}
			if err := s.Close(); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				b.StopTimer()
				again := copyFolder(b, crashed)
				b.StartTimer()
				s, err := Open(again, Options{CheckpointEvery: time.Hour})
				if err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				if err := s.Close(); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
			b.ReportMetric(float64(bench.events)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

func BenchmarkProfile(b *testing.B) {
	ctx := context.Background()
	const visitors = 50_000
	dir := b.TempDir()
	s := openTest(b, dir, Options{ProfileCache: 2 * visitors})
	if _, err := s.CreateSite(ctx, scoring.Site{ID: "shop"}); err != nil {
		b.Fatal(err)
	}
	id := func(n uint64) scoring.VisitorID { return scoring.VisitorID(fmt.Sprintf("visitor-%08d", n)) }
	source := newBenchEvents("profile", "crowd")
	for n := range uint64(visitors) { // a dozen events for each
		events := make([]scoring.Event, 12)
		source.fill(events)
		for i := range events {
			events[i].Visitor = id(n)
		}
		if _, err := s.Append(ctx, "shop", events); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	for name, cache := range map[string]int{"hit": 4 * visitors, "miss": 64} {
		b.Run(name, func(b *testing.B) {
			s := openTest(b, dir, Options{ProfileCache: cache})
			if name == "hit" {
				for n := range uint64(visitors) {
					if _, err := s.Profile(ctx, "shop", id(n)); err != nil {
						b.Fatal(err)
					}
				}
			}
			rng := rand.New(rand.NewPCG(1, 2))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Profile(ctx, "shop", id(rng.Uint64N(visitors))); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkRecordDecision has a page of 20 products with two reasons each taken
// and made durable; ns/op is both, taken-ns what the caller waits.
func BenchmarkRecordDecision(b *testing.B) {
	s := benchStore(b, Options{DecisionQueue: 1 << 30})
	var items []scoring.Item
	for n := range 20 {
		items = append(items, scoring.Item{Product: scoring.ProductID(fmt.Sprintf("sku-%05d", n)), Score: 1 / float64(n+3), Propensity: 0.7, Reasons: []scoring.Reason{
			{Kind: scoring.ReasonInterest, Share: 0.6123, Facet: 1 << 40}, {Kind: scoring.ReasonViewedTogether, Share: 0.3877, Product: "sku-00077"},
		}})
	}
	decisions := make([]*scoring.Decision, b.N)
	for i := range decisions {
		decisions[i] = &scoring.Decision{
			ID: scoring.DecisionID(fmt.Sprintf("01jx%022d", i)), Time: time.Unix(1_772_000_000, 0), Visitor: "visitor-00000001", Mode: scoring.ModeProfile,
			Placements: []scoring.FilledPlacement{{Placement: "home", Items: items}},
		}
	}
	b.ReportAllocs()
	b.ResetTimer()
	for _, d := range decisions {
		s.RecordDecision("shop", d)
	}
	taken := b.Elapsed()
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(taken.Nanoseconds())/float64(b.N), "taken-ns")
}

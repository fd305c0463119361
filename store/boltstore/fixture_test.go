package boltstore

import (
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
	"github.com/vitrine-io/vitrine/store"
)

var update = flag.Bool("update", false, "write testdata anew; only before a format has been released")

const fixtureDir = "testdata/v1"

// fixtureNow is when the fixture was written.
func fixtureNow() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

func fixtureOptions() Options {
	return Options{Now: fixtureNow, CheckpointEvery: time.Hour}
}

// What the fixture holds.
func fixtureEvents() []scoring.Event {
	euros := func(n int64) *scoring.Money { return &scoring.Money{Currency: "EUR", Nanos: n * 1e9} }
	at := func(s int) time.Time { return fixtureNow().Add(time.Duration(s)*time.Second + 123*time.Microsecond) }
	return []scoring.Event{
		{ID: "e1", Type: scoring.ProductViewed, Visitor: "v1", Time: at(1), Items: []scoring.EventItem{{Product: "p1", Quantity: 1, Facets: []scoring.FacetID{7, 1 << 47}}}},
		{ID: "e2", Type: scoring.ProductAdded, Visitor: "v1", Person: "person", Time: at(2), Items: []scoring.EventItem{{Product: "p1", Quantity: 2, Price: euros(10)}}},
		{
			ID: "e3", Type: scoring.OrderCompleted, Visitor: "v1", Time: at(3),
			Items:            []scoring.EventItem{{Product: "p1", Quantity: 2, Price: euros(10)}},
			Order:            &scoring.Order{ID: "o1", Revenue: euros(25), Tax: euros(4), Shipping: euros(5), Coupon: "SPRING"},
			AttributionToken: "token", Channel: scoring.ChannelApp, Dwell: 1500 * time.Millisecond,
			Context: &scoring.Context{PageType: scoring.PageCheckout, LocalTime: at(3603), Attributes: map[string]string{"a": "1"}},
		},
		{ID: "e4", Type: scoring.ProductsSearched, Visitor: "v2", Time: at(4), SearchQuery: "läufer", Categories: []string{"shoes/running"}},
		{ID: "e5", Type: scoring.Custom, CustomType: "mine", Visitor: "v2", Time: fixtureNow()},
	}
}

func fixtureSite() scoring.Site {
	return scoring.Site{ID: "shop", DisplayName: "Shop", Currency: "EUR", Locale: "de", TimeZone: "Europe/Berlin", ConsentPolicy: scoring.OptOut, CreatedAt: fixtureNow()}
}

func fixtureProduct() scoring.Product {
	stock := int64(3)
	return scoring.Product{
		ID: "p1", Title: "Läufer", Categories: []string{"shoes/running"}, Brand: "B", Tags: []string{"new"},
		Price: &scoring.Money{Currency: "EUR", Nanos: 99_990_000_000}, Availability: scoring.Preorder, Stock: &stock,
		Attributes: map[string]string{"colour": "red"}, Numbers: map[string]float64{"weight": 0.25}, GroupID: "g",
		URL: "https://example.org/p1", AvailableAt: fixtureNow(), UpdatedAt: fixtureNow(),
	}
}

func fixturePlacement() scoring.Placement {
	return scoring.Placement{
		ID: "home", DisplayName: "Home", PageType: scoring.PageHome, Count: 8,
		Products: scoring.ProductRules{Filter: "true", BoughtWindow: time.Hour, Pinned: []scoring.ProductID{"p1"}}, UpdatedAt: fixtureNow(),
	}
}

func fixtureDecision() *scoring.Decision {
	return &scoring.Decision{
		ID: "01jx", Time: fixtureNow(), Visitor: "v1", Mode: scoring.ModeProfile, DataClasses: []scoring.DataClass{scoring.DataProfile},
		Context: scoring.Context{PageType: scoring.PageHome},
		Placements: []scoring.FilledPlacement{{
			Placement: "home",
			Items: []scoring.Item{{Product: "p1", Score: 0.5, Propensity: 0.25, Reasons: []scoring.Reason{
				{Kind: scoring.ReasonInterest, Share: 1, Facet: 7},
			}}},
			Rejected: []scoring.Rejected{{Product: "p2", Rejection: scoring.RejectedOutranked, Score: 0.1}},
		}},
	}
}

// writeFixture makes the fixture: events in their profiles on disk, and two more
// that a start has to replay.
func writeFixture(t *testing.T, dir string) {
	t.Helper()
	ctx := context.Background()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.RemoveAll(dir))
	s, err := Open(dir, fixtureOptions())
	must(err)
	_, err = s.CreateSite(ctx, fixtureSite())
	must(err)
	events := fixtureEvents()
	_, err = s.Append(ctx, "shop", events[:3])
	must(err)
	_, err = s.PutProducts(ctx, "shop", []scoring.Product{fixtureProduct()})
	must(err)
	_, err = s.PutPlacement(ctx, "shop", fixturePlacement())
	must(err)
	s.RecordDecision("shop", fixtureDecision())
	must(s.SaveSnapshot(ctx, "shop", "model", 2, func(w io.Writer) error {
		_, err := io.WriteString(w, "learned")
		return err
	}))
	_, err = s.Secret(ctx, "token", 32)
	must(err)
	must(s.checkpointer.checkpoint(false))
	_, err = s.Append(ctx, "shop", events[3:])
	must(err)
	flushDecisions(s)
	// As a crash leaves it: without the checkpoint that closing makes.
	must(os.CopyFS(dir+".crashed", os.DirFS(dir)))
	must(s.Close())
	must(os.RemoveAll(dir))
	must(os.Rename(dir+".crashed", dir))
	must(os.Remove(filepath.Join(dir, lockName)))
}

// flushDecisions has the decisions that wait written, by the one whose work it
// is or here, and returns when they are.
func flushDecisions(s *Store) {
	s.decisions.flush()
	for {
		s.decisions.mu.Lock()
		n := len(s.decisions.pending)
		s.decisions.mu.Unlock()
		if n == 0 {
			return
		}
		runtime.Gosched()
	}
}

// fixtures are folders that programs have written that people have run: the first one,
// one before there were backups, of the same format with later records, and one whose
// decisions are of version 2.
var fixtures = []string{fixtureDir, "testdata/v1b", "testdata/v1c"}

// TestEveryFormatOpensForEver opens the fixtures.
func TestEveryFormatOpensForEver(t *testing.T) {
	if *update {
		writeFixture(t, fixtureDir)
	}
	for _, dir := range fixtures {
		t.Run(filepath.Base(dir), func(t *testing.T) { wantFixture(t, copyFolder(t, dir)) })
	}
}

// wantFixture opens a folder that has in it what the fixture has.
func wantFixture(t *testing.T, dir string) {
	t.Helper()
	ctx := context.Background()
	opts := fixtureOptions()
	for _, when := range []string{"as it was left", "after a clean close"} {
		s := openTest(t, dir, opts)
		entries := journalOf(t, s, "shop")
		want := fixtureEvents()
		profiles := make(map[scoring.VisitorID]*visitor.Profile)
		if len(entries) != len(want) {
			t.Fatalf("%s: %d events, want %d", when, len(entries), len(want))
		}
		for i := range want {
			e := entries[i].Event
			if entries[i].Seq != store.Seq(i+1) || !reflect.DeepEqual(e, want[i]) {
				t.Errorf("%s: event %d is %+v\nwant %+v", when, entries[i].Seq, e, want[i])
			}
			profiles[e.Visitor] = visitor.Apply(profiles[e.Visitor], &e)
		}
		for id, want := range profiles {
			got, err := s.Profile(ctx, "shop", id)
			if err != nil || got.Events != want.Events || !reflect.DeepEqual(got.Touches, want.Touches) || !reflect.DeepEqual(got.Purchases, want.Purchases) {
				t.Errorf("%s: profile %q is %+v, %v\nwant %+v", when, id, got, err, want)
			}
		}
		for id, want := range map[scoring.VisitorID]int{"v1": 3, "v2": 2} {
			n := 0
			err := s.EventsOf(ctx, "shop", id, func(store.Entry) error { n++; return nil })
			if err != nil || n != want {
				t.Errorf("%s: %d events of %q, %v; want %d", when, n, id, err, want)
			}
		}
		of := 0
		err := s.DecisionsOf(ctx, "shop", "v1", func(*scoring.Decision) error { of++; return nil })
		if err != nil || of != 1 {
			t.Errorf("%s: %d decisions of v1, %v; want 1", when, of, err)
		}
		wantFixtureRecords(ctx, t, s)
		acks, err := s.Append(ctx, "shop", fixtureEvents())
		if err != nil {
			t.Fatal(err)
		}
		for i, ack := range acks {
			if !ack.Duplicate {
				t.Errorf("%s: event %d is not known: %+v", when, i, ack)
			}
		}
		if err := s.Check(ctx); err != nil {
			t.Errorf("%s: %v", when, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func wantFixtureRecords(ctx context.Context, t *testing.T, s *Store) {
	t.Helper()
	sites, err := s.Sites(ctx)
	wantSite := fixtureSite()
	wantSite.Revision = 1
	if err != nil || len(sites) != 1 || sites[0] != wantSite {
		t.Errorf("sites %+v, %v", sites, err)
	}
	product, err := s.Product(ctx, "shop", "p1")
	wantProduct := fixtureProduct()
	wantProduct.Revision = 1
	if err != nil || !reflect.DeepEqual(product, wantProduct) {
		t.Errorf("product %+v, %v", product, err)
	}
	placements, err := s.Placements(ctx, "shop")
	wantPlacement := fixturePlacement()
	wantPlacement.Revision = 1
	if err != nil || len(placements) != 1 || !reflect.DeepEqual(placements[0], wantPlacement) {
		t.Errorf("placements %+v, %v", placements, err)
	}
	decision, err := s.Decision(ctx, "shop", "01jx")
	if err != nil || !reflect.DeepEqual(decision, fixtureDecision()) {
		t.Errorf("decision %+v, %v", decision, err)
	}
	var text []byte
	seq, err := s.LoadSnapshot(ctx, "shop", "model", func(r io.Reader) (err error) {
		text, err = io.ReadAll(r)
		return err
	})
	if err != nil || seq != 2 || string(text) != "learned" {
		t.Errorf("snapshot %d %q, %v", seq, text, err)
	}
	secret, err := s.Secret(ctx, "token", 32)
	if err != nil || len(secret) != 32 {
		t.Errorf("secret %x, %v", secret, err)
	}
}

func TestANewerFormatIsErrNewerFormat(t *testing.T) {
	for _, name := range []string{journalName, stateName} {
		t.Run(name, func(t *testing.T) {
			dir := smallFolder(t)
			changeFile(t, filepath.Join(dir, name), func(tx *bolt.Tx) error {
				return tx.Bucket(bucketMeta).Put(keyFormat, seqKey(format+1))
			})
			_, err := Open(dir, Options{})
			if !errors.Is(err, store.ErrNewerFormat) {
				t.Fatalf("error %v", err)
			}
			if !strings.Contains(err.Error(), "install the newer version") {
				t.Errorf("the error should say what to do: %v", err)
			}
		})
	}
	t.Run("record", func(t *testing.T) {
		dir := smallFolder(t)
		changeFile(t, filepath.Join(dir, stateName), func(tx *bolt.Tx) error {
			b := siteBucket(tx, 1, bucketProducts)
			record := append([]byte(nil), b.Get([]byte("p1"))...)
			record[0] = recordVersion + 1
			return b.Put([]byte("p1"), sealRecord(record[:len(record)-4]))
		})
		s := openTest(t, dir, Options{})
		if _, err := s.Product(context.Background(), "shop", "p1"); !errors.Is(err, store.ErrNewerFormat) {
			t.Errorf("error %v", err)
		}
	})
}

// changeFile changes a database behind the store's back.
func changeFile(t *testing.T, path string, fn func(tx *bolt.Tx) error) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Update(fn); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestCheckFindsWhatPagesDoNotShow(t *testing.T) {
	ctx := context.Background()
	site := siteNo(1)
	for name, change := range map[string]struct {
		file string
		fn   func(tx *bolt.Tx) error
	}{
		"a watermark ahead of the journal": {journalName, func(tx *bolt.Tx) error {
			return tx.Bucket(bucketMeta).Put(keySeq, seqKey(3))
		}},
		"a profile ahead of the journal": {stateName, func(tx *bolt.Tx) error {
			b, err := encodeProfile(held{profile: &visitor.Profile{Events: 1}, seq: 1 << 40})
			if err != nil {
				return err
			}
			return siteBucket(tx, site, bucketProfiles).Put([]byte("v"), b)
		}},
		"a record that does not decode": {stateName, func(tx *bolt.Tx) error {
			return siteBucket(tx, site, bucketProducts).Put([]byte("p"), []byte("nonsense"))
		}},
		"a product under another's id": {stateName, func(tx *bolt.Tx) error {
			b := siteBucket(tx, site, bucketProducts)
			return b.Put([]byte("p"), append([]byte(nil), b.Get([]byte("p1"))...))
		}},
		"numbers that fall": {journalName, func(tx *bolt.Tx) error {
			hours := tx.Bucket(bucketEvents).Bucket(site.key())
			k, _ := hours.Cursor().First()
			old := hours.Bucket(k)
			_, record := old.Cursor().First()
			record = append([]byte(nil), record...)
			next := binary.BigEndian.Uint32(k) + 1
			b, err := hours.CreateBucket(hour(next).key())
			if err != nil {
				return err
			}
			return b.Put(seqKey(1), record)
		}},
		"an event whose hash is another's": {journalName, func(tx *bolt.Tx) error {
			hours := tx.Bucket(bucketEvents).Bucket(site.key())
			k, _ := hours.Cursor().First()
			key, v := hours.Bucket(k).Cursor().First()
			record := append([]byte(nil), v[:len(v)-4]...)
			record[1]++
			return hours.Bucket(k).Put(append([]byte(nil), key...), sealRecord(record))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := smallFolder(t)
			changeFile(t, filepath.Join(dir, change.file), change.fn)
			s, err := Open(dir, Options{})
			if err == nil {
				err = s.Check(ctx)
				_ = s.Close()
			}
			if !errors.Is(err, store.ErrCorrupt) {
				t.Errorf("error %v", err)
			}
		})
	}
}

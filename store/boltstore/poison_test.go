package boltstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
	"github.com/vitrine-io/vitrine/store"
)

// spoil damages the record under a key.
func spoil(t *testing.T, b *bolt.Bucket, key []byte) error {
	t.Helper()
	record := bytes.Clone(b.Get(key))
	if record == nil {
		t.Fatalf("no record at %x", key)
	}
	record[len(record)/2] ^= 0x55
	return b.Put(key, record)
}

// TestADamagedRecordIsGonePast: the store opens, everything else is there, and Health
// says what is damaged, without naming a person.
func TestADamagedRecordIsGonePast(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		name, file, problem string
		spoil               func(t *testing.T, tx *bolt.Tx) error
		look                func(t *testing.T, s *Store)
	}{
		{
			"event", journalName, "event 31 in journal.db of site number 1",
			func(t *testing.T, tx *bolt.Tx) error {
				hours := tx.Bucket(bucketEvents).Bucket(siteNo(1).key())
				return spoil(t, hours.Bucket(hoursOf(hours)[0].key()), seqKey(31))
			},
			func(t *testing.T, s *Store) {
				if n := len(journalOf(t, s, "shop")); n != 1199 {
					t.Errorf("%d events, want all of 1,200 but one", n)
				}
			},
		},
		{
			"profile", stateName, "the profile with hash",
			func(t *testing.T, tx *bolt.Tx) error {
				return spoil(t, siteBucket(tx, 1, bucketProfiles), []byte("v3"))
			},
			func(t *testing.T, s *Store) {
				// It is made anew of the events: as if nothing had been.
				var want *visitor.Profile
				for _, e := range journalOf(t, s, "shop") {
					if e.Event.Visitor == "v3" {
						want = visitor.Apply(want, &e.Event)
					}
				}
				got, err := s.Profile(ctx, "shop", "v3")
				if err != nil || string(binaryOf(t, got)) != string(binaryOf(t, want)) {
					t.Errorf("%v, %v", got, err)
				}
				if _, err := s.Append(ctx, "shop", []scoring.Event{testEvent("v3", 900)}); err != nil {
					t.Error(err)
				}
				if err := s.checkpointer.checkpoint(false); err != nil {
					t.Error(err)
				}
				n := 0
				if err := s.EventsOf(ctx, "shop", "v3", func(store.Entry) error { n++; return nil }); err != nil || n != 31 {
					t.Errorf("%d events are found of the visitor, %v; want 31", n, err)
				}
				if err := s.Check(ctx); err != nil {
					t.Errorf("after the next checkpoint: %v", err)
				}
			},
		},
		{
			"product", stateName, `product "p7" in state.db`,
			func(t *testing.T, tx *bolt.Tx) error {
				return spoil(t, siteBucket(tx, 1, bucketProducts), []byte("p7"))
			},
			func(t *testing.T, s *Store) {
				n := 0
				if err := s.EachProduct(ctx, "shop", "", func(scoring.Product) bool { n++; return true }); err != nil || n != 199 {
					t.Errorf("%d products, %v; want all of 200 but one", n, err)
				}
			},
		},
		{
			"placement", stateName, `placement "home" in state.db`,
			func(t *testing.T, tx *bolt.Tx) error {
				return spoil(t, siteBucket(tx, 1, bucketPlacements), []byte("home"))
			},
			func(t *testing.T, s *Store) {
				if list, err := s.Placements(ctx, "shop"); err != nil || len(list) != 0 {
					t.Errorf("%v, %v", list, err)
				}
			},
		},
		{
			"site", stateName, `site "shop" in state.db`,
			func(t *testing.T, tx *bolt.Tx) error { return spoil(t, tx.Bucket(bucketSites), []byte("shop")) },
			func(t *testing.T, s *Store) {
				// Its data is not taken for that of a deleted site.
				err := s.journal.view(func(tx *bolt.Tx) error {
					if len(hoursOf(tx.Bucket(bucketEvents).Bucket(siteNo(1).key()))) == 0 {
						t.Error("the events of the site are gone")
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := smallFolder(t)
			changeFile(t, filepath.Join(dir, c.file), func(tx *bolt.Tx) error { return c.spoil(t, tx) })
			s, err := Open(dir, Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			}()
			c.look(t, s)
			if h := s.Health(); len(h.Problems) != 1 || !strings.Contains(h.Problems[0], c.problem) || strings.Contains(h.Problems[0], `"v3"`) {
				t.Errorf("problems %q, want one with %q", h.Problems, c.problem)
			}
		})
	}
}

// TestADamagedProfileIsMadeAnewOnce: whoever looks at it has it written again, without an
// event of its visitor.
func TestADamagedProfileIsMadeAnewOnce(t *testing.T) {
	ctx := context.Background()
	dir := smallFolder(t)
	changeFile(t, filepath.Join(dir, stateName), func(tx *bolt.Tx) error {
		return spoil(t, siteBucket(tx, 1, bucketProfiles), []byte("v3"))
	})
	var records [2][]byte
	for life := range records {
		s := openTest(t, dir, Options{})
		p, err := s.Profile(ctx, "shop", "v3")
		if err != nil {
			t.Fatal(err)
		}
		records[life] = binaryOf(t, p)
		if n := len(s.Health().Problems); n != 1-life {
			t.Errorf("%d problems in life %d, want %d: %q", n, life+1, 1-life, s.Health().Problems)
		}
		n := 0
		if err := s.EventsOf(ctx, "shop", "v3", func(store.Entry) error { n++; return nil }); err != nil || n != 30 {
			t.Errorf("%d events are found of the visitor, %v; want 30", n, err)
		}
		if err := s.Check(ctx); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(records[0], records[1]) {
		t.Error("what was written again is not what was made anew")
	}
}

// TestADamagedProfileOfAnErasedVisitorStaysAway: what is made anew while its visitor is
// erased is written nowhere.
func TestADamagedProfileOfAnErasedVisitorStaysAway(t *testing.T) {
	ctx := context.Background()
	dir := smallFolder(t)
	changeFile(t, filepath.Join(dir, stateName), func(tx *bolt.Tx) error {
		return spoil(t, siteBucket(tx, 1, bucketProfiles), []byte("v3"))
	})
	s := openTest(t, dir, Options{})
	key := profileKey{1, "v3"}
	h, err := s.rebuild(key, fmt.Errorf("%w: %w", errDamagedProfile, store.ErrCorrupt))
	if err != nil || h.profile == nil {
		t.Fatal(h, err)
	}
	if _, err := s.EraseVisitor(ctx, "shop", store.Erasure{Visitor: "v3"}); err != nil {
		t.Fatal(err)
	}
	s.profiles.repair(key, h)
	if p, err := s.Profile(ctx, "shop", "v3"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("%v, %v: want none", p, err)
	}
	if err := s.Check(ctx); err != nil {
		t.Error(err)
	}
}

// TestADamagedProfileDoesNotKeepFromReplaying: after a crash the events past the
// watermark meet it.
func TestADamagedProfileDoesNotKeepFromReplaying(t *testing.T) {
	ctx := context.Background()
	dir := smallFolder(t)
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Append(ctx, "shop", []scoring.Event{testEvent("v3", 900), testEvent("v4", 900)}); err != nil {
		t.Fatal(err)
	}
	crashed := copyFolder(t, dir)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	changeFile(t, filepath.Join(crashed, stateName), func(tx *bolt.Tx) error {
		return spoil(t, siteBucket(tx, 1, bucketProfiles), []byte("v3"))
	})
	s = openTest(t, crashed, Options{})
	for _, id := range []scoring.VisitorID{"v3", "v4"} {
		if p, err := s.Profile(ctx, "shop", id); err != nil || p.Events != 31 {
			t.Errorf("%s: %v, %v; want 31 events", id, p, err)
		}
	}
}

// TestManyDamagedRecordsAreCounted, and told of in few words.
func TestManyDamagedRecordsAreCounted(t *testing.T) {
	dir := smallFolder(t)
	changeFile(t, filepath.Join(dir, stateName), func(tx *bolt.Tx) error {
		for n := range 50 {
			if err := spoil(t, siteBucket(tx, 1, bucketProducts), fmt.Append(nil, "p", n)); err != nil {
				return err
			}
		}
		return nil
	})
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.EachProduct(context.Background(), "shop", "", func(scoring.Product) bool { return true }); err != nil {
			t.Error(err)
		}
	}
	h := s.Health()
	if len(h.Problems) != maxProblems+1 || !strings.HasPrefix(h.Problems[maxProblems], "30 more") {
		t.Errorf("problems %q", h.Problems)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func binaryOf(t *testing.T, p *visitor.Profile) []byte {
	t.Helper()
	b, err := p.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

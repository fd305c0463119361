package boltstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

func openTest(t testing.TB, dir string, opts Options) *Store {
	t.Helper()
	s, err := Open(dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func testEvent(visitor string, n int) scoring.Event {
	return scoring.Event{
		ID:      scoring.EventID(fmt.Sprintf("%s-%d", visitor, n)),
		Type:    scoring.ProductViewed,
		Visitor: scoring.VisitorID(visitor),
		Time:    time.Date(2026, 3, 1, 12, 0, n, 0, time.UTC),
		Items:   []scoring.EventItem{{Product: scoring.ProductID(fmt.Sprint("p", n)), Quantity: 1, Facets: []scoring.FacetID{1, 2, 3}}},
	}
}

func TestSmoke(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	s := openTest(t, dir, Options{})
	if _, err := s.CreateSite(ctx, scoring.Site{ID: "shop"}); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for g := range 16 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for n := range 50 {
				e := testEvent(fmt.Sprint("v", g), n)
				acks, err := s.Append(ctx, "shop", []scoring.Event{e, e})
				if err != nil {
					t.Error(err)
					return
				}
				if acks[0].Duplicate || !acks[1].Duplicate {
					t.Errorf("acks %v", acks)
				}
				p, err := s.Profile(ctx, "shop", e.Visitor)
				if err != nil || p.Events != int64(n+1) {
					t.Errorf("%v %v", p, err)
				}
			}
		}()
	}
	wg.Wait()
	if err := s.Check(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openTest(t, dir, Options{})
	p, err := s.Profile(ctx, "shop", "v3")
	if err != nil || p.Events != 50 {
		t.Fatal(p, err)
	}
	n := 0
	done := errors.New("done")
	err = s.Follow(ctx, "shop", 0, func(e []store.Entry) error {
		n += len(e)
		if n == 800 {
			return done
		}
		return nil
	})
	if !errors.Is(err, done) {
		t.Fatal(err)
	}
	if err := s.Check(ctx); err != nil {
		t.Fatal(err)
	}
}

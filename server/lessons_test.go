package server

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/server/filter"
	"github.com/vitrine-io/vitrine/store"
	"github.com/vitrine-io/vitrine/store/boltstore"
)

// While learning is far behind most events teach the blend nothing, and the journal says
// so; not those that followed from a choice of ours, nor those of an import.
func TestLessonsAreSparedWhileLearningIsBehind(t *testing.T) {
	st, err := boltstore.Open(t.TempDir(), boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	s, err := New(t.Context(), Options{Store: st, Filters: filter.New(filter.Options{})})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := st.CreateSite(t.Context(), scoring.Site{ID: "shop"}); err != nil {
		t.Fatal(err)
	}
	info, err := st.Sites(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	shop, err := s.openSite(t.Context(), info[0])
	if err != nil {
		t.Fatal(err)
	}
	s.lessonsLate = 0 // and the learner of shop never starts
	n := 0
	put := func(bulk bool, led *scoring.Led) {
		batch := s.newBatch(shop, false, 100)
		batch.bulk = bulk
		for range 100 {
			n++
			batch.put(scoring.Event{
				ID: scoring.EventID(fmt.Sprint(n)), Type: scoring.ProductViewed, Visitor: "v", Time: time.Now(), Led: led, AttributionToken: "token",
				Items: []scoring.EventItem{{Product: "p"}},
			}, signals{})
		}
		if err := batch.store(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	shop.info.ConsentPolicy = scoring.OptOut
	put(false, nil)
	put(false, nil) // it has not waited yet
	put(false, nil)
	put(false, &scoring.Led{})
	put(true, nil)
	var spared [5]int
	done := errors.New("all seen")
	err = st.Follow(t.Context(), "shop", 0, func(entries []store.Entry) error {
		for i := range entries {
			if entries[i].Event.Unstudied {
				spared[(entries[i].Seq-1)/100]++
			}
		}
		if entries[len(entries)-1].Seq == 500 {
			return done
		}
		return nil
	})
	if !errors.Is(err, done) && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if spared[0] > 0 || spared[1] > 0 || spared[2] < 70 || spared[2] > 99 || spared[3] > 0 || spared[4] > 0 {
		t.Errorf("of five hundreds %v are spared", spared)
	}
}

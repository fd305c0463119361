package storetest

import (
	"reflect"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/store"
)

var segmentPromises = []promise{
	{"AreKeptWholeAndInOrder", func(e *env) {
		runners := scoring.Segment{ID: "runners", DisplayName: "Runners", Rule: "visitor.known", UpdatedAt: time.Date(2026, 3, 1, 0, 0, 0, 1000, time.UTC)}
		put, err := e.PutSegment(e.ctx, shop, runners)
		e.must(err)
		for _, site := range []scoring.SiteID{shop, other} {
			_, err = e.PutSegment(e.ctx, site, scoring.Segment{ID: "buyers", Rule: "visitor.orders > 0"})
			e.must(err)
		}
		runners.Revision = put.Revision
		for range 2 {
			all, err := e.Segments(e.ctx, shop)
			e.must(err)
			if len(all) != 2 || all[0].ID != "buyers" || !reflect.DeepEqual(all[1], runners) || put != runners {
				e.Errorf("got %+v\nput %+v\nwant %+v", all, put, runners)
			}
			e.reopen()
		}
		again, err := e.PutSegment(e.ctx, shop, runners)
		e.must(err)
		if again.Revision <= put.Revision {
			e.Errorf("revision %d after %d", again.Revision, put.Revision)
		}
	}},
	{"ADeletedOneIsGone", func(e *env) {
		_, err := e.PutSegment(e.ctx, shop, scoring.Segment{ID: "a", Rule: "true"})
		e.must(err)
		e.must(e.DeleteSegment(e.ctx, shop, "a"))
		e.wantError(e.DeleteSegment(e.ctx, shop, "a"), store.ErrNotFound)
		e.wantError(e.DeleteSegment(e.ctx, "nowhere", "a"), store.ErrNotFound)
		for range 2 {
			if all, err := e.Segments(e.ctx, shop); err != nil || len(all) != 0 {
				e.Errorf("got %v, %v", all, err)
			}
			e.reopen()
		}
	}},
}

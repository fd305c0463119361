package model

import (
	"bytes"
	"math"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/creative"
)

var opening = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// banner are the features of all impressions.
var banner = []creative.Feature{{ID: creative.Name{Kind: creative.KindSite}.ID(), X: 1}}

// ad is an event about the impression of that number.
func ad(kind scoring.EventType, token uint64, at time.Duration) *scoring.Event {
	return &scoring.Event{
		Type: kind, Visitor: "v", Time: opening.Add(at),
		Ad: &scoring.AdShown{Campaign: "spring", Creative: "a", Token: token, Features: creative.Pack(banner, nil)},
	}
}

// credited is an order's event: it knows the impression by its number alone.
func credited(kind scoring.EventType, token uint64, at time.Duration) *scoring.Event {
	e := ad(kind, token, at)
	e.Ad.Features = nil
	return e
}

// An impression leads to an order or to none: told late, twice, undone, by a visitor
// who is forgotten. What is thought of the next one is what it would be had the
// outcome that stands been known at once.
func TestConversions(t *testing.T) {
	logit := func(events ...*scoring.Event) float64 {
		m := New(catalog.New())
		for _, e := range events {
			m.Learn(e)
		}
		var again bytes.Buffer
		if err := m.Save(&again); err != nil {
			t.Fatal(err)
		}
		loaded := New(catalog.New())
		if err := loaded.Load(&again); err != nil {
			t.Fatal(err)
		}
		r, l := m.Conversions().At(opening.Add(60*day)), loaded.Conversions().At(opening.Add(60*day))
		if a, b := r.Logit(banner), l.Logit(banner); a != b {
			t.Errorf("%v before the snapshot, %v behind it", a, b)
		}
		return r.Logit(banner).Mean
	}
	seen := ad(scoring.CreativeViewed, 1, 0)
	passes := &scoring.Event{Type: scoring.HomeViewed, Visitor: "w", Time: opening.Add(8 * day)}
	untouched, without := logit(), logit(seen, passes)
	bought := logit(seen, credited(scoring.OrderCompleted, 1, time.Hour), passes)
	if !(without < untouched && untouched < bought) {
		t.Fatalf("logits %v without an order, %v at first, %v with one", without, untouched, bought)
	}
	for name, test := range map[string]struct {
		got, want float64
	}{
		"it waits a week":                 {logit(seen, credited(scoring.HomeViewed, 9, 6*day)), untouched},
		"a click is no order":             {logit(seen, ad(scoring.CreativeClicked, 1, time.Hour), passes), without},
		"what is clicked was in sight":    {logit(ad(scoring.CreativeClicked, 1, 0), credited(scoring.OrderCompleted, 1, time.Hour), passes), bought},
		"an order that comes late counts": {logit(seen, passes, credited(scoring.OrderCompleted, 1, 9*day)), bought},
		"each impression counts once":     {logit(seen, credited(scoring.OrderCompleted, 1, time.Hour), credited(scoring.OrderCompleted, 1, 2*time.Hour), passes), bought},
		"a cancelled order is none": {
			logit(seen, credited(scoring.OrderCompleted, 1, time.Hour), credited(scoring.OrderCancelled, 1, 2*time.Hour), passes), without,
		},
		"also when it comes after the wait": {
			logit(seen, credited(scoring.OrderCompleted, 1, time.Hour), passes, credited(scoring.OrderRefunded, 1, 9*day)), without,
		},
		"of two orders one is left": {
			logit(seen, credited(scoring.OrderCompleted, 1, time.Hour), credited(scoring.OrderCompleted, 1, 2*time.Hour),
				credited(scoring.OrderCancelled, 1, 3*time.Hour), passes), bought,
		},
		"an order of an impression nobody told of": {logit(credited(scoring.OrderCompleted, 2, time.Hour), passes), untouched},
		"the visitor is erased": {
			logit(seen, credited(scoring.OrderCompleted, 1, time.Hour), passes, &scoring.Event{
				Type: scoring.VisitorErased, Time: opening.Add(9 * day), Control: &scoring.Control{Visitor: VisitorHash("v")},
			}), untouched,
		},
	} {
		// A lesson is worth some .3 here; it ages by a tenth of a half-life at most.
		if math.Abs(test.got-test.want) > 0.1*max(math.Abs(test.want-untouched), 1e-9) {
			t.Errorf("%s: %v, want %v", name, test.got, test.want)
		}
	}
}

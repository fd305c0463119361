package server

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/visitor"
	"github.com/vitrine-io/vitrine/server/filter"
	"github.com/vitrine-io/vitrine/store/boltstore"
)

var segmentVisitors = flag.Int("segments.visitors", 400, "how many visitors TestSegmentsAgainstARecount has")

// fixedClock is set by the test.
type fixedClock struct{ at atomic.Pointer[time.Time] }

func (c *fixedClock) Now() time.Time  { return *c.at.Load() }
func (*fixedClock) Saw(time.Time)     {}
func (c *fixedClock) set(t time.Time) { c.at.Store(&t) }

// The shop of the recount: 60 products in six categories of two levels.
var recountCategories = []string{"shoes/running", "shoes/trail", "camping/tents", "camping/lamps", "books/maps", "books/guides"}

func recountFacets(product int) (ids []scoring.FacetID) {
	for _, level := range scoring.CategoryLevels(recountCategories[product%len(recountCategories)]) {
		ids = append(ids, scoring.Facet{Kind: scoring.FacetCategory, Value: level}.ID())
	}
	return ids
}

var (
	recountBegin = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	recountSpan  = 120 * 24 * time.Hour
	mediums      = []string{"", "cpc", "email", "social"}
	countries    = []string{"DE", "FR", "NL"}
)

// deedsOf is what a visitor does, in the order in which it is told, which is not always
// that in which it happened: visits of a few views, some with a cart, some with an order,
// of which some are cancelled. Few do much, and many fall silent early.
func deedsOf(who int) (list []scoring.Event) {
	rng := rand.New(rand.NewPCG(uint64(who), 7))
	at := recountBegin.Add(time.Duration(rng.Int64N(int64(recountSpan * 3 / 4)))).Truncate(time.Second)
	product := func() scoring.EventItem {
		p := rng.IntN(60)
		return scoring.EventItem{
			Product: scoring.ProductID(fmt.Sprint("p", p)), Quantity: int32(1 + rng.IntN(2)),
			Price: &scoring.Money{Currency: "EUR", Nanos: int64(5+p) * 1e9}, Facets: recountFacets(p),
		}
	}
	tell := func(e scoring.Event) {
		e.ID, e.Visitor, e.Time = scoring.EventID(fmt.Sprint(who, "-", len(list))), scoring.VisitorID(fmt.Sprintf("v%07d", who)), at
		list = append(list, e)
		at = at.Add(time.Duration(1+rng.IntN(300)) * time.Second)
	}
	if rng.IntN(20) == 0 {
		tell(scoring.Event{Type: scoring.ConsentSet, Consent: []scoring.ConsentAnswer{{Purpose: scoring.PurposeProfile, Granted: rng.IntN(2) == 0}}})
	}
	visits := 1 + int(rng.ExpFloat64()*1.5)
	for v := range min(visits, 12) {
		context := &scoring.Context{Medium: mediums[rng.IntN(4)], Country: countries[rng.IntN(3)], Device: scoring.DevicePhone}
		for range 1 + rng.IntN(5) {
			tell(scoring.Event{Type: scoring.ProductViewed, Context: context, Items: []scoring.EventItem{product()}})
			if n := len(list); n > 1 && list[n-2].Type == scoring.ProductViewed && at.Sub(list[n-2].Time) < 20*time.Minute && rng.IntN(10) == 0 {
				list[n-1], list[n-2] = list[n-2], list[n-1] // told late
			}
		}
		for rng.IntN(3) == 0 {
			tell(scoring.Event{Type: scoring.ProductAdded, Context: context, Items: []scoring.EventItem{product()}})
		}
		if rng.IntN(4) == 0 {
			order := &scoring.Order{ID: scoring.OrderID(fmt.Sprint(who, "/", v))}
			items := []scoring.EventItem{product()}
			if rng.IntN(2) == 0 {
				items = append(items, product())
			}
			tell(scoring.Event{Type: scoring.OrderCompleted, Context: context, Order: order, Items: items})
			if rng.IntN(6) == 0 {
				tell(scoring.Event{Type: scoring.OrderCancelled, Context: context, Order: order})
			}
		}
		at = at.Add(time.Duration(rng.ExpFloat64() * float64(6*24*time.Hour))).Truncate(time.Second)
	}
	return list
}

// toldBy are those of a visitor's deeds that had been told by then.
func toldBy(list []scoring.Event, from, until time.Time) (told []scoring.Event) {
	var latest time.Time // what is told late is told with what came before it
	for _, e := range list {
		if latest = maxTime(latest, e.Time); latest.After(from) && !latest.After(until) {
			told = append(told, e)
		}
	}
	return told
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// recount answers from the raw events, in the plainest way, what rules ask.
type recount struct {
	events []scoring.Event // in the order of time
	now    time.Time
}

func newRecount(told []scoring.Event, now time.Time) *recount {
	r := &recount{now: now}
	cancelled := map[scoring.OrderID]bool{}
	for _, e := range told {
		if e.Type == scoring.OrderCancelled {
			cancelled[e.Order.ID] = true
		}
	}
	for _, e := range told {
		if e.Type != scoring.ConsentSet && (e.Type != scoring.OrderCompleted || !cancelled[e.Order.ID]) {
			r.events = append(r.events, e)
		}
	}
	slices.SortStableFunc(r.events, func(a, b scoring.Event) int { return a.Time.Compare(b.Time) })
	return r
}

func (r *recount) within(e *scoring.Event, days int) bool {
	return r.now.Sub(e.Time) < time.Duration(days)*24*time.Hour
}

func (r *recount) times(kind scoring.EventType, category string, days int) (n int) {
	facet := scoring.Facet{Kind: scoring.FacetCategory, Value: category}.ID()
	for i := range r.events {
		e := &r.events[i]
		hit := category == ""
		for _, it := range e.Items {
			hit = hit || slices.Contains(it.Facets, facet)
		}
		if e.Type == kind && hit && r.within(e, days) {
			n++
		}
	}
	return n
}

func (r *recount) products(kind scoring.EventType, days int) int {
	ids := map[scoring.ProductID]bool{}
	for i := range r.events {
		if e := &r.events[i]; e.Type == kind && r.within(e, days) {
			for _, it := range e.Items {
				ids[it.Product] = true
			}
		}
	}
	return len(ids)
}

func (r *recount) spent(days int) (euros int64) {
	for i := range r.events {
		if e := &r.events[i]; e.Type == scoring.OrderCompleted && r.within(e, days) {
			for _, it := range e.Items {
				euros += it.Price.Nanos / 1e9 * int64(it.Quantity)
			}
		}
	}
	return euros
}

func (r *recount) sinceLast(kind scoring.EventType) time.Duration {
	for i := len(r.events) - 1; i >= 0; i-- {
		if kind == 0 || r.events[i].Type == kind {
			return r.now.Sub(r.events[i].Time)
		}
	}
	return 1 << 62
}

// cartOf is how many products lie in it, and for how long nothing was put in. A cancelled
// order emptied it all the same, which is why it is told of all events.
func cartOf(told []scoring.Event, now time.Time) (int, time.Duration) {
	in, last := map[scoring.ProductID]bool{}, time.Time{}
	for _, e := range told {
		switch e.Type {
		case scoring.ProductAdded:
			in[e.Items[0].Product], last = true, e.Time
		case scoring.OrderCompleted:
			clear(in)
		}
	}
	return len(in), now.Sub(last)
}

func (r *recount) medium(last bool) string {
	found, before := "", time.Time{}
	for i := range r.events {
		if e := &r.events[i]; i == 0 || last && e.Time.Sub(before) > 30*time.Minute {
			found = e.Context.Medium
		}
		before = r.events[i].Time
	}
	return found
}

// recountSegments are fifty rules, and the same asked of the raw events.
func recountSegments() (rules []string, counts []func(*recount, []scoring.Event) bool) {
	add := func(rule string, count func(*recount, []scoring.Event) bool) {
		rules, counts = append(rules, rule), append(counts, count)
	}
	for k, category := range []string{"shoes", "shoes/running", "camping", "camping/tents", "books", "books/guides"} {
		for j, days := range []int{1, 7, 30} {
			n := 1 + (k+j)%2
			add(fmt.Sprintf("visitor.times('viewed', 'category/%s', '%dd') >= %d", category, days, n),
				func(r *recount, _ []scoring.Event) bool { return r.times(scoring.ProductViewed, category, days) >= n })
		}
		add(fmt.Sprintf("visitor.times('viewed', 'category/%s', '7d') >= 2 && visitor.times('bought', 'category/%s', '7d') == 0", category, category),
			func(r *recount, _ []scoring.Event) bool {
				return r.times(scoring.ProductViewed, category, 7) >= 2 && r.times(scoring.OrderCompleted, category, 7) == 0
			})
		add(fmt.Sprintf("visitor.times('bought', 'category/%s', '60d') >= 1", category),
			func(r *recount, _ []scoring.Event) bool { return r.times(scoring.OrderCompleted, category, 60) >= 1 })
	}
	for _, days := range []int{3, 30, 90} {
		add(fmt.Sprintf("visitor.products('viewed', '', '%dd') >= 5", days),
			func(r *recount, _ []scoring.Event) bool { return r.products(scoring.ProductViewed, days) >= 5 })
		add(fmt.Sprintf("visitor.spent_within('%dd') >= 60.0", days), func(r *recount, _ []scoring.Event) bool { return r.spent(days) >= 60 })
		add(fmt.Sprintf("visitor.orders > 0 && visitor.since_order > days(%d)", days), func(r *recount, _ []scoring.Event) bool {
			return r.times(scoring.OrderCompleted, "", 1000) > 0 && r.sinceLast(scoring.OrderCompleted) > time.Duration(days)*24*time.Hour
		})
		add(fmt.Sprintf("visitor.since_seen < days(%d)", days), func(r *recount, _ []scoring.Event) bool { return r.sinceLast(0) < time.Duration(days)*24*time.Hour })
	}
	for _, medium := range mediums[1:] {
		add(fmt.Sprintf("visitor.first_source.medium == '%s'", medium), func(r *recount, _ []scoring.Event) bool { return r.medium(false) == medium })
	}
	add("visitor.last_source.medium == 'email'", func(r *recount, _ []scoring.Event) bool { return r.medium(true) == "email" })
	add("visitor.country == 'FR'", func(r *recount, _ []scoring.Event) bool { return r.events[len(r.events)-1].Context.Country == "FR" })
	add("visitor.orders >= 2 && visitor.spent > 150.0", func(r *recount, _ []scoring.Event) bool {
		return r.times(scoring.OrderCompleted, "", 1000) >= 2 && r.spent(1000) > 150
	})
	add("size(visitor.cart) > 0 && visitor.cart_age >= duration('1h') && visitor.cart_age <= days(30)", func(r *recount, told []scoring.Event) bool {
		n, age := cartOf(told, r.now)
		return n > 0 && age >= time.Hour && age <= 30*24*time.Hour
	})
	add("size(visitor.cart) >= 2", func(r *recount, told []scoring.Event) bool { n, _ := cartOf(told, r.now); return n >= 2 })
	return rules, counts
}

// TestSegmentsAgainstARecount has visitors who come, buy, send back and fall silent, and
// asks at random instants who is in each of fifty segments: all that is kept of them must
// give the same answer as counting their events anew.
func TestSegmentsAgainstARecount(t *testing.T) {
	visitors := *segmentVisitors
	clock := &fixedClock{}
	clock.set(recountBegin)
	kept, err := boltstore.Open(t.TempDir(), boltstore.Options{Now: clock.Now, EventRetention: 10 * 365 * 24 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := kept.Close(); err != nil {
			t.Error(err)
		}
	}()
	info, err := kept.CreateSite(t.Context(), scoring.Site{ID: "shop", Currency: "EUR"})
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{store: kept, clock: clock, filters: filter.New(filter.Options{})}
	st := &site{id: "shop", info: info, products: catalog.New(), metrics: newMetrics(prometheus.NewRegistry()).of("shop")}
	st.record.Store(&info)
	rules, counts := recountSegments()
	if len(rules) != 50 {
		t.Fatalf("%d rules", len(rules))
	}
	ready := make([]*segment, len(rules))
	for k, rule := range rules {
		if ready[k], err = s.readySegment(scoring.Segment{ID: scoring.SegmentID(fmt.Sprintf("s%02d", k)), Rule: rule}); err != nil {
			t.Fatal(err)
		}
	}
	rng := rand.New(rand.NewPCG(uint64(visitors), 1))
	var instants []time.Time
	for k := range 3 { // the last one when most have been silent for weeks
		instants = append(instants, recountBegin.Add(recountSpan*time.Duration(1+k)/3+time.Duration(rng.Int64N(int64(recountSpan/3)))))
	}
	slices.SortFunc(instants, time.Time.Compare)
	var events, memberships int
	in := make([]int, len(rules))
	from := time.Time{}
	for _, now := range instants {
		clock.set(now)
		began := time.Now()
		events += appendTold(t, kept, visitors, from, now)
		appended := time.Since(began)
		from, began = now, time.Now()
		var listing time.Duration
		seen, next := 0, 0
		err := s.eachVisitor(t.Context(), st, "", func(id scoring.VisitorID, who visitor.For[visitor.Grouping], allowed scoring.Purposes) bool {
			var number int
			if _, err := fmt.Sscanf(string(id), "v%d", &number); err != nil {
				t.Fatal(err)
			}
			for ; next < number; next++ {
				if !refusedOrUnseen(toldBy(deedsOf(next), time.Time{}, now)) {
					t.Fatalf("at %s visitor %d was left out", now, next)
				}
			}
			next++
			seen++
			told := toldBy(deedsOf(number), time.Time{}, now)
			if refusedOrUnseen(told) {
				t.Fatalf("at %s visitor %d is among them", now, number)
			}
			r := newRecount(told, now)
			started := time.Now()
			v := asked(st, who, allowed, now)
			var got [50]bool
			for k := range ready {
				got[k] = ready[k].rule.Has(v)
			}
			listing += time.Since(started)
			for k := range ready {
				want := counts[k](r, told)
				if got[k] != want {
					t.Fatalf("at %s: %s of visitor %d is %v, and counting gives %v:\n%+v", now, rules[k], number, got[k], want, told)
				}
				if want {
					in[k]++
					memberships++
				}
			}
			return true
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("at %s: %d visitors; appended in %s; all with the recount in %s, of it the %d rules %s",
			now.Format(time.DateTime), seen, appended.Round(time.Millisecond), time.Since(began).Round(time.Millisecond), len(rules), listing.Round(time.Millisecond))
	}
	// What one segment takes: the walk, and one rule.
	began := time.Now()
	members, one := 0, ready[slices.Index(rules, "visitor.spent_within('90d') >= 60.0")]
	err = s.eachVisitor(t.Context(), st, "", func(_ scoring.VisitorID, who visitor.For[visitor.Grouping], allowed scoring.Purposes) bool {
		if one.rule.Has(asked(st, who, allowed, from)) {
			members++
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d events, %d memberships found right; one segment with %d members listed in %s", events, memberships, members, time.Since(began).Round(time.Millisecond))
	for k, n := range in {
		if n == 0 && visitors >= 10_000 { // of fewer, none may be in the narrowest
			t.Errorf("nobody ever was in %s", rules[k])
		}
	}
}

// appendTold makes durable what was told after from until now, and returns how much.
func appendTold(t *testing.T, kept *boltstore.Store, visitors int, from, now time.Time) int {
	var total atomic.Int64
	var wg sync.WaitGroup
	const parts = 4
	for part := range parts {
		wg.Go(func() {
			var batch []scoring.Event
			flush := func() {
				if _, err := kept.Append(t.Context(), "shop", batch); err != nil {
					t.Error(err)
				}
				total.Add(int64(len(batch)))
				batch = nil
			}
			for who := part; who < visitors; who += parts {
				if batch = append(batch, toldBy(deedsOf(who), from, now)...); len(batch) >= 1000 {
					flush()
				}
			}
			flush()
		})
	}
	wg.Wait()
	return int(total.Load())
}

// refusedOrUnseen reports whether nothing may be known of a visitor, or there is nothing.
func refusedOrUnseen(told []scoring.Event) bool {
	if len(told) == 0 || len(told) == 1 && told[0].Type == scoring.ConsentSet {
		return true
	}
	return told[0].Type == scoring.ConsentSet && !told[0].Consent[0].Granted
}

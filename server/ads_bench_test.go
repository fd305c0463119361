package server

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/campaign"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/decide"
	"github.com/vitrine-io/vitrine/scoring/model"
	"github.com/vitrine-io/vitrine/scoring/visitor"
	"github.com/vitrine-io/vitrine/server/filter"
)

// BenchmarkCreativeSlot is all that is worked out for one slot of creatives, of 10,000
// in 500 campaigns: in 20 countries and 5 sizes, so that 100 of 25 campaigns may be
// shown, each campaign with a value of its own, every other one with a goal and a
// budget. The visitor has interests, and a response has been learned of 50,000
// impressions, or of a tenth of that below. The median leaves out what else runs on the machine.
//
// With segments each campaign is for one of 50 and shown everywhere: the visitor is in
// three of them, so that 120 creatives of 30 campaigns may be shown. Found by their index,
// and by the targeting of each campaign.
func BenchmarkCreativeSlot(b *testing.B) {
	b.Run("by=country", func(b *testing.B) { benchmarkSlot(b, 50_000, func(*scoring.Campaign, int) {}) })
	segmented := func(i int) scoring.SegmentID { return scoring.SegmentID(fmt.Sprintf("s%02d", i%50)) }
	b.Run("by=segment", func(b *testing.B) {
		benchmarkSlot(b, 5_000, func(c *scoring.Campaign, i int) { c.Places, c.Segments = nil, []scoring.SegmentID{segmented(i)} })
	})
	b.Run("by=targeting", func(b *testing.B) {
		benchmarkSlot(b, 5_000, func(c *scoring.Campaign, i int) {
			c.Places, c.Targeting = nil, fmt.Sprintf("'%s' in visitor.segments", segmented(i))
		})
	})
}

// benchmarkSlot is one of these, with each campaign changed by its number.
func benchmarkSlot(b *testing.B, impressions int, change func(*scoring.Campaign, int)) {
	start := time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)
	products := catalog.New()
	learned, counts := model.New(products), newMetrics(prometheus.NewRegistry()).of("shop")
	st := &site{id: "shop", products: products, metrics: counts, learner: &learner{model: learned}}
	s := &decisions{Server: &Server{filters: filter.New(filter.Options{})}}
	var groups segments
	for k := range 50 {
		ready, err := s.readySegment(scoring.Segment{
			ID:   scoring.SegmentID(fmt.Sprintf("s%02d", k)),
			Rule: fmt.Sprintf("visitor.times('viewed', 'tag/t%d', '7d') >= 2 && visitor.times('bought', 'tag/t%d', '30d') == 0", k, k),
		})
		if err != nil {
			b.Fatal(err)
		}
		groups = append(groups, ready)
	}
	st.segments.Store(&groups)
	rules := &scoring.CreativeRules{Formats: []string{"banner"}, Sizes: []scoring.CreativeSize{{Width: 300, Height: 250}}}
	hero := &placement{Placement: scoring.Placement{ID: "hero", Count: 1, Creatives: rules}, refusals: counts.refusalsOf("hero")}

	var flights []campaign.Flight
	var creatives []scoring.Creative
	rng := rand.New(rand.NewPCG(1, 1))
	for i := range 500 {
		c := scoring.Campaign{
			ID: scoring.CampaignID(fmt.Sprintf("c%03d", i)), Places: []scoring.Place{{Country: fmt.Sprint("A", i%20)}},
			Categories: []string{fmt.Sprintf("kind/%d", i%7)}, ClickValue: &scoring.Money{Nanos: int64(1e8 + rng.IntN(9e8))},
		}
		if i/20%2 == 0 {
			c.Start, c.End = start.Add(-24*time.Hour), start.Add(30*24*time.Hour)
			c.Goal = &scoring.Goal{Metric: scoring.MetricClicks, Amount: 1e9}
			c.Bid = &scoring.Bid{Charge: scoring.ChargeClick, Amount: scoring.Money{Nanos: 1e8}}
			c.Budget = &scoring.Money{Nanos: 1e17}
		}
		change(&c, i)
		f, err := s.readyCampaign(c)
		if err != nil {
			b.Fatal(err)
		}
		flights = append(flights, f)
		for j := range 20 {
			creatives = append(creatives, scoring.Creative{
				ID: scoring.CreativeID(fmt.Sprintf("x%02d", j)), Campaign: c.ID, Format: "banner",
				Size:       scoring.CreativeSize{Width: int32(100 * (j%5 + 1)), Height: 250},
				Attributes: map[string]string{"motif": fmt.Sprint(j % 4), "tone": fmt.Sprint(i % 5)},
			})
		}
	}
	st.record.Store(&scoring.Site{})
	st.setShelf(flights, creatives)

	var who *visitor.Profile
	for k := range 30 {
		tag := scoring.Facet{Kind: scoring.FacetTag, Value: fmt.Sprintf("t%d", k%3*15)}.ID()
		who = visitor.Apply(who, &scoring.Event{Type: scoring.ProductViewed, Time: start, Items: []scoring.EventItem{{
			Product: scoring.ProductID(fmt.Sprint("p", k)), Facets: []scoring.FacetID{scoring.FacetID(k%8 + 1), scoring.FacetID(k%5 + 20), tag},
		}}})
	}
	q := &query{
		site: st, shelf: st.shelf.Load(), context: scoring.Context{Country: "A7", Device: scoring.DevicePhone, PageType: scoring.PageHome},
		slots: []slot{{hero, decide.Slot{Count: 1}}}, dryRun: true,
	}
	knows := knowledge{mode: scoring.ModeProfile, creatives: visitor.Open[visitor.Creatives](visitor.Seal(who), scoring.AllPurposes)}
	filled := make([]scoring.FilledPlacement, 1)
	id := func(n uint64) scoring.DecisionID {
		var raw [idBytes]byte
		for k := range 8 {
			raw[8+k] = byte(n >> (8 * k))
		}
		return scoring.DecisionID(idEncoding.EncodeToString(raw[:]))
	}
	for n := range uint64(impressions) {
		s.fillAds(q, knows, start, id(n), n, filled)
		item := &filled[0].Items[0]
		ad := &scoring.AdShown{Campaign: item.Campaign, Creative: item.Creative, Token: n, Features: item.Features}
		learned.Learn(&scoring.Event{Type: scoring.CreativeViewed, Time: start, Ad: ad})
		if rng.Float64() < 0.02 {
			learned.Learn(&scoring.Event{Type: scoring.CreativeClicked, Time: start, Ad: ad})
		}
	}
	took := make([]time.Duration, 0, 1<<16)
	n := uint64(0)
	b.ReportAllocs()
	for b.Loop() {
		n++
		begun := time.Now()
		s.fillAds(q, knows, start, id(n), n, filled)
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds())/1000, "median-us")
	b.ReportMetric(float64(len(filled[0].Chances)), "recorded")
	if len(filled[0].Items) != 1 {
		b.Fatalf("got %+v", filled[0])
	}
}

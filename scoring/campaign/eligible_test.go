package campaign

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vitrine-io/vitrine/scoring"
)

// noon is a Wednesday.
var noon = time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)

// fits is an audience that judges by what stands in Ask.Visitor.
type fits string

func (f fits) Fits(a *Ask) bool { return a.Visitor == string(f) }

// banner is a creative of that campaign.
func banner(campaign scoring.CampaignID, id scoring.CreativeID) scoring.Creative {
	return scoring.Creative{ID: id, Campaign: campaign, Format: "banner", Size: scoring.CreativeSize{Width: 300, Height: 250}}
}

func ask() *Ask {
	return &Ask{Now: noon, Context: &scoring.Context{}, Rules: &scoring.CreativeRules{}}
}

func names(ads []*Ad) (list []string) {
	for _, a := range ads {
		list = append(list, string(a.Campaign)+"/"+string(a.ID))
	}
	return list
}

func TestEachRejection(t *testing.T) {
	hour := time.Hour
	for _, test := range []struct {
		name string
		make func(f *Flight, c *scoring.Creative, a *Ask)
		want scoring.Rejection // 0: shown
	}{
		{"nothing against it", func(*Flight, *scoring.Creative, *Ask) {}, 0},
		{"campaign paused", func(f *Flight, _ *scoring.Creative, _ *Ask) { f.Paused = true }, scoring.RejectedPaused},
		{"creative paused", func(_ *Flight, c *scoring.Creative, _ *Ask) { c.Paused = true }, scoring.RejectedPaused},
		{"flight not begun", func(f *Flight, _ *scoring.Creative, _ *Ask) { f.Start = noon.Add(1) }, scoring.RejectedFlight},
		{"flight begins now", func(f *Flight, _ *scoring.Creative, _ *Ask) { f.Start = noon }, 0},
		{"flight ends now", func(f *Flight, _ *scoring.Creative, _ *Ask) { f.End = noon }, scoring.RejectedFlight},
		{"flight ends later", func(f *Flight, _ *scoring.Creative, _ *Ask) { f.End = noon.Add(hour) }, 0},
		// Noon in London is 13:00 in summer.
		{"day part", func(f *Flight, _ *scoring.Creative, _ *Ask) { f.DayParts = []scoring.DayPart{{Start: 780, End: 840}} }, 0},
		{"day part over", func(f *Flight, _ *scoring.Creative, _ *Ask) { f.DayParts = []scoring.DayPart{{Start: 720, End: 780}} }, scoring.RejectedDayPart},
		{"another day", func(f *Flight, _ *scoring.Creative, _ *Ask) {
			f.DayParts = []scoring.DayPart{{Days: 1 << time.Thursday, End: 1440}}
		}, scoring.RejectedDayPart},
		{"format", func(_ *Flight, _ *scoring.Creative, a *Ask) { a.Rules.Formats = []string{"teaser"} }, scoring.RejectedFormat},
		{"size", func(_ *Flight, _ *scoring.Creative, a *Ask) {
			a.Rules.Sizes = []scoring.CreativeSize{{Width: 1, Height: 1}}
		}, scoring.RejectedSize},
		{"its format and size", func(_ *Flight, c *scoring.Creative, a *Ask) {
			a.Rules.Formats, a.Rules.Sizes = []string{"x", c.Format}, []scoring.CreativeSize{c.Size}
		}, 0},
		{"place not known", func(f *Flight, _ *scoring.Creative, _ *Ask) { f.Places = []scoring.Place{{Country: "FR"}} }, scoring.RejectedPlace},
		{"place", func(f *Flight, _ *scoring.Creative, a *Ask) {
			f.Places, a.Context = []scoring.Place{{Country: "DE"}, {Country: "FR", City: "Lyon"}}, &scoring.Context{Country: "FR", City: "Lyon"}
		}, 0},
		{"another city", func(f *Flight, _ *scoring.Creative, a *Ask) {
			f.Places, a.Context = []scoring.Place{{Country: "FR", City: "Lyon"}}, &scoring.Context{Country: "FR", City: "Nice"}
		}, scoring.RejectedPlace},
		{"targeting", func(f *Flight, _ *scoring.Creative, a *Ask) { f.Audience, a.Visitor = fits("x"), "y" }, scoring.RejectedTargeting},
		{"whom it is for", func(f *Flight, _ *scoring.Creative, a *Ask) { f.Audience, a.Visitor = fits("x"), "x" }, 0},
		{"advertiser blocked", func(f *Flight, _ *scoring.Creative, a *Ask) {
			f.Advertiser, a.Rules.BlockedAdvertisers = "acme", []string{"acme"}
		}, scoring.RejectedBlocked},
		{"category blocked", func(f *Flight, _ *scoring.Creative, a *Ask) {
			f.Categories, a.Rules.BlockedCategories = []string{"a", "b"}, []string{"b"}
		}, scoring.RejectedBlocked},
		{"stands elsewhere", func(_ *Flight, _ *scoring.Creative, a *Ask) {
			a.Without = func(*Ad) scoring.Rejection { return scoring.RejectedShownElsewhere }
		}, scoring.RejectedShownElsewhere},
	} {
		london, err := time.LoadLocation("Europe/London")
		if err != nil {
			t.Fatal(err)
		}
		f, c, a := Flight{Campaign: scoring.Campaign{ID: "a"}}, banner("a", "x"), ask()
		test.make(&f, &c, a)
		s := NewShelf([]Flight{f}, []scoring.Creative{c}, london, nil)
		shown := s.Eligible(nil, a)
		rejected := s.Rejections(a, shown, 10)
		switch {
		case test.want == 0 && (len(shown) != 1 || len(rejected) != 0):
			t.Errorf("%s: shown %v, rejected %v", test.name, names(shown), rejected)
		case test.want != 0 && (len(shown) != 0 || len(rejected) != 1 || rejected[0].Rejection != test.want || rejected[0].Creative != "x"):
			t.Errorf("%s: shown %v, rejected %v, want %v", test.name, names(shown), rejected, test.want)
		}
	}
}

func TestDayPartsOverMidnight(t *testing.T) {
	night := scoring.DayPart{Days: 1 << time.Friday, Start: 22 * 60, End: 6 * 60}
	friday := time.Date(2026, 4, 3, 0, 0, 0, 0, time.UTC)
	for hours, want := range map[int]bool{5: false, 21: false, 22: true, 24 + 5: true, 24 + 6: false, 24 + 23: false} {
		if got := night.Has(friday.Add(time.Duration(hours) * time.Hour)); got != want {
			t.Errorf("%d hours into Friday: %v", hours, got)
		}
	}
}

// A lower tier has its turn where no higher one may be shown.
func TestTiers(t *testing.T) {
	flights := []Flight{
		{Campaign: scoring.Campaign{ID: "auction"}},
		{Campaign: scoring.Campaign{ID: "goal", Tier: scoring.TierGoal}},
		{Campaign: scoring.Campaign{ID: "house", Tier: scoring.TierHouse}},
		{Campaign: scoring.Campaign{ID: "sponsor", Tier: scoring.TierSponsorship, Start: noon.Add(time.Hour)}},
	}
	var creatives []scoring.Creative
	for _, f := range flights {
		creatives = append(creatives, banner(f.ID, "x"), banner(f.ID, "y"))
	}
	s := NewShelf(flights, creatives, time.UTC, nil)
	a := ask()
	shown := s.Eligible(nil, a)
	if got := fmt.Sprint(names(shown)); got != "[goal/x goal/y]" {
		t.Errorf("got %s", got)
	}
	why := map[scoring.CampaignID]scoring.Rejection{}
	for _, r := range s.Rejections(a, shown, 100) {
		why[r.Campaign] = r.Rejection
	}
	// Of the goal's two, one would be shown and the other outranked.
	if one := s.Rejections(a, shown[:1], 100); one[2].Creative != "y" || one[2].Rejection != scoring.RejectedOutranked {
		t.Errorf("rejected %v", one)
	}
	if fmt.Sprint(why) != fmt.Sprint(map[scoring.CampaignID]scoring.Rejection{
		"auction": scoring.RejectedLowerTier, "house": scoring.RejectedLowerTier, "sponsor": scoring.RejectedFlight,
	}) {
		t.Errorf("rejected for %v", why)
	}
	a.Now = noon.Add(time.Hour)
	if got := fmt.Sprint(names(s.Eligible(nil, a))); got != "[sponsor/x sponsor/y]" {
		t.Errorf("got %s", got)
	}
}

// What the index finds is what going through all would.
func TestTheIndexFindsAll(t *testing.T) {
	countries := []string{"", "FR", "DE"}
	formats := []string{"banner", "teaser"}
	rapid.Check(t, func(t *rapid.T) {
		var flights []Flight
		var creatives []scoring.Creative
		for i := range rapid.IntRange(0, 6).Draw(t, "campaigns") {
			f := Flight{Campaign: scoring.Campaign{ID: scoring.CampaignID(fmt.Sprint("c", i)), Paused: rapid.IntRange(0, 4).Draw(t, "paused") == 0}}
			for range rapid.IntRange(0, 2).Draw(t, "places") {
				f.Places = append(f.Places, scoring.Place{Country: rapid.SampledFrom(countries).Draw(t, "country")})
			}
			flights = append(flights, f)
			for j := range rapid.IntRange(0, 4).Draw(t, "creatives") {
				creatives = append(creatives, scoring.Creative{
					ID: scoring.CreativeID(fmt.Sprint("x", j)), Campaign: f.ID, Format: rapid.SampledFrom(formats).Draw(t, "format"),
					Size: scoring.CreativeSize{Width: rapid.Int32Range(1, 2).Draw(t, "width"), Height: 1},
				})
			}
		}
		s := NewShelf(flights, creatives, time.UTC, nil)
		a := ask()
		a.Context.Country = rapid.SampledFrom(countries).Draw(t, "here")
		if rapid.Bool().Draw(t, "by format") {
			a.Rules.Formats = formats[:rapid.IntRange(1, 2).Draw(t, "formats")]
		}
		if rapid.Bool().Draw(t, "by size") {
			a.Rules.Sizes = []scoring.CreativeSize{{Width: 1, Height: 1}}
		}
		shown := s.Eligible(nil, a)
		if left := s.Rejections(a, shown, 1000); len(left)+len(shown) != len(creatives) {
			t.Fatalf("%d shown and %d rejected of %d", len(shown), len(left), len(creatives))
		}
		for _, r := range s.Rejections(a, nil, 1000) {
			if (r.Rejection == scoring.RejectedLowerTier) != contains(shown, r) {
				t.Fatalf("%v is among those shown: %v", r, contains(shown, r))
			}
		}
	})
}

func contains(shown []*Ad, r scoring.Rejected) bool {
	for _, a := range shown {
		if a.Campaign == r.Campaign && a.ID == r.Creative {
			return true
		}
	}
	return false
}

// BenchmarkEligible is a slot among 10,000 creatives of 500 campaigns in 20
// countries and 5 sizes.
func BenchmarkEligible(b *testing.B) {
	var flights []Flight
	var creatives []scoring.Creative
	for i := range 500 {
		id := scoring.CampaignID(fmt.Sprintf("c%03d", i))
		flights = append(flights, Flight{Campaign: scoring.Campaign{ID: id, Places: []scoring.Place{{Country: fmt.Sprint("A", i%20)}}}})
		for j := range 20 {
			c := banner(id, scoring.CreativeID(fmt.Sprintf("x%02d", j)))
			c.Size.Width = int32(100 * (j%5 + 1))
			creatives = append(creatives, c)
		}
	}
	s := NewShelf(flights, creatives, time.UTC, nil)
	a := ask()
	a.Context.Country = "A7"
	a.Rules.Formats, a.Rules.Sizes = []string{"banner"}, []scoring.CreativeSize{{Width: 300, Height: 250}}
	var shown []*Ad
	b.ReportAllocs()
	for b.Loop() {
		shown = s.Eligible(shown[:0], a)
	}
	b.ReportMetric(float64(len(shown)), "eligible")
}

// Ads for segments are found with the segments that the visitor is in, each once.
func TestSegments(t *testing.T) {
	flights := []Flight{
		{Campaign: scoring.Campaign{ID: "all"}},
		{Campaign: scoring.Campaign{ID: "both", Segments: []scoring.SegmentID{"runners", "buyers"}}},
		{Campaign: scoring.Campaign{ID: "buyers", Segments: []scoring.SegmentID{"buyers"}}},
		{Campaign: scoring.Campaign{ID: "lyon", Segments: []scoring.SegmentID{"runners"}, Places: []scoring.Place{{Country: "FR", City: "Lyon"}}}},
		{Campaign: scoring.Campaign{ID: "targeted", Segments: []scoring.SegmentID{"runners"}}, Audience: fits("x")},
	}
	var creatives []scoring.Creative
	for _, f := range flights {
		creatives = append(creatives, banner(f.ID, "x"))
	}
	s := NewShelf(flights, creatives, time.UTC, nil)
	if !NewShelf([]Flight{{Campaign: flights[2].Campaign}}, nil, time.UTC, nil).Targets() {
		t.Error("a campaign for a segment asks for nobody")
	}
	for _, test := range []struct {
		in   []scoring.SegmentID
		city string
		want []string
	}{
		{nil, "Lyon", []string{"all/x"}},
		{[]scoring.SegmentID{"runners"}, "", []string{"all/x", "both/x", "targeted/x"}},
		{[]scoring.SegmentID{"runners"}, "Lyon", []string{"all/x", "both/x", "lyon/x", "targeted/x"}},
		{[]scoring.SegmentID{"buyers", "runners"}, "", []string{"all/x", "both/x", "buyers/x", "targeted/x"}},
		{[]scoring.SegmentID{"hikers"}, "", []string{"all/x"}},
	} {
		a := ask()
		a.Visitor, a.Context = "x", &scoring.Context{Country: "FR", City: test.city}
		asked := map[scoring.SegmentID]bool{}
		a.In = func(id scoring.SegmentID) bool { asked[id] = true; return slices.Contains(test.in, id) }
		shown := s.Eligible(nil, a)
		if got := names(shown); !slices.Equal(got, test.want) {
			t.Errorf("in %v, %s: %v, want %v", test.in, test.city, got, test.want)
		}
		for _, r := range s.Rejections(a, shown, 10) {
			if want := scoring.RejectedTargeting; r.Rejection != want && r.Campaign != "lyon" {
				t.Errorf("in %v: %v for %v", test.in, r.Campaign, r.Rejection)
			}
		}
		if asked["hikers"] {
			t.Error("a segment that no campaign is for was asked for")
		}
	}
}

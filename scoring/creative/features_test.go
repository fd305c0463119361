package creative

import (
	"math"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
)

// The features of a creative on a page are those that Names names, in that order: a
// share of the logit is told by its name.
func TestNamesAreThoseOfTheFeatures(t *testing.T) {
	facet := scoring.Facet{Kind: scoring.FacetBrand, Value: "Acme"}.ID()
	page := Page{
		Placement: "hero",
		Context:   []Trait{{"device", "2"}, {"country", "DE"}},
		Interests: []Interest{{facet, 0.5}, {facet + 1, 7}},
	}
	subject := Subject{Creative: "c1", Campaign: "spring", Category: "shoes/trail", Attributes: []Trait{{"format", "video"}}}
	var b Builder
	features := append(append([]Feature(nil), b.Begin(&page)...), b.Own(Prepare(subject), 3)...)
	names := Names(&page, subject)
	// site, placement, 2 of context, 2 facets; campaign, creative, 2 levels of the
	// category, 1 attribute; 3 traits x 5 of the page; fatigue.
	if want := 6 + 5 + 15 + 1; len(features) != want || len(names) != want {
		t.Fatalf("%d features, %d names, want %d", len(features), len(names), want)
	}
	seen := map[FeatureID]Name{}
	for i, f := range features {
		if f.ID != names[i].ID() || f.ID.Kind() != names[i].Kind {
			t.Errorf("feature %d is not that of %+v", i, names[i])
		}
		if other, twice := seen[f.ID]; twice {
			t.Errorf("%+v and %+v have the same id", other, names[i])
		}
		seen[f.ID] = names[i]
		want := float32(1)
		switch {
		case names[i].Kind == KindFatigue:
			want = float32(math.Log(4)) // ln(1 + 3 times)
		case names[i].Facet == facet:
			want = 0.5
		}
		if f.X != want {
			t.Errorf("%+v is %v, want %v", names[i], f.X, want)
		}
	}
	if got := (Name{Kind: KindSetting, Creative: Trait{"format", "video"}, Page: Trait{"device", "2"}}); seen[got.ID()] != got {
		t.Errorf("%+v is not among them", got)
	}
}

// Key and value don't run into each other, nor do the two sides of a cross.
func TestFeatureIDsTellNamesApart(t *testing.T) {
	a, b := Trait{"ab", "c"}, Trait{"a", "bc"}
	ids := map[FeatureID]bool{}
	for _, n := range []Name{
		{Kind: KindSetting, Creative: a, Page: b}, {Kind: KindSetting, Creative: b, Page: a}, {Kind: KindSetting, Creative: a, Page: a},
		{Kind: KindSetting, Creative: b, Page: b}, {Kind: KindAttribute, Creative: a}, {Kind: KindAttribute, Creative: b},
		{Kind: KindContext, Page: a}, {Kind: KindCategory, Creative: a}, {Kind: KindInterest, Creative: a, Facet: 1}, {Kind: KindInterest, Creative: a, Facet: 2},
	} {
		ids[n.ID()] = true
	}
	if len(ids) != 10 {
		t.Errorf("%d ids of 10 names", len(ids))
	}
}

func TestContextTraits(t *testing.T) {
	got := ContextTraits(&scoring.Context{
		Device: scoring.DevicePhone, Country: "DE", LocalTime: time.Date(2026, 3, 1, 21, 30, 0, 0, time.UTC), // a Sunday
	})
	want := []Trait{{"device", "2"}, {"country", "DE"}, {"hours", "20-24"}, {"day", "weekend"}}
	if len(got) != len(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %v, want %v", got[i], want[i])
		}
	}
}

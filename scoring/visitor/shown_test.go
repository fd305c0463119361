package visitor

import (
	"encoding/hex"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
)

const day = 24 * 60 // minutes

func TestShown(t *testing.T) {
	seen := func(minutes int, products ...scoring.ProductID) *scoring.Event {
		return event(scoring.ProductListViewed, minutes, products...)
	}
	for _, test := range []struct {
		name   string
		events []*scoring.Event
		want   map[scoring.ProductID]float64 // times, as of three days after noon
	}{
		{"a list without items", []*scoring.Event{seen(0)}, nil},
		{
			"each time counts, and half of it three days later",
			[]*scoring.Event{seen(0, "a", "b"), seen(0, "a")},
			map[scoring.ProductID]float64{"a": 1, "b": 0.5},
		}, {
			"twice in one list is once",
			[]*scoring.Event{seen(3*day, "a", "a")},
			map[scoring.ProductID]float64{"a": 1},
		}, {
			"what came before fades", // 2 x 1/2 + 1
			[]*scoring.Event{seen(0, "a"), seen(0, "a"), seen(3*day, "a")},
			map[scoring.ProductID]float64{"a": 2},
		}, {
			"told late", // 1 + 1 x 1/2
			[]*scoring.Event{seen(3*day, "a"), seen(0, "a")},
			map[scoring.ProductID]float64{"a": 1.5},
		}, {
			"turned to",
			[]*scoring.Event{seen(0, "a", "b"), event(scoring.ProductClicked, 1, "a")},
			map[scoring.ProductID]float64{"b": 0.5},
		}, {
			"turned to since, and told late",
			[]*scoring.Event{event(scoring.ProductViewed, 10, "a"), seen(5, "a")},
			nil,
		}, {
			"left alone after it was turned to",
			[]*scoring.Event{event(scoring.ProductViewed, 0, "a"), seen(3*day, "a")},
			map[scoring.ProductID]float64{"a": 1},
		}, {
			"waved away",
			[]*scoring.Event{seen(0, "a"), event(scoring.Dismissed, 1, "a")},
			nil,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := fold(test.events...)
			if len(p.Shown) != len(test.want) {
				t.Fatalf("%+v, want %v", p.Shown, test.want)
			}
			for k := range p.Shown {
				s := &p.Shown[k]
				if got := s.TimesAt(noon.Add(3 * 24 * time.Hour)); got != test.want[s.Product] {
					t.Errorf("%s was seen %v times, want %v", s.Product, got, test.want[s.Product])
				}
			}
		})
	}
}

func TestTheLastShownStay(t *testing.T) {
	var events []*scoring.Event
	for k := range 30 {
		events = append(events, event(scoring.ProductListViewed, k, scoring.ProductID(rune('A'+k))))
	}
	p := fold(events...)
	if len(p.Shown) != MaxShown || p.Shown[0].Product != "G" || p.Shown[MaxShown-1].Product != "^" {
		t.Errorf("%d are left, from %s to %s", len(p.Shown), p.Shown[0].Product, p.Shown[len(p.Shown)-1].Product)
	}
}

// In a full record what was seen gives way, but for a page's worth, before the
// visitor's own doings do.
func TestShownGivesWayFirst(t *testing.T) {
	var events []*scoring.Event
	for k := range 32 {
		e := event(scoring.ProductViewed, k, scoring.ProductID("viewed-"+string(rune('A'+k))))
		for f := range 4 {
			e.Items[0].Facets = append(e.Items[0].Facets, scoring.Facet{Kind: scoring.FacetTag, Value: string(rune('a' + (4*k+f)%26))}.ID())
		}
		events = append(events, e)
	}
	var list []scoring.ProductID
	for k := range MaxShown {
		list = append(list, scoring.ProductID("shown-"+string(rune('A'+k))))
	}
	p := fold(append(events, event(scoring.ProductListViewed, 40, list...))...)
	if len(p.Shown) < 8 || len(p.Shown) == MaxShown || len(p.Touches) != MaxTouches || p.Interests.Len() < 20 {
		t.Errorf("%d shown, %d touches, %d interests are left", len(p.Shown), len(p.Touches), p.Interests.Len())
	}
}

// A record as version 1 wrote it opens for ever.
func TestFirstVersionOpens(t *testing.T) {
	b, err := hex.DecodeString(firstVersion)
	if err != nil {
		t.Fatal(err)
	}
	var p Profile
	if err := p.UnmarshalBinary(b); err != nil {
		t.Fatal(err)
	}
	if len(p.Touches) != 3 || p.Touches[2].Product != "b" || len(p.Purchases) != 1 || p.Purchases[0].Order != "o" ||
		!p.LastSeen.Equal(noon.Add(2*time.Minute)) || p.Shown != nil || p.Interests.Len() != 1 {
		t.Errorf("%+v", p)
	}
}

// firstVersion is a view of a, and b put into the cart and ordered.
const firstVersion = "0180fbb6949567c0a90703010180fbb694956744fb8cede1fb07411e2e411ffe4120000300016105c0a90700016207e0d403020c0000010200016f010004"

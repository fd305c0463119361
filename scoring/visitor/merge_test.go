package visitor

import (
	"fmt"
	"math"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/contact"
	"github.com/vitrine-io/vitrine/scoring/interest"
)

func TestMerge(t *testing.T) {
	brand := func(minute int, kind scoring.EventType, product scoring.ProductID) *scoring.Event {
		e := event(kind, minute, product)
		e.Items[0].Facets = []scoring.FacetID{scoring.Facet{Kind: scoring.FacetBrand, Value: "Falk"}.ID()}
		return e
	}
	t.Run("interests add up", func(t *testing.T) {
		m := Merge(fold(brand(0, scoring.ProductViewed, "a")), fold(brand(30, scoring.ProductViewed, "b")))
		got := m.Interests.AppendAt(nil, noon.Add(30*time.Minute))
		// One view now, and one a half-life of the session ago: 1 + 1/2.
		if len(got) != 1 || math.Abs(float64(got[0].Weight[interest.Short])-1.5) > 1e-4 {
			t.Errorf("got %v", got)
		}
	})
	t.Run("touches stand in the order of time", func(t *testing.T) {
		m := Merge(nil,
			fold(event(scoring.ProductViewed, 0, "a"), event(scoring.ProductViewed, 2, "c")),
			fold(event(scoring.ProductViewed, 1, "b"), event(scoring.ProductViewed, 3, "d")))
		got := ""
		for _, x := range m.Touches {
			got += string(x.Product)
		}
		if got != "abcd" || m.Events != 4 || !m.FirstSeen.Equal(noon) || !m.LastSeen.Equal(noon.Add(3*time.Minute)) {
			t.Errorf("got %q, %d events from %v to %v", got, m.Events, m.FirstSeen, m.LastSeen)
		}
	})
	t.Run("one cart of what lies in both", func(t *testing.T) {
		m := Merge(nil,
			fold(event(scoring.ProductAdded, 0, "a"), event(scoring.ProductAdded, 1, "a"), event(scoring.ProductAdded, 2, "b")),
			fold(event(scoring.ProductAdded, 3, "a")))
		want := []CartItem{{"b", 1, noon.Add(2 * time.Minute)}, {"a", 2, noon.Add(3 * time.Minute)}}
		if !reflect.DeepEqual(m.Cart, want) {
			t.Errorf("got %v, want %v", m.Cart, want)
		}
	})
	t.Run("what was bought on the phone is no longer in the laptop's cart", func(t *testing.T) {
		laptop := fold(event(scoring.ProductAdded, 0, "a"), event(scoring.ProductAdded, 1, "b"))
		phone := fold(order(scoring.OrderCompleted, 2, "o", "a"))
		if m := Merge(nil, laptop, phone); len(m.Cart) != 1 || m.Cart[0].Product != "b" {
			t.Errorf("got %v", m.Cart)
		}
	})
	t.Run("an order that is told twice was placed once", func(t *testing.T) {
		m := Merge(fold(order(scoring.OrderCompleted, 0, "o", "a")), fold(order(scoring.OrderCompleted, 1, "o", "a"), order(scoring.OrderCompleted, 2, "o2", "b")))
		if len(m.Purchases) != 2 || len(m.Habits) != 2 || m.Habits[0].Times != 1 {
			t.Errorf("got %v, %v", m.Purchases, m.Habits)
		}
	})
	t.Run("two days' purchases are two", func(t *testing.T) {
		m := Merge(fold(order(scoring.OrderCompleted, 0, "o", "a")), fold(order(scoring.OrderCompleted, 2*24*60, "o2", "a")))
		// Two days are 1/45 of a half-life.
		if want := 1 + math.Exp2(-2.0/90); len(m.Habits) != 1 || m.Habits[0].Times != 2 || math.Abs(float64(m.Habits[0].Lately)-want) > 1e-4 {
			t.Errorf("got %v, want 2 times, %v lately", m.Habits, want)
		}
	})
	t.Run("what was answered to on the phone was not left alone on the laptop", func(t *testing.T) {
		laptop := fold(event(scoring.ProductListViewed, 0, "a", "b"))
		m := Merge(nil, laptop, fold(event(scoring.ProductViewed, 1, "a")))
		if len(m.Shown) != 1 || m.Shown[0].Product != "b" {
			t.Errorf("got %v", m.Shown)
		}
	})
	t.Run("contacts count on whatever device they were", func(t *testing.T) {
		seen := func(minute int, creatives ...scoring.CreativeID) *Profile {
			e := &scoring.Event{Type: scoring.CreativeServed, Time: noon.Add(time.Duration(minute) * time.Minute)}
			for _, c := range creatives {
				e.Served = append(e.Served, scoring.Served{Campaign: "c", Creative: c, Keep: time.Hour})
			}
			return fold(e)
		}
		m := Merge(nil, seen(0, "x", "y"), seen(1, "x"), seen(2, "x"))
		of := contact.Of{Creative: contact.CreativeKey("c", "x")}
		if got := m.Contacts.Times(of, time.Hour, noon.Add(10*time.Minute)); got != 3 {
			t.Errorf("got %d, want 3", got)
		}
		if got := m.Contacts.Times(of, time.Hour, noon.Add(60*time.Minute)); got != 2 { // the first is an hour ago
			t.Errorf("an hour later: got %d, want 2", got)
		}
	})
	t.Run("the last word on an attribute stands", func(t *testing.T) {
		told := func(minute int, value string) *Profile {
			return fold(&scoring.Event{Type: scoring.VisitorDescribed, Time: noon.Add(time.Duration(minute) * time.Minute), Attributes: map[string]string{"tier": value}})
		}
		if got := Merge(told(2, "gold"), told(1, "silver"), told(0, "basic")).Attributes(); len(got) != 1 || got[0].Value != "gold" {
			t.Errorf("got %v", got)
		}
	})
	t.Run("one part is itself, and none is nothing", func(t *testing.T) {
		p := fold(event(scoring.ProductViewed, 0, "a"))
		if Merge(p) != p || Merge(nil, p) != p || Merge(nil, nil) != nil {
			t.Error("not as it was")
		}
	})
}

func profileGen() *rapid.Generator[*Profile] {
	return rapid.Custom(func(t *rapid.T) *Profile {
		return fold(rapid.SliceOfN(eventGen(), 1, 12).Draw(t, "events")...)
	})
}

func TestMergeLaws(t *testing.T) {
	t.Run("the order of the devices does not matter", rapid.MakeCheck(func(t *rapid.T) {
		list := rapid.SliceOfN(profileGen(), 2, 5).Draw(t, "devices")
		want := Merge(nil, list...)
		if got := Merge(nil, rapid.Permutation(list).Draw(t, "order")...); !alike(got, want) {
			t.Fatalf("got\n%+v\nwant\n%+v", got, want)
		}
	}))
	t.Run("the parts stay as they are", rapid.MakeCheck(func(t *rapid.T) {
		list := rapid.SliceOfN(profileGen(), 2, 4).Draw(t, "devices")
		var before []string
		for _, p := range list {
			before = append(before, string(record(t, p)))
		}
		Merge(nil, list...)
		for k, p := range list {
			if string(record(t, p)) != before[k] {
				t.Fatal("a part changed")
			}
		}
	}))
	t.Run("nothing with something is something", rapid.MakeCheck(func(t *rapid.T) {
		p := profileGen().Draw(t, "device")
		got := Merge(&Profile{}, p)
		want := *p
		want.Identity, got.Identity = nil, nil // which persons it was linked to does not matter to a person
		got.Contacts, want.Contacts = contact.Log{}, contact.Log{}
		if !alike(got, &want) {
			t.Fatalf("got\n%+v\nwant\n%+v", got, &want)
		}
	}))
	// Where no bound is reached, all at once says the same as one after the other.
	t.Run("step by step", rapid.MakeCheck(func(t *rapid.T) {
		list := rapid.SliceOfN(profileGen(), 3, 3).Draw(t, "devices")
		once, left := Merge(nil, list...), Merge(nil, Merge(nil, list[0], list[1]), list[2])
		if once.Events != left.Events || !once.FirstSeen.Equal(left.FirstSeen) || !once.LastSeen.Equal(left.LastSeen) || once.Search != left.Search {
			t.Fatal("seen and searched differ")
		}
		products := func(p *Profile) map[scoring.ProductID]int {
			n := map[scoring.ProductID]int{}
			for _, x := range p.Touches {
				n[x.Product]++
			}
			return n
		}
		if len(once.Touches) < MaxTouches && !reflect.DeepEqual(products(once), products(left)) {
			t.Fatalf("touches: %v and %v", products(once), products(left))
		}
		now := once.LastSeen.Add(time.Hour)
		for c := 'a'; c <= 'z'; c++ {
			of := contact.Of{Creative: contact.CreativeKey("c", scoring.CreativeID(c))}
			if a, b := once.Contacts.Times(of, scoring.MaxCapWindow, now), left.Contacts.Times(of, scoring.MaxCapWindow, now); a != b {
				t.Fatalf("%c: %d and %d contacts", c, a, b)
			}
		}
		if once.Interests.Len() == interest.MaxFacets {
			return
		}
		far := map[scoring.FacetID]float64{}
		for _, e := range once.Interests.AppendAt(nil, now) {
			far[e.Facet] = float64(e.Weight[interest.Long])
		}
		for _, e := range left.Interests.AppendAt(nil, now) {
			far[e.Facet] -= float64(e.Weight[interest.Long])
		}
		for f, d := range far {
			if math.Abs(d) > 0.01 { // two roundings to 16 bits of weights up to some hundred
				t.Fatalf("facet %v is %v off", f, d)
			}
		}
	}))
}

func BenchmarkMerge(b *testing.B) {
	device := func(n int) *Profile {
		var p *Profile
		for i := range 200 {
			product := (i*7 + n*13) % 90
			id := scoring.ProductID(fmt.Sprintf("sku-%d", product))
			kind := scoring.ProductViewed
			switch i % 10 {
			case 7:
				kind = scoring.ProductAdded
			case 9:
				kind = scoring.ProductListViewed
			}
			e := event(kind, i*3+n, id)
			if i%40 == 39 {
				e = order(scoring.OrderCompleted, i*3+n, scoring.OrderID(fmt.Sprint(n, "-", i)), id)
			}
			for f := range 6 {
				e.Items[0].Facets = append(e.Items[0].Facets, scoring.Facet{Kind: scoring.FacetTag, Value: fmt.Sprint((product + f*f) % 80)}.ID())
			}
			p = Apply(p, e)
			if i%4 == 0 {
				p = Apply(p, &scoring.Event{Type: scoring.CreativeServed, Time: e.Time, Served: []scoring.Served{{
					Campaign: "c", Creative: scoring.CreativeID(fmt.Sprint(i % 12)), Keep: 24 * time.Hour,
				}}})
			}
		}
		return p
	}
	for _, n := range []int{2, 3, 10} {
		var parts []*Profile
		for k := range n {
			parts = append(parts, device(k))
		}
		b.Run(fmt.Sprintf("devices=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Merge(nil, parts...)
			}
		})
	}
}

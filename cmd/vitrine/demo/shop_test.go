package demo

import (
	"slices"
	"strings"
	"testing"
	"time"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"google.golang.org/protobuf/proto"
)

var noon = time.Date(2026, 5, 14, 12, 0, 0, 0, time.UTC)

func TestShopFollowsFromItsSeed(t *testing.T) {
	a, b := NewShop("demo", 7, noon), NewShop("demo", 7, noon)
	if len(a.Articles) != len(b.Articles) {
		t.Fatalf("%d and %d articles from one seed", len(a.Articles), len(b.Articles))
	}
	for i := range a.Articles {
		if !proto.Equal(a.Articles[i].Product, b.Articles[i].Product) {
			t.Fatalf("article %d differs:\n%v\n%v", i, a.Articles[i].Product, b.Articles[i].Product)
		}
	}
	other := NewShop("demo", 8, noon)
	if proto.Equal(a.Articles[0].Product, other.Articles[0].Product) && proto.Equal(a.Articles[1].Product, other.Articles[1].Product) {
		t.Error("another seed gives the same articles")
	}
}

func TestShopIsCredible(t *testing.T) {
	for _, seed := range []uint64{1, 2, 3, 99, 1 << 60} {
		shop := NewShop("demo", seed, noon)
		if n := len(shop.Articles); n < 270 || n > 400 {
			t.Errorf("seed %d: %d products, want some 300", seed, n)
		}
		if n := shop.Categories(); n != len(shelves) {
			t.Errorf("seed %d: %d categories, want %d", seed, n, len(shelves))
		}
		facts := shop.facts(noon)
		if facts.OutOfStock == 0 || facts.New == 0 || facts.Reduced == 0 {
			t.Errorf("seed %d: nothing of a kind: %+v", seed, facts)
		}
		titles, ids := map[string]bool{}, map[string]bool{}
		groups := map[string][]string{}
		for _, a := range shop.Articles {
			checkArticle(t, a)
			if titles[a.Product.GetTitle()] || ids[a.ID] {
				t.Errorf("seed %d: %s %q stands there twice", seed, a.ID, a.Product.GetTitle())
			}
			titles[a.Product.GetTitle()], ids[a.ID] = true, true
			if g := a.Product.GetGroupId(); g != "" {
				groups[g] = append(groups[g], a.Product.GetAttributes()["colour"])
			}
		}
		if len(groups) < 10 {
			t.Errorf("seed %d: only %d articles have variants", seed, len(groups))
		}
		for g, colours := range groups {
			slices.Sort(colours)
			if n := len(slices.Compact(colours)); n < 2 {
				t.Errorf("seed %d: group %s has %d colours", seed, g, n)
			}
		}
	}
}

func checkArticle(t *testing.T, a *Article) {
	t.Helper()
	p := a.Product
	euros := float64(p.GetPrice().GetUnits()) + float64(p.GetPrice().GetNanos())/1e9
	if euros < 2 || euros > 1000 {
		t.Errorf("%s %q costs %.2f", a.ID, p.GetTitle(), euros)
	}
	if p.GetListPrice() != nil && p.GetListPrice().GetUnits() < p.GetPrice().GetUnits() {
		t.Errorf("%s was cheaper before its reduction: %v, now %v", a.ID, p.GetListPrice(), p.GetPrice())
	}
	if depth := strings.Count(p.GetCategories()[0], "/") + 1; depth < 2 || depth > 4 {
		t.Errorf("%s stands %d levels deep, in %q", a.ID, depth, p.GetCategories()[0])
	}
	if n := len([]rune(p.GetTitle())); n > 52 {
		t.Errorf("%s: the title %q is %d characters long", a.ID, p.GetTitle(), n)
	}
	if (p.GetStock() == 0) != (p.GetAvailability() == pb.Availability_AVAILABILITY_OUT_OF_STOCK) {
		t.Errorf("%s: %d pieces and %v", a.ID, p.GetStock(), p.GetAvailability())
	}
	if !slices.IsSorted(p.GetTags()) || len(slices.Compact(slices.Clone(p.GetTags()))) != len(p.GetTags()) {
		t.Errorf("%s: tags %v are not a sorted set", a.ID, p.GetTags())
	}
}

func TestTastesShareOutTheVisitors(t *testing.T) {
	total := 0.0
	for _, taste := range tastes {
		total += taste.share
		for _, l := range taste.likes {
			if l.path != "" && !slices.ContainsFunc(shelves, func(s shelf) bool { return s.path == l.path }) {
				t.Errorf("%s likes %q, which is no shelf", taste.name, l.path)
			}
		}
		for brand := range taste.brands {
			if !slices.ContainsFunc(makers, func(m maker) bool { return m.name == brand }) {
				t.Errorf("%s likes the brand %q, which nobody is", taste.name, brand)
			}
		}
	}
	if total < 0.9999 || total > 1.0001 {
		t.Errorf("shares add up to %v", total)
	}
}

func TestPastFollowsFromItsSeed(t *testing.T) {
	shop := NewShop("demo", 7, noon)
	a, b := shop.Past(7, noon, 40), shop.Past(7, noon, 40)
	if len(a.Events) != len(b.Events) {
		t.Fatalf("%d and %d events from one seed", len(a.Events), len(b.Events))
	}
	for i := range a.Events {
		if !proto.Equal(a.Events[i], b.Events[i]) {
			t.Fatalf("event %d differs:\n%v\n%v", i, a.Events[i], b.Events[i])
		}
	}
}

func TestPastIsCredible(t *testing.T) {
	shop := NewShop("demo", 7, noon)
	past := shop.Past(7, noon, 300)
	if n := len(past.Events); n < 3000 || n > 12000 {
		t.Errorf("%d events of 300 visitors", n)
	}
	if past.Orders < 50 || past.Abandoned < 50 || past.Refunds < 2 {
		t.Errorf("%d orders, %d carts left behind, %d refunds", past.Orders, past.Abandoned, past.Refunds)
	}
	ids := map[string]bool{}
	var last time.Time
	for i, e := range past.Events {
		at := e.GetTime().AsTime()
		if at.Before(last) || at.After(noon) || noon.Sub(at) > Span {
			t.Fatalf("event %d at %v: not in order, or not within the span before %v", i, at, noon)
		}
		if last = at; ids[e.GetId()] {
			t.Fatalf("event %d has an id that another has: %s", i, e.GetId())
		}
		ids[e.GetId()] = true
		for _, it := range e.GetItems() {
			a := shop.Article(it.GetProductId())
			if a == nil {
				t.Fatalf("event %d is about %q, which the shop does not sell", i, it.GetProductId())
			}
			if a.since.After(at) {
				t.Errorf("event %d at %v is about %s, which came into the shop at %v", i, at, a.ID, a.since)
			}
		}
	}
}

func TestPrice(t *testing.T) {
	for want, m := range map[string]*pb.Money{
		"":          nil,
		"€129.90":   Money(129.90),
		"€1,349.00": Money(1349),
		"-€0.50":    {CurrencyCode: "EUR", Nanos: -500_000_000},
		"12.05 USD": {CurrencyCode: "USD", Units: 12, Nanos: 50_000_000},
		"7.00":      {Units: 7},
	} {
		if got := Price(m); got != want {
			t.Errorf("Price(%v) = %q, want %q", m, got, want)
		}
	}
}

func TestPercentile(t *testing.T) {
	ms := func(n int) time.Duration { return time.Duration(n) * time.Millisecond }
	hundred := make([]time.Duration, 100)
	for i := range hundred {
		hundred[i] = ms(100 - i)
	}
	for _, tt := range []struct {
		of   []time.Duration
		p    float64
		want time.Duration
	}{
		{nil, 0.5, 0},
		{[]time.Duration{ms(3)}, 0.99, ms(3)},
		{hundred, 0.50, ms(50)},
		{hundred, 0.99, ms(99)},
		{hundred, 1, ms(100)},
	} {
		if got := percentile(tt.of, tt.p); got != tt.want {
			t.Errorf("percentile(%d values, %v) = %v, want %v", len(tt.of), tt.p, got, tt.want)
		}
	}
}

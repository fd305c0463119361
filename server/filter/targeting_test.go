package filter

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

func TestTargeting(t *testing.T) {
	compiler := New(Options{})
	runner := runner()
	page := &scoring.Context{Country: "FR", Device: scoring.DevicePhone, Source: "newsletter", Medium: "email", Referrer: "https://mail.example/inbox"}
	for _, test := range []struct {
		expr            string
		runner, unknown bool
	}{
		{"", true, true},
		{"visitor.known", true, false},
		{"!visitor.known", false, true},
		{"visitor.returning && context.country == 'FR'", true, false},
		{"visitor.interests['category/shoes'] > 0.3", true, false},
		// Of what is not there nothing is true; ask first, or take both.
		{"visitor.interests['category/hats'] > 0.0", false, false},
		{"visitor.interests['category/hats'] <= 0.0", false, false},
		{"'category/hats' in visitor.interests", false, false},
		{"!('category/shoes' in visitor.interests) || visitor.interests['category/shoes'] < 1.0", false, true},
		{"'p1' in visitor.cart && !('p2' in visitor.bought)", true, false},
		{"visitor.viewed.exists(p, p.startsWith('p2'))", true, false},
		{"size(visitor.cart) == 0", false, true},
		{"context.device == 'phone'", true, true},
		// The runner viewed p1 and p2, shoes/running, 10 and 2 days ago, and p2 again
		// yesterday; ordered one p1 and two p3 at 50 each 9 days ago, after a newsletter;
		// and has p1 in the cart since an hour.
		{"visitor.times('viewed', 'category/shoes/running', '7d') == 2", true, false},
		{"visitor.products('viewed', 'category/shoes', '30d') == 2", true, false},
		{"visitor.times('viewed', 'category/shoes', '30d') >= 3 && visitor.times('bought', 'category/shoes', '7d') == 0", true, false},
		{"visitor.times('bought', 'product/p3', '2w') == 1 && visitor.times('bought', 'tag/gift', '2w') == 0", true, false},
		{"visitor.times('viewed', 'attribute/colour/red', '3d') == 2", true, false},
		{"visitor.times('visited', '', '1d') == 0", true, true},
		{"visitor.orders == 1 && visitor.spent == 150.0 && visitor.spent_within('8d') == 0.0 && visitor.spent_within('10d') == 150.0", true, false},
		{"visitor.since_order > days(8) && visitor.since_order < days(10)", true, false},
		{"visitor.since_order > days(3650)", false, true},
		{"visitor.since_seen < duration('90m') && visitor.since_first >= days(10)", true, false},
		{"visitor.cart_age > duration('30m') && visitor.cart_age < days(1) && visitor.cart_value == 12.5", true, false},
		{"visitor.first_source.medium == 'email' && visitor.first_source.referrer == 'mail.example'", true, false},
		{"visitor.last_source.medium == ''", true, true},
		{"visitor.country == 'FR' && visitor.device == 'phone'", true, false},
		{"visitor.attributes['tier'] == 'gold'", true, false},
		{"has(visitor.attributes.tier) && !has(visitor.attributes.age)", true, false},
		{"visitor.allows('messages') && !visitor.allows('creatives')", true, false},
		{"'runners' in visitor.segments && !('others' in visitor.segments)", true, false},
		{"visitor.segments.exists(s, s.startsWith('run'))", true, false},
		{"context.source == 'newsletter' && context.medium != 'cpc' && context.campaign == '' && context.referrer.contains('mail.example')", true, true},
	} {
		program, err := compiler.CompileTargeting(test.expr)
		if err != nil {
			t.Errorf("%q: %v", test.expr, err)
			continue
		}
		if got := program.Fits(runner, page); got != test.runner {
			t.Errorf("%q of the runner: %v", test.expr, got)
		}
		if got := program.Fits(&Visitor{}, page); got != test.unknown {
			t.Errorf("%q of somebody unknown: %v", test.expr, got)
		}
	}
}

// now is when visitors are asked.
var now = time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)

func runner() *Visitor {
	facets := func(list ...scoring.Facet) (ids []scoring.FacetID) {
		for _, f := range list {
			ids = append(ids, f.ID())
		}
		return ids
	}
	shoes := scoring.Facet{Kind: scoring.FacetCategory, Value: "shoes"}
	running := facets(shoes, scoring.Facet{Kind: scoring.FacetCategory, Value: "shoes/running"}, scoring.Facet{Kind: scoring.FacetAttribute, Key: "colour", Value: "red"})
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	const day = 24 * time.Hour
	events := []scoring.Event{
		{Type: scoring.ProductViewed, Time: ago(10 * day), Items: []scoring.EventItem{{Product: "p1", Facets: running}},
			Context: &scoring.Context{Source: "newsletter", Medium: "email", Referrer: "https://mail.example/inbox", Country: "FR", Device: scoring.DevicePhone}},
		{Type: scoring.OrderCompleted, Time: ago(9 * day), Order: &scoring.Order{ID: "o"}, Items: []scoring.EventItem{
			{Product: "p1", Quantity: 1, Price: &scoring.Money{Currency: "EUR", Nanos: 50e9}, Facets: running},
			{Product: "p3", Quantity: 2, Price: &scoring.Money{Currency: "EUR", Nanos: 50e9}},
		}},
		{Type: scoring.ProductViewed, Time: ago(2 * day), Items: []scoring.EventItem{{Product: "p2", Facets: running}}},
		{Type: scoring.ProductViewed, Time: ago(day), Items: []scoring.EventItem{{Product: "p2", Facets: running}}},
		{Type: scoring.ProductAdded, Time: ago(time.Hour), Items: []scoring.EventItem{{Product: "p1", Facets: running}}},
		{Type: scoring.VisitorDescribed, Time: ago(time.Hour), Attributes: map[string]string{"tier": "gold"}},
	}
	var p *visitor.Profile
	for i := range events {
		p = visitor.Apply(p, &events[i])
	}
	return &Visitor{
		Profile: p, Now: now, Allowed: scoring.PurposesOf(scoring.PurposeMessages, scoring.PurposeProfile),
		Facet: func(id scoring.FacetID) (scoring.Facet, bool) { return shoes, id == shoes.ID() },
		Price: func(scoring.ProductID) *scoring.Money { return &scoring.Money{Currency: "EUR", Nanos: 125e8} },
		In:    func(id scoring.SegmentID) bool { return id == "runners" }, Segments: func() []string { return []string{"runners"} },
	}
}

func TestTargetingRefused(t *testing.T) {
	compiler := New(Options{})
	for expr, want := range map[string]string{
		"visitor.age > 3":         "undefined field 'age'; visitor has attributes, bought, cart, cart_age, ",
		"product.brand == 'Acme'": "the variables are visitor and context",
		"visitor.cart":            "must give true or false",
		"visitor.known &&":        "line 1",
		strings.Repeat("a", 5000): "has 5000 bytes",

		"visitor.times('veiwed', '', '7d') > 1":                                                 "line 1, column 15: nobody can have \"veiwed\"; the actions are ad_clicked, added, bought,",
		"visitor.times('viewed', 'categroy/shoes', '7d') > 1":                                   "column 25: \"categroy\" is no kind of facet; what is meant is a facet such as",
		"visitor.times('viewed', 'brand/', '7d') > 1":                                           "is no kind and value",
		"visitor.times('viewed', 'attribute/colour', '7d') > 1":                                 "has no value of the attribute",
		"visitor.times('viewed', '', '7 days') > 1":                                             "column 29: \"7 days\" is no window; a window is a number of m, h, d or w",
		"visitor.times('viewed', '', '4000d') > 1":                                              "is longer than ten years",
		"visitor.times('viewed', visitor.country, '4d') > 1":                                    "takes text in quotes",
		"visitor.times('viewed', '7d') > 1":                                                     "as in visitor.times('viewed', 'category/shoes', '7d') >= 3",
		"visitor.allows('everything')":                                                          "the purposes are creatives, measurement, messages, products, profile",
		"visitor.spent_within('0d') > 1.0":                                                      "is no window",
		"visitor.viewed.all(a, visitor.times('viewed', '', '7d') > 1)":                          "judging one visitor could take",
		"visitor.viewed.all(a, visitor.viewed.all(b, visitor.viewed.all(c, a == b && b == c)))": "judging one visitor could take",
	} {
		_, err := compiler.CompileTargeting(expr)
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: got %v, want %q", expr, err, want)
		}
	}
}

func TestRules(t *testing.T) {
	compiler := New(Options{})
	rule, err := compiler.CompileRule("visitor.times('viewed', 'category/shoes', '7d') >= 2")
	if err != nil || !rule.Has(runner()) || rule.Has(&Visitor{Now: now}) {
		t.Errorf("%v, %v, %v", err, rule.Has(runner()), rule.Has(&Visitor{Now: now}))
	}
	for expr, want := range map[string]string{
		"'runners' in visitor.segments": "a segment can't be made of segments",
		"context.country == 'FR'":       "the variable is visitor; text stands in quotes",
		"visitor.orders":                "must give true or false",
	} {
		if _, err := compiler.CompileRule(expr); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", expr, err, want)
		}
	}
	targeting, err := compiler.CompileTargeting("'a' in visitor.segments || !('b' in visitor.segments)")
	if err != nil || !slices.Equal(targeting.Segments(), []scoring.SegmentID{"a", "b"}) {
		t.Errorf("names %v, %v", targeting.Segments(), err)
	}
	// A segment that is asked for within an expression has calls of its own.
	within, err := compiler.CompileTargeting("'s' in visitor.segments && visitor.times('viewed', '', '30d') == 3")
	v := runner()
	v.In = func(scoring.SegmentID) bool { return rule.Has(v) }
	if err != nil || !within.Fits(v, &scoring.Context{}) {
		t.Errorf("a rule within an expression: %v", err)
	}
}

func BenchmarkRule(b *testing.B) {
	compiler := New(Options{})
	rule, err := compiler.CompileRule("visitor.times('viewed', 'category/shoes/running', '7d') >= 3 && visitor.times('bought', 'category/shoes/running', '7d') == 0")
	if err != nil {
		b.Fatal(err)
	}
	v := runner()
	b.ReportAllocs()
	for b.Loop() {
		rule.Has(v)
	}
}

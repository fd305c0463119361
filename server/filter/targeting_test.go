package filter

import (
	"errors"
	"strings"
	"testing"

	"github.com/vitrine-io/vitrine/scoring"
)

func TestTargeting(t *testing.T) {
	compiler := New(Options{})
	runner := &Visitor{
		Known: true, Returning: true, Interests: map[string]float64{"category/shoes": 2.5, "brand/Acme": -1},
		Cart: []string{"p1"}, Viewed: []string{"p1", "p2"},
	}
	page := &scoring.Context{Country: "FR", Device: scoring.DevicePhone, Source: "newsletter", Medium: "email", Referrer: "https://mail.example/inbox"}
	for _, test := range []struct {
		expr            string
		runner, unknown bool
	}{
		{"", true, true},
		{"visitor.known", true, false},
		{"!visitor.known", false, true},
		{"visitor.returning && context.country == 'FR'", true, false},
		{"visitor.interests['category/shoes'] > 2.0", true, false},
		// Of what is not there nothing is true; ask first, or take both.
		{"visitor.interests['category/hats'] > 0.0", false, false},
		{"visitor.interests['category/hats'] <= 0.0", false, false},
		{"'category/hats' in visitor.interests", false, false},
		{"!('category/shoes' in visitor.interests) || visitor.interests['category/shoes'] < 1.0", false, true},
		{"visitor.interests['brand/Acme'] < 0.0", true, false},
		{"'p1' in visitor.cart && !('p1' in visitor.bought)", true, false},
		{"visitor.viewed.exists(p, p.startsWith('p2'))", true, false},
		{"size(visitor.cart) == 0", false, true},
		{"context.device == 'phone'", true, true},
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

func TestTargetingRefused(t *testing.T) {
	compiler := New(Options{})
	for expr, want := range map[string]string{
		"visitor.age > 3":         "undefined field 'age'; visitor has bought, cart, interests, known, returning, viewed; context has",
		"product.brand == 'Acme'": "the variables are visitor and context",
		"visitor.cart":            "must give true or false",
		"visitor.known &&":        "line 1",
		strings.Repeat("a", 5000): "has 5000 bytes",
		"visitor.viewed.all(a, visitor.viewed.all(b, visitor.viewed.all(c, a == b && b == c)))": "judging one visitor could take",
	} {
		_, err := compiler.CompileTargeting(expr)
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: got %v, want %q", expr, err, want)
		}
	}
}

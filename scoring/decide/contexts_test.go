package decide

import (
	"fmt"
	"slices"
	"testing"

	"github.com/vitrine-io/vitrine/scoring"
)

// comes lets so many visitors of a context look at products, each at one.
func (s *shop) comes(c *scoring.Context, visitors int, id scoring.ProductID) {
	for k := range visitors {
		e := s.event(scoring.ProductViewed, scoring.VisitorID(fmt.Sprint(c.Country, c.Referrer, c.Campaign, c.Device, id, k)), -300+float64(k)/10, id)
		e.Context = c
		s.learned.Learn(e)
	}
}

// A first-ever visitor, of whom the page's context is all that may be known, is met
// with what visitors of that context like.
func TestFirstEverVisitorByContext(t *testing.T) {
	blog := "https://www.runner.example/best-shoes"
	for _, test := range []struct {
		name    string
		context scoring.Context
		first   scoring.ProductID
		kind    scoring.ReasonKind // among its reasons
	}{
		{"nothing told: what is popular", scoring.Context{}, "hat", scoring.ReasonPopular},
		{"by place", scoring.Context{Country: "FR", City: "Lyon"}, "wax", scoring.ReasonLikedHere},
		{"by the website they come from", scoring.Context{Referrer: blog}, "shoe", scoring.ReasonLikedHere},
		{"by campaign", scoring.Context{Campaign: "socks-week"}, "socks", scoring.ReasonLikedHere},
		{"by device, which is no reason to tell", scoring.Context{Device: scoring.DeviceTV}, "cap", scoring.ReasonPopular},
		{"by words that led to the shop", scoring.Context{Referrer: "https://google.com/search?q=laces"}, "laces", scoring.ReasonSearched},
		{"by the keyword of an advertisement", scoring.Context{Attributes: map[string]string{"utm_term": "laces"}}, "laces", scoring.ReasonSearched},
		{"a place of too few visitors tells nothing", scoring.Context{Country: "IS"}, "hat", scoring.ReasonPopular},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := mall()
			s.comes(&scoring.Context{Country: "DE"}, 200, "hat")
			s.comes(&scoring.Context{Country: "FR", City: "Lyon"}, 60, "wax")
			s.comes(&scoring.Context{Referrer: blog}, 60, "shoe")
			s.comes(&scoring.Context{Campaign: "socks-week"}, 60, "socks")
			s.comes(&scoring.Context{Device: scoring.DeviceTV}, 60, "cap")
			s.comes(&scoring.Context{Country: "IS"}, 5, "laces")
			p := page(nil, 0, 4)
			test.context.PageType = scoring.PageHome
			p.Context = &test.context
			f := s.decider.Decide(p)[0]
			if it := f.Items[0]; it.Product != test.first || !slices.Contains(kinds(it), test.kind) ||
				test.kind == scoring.ReasonPopular && slices.Contains(kinds(it), scoring.ReasonLikedHere) {
				t.Errorf("got %v, the first for %+v; want %s for kind %d", ids(f), it.Reasons, test.first, test.kind)
			}
			if len(f.Items) != 4 {
				t.Errorf("got %d products, want 4", len(f.Items))
			}
		})
	}
}

// Once there is a visit to go by, the context says no more.
func TestAVisitSaysMoreThanItsContext(t *testing.T) {
	s := mall()
	s.comes(&scoring.Context{Country: "DE"}, 200, "hat")
	s.comes(&scoring.Context{Country: "FR"}, 60, "wax")
	p := page(profile(s.event(scoring.ProductViewed, "me", -3, "cap")), 0, 5)
	without := ids(s.decider.Decide(p)[0])
	p.Context = &scoring.Context{Country: "FR"}
	if with := ids(s.decider.Decide(p)[0]); !slices.Equal(with, without) {
		t.Errorf("got %v, without the context %v", with, without)
	}
}

package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Span is how far back the visitors' past reaches.
const Span = 28 * 24 * time.Hour

// Past is what visitors did before the story begins.
type Past struct {
	Events    []*pb.Event // in the order they happened
	Visitors  int
	Sessions  int
	Orders    int
	Abandoned int // carts left behind
	Refunds   int
}

// Past makes up what a number of visitors did in the Span before now.
func (s *Shop) Past(seed uint64, now time.Time, visitors int) *Past {
	p := &past{
		Past: Past{Visitors: visitors},
		shop: s,
		now:  now,
	}
	for i := range visitors {
		// Each has a source of their own, so that what one does, which depends on
		// the time of day too, changes nobody else.
		p.rng = rand.New(rand.NewPCG(seed, 1000+uint64(i)))
		who := newShopper(fmt.Sprintf("v%03d", i+1), p.rng)
		// Most come once or twice; some keep coming back.
		visits := 1 + min(p.rng.IntN(5), p.rng.IntN(6))
		for range visits {
			p.visit(who)
		}
	}
	slices.SortStableFunc(p.Events, func(a, b *pb.Event) int {
		return a.Time.AsTime().Compare(b.Time.AsTime())
	})
	// Ids in the order of time: they say nothing of who did it.
	for i, e := range p.Events {
		e.Id = fmt.Sprintf("past-%d-%06d", seed, i)
	}
	return &p.Past
}

// past makes up visits.
type past struct {
	Past
	shop *Shop
	rng  *rand.Rand
	now  time.Time

	// The visit under way.
	who  *shopper
	at   time.Time
	seen []*Article
	cart []*Article
}

// visit is one session: how they came, what they looked at, what became of it.
func (p *past) visit(who *shopper) {
	p.who, p.at, p.seen, p.cart = who, p.begin(), nil, nil
	p.Sessions++
	topic := who.shelf(p.rng)
	switch q := p.rng.Float64(); {
	case q < 0.45:
		p.emit(&pb.Event{Type: pb.EventType_EVENT_TYPE_HOME_VIEWED})
	case q < 0.70:
		p.emit(&pb.Event{Type: pb.EventType_EVENT_TYPE_PRODUCTS_SEARCHED, SearchQuery: topic.search})
	}
	for looks := 2 + min(p.rng.IntN(6), p.rng.IntN(8)); looks > 0; looks-- {
		if p.rng.Float64() < 0.28 {
			topic = p.who.shelf(p.rng)
		}
		if p.rng.Float64() < 0.35 {
			p.emit(&pb.Event{Type: pb.EventType_EVENT_TYPE_PRODUCT_LIST_VIEWED, Categories: []string{topic.path}})
		}
		if a := p.article(topic); a != nil {
			p.look(a)
		}
	}
	p.checkout()
}

// begin draws the time of a visit: most in the evening, none within the last
// two hours.
func (p *past) begin() time.Time {
	day := p.rng.IntN(int(Span/(24*time.Hour)) - 1)
	hour := pick(p.rng, 24, func(h int) float64 {
		switch {
		case h < 8:
			return 0.15
		case h >= 18 && h < 23:
			return 1
		}
		return 0.5
	})
	within := time.Duration(p.rng.Int64N(int64(time.Hour)))
	at := p.now.Truncate(24 * time.Hour).Add(time.Duration(hour-24*day)*time.Hour + within)
	if p.now.Sub(at) < 2*time.Hour {
		at = at.Add(-24 * time.Hour)
	}
	return at
}

// article draws what they look at next. Few go back to what they saw already.
func (p *past) article(from shelf) *Article {
	again := p.rng.Float64() < 0.1
	return p.who.article(p.rng, p.shop.byShelf[from.path], func(a *Article) bool {
		return a.inShop(p.at) && (again || !slices.Contains(p.seen, a))
	})
}

// look is one product's page, and perhaps the cart.
func (p *past) look(a *Article) {
	p.seen = append(p.seen, a)
	if p.rng.Float64() < 0.4 {
		p.emit(&pb.Event{Type: pb.EventType_EVENT_TYPE_PRODUCT_CLICKED, Items: []*pb.EventItem{item(a, 0)}})
	}
	dwell := time.Duration(5+p.rng.IntN(140)) * time.Second
	p.emit(&pb.Event{Type: pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, Items: []*pb.EventItem{item(a, 0)}, DwellTime: durationpb.New(dwell)})
	p.at = p.at.Add(dwell)
	chance := 0.10 * min(p.who.fit(a), 2.5)
	if p.who.taste.pull(a.Shelf) == 0 {
		chance /= 4
	}
	if p.rng.Float64() >= chance || slices.Contains(p.cart, a) {
		return
	}
	p.cart = append(p.cart, a)
	p.emit(&pb.Event{Type: pb.EventType_EVENT_TYPE_PRODUCT_ADDED, Items: []*pb.EventItem{item(a, 1)}})
	if p.rng.Float64() < 0.12 {
		p.cart = p.cart[:len(p.cart)-1]
		p.emit(&pb.Event{Type: pb.EventType_EVENT_TYPE_PRODUCT_REMOVED, Items: []*pb.EventItem{item(a, 1)}})
	}
}

// checkout is what becomes of the cart: an order, part of it sent back days
// later, or nothing.
func (p *past) checkout() {
	if len(p.cart) == 0 {
		return
	}
	items := make([]*pb.EventItem, len(p.cart))
	total := 0.0
	for i, a := range p.cart {
		quantity := 1
		if a.Euros < 30 {
			quantity += p.rng.IntN(3)
		}
		items[i] = item(a, quantity)
		total += a.Euros * float64(quantity)
	}
	if p.rng.Float64() < 0.8 {
		p.emit(&pb.Event{Type: pb.EventType_EVENT_TYPE_CART_VIEWED, Items: items})
	}
	if p.rng.Float64() < 0.45 {
		p.Abandoned++
		return
	}
	p.emit(&pb.Event{Type: pb.EventType_EVENT_TYPE_CHECKOUT_STARTED})
	p.Orders++
	order := fmt.Sprintf("O-%05d", p.Orders)
	p.emit(&pb.Event{Type: pb.EventType_EVENT_TYPE_ORDER_COMPLETED, Items: items,
		Order: &pb.Order{Id: order, Revenue: Money(total / 1.2), Tax: Money(total - total/1.2)}})
	if p.rng.Float64() < 0.08 {
		back := p.at.Add(time.Duration(3+p.rng.IntN(7)) * 24 * time.Hour)
		if back.Before(p.now) {
			p.at = back
			p.Refunds++
			refund := p.cart[0].Euros * float64(items[0].Quantity)
			p.emit(&pb.Event{Type: pb.EventType_EVENT_TYPE_ORDER_REFUNDED, Items: items[:1],
				Order: &pb.Order{Id: order, Revenue: Money(refund / 1.2), Tax: Money(refund - refund/1.2)}})
		}
	}
}

// emit completes an event of the visit under way, and moves its clock on.
func (p *past) emit(e *pb.Event) {
	e.Visitor = &pb.VisitorKey{DeviceId: p.who.id}
	e.Time = timestamppb.New(p.at)
	e.Consent = p.who.consent
	e.Channel = pb.Channel_CHANNEL_WEB
	e.Context = &pb.PageContext{PageType: pageOf(e.Type), Device: p.who.device, Place: &pb.Place{Country: p.who.country}}
	p.Events = append(p.Events, e)
	p.at = p.at.Add(time.Duration(3+p.rng.IntN(25)) * time.Second)
}

// item is an article in an event; a quantity tells its price as well.
func item(a *Article, quantity int) *pb.EventItem {
	i := &pb.EventItem{ProductId: a.ID}
	if quantity > 0 {
		i.Quantity, i.Price = int32(quantity), a.Product.GetPrice()
	}
	return i
}

// pageOf is the page that an event of a type happens on.
func pageOf(t pb.EventType) pb.PageType {
	switch t {
	case pb.EventType_EVENT_TYPE_HOME_VIEWED:
		return pb.PageType_PAGE_TYPE_HOME
	case pb.EventType_EVENT_TYPE_PRODUCT_LIST_VIEWED, pb.EventType_EVENT_TYPE_PRODUCT_CLICKED:
		return pb.PageType_PAGE_TYPE_CATEGORY
	case pb.EventType_EVENT_TYPE_PRODUCTS_SEARCHED:
		return pb.PageType_PAGE_TYPE_SEARCH
	case pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, pb.EventType_EVENT_TYPE_PRODUCT_ADDED:
		return pb.PageType_PAGE_TYPE_PRODUCT
	case pb.EventType_EVENT_TYPE_PRODUCT_REMOVED, pb.EventType_EVENT_TYPE_CART_VIEWED:
		return pb.PageType_PAGE_TYPE_CART
	case pb.EventType_EVENT_TYPE_CHECKOUT_STARTED:
		return pb.PageType_PAGE_TYPE_CHECKOUT
	case pb.EventType_EVENT_TYPE_ORDER_COMPLETED:
		return pb.PageType_PAGE_TYPE_ORDER_CONFIRMATION
	}
	return pb.PageType_PAGE_TYPE_OTHER
}

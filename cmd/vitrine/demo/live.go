package demo

import (
	"context"
	"fmt"
	"math/rand/v2"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// live is one visitor in the shop right now.
type live struct {
	d     *Demo
	rng   *rand.Rand
	who   *shopper
	today *Today
	n     int // events so far
}

// visit goes from the home page to a few products: to what is offered where it
// suits the visitor, else to what they find by themselves.
func (l *live) visit(ctx context.Context) error {
	if err := l.track(ctx, &pb.Event{Type: pb.EventType_EVENT_TYPE_HOME_VIEWED}); err != nil {
		return err
	}
	page := &pb.PageContext{PageType: pb.PageType_PAGE_TYPE_HOME}
	for range 3 + l.rng.IntN(3) {
		a, token, err := l.offered(ctx, page)
		if err != nil {
			return err
		}
		if a != nil {
			err = l.click(ctx, a, token)
		} else if a = l.find(); a != nil {
			err = l.track(ctx, &pb.Event{Type: pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, Items: []*pb.EventItem{item(a, 0)}})
		}
		if err != nil {
			return err
		}
		if a != nil {
			page = &pb.PageContext{PageType: pb.PageType_PAGE_TYPE_PRODUCT, ProductId: a.ID}
		}
	}
	return nil
}

// find is a product that they come upon without being shown it.
func (l *live) find() *Article {
	return l.who.article(l.rng, l.d.Shop.byShelf[l.who.shelf(l.rng).path], func(a *Article) bool {
		return a.sellable() && a.inShop(l.d.now)
	})
}

// offered asks what to show on a page, and returns what the visitor would look
// closer at, if anything, with its attribution token.
func (l *live) offered(ctx context.Context, page *pb.PageContext) (*Article, string, error) {
	page.Device, page.Place = l.who.device, &pb.Place{Country: l.who.country}
	placement := placementHome
	if page.GetPageType() == pb.PageType_PAGE_TYPE_PRODUCT {
		placement = placementProduct
	}
	resp, err := l.d.clients.decide(ctx, &pb.DecideRequest{
		Site:       l.d.Shop.Site,
		Visitor:    &pb.VisitorKey{DeviceId: l.who.id},
		Consent:    l.who.consent,
		Context:    page,
		Placements: []*pb.PlacementRequest{{Placement: placement}},
	})
	if err != nil {
		return nil, "", err
	}
	l.today.Decisions++
	for _, it := range resp.GetPlacements()[0].GetItems() {
		a := l.d.Shop.Article(it.GetProduct().GetProductId())
		if a == nil {
			return nil, "", fmt.Errorf("decided on %q, which the shop does not sell", it.GetProduct().GetProductId())
		}
		// Nobody looks at everything they like.
		if l.who.wants(a) && l.rng.Float64() < 0.2 {
			return a, it.GetAttributionToken(), nil
		}
	}
	return nil, "", nil
}

// click follows an offer to its page, and sometimes buys.
func (l *live) click(ctx context.Context, a *Article, token string) error {
	l.today.Clicks++
	steps := []pb.EventType{pb.EventType_EVENT_TYPE_PRODUCT_CLICKED, pb.EventType_EVENT_TYPE_PRODUCT_VIEWED}
	buys := l.rng.Float64() < 0.12
	if buys {
		steps = append(steps, pb.EventType_EVENT_TYPE_PRODUCT_ADDED, pb.EventType_EVENT_TYPE_ORDER_COMPLETED)
		l.today.Orders++
	}
	for _, t := range steps {
		e := &pb.Event{Type: t, Items: []*pb.EventItem{item(a, 0)}, AttributionToken: token}
		switch t {
		case pb.EventType_EVENT_TYPE_PRODUCT_ADDED:
			e.Items = []*pb.EventItem{item(a, 1)}
		case pb.EventType_EVENT_TYPE_ORDER_COMPLETED:
			e.Items = []*pb.EventItem{item(a, 1)}
			e.Order = &pb.Order{Id: "T-" + l.who.id + fmt.Sprint(l.n), Revenue: Money(a.Euros / 1.2), Tax: Money(a.Euros - a.Euros/1.2)}
		}
		if err := l.track(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// track reports an event that happens now.
func (l *live) track(ctx context.Context, e *pb.Event) error {
	l.n++
	e.Id = fmt.Sprintf("%s-%d", l.who.id, l.n)
	e.Visitor = &pb.VisitorKey{DeviceId: l.who.id}
	e.Consent = l.who.consent
	e.Channel = pb.Channel_CHANNEL_WEB
	e.Context = &pb.PageContext{PageType: pageOf(e.Type), Device: l.who.device, Place: &pb.Place{Country: l.who.country}}
	status, err := l.d.clients.track(ctx, l.d.Shop.Site, e)
	if err != nil {
		return err
	}
	l.today.Events++
	if status == pb.EventStatus_EVENT_STATUS_NO_CONSENT {
		l.today.NoConsent++
	}
	return nil
}

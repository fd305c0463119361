package demo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// PageSize is how many products the home pages of the story show.
const PageSize = 8

// The visitors of the story.
const (
	trailRunner   = "trail-runner"
	campingFamily = "camping-family"
	cityCyclist   = "city-cyclist"
	refuser       = "said-no"
	stranger      = "never-seen"
)

// step is one event of a scripted visit.
type step struct {
	at    time.Duration // since the visit began
	did   string
	what  string
	event *pb.Event
}

// script writes a visit as a list of steps.
type script struct {
	shop  *Shop
	who   *shopper
	now   time.Time
	clock time.Duration
	steps []step
}

func (s *script) add(did, what string, stay time.Duration, e *pb.Event) {
	s.steps = append(s.steps, step{at: s.clock, did: did, what: what, event: e})
	s.clock += stay
}

func (s *script) search(words string) {
	s.add("searched for", `"`+words+`"`, 20*time.Second, &pb.Event{Type: pb.EventType_EVENT_TYPE_PRODUCTS_SEARCHED, SearchQuery: words})
}

func (s *script) browse(path string) {
	s.add("browsed", path, 25*time.Second, &pb.Event{Type: pb.EventType_EVENT_TYPE_PRODUCT_LIST_VIEWED, Categories: []string{path}})
}

func (s *script) look(a *Article, stay time.Duration) {
	s.add("looked at", a.Product.GetTitle(), stay, &pb.Event{Type: pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, Items: []*pb.EventItem{item(a, 0)}, DwellTime: durationpb.New(stay)})
}

func (s *script) put(a *Article) {
	s.add("put into the cart", a.Product.GetTitle(), 15*time.Second, &pb.Event{Type: pb.EventType_EVENT_TYPE_PRODUCT_ADDED, Items: []*pb.EventItem{item(a, 1)}})
}

func (s *script) buy(order string, a *Article) {
	s.add("ordered", a.Product.GetTitle(), 30*time.Second, &pb.Event{
		Type:  pb.EventType_EVENT_TYPE_ORDER_COMPLETED,
		Items: []*pb.EventItem{item(a, 1)},
		Order: &pb.Order{Id: order, Revenue: Money(a.Euros / 1.2), Tax: Money(a.Euros - a.Euros/1.2)},
	})
}

// nth is the n-th best article of a shelf in the visitor's eyes. Every shelf
// that the scripts name holds enough.
func (s *script) nth(path string, n int) *Article {
	best := s.shop.onSale(path, s.now)
	slices.SortStableFunc(best, func(a, b *Article) int {
		return cmp.Compare(s.likes(b), s.likes(a))
	})
	return best[min(n, len(best)-1)]
}

// likes weighs an article: these three know well what suits them.
func (s *script) likes(a *Article) float64 {
	f := s.who.fit(a)
	return a.appeal * f * f
}

// runTrail, campWithFamily and cycleInTown are the three visits of the story.
func (s *script) runTrail() {
	s.search("trail shoes")
	s.look(s.nth("shoes/running/trail", 0), 70*time.Second)
	s.look(s.nth("shoes/running/trail", 1), 95*time.Second)
	s.look(s.nth("packs/hydration", 0), 60*time.Second)
	s.look(s.nth("nutrition/gels", 0), 25*time.Second)
	s.put(s.nth("shoes/running/trail", 1))
}

func (s *script) campWithFamily() {
	s.browse("tents/family")
	s.look(s.nth("tents/family", 0), 110*time.Second)
	s.look(s.nth("tents/family", 1), 80*time.Second)
	s.look(s.nth("sleeping/bags", 0), 50*time.Second)
	s.look(s.nth("camping/furniture", 0), 30*time.Second)
	s.put(s.nth("tents/family", 0))
}

func (s *script) cycleInTown() {
	s.browse("cycling/lights")
	s.look(s.nth("cycling/lights", 0), 45*time.Second)
	s.look(s.nth("cycling/helmets", 0), 75*time.Second)
	s.look(s.nth("cycling/bags", 0), 40*time.Second)
	s.put(s.nth("cycling/lights", 0))
	s.buy("D-1001", s.nth("cycling/lights", 0))
}

// writeScript returns the steps of one of the visits.
func (d *Demo) writeScript(who *shopper, visit func(*script)) []step {
	s := &script{shop: d.Shop, who: who, now: d.now}
	visit(s)
	return s.steps
}

// Visits lets the three visitors of the story shop, and asks for their home
// pages before and after.
func (d *Demo) Visits(ctx context.Context) ([]*Visit, error) {
	visits := make([]*Visit, 0, 3)
	for _, v := range []struct {
		who   *shopper
		visit func(*script)
	}{
		{&shopper{id: trailRunner, taste: tastes[0], gender: "women", consent: Granted()}, (*script).runTrail},
		{&shopper{id: campingFamily, taste: tastes[1], gender: "women", consent: Granted()}, (*script).campWithFamily},
		{&shopper{id: cityCyclist, taste: tastes[2], gender: "men", consent: Granted()}, (*script).cycleInTown},
	} {
		visit, err := d.visit(ctx, v.who, d.writeScript(v.who, v.visit))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", v.who.taste.name, err)
		}
		visits = append(visits, visit)
	}
	return visits, nil
}

func (d *Demo) visit(ctx context.Context, who *shopper, steps []step) (*Visit, error) {
	v := &Visit{Taste: who.taste.name, Visitor: who.id}
	var err error
	if v.Before, err = d.home(ctx, who.id, who.consent, nil); err != nil {
		return nil, err
	}
	if v.Moments, err = d.play(ctx, who.id, who.consent, steps); err != nil {
		return nil, err
	}
	if v.After, err = d.home(ctx, who.id, who.consent, nil); err != nil {
		return nil, err
	}
	v.SuitedBefore, v.SuitedAfter = v.Before.suited(who.taste), v.After.suited(who.taste)
	return v, nil
}

func (p Page) suited(t *taste) int {
	n := 0
	for _, it := range p.Items {
		if t.pull(it.Category) > 0 {
			n++
		}
	}
	return n
}

// play reports the steps of a visit that ends now, one by one.
func (d *Demo) play(ctx context.Context, visitor string, consent *pb.Consent, steps []step) ([]Moment, error) {
	begin := time.Now().Add(-steps[len(steps)-1].at - 30*time.Second)
	moments := make([]Moment, len(steps))
	for i, s := range steps {
		e := s.event
		e.Id = fmt.Sprintf("%s-%d", visitor, i)
		e.Visitor = &pb.VisitorKey{DeviceId: visitor}
		e.Consent = consent
		e.Time = timestamppb.New(begin.Add(s.at))
		e.Context = &pb.PageContext{PageType: pageOf(e.Type)}
		got, err := d.clients.track(ctx, d.Shop.Site, e)
		if err != nil {
			return nil, err
		}
		moments[i] = Moment{After: s.at, Did: s.did, What: s.what, Status: strings.TrimPrefix(got.String(), "EVENT_STATUS_")}
	}
	return moments, nil
}

// home asks for the home page; from session alone when it is not nil.
func (d *Demo) home(ctx context.Context, visitor string, consent *pb.Consent, session []*pb.Event) (Page, error) {
	resp, err := d.clients.decide(ctx, &pb.DecideRequest{
		Site:            d.Shop.Site,
		Visitor:         &pb.VisitorKey{DeviceId: visitor},
		Consent:         consent,
		Context:         &pb.PageContext{PageType: pb.PageType_PAGE_TYPE_HOME},
		Placements:      []*pb.PlacementRequest{{Placement: placementHome, Count: PageSize}},
		SessionEvents:   session,
		IncludeProducts: true,
	})
	if err != nil {
		return Page{}, err
	}
	return pageOfResponse(resp, 0), nil
}

// Cart shows what the camping family's cart and the city cyclist's order did to
// their pages. It comes after Visits.
func (d *Demo) Cart(ctx context.Context) (*Cart, error) {
	c := &Cart{Taste: tastes[1].name, Visitor: campingFamily, Buyer: tastes[2].name}
	family, err := d.clients.visitors.GetVisitor(ctx, &pb.GetVisitorRequest{Name: d.Shop.Site + "/visitors/" + campingFamily})
	if err != nil {
		return nil, fmt.Errorf("read the camping family's profile: %w", err)
	}
	for _, it := range family.GetCart() {
		c.InCart = append(c.InCart, d.title(it.GetProductId()))
	}
	cyclist, err := d.clients.visitors.GetVisitor(ctx, &pb.GetVisitorRequest{Name: d.Shop.Site + "/visitors/" + cityCyclist})
	if err != nil {
		return nil, fmt.Errorf("read the city cyclist's profile: %w", err)
	}
	for _, it := range cyclist.GetPurchases() {
		c.Bought = append(c.Bought, d.title(it.GetProductId()))
	}
	if c.LeftOut, err = d.leftOut(ctx, campingFamily, pb.Rejection_REJECTION_IN_CART); err != nil {
		return nil, err
	}
	if c.BoughtAside, err = d.leftOut(ctx, cityCyclist, pb.Rejection_REJECTION_BOUGHT); err != nil {
		return nil, err
	}
	return c, d.remind(ctx, c, family.GetCart())
}

// remind fills the e-mail about a cart left behind: one page of two placements,
// the cart itself and what goes with it.
func (d *Demo) remind(ctx context.Context, c *Cart, cart []*pb.CartItem) error {
	ids := make([]string, len(cart))
	for i, it := range cart {
		ids[i] = strconv.Quote(it.GetProductId())
	}
	resp, err := d.clients.decide(ctx, &pb.DecideRequest{
		Site:    d.Shop.Site,
		Visitor: &pb.VisitorKey{DeviceId: c.Visitor},
		Consent: Granted(),
		Context: &pb.PageContext{PageType: pb.PageType_PAGE_TYPE_EMAIL},
		Placements: []*pb.PlacementRequest{
			{Placement: placementReminder, Count: int32(len(ids)), Filter: "product.id in [" + strings.Join(ids, ", ") + "]"},
			{Placement: placementProduct, Count: 3},
		},
		IncludeProducts: true,
	})
	if err != nil {
		return err
	}
	c.Reminder, c.Besides = pageOfResponse(resp, 0), pageOfResponse(resp, 1)
	return nil
}

// leftOut asks for a visitor's home page with everything explained, and lists
// the products that were left out of it for that reason.
func (d *Demo) leftOut(ctx context.Context, visitor string, why pb.Rejection) ([]string, error) {
	resp, err := d.clients.decide(ctx, &pb.DecideRequest{
		Site:       d.Shop.Site,
		Visitor:    &pb.VisitorKey{DeviceId: visitor},
		Consent:    Granted(),
		Context:    &pb.PageContext{PageType: pb.PageType_PAGE_TYPE_HOME},
		Placements: []*pb.PlacementRequest{{Placement: placementHome, Count: PageSize}},
		Explain:    pb.Explain_EXPLAIN_FULL,
		DryRun:     true,
	})
	if err != nil {
		return nil, err
	}
	var titles []string
	for _, r := range resp.GetPlacements()[0].GetRejected() {
		if r.GetRejection() == why {
			titles = append(titles, d.title(r.GetId()))
		}
	}
	return titles, nil
}

func (d *Demo) title(id string) string {
	if a := d.Shop.Article(id); a != nil {
		return a.Product.GetTitle()
	}
	return id
}

// Refusal lets a visitor who allowed no profile make the first one's visit.
func (d *Demo) Refusal(ctx context.Context) (*Refusal, error) {
	r := &Refusal{Visitor: refuser}
	who := &shopper{id: refuser, taste: tastes[0], gender: "women", consent: Refused()}
	steps := d.writeScript(who, (*script).runTrail)
	var err error
	if r.Moments, err = d.play(ctx, who.id, who.consent, steps); err != nil {
		return nil, err
	}
	if err := d.compare(ctx, who, r); err != nil {
		return nil, err
	}
	session := make([]*pb.Event, len(steps))
	for i, s := range steps {
		session[i] = s.event
	}
	if r.Session, err = d.home(ctx, who.id, who.consent, session); err != nil {
		return nil, err
	}
	_, err = d.clients.visitors.GetVisitor(ctx, &pb.GetVisitorRequest{Name: d.Shop.Site + "/visitors/" + refuser})
	switch status.Code(err) {
	case codes.OK:
		return nil, errors.New("something was stored of the visitor who refused")
	case codes.NotFound:
		r.Stored = "NOT_FOUND"
	default:
		return nil, err
	}
	return r, nil
}

// compare asks for the refuser's page between two pages of a never seen
// visitor. As long as these two differ, the shop was still learning from the
// events before, and the comparison is made again.
func (d *Demo) compare(ctx context.Context, who *shopper, r *Refusal) error {
	for range 20 {
		before, err := d.home(ctx, stranger, Granted(), nil)
		if err != nil {
			return err
		}
		if r.Page, err = d.home(ctx, who.id, who.consent, nil); err != nil {
			return err
		}
		if r.Stranger, err = d.home(ctx, stranger, Granted(), nil); err != nil {
			return err
		}
		r.Same = r.Page.same(r.Stranger)
		if before.same(r.Stranger) {
			return nil
		}
	}
	return nil
}

// ToTry are two products to look at by hand, of a kind that none of the visits
// was about.
func (d *Demo) ToTry() []string {
	return []string{d.Shop.onSale("shoes/climbing", d.now)[0].ID, d.Shop.onSale("climbing/ropes", d.now)[0].ID}
}

// Figures sums up what was measured so far. The rate of events is that of the
// import.
func (d *Demo) Figures(past *Lived) *Figures {
	c := d.clients
	c.mu.Lock()
	defer c.mu.Unlock()
	f := &Figures{
		Events:    past.Events + int64(c.tracked),
		Decisions: len(c.decided),
		DecideP50: percentile(c.decided, 0.50),
		DecideP99: percentile(c.decided, 0.99),
	}
	if s := past.Took.Seconds(); s > 0 {
		f.EventsPerSecond = float64(past.Events) / s
	}
	return f
}

package vitrine

import (
	"context"
	"errors"
	"fmt"
	"path"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// Item is one thing to show.
type Item struct {
	// ProductID is the shop's id of it.
	ProductID string
	// Reason is a sentence fit for the visitor: why this, of all. Empty for a
	// fallback.
	Reason string
	// AttributionToken belongs into the events that follow from showing it.
	AttributionToken string
	// Decided is the item with all its reasons, score and propensity, or a
	// creative.
	Decided *vitrinev1.DecidedItem
}

// Page is what to show. It is usable whatever happened.
type Page struct {
	// Response has one entry for each placement asked for. It is never nil.
	Response *vitrinev1.DecideResponse
	// Fallback says that Vitrine gave no answer, and that Response was made of
	// the caller's own lists.
	Fallback bool
	// Err is why: a gRPC status, ErrNotAsked or ErrClosed, wrapped. Nil unless
	// Fallback.
	Err error
}

// Items returns what to show in a placement, by its id: nothing if it was not
// asked for or could not be filled.
func (p *Page) Items(placement string) []Item {
	for _, result := range p.Response.GetPlacements() {
		if path.Base(result.GetPlacement()) != placement {
			continue
		}
		items := make([]Item, len(result.GetItems()))
		for i, d := range result.GetItems() {
			items[i] = Item{
				ProductID:        d.GetProduct().GetProductId(),
				AttributionToken: d.GetAttributionToken(),
				Decided:          d,
			}
			if len(d.GetReasons()) > 0 {
				items[i].Reason = d.GetReasons()[0].GetText()
			}
		}
		return items
	}
	return nil
}

// Products returns the ids of Items that are products.
func (p *Page) Products(placement string) []string {
	var ids []string
	for _, item := range p.Items(placement) {
		if item.ProductID != "" {
			ids = append(ids, item.ProductID)
		}
	}
	return ids
}

// Decide fills one placement for a visitor, or, when Vitrine gives no answer in
// time, with the fallback products. It never returns nil and never panics.
func (c *Client) Decide(ctx context.Context, visitor Visitor, placement string, fallback ...string) *Page {
	return c.DecidePage(ctx, &vitrinev1.DecideRequest{
		Visitor:    visitor.key(),
		Consent:    visitor.Consent,
		Placements: []*vitrinev1.PlacementRequest{{Placement: placement}},
	}, map[string][]string{path.Base(placement): fallback})
}

// DecidePage fills a whole page as the request says; the client's site stands
// in for an empty one. When Vitrine gives no answer in time the page is made of
// fallback: products by placement id, which are cut to the count asked for and
// leave out what the request excludes and what stands on the page already. A
// placement that Vitrine did answer with too few items stays as it is, with its
// no_fill_reason. The request must not be changed during the call; it never
// returns nil and never panics.
func (c *Client) DecidePage(ctx context.Context, req *vitrinev1.DecideRequest, fallback map[string][]string) *Page {
	c.decided.Add(1)
	resp, err := c.ask(ctx, req)
	if err == nil {
		return &Page{Response: resp}
	}
	c.fellBack.Add(1)
	return &Page{Response: fallbackPage(req, fallback), Fallback: true, Err: fmt.Errorf("vitrine: decide: %w", err)}
}

func (c *Client) ask(ctx context.Context, req *vitrinev1.DecideRequest) (resp *vitrinev1.DecideResponse, err error) {
	// A request that another goroutine changes meanwhile makes the encoder panic;
	// a page is not the place to find out.
	defer func() {
		if r := recover(); r != nil {
			resp, err = nil, fmt.Errorf("panic: %v", r)
		}
	}()
	switch {
	case req == nil:
		return nil, errors.New("request is nil")
	case c.closed.Load():
		return nil, ErrClosed
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case !c.breaker.allow(time.Now()):
		return nil, ErrNotAsked
	}
	if req.GetSite() == "" {
		req = proto.CloneOf(req)
		req.Site = c.site
	}
	limited, cancel := context.WithTimeout(ctx, c.decideTimeout)
	defer cancel()
	resp, err = c.decisions.Decide(limited, req)
	switch {
	case err == nil, refused(err):
		c.breaker.answered()
	case ctx.Err() == nil: // else the caller went away, which says nothing of the server
		c.breaker.failed(time.Now())
	}
	return resp, err
}

// refused reports whether the server is there and said no, and would say no
// again. Every other failure may pass.
func refused(err error) bool {
	switch status.Code(err) {
	case codes.InvalidArgument, codes.NotFound, codes.AlreadyExists, codes.PermissionDenied,
		codes.Unauthenticated, codes.FailedPrecondition, codes.OutOfRange, codes.Unimplemented:
		return true
	}
	return false
}

func fallbackPage(req *vitrinev1.DecideRequest, fallback map[string][]string) *vitrinev1.DecideResponse {
	shown := map[string]bool{req.GetContext().GetProductId(): true, "": true}
	resp := &vitrinev1.DecideResponse{}
	for _, want := range req.GetPlacements() {
		id := path.Base(want.GetPlacement())
		excluded := make(map[string]bool, len(want.GetExcludeIds()))
		for _, product := range want.GetExcludeIds() {
			excluded[product] = true
		}
		result := &vitrinev1.PlacementResult{Placement: id}
		for _, product := range fallback[id] {
			if want.GetCount() > 0 && len(result.Items) == int(want.GetCount()) {
				break
			}
			if shown[product] || excluded[product] {
				continue
			}
			shown[product] = true
			result.Items = append(result.Items, &vitrinev1.DecidedItem{
				Item:       &vitrinev1.DecidedItem_Product{Product: &vitrinev1.DecidedProduct{ProductId: product}},
				Propensity: 1,
				Reasons:    []*vitrinev1.Reason{{Kind: vitrinev1.ReasonKind_REASON_KIND_FALLBACK, Share: 1}},
			})
		}
		resp.Placements = append(resp.Placements, result)
	}
	return resp
}

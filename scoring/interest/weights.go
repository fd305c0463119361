package interest

import (
	"time"

	"github.com/vitrine-io/vitrine/scoring"
)

// OfEvent is how much an event of that type says of interest in its products,
// a product view being 1. Views, carts and orders stand 1 : 3 : 6, as in the
// evaluation of the OTTO multi-objective recommender challenge (2022); the rest
// is set between them:
//
//   - a click in a list is most often followed by the view of the same product,
//     so it counts half;
//   - a wish list or a share says more than a view, and costs less than a cart;
//   - taking something back out says "not this one", yet the look around was
//     real: it undoes two thirds of what putting it in gave;
//   - waving a product away outweighs having looked at it.
//
// The return of an order takes back what the order gave; see visitor.Apply.
func OfEvent(t scoring.EventType) float64 {
	switch t {
	case scoring.ProductViewed:
		return 1
	case scoring.ProductClicked:
		return 0.5
	case scoring.ProductAdded:
		return 3
	case scoring.ProductRemoved:
		return -2
	case scoring.ProductWishlisted, scoring.ProductShared:
		return 2
	case scoring.ProductUnwishlisted:
		return -1.5
	case scoring.OrderCompleted:
		return 6
	case scoring.Dismissed:
		return -2
	}
	return 0
}

// Bounce is the dwell time of a product view under which the visitor turned away
// at once: what it takes a page to appear and its picture to be taken in. Clicks
// on search results count as dissatisfied up to 10 and 15 seconds (Kim, Hassan,
// White, Zitouni: Modeling dwell time to predict click-level satisfaction, WSDM
// 2014), but who compares products is done with some of them in five.
const Bounce = 3 * time.Second

// Of is OfEvent for an event whose dwell time, if it tells one, counts. A bounce
// says -1/2 instead of 1: it takes back the click that led there, so that both
// say nothing, and by itself speaks against the product a quarter as much as
// waving it away.
func Of(e *scoring.Event) float64 {
	if e.Type == scoring.ProductViewed && e.Dwell > 0 && e.Dwell < Bounce {
		return -0.5
	}
	return OfEvent(e.Type)
}

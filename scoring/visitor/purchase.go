package visitor

import (
	"slices"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/interest"
)

// buy records the products of an order, of a very large one the first. An order
// told in several events adds up.
func (p *Profile) buy(e *scoring.Event, at time.Time) {
	if len(e.Items) == 0 {
		return
	}
	order := orderOf(e)
	bought := slices.Clone(p.Purchases)
	for i := range e.Items[:min(len(e.Items), MaxPurchases)] {
		it := &e.Items[i]
		if order != "" {
			k := slices.IndexFunc(bought, func(b Purchase) bool { return b.Order == order && b.Product == it.Product })
			if k >= 0 {
				bought[k].Quantity = sum(bought[k].Quantity, quantity(it))
				continue
			}
		}
		bought = append(bought, Purchase{
			Product: it.Product, Order: order, Quantity: quantity(it), Price: it.Price, Time: at,
		})
	}
	slices.SortStableFunc(bought, func(a, b Purchase) int { return a.Time.Compare(b.Time) })
	p.Purchases = newest(bought, MaxPurchases)
}

func orderOf(e *scoring.Event) scoring.OrderID {
	if e.Order == nil {
		return ""
	}
	return e.Order.ID
}

// undo takes back what a refund or cancellation names. With items, their
// quantities come off that order's products, and what the order does not have
// (a shop may number its returns apart) off the newest purchase of the product.
// Without items the whole order goes. The interest that a purchase gave goes
// with it when nothing of the purchase is left, as far as the event tells the
// product's facets.
func (p *Profile) undo(e *scoring.Event) {
	order := orderOf(e)
	bought := slices.Clone(p.Purchases)
	if len(e.Items) == 0 {
		if order != "" {
			bought = slices.DeleteFunc(bought, func(b Purchase) bool { return b.Order == order })
		}
		p.Purchases = newest(bought, MaxPurchases)
		return
	}
	for i := range e.Items {
		it := &e.Items[i]
		left := quantity(it)
		for left > 0 {
			k := newestOf(bought, it.Product, order)
			if k < 0 {
				break
			}
			taken := min(left, bought[k].Quantity)
			left -= taken
			bought[k].Quantity -= taken
			if bought[k].Quantity > 0 {
				break
			}
			p.Interests = p.Interests.Add(it.Facets, -interest.OfEvent(scoring.OrderCompleted), bought[k].Time)
			bought = slices.Delete(bought, k, k+1)
		}
	}
	p.Purchases = newest(bought, MaxPurchases)
}

// newestOf finds the purchase of a product that a return is taken from: that of
// the order if there is one, else the newest; -1 if none.
func newestOf(bought []Purchase, id scoring.ProductID, order scoring.OrderID) int {
	found := -1
	for k := range bought {
		if bought[k].Product != id {
			continue
		}
		if order != "" && bought[k].Order == order {
			return k
		}
		found = k
	}
	return found
}

// Bought reports when the visitor last bought a product and still has it; false
// if they never did.
func (p *Profile) Bought(id scoring.ProductID) (time.Time, bool) {
	for i := len(p.Purchases) - 1; i >= 0; i-- {
		if p.Purchases[i].Product == id {
			return p.Purchases[i].Time, true
		}
	}
	return time.Time{}, false
}

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
	p.accustom(e.Items, at)
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
// Without items the whole order goes. What is no longer known line by line loses
// its last occasion, however few of it come back: better not to press something on
// a visitor who returns it. The interest that a purchase gave goes
// with it when nothing of the purchase is left, as far as the event tells the
// product's facets.
func (p *Profile) undo(e *scoring.Event) {
	order := orderOf(e)
	bought := slices.Clone(p.Purchases)
	if len(e.Items) == 0 {
		if order != "" {
			p.cancel(order)
		}
		return
	}
	for i := range e.Items {
		it := &e.Items[i]
		left, known := quantity(it), false
		for left > 0 {
			k := newestOf(bought, it.Product, order)
			if k < 0 {
				break
			}
			known = true
			taken := min(left, bought[k].Quantity)
			left -= taken
			bought[k].Quantity -= taken
			if bought[k].Quantity > 0 {
				break
			}
			p.Interests = p.Interests.Add(it.Facets, -interest.OfEvent(scoring.OrderCompleted), bought[k].Time)
			gone := bought[k]
			bought = slices.Delete(bought, k, k+1)
			if !slices.ContainsFunc(bought, gone.sameOccasion) {
				p.unlearn(gone.Product, gone.Time)
			}
		}
		if !known {
			p.unlearn(it.Product, time.Time{})
		}
	}
	p.Purchases = newest(bought, MaxPurchases)
}

// cancel undoes a whole order: its lines that are known, and what else became a
// habit, or one more occasion of it, with them.
func (p *Profile) cancel(order scoring.OrderID) {
	var undone []Purchase
	kept := slices.DeleteFunc(slices.Clone(p.Purchases), func(b Purchase) bool {
		if b.Order == order {
			undone = append(undone, b)
		}
		return b.Order == order
	})
	p.Purchases = newest(kept, MaxPurchases)
	for i := range undone {
		if u := &undone[i]; !slices.ContainsFunc(kept, u.sameOccasion) {
			p.unlearn(u.Product, u.Time)
		}
	}
	// Lines that are no longer told have the minute of those that are.
	for _, h := range slices.Clone(p.Habits) {
		listed := func(b Purchase) bool { return b.Product == h.Product }
		if slices.ContainsFunc(undone, func(u Purchase) bool { return minuteOf(u.Time) == minuteOf(h.Last) }) &&
			!slices.ContainsFunc(undone, listed) && !slices.ContainsFunc(kept, listed) {
			p.unlearn(h.Product, h.Last)
		}
	}
}

// sameOccasion reports whether another line is of the same product and shopping.
func (b *Purchase) sameOccasion(o Purchase) bool {
	return o.Product == b.Product && o.Time.Sub(b.Time).Abs() < Occasion
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

// Purchased is when the visitor last bought something and still has it; zero if they
// never did.
func (p *Profile) Purchased() (last time.Time) {
	for i := range p.Purchases {
		if at := p.Purchases[i].Time; at.After(last) {
			last = at
		}
	}
	return last
}

// Bought reports when the visitor last bought a product and still has it; false
// if they never did.
func (p *Profile) Bought(id scoring.ProductID) (time.Time, bool) {
	for i := len(p.Purchases) - 1; i >= 0; i-- {
		if p.Purchases[i].Product == id {
			return p.Purchases[i].Time, true
		}
	}
	if k := p.habitOf(id); k >= 0 {
		return p.Habits[k].Last, true
	}
	return time.Time{}, false
}

package visitor

import (
	"math"
	"slices"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
)

// quantity reads how many an item means: at least one.
func quantity(i *scoring.EventItem) int32 { return max(1, i.Quantity) }

// sum adds quantities without running over.
func sum(a, b int32) int32 {
	return int32(min(int64(a)+int64(b), math.MaxInt32))
}

func (p *Profile) inCart(id scoring.ProductID) int {
	return slices.IndexFunc(p.Cart, func(c CartItem) bool { return c.Product == id })
}

// putIn adds items to the cart, unless the cart is known from a later time.
func (p *Profile) putIn(items []scoring.EventItem, at time.Time) {
	if !p.CartSince.IsZero() && !at.After(p.CartSince) {
		return
	}
	p.Cart = slices.Clone(p.Cart)
	for i := range items {
		it := &items[i]
		if k := p.inCart(it.Product); k >= 0 {
			p.Cart[k].Quantity = sum(p.Cart[k].Quantity, quantity(it))
			p.Cart[k].Time = later(p.Cart[k].Time, at)
			continue
		}
		p.Cart = append(p.Cart, CartItem{Product: it.Product, Quantity: quantity(it), Time: at})
	}
	p.sortCart()
}

// takeOut lowers quantities. An item that was put in after that time stays.
func (p *Profile) takeOut(items []scoring.EventItem, at time.Time) {
	p.Cart = slices.Clone(p.Cart)
	for i := range items {
		k := p.inCart(items[i].Product)
		if k < 0 || p.Cart[k].Time.After(at) {
			continue
		}
		p.Cart[k].Quantity -= min(p.Cart[k].Quantity, quantity(&items[i]))
		if p.Cart[k].Quantity == 0 {
			p.Cart = slices.Delete(p.Cart, k, k+1)
		}
	}
	p.sortCart()
}

// replaceCart makes items the whole cart as of that time; what was put in later
// stays beside them. Without items the cart was emptied.
func (p *Profile) replaceCart(items []scoring.EventItem, at time.Time) {
	if !p.CartSince.IsZero() && at.Before(p.CartSince) {
		return
	}
	p.CartSince = at
	old := p.Cart
	p.Cart = nil
	for i := range items {
		it := &items[i]
		if k := p.inCart(it.Product); k >= 0 {
			p.Cart[k].Quantity = sum(p.Cart[k].Quantity, quantity(it))
			continue
		}
		since := at
		if k := slices.IndexFunc(old, func(c CartItem) bool { return c.Product == it.Product }); k >= 0 {
			since = old[k].Time
		}
		p.Cart = append(p.Cart, CartItem{Product: it.Product, Quantity: quantity(it), Time: since})
	}
	for _, c := range old {
		if c.Time.After(at) && p.inCart(c.Product) < 0 {
			p.Cart = append(p.Cart, c)
		}
	}
	p.sortCart()
}

// sortCart puts the oldest first and keeps the newest MaxCart.
func (p *Profile) sortCart() {
	slices.SortStableFunc(p.Cart, func(a, b CartItem) int { return a.Time.Compare(b.Time) })
	p.Cart = newest(p.Cart, MaxCart)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

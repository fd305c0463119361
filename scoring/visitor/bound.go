package visitor

// What a profile keeps of each kind before it gives up the next, when its
// record would grow past MaxBytes. With product ids of 8 bytes, 32 touches of
// different products leave room for about 38 interests; with UUIDs there is room
// for 24 interests and 14 touches.
var floors = []struct{ interests, touches, purchases, cart int }{
	{24, MaxTouches, MaxPurchases, MaxCart},
	{24, 12, MaxPurchases, MaxCart},
	{12, 12, 8, 8},
	{8, 4, 4, 4},
	{0, 1, 1, 1},
	{0, 0, 0, 0},
}

// bound trims p until its record fits MaxBytes: step by step the weakest
// interests, then the oldest touches, purchases and cart items.
func (p *Profile) bound() {
	if p.atMost() <= MaxBytes {
		return
	}
	excess := p.size() - MaxBytes
	for _, floor := range floors {
		if excess <= 0 {
			return
		}
		before := p.Interests.EncodedSize()
		p.Interests = p.Interests.Within(before-excess, floor.interests)
		if excess -= before - p.Interests.EncodedSize(); excess <= 0 {
			return
		}
		trim(p, &p.Touches, floor.touches)
		trim(p, &p.Purchases, floor.purchases)
		trim(p, &p.Cart, floor.cart)
		excess = p.size() - MaxBytes
	}
}

// atMost bounds the size of the record without writing it.
func (p *Profile) atMost() int {
	n := 64 + p.Interests.EncodedSize()
	for i := range p.Touches {
		n += 10 + len(p.Touches[i].Product)
	}
	for i := range p.Cart {
		n += 15 + len(p.Cart[i].Product)
	}
	for i := range p.Purchases {
		n += 40 + len(p.Purchases[i].Product) + len(p.Purchases[i].Order)
		if p.Purchases[i].Price != nil {
			n += len(p.Purchases[i].Price.Currency)
		}
	}
	return n
}

func (p *Profile) size() int {
	b, _ := p.AppendBinary(make([]byte, 0, 2*MaxBytes))
	return len(b)
}

// trim drops the oldest of a list until the record fits or only floor are left.
func trim[T any](p *Profile, from *[]T, floor int) {
	for len(*from) > floor && p.size() > MaxBytes {
		*from = newest(*from, len(*from)-1)
	}
}

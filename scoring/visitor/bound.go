package visitor

// dailyBytes bounds the record of everything but the habits. A profile that has
// many takes the other half of MaxBytes: what somebody buys again and again is
// worth more than what else there is to tell, and few buy that much.
const dailyBytes = MaxBytes / 2

// What a profile keeps of each kind before it gives up the next, when its
// record would grow past dailyBytes. With product ids of 8 bytes, 32 touches of
// different products leave room for about 38 interests; with UUIDs there is room
// for 24 interests and 14 touches. What was seen and left alone goes first, but
// for the last 8: a page's worth, without which a visitor of many interests would
// be shown the same again.
var floors = []struct{ shown, interests, touches, purchases, cart int }{
	{8, 24, MaxTouches, MaxPurchases, MaxCart},
	{4, 24, 12, MaxPurchases, MaxCart},
	{0, 12, 12, 8, 8},
	{0, 8, 4, 4, 4},
	{0, 0, 1, 1, 1},
	{0, 0, 0, 0, 0},
}

// bound trims p until its record fits: all but the habits into dailyBytes, and with
// them into MaxBytes, where the weakest habits go. p shares with old, which stays as it
// is, what it has not changed.
func (p *Profile) bound(old *Profile) {
	if p.atMost() <= dailyBytes {
		return
	}
	habits := p.Habits
	p.Habits = nil
	p.boundDaily(old)
	p.Habits = habits
	for len(p.Habits) > 0 {
		excess := p.size() - MaxBytes
		if excess <= 0 {
			return
		}
		few := excess / (13 + len(p.Habits[0].Product)) // one rarely takes more
		p.keepHabits(len(p.Habits) - max(1, few))
	}
}

// boundDaily trims p, which has no habits, until its record fits dailyBytes: step by
// step what was seen longest ago, the weakest interests, then the oldest touches,
// purchases and cart items.
func (p *Profile) boundDaily(old *Profile) {
	excess := p.size() - dailyBytes
	for _, floor := range floors {
		if excess <= 0 {
			return
		}
		if excess = p.trimShown(excess, floor.shown); excess <= 0 {
			return
		}
		if old != nil && p.Interests.Shares(old.Interests) {
			p.Interests = p.Interests.Clone()
		}
		if excess -= p.Interests.Trim(excess, floor.interests); excess <= 0 {
			return
		}
		trim(p, &p.Touches, floor.touches)
		trim(p, &p.Purchases, floor.purchases)
		trim(p, &p.Cart, floor.cart)
		excess = p.size() - dailyBytes
	}
}

// atMost bounds size without writing the record.
func (p *Profile) atMost() int {
	n := 69 + p.Interests.EncodedSize() + len(p.Search)
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
	for i := range p.Shown {
		n += 12 + len(p.Shown[i].Product)
	}
	for i := range p.Habits {
		n += 20 + len(p.Habits[i].Product)
	}
	return n
}

// trimShown drops what was seen longest ago until the record, which has that many
// bytes too many, fits or only floor are left. It returns how many are too many.
func (p *Profile) trimShown(excess, floor int) int {
	for excess > 0 && len(p.Shown) > floor {
		few := excess / (12 + len(p.Shown[0].Product)) // an entry rarely takes more
		p.Shown = newest(p.Shown, max(floor, len(p.Shown)-max(1, few)))
		excess = p.size() - dailyBytes
	}
	return excess
}

// emptyRest is what contacts, ads, answers, identity and history take when there are none:
// a byte each.
const emptyRest = 5

// size is that of the record without contacts, ads, answers, identity and history, which
// have bounds of their own.
func (p *Profile) size() int {
	w := writers.Get().(*writer)
	defer w.release()
	w.b, w.measures = w.room[:0], true
	w.bounded(p)
	return len(w.b) + emptyRest
}

// trim drops the oldest of a list until the record fits or only floor are left.
func trim[T any](p *Profile, from *[]T, floor int) {
	for len(*from) > floor && p.size() > dailyBytes {
		*from = newest(*from, len(*from)-1)
	}
}

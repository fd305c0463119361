// Package visitor keeps what one visitor's own behaviour says: interests, recent
// touches, the open cart, purchases and what was seen and left alone, in
// one small record.
package visitor

import (
	"time"
	"unicode/utf8"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/contact"
	"github.com/vitrine-io/vitrine/scoring/interest"
)

// The bounds of a profile. What exceeds them goes, the oldest or weakest first.
const (
	MaxTouches   = 32
	MaxCart      = 32
	MaxPurchases = 32
	// MaxSearch is how many bytes of the last search are kept: some ten words.
	MaxSearch = 64
	// MaxBytes bounds the encoded record without the contacts and the ads. Everything
	// but the habits takes no more than half of it.
	MaxBytes = 2048
	// MaxRecord bounds the whole record.
	MaxRecord = MaxBytes + contact.MaxBytes + maxAds + maxConsentBytes + maxIdentity + maxHistory
)

// Touch is a product the visitor had to do with: turned to, or waved away. The
// same product may stand here several times.
type Touch struct {
	Product scoring.ProductID
	Type    scoring.EventType
	hash    uint32 // hashOf(Product)
	Time    time.Time
}

// CartItem is a product in the open cart.
type CartItem struct {
	Product  scoring.ProductID
	Quantity int32
	Time     time.Time // when it was last put in
}

// Purchase is a product of one of the last orders, less what was sent back.
type Purchase struct {
	Product  scoring.ProductID
	Order    scoring.OrderID
	Quantity int32
	Price    *scoring.Money
	Time     time.Time
}

// Profile is what is known of a visitor. A Profile that was handed out is never
// changed: Apply returns a new one. Times are in UTC, to the millisecond.
type Profile struct {
	Interests interest.Vector
	Touches   []Touch // oldest first
	Cart      []CartItem
	Purchases []Purchase // oldest first
	Habits    []Habit    // what was bought longest ago first
	Shown     []Shown    // the last seen last
	Contacts  contact.Log
	Ads       Ads
	History   History
	// Consents are the stored answers, in the order of their purposes.
	Consents []scoring.ConsentAnswer
	Identity *Identity // nil: nothing is told
	// CartSince is when the cart was last known as a whole: seen with its items,
	// or emptied by an order. What is told later about the time before it no
	// longer changes the cart. Zero when that never happened.
	CartSince time.Time
	// Search is what the visitor searched for last, at SearchTime; empty when they
	// never did. Of long words the first MaxSearch bytes.
	Search     string
	SearchTime time.Time
	// FirstSeen and LastSeen are zero for one of whom only somebody else told.
	FirstSeen time.Time
	LastSeen  time.Time
	Events    int64

	touched *tip[Touch]
}

// touchesOfEvent is how many products of one event become touches, the first
// ones: a big order must not push out everything the visitor looked at.
const touchesOfEvent = 8

// Apply returns the profile after the event; p, which may be nil for a visitor
// never seen, stays as it is. The result depends on nothing but p and e, keeps
// the bounds, and is the same whether or not p went through its record in
// between.
//
// Events may come late. A touch goes to its place in time, interest counts with
// what would be left of it by now, and the cart stays as whatever is newer left
// it. A refund or cancellation undoes purchases that are known when it arrives:
// one that overtakes its order changes nothing, and the order then stands.
func Apply(p *Profile, e *scoring.Event) *Profile {
	at := time.UnixMilli(max(minMillis, min(maxMillis, e.Time.UnixMilli()))).UTC()
	next := &Profile{}
	if p != nil {
		*next = *p
	}
	switch {
	case e.Type == scoring.ConsentSet:
		next.answer(e)
		return next
	case next.identify(e, at):
		return next
	case next.LastSeen.IsZero():
		next.FirstSeen, next.LastSeen = at, at
	case !e.Type.Internal():
		if at.Before(next.FirstSeen) {
			next.FirstSeen = at
		}
		if at.After(next.LastSeen) {
			next.LastSeen = at
		}
	}
	if len(e.Served) > 0 {
		next.Contacts = next.Contacts.Add(e.Served, e.Time)
	}
	if e.Type.Internal() {
		return next // our doing, not the visitor's
	}
	next.Events++
	next.respond(e)
	next.respondToAd(e, at)
	next.History = next.History.Add(e, at)

	if e.Type.Touched() || e.Type == scoring.Dismissed {
		next.touch(e, at)
		next.noticed(e.Items)
	}
	switch e.Type {
	case scoring.OrderRefunded, scoring.OrderCancelled:
		next.undo(e)
	default:
		next.learn(e, at)
	}
	switch e.Type {
	case scoring.ProductListViewed:
		next.see(e, at)
	case scoring.ProductAdded:
		next.putIn(e.Items, at)
	case scoring.ProductRemoved:
		next.takeOut(e.Items, at)
	case scoring.CartViewed:
		if len(e.Items) > 0 {
			next.replaceCart(e.Items, at)
		}
	case scoring.OrderCompleted:
		next.replaceCart(nil, at)
		next.buy(e, at)
	case scoring.ProductsSearched:
		next.search(e.SearchQuery, at)
	}
	next.bound(p)
	return next
}

// respond remembers what came of a creative that was handed out.
func (p *Profile) respond(e *scoring.Event) {
	switch {
	case e.Ad == nil || e.Ad.Creative == "": // its decision was lost
	case e.Type == scoring.CreativeClicked:
		p.Contacts = p.Contacts.Clicked(e.Ad.Campaign, e.Ad.Creative, e.Time)
	case e.Type == scoring.Dismissed:
		p.Contacts = p.Contacts.Dismissed(e.Ad.Campaign, e.Ad.Creative, e.Time)
	}
}

// learn gives the facets of the event's products their credit.
func (p *Profile) learn(e *scoring.Event, at time.Time) {
	weight := interest.Of(e)
	if weight == 0 {
		return
	}
	for i := range e.Items {
		p.Interests = p.Interests.Add(e.Items[i].Facets, weight, at)
	}
}

// touch inserts the event's products behind every touch that is not newer.
func (p *Profile) touch(e *scoring.Event, at time.Time) {
	items := e.Items[:min(len(e.Items), touchesOfEvent)]
	if len(items) == 0 {
		return
	}
	i := len(p.Touches)
	for i > 0 && p.Touches[i-1].Time.After(at) {
		i--
	}
	late := p.Touches[i:]
	if len(late) > 0 || !p.touched.take(p.Touches) {
		p.Touches, p.touched = p.Touches[:i:i], new(tip[Touch])
	}
	if len(p.Touches) == cap(p.Touches) {
		p.Touches = newest(p.Touches, MaxTouches) // no need to copy the others
	}
	for j := range items {
		p.Touches = behind(p.Touches, Touch{Product: items[j].Product, Type: e.Type, hash: hashOf(string(items[j].Product)), Time: at})
	}
	p.Touches = newest(behind(p.Touches, late...), MaxTouches)
	p.touched.leave(p.Touches)
}

// search remembers what was searched for, unless a later search is known.
func (p *Profile) search(words string, at time.Time) {
	if words == "" || at.Before(p.SearchTime) {
		return
	}
	for len(words) > MaxSearch {
		_, last := utf8.DecodeLastRuneInString(words)
		words = words[:len(words)-last]
	}
	p.Search, p.SearchTime = words, at
}

// newest keeps the last n of a list, and makes an empty one nil.
func newest[T any](list []T, n int) []T {
	if len(list) == 0 || n <= 0 {
		return nil
	}
	return list[max(0, len(list)-n):]
}

// Refused reports whether the visitor waved the product away and has not turned
// to it since.
func (p *Profile) Refused(id scoring.ProductID) bool {
	for i := len(p.Touches) - 1; i >= 0; i-- {
		if p.Touches[i].Product == id {
			return p.Touches[i].Type == scoring.Dismissed
		}
	}
	return false
}

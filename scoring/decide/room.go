package decide

import "github.com/vitrine-io/vitrine/scoring"

// Room is memory for the items of a page and their reasons. What Decide returned stands
// in it until it is given to Decide again. It is for one page at a time.
type Room struct {
	items   []scoring.Item
	reasons []scoring.Reason
}

// clear makes all of the room free.
func (r *Room) clear() {
	r.items, r.reasons = r.items[:0], r.reasons[:0]
}

// itemsFor is room for n items, of which there are none yet.
func (r *Room) itemsFor(n int) []scoring.Item {
	r.items = roomFor(r.items, n, n)
	at := len(r.items)
	r.items = r.items[:at+n]
	return r.items[at : at : at+n]
}

// reasonsFor is room for n reasons, of all that may be needed.
func (r *Room) reasonsFor(n, all int) []scoring.Reason {
	r.reasons = roomFor(r.reasons, n, all)
	at := len(r.reasons)
	r.reasons = r.reasons[:at+n]
	return r.reasons[at : at+n : at+n]
}

// roomFor is room that has n more free, or new room for all.
func roomFor[T any](room []T, n, all int) []T {
	if cap(room)-len(room) >= n {
		return room
	}
	return make([]T, 0, max(n, all))
}

package visitor

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/contact"
	"github.com/vitrine-io/vitrine/scoring/interest"
)

// version is the first byte of a record. A record of a later version is refused;
// one of version 1 ends with the purchases, one of version 2 has no habits, one of
// version 3 no contacts, one of version 4 no ads, one of version 5 ends with the ads.
const version = 6

// ErrCorrupt is wrapped by UnmarshalBinary for bytes that are no record of a
// profile.
var ErrCorrupt = errors.New("corrupt profile")

// ErrVersion is wrapped by UnmarshalBinary for a record of a later version.
var ErrVersion = errors.New("profile of an unknown version")

// AppendBinary appends the record of p, at most MaxRecord for a profile that
// Apply returned. It never fails. The layout, numbers as varints and times as
// milliseconds before the time in brackets:
//
//	version, last seen, first seen [last seen], events, cart since [last seen] + 1 or 0,
//	interests (interest.Vector.Append),
//	touches:   count, { product, type, time [last seen] }
//	cart:      count, { product, quantity, time [last seen] }
//	purchases: count, { product, order, quantity, time [last seen], currency, nanos }
//	shown:     count, { product, times in eighths, time [last seen] }
//	search:    0, or time [last seen] + 1 and the words
//	habits:    count, { product, times, minutes [last seen], lately where times > 1 }
//	contacts (contact.Log.Append)
//	ads:       0 for none, or 1, last order [last seen] + 1 or 0; clicked, viewed; count, { order, credited }
//	consents:  count, { purpose, signal, granted, Unix second }
//	identity:  0 for none, or 1, person, count, { hash of a person, second }, count, { device },
//	           count, { key, value, second }
//	history:   0 for none, or 1, orders, spent, currency, lengths of the parts of History,
//	           and these
//
// Clicked, viewed and credited are 0, or time [last seen] + 1, campaign, creative and
// eight bytes of the token; an order is eight bytes.
//
// A string is a 0, its length and its bytes the first time, then its number
// among the strings so far, from 1. A purchase without price has no currency and
// no nanos: its currency is the number of strings so far plus 1.
func (p *Profile) AppendBinary(b []byte) ([]byte, error) {
	w := writers.Get().(*writer)
	defer w.release()
	w.b = b
	w.bounded(p)
	w.b = p.Contacts.Append(w.b)
	w.ads(&p.Ads)
	w.consents(p.Consents)
	w.identity(p.Identity)
	w.history(&p.History)
	return w.b, nil
}

// bounded writes what MaxBytes bounds.
func (w *writer) bounded(p *Profile) {
	w.last = p.LastSeen.UnixMilli()
	w.b = append(w.b, version)
	w.b = binary.AppendVarint(w.b, w.last)
	w.time(p.FirstSeen)
	w.uint(uint64(p.Events))
	if p.CartSince.IsZero() {
		w.uint(0)
	} else {
		w.uint(uint64(w.last-p.CartSince.UnixMilli()) + 1)
	}
	if w.measures {
		w.skip(p.Interests.EncodedSize())
	} else {
		w.b = p.Interests.Append(w.b)
	}
	w.uint(uint64(len(p.Touches)))
	for i := range p.Touches {
		t := &p.Touches[i]
		w.hashed(string(t.Product), t.hash)
		w.b = append(w.b, byte(t.Type))
		w.time(t.Time)
	}
	w.uint(uint64(len(p.Cart)))
	for i := range p.Cart {
		c := &p.Cart[i]
		w.string(string(c.Product))
		w.uint(uint64(c.Quantity))
		w.time(c.Time)
	}
	w.uint(uint64(len(p.Purchases)))
	for i := range p.Purchases {
		c := &p.Purchases[i]
		w.string(string(c.Product))
		w.string(string(c.Order))
		w.uint(uint64(c.Quantity))
		w.time(c.Time)
		if c.Price == nil {
			w.uint(uint64(w.n) + 1)
			continue
		}
		w.string(c.Price.Currency)
		w.b = binary.AppendVarint(w.b, c.Price.Nanos)
	}
	w.uint(uint64(len(p.Shown)))
	for i := range p.Shown {
		s := &p.Shown[i]
		w.string(string(s.Product))
		w.b = append(w.b, byte(s.Times/shownUnit))
		w.time(s.Time)
	}
	if p.Search == "" {
		w.uint(0)
	} else {
		w.uint(uint64(w.last-p.SearchTime.UnixMilli()) + 1)
		w.string(p.Search)
	}
	w.habits(p.Habits)
}

func (w *writer) habits(all []Habit) {
	w.uint(uint64(len(all)))
	latest := minuteOf(time.UnixMilli(w.last))
	for i := range all {
		h := &all[i]
		w.string(string(h.Product))
		w.uint(uint64(h.Times))
		w.uint(uint64(latest - minuteOf(h.Last)))
		if h.Times > 1 {
			w.b = binary.BigEndian.AppendUint32(w.b, math.Float32bits(h.Lately))
		}
	}
}

// maxStrings is how many different strings a profile can hold.
const maxStrings = MaxTouches + MaxCart + 3*MaxPurchases + MaxShown + 1 + MaxHabits + 2*(2+maxCredited)

type writer struct {
	b      []byte
	last   int64
	seen   [maxStrings]string
	hashes [maxStrings]uint32 // of seen
	n      int
	at     [stringPlaces]uint16 // number among the strings, from 1, by hash
	room   [2 * MaxBytes]byte   // to measure in
	// measures is whether only the length of b is wanted. Then strings are not read, but
	// for their hash where it is not known: hardly anything takes longer in a profile that
	// was not touched lately.
	measures bool
}

var writers = sync.Pool{New: func() any { return new(writer) }}

// release gives w back; it keeps nothing of what it wrote.
func (w *writer) release() {
	clear(w.seen[:w.n])
	clear(w.at[:])
	w.b, w.n, w.measures = nil, 0, false
	writers.Put(w)
}

// stringPlaces leaves the table of strings half empty.
const stringPlaces = 1024

func (w *writer) uint(v uint64) { w.b = binary.AppendUvarint(w.b, v) }

func (w *writer) time(t time.Time) { w.uint(uint64(w.last - t.UnixMilli())) }

// skip leaves so many bytes as they are.
func (w *writer) skip(n int) { w.b = slices.Grow(w.b, n)[:len(w.b)+n] }

// hashOf is what strings are looked up by.
func hashOf(s string) uint32 { return uint32(xxhash.Sum64String(s)) }

func (w *writer) string(s string) { w.hashed(s, hashOf(s)) }

// hashed is string where hashOf is known.
func (w *writer) hashed(s string, hash uint32) {
	k := hash % stringPlaces
	for ; w.at[k] != 0; k = (k + 1) % stringPlaces {
		if n := w.at[k]; w.hashes[n-1] == hash && w.seen[n-1] == s {
			w.uint(uint64(n))
			return
		}
	}
	w.seen[w.n], w.hashes[w.n] = s, hash
	w.n++
	w.at[k] = uint16(w.n)
	w.uint(0)
	w.uint(uint64(len(s)))
	if w.measures {
		w.skip(len(s))
	} else {
		w.b = append(w.b, s...)
	}
}

// UnmarshalBinary replaces p by the profile of a record. It keeps nothing of b.
// On an error, which wraps ErrCorrupt or ErrVersion, p is as it was.
func (p *Profile) UnmarshalBinary(b []byte) error {
	if len(b) == 0 {
		return fmt.Errorf("visitor: decode: %w: empty", ErrCorrupt)
	}
	if b[0] < 1 || b[0] > version {
		return fmt.Errorf("visitor: decode: %w: %d", ErrVersion, b[0])
	}
	if len(b) > MaxRecord {
		return fmt.Errorf("visitor: decode: %w: %d bytes", ErrCorrupt, len(b))
	}
	r := reader{s: string(b), pos: 1}
	got := r.profile(b[0])
	if b[0] > 1 {
		r.search(&got)
	}
	if b[0] > 2 {
		r.habits(&got)
	} else {
		got.Habits = habitsOf(got.Purchases)
	}
	if b[0] > 3 {
		r.contacts(&got)
	}
	if b[0] > 4 {
		r.ads(&got)
	} else if n := len(got.Purchases); n > 0 {
		got.Ads.Ordered = got.Purchases[n-1].Time
	}
	if b[0] > 5 {
		got.Consents = r.consents()
		r.identity(&got)
		r.history(&got)
	}
	if r.failed || r.pos != len(r.s) {
		return fmt.Errorf("visitor: decode: %w", ErrCorrupt)
	}
	*p = got
	return nil
}

// reader reads from one copy of the record, into which every string of the
// profile points.
type reader struct {
	s      string
	pos    int
	last   int64
	seen   [maxStrings]string
	n      int
	failed bool
}

func (r *reader) profile(version byte) Profile {
	var p Profile
	r.last = r.int()
	if r.last < minMillis || r.last > maxMillis {
		r.failed = true
	}
	p.LastSeen = time.UnixMilli(r.last).UTC()
	p.FirstSeen = r.time()
	p.Events = int64(r.upTo(math.MaxInt64))
	if before := r.upTo(maxMillis - minMillis + 1); before > 0 {
		p.CartSince = time.UnixMilli(r.last - int64(before-1)).UTC()
	}
	if r.failed {
		return p
	}
	interests, rest, err := interest.Decode([]byte(r.s[r.pos:]))
	if err != nil {
		r.failed = true
		return p
	}
	p.Interests = interests
	r.pos = len(r.s) - len(rest)

	p.Touches = list[Touch](r, MaxTouches)
	for i := range p.Touches {
		t := &p.Touches[i]
		t.Product, t.Type, t.Time = scoring.ProductID(r.string()), scoring.EventType(r.byte()), r.time()
		t.hash = hashOf(string(t.Product))
	}
	p.Cart = list[CartItem](r, MaxCart)
	for i := range p.Cart {
		p.Cart[i] = CartItem{Product: scoring.ProductID(r.string()), Quantity: int32(r.upTo(math.MaxInt32)), Time: r.time()}
	}
	p.Purchases = list[Purchase](r, MaxPurchases)
	for i := range p.Purchases {
		c := &p.Purchases[i]
		c.Product = scoring.ProductID(r.string())
		c.Order = scoring.OrderID(r.string())
		c.Quantity = int32(r.upTo(math.MaxInt32))
		c.Time = r.time()
		c.Price = r.price()
	}
	if version < 2 {
		return p
	}
	p.Shown = list[Shown](r, MaxShown)
	for i := range p.Shown {
		s := &p.Shown[i]
		s.Product = scoring.ProductID(r.string())
		s.Times = float32(r.byte()) * shownUnit
		s.Time = r.time()
		r.failed = r.failed || s.Times == 0
	}
	return p
}

func (r *reader) search(p *Profile) {
	before := r.upTo(maxMillis - minMillis + 1)
	if before == 0 || r.failed {
		return
	}
	p.SearchTime = time.UnixMilli(r.last - int64(before-1)).UTC()
	p.Search = r.string()
}

func (r *reader) habits(p *Profile) {
	p.Habits = list[Habit](r, MaxHabits)
	latest := minuteOf(time.UnixMilli(r.last))
	for i := range p.Habits {
		h := &p.Habits[i]
		h.Product = scoring.ProductID(r.string())
		h.Times = int32(r.upTo(math.MaxInt32))
		h.Last = timeOf(latest - int64(r.upTo((maxMillis-minMillis)/60000)))
		switch {
		case h.Times < 1:
			r.failed = true
		case h.Times == 1:
			h.Lately = 1
		default:
			h.Lately = r.lately()
		}
	}
}

func (r *reader) contacts(p *Profile) {
	if r.failed {
		return
	}
	contacts, rest, err := contact.Decode([]byte(r.s[r.pos:]))
	if err != nil {
		r.failed = true
		return
	}
	p.Contacts, r.pos = contacts, len(r.s)-len(rest)
}

// lately is a sum of weights of which the last is 1.
func (r *reader) lately() float32 {
	var bits uint32
	for range 4 {
		bits = bits<<8 | uint32(r.byte())
	}
	v := math.Float32frombits(bits)
	if !(v >= 1 && v <= math.MaxFloat32) {
		r.failed = true
		return 1
	}
	return v
}

// The times a record may hold: the years 1 to 9999.
const (
	minMillis = -62135596800000
	maxMillis = 253402300799999
)

func list[T any](r *reader, most uint64) []T {
	n := r.upTo(most)
	if n == 0 || r.failed {
		return nil
	}
	return make([]T, n)
}

func (r *reader) uint() uint64 {
	var v uint64
	for shift := 0; shift < 64; shift += 7 {
		c := r.byte()
		v |= uint64(c&0x7f) << shift
		if c < 0x80 {
			if shift == 63 && c > 1 {
				break
			}
			return v
		}
	}
	r.failed = true
	return 0
}

func (r *reader) int() int64 {
	u := r.uint()
	return int64(u>>1) ^ -int64(u&1)
}

func (r *reader) upTo(most uint64) uint64 {
	v := r.uint()
	if v > most {
		r.failed = true
		return 0
	}
	return v
}

func (r *reader) byte() byte {
	if r.failed || r.pos >= len(r.s) {
		r.failed = true
		return 0
	}
	r.pos++
	return r.s[r.pos-1]
}

func (r *reader) time() time.Time {
	return time.UnixMilli(r.last - int64(r.upTo(maxMillis-minMillis))).UTC()
}

func (r *reader) string() string { return r.stringAt(r.uint()) }

// stringAt reads a string whose number has been read.
func (r *reader) stringAt(number uint64) string {
	if number > 0 {
		if number > uint64(r.n) {
			r.failed = true
			return ""
		}
		return r.seen[number-1]
	}
	n := r.uint()
	if r.failed || n > uint64(len(r.s)-r.pos) || r.n == maxStrings {
		r.failed = true
		return ""
	}
	s := r.s[r.pos : r.pos+int(n)]
	r.pos += int(n)
	r.seen[r.n] = s
	r.n++
	return s
}

func (r *reader) price() *scoring.Money {
	number := r.uint()
	if number == uint64(r.n)+1 {
		return nil
	}
	return &scoring.Money{Currency: r.stringAt(number), Nanos: r.int()}
}

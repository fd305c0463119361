// Package interest keeps a visitor's interest vector: weights over interpretable
// facets of the products touched, at three time scales.
package interest

import (
	"math"
	"slices"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
)

// Scale is one of the three memories that every facet has.
type Scale int

// The scales.
const (
	Short Scale = iota // this session
	Mid                // this week
	Long               // this season
	Scales
)

// halfLife tells this session from this week from this season.
var halfLife = [Scales]time.Duration{30 * time.Minute, 7 * 24 * time.Hour, 90 * 24 * time.Hour}

const (
	// MaxFacets bounds a vector; the weakest facet goes first.
	MaxFacets = 64
	// Threshold is the weight under which a memory is exactly nothing: what is
	// left of one view after ten half-lives.
	Threshold = 1.0 / 1024
)

// Entry is the interest in one facet, by scale. A weight may be negative: the
// visitor turned away from it.
type Entry struct {
	Facet  scoring.FacetID
	Weight [Scales]float32
}

// Vector holds the weights. The zero value is empty. A Vector is a value: its
// methods never change it, and the entries of two vectors may be shared.
//
// It is in the forward-decay form (Cormode, Shkapenyuk, Srivastava, Xu: Forward
// Decay, ICDE 2009, section 3) with the landmark at the last update: weights are
// as of that time, and whoever reads them later multiplies by one factor a
// scale. Nothing is ever swept.
type Vector struct {
	at      int64   // landmark, Unix milliseconds
	entries []Entry // by facet
}

// Len is how many facets the vector holds, at most MaxFacets.
func (v Vector) Len() int { return len(v.entries) }

// Add returns v with credit given to facets by something of that weight that
// happened at time t. Each facet gets the whole weight, except that the category
// levels of a product share one weight between them: a deep path says no more
// than a flat one. An event older than the vector counts with what would be left
// of it by now, so the order of arrival matters only by rounding (weights keep
// 16 significant bits).
func (v Vector) Add(facets []scoring.FacetID, weight float64, t time.Time) Vector {
	if len(facets) == 0 || weight == 0 {
		return v
	}
	levels := 0
	for _, f := range facets {
		if f.Kind() == scoring.FacetCategory {
			levels++
		}
	}
	next := v.movedTo(t.UnixMilli(), len(facets))
	faded := factors(next.at - t.UnixMilli())
	for _, f := range facets {
		w := weight
		if f.Kind() == scoring.FacetCategory {
			w /= float64(levels)
		}
		next.add(f, w, faded)
	}
	next.drop()
	next.cut(len(next.entries)-MaxFacets, math.MaxInt)
	return next
}

// movedTo copies v with the landmark at ms or where it was, whichever is later.
func (v Vector) movedTo(ms int64, room int) Vector {
	next := Vector{at: max(v.at, ms), entries: make([]Entry, len(v.entries), len(v.entries)+room)}
	if len(v.entries) == 0 {
		next.at = ms
	}
	copy(next.entries, v.entries)
	if next.at == v.at {
		return next
	}
	faded := factors(next.at - v.at)
	for i := range next.entries {
		w := &next.entries[i].Weight
		for s := range w {
			w[s] = fade(w[s], faded[s])
		}
	}
	return next
}

func (v *Vector) add(f scoring.FacetID, weight float64, faded [Scales]float64) {
	i, end := 0, len(v.entries)
	for i < end {
		if mid := (i + end) / 2; v.entries[mid].Facet < f {
			i = mid + 1
		} else {
			end = mid
		}
	}
	if i == len(v.entries) || v.entries[i].Facet != f {
		v.entries = slices.Insert(v.entries, i, Entry{Facet: f})
	}
	for s := range v.entries[i].Weight {
		w := &v.entries[i].Weight[s]
		*w = round(float64(*w) + weight*faded[s])
	}
}

// drop removes the facets of which nothing is left.
func (v *Vector) drop() {
	left := 0
	for i := range v.entries {
		if v.entries[i].Weight == [Scales]float32{} {
			continue
		}
		if left < i {
			v.entries[left] = v.entries[i]
		}
		left++
	}
	if v.entries = v.entries[:left]; left == 0 {
		*v = Vector{}
	}
}

// Without returns v without the facets that gone names.
func (v Vector) Without(gone func(scoring.FacetID) bool) Vector {
	if !slices.ContainsFunc(v.entries, func(e Entry) bool { return gone(e.Facet) }) {
		return v
	}
	next := Vector{at: v.at, entries: slices.DeleteFunc(slices.Clone(v.entries), func(e Entry) bool { return gone(e.Facet) })}
	next.drop()
	return next
}

// Clone returns v in memory of its own.
func (v Vector) Clone() Vector { return Vector{at: v.at, entries: slices.Clone(v.entries)} }

// Shares reports whether v and o have the same entries in the same memory.
func (v Vector) Shares(o Vector) bool {
	return len(v.entries) > 0 && len(o.entries) > 0 && &v.entries[0] == &o.entries[0]
}

// Trim drops the weakest facets, as many as it takes for EncodedSize to be that many bytes
// less, but leaves floor of them. It returns how many bytes it saved. The entries are
// changed where they are: v must share them with nobody.
func (v *Vector) Trim(bytes, floor int) (saved int) { return v.cut(len(v.entries)-floor, bytes) }

// cut drops the weakest facets, of equals the one with the higher id: most of them, or
// until that many bytes are saved. It returns how many are.
func (v *Vector) cut(most, bytes int) (saved int) {
	if most <= 0 || bytes <= 0 {
		return 0
	}
	if most >= len(v.entries) {
		if size := v.EncodedSize(); bytes >= size-1 {
			*v = Vector{}
			return size - 1
		}
	}
	var room [MaxFacets + scoring.MaxFacets]float64
	strength := v.strength(room[:0])
	for ; most > 0 && saved < bytes; most-- {
		weakest := -1
		for i, s := range strength {
			if s >= 0 && (weakest < 0 || s <= strength[weakest]) {
				weakest = i
			}
		}
		strength[weakest] = -1 // gone
		saved += v.entries[weakest].EncodedSize()
	}
	left := 0
	for i, s := range strength {
		if s >= 0 {
			v.entries[left] = v.entries[i]
			left++
		}
	}
	if v.entries = v.entries[:left]; left == 0 {
		saved += sizeOfTime(v.at)
		*v = Vector{}
	}
	return saved
}

// strength appends the strength of each facet: its share of all interest, added up over
// the scales. So what the visitor just turned to can stand beside the habits of years.
func (v *Vector) strength(strength []float64) []float64 {
	var sum [Scales]float64
	for i := range v.entries {
		for s, w := range v.entries[i].Weight {
			sum[s] += math.Abs(float64(w))
		}
	}
	for i := range v.entries {
		of := 0.0
		for s, w := range v.entries[i].Weight {
			if w != 0 {
				of += math.Abs(float64(w)) / sum[s]
			}
		}
		strength = append(strength, of)
	}
	return strength
}

// AppendAt appends the weights as they are at that time to dst, by facet id.
// Before the last update they are those of the last update.
func (v Vector) AppendAt(dst []Entry, now time.Time) []Entry {
	faded := factors(now.UnixMilli() - v.at)
	for _, e := range v.entries {
		var alive bool
		for s := range e.Weight {
			e.Weight[s] = fade(e.Weight[s], faded[s])
			alive = alive || e.Weight[s] != 0
		}
		if alive {
			dst = append(dst, e)
		}
	}
	return dst
}

// factors are what each scale keeps after that many milliseconds: 2^(-dt/h).
func factors(ms int64) (f [Scales]float64) {
	for s := range f {
		if ms <= 0 {
			f[s] = 1
			continue
		}
		f[s] = math.Exp2(-float64(ms) / float64(halfLife[s].Milliseconds()))
	}
	return f
}

// Kept is what the scales keep of a weight of 1 after that time, 0 for nothing.
func Kept(after time.Duration) (f [Scales]float64) {
	for s, w := range factors(after.Milliseconds()) {
		f[s] = float64(round(w))
	}
	return f
}

// round cuts a weight to what a record keeps: a float32 whose last eight bits
// are zero (to nearest, ties to even), and nothing under the threshold.
func round(w float64) float32 {
	switch size := math.Abs(w); {
	case size < Threshold || w != w:
		return 0
	case size > maxWeight:
		w = math.Copysign(maxWeight, w)
	}
	return cut16(math.Float32bits(float32(w)))
}

// fade is round of what is left of a weight by a factor of at most 1.
func fade(w float32, left float64) float32 {
	faded := float64(w) * left
	if math.Abs(faded) < Threshold {
		return 0
	}
	return cut16(math.Float32bits(float32(faded)))
}

// cut16 rounds a float32 to its first 16 significant bits, ties to even.
func cut16(bits uint32) float32 {
	return math.Float32frombits((bits + 0x7f + bits>>8&1) &^ 0xff)
}

// maxWeight keeps the sums finite, whatever is sent.
const maxWeight = 1 << 30

package creative

import (
	"cmp"
	"math"
	"slices"
	"sync/atomic"
)

// table holds what was learned of each feature, by its id: open addressing with
// linear probing, at most half full. One goroutine writes; readers take no lock.
//
// What was learned is kept as sums with forward decay (Cormode et al., ICDE 2009):
// an observation at time t adds its part times 2^((t-landmark)/half-life), and a
// reader at time t takes the sum times 2^-((t-landmark)/half-life).
type table struct {
	slots    []slot // a power of two
	landmark int64  // Unix milliseconds
	used     int    // the writer's
}

// slot is empty while its id is 0. A reader beside the writer may see one sum with an
// observation and the other without: it is one observation off.
type slot struct {
	id   atomic.Uint64
	gain atomic.Uint64 // float64: precision beyond the prior's
	pull atomic.Uint64 // float64: precision x mean beyond the prior's
}

// leastSlots is the size of a new table.
const leastSlots = 1 << 10

func newTable(slots int, landmark int64) *table {
	return &table{slots: make([]slot, slots), landmark: landmark}
}

// find returns the feature's slot or the empty one where it would stand.
func (t *table) find(id FeatureID) *slot {
	mask := uint64(len(t.slots) - 1)
	for i := uint64(id) & mask; ; i = (i + 1) & mask {
		s := &t.slots[i]
		if have := s.id.Load(); have == uint64(id) || have == 0 {
			return s
		}
	}
}

func (s *slot) load() (gain, pull float64) {
	return math.Float64frombits(s.gain.Load()), math.Float64frombits(s.pull.Load())
}

func (s *slot) store(gain, pull float64) {
	s.gain.Store(math.Float64bits(gain))
	s.pull.Store(math.Float64bits(pull))
}

// put sets what was learned of a feature.
func (t *table) put(id FeatureID, gain, pull float64) {
	s := t.find(id)
	s.store(gain, pull)
	if s.id.Load() == 0 {
		t.used++
		s.id.Store(uint64(id)) // readers find it from here on
	}
}

// learned is a feature's row.
type learned struct {
	id         FeatureID
	gain, pull float64
}

// rows lists the features that something was learned about, the most informed first,
// of as informed ones by id.
func (t *table) rows() []learned {
	rows := make([]learned, 0, t.used)
	for i := range t.slots {
		s := &t.slots[i]
		if id := s.id.Load(); id != 0 {
			if gain, pull := s.load(); gain > 0 {
				rows = append(rows, learned{FeatureID(id), gain, pull})
			}
		}
	}
	slices.SortFunc(rows, func(a, b learned) int {
		return cmp.Or(cmp.Compare(b.gain, a.gain), cmp.Compare(a.id, b.id))
	})
	return rows
}

// rebuilt is a table of the rows with room for as many features, its sums multiplied
// by 2^-halves: as of a landmark that many half-lives later.
func rebuilt(rows []learned, features int, landmark int64, halves int) *table {
	size := leastSlots
	for size < 2*features {
		size *= 2
	}
	t := newTable(size, landmark)
	for _, r := range rows {
		t.put(r.id, math.Ldexp(r.gain, -halves), math.Ldexp(r.pull, -halves))
	}
	return t
}

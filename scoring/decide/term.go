package decide

import "github.com/vitrine-io/vitrine/scoring/catalog"

// termTable finds the places of few terms: a hash table with open addressing.
type termTable struct {
	keys  [termSlots]catalog.Term
	place [termSlots]uint8 // + 1; 0: free
}

const (
	termBits  = 7
	termSlots = 1 << termBits
	maxTerms  = termSlots * 3 / 4 // in a table
)

func (t *termTable) reset() { t.place = [termSlots]uint8{} }

// set gives a term its place, which is below maxTerms.
func (t *termTable) set(k catalog.Term, place int) {
	s := t.slot(k)
	t.keys[s], t.place[s] = k, uint8(place+1)
}

// find returns -1 for a term that is not in the table.
func (t *termTable) find(k catalog.Term) int { return int(t.place[t.slot(k)]) - 1 }

// slot is where a term stands, or would.
func (t *termTable) slot(k catalog.Term) uint32 {
	s := uint32(k) * 0x9e3779b1 >> (32 - termBits)
	for t.place[s] != 0 && t.keys[s] != k {
		s = (s + 1) % termSlots
	}
	return s
}

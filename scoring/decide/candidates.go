package decide

import "github.com/vitrine-io/vitrine/scoring/catalog"

// signal is a raw score that a source gives a candidate, 0 when it says nothing.
type signal int

// The signals.
const (
	sigNear     signal = iota // session neighbours, by distance from the match
	sigAfter                  // the same, only what came after the match
	sigFlat                   // the same, without distance
	sigBest                   // the same, of the best neighbour alone
	sigRecent                 // the same, of the last days
	sigNext                   // co-visitation: came right after
	sigForward                // came after
	sigBackward               // came before
	sigHop                    // two hops away
	sigFacets                 // champions of the visitor's facets
	sigPage                   // champions of the page's facets and words
	sigOwn                    // the visitor's own products
	sigPopular                // popular, where the others brought too little

	// The rare ones: most pages have nothing of them. A source that gives one sets
	// candidates.rare, else they are not looked at.
	sigSearched // chosen after the same words were searched for
	sigCarted   // put into the cart with or after the seeds
	sigOrdered  // ordered with or after them
	sigContext  // part of what visitors of the page's contexts turn to
	sigRange    // of the shop's range, where there is nothing else
	sigLift     // logarithm of how many times as much as what is not known to them

	sigTrail      // histories like the visitor's, by distance from the match
	sigTrailAfter // the same, only what came after the match
	sigLater      // in visits after one with a product of the past
	sigEarlier    // in visits before it
	sigLaterHop   // two hops away over visits
	signals
)

// firstRare is where the rare signals begin.
const firstRare = sigSearched

// candidate is a product with what the sources said of it.
type candidate struct {
	product catalog.Index
	signal  [signals]float32
	// The seed that speaks most for it among neighbours and in co-visitation,
	// + 1, and how much it says.
	seed [witnesses]uint8
	say  [witnesses]float32
}

// witness is a source that speaks for seeds.
type witness int

const (
	bySessions witness = iota
	byPairs
	byCarts
	byOrders
	byContexts // its seeds are the settings
	byLater    // visits
	witnesses
)

// credit notes that a seed spoke for the candidate.
func (c *candidate) credit(w witness, seed int, say float32) {
	if say > c.say[w] {
		c.say[w], c.seed[w] = say, uint8(seed)+1
	}
}

const (
	tableSize     = 4096
	maxCandidates = 2048 // more find no room: 10 seeds rarely bring half of that
)

// candidates are kept in the order of their discovery, with a hash table beside.
type candidates struct {
	list  []candidate
	table []uint16 // position + 1; 0: free
	rare  bool     // a source gave one of the rare signals
}

func newCandidates() candidates {
	return candidates{list: make([]candidate, 0, maxCandidates), table: make([]uint16, tableSize)}
}

func (c *candidates) reset() {
	c.list = c.list[:0]
	c.rare = false
	clear(c.table)
}

// of returns the candidate of a product, a new one if need be and room is, else
// nil. It is valid until the next call.
func (c *candidates) of(i catalog.Index) *candidate {
	s := uint32(i) * 0x9e3779b1 >> (32 - 12)
	for c.table[s] != 0 {
		if x := &c.list[c.table[s]-1]; x.product == i {
			return x
		}
		s = (s + 1) % tableSize
	}
	if len(c.list) == maxCandidates {
		return nil
	}
	c.list = c.list[:len(c.list)+1]
	c.table[s] = uint16(len(c.list))
	x := &c.list[len(c.list)-1]
	*x = candidate{product: i}
	return x
}

// find returns the candidate of a product, nil if it is none.
func (c *candidates) find(i catalog.Index) *candidate {
	s := uint32(i) * 0x9e3779b1 >> (32 - 12)
	for c.table[s] != 0 {
		if x := &c.list[c.table[s]-1]; x.product == i {
			return x
		}
		s = (s + 1) % tableSize
	}
	return nil
}

// given is how many of the signals may have been given, from the first on.
func (c *candidates) given() signal {
	if c.rare {
		return signals
	}
	return firstRare
}

// largest returns the maximum of each signal.
func (c *candidates) largest() (most [signals]float32) {
	given := c.given()
	for k := range c.list {
		for s, v := range c.list[k].signal[:given] {
			if v > most[s] {
				most[s] = v
			}
		}
	}
	return most
}

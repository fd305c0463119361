package decide

import (
	"unsafe"

	"github.com/vitrine-io/vitrine/scoring/catalog"
)

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
	sigBought   // bought by the visitor, how often and how lately

	sigTrail      // histories like the visitor's, by distance from the match
	sigTrailAfter // the same, only what came after the match
	sigLater      // in visits after one with a product of the past
	sigEarlier    // in visits before it
	sigLaterHop   // two hops away over visits
	signals
)

// firstRare is where the rare signals begin.
const firstRare = sigSearched

// candidate is a product with what the sources said of it. It fills two cache lines, the
// common signals the first.
type candidate struct {
	product catalog.Index
	turned  uint16 // its first place in query.turned + 1, while inContext
	habit   uint8  // number of the visitor's habit, + 1
	// The seed that speaks most for it among neighbours and in co-visitation,
	// + 1, and how much it says.
	seed   [witnesses]uint8
	signal [signals]float32
	say    [witnesses]float32
}

// A candidate has the size of two cache lines, no more and no less.
var _ [2 * 64]byte = [unsafe.Sizeof(candidate{})]byte{}

// begin makes the candidate one of a product, but for what is rare.
func (c *candidate) begin(i catalog.Index) {
	c.product, c.turned, c.habit, c.seed = i, 0, 0, [witnesses]uint8{}
	*(*[firstRare]float32)(c.signal[:firstRare]) = [firstRare]float32{}
	c.say[bySessions], c.say[byPairs] = 0, 0
}

// clearRare takes off what is rare.
func (c *candidate) clearRare() {
	clear(c.signal[firstRare:])
	clear(c.say[firstRareWitness:])
}

// witness is a source that speaks for seeds.
type witness int

const (
	bySessions witness = iota
	byPairs
	byCarts // from here on rare
	byOrders
	byLater // visits
	witnesses
)

// firstRareWitness is where those begin that speak with rare signals.
const firstRareWitness = byCarts

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
	rare  bool                          // a source gave one of the rare signals
	room  *[1 + maxCandidates]candidate // of the list, behind one that no product has
	table *[tableSize]uint16            // places in room; 0: free
}

func newCandidates() candidates {
	c := candidates{room: new([1 + maxCandidates]candidate), table: new([tableSize]uint16)}
	c.room[0].product = ^catalog.Index(0)
	c.reset()
	return c
}

func (c *candidates) reset() {
	if c.rare {
		for k := range c.list {
			c.list[k].clearRare()
		}
	}
	c.list, c.rare = c.room[1:1], false
	*c.table = [tableSize]uint16{}
}

// of returns the candidate of a product, a new one if need be and room is, else
// nil. It is valid until the next call.
func (c *candidates) of(i catalog.Index) *candidate {
	if x := c.likely(i); x.product == i {
		return x
	}
	return c.sought(i, true)
}

// slotOf is where the table is first asked for a product: a Fibonacci hash.
func slotOf(i catalog.Index) uint32 { return uint32(i) * 0x9e3779b1 >> (32 - 12) }

// likely is the candidate found where a product is first asked for: most often its
// own, if it has one. With sought behind it, it is of for the loops that run a thousand
// times: the compiler puts it there.
func (c *candidates) likely(i catalog.Index) *candidate { return &c.room[c.table[slotOf(i)]] }

// sought is of for a product that likely has not; a new one only if it is welcome.
func (c *candidates) sought(i catalog.Index, welcome bool) *candidate {
	s := slotOf(i)
	for c.table[s] != 0 {
		if x := &c.room[c.table[s]]; x.product == i {
			return x
		}
		s = (s + 1) % tableSize
	}
	n := len(c.list)
	if !welcome || n == maxCandidates {
		return nil
	}
	c.list = c.list[:n+1]
	c.table[s] = uint16(n + 1)
	x := &c.list[n]
	x.begin(i)
	return x
}

// find returns the candidate of a product, nil if it is none.
func (c *candidates) find(i catalog.Index) *candidate { return c.sought(i, false) }

// largest returns the maximum of each signal.
func (c *candidates) largest() (most [signals]float32) {
	for k := range c.list {
		x := &c.list[k].signal
		for s := range firstRare {
			if v := x[s]; v > most[s] {
				most[s] = v
			}
		}
	}
	if !c.rare {
		return most
	}
	for k := range c.list {
		x := &c.list[k].signal
		for s := firstRare; s < signals; s++ {
			if v := x[s]; v > most[s] {
				most[s] = v
			}
		}
	}
	return most
}

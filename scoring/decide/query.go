package decide

import (
	"math"
	"slices"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/blend"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/interest"
	"github.com/vitrine-io/vitrine/scoring/model"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

const (
	// maxSeeds is how many of the visitor's last products the sources start from.
	maxSeeds = 10
	// seedRecall is the time in which a touch of an earlier visit loses half of
	// its say: between a purchase decision of days and a taste of months.
	seedRecall = 14 * 24 * time.Hour
	// earlier is what a touch of an earlier visit says beside one of this visit:
	// the intent of then is most often settled.
	earlier = 0.5
)

// seed is a product to start from: one the visitor touched, or the page's own.
type seed struct {
	product  catalog.Index
	weight   float64         // 1 for what is looked at right now, less with age
	ofPage   bool            // the page shows it; the visitor need not have touched it
	ofVisit  bool            // touched in the visit that still goes on
	kind     model.TouchKind // the weightiest of that visit
	sessions float64         // sessions that had it
}

// query is one decision in the making. It is reused; nothing in it outlives the
// decision.
type query struct {
	*Decider
	config  *Config
	page    *Page
	now     catalog.Instant // the page's
	context scoring.Context
	*pool   // of the present start
	pools   [starts]*pool
	mix     mix // of the present slot

	touches  []touch         // all that the profile knows, the latest first
	visit    []catalog.Index // different products of this visit, the latest first
	steps    []catalog.Index // the visit's products, oldest first, the same never twice in a row
	looks    []float32       // at each of the steps, one after the other
	folded   bool            // the model has learned from them
	returned bool            // the visit's last step went back to a product of it
	rates    [model.RepeatRanks]float64
	past     past
	since    time.Time // when the visit began, as far as touches tell
	fresh    float64   // 1 when the latest touch is of now, towards 0 with its age

	habits   []habit // what the visitor bought, the latest last
	rebuying model.Rebuying
	levels   []catalog.Term // scratch: categories of one product
	owned    []kindBought   // of the latest of them

	interests   []interestIn // the strongest first
	byTerm      termTable
	remembers   [interest.Scales]bool // the scales on which interests has anything
	studied     bool                  // a lesson: facets are as the model knows them
	viewed      map[catalog.Index]int // scratch: places among views
	wanted      int                   // items on the whole page
	calibrates  bool                  // a slot of it does
	filters     bool                  // a slot of it does
	ranked      mixes                 // without filters, for all slots that have none
	taken       taken
	excluded    []catalog.Index // from the present slot
	lineup      lineup
	unfound     candidate // a product that no source brought
	newcomers   []newcomer
	drawn       []scoring.Item // for the end of the slot
	calibration calibration
	sights      []sight // what was seen and left alone
	rotates     bool    // the slot lets that sink

	// Scratch of sources and of policy.
	pairs     []model.Pair
	hops      []model.Pair
	vias      []model.Pair
	ahead     []catalog.Index     // what memory is asked for
	ids       []scoring.ProductID // of the profile's touches
	numbers   []catalog.Index     // theirs
	refs      []model.SessionRef
	matches   matches
	session   model.Steps
	entries   []interest.Entry
	filtered  ranking
	firsts    []first
	views     []view
	scores    []float32
	vectors   []model.Vector // of products, as far as they were asked for
	keys      []uint64
	unordered []scored
	weights   []float32 // of the features
	scope     blend.Scope
	mature    float64 // 0 for a new shop to 1, when what it has seen counts alone
	parts     []part
	lesson    blend.Lesson
	taught    []int // the features in it
	trail     []catalog.Index
	standing  []model.Standing
	settings  []model.Setting
	shares    model.Shares // as settings are known
	usual     []float64    // theirs of candidates
	kinds     []kind
}

func newQuery(d *Decider) *query {
	q := &query{Decider: d, config: d.shipped, matches: newMatches(), viewed: map[catalog.Index]int{}}
	q.pools[fromVisit] = &pool{startingPoint: &d.points[fromVisit], candidates: newCandidates()}
	return q
}

// begin reads the page and the profile.
func (q *query) begin(p *Page) {
	q.page, q.now, q.studied = p, catalog.InstantOf(p.Now), false
	q.context = scoring.Context{}
	if p.Context != nil {
		q.context = *p.Context
	}
	q.scope = blend.Scope{Page: blend.PageOf(q.context.PageType)}
	q.mix = mix{strategy: &q.strategies[0]}
	for _, p := range q.pools {
		if p != nil {
			p.gathered = false
		}
	}
	q.pool = q.pools[fromVisit]
	q.pool.reset()
	q.ranked.reset()
	q.taken.reset()
	q.vectors = q.vectors[:0]
	q.visit, q.touches = q.visit[:0], q.touches[:0]
	q.steps, q.looks, q.folded = q.steps[:0], q.looks[:0], p.Folded
	q.returned = false
	q.fresh, q.since = 0, p.Now
	q.past.reset()
	q.wanted, q.calibrates, q.filters = 0, false, false
	for k := range p.Slots {
		q.wanted += p.Slots[k].Count
		q.calibrates = q.calibrates || p.Slots[k].Rules != nil && p.Slots[k].Rules.Calibrate
		q.filters = q.filters || len(p.Slots[k].Filters) > 0
	}
	q.readPage()
	q.readTouches()
	q.readSearch()
	q.rates = q.learned.RepeatRates(len(q.visit), q.returned, p.Now) // also of a stranger's page
	q.readInterests()
	q.readHabits()
	q.readShown()
}

// end lets go of the page.
func (q *query) end() {
	q.page, q.config = nil, q.shipped
	q.ranked.reset()
	q.context = scoring.Context{}
}

// readPage finds what the page is about.
func (q *query) readPage() {
	if id := q.context.Product; id != "" {
		if i, ok := q.find(id); ok && !q.sensitive(i) {
			q.addSeed(seed{product: i, weight: 1, ofPage: true})
			q.sawInVisit(i)
			q.standsForVariants(i)
			q.fresh = 1 // somebody looks at it right now
		}
	}
	if t := q.context.PageType; (t == scoring.PageCart || t == scoring.PageCheckout) && q.page.Visitor.Profile() != nil {
		q.readCart(covisitSeeds)
	}
	if path := q.context.Category; path != "" {
		for _, level := range scoring.CategoryLevels(path) {
			id := scoring.Facet{Kind: scoring.FacetCategory, Value: level}.ID()
			if t, ok := q.products.LookupFacet(id); ok {
				q.pageTerms = append(q.pageTerms, t)
			}
		}
	}
	for _, t := range q.pageTerms {
		q.pageIDF += q.products.IDF(t)
	}
	q.search(q.context.SearchQuery)
}

// readCart makes seeds of what was put into the cart last: on its page it says
// more than what was looked at since.
func (q *query) readCart(most int) {
	cart := q.page.Visitor.Profile().Cart
	for k := len(cart) - 1; k >= 0 && len(q.seeds) < most; k-- {
		if i, ok := q.find(cart[k].Product); ok && !q.sensitive(i) {
			q.addSeed(seed{product: i, weight: 1})
		}
	}
}

// sensitive reports whether a product is marked so: it is neither shown nor
// used.
func (q *query) sensitive(i catalog.Index) bool {
	return q.products.Sensitive(i)
}

func (q *query) addSeed(s seed) {
	for k := range q.seeds {
		if q.seeds[k].product == s.product {
			q.seeds[k].kind = model.Weightier(q.seeds[k].kind, s.kind)
			if s.ofVisit && !q.seeds[k].ofVisit {
				q.seeds[k].ofVisit = true
				q.seeds[k].sessions = q.sessions(&s)
			}
			return
		}
	}
	if len(q.seeds) < maxSeeds || q.even {
		s.sessions = q.sessions(&s)
		q.seeds = append(q.seeds, s)
		q.beyondViews = q.beyondViews || s.kind != model.Viewed
	}
}

// readTouches makes seeds of the visitor's last products and finds where the
// present visit began.
func (q *query) readTouches() {
	if q.page.Visitor.Profile() == nil {
		return
	}
	touches := q.page.Visitor.Profile().Touches
	q.lookUp(touches)
	visit := true
	next := q.page.Now
	var visitEnd visitEnd
	for k := len(touches) - 1; k >= 0; k-- {
		t := &touches[k]
		if next.Sub(t.Time) > model.SessionGap {
			visit = false
		}
		next = t.Time
		i := q.numbers[k]
		if i == catalog.None || !q.known(i) {
			continue
		}
		q.touches = append(q.touches, touch{product: i, dismissed: t.Type == scoring.Dismissed})
		if t.Type == scoring.Dismissed || q.sensitive(i) {
			continue
		}
		age := max(0, q.page.Now.Sub(t.Time))
		fresh := math.Exp2(-age.Hours() / q.config.recallHours)
		if q.fresh == 0 {
			q.fresh = fresh
		}
		if visit {
			q.since = t.Time
			later := visitEnd.kind
			q.returned = visitEnd.returned(i, t.Type)
			q.sawInVisit(i)
			q.sawStep(i, t.Type, later)
			fresh = 1
		} else {
			fresh *= q.config.earlier
			q.past.add(i)
		}
		s := seed{product: i, weight: fresh, ofVisit: visit}
		if visit {
			s.kind = model.KindOf(t.Type)
		}
		q.addSeed(s)
	}
	slices.Reverse(q.steps)
	slices.Reverse(q.looks)
}

// lookUp finds the numbers of the profile's touches, and asks for the memory of what is
// read of the latest of them.
func (q *query) lookUp(touches []visitor.Touch) {
	q.ids = q.ids[:0]
	for k := range touches {
		q.ids = append(q.ids, touches[k].Product)
	}
	q.numbers = slices.Grow(q.numbers[:0], len(q.ids))[:len(q.ids)]
	q.products.LookupAll(q.numbers, q.ids)
	q.ahead = q.ahead[:0]
	for k := len(q.numbers) - 1; k >= 0 && len(q.ahead) < maxSeeds; k-- {
		if i := q.numbers[k]; i != catalog.None && !slices.Contains(q.ahead, i) {
			q.ahead = append(q.ahead, i)
		}
	}
	q.products.Ahead(q.ahead)
	q.learned.AheadOfPairs(q.ahead)
}

// touch is one of the profile's touches.
type touch struct {
	product   catalog.Index
	dismissed bool
}

// touched reports whether the visitor had to do with a product.
func (q *query) touched(i catalog.Index) bool {
	for k := range q.touches {
		if q.touches[k].product == i {
			return true
		}
	}
	return false
}

// refused reports whether the latest the visitor had to do with a product was to wave
// it away.
func (q *query) refused(i catalog.Index) bool {
	for k := range q.touches {
		if q.touches[k].product == i {
			return q.touches[k].dismissed
		}
	}
	return false
}

// visitEnd finds out, from the latest touch back, whether the visit's last step
// went back to a product of it.
type visitEnd struct {
	begun, left, back bool
	last              catalog.Index
	kind              scoring.EventType // of the touch just after
}

// returned takes in the touch before and tells what is known so far. A click in
// a list and the view it leads to, or a view and the cart, are one step.
func (v *visitEnd) returned(i catalog.Index, kind scoring.EventType) bool {
	switch {
	case !v.begun:
		v.begun, v.last = true, i
	case i != v.last:
		v.left = true
	case v.left || v.kind == scoring.ProductViewed && kind != scoring.ProductClicked:
		v.back = true
	}
	v.kind = kind
	return v.back
}

// sawStep notes a touch, from the latest back, later being the type of the one
// after it: a view that a click led to, or a cart, is no look of its own.
func (q *query) sawStep(i catalog.Index, kind, later scoring.EventType) {
	n := len(q.steps) - 1
	switch {
	case n < 0 || q.steps[n] != i:
		q.steps, q.looks = append(q.steps, i), append(q.looks, 1)
	case later == scoring.ProductViewed && kind != scoring.ProductClicked:
		q.looks[n]++
	}
}

func (q *query) sawInVisit(i catalog.Index) {
	for _, v := range q.visit {
		if v == i {
			return
		}
	}
	q.visit = append(q.visit, i)
}

// find returns the number of a product that the catalogue has or that something is
// learned of. One that merely has a number is no more than one that has none: which
// numbers were given out depends on when the process began.
func (q *query) find(id scoring.ProductID) (catalog.Index, bool) {
	i, ok := q.products.Lookup(id)
	return i, ok && q.known(i)
}

// known reports whether the catalogue has the product of a number, or something is
// learned of it.
func (q *query) known(i catalog.Index) bool { return q.products.Holds(i) || q.learned.Known(i) }

package decide

import (
	"cmp"
	"slices"
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/catalog"
	"github.com/vitrine-io/vitrine/scoring/model"
)

// boughtWindow is how long a purchase excludes its product unless the placement
// says otherwise.
const boughtWindow = 90 * 24 * time.Hour

// maxRejected bounds the list of what was left out.
const maxRejected = 20

// taken is what already stands on the page: products, and groups of variants.
type taken struct {
	products []catalog.Index
	groups   []string
}

func (t *taken) reset() {
	t.products = t.products[:0]
	t.groups = t.groups[:0]
}

func (t *taken) has(i catalog.Index, p *scoring.Product) bool {
	return slices.Contains(t.products, i) || len(t.groups) > 0 && p.GroupID != "" && slices.Contains(t.groups, p.GroupID)
}

func (t *taken) take(i catalog.Index, group string) {
	t.products = append(t.products, i)
	if group != "" {
		t.groups = append(t.groups, group)
	}
}

// standsForVariants keeps the variants of the page's own product off the page.
func (q *query) standsForVariants(i catalog.Index) {
	if p := q.products.Product(i); p != nil && p.GroupID != "" {
		q.taken.groups = append(q.taken.groups, p.GroupID)
	}
}

// filling is one slot being filled.
type filling struct {
	*query
	slot  *Slot
	rules scoring.ProductRules
	out   scoring.FilledPlacement
	room  *Room
	// fillingUp: the strategy has found too few, and others take the rest. What of
	// those is left out nobody asked for.
	fillingUp bool
	// untilUsedUp: what was bought may come back before the window ends, if it is used up.
	untilUsedUp bool
}

// fill fills one slot: pinned products, then the strategy's ranking, new products in
// the last positions, then, unless the strategy is strict, the fallback list, what is
// for this visitor, popular products and whatever else may be shown. Each is held against the
// rules in this order: availability, sensitivity and filters; exclude_ids and the
// page's own product; bought, in the cart, waved away, seen; what stands on the page already.
func (q *query) fill(s *Slot) scoring.FilledPlacement {
	f := filling{query: q, slot: s, out: scoring.FilledPlacement{Placement: s.Placement}}
	if s.Rules != nil {
		f.rules = *s.Rules
	}
	if f.room = q.page.Room; f.room == nil {
		f.room = new(Room)
	}
	f.exclude()
	if f.rules.BoughtWindow == 0 {
		f.rules.BoughtWindow, f.untilUsedUp = boughtWindow, true
	}
	if f.rules.Diversity == 0 {
		f.rules.Diversity = scoring.DiversityLow
	}
	if change := q.strategy(f.rules.Strategy).rules; change != nil {
		f.rules = change(f.rules) // by value: a pointer would put f on the heap
	}
	mix := q.mixOf(&f.rules)
	if s.Count > 0 {
		f.out.Items = f.room.itemsFor(min(s.Count, q.products.Len()))
	}
	for _, id := range f.rules.Pinned {
		f.offer(id, scoring.ReasonPinned)
	}
	r := q.rankingOf(mix, s.Filters)
	q.page.step("policy")
	f.lineUp(r)
	f.take(r, s.Count-f.rules.Explore)
	f.explore(r)
	f.take(r, s.Count)
	f.leaveOut(r)
	switch {
	case f.full():
	case f.staysShort():
		f.out.NoFill = f.noFill(f.found())
	default:
		f.fallBack(mix)
		if !f.full() {
			f.out.NoFill = f.noFill(f.products.Scan())
		}
	}
	f.out.Items = append(f.out.Items, f.drawn...)
	f.drawn = f.drawn[:0]
	return f.out
}

// exclude finds the products that the request keeps out, and the page's own.
func (f *filling) exclude() {
	f.excluded = f.excluded[:0]
	for _, id := range f.slot.Exclude {
		if i, ok := f.products.Lookup(id); ok {
			f.excluded = append(f.excluded, i)
		}
	}
	if i, ok := f.products.Lookup(f.context.Product); ok {
		f.excluded = append(f.excluded, i)
	}
}

func (f *filling) full() bool { return len(f.out.Items)+len(f.drawn) >= f.slot.Count }

// reject lists a candidate that was left out, if asked to.
func (f *filling) reject(id scoring.ProductID, why scoring.Rejection, score float64) {
	if f.page.Rejected && !f.fillingUp {
		f.out.Rejected = append(f.out.Rejected, scoring.Rejected{Product: id, Rejection: why, Score: score})
	}
}

// staysShort reports whether others than those of the strategy would be a lie.
// Without words to search by there is nothing to be true to.
func (f *filling) staysShort() bool {
	return f.mix.strategy.strict && (f.mix.strategy.start != fromSearch || f.searched != "")
}

// found lists what the present start has brought.
func (f *filling) found() []catalog.Index {
	f.trail = f.trail[:0]
	for k := range f.candidates.list {
		f.trail = append(f.trail, f.candidates.list[k].product)
	}
	return f.trail
}

// cutRejected keeps what came nearest. A rule comes before being outranked: it is
// what one asks about.
func (f *filling) cutRejected() {
	if len(f.out.Rejected) > maxRejected {
		slices.SortStableFunc(f.out.Rejected, func(a, b scoring.Rejected) int {
			return byRule(a) - byRule(b)
		})
		f.out.Rejected = slices.Clone(f.out.Rejected[:maxRejected])
	}
	slices.SortStableFunc(f.out.Rejected, func(a, b scoring.Rejected) int { return cmp.Compare(b.Score, a.Score) })
}

func byRule(r scoring.Rejected) int {
	if r.Rejection == scoring.RejectedOutranked {
		return 1
	}
	return 0
}

// refuses says which rule keeps a showable product out of the slot; 0 for none.
func (f *filling) refuses(i catalog.Index, p *scoring.Product) scoring.Rejection {
	if slices.Contains(f.excluded, i) {
		return scoring.RejectedExcluded
	}
	if v := f.page.Visitor.Profile(); v != nil {
		if !f.rules.ShowBought && len(v.Purchases)+len(v.Habits) > 0 {
			at, ok := v.Bought(p.ID)
			if ok && f.page.Now.Sub(at) < f.rules.BoughtWindow && (!f.untilUsedUp || !f.usedUp(i)) {
				return scoring.RejectedBought
			}
		}
		if !f.rules.ShowInCart {
			for k := range v.Cart {
				if v.Cart[k].Product == p.ID {
					return scoring.RejectedInCart
				}
			}
		}
		if f.refused(i) || f.rules.RepeatPolicy == scoring.RepeatExclude && f.touched(i) {
			return scoring.RejectedSeen
		}
	}
	if f.taken.has(i, p) {
		return scoring.RejectedShownElsewhere
	}
	return 0
}

// offer takes a product for one reason if the rules allow it.
func (f *filling) offer(id scoring.ProductID, reason scoring.ReasonKind) {
	if f.full() {
		return
	}
	i, ok := f.products.Lookup(id)
	if !ok {
		return
	}
	f.offerNumber(i, reason)
}

func (f *filling) offerNumber(i catalog.Index, reason scoring.ReasonKind) {
	if f.full() {
		return
	}
	p, why := f.showable(i, f.slot.Filters)
	if p == nil {
		return
	}
	if why == 0 {
		why = f.refuses(i, p)
	}
	if why != 0 {
		return
	}
	f.taken.take(i, p.GroupID)
	item := scoring.Item{Product: p.ID, Propensity: 1}
	if reason == scoring.ReasonPinned {
		item.Score = 1
	}
	if f.page.Reasons {
		item.Reasons = f.because(reason)
	}
	f.out.Items = append(f.out.Items, item)
}

// fallBack fills up where the strategy found too little: with the placement's own
// list, what is for this visitor, popular products, then any of the catalogue.
func (f *filling) fallBack(m mix) {
	for _, id := range f.rules.FallbackFirst {
		f.offer(id, scoring.ReasonFallback)
	}
	if f.full() {
		return
	}
	if usual := f.strategy(scoring.StrategyForYou); m.strategy != usual {
		m.strategy = usual
		r := f.rankingOf(m, f.slot.Filters)
		f.lineUp(r)
		f.fillingUp = true
		f.take(r, f.slot.Count)
	}
	if f.full() {
		return
	}
	f.standing = f.learned.Popular(f.standing[:0])
	slices.SortFunc(f.standing, func(a, b model.Standing) int {
		if a.Share != b.Share {
			return cmp.Compare(b.Share, a.Share)
		}
		return cmp.Compare(f.products.ID(a.Product), f.products.ID(b.Product))
	})
	for _, x := range f.standing {
		f.offerNumber(x.Product, scoring.ReasonFallback)
	}
	if f.full() {
		return
	}
	m.strategy = &f.assortment
	r := f.rankingOf(m, f.slot.Filters)
	f.lineUp(r)
	f.fillingUp = true
	f.take(r, f.slot.Count)
	for _, i := range f.products.Scan() {
		if f.full() {
			return
		}
		f.offerNumber(i, scoring.ReasonFallback)
	}
}

// noFill is the reason for which most of the products are left out that could
// have filled the slot: what a strict strategy starts from, or the sample of the
// catalogue that was just gone through for want of better.
func (f *filling) noFill(of []catalog.Index) scoring.NoFillReason {
	var n [scoring.NoFillShownElsewhere + 1]int
	for _, i := range of {
		p, why := f.showable(i, f.slot.Filters)
		if p == nil {
			continue
		}
		if why == 0 {
			why = f.refuses(i, p)
		}
		switch why {
		case 0: // not of the strategy
		case scoring.RejectedFiltered:
			n[scoring.NoFillFiltered]++
		case scoring.RejectedUnavailable:
			n[scoring.NoFillUnavailable]++
		case scoring.RejectedShownElsewhere:
			if !slices.ContainsFunc(f.out.Items, func(it scoring.Item) bool { return it.Product == p.ID }) {
				n[scoring.NoFillShownElsewhere]++
			}
		default:
			n[scoring.NoFillExcluded]++
		}
	}
	reason := scoring.NoFillNoCandidates
	for k := scoring.NoFillFiltered; k <= scoring.NoFillShownElsewhere; k++ {
		if n[k] > n[reason] {
			reason = k
		}
	}
	return reason
}

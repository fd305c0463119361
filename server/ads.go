package server

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/campaign"
	"github.com/vitrine-io/vitrine/scoring/creative"
	"github.com/vitrine-io/vitrine/scoring/interest"
	"github.com/vitrine-io/vitrine/scoring/retarget"
)

const (
	// maxChances bounds how many of the creatives that might have been shown are
	// recorded with a decision.
	maxChances = 64
	// maxRejectedAds bounds those that are told of with EXPLAIN_FULL.
	maxRejectedAds = 1000
)

// ads fills a page's placements of creatives. It is reused.
type ads struct {
	builder  creative.Builder
	chooser  creative.Chooser
	eligible []*campaign.Ad
	rivalry
	page     creative.Page
	entries  []interest.Entry
	taken    []*campaign.Ad
	refused  campaign.Tally
	pace     pacer
	served   []scoring.Served    // of taken, those that are counted
	products []scoring.ProductID // of the slots of the ad looked at last
}

var adsPool = sync.Pool{New: func() any { return &ads{chooser: creative.Chooser{Floor: creative.DefaultFloor}} }}

// fillAds fills the slots of creatives among those of a page, in their order; no
// creative stands on it twice. It lists those that are counted, whose share of goal and
// budget is held for the decision of that id. What is left to chance follows from the
// seed.
func (s *decisions) fillAds(q *query, who knowledge, now time.Time, id scoring.DecisionID, seed uint64, filled []scoring.FilledPlacement) []scoring.Served {
	a := adsPool.Get().(*ads)
	defer adsPool.Put(a)
	a.taken, a.served = a.taken[:0], nil
	shelf := q.shelf
	a.pace.begin(q.site, shelf, now, seed)
	ask := &campaign.Ask{Now: now, Context: &q.context, Contacts: who.contacts, Purchased: who.purchased(), Paced: a.pace.judge}
	if shelf.Targets() {
		about := asked(q.site, who.creatives, who.allowed, now)
		ask.Visitor, ask.In = about, about.In
	}
	a.readPage(q, who, now)
	a.begin(q.site.learner.model, now)
	for i, slot := range q.slots {
		if slot.placement.Creatives == nil {
			continue
		}
		ask.Rules = slot.placement.Creatives
		ask.Without = a.without(q, who, now, slot)
		filled[i] = a.fill(q, who, slot, shelf, ask, seed, tokenHashes(id, i))
	}
	return a.served
}

// readPage reads what responses are predicted by: the page's context and what the
// visitor cares for most.
func (a *ads) readPage(q *query, who knowledge, now time.Time) {
	a.page.Context = creative.ContextTraits(&q.context)
	a.page.Interests = a.page.Interests[:0]
	p := who.creatives.Profile()
	if p == nil {
		return
	}
	a.entries = p.Interests.AppendAt(a.entries[:0], now)
	weight := func(e *interest.Entry) float32 { return e.Weight[interest.Short] + e.Weight[interest.Mid] }
	slices.SortFunc(a.entries, func(x, y interest.Entry) int {
		return cmp.Or(cmp.Compare(weight(&y), weight(&x)), cmp.Compare(x.Facet, y.Facet))
	})
	for k := range a.entries[:min(len(a.entries), creative.MaxInterests)] {
		e := &a.entries[k]
		if w := weight(e); w > 0 {
			// From 0 for nothing over a half for a view to 1.
			a.page.Interests = append(a.page.Interests, creative.Interest{Facet: e.Facet, Weight: w / (1 + w)})
		}
	}
}

// without keeps out what stands on the page, what was not wanted, and ads whose slots
// there are too few products for.
func (a *ads) without(q *query, who knowledge, now time.Time, slot slot) func(*campaign.Ad) scoring.Rejection {
	return func(ad *campaign.Ad) scoring.Rejection {
		switch {
		case q.unwritable && q.counts(ad):
			return scoring.RejectedUnwritable
		case slices.Contains(slot.fill.Exclude, scoring.ProductID(ad.ID)):
			return scoring.RejectedExcluded
		case slices.Contains(a.taken, ad):
			return scoring.RejectedShownElsewhere
		case ad.Products != nil && len(a.retarget(q, who, now, ad)) < ad.Products.Min:
			return scoring.RejectedProducts
		}
		return 0
	}
}

// retarget finds the products for an ad's slots. They hold until it is called again.
func (a *ads) retarget(q *query, who knowledge, now time.Time, ad *campaign.Ad) []scoring.ProductID {
	a.products = retarget.Fill(a.products[:0], who.creatives, ad.Products, now, func(id scoring.ProductID) bool {
		p, err := q.site.product(id)
		return err == nil && p.Showable(now) && !p.IsSensitive()
	})
	return a.products
}

// fill fills one slot: of the eligible ads one by chance, of the rest another, and so
// on. The propensity of each is given those before it, and those that may be shown.
// The hash of the token of each position tells token.
func (a *ads) fill(
	q *query, who knowledge, slot slot, shelf *campaign.Shelf, ask *campaign.Ask, seed uint64,
	token func(position int) uint64,
) scoring.FilledPlacement {
	out := scoring.FilledPlacement{Placement: slot.placement.ID}
	a.page.Placement = slot.placement.ID
	common := a.builder.Begin(&a.page)
	before := len(a.taken)
	seed ^= xxhash.Sum64String(string(slot.placement.ID))
	a.refused, ask.Tally = campaign.Tally{}, &a.refused
	for len(out.Items) < slot.fill.Count {
		a.eligible = shelf.Eligible(a.eligible[:0], ask)
		ask.Tally = nil // counted once a slot
		if len(a.eligible) == 0 {
			break
		}
		a.compete(ask, common)
		shares := a.chooser.Propensities(a.arms)
		k := creative.Draw(shares, seed+uint64(len(out.Items)))
		ad, own := a.eligible[k], a.rivals[k].Own
		if !a.take(ad, slot, ask, token(len(out.Items)), q.dryRun) {
			continue // its campaign takes no part any more
		}
		item := scoring.Item{
			Campaign: ad.Campaign, Creative: ad.ID, Propensity: shares[k], Features: creative.Pack(common, own),
			Score: a.arms[k].Worth(),
		}
		if ad.Products != nil {
			item.Products = slices.Clone(a.retarget(q, who, ask.Now, ad))
		}
		if len(out.Items) == 0 {
			out.Chances = a.chances(shares)
		}
		if q.reasons() {
			item.Reasons = adReasons(&a.page, ad, own, a.responses(ad))
		}
		out.Items = append(out.Items, item)
	}
	slot.placement.refusals.add(&a.refused)
	short := len(out.Items) < slot.fill.Count
	if q.rejected() || short {
		rejected := shelf.Rejections(ask, a.taken[before:], maxRejectedAds)
		if short {
			out.NoFill = campaign.NoFill(rejected)
		}
		if q.rejected() {
			out.Rejected = rejected
		}
	}
	return out
}

// take puts an ad on the page, where it counts for those to come, and holds its share
// of goal and budget, unless it is a dry run. It is false if there is no room for it.
func (a *ads) take(ad *campaign.Ad, slot slot, ask *campaign.Ask, token uint64, dryRun bool) bool {
	var terms *scoring.Terms
	if !dryRun && ad.Flight.Counted() {
		var ok bool
		if terms, ok = a.pace.hold(ad.Flight, token); !ok {
			return false
		}
	}
	a.taken = append(a.taken, ad)
	if ad.Keep() == 0 && terms == nil {
		return true
	}
	from := len(a.served)
	a.served = append(a.served, scoring.Served{
		Campaign: ad.Campaign, Creative: ad.ID, Advertiser: ad.Flight.Advertiser,
		Placement: slot.placement.ID, Channel: ask.Context.Channel, Keep: ad.Keep(), Token: token, Terms: terms,
	})
	if ad.Keep() > 0 {
		ask.Contacts = ask.Contacts.Add(a.served[from:], ask.Now)
	}
	return true
}

// chances are those of the eligible ads, the likeliest if they are many.
func (a *ads) chances(shares []float64) []scoring.Chance {
	list := make([]scoring.Chance, len(shares))
	for k, p := range shares {
		list[k] = scoring.Chance{Campaign: a.eligible[k].Campaign, Creative: a.eligible[k].ID, Propensity: p}
	}
	if len(list) > maxChances {
		slices.SortStableFunc(list, func(x, y scoring.Chance) int { return cmp.Compare(y.Propensity, x.Propensity) })
		list = list[:maxChances]
	}
	return list
}

// adReasons gives the reasons of an ad: what its own features add to its prediction,
// by kind and evidence, as shares of all that speaks for it.
func adReasons(page *creative.Page, ad *campaign.Ad, own []creative.Feature, responses *creative.Reading) []scoring.Reason {
	names := creative.Names(page, ad.Subject())
	names = names[len(names)-len(own):]
	var list []scoring.Reason
	var sum float64
	for k, share := range responses.AppendShares(nil, own) {
		r := scoring.Reason{Kind: scoring.ReasonPopular}
		switch names[k].Kind {
		case creative.KindInterest:
			r = scoring.Reason{Kind: scoring.ReasonInterest, Facet: names[k].Facet}
		case creative.KindSetting:
			r.Kind = scoring.ReasonPageContext
		}
		at := slices.IndexFunc(list, func(x scoring.Reason) bool { return x.Kind == r.Kind && x.Facet == r.Facet })
		if at < 0 {
			at, list = len(list), append(list, r)
		}
		list[at].Share += share
	}
	list = slices.DeleteFunc(list, func(r scoring.Reason) bool { return r.Share <= 0 })
	for _, r := range list {
		sum += r.Share
	}
	if sum == 0 || math.IsInf(sum, 0) {
		// Nothing is known of it yet: it is shown to find out.
		return []scoring.Reason{{Kind: scoring.ReasonExploration, Share: 1}}
	}
	for k := range list {
		list[k].Share /= sum
	}
	slices.SortStableFunc(list, func(x, y scoring.Reason) int { return cmp.Compare(y.Share, x.Share) })
	return list[:min(len(list), 3)]
}

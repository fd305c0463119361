package server

import (
	"slices"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/campaign"
	"github.com/vitrine-io/vitrine/scoring/delivery"
)

// pacer has the campaigns with a goal or a budget of one page take part in its slots or
// not, and holds their share of what is shown. It is reused.
type pacer struct {
	ledger *delivery.Ledger
	shelf  *campaign.Shelf
	now    time.Time
	seed   uint64
	parts  []part
}

// part is how a campaign takes part in a page.
type part struct {
	flight      *campaign.Flight
	probability float64
	spent       bool // there was no room when it was to be shown
}

func (p *pacer) begin(st *site, shelf *campaign.Shelf, now time.Time, seed uint64) {
	clear(p.parts)
	*p = pacer{ledger: st.learner.model.Deliveries(), shelf: shelf, now: now, seed: seed, parts: p.parts[:0]}
}

// judge is why a campaign does not take part in the page; 0 if it does. A campaign is
// asked once a page: it takes part in all slots or in none. Which follows from the
// page's seed, so that the choice among those that take part, and its propensities, do
// not depend on it.
func (p *pacer) judge(f *campaign.Flight) scoring.Rejection {
	if k := p.find(f); k >= 0 {
		return p.verdict(&p.parts[k])
	}
	probability, full := p.ledger.Part(p.shelf.Paced(f, p.now), p.now)
	p.parts = append(p.parts, part{f, probability, full})
	return p.verdict(&p.parts[len(p.parts)-1])
}

func (p *pacer) find(f *campaign.Flight) int {
	return slices.IndexFunc(p.parts, func(x part) bool { return x.flight == f })
}

func (p *pacer) verdict(x *part) scoring.Rejection {
	switch {
	case x.spent:
		return scoring.RejectedBudget
	case x.probability < 1 && p.draw(x.flight.ID) >= x.probability:
		return scoring.RejectedPaced
	}
	return 0
}

// draw is a number from 0 to 1 that follows from the seed, another one for each
// campaign.
func (p *pacer) draw(id scoring.CampaignID) float64 {
	var d xxhash.Digest
	d.ResetWithSeed(p.seed)
	_, _ = d.WriteString("pace\x00")
	_, _ = d.WriteString(string(id))
	return float64(d.Sum64()>>11) / (1 << 53)
}

// hold holds the share of a creative that is to be shown, of a campaign that was judged,
// and returns its terms. It is false where another decision took the last that there
// was room for; then the campaign takes no part any more.
func (p *pacer) hold(f *campaign.Flight, token uint64) (*scoring.Terms, bool) {
	k := p.find(f)
	terms, ok := p.ledger.Hold(p.shelf.Paced(f, p.now), token, p.parts[k].probability, p.now)
	p.parts[k].spent = !ok
	return terms, ok
}

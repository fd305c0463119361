package visitor

import (
	"encoding/binary"
	"slices"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/vitrine-io/vitrine/scoring"
)

// How long before an order the visitor's last click on a creative, or else the last
// one that came into their sight, is credited with it: the usual windows of ad
// platforms, seven days for clicks and one for views.
const (
	ClickLookBack = 7 * 24 * time.Hour
	ViewLookBack  = 24 * time.Hour
)

// maxCredited is how many orders are remembered with what they were credited to: what
// is sent back is of one of the last.
const maxCredited = 4

// maxAds bounds what Ads take of a record: six creatives with their ids of up to 63
// bytes each and their campaigns', eight bytes a token, eight a time.
const maxAds = 1024

// Ads is what the visitor did about creatives of ours.
type Ads struct {
	Clicked  AdSeen     // the last one; zero: none
	Viewed   AdSeen     // the last one; zero: none
	Credited []AdCredit // orders and what they were credited to, oldest first
	Ordered  time.Time  // the last order, whether or not it was undone since; zero: none
}

// AdSeen is a creative that a decision showed, and when the visitor saw or clicked it.
type AdSeen struct {
	Campaign scoring.CampaignID
	Creative scoring.CreativeID
	Token    uint64 // scoring.AdShown.Token
	Time     time.Time
}

// AdCredit is an order that was credited to a creative.
type AdCredit struct {
	Order uint64 // a hash of its id
	Ad    AdSeen // Time is the order's
}

// Credit is what an order is credited to, where its own token does not tell: the
// creative that the visitor clicked last, if that is not too long ago, or else the one
// they saw last; nil for neither, and for an order that has been credited. p may be nil.
func (p *Profile) Credit(e *scoring.Event) *scoring.AdShown {
	if p == nil || p.Credited(e) {
		return nil
	}
	within := func(a *AdSeen, window time.Duration) bool {
		age := e.Time.Sub(a.Time)
		return a.Creative != "" && age >= 0 && age <= window
	}
	switch {
	case within(&p.Ads.Clicked, ClickLookBack):
		return p.Ads.Clicked.shown(scoring.AttributedToClick)
	case within(&p.Ads.Viewed, ViewLookBack):
		return p.Ads.Viewed.shown(scoring.AttributedToView)
	}
	return nil
}

// Credited reports whether the event's order is known to have been credited. p may be
// nil.
func (p *Profile) Credited(e *scoring.Event) bool { return p != nil && p.credited(orderOf(e)) >= 0 }

// Uncredit is what a refund or cancellation takes an order back from: what the order
// was credited to, once nothing of it is left; nil if it was credited to nothing. p may
// be nil.
func (p *Profile) Uncredit(e *scoring.Event) *scoring.AdShown {
	if p == nil {
		return nil
	}
	k := p.credited(orderOf(e))
	if k < 0 {
		return nil
	}
	if len(e.Items) > 0 {
		after := *p
		after.undo(e)
		if slices.ContainsFunc(after.Purchases, func(b Purchase) bool { return b.Order == orderOf(e) }) {
			return nil
		}
	}
	return p.Ads.Credited[k].Ad.shown(0)
}

func (a *AdSeen) shown(by scoring.Attribution) *scoring.AdShown {
	return &scoring.AdShown{Campaign: a.Campaign, Creative: a.Creative, Token: a.Token, By: by}
}

func (p *Profile) credited(order scoring.OrderID) int {
	if order == "" {
		return -1
	}
	hash := xxhash.Sum64String(string(order))
	return slices.IndexFunc(p.Ads.Credited, func(c AdCredit) bool { return c.Order == hash })
}

// respondToAd remembers what an event says about creatives.
func (p *Profile) respondToAd(e *scoring.Event, at time.Time) {
	if e.Type == scoring.OrderCompleted {
		p.Ads.Ordered = later(p.Ads.Ordered, at)
	}
	if e.Ad == nil || e.Ad.Creative == "" { // its decision was lost
		return
	}
	seen := AdSeen{e.Ad.Campaign, e.Ad.Creative, e.Ad.Token, at}
	switch e.Type {
	case scoring.CreativeViewed:
		if !at.Before(p.Ads.Viewed.Time) {
			p.Ads.Viewed = seen
		}
	case scoring.CreativeClicked:
		if !at.Before(p.Ads.Clicked.Time) {
			p.Ads.Clicked = seen
		}
	case scoring.OrderCompleted:
		if order := orderOf(e); order != "" && p.credited(order) < 0 {
			p.Ads.Credited = newest(append(slices.Clone(p.Ads.Credited), AdCredit{xxhash.Sum64String(string(order)), seen}), maxCredited)
		}
	case scoring.OrderRefunded, scoring.OrderCancelled:
		if k := p.credited(orderOf(e)); k >= 0 {
			p.Ads.Credited = newest(slices.Delete(slices.Clone(p.Ads.Credited), k, k+1), maxCredited)
		}
	}
}

func (a *Ads) empty() bool {
	return a.Clicked.Time.IsZero() && a.Viewed.Time.IsZero() && len(a.Credited) == 0 && a.Ordered.IsZero()
}

// ads writes what AppendBinary says of them.
func (w *writer) ads(a *Ads) {
	if a.empty() {
		w.b = append(w.b, 0)
		return
	}
	w.b = append(w.b, 1)
	since := func(t time.Time) {
		if t.IsZero() {
			w.uint(0)
		} else {
			w.uint(uint64(w.last-t.UnixMilli()) + 1)
		}
	}
	seen := func(s *AdSeen) {
		since(s.Time)
		if s.Time.IsZero() {
			return
		}
		w.string(string(s.Campaign))
		w.string(string(s.Creative))
		w.b = binary.BigEndian.AppendUint64(w.b, s.Token)
	}
	since(a.Ordered)
	seen(&a.Clicked)
	seen(&a.Viewed)
	w.uint(uint64(len(a.Credited)))
	for i := range a.Credited {
		w.b = binary.BigEndian.AppendUint64(w.b, a.Credited[i].Order)
		seen(&a.Credited[i].Ad)
	}
}

func (r *reader) ads(p *Profile) {
	switch r.byte() {
	case 0:
		return
	case 1:
	default:
		r.failed = true
		return
	}
	since := func() time.Time {
		before := r.upTo(maxMillis - minMillis + 1)
		if before == 0 || r.failed {
			return time.Time{}
		}
		return time.UnixMilli(r.last - int64(before-1)).UTC()
	}
	seen := func() (s AdSeen) {
		if s.Time = since(); s.Time.IsZero() {
			return s
		}
		s.Campaign, s.Creative = scoring.CampaignID(r.string()), scoring.CreativeID(r.string())
		s.Token = r.word()
		return s
	}
	p.Ads.Ordered = since()
	p.Ads.Clicked, p.Ads.Viewed = seen(), seen()
	p.Ads.Credited = list[AdCredit](r, maxCredited)
	for i := range p.Ads.Credited {
		p.Ads.Credited[i] = AdCredit{r.word(), seen()}
	}
}

func (r *reader) word() (v uint64) {
	for range 8 {
		v = v<<8 | uint64(r.byte())
	}
	return v
}

package campaign

import (
	"time"

	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/contact"
)

// limit is a cap or budget made ready: so often of what is meant within a window.
type limit struct {
	of     contact.Of
	times  int64
	window time.Duration
}

func (l *limit) reached(a *Ask) bool { return a.Contacts.Times(l.of, l.window, a.Now) >= l.times }

// caps are the limits of a campaign or creative, of scope or those that are of it.
func caps(list []scoring.FrequencyCap, scope scoring.CapScope, of contact.Of) (ready []limit) {
	for _, c := range list {
		if c.Scope == scope {
			ready = append(ready, limit{of, int64(c.Limit), c.Window})
		}
	}
	return ready
}

// prepareCaps makes the caps of all ads ready, and says of each ad how long what is
// handed out of it is counted.
func (s *Shelf) prepareCaps() {
	ofAdvertiser := map[string][]limit{}
	for k := range s.flights {
		f := &s.flights[k]
		of := contact.Of{Advertiser: contact.AdvertiserKey(f.Advertiser)}
		ofAdvertiser[f.Advertiser] = append(ofAdvertiser[f.Advertiser], caps(f.Caps, scoring.CapAdvertiser, of)...)
	}
	own := make([]time.Duration, len(s.flights))
	for k := range s.flights {
		f := &s.flights[k]
		of := contact.Of{Campaign: contact.CampaignKey(f.ID)}
		f.caps = append(caps(f.Caps, scoring.CapCampaign, of), ofAdvertiser[f.Advertiser]...)
		f.key = of.Campaign
		for _, c := range f.caps {
			own[k] = max(own[k], c.window)
		}
		for _, c := range f.Caps {
			own[k] = max(own[k], c.Window)
		}
	}
	var site time.Duration
	if s.policy != nil {
		for _, b := range s.policy.Budgets {
			s.budgets = append(s.budgets, limit{contact.Of{Channels: contact.ChannelsOf(b.Channels)}, int64(b.Limit), b.Window})
			site = max(site, b.Window)
		}
	}
	s.mail = site
	for k := range s.ads {
		ad := &s.ads[k]
		ad.key = contact.CreativeKey(ad.Campaign, ad.ID)
		of := contact.Of{Creative: ad.key}
		ad.caps = append(caps(ad.Flight.Caps, scoring.CapCreative, of), caps(ad.Caps, scoring.CapCreative, of)...)
		ad.keep = max(site, own[ad.flight])
		for _, c := range ad.Caps {
			ad.keep = max(ad.keep, c.Window)
		}
		if ad.Products != nil && ad.Products.StopAfter > 0 {
			ad.keep = max(ad.keep, scoring.RetargetWindow)
		}
		s.counts = s.counts || ad.keep > 0
	}
}

// Keep is how long the contacts of a visitor who is handed out the ad have to remember
// it; 0 when nothing counts it.
func (a *Ad) Keep() time.Duration { return a.keep }

// Key is what the ad is known by among a visitor's contacts.
func (a *Ad) Key() contact.Key { return a.key }

// AdOf finds an ad by what it is known by among contacts; nil if it is not there. It
// goes through all of them.
func (s *Shelf) AdOf(key contact.Key) *Ad {
	for k := range s.ads {
		if s.ads[k].key == key {
			return &s.ads[k]
		}
	}
	return nil
}

// Counts reports whether contacts with any of the ads are counted.
func (s *Shelf) Counts() bool { return s.counts }

// KeepMail is how long the contacts of a visitor have to remember an e-mail; 0 when
// nothing counts it.
func (s *Shelf) KeepMail() time.Duration { return s.mail }

// pressure is why the visitor is to be left alone, whatever the ad; 0 if not.
func (s *Shelf) pressure(a *Ask) scoring.Rejection {
	if s.policy == nil {
		return 0
	}
	if !a.Purchased.IsZero() && a.Now.Sub(a.Purchased) < s.policy.AfterPurchase {
		return scoring.RejectedContactPressure
	}
	for k := range s.budgets {
		if b := &s.budgets[k]; b.of.Channels.Has(a.Context.Channel) && b.reached(a) {
			return scoring.RejectedContactPressure
		}
	}
	return 0
}

// restsFor is why nothing of a campaign may be shown to a visitor who had to do with
// it; 0 if it may.
func (s *Shelf) restsFor(a *Ask, f *Flight) scoring.Rejection {
	for k := range f.caps {
		if f.caps[k].reached(a) {
			return scoring.RejectedCapped
		}
	}
	if s.policy != nil && s.policy.AfterDismissal > 0 {
		if at, ok := a.Contacts.WavedAway(contact.Of{Campaign: f.key}); ok && a.Now.Sub(at) < s.policy.AfterDismissal {
			return scoring.RejectedContactPressure
		}
	}
	return 0
}

// spent is why the visitor has seen enough of an ad; 0 if they have not.
func (a *Ask) spent(ad *Ad) scoring.Rejection {
	for k := range ad.caps {
		if ad.caps[k].reached(a) {
			return scoring.RejectedCapped
		}
	}
	if p := ad.Products; p != nil && p.StopAfter > 0 && a.Contacts.Unanswered(ad.key) >= int64(p.StopAfter) {
		return scoring.RejectedCapped
	}
	if _, ok := a.Contacts.WavedAway(contact.Of{Creative: ad.key}); ok {
		return scoring.RejectedDismissed
	}
	return 0
}

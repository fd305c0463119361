package server

import (
	"strings"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// usual reports whether an event certainly keeps the contract's rules, as nearly all
// do: then they needn't be asked, which costs more than all else that is done with an
// event before it is stored. False says nothing: an event has what only the rules know,
// or breaks them.
func usual(e *pb.Event) bool {
	if e == nil || e.Visitor == nil || e.Order != nil || e.DwellTime != nil || e.Type == 0 ||
		!sized(e.Id, 64) || !known(pb.EventType_name, e.Type) || !known(pb.Channel_name, e.Channel) ||
		len(e.CustomType) > 64 || len(e.SearchQuery) > 512 || len(e.AttributionToken) > 256 ||
		len(e.Items) > 100 || len(e.Categories) > 8 {
		return false
	}
	for _, it := range e.Items {
		if it == nil || it.Price != nil || !sized(it.ProductId, 128) || it.Quantity < 0 || it.Quantity > 1_000_000 {
			return false
		}
	}
	for _, c := range e.Categories {
		if !sized(c, 512) {
			return false
		}
	}
	return usualContext(e.Context) && usualConsent(e.Consent)
}

// usualPage is usual for a page to decide.
func usualPage(m *pb.DecideRequest) bool {
	site, ok := strings.CutPrefix(m.GetSite(), "sites/")
	if !ok || !validSiteID(site) || len(m.Placements) < 1 || len(m.Placements) > 20 || len(m.SessionEvents) > 100 ||
		len(m.ContactBlob) > 1024 || !known(pb.Explain_name, m.Explain) {
		return false
	}
	for _, p := range m.Placements {
		if p == nil || !sized(p.Placement, 256) || p.Count < 0 || p.Count > 100 || len(p.Filter) > 4096 || len(p.ExcludeIds) > 500 {
			return false
		}
		for _, id := range p.ExcludeIds {
			if !sized(id, 128) {
				return false
			}
		}
	}
	return usualContext(m.Context) && usualConsent(m.Consent)
}

func usualContext(c *pb.PageContext) bool {
	if c == nil {
		return true
	}
	if !usualPlace(c.Place) || c.Coordinates != nil || len(c.Attributes) > 0 ||
		!known(pb.PageType_name, c.PageType) || !known(pb.Channel_name, c.Channel) || !known(pb.DeviceType_name, c.Device) ||
		len(c.ProductId) > 128 || len(c.Category) > 512 || len(c.SearchQuery) > 512 || len(c.Locale) > 35 {
		return false
	}
	t := c.Traffic
	return t == nil || len(t.Referrer) <= 2048 && len(t.Source) <= 256 && len(t.Medium) <= 256 && len(t.Campaign) <= 256
}

func usualPlace(p *pb.Place) bool {
	upper := func(c byte) bool { return 'A' <= c && c <= 'Z' }
	return p == nil || len(p.Region) <= 16 && len(p.City) <= 128 &&
		(p.Country == "" || len(p.Country) == 2 && upper(p.Country[0]) && upper(p.Country[1]))
}

func usualConsent(c *pb.Consent) bool {
	if c == nil {
		return true
	}
	for _, p := range c.Purposes {
		if p == nil || p.Purpose == 0 || !known(pb.Purpose_name, p.Purpose) {
			return false
		}
	}
	return len(c.Purposes) <= 16 && len(c.TcfString) <= 4096 && len(c.GppString) <= 4096
}

func sized(s string, most int) bool { return s != "" && len(s) <= most }

func known[E ~int32](names map[int32]string, e E) bool {
	_, ok := names[int32(e)]
	return ok
}

// checkEvent is check for an event.
func (r *rules) checkEvent(v *violations, prefix string, e *pb.Event) {
	if !usual(e) {
		r.check(v, prefix, e)
	}
}

// checkTracked is check for a request with one event.
func (r *rules) checkTracked(v *violations, req *pb.TrackEventRequest) {
	if site, ok := strings.CutPrefix(req.GetSite(), "sites/"); !ok || !validSiteID(site) || !usual(req.GetEvent()) {
		r.check(v, "", req)
	}
}

// checkPage is check for a page to decide.
func (r *rules) checkPage(v *violations, req *pb.DecideRequest) {
	if !usualPage(req) {
		r.check(v, "", req)
	}
}

package server

import (
	"cmp"
	"math"
	"slices"
	"time"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/interest"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

// profileToProto is everything a profile holds, as of now.
func profileToProto(st *site, id scoring.VisitorID, p *visitor.Profile, now time.Time) *pb.Visitor {
	m := &pb.Visitor{
		Consents:   consentsToProto(st, p.Consents),
		Name:       visitorName(st.id, id),
		EventCount: p.Events,
	}
	if p.Events > 0 {
		m.FirstSeenTime, m.LastSeenTime = timeToProto(p.FirstSeen), timeToProto(p.LastSeen)
	}
	entries := p.Interests.AppendAt(nil, now)
	slices.SortStableFunc(entries, func(a, b interest.Entry) int { return cmp.Compare(total(b), total(a)) })
	for _, e := range entries {
		m.Interests = append(m.Interests, &pb.Interest{
			Facet:     facetToProto(st, e.Facet),
			ShortTerm: float64(e.Weight[interest.Short]),
			MidTerm:   float64(e.Weight[interest.Mid]),
			LongTerm:  float64(e.Weight[interest.Long]),
		})
	}
	for _, t := range slices.Backward(p.Touches) {
		m.Touches = append(m.Touches, &pb.Touch{ProductId: string(t.Product), Type: pb.EventType(t.Type), Time: timeToProto(t.Time)})
	}
	for _, item := range p.Cart {
		m.Cart = append(m.Cart, &pb.CartItem{ProductId: string(item.Product), Quantity: item.Quantity, Time: timeToProto(item.Time)})
	}
	for _, b := range slices.Backward(p.Purchases) {
		m.Purchases = append(m.Purchases, &pb.Purchase{
			ProductId: string(b.Product), OrderId: string(b.Order), Quantity: b.Quantity,
			Price: moneyToProto(b.Price), Time: timeToProto(b.Time),
		})
	}
	for _, h := range slices.Backward(p.Habits) {
		m.Bought = append(m.Bought, &pb.BoughtProduct{
			ProductId: string(h.Product), Times: h.Times, Lately: h.LatelyAt(now), LastTime: timeToProto(h.Last),
		})
	}
	for _, seen := range slices.Backward(p.Shown) {
		m.Shown = append(m.Shown, &pb.ShownProduct{
			ProductId: string(seen.Product), Times: seen.TimesAt(now), Time: timeToProto(seen.Time),
		})
	}
	shelf := st.shelf.Load()
	for _, c := range slices.Backward(p.Contacts.All()) {
		contact := &pb.VisitorContact{Channel: pb.Channel(c.Channel), Times: int32(min(c.Times, math.MaxInt32)), Time: timeToProto(c.Time)}
		if ad := shelf.AdOf(c.Creative); ad != nil {
			contact.Creative = creativeName(st.id, ad.Campaign, ad.ID)
		}
		m.Contacts = append(m.Contacts, contact)
	}
	identityToProto(st, m, p)
	if p.Search != "" {
		m.LastSearch = &pb.Search{Query: p.Search, Time: timeToProto(p.SearchTime)}
	}
	m.Intent = intentToProto(st.intent(p, now))
	if id := st.persona(p, now); id != 0 {
		m.Persona = personaName(st.id, id)
	}
	return m
}

// identityToProto tells whose the device is, which devices a person has, and what the shop
// told of them.
func identityToProto(st *site, m *pb.Visitor, p *visitor.Profile) {
	if person := p.Person(); person != "" {
		m.Person = personName(st.id, person)
	}
	for _, device := range p.Devices() {
		m.Devices = append(m.Devices, visitorName(st.id, device))
	}
	for _, a := range p.Attributes() {
		if m.Attributes == nil {
			m.Attributes = map[string]string{}
		}
		m.Attributes[a.Key] = a.Value
	}
}

// intentToProto tells probabilities to three digits: more would pretend to know.
func intentToProto(s intentScores) *pb.Intent {
	digits := func(p float64) float64 { return math.Round(1000*p) / 1000 }
	return &pb.Intent{Within_7Days: digits(s.week), Within_30Days: digits(s.month), Category: s.category}
}

// total is the weight that interests are listed by.
func total(e interest.Entry) float32 {
	return e.Weight[interest.Short] + e.Weight[interest.Mid] + e.Weight[interest.Long]
}

// facetToProto names a facet. One that no product of the catalogue has any more
// can't be named, and is returned without its value.
func facetToProto(st *site, id scoring.FacetID) *pb.Facet {
	facet, ok := st.products.Facet(id)
	if !ok {
		return &pb.Facet{Kind: pb.FacetKind(id.Kind())}
	}
	return &pb.Facet{Kind: pb.FacetKind(facet.Kind), Key: facet.Key, Value: facet.Value}
}

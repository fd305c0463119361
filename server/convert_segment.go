package server

import (
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/visitor"
	"github.com/vitrine-io/vitrine/server/filter"
)

func segmentToProto(site scoring.SiteID, s *segment) *pb.Segment {
	return &pb.Segment{
		Name: segmentName(site, s.ID), DisplayName: s.DisplayName, Rule: s.Rule, BuiltIn: s.builtIn,
		Etag: etagOf(s.Revision), UpdateTime: timeToProto(s.UpdatedAt),
	}
}

// segmentsFromProto reads names of segments, which the contract's rules have checked.
func segmentsFromProto(v *violations, field string, site scoring.SiteID, names []string) []scoring.SegmentID {
	var ids []scoring.SegmentID
	for i, name := range names {
		id, ours := strings.CutPrefix(name, siteName(site)+"/segments/")
		if !ours {
			v.add(fmt.Sprintf("%s[%d]", field, i), "is %q, must be of the site, %s/segments/{segment}", clip(name), siteName(site))
			continue
		}
		ids = append(ids, scoring.SegmentID(id))
	}
	return ids
}

// segmentNames lists the segments that a visitor is in.
func segmentNames(st *site, who *filter.Visitor) []string {
	ids := who.Segments()
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = segmentName(st.id, scoring.SegmentID(id))
	}
	return names
}

// memberToProto is what is told of a member of a segment.
func memberToProto(st *site, id scoring.VisitorID, p *visitor.Profile, allowed scoring.Purposes, now time.Time) *pb.SegmentMember {
	m := &pb.SegmentMember{
		Name: visitorName(st.id, id), Contactable: allowed.Has(scoring.PurposeMessages), LastSeenTime: timeToProto(p.LastSeen),
	}
	for _, a := range p.Attributes() {
		if m.Attributes == nil {
			m.Attributes = map[string]string{}
		}
		m.Attributes[a.Key] = a.Value
	}
	if len(p.Cart) == 0 {
		return m
	}
	value, known := scoring.Money{Currency: st.info.Currency}, true
	for _, c := range p.Cart {
		m.Cart = append(m.Cart, &pb.CartItem{ProductId: string(c.Product), Quantity: c.Quantity, Time: timeToProto(c.Time)})
		price := st.price(c.Product)
		if known = known && price != nil; known {
			value.Nanos += price.Nanos * int64(c.Quantity)
		}
	}
	if known {
		m.CartValue = moneyToProto(&value)
	}
	m.CartAge = durationpb.New(max(0, now.Sub(p.Cart[len(p.Cart)-1].Time)))
	return m
}

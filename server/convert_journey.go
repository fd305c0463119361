package server

import (
	"slices"
	"time"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring/visitor"
)

// journeyToProto tells where a visitor came from, and what they did.
func journeyToProto(m *pb.Visitor, h *visitor.History) {
	m.FirstSource, m.LastSource = visitSourceToProto(h.First()), visitSourceToProto(h.Last())
	for _, s := range slices.Backward(h.Journey()) {
		step := &pb.JourneyStep{Type: pb.EventType(s.Type), ProductId: string(s.Product), Time: timeToProto(s.Time)}
		if s.Source != nil {
			step.Source = visitSourceToProto(*s.Source)
		}
		m.Journey = append(m.Journey, step)
	}
}

// visitSourceToProto is nil for a visit that there was not.
func visitSourceToProto(s visitor.Source) *pb.VisitSource {
	if s.Time.Equal(time.Time{}) {
		return nil
	}
	m := &pb.VisitSource{Device: pb.DeviceType(s.Device), Channel: pb.Channel(s.Channel), Time: timeToProto(s.Time)}
	if s.Referrer != "" || s.Source != "" || s.Medium != "" || s.Campaign != "" {
		m.Traffic = &pb.TrafficSource{Referrer: s.Referrer, Source: s.Source, Medium: s.Medium, Campaign: s.Campaign}
	}
	if s.Country != "" || s.Region != "" || s.City != "" {
		m.Place = &pb.Place{Country: s.Country, Region: s.Region, City: s.City}
	}
	return m
}

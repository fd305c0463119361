package server

import (
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
)

// cartRest is how long a cart rests before it counts as left behind, where nothing
// else is said: the visit is then over (half an hour, as web analytics has it).
const cartRest = 30 * time.Minute

func productSlotsFromProto(v *violations, field string, m *pb.ProductSlots) *scoring.ProductSlots {
	if m == nil {
		return nil
	}
	s := &scoring.ProductSlots{
		Count: int(m.GetCount()), Min: max(1, int(m.GetMinCount())), StopAfter: int(m.GetStopAfter()), After: cartRest,
	}
	if m.GetCartRest() != nil {
		s.After = m.GetCartRest().AsDuration()
	}
	if s.Min > s.Count {
		v.add(field+"min_count", "is %d, must be at most count, which is %d", s.Min, s.Count)
	}
	for _, source := range m.GetSources() {
		s.Sources = append(s.Sources, scoring.RetargetSource(source))
	}
	return s
}

func productSlotsToProto(s *scoring.ProductSlots) *pb.ProductSlots {
	if s == nil {
		return nil
	}
	m := &pb.ProductSlots{
		Count: int32(s.Count), MinCount: int32(s.Min), StopAfter: int32(s.StopAfter), CartRest: durationpb.New(s.After),
	}
	for _, source := range s.Sources {
		m.Sources = append(m.Sources, pb.ProductSource(source))
	}
	return m
}

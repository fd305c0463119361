package server_test

import (
	"strings"
	"testing"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// importVisitors sends records in one message and returns the report.
func (s *shop) importVisitors(records ...*pb.VisitorRecord) *pb.ImportVisitorsResponse {
	s.t.Helper()
	stream, err := s.visitors.ImportVisitors(s.t.Context())
	must(s.t, err)
	must(s.t, stream.Send(&pb.ImportVisitorsRequest{Site: "sites/shop", Visitors: records}))
	resp, err := stream.Recv()
	must(s.t, err)
	must(s.t, stream.CloseSend())
	return resp
}

func TestImportVisitors(t *testing.T) {
	s := openShop(t)
	s.create("shop")
	s.sell("shop", smallRange()...)
	s.track("shop", viewed("phone", "shoe-1"))
	key := func(device, person string) *pb.VisitorKey { return &pb.VisitorKey{DeviceId: device, PersonId: person} }
	order := func(id, product string) *pb.Event {
		return &pb.Event{
			Id: id, Type: pb.EventType_EVENT_TYPE_ORDER_COMPLETED, Channel: pb.Channel_CHANNEL_STORE,
			Order: &pb.Order{Id: "o-" + id}, Items: []*pb.EventItem{{ProductId: product}},
		}
	}
	t.Run("attributes, links and orders of the store", func(t *testing.T) {
		got := s.importVisitors(&pb.VisitorRecord{
			Visitor: key("phone", "alice"), Consent: granted(), Attributes: map[string]string{"tier": "gold", "since": "2019"},
			Events: []*pb.Event{order("store-1", "tent-1")},
		}, &pb.VisitorRecord{Visitor: key("till", ""), Consent: granted(), Attributes: map[string]string{"tier": "basic"}})
		if got.GetReceived() != 2 || got.GetStored() != 2 || got.GetEvents() != 1 {
			t.Errorf("report %v", got)
		}
		m := s.known("visitors/phone")
		if m.GetPerson() != "sites/shop/persons/alice" || m.GetAttributes()["tier"] != "gold" || len(m.GetTouches()) != 2 ||
			len(m.GetPurchases()) != 1 || m.GetPurchases()[0].GetProductId() != "tent-1" {
			t.Errorf("alice is %v", m)
		}
		if m := s.known("visitors/till"); m.GetAttributes()["tier"] != "basic" || m.GetEventCount() != 0 {
			t.Errorf("the till's is %v", m)
		}
	})
	t.Run("again it counts once", func(t *testing.T) {
		before, err := s.store.Head(t.Context(), "shop")
		must(t, err)
		got := s.importVisitors(&pb.VisitorRecord{
			Visitor: key("phone", "alice"), Attributes: map[string]string{"tier": "gold"}, Events: []*pb.Event{order("store-1", "tent-1")},
		})
		if after, err := s.store.Head(t.Context(), "shop"); err != nil || after != before || got.GetStored() != 1 || got.GetEvents() != 0 {
			t.Errorf("the journal grew from %d to %d, %v, report %v", before, after, err, got)
		}
	})
	t.Run("an empty value removes", func(t *testing.T) {
		s.importVisitors(&pb.VisitorRecord{Visitor: key("", "alice"), Attributes: map[string]string{"since": "", "tier": "silver"}})
		if got := s.known("persons/alice").GetAttributes(); len(got) != 1 || got["tier"] != "silver" {
			t.Errorf("got %v", got)
		}
	})
	t.Run("without consent nothing is stored", func(t *testing.T) {
		got := s.importVisitors(
			&pb.VisitorRecord{Visitor: key("", "silent"), Attributes: map[string]string{"tier": "gold"}},
			&pb.VisitorRecord{Visitor: key("", "shy"), Consent: answered(false), Attributes: map[string]string{"tier": "gold"}, Events: []*pb.Event{order("store-2", "tent-1")}},
		)
		if got.GetNoConsent() != 2 || got.GetStored() != 0 || got.GetEvents() != 0 {
			t.Errorf("report %v", got)
		}
		if m := s.known("persons/silent"); m != nil {
			t.Errorf("of the silent is known %v", m)
		}
		if m := s.known("persons/shy"); len(m.GetAttributes()) != 0 || m.GetEventCount() != 0 {
			t.Errorf("of the shy is known %v", m)
		}
	})
	t.Run("bad records are told and left out, each as a whole", func(t *testing.T) {
		_, err := s.sites.UpdateSite(t.Context(), &pb.UpdateSiteRequest{
			Site: &pb.Site{Name: "sites/shop", VisitorPolicy: &pb.VisitorPolicy{MaxDevices: 1, SensitiveCategories: []string{"health"}}},
		})
		must(t, err)
		withVisitor, noID := order("store-3", "tent-1"), order("", "tent-1")
		withVisitor.Visitor = key("phone", "")
		bad := []struct {
			record *pb.VisitorRecord
			field  string
		}{
			{&pb.VisitorRecord{}, "visitor"},
			{&pb.VisitorRecord{Visitor: key("", "guest")}, "visitor.person_id"},
			{&pb.VisitorRecord{Visitor: key("n/a", "")}, "visitor.device_id"},
			{&pb.VisitorRecord{Visitor: key("", "bob"), Attributes: map[string]string{"": "x"}}, `attributes[""]`},
			{&pb.VisitorRecord{Visitor: key("", "bob"), Attributes: map[string]string{"likes": "Health/intimate"}}, `attributes["likes"]`},
			{&pb.VisitorRecord{Visitor: key("", "bob"), Events: []*pb.Event{withVisitor}}, "events[0].visitor"},
			{&pb.VisitorRecord{Visitor: key("", "bob"), Events: []*pb.Event{noID}}, "events[0].id"},
			{&pb.VisitorRecord{Visitor: key("tablet", "alice"), Attributes: map[string]string{"tier": "lost"}}, "visitor.device_id"},
		}
		var records []*pb.VisitorRecord
		for _, b := range bad {
			b.record.Consent = granted()
			records = append(records, b.record)
		}
		records = append(records, &pb.VisitorRecord{Visitor: key("", "good"), Consent: granted(), Attributes: map[string]string{"tier": "gold"}})
		got := s.importVisitors(records...)
		if got.GetInvalid() != int64(len(bad)) || got.GetStored() != 1 || len(got.GetProblems()) != len(bad) {
			t.Fatalf("report %v", got)
		}
		for k, b := range bad {
			for _, p := range got.GetProblems() {
				if p.GetIndex() == int64(k) && !strings.HasPrefix(p.GetViolations()[0].GetField(), b.field) {
					t.Errorf("record %d: %v, want one of %s", k, p.GetViolations(), b.field)
				}
			}
		}
		if s.known("persons/good") == nil || s.known("persons/alice").GetAttributes()["tier"] != "silver" {
			t.Error("the good one is not known, or alice was changed")
		}
	})
	t.Run("a stream names its site", func(t *testing.T) {
		stream, err := s.visitors.ImportVisitors(t.Context())
		must(t, err)
		must(t, stream.Send(&pb.ImportVisitorsRequest{}))
		_, err = stream.Recv()
		wantViolation(t, err, "site", "first message")
	})
}

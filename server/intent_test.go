package server_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/server"
)

// Of those who put something into the cart six in ten order on the next day, of those who
// only look nobody. After two months GetVisitor tells of either how likely they are to,
// and of which category; and the same once the server has been restarted.
func TestIntentIsLearnedAndTold(t *testing.T) {
	s := &shop{t: t, dir: t.TempDir(), clock: &server.EventClock{}}
	s.start()
	t.Cleanup(func() { s.stop() })
	s.create("shop")
	s.sell("shop", smallRange()...)
	now := time.Now().Add(-400 * 4 * time.Hour) // so that it ends now
	var batch []*pb.Event
	tell := func(who string, kind pb.EventType, at time.Time, products ...string) {
		e := event(who, kind, products...)
		e.Time = timestamppb.New(at)
		batch = append(batch, e)
	}
	for i := range 400 {
		tell(fmt.Sprint("looks", i), pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, now, "shoe-1")
		tell(fmt.Sprint("adds", i), pb.EventType_EVENT_TYPE_PRODUCT_ADDED, now, "shoe-1")
		if i >= 6 && i%5 < 3 { // who added something the day before
			tell(fmt.Sprint("adds", i-6), pb.EventType_EVENT_TYPE_ORDER_COMPLETED, now, "shoe-1")
		}
		now = now.Add(4 * time.Hour)
	}
	tell("looker", pb.EventType_EVENT_TYPE_PRODUCT_VIEWED, now, "shoe-1")
	tell("adder", pb.EventType_EVENT_TYPE_PRODUCT_ADDED, now, "shoe-1")
	for some := range slices.Chunk(batch, 500) {
		resp, err := s.events.TrackEvents(t.Context(), &pb.TrackEventsRequest{Site: "sites/shop", Events: some})
		must(t, err)
		for _, r := range resp.GetResults() {
			if r.GetStatus() != pb.EventStatus_EVENT_STATUS_STORED {
				t.Fatalf("got %v", r)
			}
		}
	}
	s.settle("shop")
	for range 2 {
		of := func(who string) *pb.Intent {
			m, err := s.visitors.GetVisitor(t.Context(), &pb.GetVisitorRequest{Name: "sites/shop/visitors/" + who})
			must(t, err)
			return m.GetIntent()
		}
		looker, adder := of("looker"), of("adder")
		if p := adder.GetWithin_7Days(); p < 0.45 || p > 0.75 {
			t.Errorf("with something in the cart: %v, want some 0.6", adder)
		}
		if p := looker.GetWithin_30Days(); p > 0.1 || looker.GetWithin_7Days() > p {
			t.Errorf("who only looks: %v", looker)
		}
		if got := adder.GetCategory(); got != "shoes/trail" {
			t.Errorf("likely category %q", got)
		}
		s.restart()
	}
}
